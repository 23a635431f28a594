//! Revocation (RFC 7009): an access token is taken back alone, a refresh token with all that its login brought.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    AuthorizationServer, access_token::Token, client_authentication, error, error::OAuthError, form::Form, headers,
    refresh_claims::RefreshClaims, stores::Key,
};
use crate::realm::Client;

pub(super) async fn endpoint(
    State(server): State<AuthorizationServer>,
    method: Method,
    request: HeaderMap,
    body: Body,
) -> Response {
    match method {
        Method::POST => {}
        Method::OPTIONS => return headers::preflight("POST, OPTIONS"),
        _ => return error::method_not_allowed(),
    }
    let form = match Form::read(&request, body).await {
        Ok(form) => form,
        Err(answer) => return *answer,
    };
    match revoke(&server, &request, &form) {
        Ok(Revoked::Yes) => StatusCode::OK.into_response(),
        // Nothing to take back is no error (RFC 7009 section 2.2), though Keycloak says so in the body.
        Ok(Revoked::NothingThere) => {
            Json(json!({ "error": "invalid_token", "error_description": "Invalid token" })).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

enum Revoked {
    Yes,
    NothingThere,
}

fn revoke(server: &AuthorizationServer, request: &HeaderMap, form: &Form) -> Result<Revoked, OAuthError> {
    let refused = OAuthError::bad_request;
    let client = client_authentication::authenticate(server.realm(), request, form)?;
    form.check()?;
    let token = form.get("token").ok_or_else(|| refused("invalid_request", "Token not provided"))?;
    if let Some(claims) = RefreshClaims::read_any(server, token) {
        return refresh_token(server, client, &claims);
    }
    let Some(token) = Token::signed(server, token) else { return Ok(Revoked::NothingThere) };
    if token.text("typ") != Some("Bearer") {
        return Err(refused("unsupported_token_type", "Unsupported token type"));
    }
    if token.text("azp") != Some(client.id()) {
        return Err(refused("invalid_request", "Unmatching clients"));
    }
    let (Some(id), Some(ends)) = (token.text("jti"), token.number("exp")) else { return Ok(Revoked::NothingThere) };
    server.stores().revoked.put(Key::of(id), (), ends, server.now());
    Ok(Revoked::Yes)
}

fn refresh_token(server: &AuthorizationServer, client: &Client, claims: &RefreshClaims) -> Result<Revoked, OAuthError> {
    if claims.azp != client.id() {
        return Err(OAuthError::bad_request("invalid_request", "Unmatching clients"));
    }
    let now = server.now();
    let mut stores = server.stores();
    if stores.sessions.client(claims.kind(), &claims.sid, &claims.azp, now).is_none() {
        return Ok(Revoked::NothingThere);
    }
    stores.sessions.leave(&claims.sid, &claims.azp, now);
    stores.sessions.end_if_empty(&claims.sid, now);
    Ok(Revoked::Yes)
}

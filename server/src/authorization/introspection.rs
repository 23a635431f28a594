//! Introspection (RFC 7662): whether a token still counts, told only those whom it is meant for.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, Method, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    AuthorizationServer, access_token::Token, client_authentication, error, error::OAuthError, form::Form, headers,
    refresh_claims::RefreshClaims,
};
use crate::realm::{Client, ClientKind};

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
    match introspect(&server, &request, &form) {
        Ok(answer) => ([(header::CACHE_CONTROL, "no-cache")], Json(answer)).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

fn introspect(server: &AuthorizationServer, request: &HeaderMap, form: &Form) -> Result<Value, OAuthError> {
    let refused = OAuthError::bad_request;
    let caller = client_authentication::authenticate(server.realm(), request, form).map_err(|error| {
        // Keycloak has a text of its own here.
        match error.code() {
            "unauthorized_client" => OAuthError::unauthorized("invalid_client", "Client authentication failed."),
            _ => error,
        }
    })?;
    if caller.kind() == ClientKind::Public {
        return Err(OAuthError::forbidden("invalid_request", "Client not allowed."));
    }
    form.check()?;
    let token = form.get("token").ok_or_else(|| refused("invalid_request", "Token not provided."))?;
    let claims = match form.get("token_type_hint") {
        None | Some("access_token") => access_token(server, caller, token),
        Some("refresh_token") => refresh_token(server, caller, token),
        Some("requesting_party_token") => None,
        Some(_) => return Err(refused("invalid_request", "Unsupported token type.")),
    };
    Ok(claims.unwrap_or_else(|| json!({ "active": false })))
}

/// An access or ID token. Whoever is not among its audience learns nothing (as Keycloak since 26.6.2).
fn access_token(server: &AuthorizationServer, caller: &Client, token: &str) -> Option<Value> {
    let token = Token::signed(server, token)?;
    let (client, user) = token.still_counts(server).ok().filter(|_| token.has_audience(caller.id()))?;
    let Value::Object(mut claims) = token.claims.clone() else { return None };
    // What the client's own session knew about its request is no claim.
    for note in ["clientHost", "clientAddress"] {
        claims.shift_remove(note);
    }
    if token.text("scope") == Some("") {
        claims.shift_remove("scope");
    }
    let kind = token.text("typ").unwrap_or_default();
    if kind == "ID" {
        claims = token.issued_anew(server, client, user, |issue| issue.introspection(&claims));
    }
    Some(active(claims, client.id(), &user.username, kind))
}

/// A refresh token, of the caller's own.
fn refresh_token(server: &AuthorizationServer, caller: &Client, token: &str) -> Option<Value> {
    let claims = RefreshClaims::read(server, token, server.now()).ok().filter(|claims| claims.azp == caller.id())?;
    let user = server.realm().user(&claims.sub).filter(|user| user.enabled)?;
    let rotates = server.realm().lifetimes().refresh_token_uses.is_some();
    let mut stores = server.stores();
    let session = stores.sessions.client(claims.kind(), &claims.sid, &claims.azp, server.now())?;
    let usable = !rotates || session.is_unused(claims.reuse_id.as_deref().unwrap_or_default(), &claims.jti);
    drop(stores);
    let token = Token { claims: server.refresh_key().ok()?.verify(token)? };
    let own = token.claims.as_object()?;
    let all = token.issued_anew(server, caller, user, |issue| issue.introspection(own));
    usable.then(|| active(all, &claims.azp, &user.username, &claims.typ))
}

fn active(mut claims: Map<String, Value>, client: &str, username: &str, kind: &str) -> Value {
    for (name, value) in [("client_id", client), ("username", username), ("token_type", kind)] {
        // `client_id` may be there already, as the claim of a client's own token.
        claims.shift_remove(name);
        claims.insert(name.to_owned(), json!(value));
    }
    claims.insert("active".to_owned(), json!(true));
    Value::Object(claims)
}

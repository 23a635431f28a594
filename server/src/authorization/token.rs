//! The token endpoint (RFC 6749 section 3.2): checks in Keycloak's order, then the grant.

use std::net::SocketAddr;

use aws_lc_rs::digest;
use axum::{
    Extension, Json,
    body::{Body, to_bytes},
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    AuthorizationServer,
    claims::{Issue, TokenKind},
    client_authentication, error,
    error::OAuthError,
    form::Form,
    headers, scope,
};
use crate::{
    access_log::{self, Remarks},
    realm::{Client, ClientKind, ServiceAccount},
};

/// A token request is a few hundred bytes; more than this many is refused.
const LARGEST_BODY: usize = 64 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";

/// The answer to a granted request (RFC 6749 section 5.1), members in Keycloak's order.
#[derive(Serialize)]
struct Answer {
    access_token: String,
    /// Seconds.
    expires_in: u32,
    /// There is no refresh token for a client that asks for itself: always 0.
    refresh_expires_in: u32,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(rename = "not-before-policy")]
    not_before_policy: i64,
    scope: String,
}

pub(super) async fn endpoint(
    State(server): State<AuthorizationServer>,
    method: Method,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match method {
        Method::POST => {}
        Method::OPTIONS => return headers::preflight("POST, OPTIONS"),
        _ => return error::method_not_allowed(),
    }
    let form = match read_form(&headers, body).await {
        Ok(form) => form,
        Err(answer) => return *answer,
    };
    let peer = peer.map(|Extension(ConnectInfo(address))| address);
    let mut caller = None;
    let (mut response, refused) = match token(&server, &headers, &form, peer, &mut caller) {
        Ok(answer) => (Json(answer).into_response(), None),
        Err(refusal) => {
            let code = refusal.code();
            (refusal.into_response(), Some(code.to_owned()))
        }
    };
    access_log::remark(&mut response, || Remarks { client: caller.map(|client| client.id().to_owned()), refused });
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Reads the form. Without a content type there is none, and its parameters count as missing.
async fn read_form(headers: &HeaderMap, body: Body) -> Result<Form, Box<Response>> {
    let content_type = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let media_type = content_type.map(|value| value.split(';').next().unwrap_or_default().trim());
    let is_form = match media_type {
        None => false,
        Some(media_type) if media_type.eq_ignore_ascii_case(FORM) => true,
        Some(_) => {
            let text = "The content-type header value did not match the value in @Consumes";
            return Err(Box::new(error::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)));
        }
    };
    let too_large = |_| Box::new(error::plain(StatusCode::PAYLOAD_TOO_LARGE, "HTTP 413 Request Entity Too Large"));
    let bytes = to_bytes(body, LARGEST_BODY).await.map_err(too_large)?;
    // Taken over to be wiped where nobody else holds the buffer; it may have a secret in it.
    let bytes = Zeroizing::new(bytes.try_into_mut().map_or_else(|shared| shared.to_vec(), Vec::from));
    Ok(Form::parse(if is_form { &bytes } else { &[] }))
}

/// The checks in Keycloak's order. `caller` is set as soon as it is known, for the log.
fn token<'a>(
    server: &'a AuthorizationServer,
    headers: &HeaderMap,
    form: &Form,
    peer: Option<SocketAddr>,
    caller: &mut Option<&'a Client>,
) -> Result<Answer, OAuthError> {
    let realm = server.realm();
    if !realm.enabled() {
        return Err(OAuthError::forbidden("access_denied", "Realm not enabled"));
    }
    match form.get("grant_type") {
        None => {
            return Err(OAuthError::bad_request("invalid_request", "Missing form parameter: grant_type"));
        }
        Some("client_credentials") => {}
        Some(_) => {
            return Err(OAuthError::bad_request("unsupported_grant_type", "Unsupported grant_type"));
        }
    }
    let client = client_authentication::authenticate(realm, headers, form)?;
    *caller = Some(client);
    form.check()?;
    let account = service_account(client)?;
    let granted = scope::grant(client, &account.roles, form.get("scope"))?;
    let issue = Issue {
        issuer: server.issuer(),
        client,
        account,
        granted: &granted,
        now: server.0.clock.seconds(),
        peer: peer.map(|address| address.ip().to_canonical()),
    };
    sign(server, &issue).map_err(|error| {
        tracing::error!(%error, "no token could be made");
        OAuthError::internal()
    })
}

/// The account behind a client that asks for itself (RFC 6749 section 4.4).
fn service_account(client: &Client) -> Result<&ServiceAccount, OAuthError> {
    let refused = |text| Err(OAuthError::unauthorized("unauthorized_client", text));
    if client.kind() == ClientKind::Public {
        return refused("Public client not allowed to retrieve service account");
    }
    match client.service_account() {
        None => refused("Client not enabled to retrieve service account"),
        Some(account) if !account.enabled => {
            let text = format!("User '{}' disabled", account.username);
            Err(OAuthError::unauthorized("invalid_request", text))
        }
        Some(account) => Ok(account),
    }
}

fn sign(server: &AuthorizationServer, issue: &Issue<'_>) -> Result<Answer, crate::realm::KeyError> {
    let keys = server.keys();
    let access_token = keys.sign(&issue.claims(TokenKind::Access)?)?;
    let id_token = if issue.granted.openid {
        // Half of the access token's hash ties the two together (OpenID Connect Core 3.1.3.6).
        let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
        let half = hash.as_ref().get(..16).unwrap_or_default();
        let kind = TokenKind::Id { access_token_hash: URL_SAFE_NO_PAD.encode(half) };
        Some(keys.sign(&issue.claims(kind)?)?)
    } else {
        None
    };
    Ok(Answer {
        access_token,
        expires_in: issue.client.access_token_lifespan(),
        refresh_expires_in: 0,
        token_type: "Bearer",
        id_token,
        not_before_policy: server.realm().not_before(),
        scope: issue.granted.text(),
    })
}

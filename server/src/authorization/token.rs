//! The token endpoint (RFC 6749 section 3.2): checks in Keycloak's order, then the grant.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Extension, Json,
    body::Body,
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    AuthorizationServer, client_authentication, error,
    error::OAuthError,
    form::Form,
    grants::{self, Answer},
    headers,
};
use crate::{
    access_log::{self, Remarks},
    realm::Client,
};

/// A token request whose client is known.
pub(super) struct TokenRequest<'a> {
    pub server: &'a AuthorizationServer,
    pub client: &'a Client,
    pub form: &'a Form,
    /// Who asks.
    pub peer: Option<IpAddr>,
    /// Seconds since 1970.
    pub now: u64,
}

/// The address of who asks.
pub(super) type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// That address, an IPv4 one as such.
pub(super) fn address(peer: Peer) -> Option<IpAddr> {
    peer.map(|Extension(ConnectInfo(address))| address.ip().to_canonical())
}

pub(super) async fn endpoint(
    State(server): State<AuthorizationServer>,
    method: Method,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match method {
        Method::POST => {}
        Method::OPTIONS => return headers::preflight("POST, OPTIONS"),
        _ => return error::method_not_allowed(),
    }
    let form = match Form::read(&headers, body).await {
        Ok(form) => form,
        Err(answer) => return *answer,
    };
    let mut caller = None;
    let (mut response, refused) = match token(&server, &headers, &form, address(peer), &mut caller).await {
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

/// Whether the page that asks, if a page does, is of the client's own.
fn may_ask_from(headers: &HeaderMap, client: &Client) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    client.web_origins().iter().any(|own| own == "*" || own.as_bytes() == origin.as_bytes())
}

/// The checks in Keycloak's order. `caller` is set as soon as it is known, for the log.
async fn token<'a>(
    server: &'a AuthorizationServer,
    headers: &HeaderMap,
    form: &Form,
    peer: Option<IpAddr>,
    caller: &mut Option<&'a Client>,
) -> Result<Answer, OAuthError> {
    let realm = server.realm();
    if !realm.enabled() {
        return Err(OAuthError::forbidden("access_denied", "Realm not enabled"));
    }
    let Some(grant_type) = form.get("grant_type") else {
        return Err(OAuthError::bad_request("invalid_request", "Missing form parameter: grant_type"));
    };
    if !grants::TYPES.contains(&grant_type) {
        return Err(OAuthError::bad_request("unsupported_grant_type", "Unsupported grant_type"));
    }
    let client = client_authentication::authenticate(realm, headers, form)?;
    *caller = Some(client);
    form.check()?;
    if !may_ask_from(headers, client) {
        return Err(OAuthError::of_the_layer_below(StatusCode::FORBIDDEN, "Invalid origin"));
    }
    let request = TokenRequest { server, client, form, peer, now: server.now() };
    match grant_type {
        grants::AUTHORIZATION_CODE => grants::authorization_code::grant(&request),
        grants::REFRESH_TOKEN => grants::refresh_token::grant(&request),
        grants::PASSWORD => grants::password::grant(&request).await,
        grants::DEVICE_CODE => grants::device_code::grant(&request),
        _ => grants::client_credentials::grant(&request),
    }
}

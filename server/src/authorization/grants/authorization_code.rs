//! The authorization code grant (RFC 6749 section 4.1.3) with proof key (RFC 7636). Texts are Keycloak's.

use super::{Answer, first_refresh, for_person};
use crate::authorization::{
    claims::Login,
    error::OAuthError,
    pkce::{self, Challenge},
    scope,
    stores::{Key, Kind},
    token::TokenRequest,
};

/// What a code stands for.
#[derive(Debug, Clone)]
pub(in crate::authorization) struct Code {
    pub client: String,
    pub redirect_uri: String,
    pub scope: Option<String>,
    pub nonce: Option<String>,
    pub challenge: Option<Challenge>,
    pub session: String,
    pub was_signed_in: bool,
    pub ends: u64,
    pub used: bool,
}

pub(in crate::authorization) fn grant(request: &TokenRequest<'_>) -> Result<Answer, OAuthError> {
    let Some(code) = request.form.get("code") else {
        return Err(OAuthError::bad_request("invalid_request", "Missing parameter: code"));
    };
    let code = take(request, code)?;
    if code.client != request.client.id() {
        return Err(invalid_grant("Auth error: Found different client_id in clientSession"));
    }
    if !request.client.grants().code {
        return Err(invalid_grant("Client not allowed to exchange code"));
    }
    if request.form.get("redirect_uri") != Some(code.redirect_uri.as_str()) {
        return Err(invalid_grant("Incorrect redirect_uri"));
    }
    pkce::check(code.challenge.as_ref(), request.form.get("code_verifier")).map_err(invalid_grant)?;
    let session = request.server.stores().sessions.get(Kind::Online, &code.session, request.now).cloned();
    let session = session.ok_or_else(|| invalid_grant("User session not found"))?;
    let user = request.server.realm().user(&session.user).ok_or_else(|| invalid_grant("User not found"))?;
    if !user.enabled {
        return Err(invalid_grant("User disabled"));
    }
    let granted = scope::grant(request.client, &user.roles, code.scope.as_deref());
    let mut login = Login {
        session: session.id,
        kind: Kind::Online,
        auth_time: session.auth_time,
        was_signed_in: code.was_signed_in,
        nonce: code.nonce,
    };
    let refresh = first_refresh(request, &mut login, &granted)?.ok_or_else(|| invalid_grant("Session not active"))?;
    for_person(request, user, &granted, &login, &refresh, "ac")
}

/// Uses the code up, whatever comes of it. One that was used before takes back all that it brought (RFC 6749 section
/// 4.1.2).
fn take(request: &TokenRequest<'_>, text: &str) -> Result<Code, OAuthError> {
    let mut stores = request.server.stores();
    let not_valid = || invalid_grant("Code not valid");
    let code = stores.codes.get(Key::of(text), request.now).ok_or_else(not_valid)?;
    let before = std::mem::replace(&mut code.used, true);
    let code = code.clone();
    if before {
        stores.sessions.leave(&code.session, &code.client, request.now);
    }
    if before || code.ends <= request.now { Err(not_valid()) } else { Ok(code) }
}

fn invalid_grant(text: &'static str) -> OAuthError {
    OAuthError::bad_request("invalid_grant", text)
}

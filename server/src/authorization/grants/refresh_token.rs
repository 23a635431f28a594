//! The refresh token grant (RFC 6749 section 6), with rotation where the realm wants it (RFC 9700 section 4.14.2): using
//! a token again takes back all that came of the login. Texts are Keycloak's.

use super::{Answer, Refresh, for_person, new_id};
use crate::{
    authorization::{
        claims::Login,
        error::OAuthError,
        refresh_claims::RefreshClaims,
        scope,
        stores::{Kind, Reuse},
        token::TokenRequest,
    },
    realm::User,
};

pub(in crate::authorization) fn grant(request: &TokenRequest<'_>) -> Result<Answer, OAuthError> {
    let Some(token) = request.form.get("refresh_token") else {
        return Err(OAuthError::bad_request("invalid_request", "No refresh token"));
    };
    let requested = request.form.get("scope");
    scope::check(request.client, requested)?;
    let claims = RefreshClaims::read(request.server, token, request.now).map_err(invalid_grant)?;
    if claims.azp != request.client.id() {
        return Err(invalid_grant("Invalid refresh token. Token client and authorized client don't match"));
    }
    let user = request.server.realm().user(&claims.sub).ok_or_else(|| invalid_grant("Invalid refresh token"))?;
    if !user.enabled {
        return Err(invalid_grant("User disabled"));
    }
    let (login, refresh) = renew(request, &claims, user)?;
    let granted = scope::grant(request.client, &user.roles, Some(&scope::narrowed(&claims.scope, requested)));
    for_person(request, user, &granted, &login, &refresh, "rt")
}

/// Takes the token in exchange for the next one.
fn renew(request: &TokenRequest<'_>, claims: &RefreshClaims, user: &User) -> Result<(Login, Refresh), OAuthError> {
    let lives = request.server.realm().lifetimes();
    let (kind, now, id) = (claims.kind(), request.now, new_id()?);
    let mut stores = request.server.stores();
    let session = stores.sessions.get(kind, &claims.sid, now).filter(|session| session.user == user.id);
    let session = session.ok_or_else(|| {
        invalid_grant(if kind == Kind::Offline { "Offline user session not found" } else { "Session not active" })
    })?;
    let auth_time = session.auth_time;
    let client = session.client(&claims.azp).ok_or_else(|| invalid_grant("Session doesn't have required client"))?;
    let was_signed_in = client.was_signed_in;
    if let Some(uses) = lives.refresh_token_uses {
        let family = claims.reuse_id.as_deref().unwrap_or_default();
        if let Err(reuse) = client.rotate(family, &claims.jti, &id, uses) {
            // Two hold the token, and one of them has stolen it.
            stores.sessions.leave(&claims.sid, &claims.azp, now);
            return Err(invalid_grant(match reuse {
                Reuse::TooOften => "Maximum allowed refresh token reuse exceeded",
                Reuse::Stale => "Stale token",
            }));
        }
    }
    let ends = stores.sessions.touch(kind, &claims.sid, lives, now);
    let family = claims.reuse_id.clone().filter(|_| lives.refresh_token_uses.is_some());
    let refresh = Refresh { id, family, ends, scope: claims.scope.clone() };
    Ok((Login { session: claims.sid.clone(), kind, auth_time, was_signed_in, nonce: None }, refresh))
}

fn invalid_grant(text: &'static str) -> OAuthError {
    OAuthError::bad_request("invalid_grant", text)
}

//! The device grant's token request (RFC 8628 section 3.4): the device asks until the person has answered.

use super::{Answer, first_refresh, for_person};
use crate::authorization::{
    claims::Login,
    error::OAuthError,
    pkce, scope,
    stores::{DeviceAnswer, Kind},
    token::TokenRequest,
};

pub(in crate::authorization) fn grant(request: &TokenRequest<'_>) -> Result<Answer, OAuthError> {
    let refused = OAuthError::bad_request;
    if !request.client.grants().device {
        return Err(refused("invalid_grant", "Client not allowed OAuth 2.0 Device Authorization Grant"));
    }
    let Some(device_code) = request.form.get("device_code") else {
        return Err(refused("invalid_request", "Missing parameter: device_code"));
    };
    let (session, scope) = poll(request, device_code)?;
    let session = request.server.stores().sessions.get(Kind::Online, &session, request.now).cloned();
    let session = session.ok_or_else(|| refused("invalid_grant", "User session not found"))?;
    let user = request.server.realm().user(&session.user).filter(|user| user.enabled);
    let user = user.ok_or_else(|| refused("invalid_grant", "User disabled"))?;
    let granted = scope::grant(request.client, &user.roles, scope.as_deref());
    let (auth_time, session) = (session.auth_time, session.id);
    let mut login = Login { session, kind: Kind::Online, auth_time, was_signed_in: false, nonce: None };
    let refresh =
        first_refresh(request, &mut login, &granted)?.ok_or_else(|| refused("invalid_grant", "Session not active"))?;
    for_person(request, user, &granted, &login, &refresh, "dg")
}

/// The session and the scope that were granted; used up with this.
fn poll(request: &TokenRequest<'_>, device_code: &str) -> Result<(String, Option<String>), OAuthError> {
    let refused = OAuthError::bad_request;
    let now = request.now;
    let interval = request.server.realm().lifetimes().device_interval;
    let mut stores = request.server.stores();
    let device = stores.devices.by_device_code(device_code, now);
    let device = device.ok_or_else(|| refused("invalid_grant", "Device code not valid"))?;
    if device.client != request.client.id() {
        return Err(refused("invalid_grant", "unauthorized client"));
    }
    if device.ends <= now {
        return Err(refused("expired_token", "Device code is expired"));
    }
    let last = device.last_poll.replace(now);
    if last.is_some_and(|last| now < last + interval) {
        return Err(refused("slow_down", "Slow down"));
    }
    match device.answer.clone() {
        DeviceAnswer::Pending => Err(refused("authorization_pending", "The authorization request is still pending")),
        DeviceAnswer::Denied => Err(refused("access_denied", "The end user denied the authorization request")),
        DeviceAnswer::Granted(session) => {
            pkce::check(device.challenge.as_ref(), request.form.get("code_verifier"))
                .map_err(|text| refused("invalid_grant", text))?;
            let scope = device.scope.clone();
            stores.devices.remove(device_code);
            Ok((session, scope))
        }
    }
}

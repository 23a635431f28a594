//! The password grant (RFC 6749 section 4.3), which RFC 9700 section 2.4 forbids to new clients: here to be looked at.

use super::{Answer, first_refresh, for_person};
use crate::{
    authorization::{
        claims::Login,
        error::OAuthError,
        passwords::{self, Outcome},
        scope,
        stores::Kind,
        token::TokenRequest,
    },
    random,
};

pub(in crate::authorization) async fn grant(request: &TokenRequest<'_>) -> Result<Answer, OAuthError> {
    let grants = request.client.grants();
    if !grants.password {
        return Err(OAuthError::bad_request("unauthorized_client", "Client not allowed for direct access grants"));
    }
    if grants.asks_for_consent {
        return Err(OAuthError::bad_request("invalid_client", "Client requires user consent"));
    }
    let requested = request.form.get("scope");
    scope::check(request.client, requested)?;
    let Some(name) = request.form.get("username") else {
        return Err(OAuthError::unauthorized("invalid_request", "Missing parameter: username"));
    };
    let invalid_grant = |text| OAuthError::bad_request("invalid_grant", text);
    let password = request.form.get("password").unwrap_or_default();
    let user = match passwords::check(request.server, name, password, request.peer).await {
        Outcome::Right(user) => user,
        Outcome::Wrong => return Err(invalid_grant("Invalid user credentials")),
        Outcome::Disabled => return Err(invalid_grant("Account disabled")),
        Outcome::NotSetUp => return Err(invalid_grant("Account is not fully set up")),
    };
    let granted = scope::grant(request.client, &user.roles, requested);
    let session = random::text::<18>().map_err(|_| OAuthError::internal())?;
    {
        let mut stores = request.server.stores();
        stores.sessions.begin(&session, &user.id, None, request.server.realm().lifetimes(), request.now);
        if let Some(session) = stores.sessions.get(Kind::Online, &session, request.now) {
            session.join(request.client.id(), false);
        }
    }
    let mut login = Login { session, kind: Kind::Online, auth_time: None, was_signed_in: false, nonce: None };
    let refresh = first_refresh(request, &mut login, &granted)?.ok_or_else(OAuthError::internal)?;
    for_person(request, user, &granted, &login, &refresh, "ro")
}

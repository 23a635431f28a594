//! The client credentials grant (RFC 6749 section 4.4): a client asks for itself.

use super::{Answer, failed, issue, sign};
use crate::{
    authorization::{error::OAuthError, scope, token::TokenRequest},
    realm::{Client, ClientKind, User},
};

pub(in crate::authorization) fn grant(request: &TokenRequest<'_>) -> Result<Answer, OAuthError> {
    let account = service_account(request.client)?;
    let requested = request.form.get("scope");
    scope::check(request.client, requested)?;
    let granted = scope::grant(request.client, &account.roles, requested);
    let ends = request.now + u64::from(request.client.access_token_lifespan());
    let issue = issue(request, account, &granted, None, ends, "cc");
    sign(request, &issue).map_err(|error| failed(&error))
}

/// The account behind a client that asks for itself.
fn service_account(client: &Client) -> Result<&User, OAuthError> {
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

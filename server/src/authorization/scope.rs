//! Which client scopes a token gets (RFC 6749 section 3.3), by Keycloak's rules: all of the
//! client's default scopes, and the optional ones that the request names.

use std::sync::Arc;

use super::error::OAuthError;
use crate::realm::{Client, ClientScope, Roles};

/// Asks for an ID token (OpenID Connect Core section 3.1.2.1).
pub(super) const OPENID: &str = "openid";
/// Asks for a refresh token that outlives the login (OpenID Connect Core section 11).
pub(super) const OFFLINE_ACCESS: &str = "offline_access";

/// The scopes of one token.
#[derive(Debug, Clone)]
pub(super) struct Granted {
    /// Whether an ID token was asked for.
    pub openid: bool,
    pub scopes: Vec<Arc<ClientScope>>,
}

impl Granted {
    /// The `scope` parameter and claim: names of the scopes that show, `openid` first.
    pub(super) fn text(&self) -> String {
        let shown = self.scopes.iter().filter(|scope| scope.in_token_scope).map(|scope| scope.name.as_str());
        self.openid.then_some(OPENID).into_iter().chain(shown).collect::<Vec<_>>().join(" ")
    }

    /// All names, also of scopes that do not show: what a refresh token remembers.
    pub(super) fn whole_text(&self) -> String {
        let all = self.scopes.iter().map(|scope| scope.name.as_str());
        self.openid.then_some(OPENID).into_iter().chain(all).collect::<Vec<_>>().join(" ")
    }

    /// Whether the refresh token shall outlive the login.
    pub(super) fn offline(&self) -> bool {
        self.scopes.iter().any(|scope| scope.name == OFFLINE_ACCESS)
    }
}

/// Whether the client may ask for these scopes: the request's `scope` parameter, as it came.
///
/// A name that is neither the client's nor `openid` refuses the whole request; so does an empty one before another, which
/// is what two spaces in a row make.
pub(super) fn check(client: &Client, requested: Option<&str>) -> Result<(), OAuthError> {
    let Some(requested) = requested else { return Ok(()) };
    let known = |name: &str| {
        name == OPENID
            || client.default_scopes().any(|scope| scope == name)
            || client.optional_scopes().any(|scope| scope == name)
    };
    // Spaces at the end are no names, as Java splits; nothing at all is an empty name.
    let trimmed = requested.trim_end_matches(' ');
    let all_known = (trimmed.is_empty() && !requested.is_empty()) || trimmed.split(' ').all(known);
    if all_known {
        return Ok(());
    }
    Err(OAuthError::bad_request("invalid_scope", format!("Invalid scopes: {requested}")))
}

/// What is granted of `requested`. Names that the client may not ask for are left out.
pub(super) fn grant(client: &Client, roles: &Roles, requested: Option<&str>) -> Granted {
    let names: Vec<&str> = requested.into_iter().flat_map(|text| text.split(' ')).collect();
    let optional = client.optional_scope_definitions().iter();
    let asked_for = optional.filter(|scope| names.contains(&scope.name.as_str()));
    let permitted =
        |scope: &&Arc<ClientScope>| scope.roles.is_empty() || scope.roles.iter().any(|role| roles.realm.contains(role));
    let scopes = client.default_scope_definitions().iter().chain(asked_for).filter(permitted);
    Granted { openid: names.contains(&OPENID), scopes: scopes.cloned().collect() }
}

/// What stays of a grant when less is asked for (RFC 6749 section 6): only names that were granted before.
pub(super) fn narrowed(granted: &str, requested: Option<&str>) -> String {
    let Some(requested) = requested.filter(|text| !text.trim().is_empty()) else { return granted.to_owned() };
    let asked_for: Vec<&str> = requested.split(' ').collect();
    granted.split(' ').filter(|name| asked_for.contains(name)).collect::<Vec<_>>().join(" ")
}

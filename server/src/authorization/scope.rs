//! Which client scopes a token gets (RFC 6749 section 3.3), by Keycloak's rules: all of the
//! client's default scopes, and the optional ones that the request names.

use std::{collections::BTreeSet, sync::Arc};

use super::error::OAuthError;
use crate::realm::{Client, ClientScope, Roles};

/// The scopes of one token.
#[derive(Debug)]
pub(super) struct Granted {
    /// Whether an ID token was asked for.
    pub openid: bool,
    pub scopes: Vec<Arc<ClientScope>>,
}

impl Granted {
    /// The `scope` parameter and claim: names of the scopes that show, `openid` first.
    pub(super) fn text(&self) -> String {
        let shown = self.scopes.iter().filter(|scope| scope.in_token_scope).map(|scope| scope.name.as_str());
        self.openid.then_some("openid").into_iter().chain(shown).collect::<Vec<_>>().join(" ")
    }
}

/// Judges the request's `scope` parameter, as it came.
///
/// A name that is neither the client's nor `openid` refuses the whole request; so does an empty
/// one, which is what two spaces in a row make.
pub(super) fn grant(client: &Client, roles: &Roles, requested: Option<&str>) -> Result<Granted, OAuthError> {
    let names: BTreeSet<&str> = requested.into_iter().flat_map(|text| text.split(' ')).collect();
    let openid = names.contains("openid");
    let known = |name: &str| {
        name == "openid"
            || client.default_scopes().any(|scope| scope == name)
            || client.optional_scopes().any(|scope| scope == name)
    };
    if !names.iter().all(|name| known(name)) {
        let text = format!("Invalid scopes: {}", requested.unwrap_or_default());
        return Err(OAuthError::bad_request("invalid_scope", text));
    }
    let optional = client.optional_scope_definitions().iter();
    let asked_for = optional.filter(|scope| names.contains(scope.name.as_str()));
    let permitted =
        |scope: &&Arc<ClientScope>| scope.roles.is_empty() || scope.roles.iter().any(|role| roles.realm.contains(role));
    let scopes = client.default_scope_definitions().iter().chain(asked_for).filter(permitted);
    Ok(Granted { openid, scopes: scopes.cloned().collect() })
}

//! What a token's claims grant and to whom it belongs, whatever provider wrote them: scopes, roles, audiences, kind.
//!
//! Pure: imports only this module's own files.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::decode::{Kind, Token};
use super::typ;

/// Where scopes stand, the first that is there counts: RFC 8693 section 4.2, and Entra's and Okta's word.
const SCOPE_CLAIMS: [&str; 2] = ["scope", "scp"];

/// Claims that are a list of roles or the like, beside Keycloak's two.
const ROLE_CLAIMS: [&str; 5] = ["roles", "groups", "permissions", "authorities", "cognito:groups"];

/// The roles that one claim names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RoleGroup {
    /// Where they stand: `realm_access`, `resource_access.account`, `roles`, `groups`, `permissions`.
    pub source: String,
    /// The roles in order, as spelt.
    pub roles: Vec<String>,
}

/// What a token is meant for, as far as it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenUse {
    /// For an API.
    Access,
    /// For the client, about a login (OIDC Core section 2).
    Id,
    /// For the authorization server alone.
    Refresh,
    /// It does not say, or cannot be read.
    Unknown,
}

impl fmt::Display for TokenUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Access => "access token",
            Self::Id => "ID token",
            Self::Refresh => "refresh token",
            Self::Unknown => "token",
        })
    }
}

impl Token {
    /// The scopes granted: `scope` split at blanks (RFC 6749 section 3.3), or an array, else `scp` likewise; empty when there are none.
    pub fn scopes(&self) -> Vec<String> {
        match self.scope_claim().and_then(|name| self.claim(name)) {
            Some(Value::String(text)) => text.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
            Some(value) => strings(value),
            None => Vec::new(),
        }
    }

    /// The claim that the scopes come from.
    pub fn scope_claim(&self) -> Option<&'static str> {
        SCOPE_CLAIMS.into_iter().find(|name| matches!(self.claim(name), Some(Value::String(_) | Value::Array(_))))
    }

    /// The roles, by the claim that names them. Groups without a role are left out.
    pub fn roles(&self) -> Vec<RoleGroup> {
        let mut groups = Vec::new();
        let mut add = |source: String, value: Option<&Value>| {
            let roles = value.map(strings).unwrap_or_default();
            if !roles.is_empty() {
                groups.push(RoleGroup { source, roles });
            }
        };
        let Some(claims) = self.claims() else { return groups };
        for (name, value) in claims {
            match name.as_str() {
                "realm_access" => add(name.clone(), value.get("roles")),
                "resource_access" => {
                    for (client, access) in value.as_object().into_iter().flatten() {
                        add(format!("resource_access.{client}"), access.get("roles"));
                    }
                }
                // Auth0 wants a namespace before such claims: https://example.com/roles.
                listed if ROLE_CLAIMS.contains(&listed) || listed.ends_with("/roles") => add(name.clone(), Some(value)),
                _ => {}
            }
        }
        groups
    }

    /// Whom the token is for: `aud` as a string or an array (RFC 7519 section 4.1.3).
    pub fn audiences(&self) -> Vec<String> {
        self.claim("aud").map(strings).unwrap_or_default()
    }

    /// What the token is meant for.
    ///
    /// The header's `typ` counts first (RFC 9068 section 2.1), then Keycloak's `typ` claim, then claims that only ID
    /// tokens have, then claims that only access tokens have.
    pub fn token_kind(&self) -> TokenUse {
        if !matches!(self.kind(), Kind::Jws(_)) {
            return TokenUse::Unknown;
        }
        let header_typ = self.header().and_then(|header| header.get("typ")).and_then(Value::as_str).unwrap_or_default();
        let media_type = typ::media_type(header_typ);
        if typ::is_access_token(&media_type) {
            return TokenUse::Access;
        }
        // logout+jwt, dc+sd-jwt, dpop+jwt, …: something else altogether.
        if typ::is_of_a_kind(&media_type) {
            return TokenUse::Unknown;
        }
        match self.claim_str("typ") {
            Some("Bearer" | "DPoP") => return TokenUse::Access,
            Some("ID") => return TokenUse::Id,
            Some("Refresh" | "Offline") => return TokenUse::Refresh,
            _ => {}
        }
        if let Some("access") = self.claim_str("token_use") {
            return TokenUse::Access;
        }
        let has = |name: &&str| self.claim(name).is_some();
        if ["at_hash", "c_hash", "nonce"].iter().any(has) || self.claim_str("token_use") == Some("id") {
            TokenUse::Id
        } else if ["scope", "scp", "permissions", "realm_access", "client_id", "cid", "gty", "appid"].iter().any(has) {
            TokenUse::Access
        } else if self.claim("azp").is_some() && self.claim("azp") == self.claim("aud") {
            TokenUse::Id
        } else if has(&"roles") {
            TokenUse::Access
        } else {
            TokenUse::Unknown
        }
    }
}

/// A string, or the strings of an array.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;

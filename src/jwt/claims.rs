//! What a token's claims grant and to whom it belongs, whatever provider wrote them: scopes, roles, audiences, kind.
//!
//! Pure: imports only this module's own files.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::decode::{Kind, Token};
use super::typ::{self, OtherKind};

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

    /// What the token is meant for: what it says of itself, else what its claims look like.
    pub fn token_kind(&self) -> TokenUse {
        match self.kind() {
            Kind::Jws(_) => self.kind_said().unwrap_or_else(|| self.kind_guessed()),
            Kind::Jwe | Kind::Opaque => TokenUse::Unknown,
        }
    }

    /// What the token itself says that it is for: by the header's `typ` (RFC 9068 section 2.1), else by the claim `typ` of
    /// Keycloak or `token_use` of Cognito, else by what Entra and Okta write into access tokens alone.
    pub(super) fn kind_said(&self) -> Option<TokenUse> {
        let media_type = typ::media_type(self.typ().unwrap_or_default());
        if typ::is_access_token(&media_type) {
            return Some(TokenUse::Access);
        }
        // logout+jwt, dc+sd-jwt, dpop+jwt, …: something else altogether.
        if typ::is_of_a_kind(&media_type) {
            return Some(TokenUse::Unknown);
        }
        match self.claim_str("typ") {
            Some("Bearer" | "DPoP") => return Some(TokenUse::Access),
            Some("ID") => return Some(TokenUse::Id),
            Some("Refresh" | "Offline") => return Some(TokenUse::Refresh),
            Some("Logout") => return Some(TokenUse::Unknown),
            _ => {}
        }
        match self.claim_str("token_use") {
            Some("access") => return Some(TokenUse::Access),
            Some("id") => return Some(TokenUse::Id),
            _ => {}
        }
        // Entra: how the client proved who it is. Okta: the client beside the list of scopes.
        let of_entra = self.has("appidacr") || self.has("azpacr");
        let of_okta = self.has("cid") && self.claim("scp").is_some_and(Value::is_array);
        (of_entra || of_okta).then_some(TokenUse::Access)
    }

    /// What the claims look like, those first that access tokens have not.
    fn kind_guessed(&self) -> TokenUse {
        let any = |names: &[&str]| names.iter().any(|name| self.has(name));
        let azp = self.claim_str("azp");
        let for_the_client = azp.is_some() && self.audiences().iter().map(String::as_str).eq(azp);
        if self.is_request() {
            TokenUse::Unknown
        } else if any(&["at_hash", "c_hash", "nonce"]) || for_the_client && any(&["auth_time", "sid"]) {
            TokenUse::Id
        } else if self.is_assertion() {
            TokenUse::Unknown
        } else if any(&["scope", "scp", "permissions", "realm_access", "client_id", "cid", "gty", "appid"]) {
            TokenUse::Access
        } else if for_the_client {
            TokenUse::Id
        } else if self.has("roles") {
            TokenUse::Access
        } else {
            TokenUse::Unknown
        }
    }

    /// What kind it is, when it is none for an API and says so, or has the claims of one.
    pub(super) fn other_kind(&self) -> Option<&'static OtherKind> {
        let media_type = typ::media_type(self.typ().unwrap_or_default());
        let by_claims = || match self.claim_str("typ") {
            Some("Logout") => Some("logout+jwt"),
            _ if self.is_request() => Some("oauth-authz-req+jwt"),
            _ if self.is_assertion() => Some("client-authentication+jwt"),
            _ => None,
        };
        typ::other_kind(&media_type).or_else(|| typ::other_kind(by_claims()?))
    }

    /// The header's `typ`, when it is that of one kind of JWT alone, known here or not.
    pub(super) fn typ_of_a_kind(&self) -> Option<&str> {
        self.typ().filter(|typ| typ::is_of_a_kind(&typ::media_type(typ)))
    }

    /// Whether it says what a client asks for, as a request object does (RFC 9101 section 4).
    fn is_request(&self) -> bool {
        self.has("response_type") || self.has("redirect_uri")
    }

    /// Whether its issuer speaks of itself, as a client does to prove who it is (RFC 7523 section 3).
    fn is_assertion(&self) -> bool {
        let subject = self.claim_str("sub");
        let client = self.claim_str("client_id");
        subject.is_some() && self.claim_str("iss") == subject && client.is_none_or(|client| Some(client) == subject)
    }

    fn typ(&self) -> Option<&str> {
        self.header()?.get("typ")?.as_str()
    }

    fn has(&self, name: &str) -> bool {
        self.claim(name).is_some()
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

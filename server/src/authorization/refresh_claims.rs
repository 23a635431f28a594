//! What stands in a refresh token: nobody but this server reads it.

use serde::Deserialize;
use serde_json::Value;

use super::{AuthorizationServer, stores::Kind};

/// The claims of a refresh token whose signature holds.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct RefreshClaims {
    pub exp: Option<u64>,
    pub iat: u64,
    pub jti: String,
    pub iss: String,
    pub sub: String,
    pub typ: String,
    pub azp: String,
    pub sid: String,
    pub scope: String,
    pub reuse_id: Option<String>,
}

impl RefreshClaims {
    /// Reads a token that has not ended; the error is what is wrong with it, in Keycloak's words.
    pub(super) fn read(server: &AuthorizationServer, token: &str, now: u64) -> Result<Self, &'static str> {
        let claims = Self::read_any(server, token).ok_or("Invalid refresh token")?;
        if claims.exp.is_some_and(|ends| ends <= now) {
            return Err("Token is not active");
        }
        if i64::try_from(claims.iat).is_ok_and(|issued| issued < server.realm().not_before()) {
            return Err("Stale token");
        }
        Ok(claims)
    }

    /// The same, ended or not.
    pub(super) fn read_any(server: &AuthorizationServer, token: &str) -> Option<Self> {
        let claims: Value = server.refresh_key().ok()?.verify(token)?;
        let claims: Self = serde_json::from_value(claims).ok()?;
        let is_ours = claims.iss == server.issuer() && ["Refresh", "Offline"].contains(&claims.typ.as_str());
        is_ours.then_some(claims)
    }

    /// Which kind of session it belongs to.
    pub(super) fn kind(&self) -> Kind {
        if self.typ == "Offline" { Kind::Offline } else { Kind::Online }
    }
}

//! What an access token or ID token of this server says, and whether it still counts: asked by introspection, userinfo,
//! revocation and logout.

use serde_json::Value;

use super::{
    AuthorizationServer,
    claims::{Issue, Login},
    scope,
    stores::{Key, Kind},
};
use crate::realm::{Client, User};

/// A token that this server has signed.
pub(super) struct Token {
    pub claims: Value,
}

/// Why a token does not count, in Keycloak's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotValid {
    /// Not ours, ended, or taken back.
    Verification,
    ClientNotFound,
    ClientDisabled,
    UserDisabled,
    NoSession,
}

impl Token {
    /// The claims of a token that was signed with a published key in our name, ended or not.
    pub(super) fn signed(server: &AuthorizationServer, token: &str) -> Option<Self> {
        let claims = server.keys().verify(token, server.now())?;
        let token = Self { claims };
        (token.text("iss") == Some(server.issuer())).then_some(token)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.claims.get(name).and_then(Value::as_u64)
    }

    pub(super) fn has_audience(&self, wanted: &str) -> bool {
        match self.claims.get("aud") {
            Some(Value::String(one)) => one == wanted,
            Some(Value::Array(several)) => several.iter().any(|one| one == wanted),
            _ => false,
        }
    }

    pub(super) fn has_scope(&self, wanted: &str) -> bool {
        self.text("scope").is_some_and(|scope| scope.split(' ').any(|name| name == wanted))
    }

    /// The kind of session it belongs to; nothing for a client's own.
    pub(super) fn kind(&self) -> Option<Kind> {
        self.text("sid")?;
        let offline = self.text("jti").is_some_and(|id| id.starts_with("of"));
        Some(if offline { Kind::Offline } else { Kind::Online })
    }

    /// Reads something out of what a token with the same grant would be made of now.
    pub(super) fn issued_anew<T>(
        &self,
        server: &AuthorizationServer,
        client: &Client,
        account: &User,
        read: impl FnOnce(&Issue<'_>) -> T,
    ) -> T {
        let granted = scope::grant(client, &account.roles, self.text("scope"));
        let login = self.kind().map(|kind| Login {
            session: String::new(),
            kind,
            auth_time: None,
            was_signed_in: self.text("acr") == Some("0"),
            nonce: None,
        });
        let now = server.now();
        read(&Issue {
            issuer: server.issuer(),
            client,
            account,
            granted: &granted,
            now,
            ends: now,
            login: login.as_ref(),
            grant: "",
            peer: None,
        })
    }

    /// Whether it has ended, or was taken back.
    pub(super) fn is_over(&self, server: &AuthorizationServer) -> bool {
        let now = server.now();
        let issued = self.number("iat").and_then(|issued| i64::try_from(issued).ok()).unwrap_or(i64::MIN);
        let revoked = self.text("jti").is_none_or(|id| server.stores().revoked.get(Key::of(id), now).is_some());
        self.number("exp").is_none_or(|ends| ends <= now) || issued < server.realm().not_before() || revoked
    }

    /// Whether it still counts: its time, its client, its person and its session.
    pub(super) fn still_counts<'a>(&self, server: &'a AuthorizationServer) -> Result<(&'a Client, &'a User), NotValid> {
        if self.is_over(server) {
            return Err(NotValid::Verification);
        }
        let client = self.text("azp").and_then(|id| server.realm().client(id)).ok_or(NotValid::ClientNotFound)?;
        if !client.enabled() {
            return Err(NotValid::ClientDisabled);
        }
        let user = match (self.kind(), self.text("sid")) {
            (Some(kind), Some(sid)) => {
                let mut stores = server.stores();
                let session = stores.sessions.get(kind, sid, server.now()).ok_or(NotValid::NoSession)?;
                let user = session.user.clone();
                session.client(client.id()).ok_or(NotValid::NoSession)?;
                drop(stores);
                server.realm().user(&user)
            }
            _ => client.service_account(),
        };
        let user = user.ok_or(NotValid::NoSession)?;
        if user.enabled { Ok((client, user)) } else { Err(NotValid::UserDisabled) }
    }
}

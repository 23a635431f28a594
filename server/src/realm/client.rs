//! Clients and client scopes.

use std::sync::Arc;

use super::{Mapper, User, redirect};
use crate::secret::Secret;

/// A client of the realm (RFC 6749 section 2).
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) id: String,
    pub(super) enabled: bool,
    pub(super) openid_connect: bool,
    pub(super) kind: ClientKind,
    pub(super) secret: Option<Secret>,
    pub(super) default_scopes: Vec<Arc<ClientScope>>,
    pub(super) optional_scopes: Vec<Arc<ClientScope>>,
    pub(super) mappers: Vec<Mapper>,
    pub(super) service_account: Option<User>,
    pub(super) access_token_lifespan: u32,
    pub(super) web_origins: Vec<String>,
    pub(super) display_name: Option<String>,
    pub(super) grants: PersonGrants,
    pub(super) redirect_uris: Vec<String>,
    pub(super) post_logout_redirect_uris: Vec<String>,
}

/// Which grants with a person in them a client may use, and on what terms.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the export")]
pub(crate) struct PersonGrants {
    /// The authorization code grant (RFC 6749 section 4.1).
    pub code: bool,
    /// The password grant (RFC 6749 section 4.3).
    pub password: bool,
    /// The device grant (RFC 8628).
    pub device: bool,
    /// Whether the person is asked first.
    pub asks_for_consent: bool,
    /// The code challenge method that must be used (RFC 7636 section 4.3), when one must.
    pub challenge_method: Option<String>,
}

/// How a client proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientKind {
    /// By its secret.
    Confidential,
    /// Not at all.
    Public,
    /// It only receives tokens and never asks for one.
    BearerOnly,
}

impl Client {
    /// The `client_id`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the client may be used.
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// Confidential, public or bearer-only.
    pub fn kind(&self) -> ClientKind {
        self.kind
    }

    /// Whether the client speaks `OpenID` Connect (and not SAML).
    pub fn speaks_openid_connect(&self) -> bool {
        self.openid_connect
    }

    /// The client's secret, if it has one.
    pub fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// Whether `given` is the client's secret, compared in constant time.
    pub fn secret_matches(&self, given: &str) -> bool {
        self.secret.as_ref().is_some_and(|secret| secret.matches(given))
    }

    /// Scopes that every token of this client has.
    pub fn default_scopes(&self) -> impl Iterator<Item = &str> {
        self.default_scopes.iter().map(|scope| scope.name.as_str())
    }

    /// Scopes that this client may ask for.
    pub fn optional_scopes(&self) -> impl Iterator<Item = &str> {
        self.optional_scopes.iter().map(|scope| scope.name.as_str())
    }

    /// Life of an access token in seconds.
    pub fn access_token_lifespan(&self) -> u32 {
        self.access_token_lifespan
    }

    /// Whether the client may get tokens for itself (RFC 6749 section 4.4).
    pub fn has_service_account(&self) -> bool {
        self.service_account.is_some()
    }

    pub(crate) fn service_account(&self) -> Option<&User> {
        self.service_account.as_ref()
    }

    /// The client's name for people, else its id.
    pub(crate) fn display_name(&self) -> &str {
        self.display_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.id)
    }

    /// Which grants with a person in them the client may use.
    pub(crate) fn grants(&self) -> &PersonGrants {
        &self.grants
    }

    /// Whether people can sign in with this client in a browser.
    pub fn signs_people_in(&self) -> bool {
        self.grants.code
    }

    /// Whether an answer may be sent to this address.
    pub(crate) fn may_redirect_to(&self, address: &str) -> bool {
        redirect::is_registered(&self.redirect_uris, address)
    }

    /// Whether a browser may be sent to this address after a logout.
    pub(crate) fn may_redirect_after_logout(&self, address: &str) -> bool {
        redirect::is_registered(&self.post_logout_redirect_uris, address)
    }

    pub(crate) fn web_origins(&self) -> &[String] {
        &self.web_origins
    }

    pub(crate) fn mappers(&self) -> &[Mapper] {
        &self.mappers
    }

    pub(crate) fn default_scope_definitions(&self) -> &[Arc<ClientScope>] {
        &self.default_scopes
    }

    pub(crate) fn optional_scope_definitions(&self) -> &[Arc<ClientScope>] {
        &self.optional_scopes
    }
}

/// A client scope: a name that can be asked for, and what it puts into the token.
#[derive(Debug)]
pub(crate) struct ClientScope {
    pub name: String,
    /// Whether the name shows in the `scope` claim.
    pub in_token_scope: bool,
    pub mappers: Vec<Mapper>,
    /// Roles of the realm of which the user needs one; none needed when empty.
    pub roles: Vec<String>,
    /// What a person is asked on the consent page; nothing when the scope goes without saying.
    pub consent_text: Option<String>,
}

//! The realm: which clients there are, what they may ask for, and the keys that sign.
//!
//! Read from Keycloak's realm export format. Knows nothing of HTTP; must never import
//! `authorization` or `resource`.

mod error;
mod export;
mod import;
mod key_file;
mod keys;
mod mapper;
mod roles;

use std::{collections::BTreeMap, sync::Arc};

pub use error::RealmError;
pub use key_file::{KeyFile, KeyFileError};
pub use keys::{KeyError, SigningKeys};
pub(crate) use mapper::{ClaimShape, Mapper, Rule};
pub(crate) use roles::Roles;

use crate::secret::Secret;

/// A realm: an issuer's clients, scopes and lifetimes.
#[derive(Debug, Clone)]
pub struct Realm {
    name: String,
    enabled: bool,
    not_before: i64,
    scopes: Vec<Arc<ClientScope>>,
    clients: Vec<Client>,
}

impl Realm {
    /// The demo realm that comes with this crate (`realm.json`).
    pub fn built_in() -> Self {
        // A test holds that the file is taken. Were it not, a realm that is switched off says so
        // at the first request, which is better than a panic in whoever embeds this.
        Self::from_json(include_str!("../../realm.json")).unwrap_or_else(|_| Self {
            name: "myorg".to_owned(),
            enabled: false,
            not_before: 0,
            scopes: Vec::new(),
            clients: Vec::new(),
        })
    }

    /// Reads a realm in Keycloak's export format. Unknown keys are ignored; what would silently
    /// mean something else than in Keycloak is refused.
    ///
    /// # Errors
    /// [`RealmError`] names the place, the value and the way out.
    pub fn from_json(text: &str) -> Result<Self, RealmError> {
        import::realm(&serde_json::from_str(text)?)
    }

    /// The realm's name, as it stands in `/realms/{name}`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the realm hands out tokens at all.
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// Tokens issued before this time (seconds since 1970) are revoked; 0 when none are.
    pub fn not_before(&self) -> i64 {
        self.not_before
    }

    /// The client with this id, spelt exactly so.
    pub fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// All clients, in the file's order.
    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// The names of the realm's client scopes, in the file's order.
    pub fn scope_names(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(|scope| scope.name.as_str())
    }

    /// The longest life in seconds that an access token of this realm can have: for how long an
    /// old key must stay published.
    pub fn longest_token_life(&self) -> u64 {
        self.clients.iter().map(|client| u64::from(client.access_token_lifespan)).max().unwrap_or(0)
    }
}

/// A client of the realm (RFC 6749 section 2).
#[derive(Debug, Clone)]
pub struct Client {
    id: String,
    enabled: bool,
    openid_connect: bool,
    kind: ClientKind,
    secret: Option<Secret>,
    default_scopes: Vec<Arc<ClientScope>>,
    optional_scopes: Vec<Arc<ClientScope>>,
    mappers: Vec<Mapper>,
    service_account: Option<ServiceAccount>,
    access_token_lifespan: u32,
    web_origins: Vec<String>,
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

    pub(crate) fn service_account(&self) -> Option<&ServiceAccount> {
        self.service_account.as_ref()
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
}

/// The user that stands for a client when it asks for itself.
#[derive(Debug, Clone)]
pub(crate) struct ServiceAccount {
    /// The `sub` claim.
    pub id: String,
    pub username: String,
    pub enabled: bool,
    pub email: Option<String>,
    pub email_verified: bool,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub attributes: BTreeMap<String, Vec<String>>,
    pub roles: Roles,
}

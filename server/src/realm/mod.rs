//! The realm: which clients and people there are, what they may ask for, and the keys that sign.
//!
//! Read from Keycloak's realm export format. Knows nothing of HTTP; must never import
//! `authorization` or `resource`.

mod certificate;
mod client;
mod error;
mod export;
mod import;
mod key_file;
mod keys;
mod lifetimes;
mod mapper;
mod password;
mod redirect;
mod refresh_key;
mod roles;
mod user;

use std::sync::Arc;

pub use client::{Client, ClientKind};
pub(crate) use client::{ClientScope, PersonGrants};
pub use error::RealmError;
pub use key_file::{KeyFile, KeyFileError};
pub use keys::{KeyError, SigningKeys};
pub(crate) use lifetimes::Lifetimes;
pub(crate) use mapper::{ClaimShape, Mapper, Rule};
pub(crate) use password::Password;
pub(crate) use refresh_key::RefreshKey;
pub(crate) use roles::Roles;
pub(crate) use user::User;

/// A realm: an issuer's clients, people, scopes and lifetimes.
#[derive(Debug, Clone)]
pub struct Realm {
    name: String,
    enabled: bool,
    not_before: i64,
    display_name: Option<String>,
    scopes: Vec<Arc<ClientScope>>,
    clients: Vec<Client>,
    users: Vec<User>,
    lifetimes: Lifetimes,
    email_signs_in: bool,
    is_built_in: bool,
}

impl Realm {
    /// The demo realm that comes with this crate (`realm.json`).
    pub fn built_in() -> Self {
        // A test holds that the file is taken. Were it not, a realm that is switched off says so
        // at the first request, which is better than a panic in whoever embeds this.
        let realm = Self::from_json(include_str!("../../realm.json")).unwrap_or_else(|_| Self {
            name: "myorg".to_owned(),
            enabled: false,
            not_before: 0,
            display_name: None,
            scopes: Vec::new(),
            clients: Vec::new(),
            users: Vec::new(),
            lifetimes: Lifetimes::default(),
            email_signs_in: false,
            is_built_in: true,
        });
        Self { is_built_in: true, ..realm }
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
    /// The name for people, else the name.
    pub(crate) fn display_name(&self) -> &str {
        self.display_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.name)
    }

    pub(crate) fn lifetimes(&self) -> &Lifetimes {
        &self.lifetimes
    }

    /// The user with this id: a person, or the one behind a client.
    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        let behind_clients = self.clients.iter().filter_map(Client::service_account);
        self.users.iter().chain(behind_clients).find(|user| user.id == id)
    }

    /// The person who signs in under this name: the user name in any case, or the e-mail address where that is allowed.
    pub(crate) fn person(&self, name: &str) -> Option<&User> {
        let name = name.to_lowercase();
        let by_name = self.users.iter().find(|user| user.username == name);
        let has_address = |user: &&User| user.email.as_ref().is_some_and(|email| email.to_lowercase() == name);
        by_name.or_else(|| self.users.iter().filter(|_| self.email_signs_in).find(has_address))
    }

    /// Whether a password has to be compared slowly: then each comparison is, so that none tells who there is.
    pub(crate) fn slow_password(&self) -> Option<&Password> {
        self.users.iter().filter_map(|user| user.password.as_ref()).find(|password| password.is_slow())
    }

    /// The people of the demo realm and their passwords, which everybody may know. Of another realm nobody.
    pub(crate) fn demo_people(&self) -> impl Iterator<Item = (&User, &str)> {
        let people = self.users.iter().filter(|user| self.is_built_in && user.enabled);
        people.filter_map(|user| Some((user, user.password.as_ref()?.plain()?.reveal())))
    }
}

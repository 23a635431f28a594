//! What a person adds without writing TOML: a provider, an API and a profile, and how they stand in the file.
//!
//! Pure. Imports siblings, `oauth` and `exchange`.

use crate::config::Requirement;
use crate::exchange::Secret;
use crate::oauth::{ClientAuth, ClientId, Grant, Issuer, ScopeSet};

/// What is to be added; each part only when it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addition {
    /// An authorization server.
    pub provider: Option<NewProvider>,
    /// A resource server.
    pub api: Option<NewApi>,
    /// A client.
    pub profile: Option<NewProfile>,
}

/// `[providers.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProvider {
    /// A slug that is not taken: see [`free_name`](super::free_name).
    pub name: String,
    /// Its issuer identifier, as spelt.
    pub issuer: Issuer,
    /// Whether secrets and tokens may go over plain HTTP beyond loopback.
    pub plaintext: bool,
    /// Whether no certificate is checked.
    pub insecure: bool,
    /// A PEM file, or a folder of them.
    pub ca: Option<String>,
    /// The token endpoint, when it is not found by discovery.
    pub token_endpoint: Option<String>,
    /// The key set's address, when it is not found by discovery.
    pub jwks_uri: Option<String>,
}

/// `[apis.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApi {
    /// A slug that is not taken.
    pub name: String,
    /// The provider whose tokens it takes.
    pub provider: String,
    /// What the endpoints' paths are appended to.
    pub base_url: String,
    /// The `aud` that it expects.
    pub audience: Option<String>,
    /// Whether tokens may go over plain HTTP beyond loopback.
    pub plaintext: bool,
    /// In the order of the number keys.
    pub endpoints: Vec<NewEndpoint>,
}

/// `[[apis.NAME.endpoints]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEndpoint {
    /// A slug.
    pub name: String,
    /// In capitals.
    pub method: String,
    /// Begins with a slash.
    pub path: String,
    /// What it wants of a caller.
    pub requires: Option<Requirement>,
}

/// `[profiles.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProfile {
    /// A slug that is not taken.
    pub name: String,
    /// What the screen shows, when it is not the name.
    pub title: Option<String>,
    /// The authorization server's name in the file.
    pub provider: String,
    /// The client identifier.
    pub client_id: ClientId,
    /// Where the secret comes from.
    pub secret: Option<NewSecret>,
    /// How it gets a token.
    pub grant: Grant,
    /// How the client authenticates.
    pub auth: ClientAuth,
    /// What it asks for.
    pub scopes: ScopeSet,
    /// The `audience` parameter of the token request.
    pub audience: Option<String>,
}

/// Where the secret of a new profile comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewSecret {
    /// It is to stand in the file.
    Literal(Secret),
    /// An environment variable.
    Env(String),
    /// An entry of the system's keyring.
    Keyring(String),
    /// A file that holds it.
    File(String),
    /// The person is asked, once a run.
    Prompt,
}

impl Addition {
    /// Whether there is nothing to add.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The addition as TOML, such as the session's layer is made of.
    pub fn text(&self) -> String {
        let sections: Vec<_> = super::sections::of(self).iter().map(ToString::to_string).collect();
        sections.join("\n")
    }
}

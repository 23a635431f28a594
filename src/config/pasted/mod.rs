//! What a text is that somebody pasted or typed to make an authorization server known: an address of it in any of its
//! forms, a curl command, a keycloak.json, a discovery document, a Postman file.
//!
//! [`read`] gives the issuers to try, in order, and whatever else the text tells. A secret in it is a [`Secret`] from
//! the first moment on. Nothing is asked of anybody here.
//!
//! Pure: no network, files, clock or terminal. Imports `oauth` and `exchange` of this crate and sibling rules.

mod address;
mod curl;
mod document;
mod known;
mod shell;
#[cfg(test)]
mod tests;
mod value;

use thiserror::Error;

use super::address::is_loopback;
use crate::exchange::Secret;
use crate::oauth::{ClientAuth, ClientId, Issuer, ScopeSet};
pub(super) use value::is_variable_name;

/// The longest text that is looked at, in bytes.
pub const LONGEST: usize = 256 * 1024;

/// How many issuers are tried at most.
const CANDIDATES: usize = 10;

/// What a text told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// What it was taken for, in words: `a Keycloak admin-console address`.
    pub what: String,
    /// The issuers it may mean, in the order to be tried.
    pub candidates: Vec<Candidate>,
    /// Where a Keycloak may stand that the text names no realm of: its address before `/realms`.
    pub keycloak: Vec<String>,
    /// An address on another host that would have to be given instead, when that is known.
    pub instead: Option<String>,
    /// The token endpoint, when the text named it.
    pub token_endpoint: Option<String>,
    /// The client.
    pub client_id: Option<ClientId>,
    /// Its secret.
    pub secret: Option<Secret>,
    /// The environment variable that the text took the secret from.
    pub secret_env: Option<String>,
    /// How the client authenticated.
    pub auth: Option<ClientAuth>,
    /// What was asked for.
    pub scopes: ScopeSet,
    /// The audience asked for.
    pub audience: Option<String>,
    /// A call of an API.
    pub call: Option<PastedCall>,
    /// A file of certificates that was to be trusted.
    pub ca: Option<String>,
    /// Whether certificates were not to be checked.
    pub insecure: bool,
    /// What is worth knowing, a sentence each.
    pub remarks: Vec<String>,
}

/// An issuer to be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// As discovery is asked for it. A server may spell itself with a slash more or less at the end.
    pub issuer: Issuer,
    /// How it came from the text.
    pub reading: Reading,
}

/// How an issuer came from what was pasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As it stands there.
    AsGiven,
    /// It stands there with more behind it, such as an endpoint's path.
    Within,
    /// With Keycloak's old `/auth` before `/realms`, which the text lacks.
    AuthAdded,
    /// Without the `/auth` before `/realms` that the text has.
    AuthDropped,
    /// Over https, where the text says http or nothing.
    Https,
    /// Over http, where the text says https or nothing.
    Http,
    /// The host alone.
    HostAlone,
}

/// A call of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastedCall {
    /// The address up to the path, without a slash at the end.
    pub base_url: String,
    /// The method.
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// Whether it was called with a bearer token.
    pub with_token: bool,
}

/// The text is nothing that can be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotUnderstood {
    /// There is nothing in it.
    #[error("there is nothing to go by yet")]
    Empty,
    /// It is too long.
    #[error("the text has {length} bytes; {LONGEST} are the most that is looked at")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// It is a token.
    #[error("this is a token, not an address; it was not kept")]
    Token,
    /// It is something else.
    #[error("{reason}")]
    Other {
        /// What is wrong with it.
        reason: String,
    },
}

impl NotUnderstood {
    /// What to do about it, one sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Token => "Give its issuer's address; `tokenscope decode -` shows what is in a token.",
            Self::TooLong { .. } => "Paste the one address or command that matters.",
            Self::Empty | Self::Other { .. } => {
                "Give an issuer such as https://login.example.com/realms/shop, or paste a curl command or a keycloak.json."
            }
        }
    }

    fn other(reason: impl Into<String>) -> Self {
        Self::Other { reason: reason.into() }
    }
}

impl Pasted {
    /// Whether there is a host to ask for its metadata.
    pub fn names_a_provider(&self) -> bool {
        !self.candidates.is_empty() || !self.keycloak.is_empty() || self.instead.is_some()
    }

    /// The same, with what this text leaves open filled in from an earlier one.
    #[must_use]
    pub fn after(mut self, earlier: Self) -> Self {
        self.client_id = self.client_id.or(earlier.client_id);
        if self.secret.is_none() && self.secret_env.is_none() {
            (self.secret, self.secret_env) = (earlier.secret, earlier.secret_env);
            self.auth = self.auth.or(earlier.auth);
        }
        if self.scopes.is_empty() {
            self.scopes = earlier.scopes;
        }
        self.audience = self.audience.or(earlier.audience);
        self.call = self.call.or(earlier.call);
        self.ca = self.ca.or(earlier.ca);
        let own = std::mem::replace(&mut self.remarks, earlier.remarks);
        for remark in own {
            self.remark(remark);
        }
        self.insecure |= earlier.insecure;
        if !self.names_a_provider() {
            self.candidates = earlier.candidates;
            self.keycloak = earlier.keycloak;
            self.instead = earlier.instead;
            self.token_endpoint = self.token_endpoint.or(earlier.token_endpoint);
        }
        self
    }

    fn remark(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.remarks.contains(&text) {
            self.remarks.push(text);
        }
    }

    fn candidate(&mut self, issuer: impl Into<String>, reading: Reading) {
        let issuer = Issuer::new(issuer);
        let same =
            |other: &Candidate| other.issuer.as_str().trim_end_matches('/') == issuer.as_str().trim_end_matches('/');
        if self.candidates.len() < CANDIDATES && !self.candidates.iter().any(same) {
            self.candidates.push(Candidate { issuer, reading });
        }
    }
}

/// Reads what was pasted or typed. Total and bounded: every text is either understood or said not to be.
pub fn read(text: &str) -> Result<Pasted, NotUnderstood> {
    if text.len() > LONGEST {
        return Err(NotUnderstood::TooLong { length: text.len() });
    }
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(NotUnderstood::Empty);
    }
    if text.starts_with('{') {
        return document::read(text);
    }
    if let Some(command) = curl::command_in(text) {
        return curl::read(command);
    }
    if value::is_token(text) {
        return Err(NotUnderstood::Token);
    }
    address::read(text)
}

/// The last part of a provider's name that a person would give it: the realm or tenant, else the host's own name.
pub fn suggested_name(issuer: &Issuer) -> String {
    known::suggested_name(issuer)
}

/// Whether the addresses are on the same host, so that asking the one was asking the other.
pub fn same_host(one: &str, other: &str) -> bool {
    let host = |text: &str| url::Url::parse(text).ok()?.host_str().map(str::to_owned);
    host(one).is_some() && host(one) == host(other)
}

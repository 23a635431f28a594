//! Every word that profiles.toml knows, in one table: what each key stands in, and what this version makes of it.
//!
//! The checks, the "did you mean" hints and the masking of quoted lines all read this table. Imports nothing of this
//! crate.

/// The kinds of tables in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// The top of the file.
    Root,
    /// `[environments.NAME]`.
    Environment,
    /// `[providers.NAME]`.
    Provider,
    /// `[apis.NAME]`.
    Api,
    /// `[[apis.NAME.endpoints]]`.
    Endpoint,
    /// `[profiles.NAME]`.
    Profile,
    /// `client_secret = { .. }`.
    Secret,
    /// `requires = { .. }`.
    Requires,
    /// `{ by_env = { .. } }`, in place of any value.
    Value,
}

impl Table {
    /// How a message names the place where a key of this table belongs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Root => "the top level",
            Self::Environment => "[environments.NAME]",
            Self::Provider => "[providers.NAME]",
            Self::Api => "[apis.NAME]",
            Self::Endpoint => "[[apis.NAME.endpoints]]",
            Self::Profile => "[profiles.NAME]",
            Self::Secret => "client_secret = { .. }",
            Self::Requires => "requires = { .. }",
            Self::Value => "a value",
        }
    }
}

/// What this version makes of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is read.
    Built,
    /// It is known and cannot be done yet; leaving it out of account would be wrong, so its item is disabled.
    Later,
    /// It is known and cannot be done yet; leaving it out of account does no harm, so there is a warning.
    Ignored,
}

/// Whether the value may be quoted in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It may.
    Open,
    /// It may hold a secret, so it is masked.
    Masked,
}

/// One known key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    /// Where it stands.
    pub(super) table: Table,
    /// How it is spelt.
    pub(super) key: &'static str,
    /// What this version makes of it.
    pub(super) standing: Standing,
    /// Whether its value may be quoted.
    pub(super) look: Look,
}

const fn word(table: Table, key: &'static str, standing: Standing, look: Look) -> Word {
    Word { table, key, standing, look }
}

use Look::{Masked, Open};
use Standing::{Built, Ignored, Later};

/// All of them.
pub(super) const WORDS: &[Word] = &[
    word(Table::Root, "default_profile", Built, Open),
    word(Table::Root, "providers", Built, Open),
    word(Table::Root, "apis", Built, Open),
    word(Table::Root, "profiles", Built, Open),
    word(Table::Root, "environments", Built, Open),
    word(Table::Environment, "vars", Built, Masked),
    word(Table::Environment, "protected", Built, Open),
    word(Table::Provider, "issuer", Built, Open),
    word(Table::Provider, "embedded", Built, Open),
    word(Table::Provider, "token_endpoint", Built, Open),
    word(Table::Provider, "jwks_uri", Built, Open),
    word(Table::Provider, "plaintext", Built, Open),
    word(Table::Provider, "timeout", Built, Open),
    word(Table::Provider, "headers", Built, Masked),
    word(Table::Provider, "authorization_endpoint", Ignored, Open),
    word(Table::Provider, "device_authorization_endpoint", Ignored, Open),
    word(Table::Provider, "introspection_endpoint", Ignored, Open),
    word(Table::Provider, "revocation_endpoint", Ignored, Open),
    word(Table::Provider, "userinfo_endpoint", Ignored, Open),
    word(Table::Provider, "end_session_endpoint", Ignored, Open),
    word(Table::Provider, "ca", Built, Open),
    word(Table::Provider, "insecure", Built, Open),
    word(Table::Provider, "proxy", Built, Masked),
    word(Table::Api, "provider", Built, Open),
    word(Table::Api, "base_url", Built, Open),
    word(Table::Api, "embedded", Built, Open),
    word(Table::Api, "audience", Built, Open),
    word(Table::Api, "endpoints", Built, Open),
    word(Table::Api, "plaintext", Built, Open),
    word(Table::Api, "timeout", Built, Open),
    word(Table::Api, "headers", Built, Masked),
    word(Table::Api, "ca", Built, Open),
    word(Table::Api, "insecure", Built, Open),
    word(Table::Api, "proxy", Built, Masked),
    word(Table::Endpoint, "name", Built, Open),
    word(Table::Endpoint, "method", Built, Open),
    word(Table::Endpoint, "path", Built, Open),
    word(Table::Endpoint, "requires", Built, Open),
    word(Table::Endpoint, "expect", Built, Open),
    word(Table::Endpoint, "allow", Built, Open),
    word(Table::Endpoint, "deny", Built, Open),
    word(Table::Endpoint, "headers", Later, Masked),
    word(Table::Endpoint, "body", Later, Masked),
    word(Table::Profile, "title", Built, Open),
    word(Table::Profile, "provider", Built, Open),
    word(Table::Profile, "client_id", Built, Open),
    word(Table::Profile, "client_secret", Built, Masked),
    word(Table::Profile, "grant", Built, Open),
    word(Table::Profile, "auth", Built, Open),
    word(Table::Profile, "scopes", Built, Open),
    word(Table::Profile, "audience", Built, Open),
    word(Table::Profile, "params", Built, Masked),
    word(Table::Profile, "apis", Built, Open),
    word(Table::Profile, "expect_token", Built, Open),
    word(Table::Profile, "granted", Built, Open),
    word(Table::Profile, "redirect_uri", Later, Open),
    word(Table::Profile, "username", Later, Open),
    word(Table::Profile, "password", Later, Masked),
    word(Table::Profile, "private_key", Later, Masked),
    word(Table::Profile, "certificate", Later, Masked),
    word(Table::Profile, "proxy", Later, Masked),
    word(Table::Profile, "token_cache", Built, Open),
    word(Table::Profile, "remember", Ignored, Open),
    word(Table::Secret, "env", Built, Open),
    word(Table::Secret, "file", Built, Open),
    word(Table::Secret, "command", Built, Masked),
    word(Table::Secret, "keyring", Built, Open),
    word(Table::Secret, "prompt", Built, Open),
    word(Table::Requires, "any_scope", Built, Open),
    word(Table::Requires, "roles", Built, Open),
    word(Table::Value, "by_env", Built, Open),
];

/// Grants that are known by name and cannot be done yet.
pub(super) const LATER_GRANTS: [&str; 8] = [
    "authorization_code",
    "device_code",
    "urn:ietf:params:oauth:grant-type:device_code",
    "password",
    "refresh_token",
    "token_exchange",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
];

/// Ways of client authentication that are known by name and cannot be done yet.
pub(super) const LATER_AUTH: [&str; 4] =
    ["private_key_jwt", "client_secret_jwt", "tls_client_auth", "self_signed_tls_client_auth"];

/// The key in this kind of table, when it is known there.
pub(super) fn find(table: Table, key: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.table == table && word.key == key)
}

/// The keys that this version reads in this kind of table.
pub(super) fn keys(table: Table) -> impl Iterator<Item = &'static str> {
    WORDS.iter().filter(move |word| word.table == table).map(|word| word.key)
}

/// The other kinds of tables in which the key means something.
pub(super) fn elsewhere(table: Table, key: &str) -> impl Iterator<Item = Table> {
    WORDS.iter().filter(move |word| word.table != table && word.key == key).map(|word| word.table)
}

/// Whether the key is known and its value may be quoted wherever it stands.
pub(super) fn is_open(key: &str) -> bool {
    let mut known = WORDS.iter().filter(|word| word.key == key).peekable();
    known.peek().is_some() && known.all(|word| word.look == Look::Open)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::oauth::{ClientAuth, Grant};

    #[test]
    fn no_key_is_listed_twice() {
        let mut seen = HashSet::new();
        for word in WORDS {
            assert!(seen.insert((word.table.name(), word.key)), "{} is listed twice in {:?}", word.key, word.table);
        }
    }

    #[test]
    fn what_is_built_is_not_called_later() {
        for (name, _) in Grant::NAMES {
            assert!(!LATER_GRANTS.contains(&name), "{name}");
        }
        for (name, _) in ClientAuth::NAMES {
            assert!(!LATER_AUTH.contains(&name), "{name}");
        }
    }

    #[test]
    fn a_key_that_may_hold_a_secret_is_masked_everywhere() {
        for key in ["client_secret", "password", "headers", "params", "command", "unheard_of"] {
            assert!(!is_open(key), "{key}");
        }
        assert!(is_open("issuer"));
    }
}

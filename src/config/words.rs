//! Every word that profiles.toml knows, in one table: what each key stands in, and what this version makes of it.
//!
//! The checks, the "did you mean" hints, the masking of quoted lines and the README's list of keys all read this table. Imports nothing of this
//! crate.

use std::fmt::Write as _;

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
    /// What it says, for the README; empty when it is not read yet.
    pub(super) help: &'static str,
}

const fn word(table: Table, key: &'static str, standing: Standing, look: Look, help: &'static str) -> Word {
    Word { table, key, standing, look, help }
}

use Look::{Masked, Open};
use Standing::{Built, Later};

/// The keys of a profile whose value is a secret, or says where one comes from.
pub(super) const SECRETS: [&str; 2] = ["client_secret", "password"];

/// All of them.
pub(super) const WORDS: &[Word] = &[
    word(Table::Root, "default_profile", Built, Open, "the profile that is selected first"),
    word(Table::Root, "providers", Built, Open, "authorization servers"),
    word(Table::Root, "apis", Built, Open, "resource servers"),
    word(Table::Root, "profiles", Built, Open, "clients; at least one"),
    word(
        Table::Root,
        "environments",
        Built,
        Open,
        "sets of values to choose between with `--env`; the first that is not protected unless chosen",
    ),
    word(
        Table::Environment,
        "vars",
        Built,
        Masked,
        "texts by name, written `{name}` in any other text; `{{name}}` is the text `{name}` itself",
    ),
    word(
        Table::Environment,
        "protected",
        Built,
        Open,
        "`true` for production: asked before each endpoint's first call, never begun with",
    ),
    word(Table::Provider, "issuer", Built, Open, "its issuer, as spelt in its tokens; needed"),
    word(
        Table::Provider,
        "embedded",
        Built,
        Open,
        "`true`: the bundled server plays this part when nothing else answers there",
    ),
    word(Table::Provider, "token_endpoint", Built, Open, "its address, when discovery is not to be asked"),
    word(Table::Provider, "jwks_uri", Built, Open, "the key set's address, when discovery is not to be asked"),
    word(
        Table::Provider,
        "plaintext",
        Built,
        Open,
        "`true`: secrets and tokens may go over `http://` beyond this machine",
    ),
    word(
        Table::Provider,
        "timeout",
        Built,
        Open,
        "seconds until a silent server is given up, 1 to 600; 10 unless given",
    ),
    word(Table::Provider, "headers", Built, Masked, "a table of headers sent with every request to it"),
    word(
        Table::Provider,
        "authorization_endpoint",
        Built,
        Open,
        "where a browser logs in, when discovery is not to be asked",
    ),
    word(
        Table::Provider,
        "device_authorization_endpoint",
        Built,
        Open,
        "where codes for another device are got, when discovery is not to be asked",
    ),
    word(
        Table::Provider,
        "introspection_endpoint",
        Built,
        Open,
        "where a token is asked about, when discovery is not to be asked",
    ),
    word(
        Table::Provider,
        "revocation_endpoint",
        Built,
        Open,
        "where a token is ended, when discovery is not to be asked",
    ),
    word(
        Table::Provider,
        "userinfo_endpoint",
        Built,
        Open,
        "where it is asked who the person is, when discovery is not to be asked",
    ),
    word(
        Table::Provider,
        "end_session_endpoint",
        Built,
        Open,
        "where a session is ended, when discovery is not to be asked",
    ),
    word(
        Table::Provider,
        "ca",
        Built,
        Open,
        "a PEM file, or a folder of them, trusted besides the system's; relative to this file",
    ),
    word(Table::Provider, "insecure", Built, Open, "`true`: no certificate is checked"),
    word(
        Table::Provider,
        "proxy",
        Built,
        Masked,
        "`http://`, `https://`, `socks5://` or `socks5h://`, or `\"none\"`; what the environment says unless given",
    ),
    word(Table::Api, "provider", Built, Open, "the provider whose tokens it takes; needed"),
    word(Table::Api, "base_url", Built, Open, "what the paths of its endpoints are appended to; needed"),
    word(Table::Api, "embedded", Built, Open, "as for a provider"),
    word(Table::Api, "audience", Built, Open, "the `aud` that it expects"),
    word(Table::Api, "endpoints", Built, Open, "what can be called, in the order of the number keys"),
    word(Table::Api, "plaintext", Built, Open, "as for a provider"),
    word(Table::Api, "timeout", Built, Open, "as for a provider"),
    word(Table::Api, "headers", Built, Masked, "as for a provider"),
    word(Table::Api, "ca", Built, Open, "as for a provider"),
    word(Table::Api, "insecure", Built, Open, "as for a provider"),
    word(Table::Api, "proxy", Built, Masked, "as for a provider"),
    word(Table::Endpoint, "name", Built, Open, "its name on the command line; needed"),
    word(Table::Endpoint, "method", Built, Open, "`\"GET\"` unless given"),
    word(Table::Endpoint, "path", Built, Open, "begins with a slash; needed"),
    word(Table::Endpoint, "requires", Built, Open, "`\"none\"`, `\"token\"`, a list of scopes, or a table as below"),
    word(
        Table::Endpoint,
        "expect",
        Built,
        Open,
        "what a call with a profile should come to: `{ tester = \"allow\", guest = \"deny\", other = 404 }`",
    ),
    word(Table::Endpoint, "allow", Built, Open, "further status codes that count as allowed"),
    word(Table::Endpoint, "deny", Built, Open, "further status codes that count as denied"),
    word(Table::Endpoint, "headers", Later, Masked, ""),
    word(Table::Endpoint, "body", Later, Masked, ""),
    word(Table::Profile, "title", Built, Open, "what the screen shows; the name unless given"),
    word(Table::Profile, "provider", Built, Open, "where it gets its tokens; needed"),
    word(Table::Profile, "client_id", Built, Open, "the client's identifier; needed"),
    word(
        Table::Profile,
        "client_secret",
        Built,
        Masked,
        "a text, taken as it is, or a table as below; needed unless `auth = \"none\"` or a person logs in",
    ),
    word(
        Table::Profile,
        "grant",
        Built,
        Open,
        "`\"client_credentials\"` unless `\"authorization_code\"` (a login in the browser), `\"device_code\"` (a code that is typed on another device) or `\"password\"` (legacy) is given",
    ),
    word(
        Table::Profile,
        "auth",
        Built,
        Open,
        "`\"basic\"` unless `\"basic-raw\"`, `\"post\"` or `\"none\"` is given; `\"none\"` for a login without a `client_secret`",
    ),
    word(Table::Profile, "scopes", Built, Open, "a list of what it asks for"),
    word(Table::Profile, "audience", Built, Open, "the `audience` parameter of the token request, or of the login"),
    word(
        Table::Profile,
        "params",
        Built,
        Masked,
        "a table of further parameters of the token request, or of the login: `{ prompt = \"login\" }`",
    ),
    word(Table::Profile, "apis", Built, Open, "a list that narrows the APIs it sees; all of its provider unless given"),
    word(Table::Profile, "expect_token", Built, Open, "`\"refused\"` when the provider should say no"),
    word(Table::Profile, "granted", Built, Open, "the scopes that the provider may grant it"),
    word(
        Table::Profile,
        "redirect_uri",
        Built,
        Open,
        "where the browser comes back to after a login; `http://127.0.0.1:17801/callback`, or 17802 or 17803 when that is taken, unless given",
    ),
    word(Table::Profile, "username", Built, Open, "the person's name, for the legacy grant `password`"),
    word(
        Table::Profile,
        "password",
        Built,
        Masked,
        "the person's password, for the legacy grant `password`; as `client_secret`",
    ),
    word(Table::Profile, "private_key", Later, Masked, ""),
    word(Table::Profile, "certificate", Later, Masked, ""),
    word(Table::Profile, "proxy", Later, Masked, ""),
    word(
        Table::Profile,
        "token_cache",
        Built,
        Open,
        "where tokens are kept between two runs: `\"off\"` unless `\"keyring\"` or `\"runtime\"` is given",
    ),
    word(
        Table::Profile,
        "remember",
        Built,
        Open,
        "`true`: the refresh token of a login is kept in the keyring, until `tokenscope logout`",
    ),
    word(Table::Secret, "env", Built, Open, "an environment variable"),
    word(Table::Secret, "file", Built, Open, "a file that holds it; relative to this file"),
    word(Table::Secret, "command", Built, Masked, "a list of a program and its arguments; the first line it prints"),
    word(Table::Secret, "keyring", Built, Open, "an entry of the system's keyring"),
    word(Table::Secret, "prompt", Built, Open, "`true`: you are asked, once a run"),
    word(Table::Requires, "any_scope", Built, Open, "a list of scopes, one of which is enough"),
    word(Table::Requires, "roles", Built, Open, "a list of roles, all of which are needed"),
    word(Table::Value, "by_env", Built, Open, "the value in each environment: `{ dev = .., prod = .. }`"),
];

/// Grants that are known by name and cannot be done yet.
pub(super) const LATER_GRANTS: [&str; 4] = [
    "refresh_token",
    "token_exchange",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
];

/// Ways of client authentication that are known by name and cannot be done yet.
pub(super) const LATER_AUTH: [&str; 4] =
    ["private_key_jwt", "client_secret_jwt", "tls_client_auth", "self_signed_tls_client_auth"];

/// Every key that is read, as the README lists them.
pub fn key_table_markdown() -> String {
    let mut out = "| where | key | says |\n| --- | --- | --- |\n".to_owned();
    let mut before = None;
    for word in WORDS.iter().filter(|word| word.standing == Standing::Built) {
        let place = if before == Some(word.table) { String::new() } else { format!("`{}`", word.table.name()) };
        let place = place.replace("`the top level`", "the top level").replace("`a value`", "in place of any value");
        before = Some(word.table);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "| {place} | `{}` | {} |", word.key, word.help);
    }
    out
}

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

/// Whether the key is known as one whose value may hold a secret.
pub(super) fn is_masked(key: &str) -> bool {
    WORDS.iter().any(|word| word.key == key && word.look == Look::Masked)
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
    fn what_is_read_says_what_it_is() {
        for word in WORDS {
            assert_eq!(word.help.is_empty(), word.standing != Standing::Built, "{} in {:?}", word.key, word.table);
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

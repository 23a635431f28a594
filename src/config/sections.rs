//! How what is added stands in the file: sections with their signs of equality in one column.
//!
//! Pure. Imports siblings and `oauth`.

use std::fmt::{self, Write as _};

use toml_edit::{Array, InlineTable, Value};

use super::Requirement;
use super::addition::{Addition, NewApi, NewEndpoint, NewProfile, NewProvider, NewSecret};
use super::resolve::escaped;
use crate::oauth::{ClientAuth, Grant, ScopeSet};

/// A section to be written.
pub(super) struct Section {
    /// The table of all of its kind: `providers`, `apis` or `profiles`.
    pub(super) group: &'static str,
    /// Its name.
    pub(super) name: String,
    /// Its keys.
    pub(super) entries: Vec<(&'static str, Value)>,
    /// The endpoints of an API.
    pub(super) endpoints: Vec<Vec<(&'static str, Value)>>,
}

impl Section {
    fn new(group: &'static str, name: &str, entries: Vec<(&'static str, Option<Value>)>) -> Self {
        Self { group, name: name.to_owned(), entries: present(entries), endpoints: Vec::new() }
    }

    /// All of it as one value, for a file that is written so.
    pub(super) fn inline(&self) -> InlineTable {
        let mut table: InlineTable = self.entries.iter().map(|(key, value)| (*key, value.clone())).collect();
        if !self.endpoints.is_empty() {
            let endpoints: Array = self.endpoints.iter().map(|entries| inline(entries.clone())).collect();
            table.insert("endpoints", Value::Array(endpoints));
        }
        table
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, name, .. } = self;
        writeln!(f, "[{group}.{name}]")?;
        lines(f, &self.entries)?;
        for endpoint in &self.endpoints {
            writeln!(f, "\n[[{group}.{name}.endpoints]]")?;
            lines(f, endpoint)?;
        }
        Ok(())
    }
}

fn lines(f: &mut fmt::Formatter<'_>, entries: &[(&'static str, Value)]) -> fmt::Result {
    let width = entries.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    entries.iter().try_for_each(|(key, value)| writeln!(f, "{key:width$} = {value}"))
}

/// The sections of an addition, in the order in which a reader needs them.
pub(super) fn of(addition: &Addition) -> Vec<Section> {
    let Addition { provider, api, profile: client } = addition;
    let sections = [provider.as_ref().map(self::provider), api.as_ref().map(self::api), client.as_ref().map(profile)];
    sections.into_iter().flatten().collect()
}

fn provider(new: &NewProvider) -> Section {
    Section::new(
        "providers",
        &new.name,
        vec![
            ("issuer", Some(text(new.issuer.as_str()))),
            ("token_endpoint", new.token_endpoint.as_deref().map(text)),
            ("jwks_uri", new.jwks_uri.as_deref().map(text)),
            ("plaintext", flag(new.plaintext)),
            ("insecure", flag(new.insecure)),
            ("ca", new.ca.as_deref().map(text)),
        ],
    )
}

fn api(new: &NewApi) -> Section {
    let mut section = Section::new(
        "apis",
        &new.name,
        vec![
            ("provider", Some(text(&new.provider))),
            ("base_url", Some(text(&new.base_url))),
            ("audience", new.audience.as_deref().map(text)),
            ("plaintext", flag(new.plaintext)),
        ],
    );
    section.endpoints = new.endpoints.iter().map(endpoint).collect();
    section
}

fn endpoint(new: &NewEndpoint) -> Vec<(&'static str, Value)> {
    let method = (new.method != "GET").then(|| text(&new.method));
    present(vec![
        ("name", Some(text(&new.name))),
        ("method", method),
        ("path", Some(text(&new.path))),
        ("requires", new.requires.as_ref().map(requires)),
    ])
}

fn profile(new: &NewProfile) -> Section {
    Section::new(
        "profiles",
        &new.name,
        vec![
            ("title", new.title.as_deref().map(text)),
            ("provider", Some(text(&new.provider))),
            ("client_id", Some(text(new.client_id.as_str()))),
            ("client_secret", new.secret.as_ref().map(secret)),
            ("grant", (new.grant != Grant::default()).then(|| text(new.grant.name()))),
            ("auth", (new.auth != usual_auth(new)).then(|| text(new.auth.name()))),
            ("scopes", (!new.scopes.is_empty()).then(|| scopes(&new.scopes))),
            ("audience", new.audience.as_deref().map(text)),
        ],
    )
}

/// How the client authenticates when the file does not say.
fn usual_auth(new: &NewProfile) -> ClientAuth {
    if new.grant.is_of_a_person() && new.secret.is_none() { ClientAuth::None } else { ClientAuth::default() }
}

fn secret(new: &NewSecret) -> Value {
    let source = |key, value: Value| inline(vec![(key, value)]);
    match new {
        // The one text that is taken as it is, braces and all.
        NewSecret::Literal(secret) => on_one_line(secret.reveal()),
        NewSecret::Env(name) => source("env", text(name)),
        NewSecret::Keyring(name) => source("keyring", text(name)),
        NewSecret::File(path) => source("file", text(path)),
        NewSecret::Prompt => source("prompt", Value::from(true)),
    }
}

fn requires(new: &Requirement) -> Value {
    match new {
        Requirement::Nothing => Value::from("none"),
        Requirement::Token => Value::from("token"),
        Requirement::Scopes(all) => scopes(all),
        Requirement::AnyScope(some) => inline(vec![("any_scope", scopes(some))]),
        Requirement::Roles(roles) => inline(vec![("roles", roles.iter().map(|role| text(role)).collect())]),
    }
}

/// A text that is read as it is.
pub(super) fn text(text: &str) -> Value {
    on_one_line(&escaped(text))
}

/// A string on one line, whatever is in it: a newline within would change with those of the file.
fn on_one_line(text: &str) -> Value {
    if !text.contains(char::is_control) {
        return Value::from(text);
    }
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            // Writing to a string cannot fail.
            c if c.is_control() => drop(write!(quoted, "\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted.parse().unwrap_or_else(|_| Value::from(text))
}

/// Scopes as a list.
pub(super) fn scopes(scopes: &ScopeSet) -> Value {
    scopes.iter().map(text).collect()
}

fn flag(set: bool) -> Option<Value> {
    set.then(|| Value::from(true))
}

fn inline(entries: Vec<(&'static str, Value)>) -> Value {
    Value::InlineTable(entries.into_iter().collect())
}

fn present(entries: Vec<(&'static str, Option<Value>)>) -> Vec<(&'static str, Value)> {
    entries.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

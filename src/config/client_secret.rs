//! `client_secret`: where the secret of a client comes from. Nothing here repeats a value.
//!
//! Pure. Imports siblings, `oauth` and `exchange`.

use toml::de::{DeTable, DeValue};

use super::SecretSource;
use super::reader::{Section, Value};
use super::words::Table;
use crate::exchange::Secret;
use crate::oauth::ClientAuth;

/// Reads where the secret comes from, when the profile says so. A literal secret is taken as it is, braces and all.
pub(super) fn read(section: &mut Section<'_, '_, '_>) -> Option<SecretSource> {
    let value = section.value("client_secret")?;
    match value.get_ref() {
        DeValue::String(text) if text.is_empty() => {
            let hint = "a client without a secret says auth = \"none\" instead".to_owned();
            section.wrong("client_secret", &value.span(), "the value is empty", Some(hint));
            None
        }
        DeValue::String(text) => Some(SecretSource::Literal(Secret::new(text.as_ref()))),
        DeValue::Table(table) if !table.contains_key("by_env") => source(section, table, value),
        _ => {
            section.mistyped("client_secret", value, "a string or { env = \"VARIABLE\" }");
            None
        }
    }
}

fn source<'v>(section: &mut Section<'_, '_, 'v>, table: &'v DeTable<'v>, value: &'v Value<'v>) -> Option<SecretSource> {
    let label = format!("`client_secret` of {}", section.label());
    let subject = section.subject();
    let mut part = Section::open(&mut *section.notes, Table::Secret, table, (value.span(), label, subject));
    if table.len() != 1 && !part.has_failed() {
        let what = format!("{} must name one source", part.label());
        part.error(&value.span(), what, Some("such as { env = \"VARIABLE\" }".to_owned()));
    }
    let variable = part.text("env");
    if let Some((name, span)) = &variable
        && name.contains(['=', '\0'])
    {
        // Perhaps it is the secret itself, so it is not repeated.
        part.wrong("env", span, "this cannot be the name of a variable", None);
    }
    let failure = part.finish();
    section.fail_with(failure);
    variable.map(|(name, _)| SecretSource::Env(name.to_owned()))
}

/// Reports a secret that is missing, or that nothing would use.
pub(super) fn check_presence(section: &mut Section<'_, '_, '_>, auth: ClientAuth) {
    let given = section.value("client_secret").is_some();
    if section.is_missing("client_secret") && auth != ClientAuth::None {
        let what = format!("{} has no `client_secret`", section.label());
        let hint = "add client_secret = { env = \"VARIABLE\" }, or auth = \"none\" for a client without a secret";
        section.error(&section.span_of("client_secret"), what, Some(hint.to_owned()));
    }
    if given && auth == ClientAuth::None {
        let what = format!("`client_secret` in {} is not used, since auth = \"none\"", section.label());
        section.warn(&section.span_of("client_secret"), what, None);
    }
}

//! `client_secret` and `password`: where a secret comes from. Nothing here repeats a value.
//!
//! Pure. Imports siblings, `oauth` and `exchange`.

use toml::de::{DeTable, DeValue};

use super::SecretSource;
use super::reader::{Section, Value};
use super::words::Table;
use crate::exchange::Secret;
use crate::oauth::ClientAuth;

/// Reads where the secret comes from, when the profile says so. A literal secret is taken as it is, braces and all.
pub(super) fn read(section: &mut Section<'_, '_, '_>, key: &'static str) -> Option<SecretSource> {
    let value = section.value(key)?;
    match value.get_ref() {
        DeValue::String(text) if text.is_empty() => {
            let hint = "a client without a secret says auth = \"none\" instead".to_owned();
            section.wrong(key, &value.span(), "the value is empty", Some(hint).filter(|_| key == "client_secret"));
            None
        }
        DeValue::String(text) => Some(SecretSource::Literal(Secret::new(text.as_ref()))),
        DeValue::Table(table) if !table.contains_key("by_env") => source(section, key, table, value),
        _ => {
            section.mistyped(key, value, "a string or { env = \"VARIABLE\" }");
            None
        }
    }
}

fn source<'v>(
    section: &mut Section<'_, '_, 'v>,
    key: &str,
    table: &'v DeTable<'v>,
    value: &'v Value<'v>,
) -> Option<SecretSource> {
    let label = format!("`{key}` of {}", section.label());
    let subject = section.subject();
    let mut part = Section::open(&mut *section.notes, Table::Secret, table, (value.span(), label, subject));
    if table.len() != 1 && !part.has_failed() {
        let what = format!("{} must name one source", part.label());
        part.error(&value.span(), what, Some("such as { env = \"VARIABLE\" }".to_owned()));
    }
    let found = [env, file, keyring, command, prompt].map(|read| read(&mut part)).into_iter().flatten().next();
    let failure = part.finish();
    section.fail_with(failure);
    found
}

fn env(part: &mut Section<'_, '_, '_>) -> Option<SecretSource> {
    let (name, span) = part.text("env")?;
    if name.contains(['=', '\0']) {
        // Perhaps it is the secret itself, so it is not repeated.
        part.wrong("env", &span, "this cannot be the name of a variable", None);
    }
    Some(SecretSource::Env(name.to_owned()))
}

fn file(part: &mut Section<'_, '_, '_>) -> Option<SecretSource> {
    part.text("file").map(|(path, _)| SecretSource::File(path.to_owned()))
}

fn keyring(part: &mut Section<'_, '_, '_>) -> Option<SecretSource> {
    part.text("keyring").map(|(name, _)| SecretSource::Keyring(name.to_owned()))
}

fn command(part: &mut Section<'_, '_, '_>) -> Option<SecretSource> {
    let words = part.texts("command")?;
    if words.is_empty() && !part.has_failed() {
        let hint = "name the program and its arguments: command = [\"pass\", \"show\", \"shop\"]".to_owned();
        part.wrong("command", &part.span_of("command"), "the list is empty", Some(hint));
    }
    Some(SecretSource::Command(words.into_iter().map(|(word, _)| word.to_owned()).collect()))
}

fn prompt(part: &mut Section<'_, '_, '_>) -> Option<SecretSource> {
    part.value("prompt")?;
    if !part.flag("prompt") && !part.has_failed() {
        let hint = "leave it out, or say where it comes from".to_owned();
        part.wrong("prompt", &part.span_of("prompt"), "only true means something here", Some(hint));
    }
    Some(SecretSource::Prompt)
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

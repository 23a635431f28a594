//! `[[apis.NAME.endpoints]]`: what is called, what it wants of a caller, and what a call is expected to come to.
//!
//! Pure. Imports siblings only.

use toml::de::{DeTable, DeValue};

use super::known::Known;
use super::names::{self, shown};
use super::provider::is_token;
use super::reader::{Section, Value};
use super::words::Table;
use super::{Endpoint, Expect, Requirement, scopes};

/// Reads one endpoint that begins at this offset; none when it cannot be used.
pub(super) fn read(mut section: Section<'_, '_, '_>, at: usize, known: &Known<'_>) -> Option<Endpoint> {
    let name = section.needed("name", "\"...\"");
    if let Some((name, span)) = &name
        && !names::is_slug(name)
    {
        let what = format!("`{}` cannot be a name", shown(name));
        section.wrong("name", span, &what, Some(names::SLUG_RULE.to_owned()));
    }
    let path = path(&mut section);
    let method = method(&mut section);
    let requires = requires(&mut section);
    let expect = expect(&mut section, known);
    let (allow, deny) = (section.statuses("allow"), section.statuses("deny"));
    if let Some(both) = allow.iter().find(|status| deny.contains(status)) {
        section.wrong("deny", &section.span_of("deny"), &format!("{both} is in `allow` too"), None);
    }
    let place = section.notes.place(at);
    if section.finish().is_some() {
        return None;
    }
    Some(Endpoint { name: name?.0.to_owned(), method, path: path?, requires, expect, allow, deny, place })
}

fn path(section: &mut Section<'_, '_, '_>) -> Option<String> {
    let (path, span) = section.needed("path", "\"/...\"")?;
    if !path.starts_with('/') {
        let hint = path.contains("://").then(|| "only the path goes here, the rest is the API's base_url".to_owned());
        section.wrong("path", &span, &format!("`{}` does not begin with a slash", shown(path)), hint);
    } else if path.contains(|c: char| c.is_whitespace() || c == '\\' || c == '#') {
        let what = format!("`{}` has white space, a backslash or a `#` in it", shown(path));
        section.wrong("path", &span, &what, None);
    }
    Some(path.to_owned())
}

/// `GET` unless given (RFC 9110 section 9), in capitals.
fn method(section: &mut Section<'_, '_, '_>) -> String {
    let Some((method, span)) = section.text("method") else { return "GET".to_owned() };
    if !is_token(method) {
        section.wrong("method", &span, &format!("`{}` is not an HTTP method", shown(method)), None);
    }
    method.to_ascii_uppercase()
}

fn requires(section: &mut Section<'_, '_, '_>) -> Option<Requirement> {
    let value = section.value("requires")?;
    match value.get_ref() {
        DeValue::Array(list) => {
            let scopes = scopes::read(section, "requires")?;
            if list.is_empty() {
                let hint = "write \"token\" for any valid token, or \"none\"".to_owned();
                section.wrong("requires", &value.span(), "the list is empty", Some(hint));
            }
            Some(Requirement::Scopes(scopes))
        }
        DeValue::Table(table) if !table.contains_key("by_env") => required_table(section, table, value),
        DeValue::String(_) => {
            let (word, span) = section.as_text("requires", value)?;
            match word {
                "none" => Some(Requirement::Nothing),
                "token" => Some(Requirement::Token),
                other => {
                    let hint = names::nearest(other, ["none", "token"]).map_or_else(
                        || format!("for a scope write [\"{}\"]", shown(other)),
                        |near| format!("did you mean `{near}`?"),
                    );
                    let what = format!("`{}` is neither \"none\" nor \"token\"", shown(other));
                    section.wrong("requires", &span, &what, Some(hint));
                    None
                }
            }
        }
        _ => {
            section.mistyped("requires", value, "\"none\", \"token\" or a list of scopes");
            None
        }
    }
}

/// `{ any_scope = [..] }` or `{ roles = [..] }`.
fn required_table<'v>(
    section: &mut Section<'_, '_, 'v>,
    table: &'v DeTable<'v>,
    value: &'v Value<'v>,
) -> Option<Requirement> {
    let label = format!("`requires` of {}", section.label());
    let subject = section.subject();
    let mut part = Section::open(&mut *section.notes, Table::Requires, table, (value.span(), label, subject));
    let any = scopes::read(&mut part, "any_scope");
    let roles: Option<Vec<String>> =
        part.texts("roles").map(|roles| roles.into_iter().map(|(role, _)| role.to_owned()).collect());
    let given = usize::from(table.contains_key("any_scope")) + usize::from(table.contains_key("roles"));
    if given != 1 && !part.has_failed() {
        let what = format!("{} must be one of any_scope = [..] and roles = [..]", part.label());
        part.error(&value.span(), what, None);
    }
    let empty = any.as_ref().is_some_and(crate::oauth::ScopeSet::is_empty) || roles.as_ref().is_some_and(Vec::is_empty);
    if empty && !part.has_failed() {
        let what = format!("{}: the list is empty", part.label());
        part.error(&value.span(), what, None);
    }
    let failure = part.finish();
    section.fail_with(failure);
    any.map(Requirement::AnyScope).or(roles.map(Requirement::Roles))
}

/// `expect = { PROFILE = "allow" | "deny" | STATUS }`.
fn expect(section: &mut Section<'_, '_, '_>, known: &Known<'_>) -> Vec<(String, Expect)> {
    let mut expect = Vec::new();
    for ((profile, span), value) in section.entries("expect") {
        known.check_profile(section, "expect", profile, &span);
        let expected = match value.get_ref() {
            DeValue::Integer(_) => section.as_number("expect", value, 100..=599, "a status code").map(Expect::Status),
            DeValue::String(_) => outcome(section, value),
            _ => {
                section.mistyped("expect", value, "\"allow\", \"deny\" or a status code");
                None
            }
        };
        expect.extend(expected.map(|expected| (profile.to_owned(), expected)));
    }
    expect
}

fn outcome<'v>(section: &mut Section<'_, '_, 'v>, value: &'v Value<'v>) -> Option<Expect> {
    let (word, span) = section.as_text("expect", value)?;
    match word {
        "allow" => Some(Expect::Allow),
        "deny" => Some(Expect::Deny),
        other => {
            let what = format!("`{}` is neither \"allow\" nor \"deny\" nor a status code", shown(other));
            let hint = names::nearest(other, ["allow", "deny"]).map(|near| format!("did you mean `{near}`?"));
            section.wrong("expect", &span, &what, hint);
            None
        }
    }
}

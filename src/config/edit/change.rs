//! Other scopes, audience or parameters for a profile, put into the text where they stand.
//!
//! The text is cut only where a value goes or comes, so that all the rest of it is as it was, whatever its style. Pure.
//! Imports siblings and `oauth`.

use std::ops::Range;

use toml_edit::{Document, Item, Key, TableLike, Value};

use super::{EditError, list};
use crate::config::resolve::plain;
use crate::config::sections::{scopes, text as text_value};
use crate::config::{Changes, Place, parse};
use crate::oauth::ScopeSet;

/// What a profile is to say.
pub(super) struct Wished<'w> {
    pub(super) profile: &'w str,
    pub(super) changes: &'w Changes,
}

impl Wished<'_> {
    /// The keys that are concerned.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> {
        let Changes { scopes, audience, params } = self.changes;
        let keys = [scopes.is_some().then_some("scopes"), audience.is_some().then_some("audience")];
        keys.into_iter().chain([params.is_some().then_some("params")]).flatten()
    }
}

/// Puts the changes into the text.
pub(super) fn change(text: &str, wished: &Wished<'_>) -> Result<String, EditError> {
    let mut text = text.to_owned();
    let Changes { scopes: wanted, audience, params } = wished.changes;
    if let Some(wanted) = wanted {
        text = set_scopes(&text, wished, wanted)?;
    }
    match audience {
        Some(Some(audience)) => text = set(&text, wished, "audience", &text_value(audience))?,
        Some(None) => text = remove(&text, wished, "audience")?,
        None => {}
    }
    if let Some(params) = params {
        text = set_params(&text, wished, params)?;
    }
    Ok(text)
}

fn set_scopes(text: &str, wished: &Wished<'_>, wanted: &ScopeSet) -> Result<String, EditError> {
    let document = read(text)?;
    let spot = Spot::find(&document, &["profiles", wished.profile]);
    if let Some(Item::Value(Value::Array(array))) = spot.and_then(|spot| spot.table.get("scopes"))
        && let Some(span) = array.span()
        && let Some(list) = text.get(span.clone()).and_then(|list| list::with(list, wanted))
    {
        return Ok(cut(text, &span, &list));
    }
    set(text, wished, "scopes", &scopes(wanted))
}

fn set_params(text: &str, wished: &Wished<'_>, params: &[(String, String)]) -> Result<String, EditError> {
    let path = ["profiles", wished.profile, "params"];
    let document = read(text)?;
    let Some(held) = Spot::find(&document, &path) else {
        if params.is_empty() {
            return Ok(text.to_owned());
        }
        let table = params.iter().map(|(name, value)| (Key::new(name), text_value(value))).collect();
        return set(text, wished, "params", &Value::InlineTable(table));
    };
    if held.inline && !held.dotted && params.is_empty() {
        return remove(text, wished, "params");
    }
    let known = |name: &str| held.table.get(name).and_then(Item::as_str).map(plain);
    let gone: Vec<_> = held.table.iter().map(|(name, _)| name.to_owned()).collect();
    let mut edited = text.to_owned();
    for (name, value) in params {
        if known(name).as_ref() != Some(value) {
            edited = set_at(&edited, &path, name, &text_value(value)).ok_or_else(|| by_hand(text, wished, "params"))?;
        }
    }
    for name in gone.iter().filter(|name| params.iter().all(|(kept, _)| kept != *name)) {
        edited = remove_at(&edited, &path, name).ok_or_else(|| by_hand(text, wished, "params"))?;
    }
    Ok(edited)
}

fn set(text: &str, wished: &Wished<'_>, key: &'static str, value: &Value) -> Result<String, EditError> {
    set_at(text, &["profiles", wished.profile], key, value).ok_or_else(|| by_hand(text, wished, key))
}

fn remove(text: &str, wished: &Wished<'_>, key: &'static str) -> Result<String, EditError> {
    remove_at(text, &["profiles", wished.profile], key).ok_or_else(|| by_hand(text, wished, key))
}

fn by_hand(text: &str, wished: &Wished<'_>, key: &'static str) -> EditError {
    let profile = wished.profile.to_owned();
    let place = parse(text).profiles.profile(&profile).map_or_else(Place::default, |profile| profile.place);
    EditError::ByHand { profile, key, place }
}

fn read(text: &str) -> Result<Document<&str>, EditError> {
    Document::parse(text).map_err(|_| EditError::NotToml { place: Place::default() })
}

/// A table in the text.
pub(super) struct Spot<'d> {
    table: &'d dyn TableLike,
    /// Whether it is, or is in, a table in braces.
    inline: bool,
    span: Option<Range<usize>>,
    /// Whether it has no header of its own.
    implicit: bool,
    /// Whether its keys are written `table.key`.
    dotted: bool,
}

impl<'d> Spot<'d> {
    /// The table under these keys, when it is there.
    fn find(document: &'d Document<&str>, path: &[&str]) -> Option<Self> {
        let (mut item, mut inline) = (document.as_item(), false);
        for key in path {
            item = item.as_table_like()?.get(key)?;
            inline |= item.is_value();
        }
        let implicit = item.as_table().is_some_and(toml_edit::Table::is_implicit);
        let table = item.as_table_like()?;
        Some(Self { table, inline, span: item.span(), implicit, dotted: table.is_dotted() })
    }

    /// The keys with a value that stand in it, with where key and value stand.
    fn entries(&self) -> Vec<(&'d Key, Range<usize>, Range<usize>)> {
        let keys = self.table.iter().filter_map(|(name, _)| self.table.get_key_value(name));
        let values = keys.filter(|(_, item)| item.as_value().is_some_and(|value| !is_dotted(value)));
        values.filter_map(|(key, item)| Some((key, key.span()?, item.span()?))).collect()
    }
}

fn is_dotted(value: &Value) -> bool {
    value.as_inline_table().is_some_and(toml_edit::InlineTable::is_dotted)
}

/// Sets the key in the table under this path; none when it stands there in a form that cannot be written.
pub(super) fn set_at(text: &str, path: &[&str], key: &str, value: &Value) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let spot = Spot::find(&document, path)?;
    let repr = value.to_string();
    match spot.table.get(key) {
        Some(item) => Some(cut(text, &item.as_value()?.span()?, &repr)),
        None => insert(text, &spot, &Key::new(key).display_repr(), &repr),
    }
}

/// Puts a new key behind those that are there.
fn insert(text: &str, spot: &Spot<'_>, key: &str, value: &str) -> Option<String> {
    let entries = spot.entries();
    let Some((_, last_key, last_value)) = entries.iter().max_by_key(|(_, _, value)| value.end) else {
        let span = spot.span.clone()?;
        if spot.inline {
            return Some(cut(text, &span, &format!("{{ {key} = {value} }}")));
        }
        if spot.implicit {
            return None;
        }
        let end = line_end(text, span.start);
        return Some(cut(text, &(end..end), &format!("{}{key} = {value}", newline(text))));
    };
    let start = key_start(text, last_key.start);
    let prefix = text.get(start..last_key.start)?;
    if spot.inline {
        let at = last_value.end;
        return Some(cut(text, &(at..at), &format!(", {prefix}{key} = {value}")));
    }
    let indent = text.get(line_start(text, start)..start)?;
    let width = aligned(text, &entries).filter(|width| *width >= key.len()).unwrap_or(key.len());
    let end = line_end(text, last_value.end);
    Some(cut(text, &(end..end), &format!("{}{indent}{prefix}{key:width$} = {value}", newline(text))))
}

/// How wide the keys are padded, when their signs of equality stand in one column.
fn aligned(text: &str, entries: &[(&Key, Range<usize>, Range<usize>)]) -> Option<usize> {
    let width = |key: &Range<usize>| {
        let after = text.get(key.end..)?;
        Some(key.len() + after.find('=')?.checked_sub(1)?)
    };
    let (_, first, _) = entries.first()?;
    let same = entries.iter().all(|(_, key, _)| width(key) == width(first));
    let padded = entries.iter().any(|(_, key, _)| key.len() != first.len());
    width(first).filter(|_| same && padded)
}

/// Takes the key out of the table under this path, and its line when nothing else is on it.
fn remove_at(text: &str, path: &[&str], key: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let spot = Spot::find(&document, path)?;
    let Some((found, item)) = spot.table.get_key_value(key) else { return Some(text.to_owned()) };
    let value = item.as_value().filter(|value| !is_dotted(value))?.span()?;
    let found = found.span()?;
    let start = key_start(text, found.start);
    if !spot.inline {
        let begin = line_start(text, start);
        let end = line_end(text, value.end);
        let rest = text.get(value.end..end)?;
        let comment = rest.trim_start();
        if comment.is_empty() {
            let next = text.get(end..)?;
            let end = end + next.len().min(if next.starts_with("\r\n") { 2 } else { 1 });
            return Some(cut(text, &(begin..end), ""));
        }
        return Some(cut(text, &(start..end - comment.len()), ""));
    }
    let after = text.get(value.end..)?;
    let blank = after.len() - after.trim_start().len();
    if after.trim_start().starts_with(',') {
        let end = value.end + blank + 1;
        let space = text.get(end..)?.chars().take_while(|c| *c == ' ').count();
        return Some(cut(text, &(start..end + space), ""));
    }
    // The last one goes with the comma before it on its line.
    let before = text.get(..start)?.trim_end_matches([' ', '\t']);
    let from = before.strip_suffix(',').map_or(start, str::len);
    Some(cut(text, &(from..value.end), ""))
}

/// Where `a.b.key` begins, of which `key` begins here.
fn key_start(text: &str, at: usize) -> usize {
    let is_path = |c: char| c.is_alphanumeric() || "-_.\"' \t".contains(c);
    let before = text.get(..at).unwrap_or_default();
    let path = before.trim_end_matches(is_path);
    let inner = before.get(path.len()..).unwrap_or_default();
    at - inner.trim_start_matches([' ', '\t']).len()
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// Where the line ends, before its newline.
fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// How lines end in this text.
pub(super) fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The text with other words in place of these bytes.
fn cut(text: &str, span: &Range<usize>, put: &str) -> String {
    let (before, after) = (text.get(..span.start).unwrap_or_default(), text.get(span.end..).unwrap_or_default());
    format!("{before}{put}{after}")
}

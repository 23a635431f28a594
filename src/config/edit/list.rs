//! A list of scopes as it stands in the file, with some taken out and some put in.
//!
//! Pure. Imports `oauth`, and the sibling that writes values.

use toml_edit::{Array, Value};

use crate::config::sections::text;
use crate::oauth::ScopeSet;

/// The list with just these scopes: those that stay stand as they stood, comments and all. None when it is no list.
pub(super) fn with(list: &str, wanted: &ScopeSet) -> Option<String> {
    let Ok(Value::Array(mut array)) = list.parse::<Value>() else { return None };
    let held: ScopeSet = array.iter().filter_map(Value::as_str).collect();
    let stays: Vec<_> = array.iter().map(|value| value.as_str().is_some_and(|scope| wanted.contains(scope))).collect();
    for (at, _) in stays.into_iter().enumerate().rev().filter(|(_, stays)| !stays) {
        remove(&mut array, at);
    }
    for scope in held.missing(wanted).iter() {
        push(&mut array, text(scope));
    }
    Some(Value::Array(array).to_string().trim().to_owned())
}

/// What stands before a value and after it, as it is written.
fn around(value: &Value) -> (String, String) {
    let part = |raw: Option<&toml_edit::RawString>| raw.and_then(|raw| raw.as_str()).unwrap_or_default().to_owned();
    (part(value.decor().prefix()), part(value.decor().suffix()))
}

/// Takes a value out; the comments around it go to what follows.
fn remove(array: &mut Array, at: usize) {
    let (before, after) = around(&array.remove(at));
    let carried = if before.contains('#') || after.contains('#') { format!("{before}{after}") } else { String::new() };
    if carried.is_empty() {
        if at == 0
            && let Some(first) = array.get_mut(0)
        {
            let (old, suffix) = around(first);
            // The first keeps the place at the start of the list.
            if !old.contains('#') {
                *first.decor_mut() = toml_edit::Decor::new(before, suffix);
            }
        }
        return;
    }
    let end = carried.trim_end_matches([' ', '\t']).to_owned();
    if let Some(next) = array.get_mut(at) {
        let (prefix, suffix) = around(next);
        let prefix = format!("{}{}", end.trim_end_matches('\n'), lined(&prefix));
        *next.decor_mut() = toml_edit::Decor::new(prefix, suffix);
    } else {
        let trailing = array.trailing().as_str().unwrap_or_default().to_owned();
        array.set_trailing(format!("{}{}", end.trim_end_matches('\n'), lined(&trailing)));
    }
}

/// What follows a comment begins on a line of its own.
fn lined(text: &str) -> String {
    if text.trim_start_matches([' ', '\t']).starts_with(['\n', '\r', '#']) && text.contains('\n') {
        text.to_owned()
    } else {
        format!("\n{text}")
    }
}

/// Puts a value at the end, on a line of its own where the others have theirs.
fn push(array: &mut Array, mut value: Value) {
    let trailing = array.trailing().as_str().unwrap_or_default().to_owned();
    let Some(last) = array.len().checked_sub(1).and_then(|at| array.get_mut(at)) else {
        array.push(value);
        return;
    };
    let (prefix, suffix) = around(last);
    let indent = prefix.rsplit('\n').next().unwrap_or_default().to_owned();
    let own_lines = prefix.contains('\n');
    let behind = format!("{suffix}{trailing}");
    if behind.contains('#') {
        // The comment stays with the one before, and what closes the list goes to a new line.
        *last.decor_mut() = toml_edit::Decor::new(prefix, "");
        let kept = behind.trim_end();
        value.decor_mut().set_prefix(format!("{kept}\n{indent}"));
        value.decor_mut().set_suffix("");
        array.push_formatted(value);
        array.set_trailing("\n");
    } else {
        *last.decor_mut() = toml_edit::Decor::new(prefix, suffix.trim_end());
        value.decor_mut().set_prefix(if own_lines { format!("\n{indent}") } else { " ".to_owned() });
        value.decor_mut().set_suffix(if trailing.is_empty() { suffix.as_str() } else { "" });
        array.push_formatted(value);
    }
}

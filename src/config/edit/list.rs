//! A list of scopes as it stands in the file, with some taken out and some put in.
//!
//! Pure. Imports siblings and `oauth`.

use toml_edit::{Array, Decor, RawString, Value};

use crate::config::resolve::plain;
use crate::config::sections::text;
use crate::oauth::ScopeSet;

/// The list with just these scopes: those that stay stand as they stood, comments and all. None when it is no list.
///
/// Its lines end with a newline alone, whatever they ended with.
pub(super) fn with(list: &str, wanted: &ScopeSet) -> Option<String> {
    let Ok(Value::Array(mut array)) = list.replace("\r\n", "\n").parse::<Value>() else { return None };
    let says = |value: &Value| value.as_str().map(plain);
    let held: ScopeSet = array.iter().filter_map(says).collect();
    let kept: Vec<_> = array.iter().map(|value| says(value).is_some_and(|scope| wanted.contains(&scope))).collect();
    for (at, _) in kept.into_iter().enumerate().rev().filter(|(_, kept)| !kept) {
        remove(&mut array, at);
    }
    for scope in held.missing(wanted).iter() {
        push(&mut array, text(scope));
    }
    Some(Value::Array(array).to_string().trim().to_owned())
}

/// What stands before a value and after it, as it is written.
fn around(value: &Value) -> (String, String) {
    let part = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or_default().to_owned();
    (part(value.decor().prefix()), part(value.decor().suffix()))
}

/// Takes a value out. What stood around it goes to what follows, as far as it says something.
fn remove(array: &mut Array, at: usize) {
    let (before, after) = around(&array.remove(at));
    let carried = format!("{before}{after}");
    if !carried.contains('#') {
        return take_place(array, at, before, &after);
    }
    let carried = carried.trim_end();
    if let Some(next) = array.get_mut(at) {
        let (prefix, suffix) = around(next);
        *next.decor_mut() = Decor::new(format!("{carried}{}", on_new_line(&before, &prefix)), suffix);
    } else {
        let trailing = array.trailing().as_str().unwrap_or_default().to_owned();
        array.set_trailing(format!("{carried}{}", on_new_line(&before, &trailing)));
    }
}

/// What stands at the ends of a list keeps its distance from the brackets.
fn take_place(array: &mut Array, at: usize, before: String, after: &str) {
    let last = array.len().checked_sub(1);
    if let Some(first) = array.get_mut(0).filter(|_| at == 0) {
        let (prefix, suffix) = around(first);
        if !prefix.contains('#') {
            *first.decor_mut() = Decor::new(before, suffix);
        }
    } else if let Some(last) = last.filter(|last| last + 1 == at).and_then(|last| array.get_mut(last)) {
        let (prefix, suffix) = around(last);
        if !suffix.contains('#') {
            *last.decor_mut() = Decor::new(prefix, after);
        }
    }
}

/// The text behind a comment: what it says begins on a line of its own, as far in as the lines before.
fn on_new_line(model: &str, text: &str) -> String {
    let indent = model.rsplit('\n').next().unwrap_or_default();
    let indent = if indent.trim().is_empty() { indent } else { "" };
    let start = text.trim_start_matches([' ', '\t']);
    if start.starts_with('\n') { text.to_owned() } else { format!("\n{indent}{start}") }
}

/// Puts a value at the end, on a line of its own where the others have theirs.
fn push(array: &mut Array, mut value: Value) {
    let trailing = array.trailing().as_str().unwrap_or_default().to_owned();
    let Some(last) = array.len().checked_sub(1).and_then(|at| array.get_mut(at)) else {
        array.push(value);
        return;
    };
    let (prefix, suffix) = around(last);
    let indent = prefix.rsplit('\n').next().unwrap_or_default();
    let behind = format!("{suffix}{trailing}");
    if behind.contains('#') {
        // The comment stays with the one before, and what closes the list goes to a new line.
        let end = behind.rsplit('\n').next().unwrap_or_default();
        let (end, comment) = (format!("\n{end}"), format!("{}\n{indent}", behind.trim_end()));
        *last.decor_mut() = Decor::new(&prefix, "");
        *value.decor_mut() = Decor::new(comment, "");
        array.push_formatted(value);
        array.set_trailing(end);
        return;
    }
    let before = if prefix.contains('\n') { format!("\n{indent}") } else { " ".to_owned() };
    let (kept, after) = if trailing.is_empty() { ("", suffix.as_str()) } else { (suffix.as_str(), "") };
    *last.decor_mut() = Decor::new(&prefix, kept);
    *value.decor_mut() = Decor::new(before, after);
    array.push_formatted(value);
}

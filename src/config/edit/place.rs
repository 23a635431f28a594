//! Where a value that is to be changed stands, and whether the program may change it there.
//!
//! Pure. Imports siblings only.

use toml::de::{DeTable, DeValue};

use super::EditError;
use super::change::Wished;
use crate::config::layers::{Laid, Layers};
use crate::config::reader::Value;
use crate::config::resolve::first_variable;

/// Whether what stands in this text can be changed.
pub(super) fn check(text: &str, wished: &Wished<'_>) -> Result<(), EditError> {
    let laid = Laid::of(&Layers { shared: text.as_bytes(), ..Layers::default() });
    let profile = wished.profile;
    let Some(table) = find(&laid, wished)? else {
        return Err(EditError::NoProfile { profile: profile.to_owned() });
    };
    for key in wished.keys() {
        let Some(value) = table.get(key) else { continue };
        let place = |value: &Value<'_>| laid.texts.place(value.span().start);
        if let Some(value) = by_env(value) {
            return Err(EditError::ByEnvironment { profile: profile.to_owned(), key, place: place(value) });
        }
        if let Some((value, variable)) = variable(value) {
            let variable = variable.to_owned();
            return Err(EditError::Variable { profile: profile.to_owned(), key, variable, place: place(value) });
        }
    }
    Ok(())
}

/// Whether profiles.local.toml leaves it to the text below.
pub(super) fn check_local(local: &[u8], wished: &Wished<'_>) -> Result<(), EditError> {
    let laid = Laid::of(&Layers { shared: local, ..Layers::default() });
    let Some(table) = find(&laid, wished)? else { return Ok(()) };
    let found = wished.keys().find_map(|key| Some((key, table.get(key)?)));
    let Some((key, value)) = found else { return Ok(()) };
    let place = crate::config::Place { layer: crate::config::Layer::Local, ..laid.texts.place(value.span().start) };
    Err(EditError::Overlaid { profile: wished.profile.to_owned(), key, place })
}

/// The table of the profile, when it is there.
fn find<'l>(laid: &'l Laid<'_>, wished: &Wished<'_>) -> Result<Option<&'l DeTable<'l>>, EditError> {
    let mut table = &laid.root;
    for name in ["profiles", wished.profile] {
        let Some(value) = table.get(name) else { return Ok(None) };
        let DeValue::Table(inner) = value.get_ref() else { return Ok(None) };
        if inner.contains_key("by_env") {
            let place = laid.texts.place(value.span().start);
            let key = wished.keys().next().unwrap_or("scopes");
            return Err(EditError::ByEnvironment { profile: wished.profile.to_owned(), key, place });
        }
        table = inner;
    }
    Ok(Some(table))
}

/// The first choice by environment in a value.
fn by_env<'l, 'v>(value: &'l Value<'v>) -> Option<&'l Value<'v>> {
    match value.get_ref() {
        DeValue::Table(table) if table.contains_key("by_env") => Some(value),
        DeValue::Table(table) => table.values().find_map(by_env),
        DeValue::Array(list) => list.iter().find_map(by_env),
        _ => None,
    }
}

/// The first variable in a value.
fn variable<'l, 'v>(value: &'l Value<'v>) -> Option<(&'l Value<'v>, &'l str)> {
    match value.get_ref() {
        DeValue::String(text) => Some((value, first_variable(text)?)),
        DeValue::Table(table) => table.values().find_map(variable),
        DeValue::Array(list) => list.iter().find_map(variable),
        _ => None,
    }
}

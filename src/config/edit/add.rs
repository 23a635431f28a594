//! New sections: behind all that is there, or within the braces that hold the others of their kind.
//!
//! Pure. Imports siblings only.

use std::fmt::Write as _;

use toml_edit::{Document, Item, Value};

use super::EditError;
use super::change::{newline, set_at};
use crate::config::addition::Addition;
use crate::config::names::is_slug;
use crate::config::sections::{self, Section};

/// Puts the sections of an addition into the text.
pub(super) fn add(text: &str, addition: &Addition) -> Result<String, EditError> {
    let mut edited = text.to_owned();
    let mut appended = String::new();
    for section in sections::of(addition) {
        check(&edited, &section)?;
        if is_inline(&edited, section.group) {
            let value = Value::InlineTable(section.inline());
            edited = set_at(&edited, &[section.group], &section.name, &value).ok_or(EditError::Unwritable)?;
        } else {
            let _ = write!(appended, "\n{section}");
        }
    }
    if appended.is_empty() {
        return Ok(edited);
    }
    let end = newline(&edited);
    let start = edited.trim_end_matches(['\n', '\r', ' ', '\t']);
    let appended = if start.is_empty() { appended.trim_start_matches('\n') } else { &appended };
    let appended = appended.replace('\n', end);
    Ok(if start.is_empty() { appended } else { format!("{start}{end}{appended}") })
}

/// Whether the name can be given to this section.
fn check(text: &str, section: &Section) -> Result<(), EditError> {
    if !is_slug(&section.name) {
        return Err(EditError::NoName { name: crate::config::names::shown(&section.name) });
    }
    let document = Document::parse(text).map_err(|_| EditError::Unwritable)?;
    let group = document.as_table().get(section.group);
    if group.and_then(|group| group.get(&section.name)).is_some() {
        return Err(EditError::Taken { section: format!("{}.{}", section.group, section.name) });
    }
    Ok(())
}

/// Whether all of this kind stand in one pair of braces.
fn is_inline(text: &str, group: &str) -> bool {
    Document::parse(text).is_ok_and(|document| document.as_table().get(group).is_some_and(Item::is_value))
}

//! `[environments.NAME]`: which there are, the variables each sets, and which is begun with.
//!
//! Pure. Imports siblings only.

use std::collections::HashMap;

use toml::de::{DeTable, DeValue};

use super::Environment;
use super::names::{self, shown};
use super::notes::Notes;
use super::reader::{Section, type_name};
use super::words::Table;

/// How many environments a file may have: it is read for each.
const MOST: usize = 32;

/// An environment and the variables it sets.
pub(super) struct Setting {
    pub(super) environment: Environment,
    pub(super) variables: HashMap<String, String>,
}

/// Reads all of them. What is wrong in one is a problem; the rest of it counts all the same.
pub(super) fn read(root: &DeTable<'_>, notes: &mut Notes<'_>) -> Vec<Setting> {
    let mut settings = Vec::new();
    let Some(value) = root.get("environments") else { return settings };
    let DeValue::Table(table) = value.get_ref() else {
        let what = format!("`environments` in the top level: expected a table, found {}", type_name(value.get_ref()));
        notes.error(&value.span(), what, None);
        return settings;
    };
    for (name, value) in table {
        let span = name.span();
        let subject = format!("environments.{}", shown(name.get_ref()));
        let label = format!("[{subject}]");
        let DeValue::Table(table) = value.get_ref() else {
            let found = type_name(value.get_ref());
            notes.error(&span, format!("{label}: expected a table, found {found}"), None);
            continue;
        };
        if !names::is_slug(name.get_ref()) {
            let what = format!("`{}` cannot be a name", shown(name.get_ref()));
            notes.error(&span, what, Some(names::SLUG_RULE.to_owned()));
        } else if settings.len() == MOST {
            notes.error(&span, format!("there are more than {MOST} environments"), None);
            break;
        } else {
            let place = notes.place(span.start);
            let section = Section::open(notes, Table::Environment, table, (span, label, Some(subject)));
            let (protected, variables) = one(section);
            let environment = Environment { name: name.get_ref().clone().into_owned(), protected, place };
            settings.push(Setting { environment, variables });
        }
    }
    settings
}

fn one(mut section: Section<'_, '_, '_>) -> (bool, HashMap<String, String>) {
    let protected = section.flag("protected");
    let mut variables = HashMap::new();
    for ((name, span), value) in section.entries("vars") {
        if !names::is_slug(name) {
            let what = format!("`{}` cannot be the name of a variable", shown(name));
            section.wrong("vars", &span, &what, Some(names::SLUG_RULE.to_owned()));
            continue;
        }
        let Some((text, span)) = section.as_text("vars", value) else { continue };
        if let Some(inner) = super::resolve::first_variable(text) {
            let what = format!("`{name}` holds the variable `{{{inner}}}`, and a variable cannot hold another");
            section.wrong("vars", &span, &what, None);
        } else {
            variables.insert(name.to_owned(), text.to_owned());
        }
    }
    (protected, variables)
}

/// The environment to read for: the one that is named, when it is there, and when none is named the first that is not
/// protected.
pub(super) fn choose<'s>(settings: &'s [Setting], named: Option<&str>) -> Option<&'s Setting> {
    settings.iter().find(|setting| match named {
        Some(name) => setting.environment.name == name,
        None => !setting.environment.protected,
    })
}

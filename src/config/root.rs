//! The top of the file, and all that is below it: from a tree in which nothing depends on the environment any more to
//! the model.
//!
//! Pure. Imports siblings only.

use std::collections::HashSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::known::Known;
use super::names::{self, shown};
use super::notes::{Finding, Notes};
use super::reader::{Section, type_name};
use super::words::Table;
use super::{Place, Profile, Profiles, Provider, Severity, api, clashes, profile, provider};

/// What a file without a profile is told. It is a whole file, and a test reads it.
pub(super) const EXAMPLE: &str = "\
providers.shop.issuer = \"https://login.example.com/realms/shop\"
profiles.me.provider = \"shop\"
profiles.me.client_id = \"my-client\"
profiles.me.client_secret = { env = \"MY_CLIENT_SECRET\" }";

/// A named table of one kind: `[profiles.NAME]`.
struct Item<'v> {
    name: &'v str,
    span: Range<usize>,
    value: &'v Spanned<DeValue<'v>>,
}

/// Reads the tree as it is in one environment.
pub(super) fn read<'v>(root: &'v DeTable<'v>, notes: &mut Notes<'_>) -> Profiles {
    let mut top = Section::open(notes, Table::Root, root, (0..0, Table::Root.name().to_owned(), None));
    let [providers, apis, clients] = ["providers", "apis", "profiles"].map(|kind| items(&mut top, kind));
    let mut known = Known::of(
        providers.iter().map(|item| item.name),
        apis.iter().map(|item| (item.name, text_in(item, "provider"))),
        clients.iter().map(|item| item.name),
    );
    let default_profile = default_profile(&mut top, &known);
    if clients.is_empty() && root.get("profiles").is_none_or(|value| value.get_ref().is_table()) {
        let hint = format!("a whole file can be as short as this:\n\n{EXAMPLE}");
        notes.add_unplaced("there is no profile in this file".to_owned(), Some(hint));
    }

    let mut profiles = Profiles { default_profile, ..Profiles::default() };
    for item in &providers {
        let read = open(notes, "providers", Table::Provider, item);
        match read.and_then(|section| provider::read(item.name, &item.span, section)) {
            Ok(provider) => profiles.providers.push(provider),
            Err(why) => known.broken(item.name, why),
        }
    }
    let sound: HashSet<&str> = profiles.providers.iter().map(|provider: &Provider| provider.name.as_str()).collect();
    for item in &apis {
        let read = open(notes, "apis", Table::Api, item).ok();
        let read = read.and_then(|section| api::read(item.name, &item.span, section, &known));
        profiles.apis.extend(read.filter(|api| sound.contains(api.provider.as_str())));
    }
    for item in &clients {
        profiles.profiles.push(client(notes, item, &known));
    }
    clashes::check(&mut profiles, notes, clients.iter().map(|item| item.span.clone()));
    profiles
}

fn client(notes: &mut Notes<'_>, item: &Item<'_>, known: &Known<'_>) -> Profile {
    let place: Place = notes.place(item.span.start);
    match open(notes, "profiles", Table::Profile, item) {
        Ok(section) => profile::read(item.name, &item.span, section, known),
        Err(why) => profile::unreadable(item.name, place, why),
    }
}

/// The named tables of one kind.
fn items<'v>(top: &mut Section<'_, '_, 'v>, kind: &str) -> Vec<Item<'v>> {
    let entries = top.entries(kind).into_iter();
    entries.map(|((name, span), value)| Item { name, span, value }).collect()
}

/// Begins to read one named table; the error is why it cannot be read at all.
fn open<'n, 't, 'v>(
    notes: &'n mut Notes<'t>,
    group: &str,
    kind: Table,
    item: &Item<'v>,
) -> Result<Section<'n, 't, 'v>, String> {
    let subject = format!("{group}.{}", shown(item.name));
    let label = format!("[{subject}]");
    if let Some(fault) = notes.fault(item.value.span().start) {
        let what = format!("{label}: {}", fault.what);
        let finding =
            Finding { severity: Severity::Error, what: what.clone(), hint: fault.hint, subject: Some(subject) };
        notes.add(&fault.span, finding);
        return Err(what);
    }
    let DeValue::Table(table) = item.value.get_ref() else {
        let what = format!("{label}: expected a table, found {}", type_name(item.value.get_ref()));
        let finding = Finding { severity: Severity::Error, what: what.clone(), hint: None, subject: Some(subject) };
        notes.add(&item.span, finding);
        return Err(what);
    };
    let mut section = Section::open(notes, kind, table, (item.span.clone(), label, Some(subject)));
    if !names::is_slug(item.name) {
        let what = format!("`{}` cannot be a name", shown(item.name));
        section.error(&item.span, what, Some(names::SLUG_RULE.to_owned()));
    }
    Ok(section)
}

fn default_profile(top: &mut Section<'_, '_, '_>, known: &Known<'_>) -> Option<String> {
    let (name, span) = top.text("default_profile")?;
    known.check_profile(top, "default_profile", name, &span);
    known.has_profile(name).then(|| shown(name))
}

/// The text under a key of an item, when it is one.
fn text_in<'v>(item: &Item<'v>, key: &str) -> Option<&'v str> {
    item.value.get_ref().as_table()?.get(key)?.get_ref().as_str()
}

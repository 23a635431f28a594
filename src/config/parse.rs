//! The whole of profiles.toml: from text to the model, with every problem named.
//!
//! Pure. Imports siblings only.

use std::collections::HashSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::known::Known;
use super::notes::{Finding, Notes};
use super::reader::{Section, type_name};
use super::words::Table;
use super::{Place, Problem, Profile, Profiles, Provider, Severity, api, clashes, names, profile, provider};
use names::shown;

/// The longest text that is read, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// What a file without a profile is told. It is a whole file, and a test reads it.
pub(super) const EXAMPLE: &str = "\
providers.shop.issuer = \"https://login.example.com/realms/shop\"
profiles.me.provider = \"shop\"
profiles.me.client_id = \"my-client\"
profiles.me.client_secret = { env = \"MY_CLIENT_SECRET\" }";

/// What was read, and what was wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// All that can be used, and the profiles that cannot, which say why.
    pub profiles: Profiles,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
}

/// Reads the text of a profiles.toml.
///
/// Never fails as a whole: what cannot be used is left out, or for a profile marked as disabled, and is among the
/// problems. Every provider, API and endpoint that comes back is sound, and so is every profile that is not disabled:
/// the names in them lead somewhere.
pub fn parse(text: &str) -> Parsed {
    if let Some(problem) = too_long(text.len()) {
        return problem;
    }
    let mut notes = Notes::on(text);
    let profiles = match DeTable::parse(text) {
        Ok(root) => read(root.get_ref(), &mut notes),
        Err(error) => {
            let span = error.span().unwrap_or(text.len()..text.len());
            let what = format!("this is not TOML: {}", shown(error.message()));
            let (severity, hint) = (Severity::Error, syntax_hint(error.message()));
            notes.add(&span, Finding { severity, what, hint, subject: None });
            Profiles::default()
        }
    };
    Parsed { profiles, problems: notes.finish() }
}

/// Reads the bytes of a profiles.toml; bytes outside UTF-8 are one problem, which names the first.
pub fn parse_bytes(bytes: &[u8]) -> Parsed {
    if let Some(problem) = too_long(bytes.len()) {
        return problem;
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return parse(text),
        Err(error) => error,
    };
    let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
    let mut notes = Notes::on(std::str::from_utf8(valid).unwrap_or_default());
    let byte = bytes.get(valid.len()).copied().unwrap_or_default();
    let finding = Finding {
        severity: Severity::Error,
        what: format!("this is not UTF-8: the byte 0x{byte:02X} cannot stand here"),
        hint: Some("save the file as UTF-8".to_owned()),
        subject: None,
    };
    notes.add(&(valid.len()..valid.len()), finding);
    Parsed { profiles: Profiles::default(), problems: notes.finish() }
}

fn too_long(length: usize) -> Option<Parsed> {
    let what = format!("the file has {length} bytes; {LONGEST} are the most that is read");
    (length > LONGEST).then(|| Parsed { problems: vec![Problem::of_file(what, None)], ..Parsed::default() })
}

/// What to do about the syntax errors that people meet most.
fn syntax_hint(message: &str) -> Option<String> {
    let hint = if message.contains("duplicate key") {
        "each key and each table stands once"
    } else if message.contains("quoted") || message.contains("invalid mantissa") {
        "put quotes around text: key = \"value\""
    } else {
        return None;
    };
    Some(hint.to_owned())
}

/// A named table of one kind: `[profiles.NAME]`.
struct Item<'v> {
    name: &'v str,
    span: Range<usize>,
    value: &'v Spanned<DeValue<'v>>,
}

fn read<'v>(root: &'v DeTable<'v>, notes: &mut Notes<'_>) -> Profiles {
    let mut top = Section::open(notes, Table::Root, root, (0..0, Table::Root.name().to_owned(), None));
    let [providers, apis, clients] = ["providers", "apis", "profiles"].map(|kind| items(&mut top, kind));
    environments(&mut top);
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

/// Environments are ignored so far, but not what is misspelt in them.
fn environments(top: &mut Section<'_, '_, '_>) {
    for ((name, span), value) in top.entries("environments") {
        if let DeValue::Table(table) = value.get_ref() {
            let unknown = table.keys().filter(|key| super::words::find(Table::Environment, key.get_ref()).is_none());
            for key in unknown {
                let hint = names::nearest(key.get_ref(), super::words::keys(Table::Environment));
                let what = format!("unknown key `{}` in [environments.{}]", shown(key.get_ref()), shown(name));
                top.error(&key.span(), what, hint.map(|near| format!("did you mean `{near}`?")));
            }
        } else {
            let what =
                format!("[environments.{}]: expected a table, found {}", shown(name), type_name(value.get_ref()));
            top.error(&span, what, None);
        }
    }
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

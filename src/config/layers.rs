//! The texts that make up what is in force: profiles.toml, profiles.local.toml over it, and over both what this session
//! added.
//!
//! Tables merge key by key, endpoints by their `name`, and all else is replaced. What comes out is one tree whose spans
//! still tell where each value stands. Pure. Imports siblings only.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Error};

use super::names::shown;
use super::texts::Texts;
use super::words::SECRETS;
use super::{Layer, Place, Problem, Severity};

/// The longest text that is read, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// The texts to read, from the undermost up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layers<'a> {
    /// profiles.toml.
    pub shared: &'a [u8],
    /// profiles.local.toml beside it, when it is there.
    pub local: Option<&'a [u8]>,
    /// What was added in this session, as TOML.
    pub session: Option<&'a str>,
}

/// The texts laid over one another.
pub(super) struct Laid<'a> {
    /// For places.
    pub(super) texts: Texts<'a>,
    /// All that they say; nothing when one of them cannot be read.
    pub(super) root: DeTable<'a>,
    /// Why not.
    pub(super) problems: Vec<Problem>,
}

impl<'a> Laid<'a> {
    /// Reads the texts and lays them over one another.
    pub(super) fn of(layers: &Layers<'a>) -> Self {
        let mut laid = Self { texts: Texts::none(), root: DeTable::new(), problems: Vec::new() };
        let given = [
            (Layer::Shared, Some(layers.shared)),
            (Layer::Local, layers.local),
            (Layer::Session, layers.session.map(str::as_bytes)),
        ];
        let mut base = 0;
        for (layer, bytes) in given.into_iter().filter_map(|(layer, bytes)| Some((layer, bytes?))) {
            match tree(layer, bytes, base, &mut laid.texts) {
                Ok(over) => {
                    if layer == Layer::Session {
                        make_way(&mut laid.root, &over);
                    }
                    lay_root(&mut laid.root, over);
                }
                Err(problem) => laid.problems.push(problem),
            }
            // The place behind the last byte belongs to this text.
            base += bytes.len() + 1;
        }
        if !laid.is_readable() {
            laid.root = DeTable::new();
        }
        laid
    }

    /// Whether every text is TOML.
    pub(super) fn is_readable(&self) -> bool {
        self.problems.is_empty()
    }
}

/// The tree of one text, its spans counted from `base`.
fn tree<'a>(layer: Layer, bytes: &'a [u8], base: usize, texts: &mut Texts<'a>) -> Result<DeTable<'a>, Problem> {
    if bytes.len() > LONGEST {
        let what = format!("the file has {} bytes; {LONGEST} are the most that is read", bytes.len());
        return Err(Problem::of_file(layer, what, None));
    }
    let (text, fault) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            (std::str::from_utf8(valid).unwrap_or_default(), bytes.get(valid.len()))
        }
    };
    texts.add(layer, text, base);
    let error = |start: usize, end: usize, what: String, hint: Option<&str>| {
        let (span, hint) = (base + start..base + end, hint.map(str::to_owned));
        let (place, length): (Place, usize) = (texts.place(span.start), texts.length(&span));
        Problem { place, length, severity: Severity::Error, what, hint, subject: None }
    };
    if let Some(byte) = fault {
        let what = format!("this is not UTF-8: the byte 0x{byte:02X} cannot stand here");
        return Err(error(text.len(), text.len(), what, Some("save the file as UTF-8")));
    }
    let root = DeTable::parse(text).map_err(|wrong: Error| {
        let span = wrong.span().unwrap_or(text.len()..text.len());
        let what = format!("this is not TOML: {}", shown(wrong.message()));
        error(span.start, span.end, what, syntax_hint(wrong.message()))
    })?;
    Ok(if base == 0 { root.into_inner() } else { moved_table(root.into_inner(), base) })
}

/// What to do about the syntax errors that people meet most.
fn syntax_hint(message: &str) -> Option<&'static str> {
    if message.contains("duplicate key") {
        Some("each key and each table stands once")
    } else if message.contains("quoted") || message.contains("invalid mantissa") {
        Some("put quotes around text: key = \"value\"")
    } else {
        None
    }
}

fn moved_table(table: DeTable<'_>, base: usize) -> DeTable<'_> {
    table.into_iter().map(|(key, value)| (moved(key, base), moved_value(value, base))).collect()
}

fn moved_value(value: Spanned<DeValue<'_>>, base: usize) -> Spanned<DeValue<'_>> {
    let mut value = moved(value, base);
    let inner = std::mem::replace(value.get_mut(), DeValue::Boolean(false));
    *value.get_mut() = match inner {
        DeValue::Table(table) => DeValue::Table(moved_table(table, base)),
        DeValue::Array(list) => DeValue::Array(list.into_iter().map(|entry| moved_value(entry, base)).collect()),
        other => other,
    };
    value
}

fn moved<T>(value: Spanned<T>, base: usize) -> Spanned<T> {
    let span = value.span();
    Spanned::new(span.start + base..span.end + base, value.into_inner())
}

/// What was added in this session is whole: a part of the same name in the files below adds nothing to it that nobody
/// looked at when it was added.
fn make_way(under: &mut DeTable<'_>, over: &DeTable<'_>) {
    for group in ["providers", "apis", "profiles"] {
        let added = over.get(group).and_then(|group| group.get_ref().as_table());
        let Some(DeValue::Table(below)) = under.get_mut(group).map(Spanned::get_mut) else { continue };
        for name in added.into_iter().flat_map(|added| added.keys()) {
            below.remove(name.get_ref().as_ref());
        }
    }
}

/// Lays a whole text over another.
fn lay_root<'a>(under: &mut DeTable<'a>, over: DeTable<'a>) {
    lay(under, over, &Level::Root);
}

/// How deep in the file a table stands, as far as it matters for what is merged.
#[derive(PartialEq, Eq)]
enum Level {
    Root,
    /// The table of all APIs.
    Apis,
    /// One API.
    Api,
    Other,
}

impl Level {
    fn below(&self, key: &str) -> Self {
        match self {
            Self::Root if key == "apis" => Self::Apis,
            Self::Apis => Self::Api,
            _ => Self::Other,
        }
    }
}

fn lay<'a>(under: &mut DeTable<'a>, over: DeTable<'a>, level: &Level) {
    for (key, value) in over {
        let name = key.get_ref().clone();
        let Some(below) = under.get_mut(name.as_ref()) else {
            under.insert(key, value);
            continue;
        };
        let span = value.span();
        match (below.get_mut(), value.into_inner()) {
            (DeValue::Table(below), DeValue::Table(above)) if merges(&name, below, &above) => {
                lay(below, above, &level.below(&name));
            }
            (DeValue::Array(below), DeValue::Array(above)) if *level == Level::Api && name == "endpoints" => {
                lay_endpoints(below, above);
            }
            (_, above) => *below = Spanned::new(span, above),
        }
    }
}

/// Whether the keys of one go among those of the other. What is a choice is replaced: a secret has one source, and a
/// value is either the same everywhere or chosen by environment.
fn merges(name: &str, below: &DeTable<'_>, above: &DeTable<'_>) -> bool {
    let by_env = |table: &DeTable<'_>| table.contains_key("by_env");
    by_env(below) == by_env(above) && (by_env(below) || !(SECRETS.contains(&name) || name == "requires"))
}

/// Endpoints of one name merge in the place of the one below; new ones come last.
fn lay_endpoints<'a>(below: &mut DeArray<'a>, above: DeArray<'a>) {
    let mut merged: Vec<_> = std::mem::replace(below, DeArray::new()).into_iter().collect();
    let places: std::collections::HashMap<String, usize> =
        merged.iter().enumerate().filter_map(|(at, entry)| Some((endpoint_name(entry)?, at))).collect();
    for entry in above {
        let known = endpoint_name(&entry).and_then(|name| merged.get_mut(*places.get(&name)?));
        match (known.map(Spanned::get_mut), entry.get_ref()) {
            (Some(DeValue::Table(below)), DeValue::Table(_)) => {
                if let DeValue::Table(above) = entry.into_inner() {
                    lay(below, above, &Level::Other);
                }
            }
            _ => merged.push(entry),
        }
    }
    *below = merged.into_iter().collect();
}

fn endpoint_name(entry: &Spanned<DeValue<'_>>) -> Option<String> {
    entry.get_ref().as_table()?.get("name")?.get_ref().as_str().map(str::to_owned)
}

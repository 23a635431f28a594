//! Variables and choices by environment: `{name}` in a text and `{ by_env = { .. } }` in place of any value.
//!
//! The tree of the file goes in, and out comes the tree as it reads in one environment. What cannot be resolved stays
//! as it is, and a fault tells the reader why. A literal secret is taken as it is. Pure. Imports siblings only.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::environments::Setting;
use super::names::{self, shown};
use super::texts::Texts;
use super::words::SECRETS;

/// Why a value could not be resolved.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) span: Range<usize>,
    pub(super) what: String,
    pub(super) hint: Option<String>,
}

/// The values that could not be resolved, by the offset at which each begins.
pub(super) type Faults = HashMap<usize, Fault>;

/// Whether anything in the file depends on the environment.
pub(super) fn depends(root: &DeTable<'_>) -> bool {
    root.iter().any(|(key, value)| key.get_ref() != "environments" && may_depend(value.get_ref()))
}

fn may_depend(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::String(text) => text.contains('{'),
        DeValue::Array(list) => list.iter().any(|entry| may_depend(entry.get_ref())),
        DeValue::Table(table) => table.contains_key(BY_ENV) || table.values().any(|value| may_depend(value.get_ref())),
        _ => false,
    }
}

const BY_ENV: &str = "by_env";
/// What all texts with variables in them may come to, in bytes, in all environments together.
const LONGEST: usize = 1024 * 1024;

/// The room for texts with variables: one for all environments of a file.
#[derive(Debug)]
pub(super) struct Room {
    left: usize,
    /// Whether something did not fit.
    pub(super) exceeded: bool,
}

impl Default for Room {
    fn default() -> Self {
        Self { left: LONGEST, exceeded: false }
    }
}

impl Room {
    /// Why a file is not read that does not fit.
    pub(super) fn fault() -> (String, String) {
        (
            format!(
                "with its variables filled in, over all environments, the file has more than {LONGEST} bytes of text and is too long to be reviewed"
            ),
            "use shorter values, fewer variables or fewer environments".to_owned(),
        )
    }
}

/// The tree as it reads in the chosen environment, and what could not be resolved.
pub(super) fn resolve<'v>(
    file: &DeTable<'v>,
    settings: &[Setting],
    chosen: Option<&Setting>,
    texts: &Texts<'_>,
    room: &mut Room,
) -> (DeTable<'v>, Faults) {
    let mut resolver = Resolver { settings, chosen, texts, faults: Faults::new(), room };
    let tree = resolver.table(file, Level::Root);
    (tree, resolver.faults)
}

/// How deep in the file a value stands, as far as it matters for what is a literal secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Root,
    Profiles,
    Profile,
    Secret,
    Other,
}

impl Level {
    fn below(self, key: &str) -> Self {
        match self {
            Self::Root if key == "profiles" => Self::Profiles,
            Self::Profiles => Self::Profile,
            Self::Profile if SECRETS.contains(&key) => Self::Secret,
            _ => Self::Other,
        }
    }
}

struct Resolver<'s, 't, 'r> {
    settings: &'s [Setting],
    chosen: Option<&'s Setting>,
    texts: &'s Texts<'t>,
    faults: Faults,
    room: &'r mut Room,
}

impl Resolver<'_, '_, '_> {
    fn table<'v>(&mut self, table: &DeTable<'v>, level: Level) -> DeTable<'v> {
        let mut resolved = DeTable::with_capacity(table.len());
        for (key, value) in table {
            let value = if level == Level::Root && key.get_ref() == "environments" {
                value.clone()
            } else {
                self.value(value, level.below(key.get_ref()))
            };
            resolved.insert(key.clone(), value);
        }
        resolved
    }

    fn value<'v>(&mut self, value: &Spanned<DeValue<'v>>, level: Level) -> Spanned<DeValue<'v>> {
        let resolved = match value.get_ref() {
            DeValue::String(text) if level != Level::Secret && text.contains('{') => {
                match self.text(text, &value.span()) {
                    Ok(text) => DeValue::String(Cow::Owned(text)),
                    Err(fault) => {
                        self.faults.insert(value.span().start, fault);
                        return value.clone();
                    }
                }
            }
            DeValue::Array(list) => DeValue::Array(list.iter().map(|entry| self.value(entry, Level::Other)).collect()),
            DeValue::Table(table) if table.contains_key(BY_ENV) => match self.choice(table, &value.span()) {
                Ok(choice) => return self.value(choice, level),
                Err(fault) => {
                    self.faults.insert(value.span().start, fault);
                    return value.clone();
                }
            },
            // Where a secret comes from may have variables.
            DeValue::Table(table) if level == Level::Secret => DeValue::Table(self.table(table, Level::Other)),
            DeValue::Table(table) => DeValue::Table(self.table(table, level)),
            other => other.clone(),
        };
        Spanned::new(value.span(), resolved)
    }

    /// The text with its variables filled in.
    fn text(&mut self, text: &str, span: &Range<usize>) -> Result<String, Fault> {
        let mut filled = String::new();
        for piece in pieces(text) {
            let part = match piece {
                Piece::Plain(plain) => plain,
                Piece::Variable(name) => {
                    let value = self.chosen.and_then(|chosen| chosen.variables.get(name));
                    value.ok_or_else(|| self.no_variable(name, span))?
                }
            };
            if part.len() > self.room.left {
                self.room.exceeded = true;
                let what = "with its variables filled in the file is too long".to_owned();
                return Err(Fault { span: span.clone(), what, hint: None });
            }
            self.room.left -= part.len();
            filled.push_str(part);
        }
        Ok(filled)
    }

    /// The value for this environment.
    fn choice<'x, 'v>(&self, table: &'x DeTable<'v>, span: &Range<usize>) -> Result<&'x Spanned<DeValue<'v>>, Fault> {
        let fault = |span: Range<usize>, what: &str, hint: Option<String>| Fault { span, what: what.to_owned(), hint };
        if let Some((other, _)) = table.iter().find(|(key, _)| key.get_ref() != BY_ENV) {
            let what = format!("`{}` cannot stand beside `by_env`", shown(other.get_ref()));
            return Err(fault(other.span(), &what, None));
        }
        let (at, choices) =
            table.get_key_value(BY_ENV).map_or((span.clone(), None), |(key, value)| (key.span(), Some(value)));
        let Some(choices) = choices.and_then(|choices| choices.get_ref().as_table()) else {
            let hint = "such as { by_env = { dev = \"..\", prod = \"..\" } }".to_owned();
            return Err(fault(at, "`by_env` must be a table with a value for each environment", Some(hint)));
        };
        if self.settings.is_empty() {
            let what = "`by_env` chooses by environment, and the file has none";
            return Err(fault(at, what, Some("add [environments.NAME] for each".to_owned())));
        }
        let unknown = choices.keys().find(|name| self.setting(name.get_ref()).is_none());
        if let Some(name) = unknown {
            let what = format!("there is no environment `{}`", shown(name.get_ref()));
            return Err(fault(name.span(), &what, names::meant(name.get_ref(), self.names())));
        }
        let Some(chosen) = self.chosen else {
            return Err(fault(at, "what stands here depends on the environment, and none is chosen", Some(self.ask())));
        };
        let name = &chosen.environment.name;
        choices.get(name.as_str()).ok_or_else(|| {
            let what = format!("`by_env` has no value for the environment `{name}`");
            fault(at, &what, Some(format!("add {name} = .. to it")))
        })
    }

    fn no_variable(&self, name: &str, span: &Range<usize>) -> Fault {
        // Where exactly, unless an escape in the text hides it.
        let found = self.texts.slice(span).find(&format!("{{{name}}}"));
        let at = found.map_or(span.clone(), |at| span.start + at..span.start + at + name.len() + 2);
        let (what, hint) = match self.chosen {
            None if self.settings.is_empty() => {
                let hint = format!(
                    "add [environments.NAME] with vars = {{ {name} = \"..\" }}, or write {{{{{name}}}}} for the braces themselves"
                );
                (format!("`{{{name}}}` is a variable, and the file has no environment that sets it"), hint)
            }
            None => (format!("`{{{name}}}` depends on the environment, and none is chosen"), self.ask()),
            Some(chosen) => {
                let known = chosen.variables.keys().map(String::as_str);
                let near = names::nearest(name, known).map(|near| format!("did you mean `{{{near}}}`? "));
                let hint = format!(
                    "{}add {name} to the environment's vars, or write {{{{{name}}}}} for the braces themselves",
                    near.unwrap_or_default()
                );
                (format!("there is no variable `{name}`"), hint)
            }
        };
        Fault { span: at, what, hint: Some(hint) }
    }

    fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.environment.name == name)
    }

    fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.settings.iter().map(|setting| setting.environment.name.as_str())
    }

    fn ask(&self) -> String {
        let names: Vec<_> = self.names().collect();
        format!("choose one with --env: {}", names.join(", "))
    }
}

/// A part of a text.
enum Piece<'x> {
    Plain(&'x str),
    Variable(&'x str),
}

/// The text taken apart. `{name}` is a variable, `{{name}}` the text `{name}`; any other brace is itself.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, braced) = rest.split_at(at);
        pieces.push(Piece::Plain(before));
        if let Some((name, end)) = named(braced, "{{", "}}") {
            // Between the outer braces.
            pieces.push(Piece::Plain(braced.get(1..name.len() + 3).unwrap_or_default()));
            rest = end;
        } else if let Some((name, end)) = named(braced, "{", "}") {
            pieces.push(Piece::Variable(name));
            rest = end;
        } else {
            let (brace, end) = braced.split_at(1);
            pieces.push(Piece::Plain(brace));
            rest = end;
        }
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

/// The name between an opening and a closing, and what follows.
fn named<'x>(text: &'x str, open: &str, close: &str) -> Option<(&'x str, &'x str)> {
    let rest = text.strip_prefix(open)?;
    let end = rest.find(|c: char| !names::is_slug_character(c))?;
    let (name, rest) = rest.split_at(end);
    let rest = rest.strip_prefix(close)?;
    names::is_slug(name).then_some((name, rest))
}

/// The first `{name}` in a text.
pub(super) fn first_variable(text: &str) -> Option<&str> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Variable(name) => Some(name),
        Piece::Plain(_) => None,
    })
}

/// What a text without variables says.
pub(super) fn plain(text: &str) -> String {
    let pieces = pieces(text).into_iter().map(|piece| match piece {
        Piece::Plain(part) | Piece::Variable(part) => part,
    });
    pieces.collect()
}

/// The text as the file must have it so that it is read as it is: what would be a variable is put in double braces.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, braced) = rest.split_at(at);
        out.push_str(before);
        match named(braced, "{", "}") {
            Some((name, end)) => {
                out.push_str("{{");
                out.push_str(name);
                out.push_str("}}");
                rest = end;
            }
            None => {
                out.push('{');
                rest = braced.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

//! `config.toml`: which key does what, colours, and how the screen begins. [`parse`] goes from text to [`Settings`] and
//! every [`Problem`]; what is wrong is left out, the rest holds.
//!
//! Pure but for [`mod@file`], which finds and reads it. Imports keys, actions and styles of this face; nothing else.

mod colours;
pub mod file;
mod keys;
mod problem;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::action::Action;
use super::keymap::KeyMap;
use super::theme::styles::{Background, Depth, ROLES, Styles, at_depth};
pub use problem::Problem;
use problem::{Notes, kind_of};

/// The keys that stand at the top of the file.
const WORDS: [&str; 6] = ["keys", "colours", "theme", "depth", "ascii", "mouse"];

/// What the file says. What it does not say is as the program is by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Every key and what it does.
    pub keys: KeyMap,
    /// What the colours are made for; none: what the terminal says of itself.
    pub theme: Option<Theme>,
    /// How many colours there are; none: what the terminal says of itself.
    pub depth: Option<Depth>,
    /// Roles with colours of their own.
    pub colours: Vec<colours::Change>,
    /// Only ASCII symbols; `--ascii` says so too.
    pub ascii: bool,
    /// Whether the mouse is left to the terminal at first.
    pub no_mouse: bool,
}

/// What the colours are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// A dark background.
    Dark,
    /// A light one.
    Light,
    /// No colours at all.
    None,
}

impl Settings {
    /// The styles on a terminal that says this of itself.
    pub fn styles(&self, depth: Depth, background: Background) -> Styles {
        let depth = self.depth.unwrap_or(depth);
        let background = match self.theme {
            Some(Theme::Dark) => Background::Dark,
            Some(Theme::Light) => Background::Light,
            Some(Theme::None) | None => background,
        };
        let styles = Styles::of(depth, background);
        self.colours.iter().fold(styles, |styles, change| {
            let paint = change.over(styles.paint(change.role), |colour| at_depth(colour, depth));
            styles.with(change.role, paint)
        })
    }
}

/// Reads the text of a config.toml.
pub fn parse(text: &str) -> (Settings, Vec<Problem>) {
    let mut notes = Notes::on(text);
    let mut settings = Settings::default();
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) => {
            let end = text.len()..text.len();
            notes.add(error.span().unwrap_or(end), format!("this is not TOML: {}", error.message()), None);
            return (settings, notes.finish());
        }
    };
    for (key, value) in root.get_ref() {
        match key.get_ref().as_ref() {
            "keys" => {
                let keys = table(value, "keys", &mut notes).map(|table| keys::read(table, &mut notes));
                settings.keys = keys.unwrap_or_default();
            }
            "colours" => {
                let colours = table(value, "colours", &mut notes).map(|table| colours::read(table, &mut notes));
                settings.colours = colours.unwrap_or_default();
            }
            "theme" => settings.theme = theme(value, &mut notes),
            "depth" => settings.depth = depth(value, &mut notes),
            "ascii" => settings.ascii = yes(value, "ascii", &mut notes).unwrap_or(false),
            "mouse" => settings.no_mouse = !yes(value, "mouse", &mut notes).unwrap_or(true),
            other => {
                let misplaced = Action::named(other).map(|_| "an action: it belongs under [keys]".to_owned());
                let role = ROLES
                    .iter()
                    .find(|(_, name)| *name == other)
                    .map(|_| "a colour: it belongs under [colours]".to_owned());
                let hint = misplaced.or(role).or_else(|| near(other, WORDS));
                notes.add(key.span(), format!("config.toml knows no `{other}`"), hint);
            }
        }
    }
    (settings, notes.finish())
}

type Value<'a> = Spanned<DeValue<'a>>;

fn table<'a, 'b>(value: &'b Value<'a>, name: &str, notes: &mut Notes<'_>) -> Option<&'b DeTable<'a>> {
    match value.get_ref() {
        DeValue::Table(table) => return Some(table),
        _ if name == "colours" => {
            let hint = "[colours] gives roles their colours; how many the terminal has is `depth`".to_owned();
            notes.add(value.span(), "`colours` is no table".to_owned(), Some(hint));
        }
        other => notes.add(value.span(), format!("`{name}` is {}, not a table", kind_of(other)), None),
    }
    None
}

fn theme(value: &Value<'_>, notes: &mut Notes<'_>) -> Option<Theme> {
    match value.get_ref() {
        DeValue::String(text) if text == "auto" => None,
        DeValue::String(text) if text == "dark" => Some(Theme::Dark),
        DeValue::String(text) if text == "light" => Some(Theme::Light),
        DeValue::String(text) if text == "none" => Some(Theme::None),
        DeValue::String(text) => {
            let near = near(text, ["auto", "dark", "light", "none"]);
            notes.add(
                value.span(),
                format!("there is no theme `{text}`"),
                near.or_else(|| Some("auto, dark, light or none".to_owned())),
            );
            None
        }
        other => {
            notes.add(
                value.span(),
                format!("`theme` is {}, not a text", kind_of(other)),
                Some("auto, dark, light or none".to_owned()),
            );
            None
        }
    }
}

fn depth(value: &Value<'_>, notes: &mut Notes<'_>) -> Option<Depth> {
    let text = match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        other => kind_of(other).to_owned(),
    };
    match text.as_str() {
        "auto" => None,
        "16" => Some(Depth::Sixteen),
        "256" => Some(Depth::Many),
        "true" => Some(Depth::True),
        other => {
            notes.add(
                value.span(),
                format!("`{other}` is no number of colours"),
                Some("\"auto\", 16, 256 or \"true\"".to_owned()),
            );
            None
        }
    }
}

fn yes(value: &Value<'_>, name: &str, notes: &mut Notes<'_>) -> Option<bool> {
    match value.get_ref() {
        DeValue::Boolean(yes) => Some(*yes),
        other => {
            notes.add(value.span(), format!("`{name}` is {}, not true or false", kind_of(other)), None);
            None
        }
    }
}

/// What was perhaps meant.
fn near<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let typed: String = typed.chars().take(40).collect();
    let close = |name: &str| strsim::osa_distance(&typed.to_lowercase(), &name.to_lowercase());
    let (distance, name) = names.into_iter().map(|name| (close(name), name)).min()?;
    (distance <= 1 + typed.chars().count() / 3).then(|| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests;

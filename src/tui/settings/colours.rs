//! `[colours]`: a role, and its colour with what else it is.
//!
//! Pure.

use ratatui::style::{Color, Modifier};
use toml::de::{DeTable, DeValue};

use super::problem::{Notes, kind_of};
use super::{Value, near};
use crate::tui::theme::Role;
use crate::tui::theme::styles::{Paint, ROLES};

/// The sixteen by name.
const NAMES: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("gray", Color::Gray),
    ("dark-gray", Color::DarkGray),
    ("light-red", Color::LightRed),
    ("light-green", Color::LightGreen),
    ("light-yellow", Color::LightYellow),
    ("light-blue", Color::LightBlue),
    ("light-magenta", Color::LightMagenta),
    ("light-cyan", Color::LightCyan),
    ("white", Color::White),
];

const MODIFIERS: [(&str, Modifier); 6] = [
    ("plain", Modifier::empty()),
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
];

/// What a value may be.
const FORM: &str =
    "\"cyan\", \"#ff8700\" or 0 to 255; then \"on\" and another, bold, dim, italic, underlined, reversed or plain";

/// A role's own look; what it does not say stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub role: Role,
    colour: Option<Color>,
    behind: Option<Color>,
    modifiers: Option<Modifier>,
}

impl Change {
    /// Laid over a look, with colours that the terminal has.
    pub fn over(&self, paint: Paint, at_depth: impl Fn(Color) -> Color) -> Paint {
        Paint {
            colour: self.colour.map(&at_depth).or(paint.colour),
            behind: self.behind.map(&at_depth).or(paint.behind),
            modifiers: self.modifiers.unwrap_or(paint.modifiers),
        }
    }
}

/// Reads the table. What is wrong is left out.
pub(super) fn read(table: &DeTable<'_>, notes: &mut Notes<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, value) in table {
        match ROLES.iter().find(|(_, role)| role == name.get_ref()) {
            Some((role, _)) => changes.extend(change(*role, value, notes)),
            None => {
                let all = || ROLES.iter().map(|(_, role)| *role);
                let hint = near(name.get_ref(), all())
                    .unwrap_or_else(|| format!("there are {}", all().collect::<Vec<_>>().join(", ")));
                notes.add(name.span(), format!("nothing is called `{}` here", name.get_ref()), Some(hint));
            }
        }
    }
    changes
}

fn change(role: Role, value: &Value<'_>, notes: &mut Notes<'_>) -> Option<Change> {
    let mut change = Change { role, colour: None, behind: None, modifiers: None };
    let text = match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        other => {
            notes.add(
                value.span(),
                format!("a colour is no {}", kind_of(other).trim_start_matches("a ")),
                Some(FORM.to_owned()),
            );
            return None;
        }
    };
    let mut behind = false;
    for word in text.split_whitespace() {
        if let Some((_, modifier)) = MODIFIERS.iter().find(|(name, _)| *name == word) {
            change.modifiers = Some(change.modifiers.unwrap_or_default() | *modifier);
        } else if word == "on" {
            behind = true;
        } else if let Some(colour) = colour(word) {
            let place = if std::mem::take(&mut behind) { &mut change.behind } else { &mut change.colour };
            *place = Some(colour);
        } else {
            let names = NAMES.iter().map(|(name, _)| *name).chain(MODIFIERS.iter().map(|(name, _)| *name));
            let hint = near(word, names).unwrap_or_else(|| FORM.to_owned());
            notes.add(value.span(), format!("`{word}` is no colour"), Some(hint));
            return None;
        }
    }
    if behind || (change.colour, change.behind, change.modifiers) == (None, None, None) {
        notes.add(value.span(), format!("`{text}` names no colour"), Some(FORM.to_owned()));
        return None;
    }
    Some(change)
}

fn colour(word: &str) -> Option<Color> {
    if let Some((_, colour)) = NAMES.iter().find(|(name, _)| *name == word.replace("grey", "gray")) {
        return Some(*colour);
    }
    if let Some(hex) = word.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii()) {
        let part = |from: usize| u8::from_str_radix(hex.get(from..from + 2)?, 16).ok();
        return Some(Color::Rgb(part(0)?, part(2)?, part(4)?));
    }
    word.parse().ok().map(Color::Indexed)
}

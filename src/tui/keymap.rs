//! From a key press to the name it has in the table of actions, and from that to the action.
//!
//! Pure.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::action::{Action, Context, TABLE};

/// What a key press comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// This action; and which of its keys it was, from 0.
    Action(Action, usize),
    /// The first key of a sequence: more must follow.
    Prefix(&'static str),
    /// Nothing.
    Nothing,
}

/// The keys that begin a sequence.
pub const PREFIXES: [&str; 1] = ["g"];

/// The name of a key: `q`, `G`, `?`, `Ctrl-P`, `Up`, `Shift-Tab`. None for releases and for keys that have no name here.
pub fn name(key: &KeyEvent) -> Option<String> {
    if key.kind == KeyEventKind::Release || key.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let plain = match key.code {
        KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::CONTROL) => {
            return Some(format!("Ctrl-{}", c.to_ascii_uppercase()));
        }
        KeyCode::Char(c) => return Some(c.to_string()),
        KeyCode::BackTab => return Some("Shift-Tab".to_owned()),
        KeyCode::Tab if key.modifiers.contains(KeyModifiers::SHIFT) => return Some("Shift-Tab".to_owned()),
        KeyCode::Tab => "Tab",
        KeyCode::Enter => "Enter",
        KeyCode::Esc => "Esc",
        KeyCode::Up => "Up",
        KeyCode::Down => "Down",
        KeyCode::Left => "Left",
        KeyCode::Right => "Right",
        KeyCode::Home => "Home",
        KeyCode::End => "End",
        KeyCode::PageUp => "PageUp",
        KeyCode::PageDown => "PageDown",
        _ => return None,
    };
    Some(plain.to_owned())
}

/// The action of a key in this context, after the first key of a sequence or not.
pub fn action(context: Context, prefix: Option<&str>, key: &str) -> Pressed {
    let wanted = prefix.map_or_else(|| key.to_owned(), |first| format!("{first} {key}"));
    for row in TABLE.iter().filter(|row| row.context == context) {
        if let Some(nth) = row.keys.iter().position(|one| *one == wanted) {
            return Pressed::Action(row.action, nth);
        }
    }
    match PREFIXES.iter().find(|first| prefix.is_none() && context == Context::Screen && **first == key) {
        Some(first) => Pressed::Prefix(first),
        None => Pressed::Nothing,
    }
}

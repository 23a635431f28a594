//! From a key press to its name, and from that to the action: the table's own keys, changed by `config.toml`.
//!
//! Pure.

use std::borrow::Cow;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::action::{Action, Context, Row, TABLE};

/// What a key press comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// This action; and which of its keys it was, from 0.
    Action(Action, usize),
    /// The first key of a sequence: more must follow.
    Prefix(String),
    /// Nothing.
    Nothing,
}

/// The keys that no setting takes away: whoever is lost must find out.
pub const KEPT: [(&str, Action); 3] = [("Esc", Action::Cancel), ("Enter", Action::Open), ("Ctrl-C", Action::Stop)];

/// The keys with names, as the table and `config.toml` spell them.
pub const NAMED: [(&str, KeyCode); 17] = [
    ("Tab", KeyCode::Tab),
    ("Shift-Tab", KeyCode::BackTab),
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Space", KeyCode::Char(' ')),
    ("Backspace", KeyCode::Backspace),
    ("Insert", KeyCode::Insert),
    ("Delete", KeyCode::Delete),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("PageUp", KeyCode::PageUp),
    ("PageDown", KeyCode::PageDown),
    ("Null", KeyCode::Null),
];

/// The name of a key: `q`, `G`, `?`, `Ctrl-P`, `Alt-x`, `F5`, `Up`, `Shift-Tab`. None for releases and for keys that
/// have no name here.
pub fn name(key: &KeyEvent) -> Option<String> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let has = |modifier| key.modifiers.contains(modifier);
    let plain = match key.code {
        KeyCode::Char(c) if has(KeyModifiers::CONTROL) => format!("Ctrl-{}", c.to_ascii_uppercase()),
        KeyCode::Tab if has(KeyModifiers::SHIFT) => "Shift-Tab".to_owned(),
        KeyCode::Char(c) if c != ' ' => c.to_string(),
        KeyCode::F(number) => format!("F{number}"),
        code => NAMED.iter().find(|(_, known)| *known == code).map(|(name, _)| (*name).to_owned())?,
    };
    Some(if has(KeyModifiers::ALT) { format!("Alt-{plain}") } else { plain })
}

/// The key press of this name.
pub fn press(name: &str) -> Option<KeyEvent> {
    if let Some(letter) = name.strip_prefix("Ctrl-").and_then(|letter| letter.chars().next()) {
        return Some(KeyEvent::new(KeyCode::Char(letter.to_ascii_lowercase()), KeyModifiers::CONTROL));
    }
    if let Some((_, code)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some(KeyEvent::from(*code));
    }
    let mut letters = name.chars();
    letters.next().filter(|_| letters.next().is_none()).map(|letter| KeyEvent::from(KeyCode::Char(letter)))
}

/// Every key and what it does. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyMap {
    /// In the order of the table.
    keys: Arc<Vec<(Action, Vec<Cow<'static, str>>)>>,
}

impl Default for KeyMap {
    fn default() -> Self {
        Self::changed(&[])
    }
}

impl KeyMap {
    /// The table's keys, with these actions' replaced. The keys that are [`KEPT`] stay.
    pub fn changed(changes: &[(Action, Vec<String>)]) -> Self {
        let keys = TABLE.iter().map(|row| {
            let Some((_, own)) = changes.iter().find(|(action, _)| *action == row.action) else {
                return (row.action, row.keys.iter().map(|key| Cow::Borrowed(*key)).collect());
            };
            let kept = KEPT.iter().filter(|(key, action)| *action == row.action && !own.iter().any(|one| one == key));
            let own = own.iter().map(|key| Cow::Owned(key.clone()));
            (row.action, own.chain(kept.map(|(key, _)| Cow::Borrowed(*key))).collect())
        });
        Self { keys: Arc::new(keys.collect()) }
    }

    /// The action of a key in this context, after the first key of a sequence or not.
    pub fn action(&self, context: Context, prefix: Option<&str>, key: &str) -> Pressed {
        let wanted = prefix.map_or_else(|| key.to_owned(), |first| format!("{first} {key}"));
        let mut begins = false;
        for (action, keys) in self.of(context) {
            if let Some(nth) = keys.iter().position(|one| *one == wanted) {
                return Pressed::Action(action, nth);
            }
            begins |= prefix.is_none() && keys.iter().any(|one| first_of(one) == Some(key));
        }
        if begins { Pressed::Prefix(key.to_owned()) } else { Pressed::Nothing }
    }

    /// The actions of a context with their keys.
    pub fn of(&self, context: Context) -> impl Iterator<Item = (Action, &[Cow<'static, str>])> {
        let here = TABLE.iter().zip(self.keys.iter()).filter(move |(row, _)| row.context == context);
        here.map(|(_, (action, keys))| (*action, keys.as_slice()))
    }

    /// The action's keys; none for one that only the palette has.
    pub fn keys(&self, action: Action) -> &[Cow<'static, str>] {
        self.keys.iter().find(|(known, _)| *known == action).map_or(&[], |(_, keys)| keys.as_slice())
    }

    /// Whether its keys are those of the table.
    pub fn is_own(&self, row: &Row) -> bool {
        self.keys(row.action) == row.keys
    }

    /// The key to name in a message: the first one; without any, how it is found all the same.
    pub fn key(&self, action: Action) -> String {
        match self.keys(action).first() {
            Some(key) => spelt(key),
            None => format!("{} {}", self.palette(), action.row().map_or("", |row| row.name)),
        }
    }

    /// The action's keys in one text, as help shows them.
    pub fn in_words(&self, row: &Row) -> String {
        match self.keys(row.action) {
            [first, .., last] if row.action == Action::Send => format!("{first}-{last}"),
            [] => format!("{} {}", self.palette(), row.name),
            keys => keys.iter().map(|key| spelt(key)).collect::<Vec<_>>().join(", "),
        }
    }

    /// The keys as the footer shows them; none for an action that has no place there.
    pub fn in_footer(&self, row: &Row) -> Option<String> {
        let short = row.footer?;
        let pair = row.action == Action::PreviousProfile;
        let next = Action::NextProfile.row().filter(|_| pair);
        if self.is_own(row) && next.is_none_or(|next| self.is_own(next)) {
            return Some(short.to_owned());
        }
        match (row.action, next) {
            (Action::Send, _) => Some(self.in_words(row)),
            (_, Some(next)) => Some(format!("{} {}", self.key(row.action), self.key(next.action))),
            _ => Some(self.key(row.action)),
        }
    }

    /// The key of the palette, the longer name first: `Ctrl-P`.
    pub fn palette(&self) -> String {
        let keys = self.keys(Action::Palette);
        keys.iter().find(|key| key.len() > 1).or(keys.first()).map_or_else(|| "palette".to_owned(), |key| spelt(key))
    }
}

/// The first key of a sequence; none for a key that stands alone.
pub fn first_of(keys: &str) -> Option<&str> {
    keys.split_once(' ').map(|(first, _)| first)
}

/// `g g` as people write it: `gg`.
fn spelt(keys: &str) -> String {
    match keys.split_once(' ') {
        Some((first, second)) if first == second => format!("{first}{second}"),
        _ => keys.to_owned(),
    }
}

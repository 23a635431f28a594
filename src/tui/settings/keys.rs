//! `[keys]`: an action's name, and its key or keys in place of the table's.
//!
//! Pure.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::problem::{Notes, kind_of};
use super::{Value, near};
use crate::tui::action::{Action, Context, TABLE};
use crate::tui::keymap::{KEPT, KeyMap, NAMED, first_of};

/// One key of one action, with its place in the text.
struct Wish {
    action: Action,
    name: &'static str,
    key: String,
    span: Range<usize>,
}

/// Reads the table. A key that cannot be given is left out; an action none of whose keys can be has the table's.
pub(super) fn read(table: &DeTable<'_>, notes: &mut Notes<'_>) -> KeyMap {
    let mut wishes = Vec::new();
    let mut bare = Vec::new();
    for (name, value) in table {
        let Some(row) = Action::named(name.get_ref()) else {
            let hint = near(name.get_ref(), TABLE.iter().map(|row| row.name));
            let hint = hint.or_else(|| Some("? in the explorer lists every action".to_owned()));
            notes.add(name.span(), format!("there is no action `{}`", name.get_ref()), hint);
            continue;
        };
        let values = match value.get_ref() {
            DeValue::Array(list) => {
                if list.is_empty() {
                    bare.push(row.action);
                }
                list.iter().collect()
            }
            _ => vec![value],
        };
        for value in values {
            let of_copy = row.context == Context::Copy;
            if let Some(key) = key(value, of_copy, notes) {
                wishes.push(Wish { action: row.action, name: row.name, key, span: value.span() });
            }
        }
    }
    wishes.sort_by_key(|wish| wish.span.start);
    loop {
        let map = KeyMap::changed(&changes(&wishes, &bare));
        let Some((at, why)) = wishes.iter().enumerate().rev().find_map(|(at, wish)| Some((at, clash(wish, &map)?)))
        else {
            return map;
        };
        let wish = wishes.remove(at);
        notes.add(wish.span, format!("`{}` cannot be {}: {why}", wish.key, wish.name), None);
    }
}

fn changes(wishes: &[Wish], bare: &[Action]) -> Vec<(Action, Vec<String>)> {
    let mut changes: Vec<(Action, Vec<String>)> = bare.iter().map(|action| (*action, Vec::new())).collect();
    for wish in wishes {
        match changes.iter_mut().find(|(action, _)| *action == wish.action) {
            Some((_, keys)) => keys.push(wish.key.clone()),
            None => changes.push((wish.action, vec![wish.key.clone()])),
        }
    }
    changes
}

/// What stands in the way of the wish: the key is another action's, or the beginning of another's, or the reverse.
fn clash(wish: &Wish, map: &KeyMap) -> Option<String> {
    if let Some((key, action)) = KEPT.iter().find(|(key, _)| *key == wish.key || first_of(&wish.key) == Some(key)) {
        return (*action != wish.action).then(|| format!("{key} keeps its meaning, so that nobody gets stuck"));
    }
    let context = wish.action.row()?.context;
    let mut same = 0;
    for (action, keys) in map.of(context) {
        for key in keys {
            let name = action.row().map_or("", |row| row.name);
            if *key == wish.key {
                same += 1;
                if action != wish.action {
                    return Some(format!("that is the key of {name}; give {name} another one under [keys] as well"));
                }
            } else if first_of(key) == Some(&wish.key) {
                return Some(format!("it begins `{key}`, which is {name}"));
            } else if first_of(&wish.key) == Some(key) {
                return Some(format!("its first key is {name}"));
            }
        }
    }
    (same > 1).then(|| "it stands there twice".to_owned())
}

/// A key or a sequence of two, as the program spells it.
fn key(value: &Value<'_>, of_copy: bool, notes: &mut Notes<'_>) -> Option<String> {
    let text = match value.get_ref() {
        DeValue::String(text) => text.as_ref(),
        other => {
            let what = format!("a key is a text such as \"x\", \"Ctrl-X\" or \"g x\", this is {}", kind_of(other));
            notes.add(value.span(), what, None);
            return None;
        }
    };
    let parts: Vec<&str> = if text == " " { vec!["Space"] } else { text.split(' ').collect() };
    let spelt: Result<Vec<String>, Option<String>> = parts.iter().map(|part| one(part)).collect();
    match (spelt, parts.len()) {
        (Ok(keys), 1) => Some(keys.concat()),
        (Ok(keys), 2) if !of_copy => Some(keys.join(" ")),
        (Ok(_), 2) => {
            let what = format!("`{text}` is two keys: after the key of copy there is one");
            notes.add(value.span(), what, None);
            None
        }
        (Err(hint), _) => {
            notes.add(value.span(), format!("there is no key `{text}`"), hint);
            None
        }
        (Ok(_), _) => {
            notes.add(value.span(), format!("`{text}` is too long: one key, or two with a blank between"), None);
            None
        }
    }
}

/// A single key as the program spells it; else what was perhaps meant.
fn one(text: &str) -> Result<String, Option<String>> {
    let letters = |text: &str| text.chars().count();
    if let Some((modifier, rest)) =
        text.split_once(['-', '+']).filter(|(modifier, rest)| !modifier.is_empty() && !rest.is_empty())
    {
        return match modifier.to_ascii_lowercase().as_str() {
            "ctrl" | "control" | "c" if letters(rest) == 1 => control(rest),
            "alt" | "meta" | "a" => one(rest).map(|key| format!("Alt-{key}")),
            "shift" if rest.eq_ignore_ascii_case("tab") => Ok("Shift-Tab".to_owned()),
            "shift" if letters(rest) == 1 => {
                Err(Some(format!("write the letter as it comes: `{}`", rest.to_uppercase())))
            }
            _ => Err(near(text, NAMED.iter().map(|(name, _)| *name))),
        };
    }
    if letters(text) == 1 && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    if let Some((name, _)) = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Ok((*name).to_owned());
    }
    let number = text.strip_prefix(['F', 'f']).and_then(|number| number.parse::<u8>().ok());
    match number {
        Some(number @ 1..=24) => Ok(format!("F{number}")),
        _ => Err(near(text, NAMED.iter().map(|(name, _)| *name))),
    }
}

/// `Ctrl-` and a letter; some of them are another key by the time they come from the terminal.
fn control(letter: &str) -> Result<String, Option<String>> {
    let letter = letter.to_ascii_uppercase();
    let same = match letter.as_str() {
        "I" => "Tab",
        "M" => "Enter",
        "[" => "Esc",
        "H" => "Backspace",
        _ => return Ok(format!("Ctrl-{letter}")),
    };
    Err(Some(format!("terminals send {same} for it")))
}

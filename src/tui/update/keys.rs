//! Where a key goes: to the topmost popup, to the field being typed in, or to the screen.

use crossterm::event::{Event, KeyEvent};
use tui_input::backend::crossterm::EventHandler;
use tui_input::{Input, InputRequest};

use super::{actions, find, form, inspect, login, palette, popups};
use crate::tui::action::{Action, Context};
use crate::tui::effect::Effect;
use crate::tui::keymap::{self, Pressed};
use crate::tui::state::{InspectPopup, Level, Popup, State};

pub(super) fn key(state: &mut State, key: &KeyEvent) -> Vec<Effect> {
    // Releases end here, and keys that mean nothing to us but may be text stay.
    let name = keymap::name(key);
    if name.is_none() && (!state.is_typing() || key.kind == crossterm::event::KeyEventKind::Release) {
        return Vec::new();
    }
    let name = name.unwrap_or_default();
    // These two hold everywhere, in fields too.
    match name.as_str() {
        "Ctrl-C" => return actions::perform(state, Action::Stop, 0),
        "Ctrl-Z" => return actions::perform(state, Action::Suspend, 0),
        _ => {}
    }
    (state.scrolled, state.clicked) = (None, None);
    if !state.popups.is_empty() {
        return popups::key(state, key, &name);
    }
    if state.is_typing() {
        return find::key(state, key, &name);
    }
    screen(state, &name)
}

fn screen(state: &mut State, name: &str) -> Vec<Effect> {
    let prefix = state.prefix.take();
    match state.keys.action(Context::Screen, prefix.as_deref(), name) {
        Pressed::Action(action, nth) => {
            // A key is the sign that the last line has been read; what it does may say something new.
            state.log.dismiss();
            actions::perform(state, action, nth)
        }
        Pressed::Prefix(first) => {
            state.prefix = Some(first);
            Vec::new()
        }
        Pressed::Nothing => Vec::new(),
    }
}

/// Pasted text goes into a field, in one line. Outside of fields it is never read as keys.
pub(super) fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    let line: String = text.chars().filter(|c| !c.is_control()).collect();
    if let Some(popup) = state.popups.last_mut() {
        match popup {
            Popup::Login(_) => return login::paste(state, text),
            Popup::Scopes(input) => insert(input, &text.split_whitespace().collect::<Vec<_>>().join(" ")),
            Popup::Form(form) => form::paste(form, text),
            Popup::Inspect(InspectPopup::Maker(maker)) => inspect::paste_into(maker, text),
            Popup::Palette(found) | Popup::Profiles(found) => {
                insert(&mut found.input, &line);
                palette::refresh(state);
            }
            _ => {}
        }
    } else if state.is_typing() {
        if let Some(find) = &mut state.find {
            insert(&mut find.input, &line);
        }
        find::seek(state);
    } else if state.inspects() {
        inspect::pasted(state, text);
    } else {
        let key = state.key(Action::Inspect);
        state.say(
            Level::Info,
            format!("Pasted text is not read as keys. To look into a token: {key}, and paste it there."),
        );
    }
    Vec::new()
}

fn insert(input: &mut Input, text: &str) {
    for c in text.chars() {
        input.handle(InputRequest::InsertChar(c));
    }
}

/// Lets a field take the key as text or as editing. Says whether the text changed.
pub(super) fn edit(input: &mut Input, key: &KeyEvent) -> bool {
    input.handle_event(&Event::Key(*key)).is_some_and(|changed| changed.value)
}

//! Keys, pastes and clicks in a form, and what becomes of it when it is submitted.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::backend::crossterm::EventHandler as _;

use super::{add, edits, inspect, join, prompt};
use crate::tui::effect::Effect;
use crate::tui::state::{Field, Form, Masked, Popup, Purpose, State, Value};

/// How a form was submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Submitted {
    /// With Enter.
    Enter,
    /// With Ctrl-S.
    Save,
}

/// A key while a form is open. Esc has closed it before this.
pub(super) fn key(state: &mut State, key: &KeyEvent, name: &str) -> Vec<Effect> {
    let Some(Popup::Form(form)) = state.popups.last_mut() else { return Vec::new() };
    if form.busy.is_some() {
        return Vec::new();
    }
    match name {
        "Enter" => return submit(state, Submitted::Enter),
        "Ctrl-S" if form.save.is_some() => return submit(state, Submitted::Save),
        "Tab" | "Down" => form.step(true),
        "Shift-Tab" | "Up" => form.step(false),
        _ => {
            let changed = form.focused().is_some_and(|field| edit(field, key));
            if changed {
                after_edit(form);
            }
        }
    }
    Vec::new()
}

/// Pasted text goes into the focused field in one piece and in one line.
pub(super) fn paste(form: &mut Form, text: &str) {
    if form.busy.is_some() {
        return;
    }
    if add::paste(form, text) {
        return;
    }
    let Some(field) = form.focused() else { return };
    // A command that a shell takes in several lines, and JSON, mean the same in one line.
    let line: String = match field.value {
        Value::Text(_) => {
            let text = text.replace("\\\r\n", " ").replace("\\\n", " ");
            let text = text.trim().replace(['\n', '\r', '\t'], " ");
            text.chars().filter(|c| !c.is_control()).collect()
        }
        _ => text.chars().filter(|c| !c.is_control()).collect(),
    };
    if field.insert(&line) {
        field.error = None;
        after_edit(form);
    } else {
        field.error = Some("This is too long for the field, so nothing of it was taken.".to_owned());
    }
}

/// A click on a field gives it the keys; on a toggle or choice that has them already it changes it.
pub(super) fn click(state: &mut State, place: usize) {
    let Some(Popup::Form(form)) = state.popups.last_mut() else { return };
    if form.busy.is_some() {
        return;
    }
    if form.focus == place {
        if form.focused().is_some_and(|field| step(&mut field.value, true)) {
            after_edit(form);
        }
    } else {
        form.focus = place;
        form.settle();
    }
}

/// Lets a field take the key. Says whether what is in it changed.
fn edit(field: &mut Field, key: &KeyEvent) -> bool {
    let changed = match (&mut field.value, key.code) {
        (value @ (Value::Choice { .. } | Value::Toggle(_)), KeyCode::Right | KeyCode::Char(' ')) => step(value, true),
        (value @ (Value::Choice { .. } | Value::Toggle(_)), KeyCode::Left) => step(value, false),
        (Value::Choice { .. } | Value::Toggle(_), _) => false,
        (Value::Masked(masked), _) => edit_masked(masked, key),
        (Value::Text(_), KeyCode::Char(c)) if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
            field.insert(c.encode_utf8(&mut [0; 4]))
        }
        (Value::Text(input), _) => input.handle_event(&Event::Key(*key)).is_some_and(|changed| changed.value),
    };
    if changed {
        field.error = None;
    }
    changed
}

pub(super) fn edit_masked(masked: &mut Masked, key: &KeyEvent) -> bool {
    let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    match key.code {
        KeyCode::Char(c) if plain => return masked.insert(c.encode_utf8(&mut [0; 4])),
        KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => masked.clear(),
        KeyCode::Backspace => masked.backspace(),
        KeyCode::Delete => masked.delete(),
        KeyCode::Left => masked.move_by(-1),
        KeyCode::Right => masked.move_by(1),
        KeyCode::Home => masked.move_by(isize::MIN),
        KeyCode::End => masked.move_by(isize::MAX),
        _ => return false,
    }
    true
}

/// The next option, or the one before, round the end. Says whether there was one.
fn step(value: &mut Value, forward: bool) -> bool {
    match value {
        Value::Choice { options, chosen } => {
            let count = options.len().max(1);
            *chosen = (*chosen + if forward { 1 } else { count - 1 }) % count;
            true
        }
        Value::Toggle(on) => {
            *on = !*on;
            true
        }
        Value::Text(_) | Value::Masked(_) => false,
    }
}

/// Fields that depend on others follow them.
fn after_edit(form: &mut Form) {
    match form.purpose {
        Purpose::TokenOptions { .. } => edits::keep_one_empty(form),
        Purpose::Meet(_) => add::after_edit(form),
        Purpose::Join(_) => join::after_edit(form),
        Purpose::Inspect(_) => inspect::after_edit(form),
        Purpose::Secret { .. } | Purpose::Password { .. } => {}
    }
    form.settle();
}

/// Hands the form to what it is for. Who is not content with it puts it back, with errors at its fields.
fn submit(state: &mut State, how: Submitted) -> Vec<Effect> {
    let Some(Popup::Form(form)) = state.popups.pop() else { return Vec::new() };
    match form.purpose.clone() {
        Purpose::Secret { profile } | Purpose::Password { profile } => prompt::submitted(state, form, &profile),
        Purpose::Inspect(form_of) => inspect::submitted(state, form, &form_of),
        Purpose::Meet(meeting) => add::submitted(state, form, meeting),
        Purpose::Join(joining) => join::submitted(state, form, &joining, how),
        Purpose::TokenOptions { profile } => edits::options_submitted(state, form, &profile, how),
    }
}

/// The form was closed by Esc.
pub(super) fn closed(state: &mut State, form: &Form) {
    match &form.purpose {
        Purpose::Secret { profile } | Purpose::Password { profile } => prompt::closed(state, profile),
        Purpose::TokenOptions { .. } | Purpose::Meet(_) | Purpose::Join(_) | Purpose::Inspect(_) => {}
    }
}

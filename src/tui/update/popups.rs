//! Keys while a popup is open, and what holds of popups after every message.

use crossterm::event::KeyEvent;

use super::{
    actions, acts, add, calls, edits, environments, form, inspect, keys, login, moves, palette, protected, review, save,
};
use crate::engine::SendAs;
use crate::tui::action::{Action, Context, copy_menu};
use crate::tui::effect::Effect;
use crate::tui::keymap::Pressed;
use crate::tui::rows;
use crate::tui::state::{Hit, InspectPopup, Popup, State};

/// A key while a popup is open. `name` is empty for keys that only a field may know.
pub(super) fn key(state: &mut State, key: &KeyEvent, name: &str) -> Vec<Effect> {
    let Some(popup) = state.popups.last_mut() else { return Vec::new() };
    if matches!(popup, Popup::Login(_)) {
        return login::key(state, key, name);
    }
    if name == "Esc" {
        // A search ends first; then the form is closed.
        if let Some(run) = add::stop(popup) {
            return vec![Effect::Cancel(run)];
        }
        return close(state);
    }
    match popup {
        Popup::Review(_) if name == "y" => return enter(state),
        Popup::Copy => return copy(state, name),
        Popup::Form(_) => return form::key(state, key, name),
        Popup::Inspect(InspectPopup::Maker(_)) => return inspect::maker_key(state, key, name),
        Popup::Scopes(input) => {
            if name == "Enter" {
                let text = input.value().to_owned();
                state.popups.pop();
                return edits::set_scopes(state, &text);
            }
            keys::edit(input, key);
            return Vec::new();
        }
        Popup::Palette(_) | Popup::Profiles(_) => return finding(state, key, name),
        _ => {}
    }
    list(state, name)
}

/// Closes the topmost popup.
pub(super) fn close(state: &mut State) -> Vec<Effect> {
    match state.popups.pop() {
        Some(Popup::Form(form)) => form::closed(state, &form),
        Some(Popup::Act(view)) => return acts::closed(state, &view),
        Some(Popup::Inspect(InspectPopup::Maker(maker))) => inspect::draft_closed(state, *maker),
        _ => {}
    }
    Vec::new()
}

/// Keys of the palette and the picker: those that move, whatever else they mean elsewhere; all others are text.
fn finding(state: &mut State, key: &KeyEvent, name: &str) -> Vec<Effect> {
    let page = isize::try_from(state.seen.height(None)).unwrap_or(10);
    match name {
        "Enter" => return enter(state),
        "Up" | "Shift-Tab" | "Ctrl-P" => by(state, -1),
        "Down" | "Tab" | "Ctrl-N" => by(state, 1),
        "PageUp" => by(state, -page),
        "PageDown" => by(state, page),
        _ => {
            if let Some(Popup::Palette(found) | Popup::Profiles(found)) = state.popups.last_mut()
                && keys::edit(&mut found.input, key)
            {
                palette::refresh(state);
            }
        }
    }
    Vec::new()
}

/// Keys of popups that are lists or texts.
fn list(state: &mut State, name: &str) -> Vec<Effect> {
    let prefix = state.prefix.take();
    let action = match state.keys.action(Context::Screen, prefix.as_deref(), name) {
        Pressed::Action(action, _) => action,
        Pressed::Prefix(first) => {
            state.prefix = Some(first);
            return Vec::new();
        }
        Pressed::Nothing => return Vec::new(),
    };
    let page = isize::try_from(state.seen.height(None)).unwrap_or(10);
    match action {
        Action::Open => return enter(state),
        Action::Up | Action::PreviousPane => by(state, -1),
        Action::Down | Action::NextPane => by(state, 1),
        Action::PageUp => by(state, -page),
        Action::PageDown => by(state, page),
        Action::Top => by(state, isize::MIN),
        Action::End => by(state, isize::MAX),
        Action::Reveal if matches!(state.popups.last(), Some(Popup::Exchange { .. })) => {
            return actions::perform(state, Action::Reveal, 0);
        }
        Action::ShowExchange if matches!(state.popups.last(), Some(Popup::Act(_))) => acts::exchange(state),
        Action::Close => return close(state),
        _ if state.popups.last().is_some_and(|popup| opens(action, popup)) => _ = state.popups.pop(),
        _ => {}
    }
    Vec::new()
}

/// Whether the action is the one that opened the popup: then its key closes it too.
fn opens(action: Action, popup: &Popup) -> bool {
    matches!(
        (action, popup),
        (Action::Help, Popup::Help(_))
            | (Action::Messages, Popup::Messages(_))
            | (Action::Diff, Popup::Diff { .. })
            | (Action::ShowExchange, Popup::Exchange { .. })
            | (Action::Environment, Popup::Environments(_))
            | (Action::SendAs, Popup::SendAs { .. })
            | (Action::Explain, Popup::Explain(_))
    )
}

pub(super) fn by(state: &mut State, rows: isize) {
    if let Some(list) = state.popups.last_mut().and_then(Popup::list_mut) {
        list.cursor = list.cursor.saturating_add_signed(rows);
    }
}

/// Enter: what the row under the cursor, or the question, is about.
fn enter(state: &mut State) -> Vec<Effect> {
    match state.popups.pop() {
        Some(Popup::SendAs { list, choices }) => {
            let chosen = choices.into_iter().nth(list.cursor).map(|choice| choice.send_as);
            if let (Some(send_as), Some(id)) = (chosen, state.selected_endpoint().map(|view| view.id())) {
                return calls::warn_or_send(state, &id, send_as);
            }
        }
        Some(Popup::Mistaken { endpoint, token, .. }) => {
            return calls::ask_or_send(state, &endpoint, SendAs::Token(token));
        }
        Some(Popup::Environments(list)) => return environments::choose(state, list.cursor),
        Some(Popup::Protected(question)) => return protected::answered(state, question),
        Some(Popup::Review(review)) => return review::trusted(&review),
        Some(Popup::Save(view)) => return save::confirmed(state, view),
        Some(Popup::Confirm { endpoint, send_as, .. }) => {
            protected::clear(state, &endpoint);
            return calls::send(state, &endpoint, send_as, true);
        }
        Some(Popup::Profiles(found)) => {
            if let Some(Hit::Profile(place)) = found.chosen() {
                moves::select_profile(state, *place);
            }
        }
        Some(Popup::Inspect(popup)) => return inspect::enter(state, popup),
        Some(Popup::Palette(found)) => return palette::choose(state, found.chosen()),
        // Nothing to choose there: it stays open, but for the explanation, which has been read.
        Some(Popup::Explain(_)) | None => {}
        Some(other) => state.popups.push(other),
    }
    Vec::new()
}

fn copy(state: &mut State, name: &str) -> Vec<Effect> {
    match state.keys.action(Context::Copy, None, name) {
        Pressed::Action(action, nth) => {
            state.popups.pop();
            actions::perform(state, action, nth)
        }
        _ => {
            if name == "q" || name == "y" {
                state.popups.pop();
            }
            Vec::new()
        }
    }
}

/// A click on the row of this index: in the copy menu it is chosen, elsewhere the cursor goes there, and a second click
/// chooses it.
pub(super) fn click(state: &mut State, index: usize, again: bool) -> Vec<Effect> {
    if matches!(state.popups.last(), Some(Popup::Copy)) {
        let action = copy_menu(state).nth(index).map(|row| row.action);
        state.popups.pop();
        return action.map_or_else(Vec::new, |action| actions::perform(state, action, 0));
    }
    if let Some(list) = state.popups.last_mut().and_then(Popup::list_mut) {
        list.cursor = index;
    }
    if again { enter(state) } else { Vec::new() }
}

/// Cursors of popups stay in range.
pub(super) fn settle(state: &mut State) {
    let Some(popup) = state.popups.last() else { return };
    let count = rows::count_in(state, popup);
    if let Some(list) = state.popups.last_mut().and_then(Popup::list_mut) {
        list.cursor = list.cursor.min(count.saturating_sub(1));
    }
}

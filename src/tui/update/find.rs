//! Finding text in the focused pane: `/`, `n`, `N`.

use crossterm::event::KeyEvent;
use tui_input::Input;

use super::{keys, moves};
use crate::tui::effect::Effect;
use crate::tui::rows;
use crate::tui::state::{Find, Level, State};

/// `/`: a field; the cursor goes to the first hit while one types.
pub(super) fn open(state: &mut State) {
    let from = rows::cursor(state, state.focus);
    state.find = Some(Find { pane: state.focus, input: Input::default(), typing: true, from });
}

/// A key while the field is open.
pub(super) fn key(state: &mut State, key: &KeyEvent, name: &str) -> Vec<Effect> {
    let Some(find) = &mut state.find else { return Vec::new() };
    match name {
        "Esc" => {
            let (pane, from) = (find.pane, find.from);
            state.find = None;
            moves::move_in(state, pane, from);
        }
        "Enter" => {
            find.typing = false;
            if find.input.value().is_empty() {
                state.find = None;
            } else if current_is_no_hit(state) {
                nothing(state);
            }
        }
        _ => {
            if keys::edit(&mut find.input, key) {
                seek(state);
            }
        }
    }
    Vec::new()
}

/// Moves to the first hit from where the search began; back there when there is none.
pub(super) fn seek(state: &mut State) {
    let Some(find) = &state.find else { return };
    let (pane, from) = (find.pane, find.from);
    let to = rows::find(state, find, from, true).unwrap_or(from);
    moves::move_in(state, pane, to);
}

/// `n` and `N`: the next hit or the one before, round the end, in the pane that has the focus now.
pub(super) fn next(state: &mut State, forward: bool) {
    let focus = state.focus;
    let Some(find) = &mut state.find else { return };
    find.pane = focus;
    let find = find.clone();
    let (count, cursor) = (rows::count(state, focus).max(1), rows::cursor(state, focus));
    let from = if forward { (cursor + 1) % count } else { (cursor + count - 1) % count };
    match rows::find(state, &find, from, forward) {
        Some(row) => moves::move_in(state, focus, row),
        None => nothing(state),
    }
}

fn current_is_no_hit(state: &State) -> bool {
    let Some(find) = &state.find else { return false };
    rows::current(state, find.pane).is_none_or(|row| !find.hits(&row.cells.join(" ")))
}

fn nothing(state: &mut State) {
    let wanted = state.find.as_ref().map(|find| find.input.value().to_owned()).unwrap_or_default();
    state.say(Level::Info, format!("{wanted} is not to be found in this pane."));
}

//! The mouse: a click goes where it points, a second one in a moment is Enter, the wheel scrolls what it is over. What
//! names a key is that key.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use jiff::SignedDuration;

use super::{actions, explain, form, keys, login, moves, popups};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::keymap;
use crate::tui::rows;
use crate::tui::state::{AnswerTab, Pane, State, Target, TokenTab};

/// Rows for one notch of the wheel.
const NOTCH: isize = 3;
/// Two clicks within this are one double click.
const TWICE: SignedDuration = SignedDuration::from_millis(400);

pub(super) fn mouse(state: &mut State, event: MouseEvent) -> Vec<Effect> {
    let target = state.seen.at(event.column, event.row);
    match event.kind {
        MouseEventKind::ScrollUp => wheel(state, target, -NOTCH),
        MouseEventKind::ScrollDown => wheel(state, target, NOTCH),
        MouseEventKind::Down(MouseButton::Left) => {
            let again = target.is_some_and(|target| is_second(state, target));
            // A third click begins anew.
            state.clicked = target.filter(|_| !again).map(|target| (target, state.now));
            return if state.popups.is_empty() { click(state, target, again) } else { in_popup(state, target, again) };
        }
        _ => {}
    }
    Vec::new()
}

fn is_second(state: &State, target: Target) -> bool {
    let since = state.clicked.filter(|(before, _)| *before == target).map(|(_, at)| state.now.duration_since(at));
    since.is_some_and(|since| since <= TWICE)
}

/// While a popup is open: its rows, fields and keys; beside it, it closes.
fn in_popup(state: &mut State, target: Option<Target>, again: bool) -> Vec<Effect> {
    match target {
        Some(Target::Popup) => {}
        Some(Target::PopupRow(index)) => return popups::click(state, index, again),
        Some(Target::Field(_)) if state.login().is_some() => login::click(state),
        Some(Target::Field(place)) => form::click(state, place),
        Some(Target::Key(name)) => return press(state, name),
        // A click that only gives the terminal the focus, on the way back from the browser, ends no login.
        _ if state.login().is_some() => {}
        _ => return press(state, "Esc"),
    }
    Vec::new()
}

fn press(state: &mut State, name: &str) -> Vec<Effect> {
    keymap::press(name).map_or_else(Vec::new, |key| keys::key(state, &key))
}

fn click(state: &mut State, target: Option<Target>, again: bool) -> Vec<Effect> {
    let Some(target) = target else { return Vec::new() };
    if let Some(pane) = target.pane() {
        state.focus = pane;
    }
    match target {
        Target::Row(pane, index) => return row(state, pane, index, again),
        Target::Tab(pane, place) => tab(state, pane, place),
        Target::Action(action) => {
            state.log.dismiss();
            let nth = if action == Action::Send { state.endpoint } else { 0 };
            return actions::perform(state, action, nth);
        }
        Target::Key(name) => return press(state, name),
        Target::Marks => explain::marks(state),
        Target::Which(which) => moves::show_which(state, which),
        Target::Pane(_) | Target::Popup | Target::PopupRow(_) | Target::Field(_) => {}
    }
    Vec::new()
}

/// In the lists a click selects and a double click is Enter; elsewhere a click on the row under the cursor unfolds it.
fn row(state: &mut State, pane: Pane, index: usize, again: bool) -> Vec<Effect> {
    let there = rows::cursor(state, pane) == index;
    match state.pane_view_mut(pane) {
        Some(view) if there => _ = view.unfolded.remove(&index) || view.unfolded.insert(index),
        Some(_) => moves::move_in(state, pane, index),
        None if again && there => return actions::perform(state, Action::Open, 0),
        None => {
            moves::move_in(state, pane, index);
            // Where it stands stays: the row under the pointer does not run away.
            let top = state.seen.top(pane);
            state.scrolled = Some((pane, top));
        }
    }
    Vec::new()
}

fn tab(state: &mut State, pane: Pane, place: usize) {
    match pane {
        Pane::Token => {
            if let Some(tab) = TokenTab::ALL.get(place) {
                state.token_tab = *tab;
                state.token_view.reset();
            }
        }
        Pane::Inspect(pane) => super::inspect::tab_at(state, pane, place),
        _ => {
            if let Some(tab) = AnswerTab::ALL.get(place) {
                state.answer_tab = *tab;
                state.answer_view.reset();
            }
        }
    }
}

/// Over a pane of rows its cursor moves; a list moves under its selection, for selecting would be more than looking.
fn wheel(state: &mut State, target: Option<Target>, by: isize) {
    if !state.popups.is_empty() {
        popups::by(state, by);
        return;
    }
    match target.and_then(Target::pane) {
        Some(pane @ (Pane::Token | Pane::Answer | Pane::Inspect(_))) => {
            let to = rows::cursor(state, pane).saturating_add_signed(by);
            moves::move_in(state, pane, to);
        }
        Some(pane) => {
            let last = rows::count(state, pane).saturating_sub(state.seen.height(Some(pane)));
            let top = state.seen.top(pane).saturating_add_signed(by).min(last);
            state.scrolled = Some((pane, top));
        }
        None => {}
    }
}

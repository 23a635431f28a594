//! Moving about: panes, tabs, rows, profiles. And what holds after every message: selections stay in range.

use super::results;
use crate::engine::Which;
use crate::tui::rows;
use crate::tui::state::{AnswerTab, InspectPane, Pane, State};

/// Moves the focused pane's cursor by so many rows.
pub(super) fn by(state: &mut State, rows: isize) {
    let to = rows::cursor(state, state.focus).saturating_add_signed(rows);
    self::to(state, to);
}

/// Moves the focused pane's cursor by as many rows as are seen of it.
pub(super) fn page(state: &mut State, forward: bool) {
    let rows = isize::try_from(state.seen.height(Some(state.focus))).unwrap_or(1);
    by(state, if forward { rows } else { -rows });
}

/// Moves the focused pane's cursor to this row, or to the last one.
pub(super) fn to(state: &mut State, row: usize) {
    move_in(state, state.focus, row);
}

/// Moves this pane's cursor to this row, or to the last one. In the lists that selects.
pub(super) fn move_in(state: &mut State, pane: Pane, row: usize) {
    let last = rows::count(state, pane).saturating_sub(1);
    let row = row.min(last);
    match pane {
        Pane::Profiles => select_profile(state, row),
        Pane::Endpoints => select_endpoint(state, row),
        Pane::Token => state.token_view.cursor = row,
        Pane::Answer => state.answer_view.cursor = row,
        Pane::Inspect(pane) => state.inspect.view_mut(pane).cursor = row,
    }
}

/// Selects the profile beside this one, round the end.
pub(super) fn step_profile(state: &mut State, forward: bool) {
    let count = state.views.len().max(1);
    let step = if forward { 1 } else { count - 1 };
    select_profile(state, (state.selected + step) % count);
}

/// Selects a profile. The selected endpoint stays when the profile sees it too. Sends nothing.
pub(super) fn select_profile(state: &mut State, place: usize) {
    if place == state.selected || place >= state.views.len() {
        return;
    }
    let endpoint = state.selected_endpoint().map(|view| view.id());
    state.selected = place;
    let same = endpoint.and_then(|id| state.endpoints().iter().position(|view| view.id() == id));
    state.endpoint = same.unwrap_or(0);
    state.revealed_until = None;
    state.token_view.reset();
    fresh_answer(state);
}

/// Selects an endpoint. Sends nothing.
pub(super) fn select_endpoint(state: &mut State, place: usize) {
    if place != state.endpoint && place < state.endpoints().len() {
        state.endpoint = place;
        fresh_answer(state);
    }
}

/// The answer pane shows something else: from its first row, on the tab that has the most to say about it.
pub(super) fn fresh_answer(state: &mut State) {
    state.answer_view.reset();
    if matches!(state.answer_tab, AnswerTab::Why | AnswerTab::Body) {
        let content = state.shown_answer().is_some_and(|answer| results::is_as_hoped(answer));
        state.answer_tab = if content { AnswerTab::Body } else { AnswerTab::Why };
    }
}

/// The focused pane's tab to the left or right.
pub(super) fn tab(state: &mut State, forward: bool) {
    match state.focus {
        Pane::Token => {
            state.token_tab = state.token_tab.step(forward);
            state.token_view.reset();
        }
        Pane::Answer => {
            state.answer_tab = state.answer_tab.step(forward);
            state.answer_view.reset();
        }
        Pane::Inspect(pane) => super::inspect::tab(state, pane, forward),
        Pane::Profiles | Pane::Endpoints => {}
    }
}

/// The next of the tokens that came together, round the end.
pub(super) fn next_which(state: &mut State) {
    let (kinds, now) = (state.kinds(), state.which());
    let place = kinds.iter().position(|which| *which == now).unwrap_or(0);
    if let Some(next) = kinds.get((place + 1) % kinds.len().max(1)) {
        show_which(state, *next);
    }
}

/// The token pane shows this one of the tokens that came together.
pub(super) fn show_which(state: &mut State, which: Which) {
    state.which = which;
    state.token_view.reset();
}

/// The next pane, or the one before.
pub(super) fn step_pane(state: &mut State, forward: bool) {
    state.focus = state.focus.step(forward);
}

/// What holds after every message, whatever it was.
pub(super) fn settle(state: &mut State) {
    state.selected = state.selected.min(state.views.len().saturating_sub(1));
    state.endpoint = state.endpoint.min(state.endpoints().len().saturating_sub(1));
    super::inspect::settle(state);
    let inspect = InspectPane::ALL.map(Pane::Inspect);
    for pane in [Pane::Token, Pane::Answer].into_iter().chain(inspect) {
        let count = rows::count(state, pane);
        if let Some(view) = state.pane_view_mut(pane) {
            view.cursor = view.cursor.min(count.saturating_sub(1));
            view.top = view.top.min(view.cursor);
        }
    }
    if state.revealed_until.is_some_and(|until| state.now >= until) {
        state.revealed_until = None;
    }
    super::popups::settle(state);
}

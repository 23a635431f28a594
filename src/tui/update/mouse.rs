//! The mouse: a click goes where it points, the wheel scrolls what it is over. Nothing is ever sent by it.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::{form, moves, popups};
use crate::tui::rows;
use crate::tui::state::{AnswerTab, Pane, State, Target, TokenTab};

/// Rows for one notch of the wheel.
const NOTCH: isize = 3;

pub(super) fn mouse(state: &mut State, event: MouseEvent) {
    let target = state.seen.at(event.column, event.row);
    match (event.kind, target) {
        (MouseEventKind::ScrollUp, target) => wheel(state, target, -NOTCH),
        (MouseEventKind::ScrollDown, target) => wheel(state, target, NOTCH),
        (MouseEventKind::Down(MouseButton::Left), Some(Target::Field(place))) => form::click(state, place),
        (MouseEventKind::Down(MouseButton::Left), Some(target)) if state.popups.is_empty() => click(state, target),
        _ => {}
    }
}

fn click(state: &mut State, target: Target) {
    if let Some(pane) = target.pane() {
        state.focus = pane;
    }
    match target {
        Target::Pane(_) | Target::Field(_) => {}
        Target::Row(pane, index) => {
            // A second click on the row shows it in full, as Enter does.
            let there = rows::cursor(state, pane) == index;
            match state.pane_view_mut(pane) {
                Some(view) if there => _ = view.unfolded.remove(&index) || view.unfolded.insert(index),
                _ => moves::move_in(state, pane, index),
            }
        }
        Target::Tab(Pane::Token, place) => {
            if let Some(tab) = TokenTab::ALL.get(place) {
                state.token_tab = *tab;
                state.token_view.reset();
            }
        }
        Target::Tab(_, place) => {
            if let Some(tab) = AnswerTab::ALL.get(place) {
                state.answer_tab = *tab;
                state.answer_view.reset();
            }
        }
    }
}

/// Over a pane of rows its cursor moves; over the lists nothing does, for that would select.
fn wheel(state: &mut State, target: Option<Target>, rows: isize) {
    if !state.popups.is_empty() {
        popups::by(state, rows);
    } else if let Some(pane @ (Pane::Token | Pane::Answer)) = target.and_then(Target::pane) {
        let to = rows::cursor(state, pane).saturating_add_signed(rows);
        moves::move_in(state, pane, to);
    }
}

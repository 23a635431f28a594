//! When each action of the table can do something.
//!
//! Pure.

use crate::engine::Which;
use crate::tui::state::{InspectPane, Pane, State};

/// Whether the selected profile's authorization server is the bundled one.
pub fn is_demo(state: &State) -> bool {
    state.profile().and_then(|profile| state.profiles.provider(&profile.provider)).is_some_and(|server| server.embedded)
}

pub(super) fn always(_: &State) -> bool {
    true
}

pub(super) fn inspects(state: &State) -> bool {
    state.inspects()
}

pub(super) fn has_subject(state: &State) -> bool {
    state.subject().is_some()
}

pub(super) fn has_profile(state: &State) -> bool {
    !state.inspects() && state.profile().is_some()
}

pub(super) fn has_something_to_inspect(state: &State) -> bool {
    state.has_something_to_inspect()
}

pub(super) fn has_rows(state: &State) -> bool {
    has_profile(state) || has_something_to_inspect(state)
}

pub(super) fn has_provider(state: &State) -> bool {
    has_subject(state) || state.profile().is_some()
}

pub(super) fn has_public_key(state: &State) -> bool {
    state.inspects() && state.public_key().is_some()
}

pub(super) fn has_signer(state: &State) -> bool {
    state.inspects() && state.inspect.signer.is_some()
}

pub(super) fn has_environments(state: &State) -> bool {
    !state.profiles.environments.is_empty()
}

pub(super) fn can_undo(state: &State) -> bool {
    state.edits.can_undo()
}

pub(super) fn can_redo(state: &State) -> bool {
    state.edits.can_redo()
}

pub(super) fn has_edits(state: &State) -> bool {
    state.views.iter().any(|view| !view.changes.is_empty()) || state.has_additions()
}

pub(super) fn has_profiles(state: &State) -> bool {
    state.views.len() > 1
}

pub(super) fn has_endpoint(state: &State) -> bool {
    !state.inspects() && state.selected_endpoint().is_some()
}

pub(super) fn has_sent(state: &State) -> bool {
    !state.inspects() && state.last_sent.is_some()
}

pub(super) fn has_token(state: &State) -> bool {
    if state.inspects() { has_subject(state) } else { has_held(state) }
}

pub(super) fn has_held(state: &State) -> bool {
    state.view().is_some_and(|view| view.token.held.is_some())
}

/// Whether the token that is seen is the one in hand: its provider can be asked about it.
pub(super) fn has_shown(state: &State) -> bool {
    has_held(state) && state.is_in_hand()
}

/// Any other token can be asked about too, by a profile that is chosen.
pub(super) fn can_introspect(state: &State) -> bool {
    has_shown(state) || has_subject(state) && state.profile().is_some()
}

pub(super) fn has_person(state: &State) -> bool {
    !state.inspects() && state.needs_person(state.selected)
}

/// Whether a login can be ended: there is a refresh token, or there may be one that is remembered.
pub(super) fn has_login(state: &State) -> bool {
    has_person(state) || state.kinds().contains(&Which::Refresh)
}

pub(super) fn has_kinds(state: &State) -> bool {
    if state.inspects() { state.inspect.together.place().is_some() } else { state.kinds().len() > 1 }
}

pub(super) fn has_previous(state: &State) -> bool {
    !state.inspects() && state.view().is_some_and(|view| view.token.previous.is_some() && view.token.held.is_some())
}

pub(super) fn has_remedy(state: &State) -> bool {
    !state.inspects() && state.remedy().is_some()
}

pub(super) fn has_exchange(state: &State) -> bool {
    state.exchange_behind().is_some()
}

pub(super) fn has_answer(state: &State) -> bool {
    !state.inspects()
        && state
            .selected_call()
            .is_some_and(|call| call.result.as_ref().is_some_and(|result| result.answer().is_some()))
}

pub(super) fn has_body(state: &State) -> bool {
    !state.inspects() && state.shown_response().is_some_and(|response| !response.body.is_empty())
}

pub(super) fn has_something_to_copy(state: &State) -> bool {
    has_token(state) || has_exchange(state) || has_something_to_inspect(state)
}

pub(super) fn is_finding(state: &State) -> bool {
    state.find.as_ref().is_some_and(|find| !find.input.value().is_empty())
}

pub(super) fn has_tabs(state: &State) -> bool {
    matches!(state.focus, Pane::Token | Pane::Answer | Pane::Inspect(InspectPane::Content | InspectPane::Trust))
}

pub(super) fn can_cancel(state: &State) -> bool {
    let working = state.view().is_some_and(|view| view.running() > 0);
    working || state.inspect.verifying.is_some() || state.find.is_some() || !state.popups.is_empty()
}

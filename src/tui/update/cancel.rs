//! Cancelling: what is under way is dropped where it stands, and what waited for it waits no more.

use super::{acts, inspect, login};
use crate::engine::EndpointId;
use crate::tui::effect::Effect;
use crate::tui::state::{CallResult, Level, Pane, ProfileView, State, Waiting};

/// Esc: what the focused pane waits for.
pub(super) fn pane(state: &mut State) -> Vec<Effect> {
    if state.inspects() {
        return inspect::cancel(state);
    }
    let place = state.selected;
    let fetching = state.view().is_some_and(|view| view.token.fetching.is_some());
    let calling = state.selected_call().is_some_and(|call| call.running.is_some());
    // What the focused pane waits for goes first; when it waits for nothing, what the other one waits for.
    let fetch_first = matches!(state.focus, Pane::Profiles | Pane::Token) && fetching;
    if fetch_first || !calling {
        let effects = fetch(state, place);
        if !effects.is_empty() {
            state.say(Level::Info, "Cancelled; no new token was got.");
        }
        return effects;
    }
    let Some(id) = state.selected_endpoint().map(|view| view.id()) else { return Vec::new() };
    let mut effects: Vec<_> = call(state, place, &id).into_iter().collect();
    state.say(Level::Info, format!("Cancelled {}.", id.endpoint));
    // A fetch that only this call wanted goes with it.
    let idle = state.views.get(place).is_some_and(|view| {
        let waiting = view.calls.values().any(|call| matches!(call.running, Some((_, Waiting::Token))));
        view.token.fetching.is_some() && !view.token.wanted && !waiting
    });
    if idle {
        effects.extend(fetch(state, place));
    }
    effects
}

/// Ctrl-C: everything.
pub(super) fn all(state: &mut State) -> Vec<Effect> {
    let mut effects = quietly(state, |_| true);
    effects.extend(inspect::cancel_quietly(state));
    state.say(Level::Info, "Cancelled everything under way.");
    effects
}

/// Everything of the profiles of which this holds.
pub(super) fn quietly(state: &mut State, is_meant: impl Fn(&ProfileView) -> bool) -> Vec<Effect> {
    let mut effects = acts::cancel_quietly(state, &is_meant);
    for place in 0..state.views.len() {
        if !state.views.get(place).is_some_and(&is_meant) {
            continue;
        }
        effects.extend(fetch(state, place));
        let ids: Vec<_> = state.views.get(place).map(|view| view.calls.keys().cloned().collect()).unwrap_or_default();
        effects.extend(ids.iter().filter_map(|id| call(state, place, id)));
    }
    effects
}

/// Cancels the fetch and the calls that wait for it.
pub(super) fn fetch(state: &mut State, place: usize) -> Vec<Effect> {
    let now = state.now;
    let Some(view) = state.views.get_mut(place) else { return Vec::new() };
    let Some(running) = view.token.fetching.take() else { return Vec::new() };
    view.token.wanted = false;
    for call in view.calls.values_mut().filter(|call| matches!(call.running, Some((_, Waiting::Token)))) {
        call.running = None;
        call.result.get_or_insert(CallResult::Cancelled { at: now });
    }
    login::ended(state, running.run);
    vec![Effect::Cancel(running.run)]
}

fn call(state: &mut State, place: usize, id: &EndpointId) -> Option<Effect> {
    let now = state.now;
    let call = state.views.get_mut(place)?.calls.get_mut(id)?;
    let (running, waiting) = call.running.take()?;
    call.result.get_or_insert(CallResult::Cancelled { at: now });
    (waiting == Waiting::Answer).then_some(Effect::Cancel(running.run))
}

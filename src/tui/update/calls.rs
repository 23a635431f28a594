//! Tokens and calls: what is asked of the engine. One call in flight a profile and endpoint; one
//! fetch a profile, which every call that needs a token waits for.

use std::sync::Arc;

use super::{edits, login, menus, moves, protected};
use crate::audit::Remedy;
use crate::config::Changes;
use crate::engine::{EndpointId, HeldToken, ProbeAsk, SendAs, TokenAsk};
use crate::oauth::ScopeSet;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{EndpointView, Level, Pane, Popup, RunId, Running, State, Then, Waiting};

/// A number key: selects the endpoint and sends it, unless its method may change something.
pub(super) fn by_number(state: &mut State, place: usize) -> Vec<Effect> {
    let Some(view) = state.endpoint_at(place) else {
        let count = state.endpoints().len();
        state.say(Level::Info, format!("There is no endpoint {}: this profile sees {count}.", place + 1));
        return Vec::new();
    };
    let (id, safe, method) = (view.id(), view.endpoint.is_safe(), view.endpoint.method.clone());
    moves::select_endpoint(state, place);
    if safe {
        return send(state, &id, SendAs::Profile, false);
    }
    state.focus = Pane::Endpoints;
    state.say(Level::Info, format!("{method} may change something: Enter sends it, after asking."));
    Vec::new()
}

/// `.`: the last endpoint that was sent, with the profile that is selected now.
pub(super) fn again(state: &mut State) -> Vec<Effect> {
    let Some(id) = state.last_sent.clone() else { return Vec::new() };
    let Some(place) = state.endpoints().iter().position(|view| view.id() == id) else {
        state.say(Level::Info, format!("This profile does not see {}.", id.endpoint));
        return Vec::new();
    };
    moves::select_endpoint(state, place);
    ask_or_send(state, &id, SendAs::Profile)
}

/// `a`: every endpoint whose method changes nothing.
pub(super) fn all(state: &mut State) -> Vec<Effect> {
    let views = state.endpoints();
    let left_out = views.iter().filter(|view| !view.endpoint.is_safe()).count();
    let safe: Vec<_> = views.iter().filter(|view| view.endpoint.is_safe()).map(EndpointView::id).collect();
    let guarded = views.iter().any(|view| view.endpoint.is_safe() && !view.endpoint.is_public());
    drop(views);
    let needs_token = guarded && needs_fetch(state);
    if protected::asks(state, needs_token, &safe, Then::All) {
        return Vec::new();
    }
    let last = state.last_sent.clone();
    let effects = safe.iter().flat_map(|id| send(state, id, SendAs::Profile, false)).collect();
    // "The last one again" stays what the user chose last.
    state.last_sent = last.or_else(|| state.selected_endpoint().map(|view| view.id()));
    if left_out > 0 {
        state.say(Level::Info, format!("{left_out} left out: their method may change something."));
    }
    effects
}

/// Sends, or asks first when what is sent is a token that is not for an API.
pub(super) fn warn_or_send(state: &mut State, id: &EndpointId, send_as: SendAs) -> Vec<Effect> {
    let SendAs::Token(token) = &send_as else { return ask_or_send(state, id, send_as) };
    let Some(warning) = token.warning() else { return ask_or_send(state, id, send_as) };
    state.popups.push(Popup::Mistaken { warning, endpoint: id.clone(), token: Arc::clone(token) });
    Vec::new()
}

/// Sends, or asks first when the method may change something.
pub(super) fn ask_or_send(state: &mut State, id: &EndpointId, send_as: SendAs) -> Vec<Effect> {
    let Some(safe) = state.endpoints().iter().find(|view| view.id() == *id).map(|view| view.endpoint.is_safe()) else {
        return Vec::new();
    };
    if safe {
        return send(state, id, send_as, false);
    }
    menus::confirm(state, id, send_as);
    Vec::new()
}

/// Sends, replacing a call of the same endpoint that is under way. Gets a token first when one is needed.
pub(super) fn send(state: &mut State, id: &EndpointId, send_as: SendAs, confirmed: bool) -> Vec<Effect> {
    let Some(public) = state.endpoints().iter().find(|view| view.id() == *id).map(|view| view.endpoint.is_public())
    else {
        return Vec::new();
    };
    let needs_token = matches!(send_as, SendAs::Profile) && !public;
    let then = Then::Send { endpoint: id.clone(), send_as: send_as.clone(), confirmed };
    let fetches = needs_token && needs_fetch(state);
    if protected::asks(state, fetches, std::slice::from_ref(id), then) {
        return Vec::new();
    }
    state.last_sent = Some(id.clone());
    let (now, place) = (state.now, state.selected);
    let usable = state.holds_usable_token(place);
    let Some(view) = state.views.get_mut(place) else { return Vec::new() };
    let fetching = view.token.fetching;
    let call = view.calls.entry(id.clone()).or_default();
    let mut effects = Vec::new();
    if let Some((running, Waiting::Answer)) = call.running {
        effects.push(Effect::Cancel(running.run));
    }
    call.send_as = send_as;
    call.confirmed = confirmed;
    call.by_remedy = false;
    if needs_token && (fetching.is_some() || !usable) {
        let since = Running { run: RunId(0), since: now };
        call.running = Some((since, Waiting::Token));
        if fetching.is_none() {
            effects.extend(fetch(state, place, false, false));
        }
    } else {
        effects.extend(probe(state, place, id));
    }
    effects
}

/// Whether a call that needs the selected profile's token would have one got.
fn needs_fetch(state: &State) -> bool {
    let fetching = state.view().is_some_and(|view| view.token.fetching.is_some());
    !fetching && !state.holds_usable_token(state.selected)
}

/// Sends a call whose token, if it needs one, is in hand.
pub(super) fn probe(state: &mut State, place: usize, id: &EndpointId) -> Option<Effect> {
    let (run, now) = (state.new_run(), state.now);
    let usable = state.holds_usable_token(place);
    let environment = state.profiles.environment.clone();
    let view = state.views.get_mut(place)?;
    let (pinned, held) = (view.token.pinned && usable, view.token.held.clone());
    let call = view.calls.get_mut(id)?;
    call.running = Some((Running { run, since: now }, Waiting::Answer));
    let send_as = match (&call.send_as, held) {
        (SendAs::Profile, Some(held)) if pinned => SendAs::Token(held),
        (other, _) => other.clone(),
    };
    let ask = ProbeAsk {
        profile: view.name.clone(),
        environment,
        changes: view.changes.clone(),
        endpoint: id.clone(),
        send_as,
        unsafe_allowed: call.confirmed,
    };
    Some(Effect::Probe { run, ask })
}

/// `t`: a new token, in place of a fetch under way.
pub(super) fn new_token(state: &mut State) -> Vec<Effect> {
    if protected::asks(state, true, &[], Then::Token) {
        return Vec::new();
    }
    fetch(state, state.selected, true, true)
}

/// Begins a fetch, in place of one under way. `wanted`: for its own sake, not only for a call.
pub(super) fn fetch(state: &mut State, place: usize, fresh: bool, wanted: bool) -> Vec<Effect> {
    let (run, now) = (state.new_run(), state.now);
    let environment = state.profiles.environment.clone();
    let Some(view) = state.views.get_mut(place) else { return Vec::new() };
    let replaced = view.token.fetching.replace(Running { run, since: now });
    view.token.wanted = wanted;
    let ask = TokenAsk { profile: view.name.clone(), environment, changes: view.changes.clone(), fresh };
    if let Some(running) = replaced {
        login::ended(state, running.run);
    }
    replaced.map(|running| Effect::Cancel(running.run)).into_iter().chain([Effect::Fetch { run, ask }]).collect()
}

/// `f`: what the diagnosis proposes first, then the same call again.
pub(super) fn fix(state: &mut State) -> Vec<Effect> {
    let (Some(remedy), Some(id)) = (state.remedy().cloned(), state.selected_endpoint().map(|view| view.id())) else {
        return Vec::new();
    };
    let place = state.selected;
    if protected::asks(state, !matches!(remedy, Remedy::SendWithToken), std::slice::from_ref(&id), Then::Fix) {
        return Vec::new();
    }
    let mut effects = Vec::new();
    match remedy {
        Remedy::AskForScopes(missing) => {
            let scopes = Some(state.scopes_of(place).with(&missing));
            if let Some(changes) = state.view().map(|view| view.changes.clone()) {
                edits::change(state, place, Changes { scopes, ..changes });
            }
            effects.extend(fetch(state, place, true, false));
        }
        Remedy::NewToken => effects.extend(fetch(state, place, true, false)),
        Remedy::SendWithToken => {}
    }
    effects.extend(ask_or_send(state, &id, SendAs::Profile));
    if let Some(call) = state.view_mut().and_then(|view| view.calls.get_mut(&id)) {
        call.by_remedy = true;
    }
    effects
}

/// `,`: the token before takes its place back, and exactly that one is sent until it ends or a new one is got.
pub(super) fn put_back(state: &mut State) {
    let Some(view) = state.view_mut() else { return };
    let token = &mut view.token;
    std::mem::swap(&mut token.held, &mut token.previous);
    token.pinned = true;
    token.failed = None;
    let name = token.held.as_ref().map_or_else(String::new, |held| held.token.fingerprint().to_string());
    state.token_view.reset();
    let (swap, new) = (state.key(Action::PutBack), state.key(Action::NewToken));
    let words = format!("Token {name} is back in place and will be sent; {swap} swaps again, {new} gets a new one.");
    state.say(Level::Done, words);
}

/// What the profile at this place asks for is different now: a fetch under way is begun anew.
pub(super) fn fetch_anew(state: &mut State, place: usize) -> Vec<Effect> {
    match state.views.get(place).map(|view| (view.token.fetching.is_some(), view.token.wanted)) {
        Some((true, wanted)) => fetch(state, place, true, wanted),
        _ => Vec::new(),
    }
}

impl State {
    /// The scopes that the profile at this place asks for: this session's, else its own.
    pub fn scopes_of(&self, place: usize) -> ScopeSet {
        let session = self.views.get(place).and_then(|view| view.changes.scopes.clone());
        session.unwrap_or_else(|| {
            self.profiles.profiles.get(place).map(|profile| profile.scopes.clone()).unwrap_or_default()
        })
    }

    /// Whether the profile at this place holds a token that the next call can be sent with.
    pub fn holds_usable_token(&self, place: usize) -> bool {
        let scopes = self.scopes_of(place);
        self.views.get(place).is_some_and(|view| {
            let token = &view.token;
            let as_asked = |held: &HeldToken| held.asked == scopes && held.changes == view.changes;
            let fits = token.held.as_ref().is_some_and(|held| token.pinned || as_asked(held));
            fits && token.is_usable(self.now)
        })
    }
}

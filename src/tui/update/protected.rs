//! Protected environments, that is production: before something is sent there for the first time, it is asked.

use super::{acts, calls, inspect, login};
use crate::config::Profile;
use crate::engine::{EndpointId, TokenAct};
use crate::oauth::ServerEndpoint;
use crate::tui::effect::Effect;
use crate::tui::state::{Asked, Cleared, Popup, Question, State, Then, host_of};

/// Opens the question when one of these goes into a protected environment for the first time; says whether it did.
pub(super) fn asks(state: &mut State, token: bool, endpoints: &[EndpointId], then: Then) -> bool {
    let Some(environment) = state.protected().map(str::to_owned) else { return false };
    let mut calls = Vec::new();
    if token {
        calls.extend(token_call(state));
    }
    let views = state.endpoints();
    calls.extend(views.iter().filter(|view| endpoints.contains(&view.id())).map(|view| Asked {
        what: Cleared::Endpoint(view.id()),
        method: view.endpoint.method.clone(),
        host: view.host(),
        words: view.endpoint.path.clone(),
    }));
    drop(views);
    calls.retain(|call| !state.cleared.contains(&(environment.clone(), call.what.clone())));
    if calls.is_empty() {
        return false;
    }
    state.popups.push(Popup::Protected(Question { environment, calls, then }));
    true
}

/// The same for something that is done with a token at its provider.
pub(super) fn asks_act(state: &mut State, act: TokenAct) -> bool {
    let call = state.profile().and_then(|profile| act_call(state, profile, act));
    asks_once(state, call, Then::Act(act))
}

/// The same for a token from anywhere that this profile's provider is asked about.
pub(super) fn asks_introspection(state: &mut State, profile: &str) -> bool {
    let asking = state.profiles.profile(profile);
    let call = asking.and_then(|profile| act_call(state, profile, TokenAct::Introspect));
    let call = call.map(|call| Asked { words: "the token under inspection, to be introspected".to_owned(), ..call });
    asks_once(state, call, Then::Introspect(profile.to_owned()))
}

fn asks_once(state: &mut State, call: Option<Asked>, then: Then) -> bool {
    let (Some(environment), Some(call)) = (state.protected().map(str::to_owned), call) else { return false };
    if state.cleared.contains(&(environment.clone(), call.what.clone())) {
        return false;
    }
    state.popups.push(Popup::Protected(Question { environment, calls: vec![call], then }));
    true
}

fn act_call(state: &State, profile: &Profile, act: TokenAct) -> Option<Asked> {
    let by_hand = match act {
        TokenAct::Introspect => ServerEndpoint::Introspection,
        TokenAct::Revoke => ServerEndpoint::Revocation,
        TokenAct::UserInfo => ServerEndpoint::UserInfo,
        TokenAct::EndSession => ServerEndpoint::EndSession,
    };
    let call = call_at(state, profile, Some(by_hand))?;
    let Cleared::Token(profile) = call.what else { return None };
    let (method, words) = match act {
        TokenAct::Introspect => ("POST", format!("the token of {profile}, to be introspected")),
        TokenAct::Revoke => ("POST", format!("the token of {profile}, to be revoked")),
        TokenAct::UserInfo => ("GET", format!("userinfo, with the token of {profile}")),
        TokenAct::EndSession => ("POST", format!("the end of the login of {profile}")),
    };
    Some(Asked { what: Cleared::Act(profile, act), method: method.to_owned(), words, ..call })
}

fn token_call(state: &State) -> Option<Asked> {
    call_at(state, state.profile()?, None)
}

/// A call to the profile's provider: to this endpoint where it is given by hand, else to that of tokens.
fn call_at(state: &State, profile: &Profile, which: Option<ServerEndpoint>) -> Option<Asked> {
    let provider = state.profiles.provider(&profile.provider)?;
    let by_hand = which.and_then(|which| provider.by_hand(which)).or(provider.token_endpoint.as_deref());
    let address = by_hand.unwrap_or(provider.issuer.as_str());
    Some(Asked {
        what: Cleared::Token(profile.name.clone()),
        method: "POST".to_owned(),
        host: host_of(address),
        words: format!("a token for {}", profile.name),
    })
}

/// A yes: what was asked about is cleared, and done.
pub(super) fn answered(state: &mut State, question: Question) -> Vec<Effect> {
    // Meanwhile another environment may have been chosen: then the yes was to something else.
    if state.protected() != Some(question.environment.as_str()) {
        return Vec::new();
    }
    let cleared = question.calls.into_iter().map(|call| (question.environment.clone(), call.what));
    state.cleared.extend(cleared);
    match question.then {
        Then::Token => calls::new_token(state),
        Then::LogIn(way) => login::anew(state, way),
        Then::Act(act) => acts::ask(state, act),
        Then::Introspect(profile) => inspect::introspect(state, profile),
        Then::Send { endpoint, send_as, confirmed } => calls::send(state, &endpoint, send_as, confirmed),
        Then::All => calls::all(state),
        Then::Fix => calls::fix(state),
    }
}

/// A yes to one endpoint, given in another question that named the environment.
pub(super) fn clear(state: &mut State, endpoint: &EndpointId) {
    if let Some(environment) = state.protected().map(str::to_owned) {
        state.cleared.insert((environment, Cleared::Endpoint(endpoint.clone())));
    }
}

impl State {
    /// The environment that holds, when it is a protected one.
    pub fn protected(&self) -> Option<&str> {
        self.profiles.current_environment().filter(|now| now.protected).map(|now| now.name.as_str())
    }
}

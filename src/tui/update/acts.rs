//! What is done with the token in hand at its provider: introspection, revocation, userinfo, the end of the login.

use super::protected;
use crate::engine::{Acted, Failure, LoggedOut, TokenAct, Which};
use crate::tui::effect::Effect;
use crate::tui::state::{ActOutcome, ActView, Entry, Level, List, Popup, ProfileView, RunId, State, TokenSlot};

/// Does this with the token that the token pane shows, and opens the popup that waits for what comes of it.
pub(super) fn ask(state: &mut State, act: TokenAct) -> Vec<Effect> {
    if act == TokenAct::Revoke && state.which() == Which::Id {
        let text =
            "An ID token cannot be revoked: it only says who logged in, and ends by itself (RFC 7009 section 2).";
        state.say(Level::Info, text);
        return Vec::new();
    }
    if protected::asks_act(state, act) {
        return Vec::new();
    }
    // These two are about the access token, whatever is looked at.
    let which = if matches!(act, TokenAct::UserInfo | TokenAct::EndSession) { Which::Access } else { state.which() };
    let run = state.new_run();
    let Some(view) = state.view() else { return Vec::new() };
    let (profile, held) = (view.name.clone(), view.token.held.clone());
    let token = held.as_ref().and_then(|held| held.piece(which)).map(|held| held.token.fingerprint());
    let effect = match (act, held) {
        (TokenAct::EndSession, _) => Effect::LogOut { run, profile: profile.clone() },
        (act, Some(held)) => Effect::Act { run, act, which, held },
        (_, None) => return Vec::new(),
    };
    let view = ActView { run, profile, act, which, token, outcome: None, list: List::default() };
    state.popups.push(Popup::Act(Box::new(view)));
    vec![effect]
}

/// It was done, or could not be.
pub(super) fn came(state: &mut State, run: RunId, result: Result<Acted, Failure>) {
    let Some(waiting) = waiting(state, run) else { return };
    let (profile, which, token) = (waiting.profile.clone(), waiting.which, waiting.token);
    match result {
        Ok(acted) => {
            let level = if acted.ok { Level::Done } else { Level::Warning };
            let (summary, revoked) = (acted.summary.clone(), acted.act == TokenAct::Revoke && acted.ok);
            waiting.outcome = Some(ActOutcome::Acted(acted));
            state.say(level, summary);
            if let (true, Some(token), Some(view)) = (revoked, token, state.view_of(&profile)) {
                view.token.revoked.push(token);
                // What an API makes of a revoked token is worth a look: it is sent until a new one is asked for.
                view.token.pinned |= which == Which::Access;
            }
        }
        Err(failure) => failed(state, run, failure),
    }
}

/// The login was ended, or could not be.
pub(super) fn logged_out(state: &mut State, run: RunId, result: Result<LoggedOut, Failure>) -> Vec<Effect> {
    let Some(waiting) = waiting(state, run) else { return Vec::new() };
    let profile = waiting.profile.clone();
    let out = match result {
        Ok(out) => out,
        Err(failure) => {
            failed(state, run, failure);
            return Vec::new();
        }
    };
    let well = out.failures.is_empty() && out.acts.iter().all(|acted| acted.ok);
    let words = if out.was_in {
        let forgotten = if out.forgotten { "; the remembered refresh token is gone too" } else { "" };
        let end = if well { "" } else { "; not all of it went well" };
        format!("{profile} is logged out{forgotten}{end}.")
    } else {
        format!("{profile} was not logged in; there was nothing to end or to forget.")
    };
    waiting.outcome = Some(ActOutcome::LoggedOut(out));
    let effects = super::cancel::quietly(state, |view| view.name == profile);
    if let Some(view) = state.view_of(&profile) {
        view.token = TokenSlot::default();
    }
    state.token_view.reset();
    state.say(if well { Level::Done } else { Level::Warning }, words);
    effects
}

fn failed(state: &mut State, run: RunId, failure: Failure) {
    let entry = Entry { at: state.now, level: Level::Error, text: failure.to_string(), advice: failure.advice() };
    state.log.add(entry);
    if let Some(waiting) = waiting(state, run) {
        waiting.outcome = Some(ActOutcome::Failed(failure));
    }
}

/// The popup that waits for this number.
fn waiting(state: &mut State, run: RunId) -> Option<&mut ActView> {
    state.popups.iter_mut().find_map(|popup| match popup {
        Popup::Act(view) if view.run == run && view.outcome.is_none() => Some(&mut **view),
        _ => None,
    })
}

/// Esc: the popup is closed; what is under way because of it is dropped, and that is said.
pub(super) fn closed(state: &mut State, view: &ActView) -> Vec<Effect> {
    if view.outcome.is_some() {
        return Vec::new();
    }
    state.say(Level::Info, "Cancelled before the provider answered: whether it did it is not known.");
    vec![Effect::Cancel(view.run)]
}

/// Closes what is under way with tokens of the profiles of which this holds.
pub(super) fn cancel_quietly(state: &mut State, is_meant: impl Fn(&ProfileView) -> bool) -> Vec<Effect> {
    let meant: Vec<String> = state.views.iter().filter(|view| is_meant(view)).map(|view| view.name.clone()).collect();
    let mut effects = Vec::new();
    state.popups.retain(|popup| match popup {
        Popup::Act(view) if view.outcome.is_none() && meant.contains(&view.profile) => {
            effects.push(Effect::Cancel(view.run));
            false
        }
        _ => true,
    });
    effects
}

/// `x`: the call behind it.
pub(super) fn exchange(state: &mut State) {
    let Some(Popup::Act(view)) = state.popups.last() else { return };
    if let Some(exchange) = view.exchange().cloned() {
        state.popups.push(Popup::Exchange { exchange, body: None, list: List::default() });
    }
}

impl State {
    /// Whether something is under way with a token at its provider.
    pub fn is_acting(&self) -> bool {
        self.popups.iter().any(|popup| matches!(popup, Popup::Act(view) if view.outcome.is_none()))
    }
}

//! What comes back: tokens, answers, failures. A result nobody waits for any more is dropped.

use std::sync::Arc;

use super::calls::probe;
use super::{login, moves, prompt};
use crate::audit::Class;
use crate::engine::{Answer, EndpointId, Failure, Gained, HeldToken, SendAs};
use crate::tui::body::Body;
use crate::tui::effect::Effect;
use crate::tui::state::{CallResult, Entry, Failed, Level, RunId, Running, State, Waiting};

/// A fetch ended: the token goes into its slot and the calls that waited for it go out.
pub(super) fn token_came(state: &mut State, run: RunId, result: Result<Arc<HeldToken>, Failure>) -> Vec<Effect> {
    let fetched = |running: Option<Running>| running.is_some_and(|running| running.run == run);
    let Some(place) = state.views.iter().position(|view| fetched(view.token.fetching)) else { return Vec::new() };
    let now = state.now;
    // In the order of the file, so that what is said last is the same each time.
    let order: Vec<EndpointId> = state.endpoints_of(place).collect();
    let Some(view) = state.views.get_mut(place) else { return Vec::new() };
    view.token.fetching = None;
    let wanted = std::mem::take(&mut view.token.wanted);
    let mut waiting: Vec<EndpointId> = view
        .calls
        .iter()
        .filter(|(_, call)| matches!(call.running, Some((_, Waiting::Token))))
        .map(|(id, _)| id.clone())
        .collect();
    waiting.sort_by_key(|id| order.iter().position(|other| other == id));
    let was_login = login::ended(state, run);
    let Some(view) = state.views.get_mut(place) else { return Vec::new() };
    match result {
        Ok(held) => {
            let words = got(&held);
            view.token.take(held);
            view.token.pinned = false;
            state.coach.token = true;
            state.say(Level::Done, words);
            if place == state.selected {
                state.token_view.reset();
            }
            waiting.iter().filter_map(|id| probe(state, place, id)).collect()
        }
        Err(Failure::SecretWanted { profile }) => {
            prompt::wanted(state, &profile);
            Vec::new()
        }
        Err(Failure::PasswordWanted { profile, username }) => {
            prompt::password_wanted(state, &profile, &username);
            Vec::new()
        }
        Err(Failure::LoginNeeded { profile, why, .. }) if !was_login => {
            view.token.wanted = wanted;
            login::needed(state, &profile, why)
        }
        Err(failure) => {
            let failed = Failed { failure, at: now };
            view.token.failed = Some(failed.clone());
            for id in &waiting {
                if let Some(call) = view.calls.get_mut(id) {
                    call.running = None;
                    call.result = Some(CallResult::Failed(failed.clone()));
                }
            }
            if place == state.selected {
                state.token_view.reset();
                moves::fresh_answer(state);
            }
            complain(state, &failed.failure);
            Vec::new()
        }
    }
}

/// `token #77ab for tester: 5 min, test_api_access`.
fn got(held: &HeldToken) -> String {
    let life = held.lifetime().map_or_else(String::new, |seconds| {
        format!(", good for {}", crate::jwt::times::span_in_words(seconds.unsigned_abs()))
    });
    let renewed = if matches!(held.gained, Gained::Renewed { .. }) { ", renewed by the refresh token" } else { "" };
    format!("token {} for {}{renewed}{life}", held.token.fingerprint(), held.profile)
}

/// A call ended.
pub(super) fn answer_came(
    state: &mut State,
    run: RunId,
    result: Result<(Arc<Answer>, Arc<Body>), Failure>,
) -> Vec<Effect> {
    let Some((place, id)) = state.call_of(run) else { return Vec::new() };
    let now = state.now;
    let public_number = state.endpoints().iter().position(|view| view.id() == id);
    let Some(view) = state.views.get_mut(place) else { return Vec::new() };
    let Some(call) = view.calls.get_mut(&id) else { return Vec::new() };
    call.running = None;
    let by_remedy = std::mem::take(&mut call.by_remedy);
    match result {
        Ok((answer, body)) => {
            call.result = Some(CallResult::Answered { answer: Arc::clone(&answer), body });
            // The engine may have renewed the token on its own.
            if let (SendAs::Profile, Some(sent)) = (&call.send_as, &answer.token)
                && sent.profile == view.name
                && !view.token.pinned
            {
                view.token.take(Arc::clone(sent));
            }
            tick_coach(state, place, &answer, public_number, by_remedy);
            let level = match (answer.judgement.as_expected, is_as_hoped(&answer)) {
                (Some(false), _) => Level::Warning,
                (_, true) => Level::Done,
                _ => Level::Info,
            };
            state.say(level, in_words(&answer));
        }
        Err(Failure::SecretWanted { profile }) => {
            // The engine wanted to renew the token: the call goes on once it could.
            call.running = Some((Running { run: RunId(0), since: now }, Waiting::Token));
            prompt::wanted(state, &profile);
            return Vec::new();
        }
        Err(Failure::PasswordWanted { profile, username }) => {
            call.running = Some((Running { run: RunId(0), since: now }, Waiting::Token));
            prompt::password_wanted(state, &profile, &username);
            return Vec::new();
        }
        Err(Failure::LoginNeeded { profile, why, .. }) => {
            call.running = Some((Running { run: RunId(0), since: now }, Waiting::Token));
            // Another call's login is waited for already, or a fetch that will come to one.
            if view.token.fetching.is_some() {
                return Vec::new();
            }
            return login::needed(state, &profile, why);
        }
        Err(failure) => {
            let failed = Failed { failure, at: now };
            call.result = Some(CallResult::Failed(failed.clone()));
            if is_of_the_token(&failed.failure) {
                view.token.failed = Some(failed.clone());
            }
            complain(state, &failed.failure);
        }
    }
    if place == state.selected && state.selected_endpoint().is_some_and(|view| view.id() == id) {
        moves::fresh_answer(state);
    }
    Vec::new()
}

/// Whether there is no token because of it.
fn is_of_the_token(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::TokenRefused { .. } | Failure::Discovery { .. } | Failure::NoAnswer { .. } | Failure::NoSecret { .. }
    )
}

/// Whether the API let the call through and nobody expected otherwise.
pub(super) fn is_as_hoped(answer: &Answer) -> bool {
    answer.judgement.class == Some(Class::Allowed) && answer.judgement.as_expected != Some(false)
}

fn tick_coach(state: &mut State, place: usize, answer: &Answer, number: Option<usize>, by_remedy: bool) {
    let allowed = answer.judgement.class == Some(Class::Allowed);
    let first = state.profiles.first().map(|profile| profile.name.clone());
    let another = state.views.get(place).map(|view| view.name.clone()) != first;
    state.coach.call |= allowed && number.is_some_and(|number| number > 0);
    state.coach.refusal |= another && answer.judgement.class == Some(Class::Denied);
    state.coach.fix |= by_remedy && allowed;
}

/// The answer on one line: `403 refused, as expected · 3 ms`.
pub fn in_words(answer: &Answer) -> String {
    let took = answer.exchange.took();
    let what = match (answer.exchange.status(), answer.judgement.class) {
        (Some(status), Some(Class::Allowed)) => format!("{status} let through"),
        (Some(status), Some(Class::Denied)) => format!("{status} refused"),
        (Some(status), _) => format!("{status}, neither let through nor refused"),
        (None, _) => "no answer".to_owned(),
    };
    let judged = match answer.judgement.as_expected {
        Some(true) => ", as expected",
        Some(false) => ", not as expected",
        None => "",
    };
    format!("{}: {what}{judged} · {took}", answer.endpoint.endpoint)
}

fn complain(state: &mut State, failure: &Failure) {
    let level = if matches!(failure, Failure::Cancelled) { Level::Info } else { Level::Error };
    let entry = Entry { at: state.now, level, text: failure.to_string(), advice: failure.advice() };
    state.log.add(entry);
}

impl State {
    /// The call that waits for the answer of this number.
    fn call_of(&self, run: RunId) -> Option<(usize, EndpointId)> {
        self.views.iter().enumerate().find_map(|(place, view)| {
            let waits = |running: &Option<(Running, Waiting)>| {
                matches!(running, Some((running, Waiting::Answer)) if running.run == run)
            };
            view.calls.iter().find(|(_, call)| waits(&call.running)).map(|(id, _)| (place, id.clone()))
        })
    }
}

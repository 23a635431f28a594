//! Client secrets and passwords that are asked for in each run of the program: `client_secret = { prompt = true }`.

use super::calls;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{CallResult, Field, Form, Level, Popup, Purpose, State, Waiting};

/// A fetch needs this profile's secret. Asks for it where nobody is busy with something else, and says what to do where
/// somebody is. What waits for the token goes on waiting meanwhile.
pub(super) fn wanted(state: &mut State, profile: &str) {
    let what = format!("The secret of {profile}");
    ask(state, profile, Purpose::Secret { profile: profile.to_owned() }, what, "Client secret");
}

/// The same for the password of a person, which the legacy password grant sends.
pub(super) fn password_wanted(state: &mut State, profile: &str, username: &str) {
    let what = format!("The password of {username}");
    ask(state, profile, Purpose::Password { profile: profile.to_owned() }, what, "Password");
}

fn ask(state: &mut State, profile: &str, purpose: Purpose, what: String, label: &str) {
    let here = state.view().is_some_and(|view| view.name == profile) && state.popups.is_empty() && !state.is_typing();
    if !here {
        let key = state.key(Action::NewToken);
        let text = format!("{what} is asked for in each run: select {profile} and press {key}.");
        state.say(Level::Warning, text);
        release(state, profile);
        return;
    }
    let server = state.profile().map(|profile| profile.provider.clone()).unwrap_or_default();
    let form = Form::new(purpose, what, "goes on with it").field(
        Field::masked("secret", label)
            .hint(format!("Kept for this run of the program and sent to {server} alone; never shown, never written.")),
    );
    state.popups.push(Popup::Form(form));
}

/// The form was submitted: what waited for the secret, or the password, goes on.
pub(super) fn submitted(state: &mut State, mut form: Form, profile: &str) -> Vec<Effect> {
    let Some(secret) = form.secret("secret") else {
        form.fail("secret", "There is nothing in it yet.");
        state.popups.push(Popup::Form(form));
        return Vec::new();
    };
    let Some(place) = state.views.iter().position(|view| view.name == profile) else { return Vec::new() };
    let (is_password, profile) = (matches!(form.purpose, Purpose::Password { .. }), profile.to_owned());
    let given =
        if is_password { Effect::GivePassword { profile, secret } } else { Effect::GiveSecret { profile, secret } };
    let mut effects = vec![given];
    effects.extend(calls::fetch(state, place, true, true));
    effects
}

/// The form was closed without an answer: what waited for it waits no more.
pub(super) fn closed(state: &mut State, profile: &str) {
    release(state, profile);
    let key = state.key(Action::NewToken);
    state.say(Level::Info, format!("Without it {profile} gets no token; {key} asks again."));
}

pub(super) fn release(state: &mut State, profile: &str) {
    let now = state.now;
    let Some(view) = state.view_of(profile) else { return };
    for call in view.calls.values_mut().filter(|call| matches!(call.running, Some((_, Waiting::Token)))) {
        call.running = None;
        call.result.get_or_insert(CallResult::Cancelled { at: now });
    }
}

//! What the token's issuer says of itself: its discovery document and its keys, as a page.

use std::sync::Arc;

use super::verify::{consent_wanted, through_profile};
use crate::engine::{KeysFrom, ProviderOf, ProviderPage};
use crate::tui::effect::Effect;
use crate::tui::state::{
    Consent, InspectPane, InspectPopup, Level, Pane, Popup, RunId, State, TrustTab, Wanted, Whence,
};

/// `A`: the page of the token's issuer.
pub(in crate::tui::update) fn ask(state: &mut State) -> Vec<Effect> {
    let Some(subject) = &state.inspect.subject else { return Vec::new() };
    let issuer = subject.token.claim_str("iss").filter(|iss| iss.starts_with("https://") || iss.starts_with("http://"));
    let from = match (&subject.whence, issuer) {
        (Whence::Profile(name), _) => KeysFrom::Profile(name.clone()),
        (_, Some(issuer)) => KeysFrom::Issuer(issuer.to_owned()),
        (_, None) => {
            state.say(Level::Info, "The token names no issuer that could be asked: its iss is no address.");
            return Vec::new();
        }
    };
    if let Some((host, url)) = consent_wanted(state, &from) {
        let consent = Consent { host, url, wanted: Wanted::Page(from) };
        state.popups.push(Popup::Inspect(InspectPopup::Consent(consent)));
        return Vec::new();
    }
    start(state, from)
}

/// Fetches the page.
pub(super) fn start(state: &mut State, from: KeysFrom) -> Vec<Effect> {
    let of = match through_profile(state, from) {
        KeysFrom::Profile(name) => ProviderOf::Profile(name),
        KeysFrom::Issuer(issuer) => ProviderOf::Issuer(issuer),
        _ => return Vec::new(),
    };
    let mut effects = super::cancel_quietly(state);
    let run = state.new_run();
    state.inspect.verifying = Some((run, state.now));
    state.inspect.trust_tab = TrustTab::Provider;
    state.inspect.view_mut(InspectPane::Trust).reset();
    effects.push(Effect::ProviderPage { run, of });
    effects
}

/// The page came, or did not.
pub(in crate::tui::update) fn came(state: &mut State, run: RunId, result: Result<Arc<ProviderPage>, String>) {
    if state.inspect.verifying.is_none_or(|(waiting, _)| waiting != run) {
        return;
    }
    state.inspect.verifying = None;
    match result {
        Ok(page) => {
            let found = crate::jwt::counted(page.findings.len(), "remark", "remarks");
            let words = format!("The document of {}, with {found}.", page.asked);
            state.inspect.page = Some(page);
            state.focus = Pane::Inspect(InspectPane::Trust);
            state.say(Level::Done, words);
        }
        Err(why) => state.say(Level::Error, why),
    }
}

//! What a provider says of itself: its discovery document and its keys, as a page. The token's issuer, or without a token
//! the selected profile's provider, or an address that was typed.

use std::sync::Arc;

use super::verify::{consent_wanted, through_profile};
use crate::config::pasted;
use crate::engine::{KeysFrom, ProviderOf, ProviderPage};
use crate::jwt::tokens_in;
use crate::tui::effect::Effect;
use crate::tui::state::{
    Consent, InspectPane, InspectPopup, Level, Pane, Popup, RunId, Screen, State, TrustTab, Wanted, Whence, host_of,
};

/// `A`: the page of the token's issuer; of a token that names none, and where there is none, of the selected profile's
/// provider.
pub(in crate::tui::update) fn ask(state: &mut State) -> Vec<Effect> {
    let named = match state.subject().map(|subject| (&subject.whence, subject.token.claim_str("iss"))) {
        Some((Whence::Profile(name), _)) => Some(KeysFrom::Profile(name.clone())),
        Some((_, Some(issuer))) if is_address(issuer) => Some(KeysFrom::Issuer(issuer.to_owned())),
        Some((_, Some(_))) => {
            state.say(Level::Info, "The token names no issuer that could be asked: its iss is no address.");
            return Vec::new();
        }
        _ => None,
    };
    let own = || state.view().map(|view| KeysFrom::Profile(view.name.clone()));
    match named.or_else(own) {
        Some(from) => ask_or_start(state, from),
        None => Vec::new(),
    }
}

/// The page of an issuer that was typed.
pub(super) fn of_issuer(state: &mut State, issuer: String) -> Vec<Effect> {
    ask_or_start(state, KeysFrom::Issuer(issuer))
}

/// The same for one that was pasted: whoever it is, the person is asked first.
pub(super) fn consent(state: &mut State, issuer: String) {
    let consent =
        Consent { host: host_of(&issuer), url: issuer.clone(), wanted: Wanted::Page(KeysFrom::Issuer(issuer)) };
    state.popups.push(Popup::Inspect(InspectPopup::Consent(consent)));
}

fn ask_or_start(state: &mut State, from: KeysFrom) -> Vec<Effect> {
    match consent_wanted(state, &from) {
        Some((host, url)) => {
            let consent = Consent { host, url, wanted: Wanted::Page(from) };
            state.popups.push(Popup::Inspect(InspectPopup::Consent(consent)));
            Vec::new()
        }
        None => start(state, from),
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The issuer that a text means which is an address and nothing else; none when a token may be meant.
pub(super) fn address_in(text: &str) -> Option<String> {
    let text = text.trim();
    // Behind a question mark stands what a login came to, not an issuer.
    let bare = !text.contains(|c: char| c.is_whitespace() || matches!(c, '?' | '#'));
    if !is_address(text) || !bare || !tokens_in(text).is_empty() {
        return None;
    }
    let first = pasted::read(text).ok()?.candidates.into_iter().next()?;
    Some(first.issuer.to_string())
}

/// Fetches the page.
pub(super) fn start(state: &mut State, from: KeysFrom) -> Vec<Effect> {
    let of = match through_profile(state, from) {
        KeysFrom::Profile(name) => ProviderOf::Profile(name),
        KeysFrom::Issuer(issuer) => ProviderOf::Issuer(issuer),
        _ => return Vec::new(),
    };
    super::go_to(state, Screen::Inspect);
    let mut effects = super::cancel_quietly(state);
    let run = state.new_run();
    state.inspect.verifying = Some((run, state.now));
    (state.inspect.page, state.inspect.no_page) = (None, None);
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
        Err(why) => {
            state.inspect.no_page = Some(why.clone());
            state.say(Level::Error, why);
        }
    }
}

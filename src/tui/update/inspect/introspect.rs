//! Asking a provider about any token (RFC 7662): whom, is for the person to say, since the provider sees the token.

use std::sync::Arc;

use crate::engine::TokenAct;
use crate::tui::effect::Effect;
use crate::tui::state::{ActView, InspectPopup, List, Menu, Popup, State};
use crate::tui::update::protected;

/// `I`: the profiles that could ask; first those whose provider is the token's issuer, of these the selected one.
pub(in crate::tui::update) fn choose(state: &mut State) {
    let Some(subject) = &state.inspect.subject else { return };
    let issuer = subject.token.claim_str("iss");
    let usable = state.profiles.profiles.iter().filter(|profile| profile.disabled.is_none());
    let selected = state.view().map(|view| view.name.as_str());
    let mut choices: Vec<((bool, bool), (String, String))> = usable
        .filter_map(|profile| {
            let provider = state.profiles.provider(&profile.provider)?;
            let is_its = issuer == Some(provider.issuer.as_str());
            let order = (!is_its, selected != Some(profile.name.as_str()));
            let other = if issuer.is_some() && !is_its { "  ! not the token's issuer" } else { "" };
            let words = format!("asks {}, as {}{other}", provider.issuer, profile.client_id);
            Some((order, (words, profile.name.clone())))
        })
        .collect();
    choices.sort_by_key(|(order, _)| *order);
    let choices = choices.into_iter().map(|(_, choice)| choice).collect();
    state.popups.push(Popup::Inspect(InspectPopup::Introspect(Menu::new(choices))));
}

/// Enter: this profile asks.
pub(in crate::tui::update) fn ask(state: &mut State, profile: String) -> Vec<Effect> {
    let Some(subject) = &state.inspect.subject else { return Vec::new() };
    let token = Arc::clone(&subject.token);
    if protected::asks_introspection(state, &profile) {
        return Vec::new();
    }
    let run = state.new_run();
    let which = crate::engine::kind_of(&token);
    let environment = state.profiles.current_environment().map(|environment| environment.name.clone());
    let view = ActView {
        run,
        profile: profile.clone(),
        act: TokenAct::Introspect,
        which,
        token: Some(token.fingerprint()),
        outcome: None,
        list: List::default(),
    };
    state.popups.push(Popup::Act(Box::new(view)));
    vec![Effect::Introspect { run, profile, environment, token }]
}

//! Opening popups.

use std::sync::Arc;

use serde_json::Value;
use tui_input::Input;

use crate::engine::{EndpointId, HeldToken, SendAs, Which};
use crate::tui::state::{CallResult, Choice, DiffRow, List, Popup, State, TokenDiff};

/// `s`: the scopes asked for, as text.
pub(super) fn scopes(state: &mut State) {
    let text = state.scopes_of(state.selected).to_string();
    state.popups.push(Popup::Scopes(Input::new(text)));
}

/// `x`: the call behind what is shown.
pub(super) fn exchange(state: &mut State) {
    let Some(exchange) = state.exchange_behind().cloned() else { return };
    // The answer's body is prepared already.
    let body = match state.selected_call().and_then(|call| call.result.as_ref()) {
        Some(CallResult::Answered { answer, body }) if Arc::ptr_eq(&answer.exchange, &exchange) => {
            Some(Arc::clone(body))
        }
        _ => None,
    };
    state.popups.push(Popup::Exchange { exchange, body, list: List::default() });
}

/// Before a method that may change something is sent: may it?
pub(super) fn confirm(state: &mut State, id: &EndpointId, send_as: SendAs) {
    let views = state.endpoints();
    let Some(view) = views.iter().find(|view| view.id() == *id) else { return };
    let popup = Popup::Confirm {
        method: view.endpoint.method.clone(),
        url: view.url(),
        host: view.host(),
        endpoint: id.clone(),
        send_as,
    };
    drop(views);
    state.popups.push(popup);
}

/// `o`: what the selected endpoint can be sent with.
pub(super) fn send_as(state: &mut State) {
    let mut choices = vec![Choice { label: "no token at all".to_owned(), send_as: SendAs::Nothing }];
    let mut offer = |held: &Arc<HeldToken>, words: String| {
        choices.push(Choice { label: words, send_as: SendAs::Token(Arc::clone(held)) });
    };
    for (place, view) in state.views.iter().enumerate() {
        let own = place == state.selected;
        let tokens =
            [(view.token.held.as_ref(), ""), (view.token.previous.as_ref().filter(|_| own), ", the one before")];
        for (held, which) in tokens.into_iter().filter_map(|(held, which)| Some((held?, which))) {
            let ended = held.seconds_left(state.now).is_some_and(|seconds| seconds <= 0);
            let whose = if own { "this profile's token".to_owned() } else { format!("the token of {}", view.name) };
            let end = if ended { ", which has ended" } else { "" };
            offer(held, format!("{whose} {}{which}{end}", held.token.fingerprint()));
        }
        let id = view
            .token
            .held
            .as_ref()
            .filter(|_| own)
            .and_then(|held| held.piece(Which::Id).filter(|_| held.id_token.is_some()));
        if let Some(id) = id {
            offer(&id, format!("this profile's ID token {}, which APIs should refuse", id.token.fingerprint()));
        }
    }
    state.popups.push(Popup::SendAs { list: List::default(), choices });
}

/// `d`: the token in hand against the one before.
pub(super) fn diff(state: &mut State) {
    let Some(view) = state.view() else { return };
    let (Some(before), Some(after)) = (&view.token.previous, &view.token.held) else { return };
    let diff = difference(before, after);
    state.popups.push(Popup::Diff { diff, list: List::default() });
}

/// What differs between two tokens: claims, then scopes one by one.
pub fn difference(before: &HeldToken, after: &HeldToken) -> TokenDiff {
    let claim = |held: &HeldToken, name: &str| {
        held.token.claim(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let names = |held: &HeldToken| -> Vec<String> {
        held.token.claims().map(|claims| claims.keys().cloned().collect()).unwrap_or_default()
    };
    let mut all = names(after);
    all.extend(names(before).into_iter().filter(|name| after.token.claim(name).is_none()));
    // Scopes have rows of their own.
    let scope = |held: &HeldToken, name: &str| {
        held.token.scope_claim() == Some(name) && !matches!(held.token.claim(name), Some(Value::Null))
    };
    let mut rows: Vec<DiffRow> = all
        .into_iter()
        .filter(|name| !scope(after, name) && !scope(before, name))
        .map(|name| DiffRow { before: claim(before, &name), after: claim(after, &name), name })
        .filter(|row| row.before != row.after)
        .collect();
    let (old, new) = (before.scopes(), after.scopes());
    rows.extend(old.with(&new).iter().filter(|scope| old.contains(scope) != new.contains(scope)).map(|scope| {
        DiffRow {
            name: format!("scope {scope}"),
            before: old.contains(scope).then(|| "granted".to_owned()),
            after: new.contains(scope).then(|| "granted".to_owned()),
        }
    }));
    TokenDiff { before: before.token.fingerprint(), after: after.token.fingerprint(), rows }
}

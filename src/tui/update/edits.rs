//! What this session changes in profiles: scopes, audience and parameters of the token request. Each change is a step
//! that can be undone.

use std::collections::HashMap;

use super::form::Submitted;
use super::{calls, moves};
use crate::config::{Changes, Profile, Profiles};
use crate::oauth::ScopeSet;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{Edit, Field, Form, Level, Popup, Purpose, State, Value};

/// The name of every parameter's field.
const PARAMETER: &str = "parameter";
/// More parameters than this have no place in the form.
const MOST: usize = 30;

/// Changes the profile at this place, as one step. Says whether anything became different.
pub(super) fn change(state: &mut State, place: usize, changes: Changes) -> bool {
    let Some(own) = state.profiles.profiles.get(place) else { return false };
    let after = without_own(changes, own);
    let Some(view) = state.views.get_mut(place) else { return false };
    if view.changes == after {
        return false;
    }
    let before = std::mem::replace(&mut view.changes, after.clone());
    let profile = view.name.clone();
    state.edits.push(Edit { profile, before, after });
    true
}

/// The changes without what the profile says anyway.
pub(super) fn without_own(mut changes: Changes, own: &Profile) -> Changes {
    changes.scopes.take_if(|scopes| *scopes == own.scopes);
    changes.audience.take_if(|audience| *audience == own.audience);
    changes.params.take_if(|params| *params == own.params);
    changes
}

/// Whether the profile of this name is the same client at the same provider in both: then what was typed for it still
/// goes where it went. What it asks for does not count.
pub(super) fn goes_where_it_went(before: &Profiles, after: &Profiles, name: &str) -> bool {
    let (Some(was), Some(is)) = (before.profile(name), after.profile(name)) else { return false };
    was.client_id == is.client_id
        && was.provider == is.provider
        && super::reload::is_same_provider(before, after, &is.provider)
}

/// Other profiles take the place of these: audience and parameters, among which may be a password, do not follow a name
/// to another client or provider, and no undo brings them back. Says of which profiles something was dropped.
pub(super) fn left_behind(
    state: &mut State,
    changes: &mut HashMap<String, Changes>,
    before: &Profiles,
    after: &Profiles,
) -> Vec<String> {
    let mut dropped = Vec::new();
    for profile in after.profiles.iter().filter(|profile| !goes_where_it_went(before, after, &profile.name)) {
        let stripped = state.edits.leave_behind(&profile.name);
        let had = changes.get_mut(&profile.name).is_some_and(|changes| {
            let (audience, params) = (changes.audience.take(), changes.params.take());
            audience.is_some() || params.is_some()
        });
        if had || stripped {
            dropped.push(profile.name.clone());
        }
    }
    dropped
}

/// `s` was submitted: other scopes from now on.
pub(super) fn set_scopes(state: &mut State, text: &str) -> Vec<Effect> {
    let place = state.selected;
    let Some(changes) = state.views.get(place).map(|view| view.changes.clone()) else { return Vec::new() };
    if !change(state, place, Changes { scopes: Some(ScopeSet::parse(text)), ..changes }) {
        return Vec::new();
    }
    let key = state.key(Action::NewToken);
    let words = match state.view().and_then(|view| view.changes.scopes.as_ref()) {
        None => "The scopes of profiles.toml are asked for again.".to_owned(),
        Some(none) if none.is_empty() => format!("No scope is asked for, this session; {key} gets a token so."),
        Some(scopes) => format!("Asked for, this session: {scopes}; {key} gets a token with them."),
    };
    state.say(Level::Done, words);
    calls::fetch_anew(state, place)
}

/// `u`: the last step back.
pub(super) fn undo(state: &mut State) -> Vec<Effect> {
    match state.edits.undo() {
        Some(edit) => go_to(state, &edit.profile, edit.before, "Undone"),
        None => Vec::new(),
    }
}

/// Ctrl-R: what was undone last, again.
pub(super) fn redo(state: &mut State) -> Vec<Effect> {
    match state.edits.redo() {
        Some(edit) => go_to(state, &edit.profile, edit.after, "Done again"),
        None => Vec::new(),
    }
}

/// Puts the changes in place, and shows the profile they are about.
fn go_to(state: &mut State, profile: &str, changes: Changes, what: &str) -> Vec<Effect> {
    let Some(place) = state.views.iter().position(|view| view.name == profile) else { return Vec::new() };
    moves::select_profile(state, place);
    if let Some(view) = state.views.get_mut(place) {
        view.changes = changes;
    }
    let words = in_words(state, place);
    state.say(Level::Done, format!("{what}: {profile} {words}."));
    calls::fetch_anew(state, place)
}

/// `asks for a b`, or what else a profile's changes come to.
fn in_words(state: &State, place: usize) -> String {
    let (Some(view), Some(own)) = (state.views.get(place), state.profiles.profiles.get(place)) else {
        return String::new();
    };
    if view.changes.is_empty() {
        return "is as in the file".to_owned();
    }
    let asked = own.with(&view.changes);
    let scopes = if asked.scopes.is_empty() { "no scope".to_owned() } else { asked.scopes.to_string() };
    let audience = asked.audience.filter(|_| view.changes.audience.is_some());
    let audience = audience.map_or_else(String::new, |audience| format!(", audience {audience}"));
    let params = match (&view.changes.params, asked.params.len()) {
        (None, _) => "",
        (Some(_), 0) => ", no parameter",
        (Some(_), 1) => ", one more parameter",
        (Some(_), _) => ", more parameters",
    };
    format!("asks for {scopes}{audience}{params}")
}

/// `T`: scopes, audience and parameters of the next token, as a form.
pub(super) fn options(state: &mut State) {
    let (Some(own), Some(view)) = (state.profile(), state.view()) else { return };
    let asked = own.with(&view.changes);
    let wanted = state.endpoints().iter().fold(ScopeSet::empty(), |all, view| all.with(&view.endpoint.wanted_scopes()));
    let hint = if wanted.is_empty() { String::new() } else { format!(" The endpoints want {wanted}.") };
    let mut form =
        Form::new(Purpose::TokenOptions { profile: own.name.clone() }, format!("A token for {}", own.title), "gets it")
            .save("saves it")
            .field(
                Field::text("scopes", "Scopes", asked.scopes.to_string())
                    .hint(format!("Separated by blanks; none asks for the client's defaults.{hint}")),
            )
            .field(
                Field::text("audience", "Audience", asked.audience.unwrap_or_default())
                    .hint("The parameter audience, for providers that know it; empty: it is not sent."),
            );
    for (name, value) in asked.params {
        form = form.field(parameter(&format!("{name}={value}")));
    }
    keep_one_empty(&mut form);
    state.popups.push(Popup::Form(form));
}

fn parameter(text: &str) -> Field {
    Field::text(PARAMETER, "Parameter", text).hint(
        "One more parameter of the token request, as name=value, such as resource=https://api.example. Empty: none.",
    )
}

/// There is always an empty field for one more parameter.
pub(super) fn keep_one_empty(form: &mut Form) {
    let is_empty = |field: &Field| matches!(&field.value, Value::Text(input) if input.value().trim().is_empty());
    let last_is_full = form.fields.last().is_none_or(|field| field.name != PARAMETER || !is_empty(field));
    if last_is_full && form.fields.len() < MOST {
        form.fields.push(parameter(""));
    }
}

/// The form of `T` was submitted.
pub(super) fn options_submitted(state: &mut State, mut form: Form, profile: &str, how: Submitted) -> Vec<Effect> {
    form.clear_errors();
    let params = parameters(&mut form);
    if form.has_errors() {
        state.popups.push(Popup::Form(form));
        return Vec::new();
    }
    let audience = Some(form.text("audience")).filter(|text| !text.is_empty()).map(str::to_owned);
    let changes =
        Changes { scopes: Some(ScopeSet::parse(form.text("scopes"))), audience: Some(audience), params: Some(params) };
    let Some(place) = state.views.iter().position(|view| view.name == profile) else { return Vec::new() };
    moves::select_profile(state, place);
    let is_new = change(state, place, changes);
    match how {
        Submitted::Enter => calls::new_token(state),
        Submitted::Save => {
            let mut effects = if is_new { calls::fetch_anew(state, place) } else { Vec::new() };
            effects.extend(super::save::plan(state));
            effects
        }
    }
}

/// The parameters of the form; what cannot be one is said at its field.
fn parameters(form: &mut Form) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut wrong = None;
    for (place, field) in form.fields.iter_mut().enumerate().filter(|(_, field)| field.name == PARAMETER) {
        let Value::Text(input) = &field.value else { continue };
        let text = input.value().trim();
        if text.is_empty() {
            continue;
        }
        let error = match text.split_once('=') {
            None => Some(format!("There is no = in {text}: a parameter is name=value.")),
            Some(("", _)) => Some("There is no name before the =.".to_owned()),
            Some((name, _)) if OWN.contains(&name) => {
                Some(format!("{name} is set by the program itself and has its own place in profiles.toml."))
            }
            Some((name, value)) => {
                all.push((name.trim().to_owned(), value.trim().to_owned()));
                None
            }
        };
        if error.is_some() {
            wrong = wrong.or(Some(place));
            field.error = error;
        }
    }
    if let Some(place) = wrong {
        form.focus = place;
    }
    all
}

/// Parameters that follow from the profile itself.
const OWN: [&str; 6] = ["grant_type", "scope", "client_id", "client_secret", "audience", "client_assertion"];

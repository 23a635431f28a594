//! Other profiles take the place of those in use: the file changed, or another environment was chosen. What is known of
//! a profile stays where it still holds.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{cancel, edits, moves, prompt};
use crate::config::{Changes, Profiles};
use crate::engine::{Failure, Reloaded, Standing, same_client};
use crate::jwt::counted;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{CallResult, Entry, Failed, Joined, Level, Origin, Parked, Popup, ProfileView, Purpose, State};

/// The files were read again because they changed.
pub(super) fn reloaded(state: &mut State, reloaded: Reloaded) -> Vec<Effect> {
    let swapped = matches!(reloaded, Reloaded::Swapped(_));
    let said = state.log.entries().len();
    let effects = taken_or_said(state, reloaded);
    if swapped && state.log.entries().len() == said {
        let label = state.origin.label.clone();
        match state.origin.problems.len() {
            0 => state.say(Level::Info, format!("{label} changed and is in use.")),
            count => {
                let key = state.key(Action::Messages);
                let count = counted(count, "mistake", "mistakes");
                state.say(Level::Warning, format!("{label} changed and is in use; {count} in it ({key})."));
            }
        }
    }
    effects
}

/// Takes the profiles in, or says why those in use stay.
pub(super) fn taken_or_said(state: &mut State, reloaded: Reloaded) -> Vec<Effect> {
    match reloaded {
        Reloaded::Unchanged => Vec::new(),
        Reloaded::Swapped(standing) => take(state, &standing),
        Reloaded::Broken { problems } => {
            let first = problems.first().and_then(|problem| problem.lines().next()).unwrap_or_default();
            let text = format!("{first} (what was read before stays in use)");
            let advice = problems.iter().flat_map(|problem| problem.lines().skip(1)).map(str::to_owned).collect();
            let entry = Entry { at: state.now, level: Level::Error, text, advice };
            state.log.add(entry);
            state.origin.problems = problems;
            Vec::new()
        }
    }
}

/// Puts what holds now in place. Comes too late when something newer is in place already.
pub(super) fn take(state: &mut State, standing: &Standing) -> Vec<Effect> {
    if standing.turn <= state.turn {
        return Vec::new();
    }
    state.turn = standing.turn;
    let before = Arc::clone(&state.profiles);
    let other_environment = before.environment != standing.profiles.environment;
    let was_trusted = state.origin.untrusted.is_none();
    state.origin = Origin::of(&standing.source);
    let mut effects = Vec::new();
    if other_environment || state.origin.untrusted.is_some() {
        effects.extend(cancel::quietly(state, |_| true));
    } else {
        let after = &standing.profiles;
        effects.extend(cancel::quietly(state, |view| !is_same(&before, after, view)));
    }
    swap_views(state, &before, &standing.profiles);
    // What a yes was given to may be something else by now.
    if !other_environment {
        state.cleared.clear();
    }
    if state.origin.untrusted.is_none() {
        state.forget_distrust();
    }
    close_what_is_stale(state, &before);
    if was_trusted && state.origin.untrusted.is_some() {
        let text = format!(
            "{} changed in what it runs, reads or where it sends: nothing is sent until it is reviewed ({}).",
            state.origin.label,
            state.key(Action::TokenOptions)
        );
        state.say(Level::Warning, text);
    }
    effects
}

/// Whether the profile is the client that it was, also when what the session changed in it stands in the file by now.
fn is_same(before: &Profiles, after: &Profiles, view: &ProfileView) -> bool {
    same_client(before, after, &view.name, &Changes::default()) || same_client(before, after, &view.name, &view.changes)
}

/// The views of the profiles that are there now, in their order; the selection goes by name.
fn swap_views(state: &mut State, before: &Arc<Profiles>, after: &Arc<Profiles>) {
    let selected = state.view().map(|view| view.name.clone());
    let endpoint = state.selected_endpoint().map(|view| view.id());
    let views = std::mem::take(&mut state.views);
    let mut changes: HashMap<_, _> = views.iter().map(|view| (view.name.clone(), view.changes.clone())).collect();
    let elsewhere = edits::left_behind(state, &mut changes, before, after);
    let (mut known, by) = if before.environment == after.environment {
        (views, Arc::clone(before))
    } else {
        state.parked.insert(before.environment.clone(), Parked { views, profiles: Arc::clone(before) });
        match state.parked.remove(&after.environment) {
            Some(parked) => (parked.views, parked.profiles),
            None => (Vec::new(), Arc::clone(before)),
        }
    };
    let mut place_of: HashMap<String, usize> =
        known.iter().enumerate().map(|(place, view)| (view.name.clone(), place)).collect();
    let mut taken: Vec<Option<ProfileView>> = known.drain(..).map(Some).collect();
    state.views = after
        .profiles
        .iter()
        .map(|profile| {
            let kept = place_of.remove(&profile.name).and_then(|place| taken.get_mut(place)).and_then(Option::take);
            let kept = kept.filter(|view| is_same(&by, after, view));
            let mut view = kept.unwrap_or_else(|| ProfileView::new(&profile.name));
            view.changes = edits::without_own(changes.remove(&profile.name).unwrap_or_default(), profile);
            view
        })
        .collect();
    let place = selected.as_ref().and_then(|name| state.views.iter().position(|view| view.name == *name));
    let gone = place.is_none();
    state.selected = place.unwrap_or(state.selected).min(state.views.len().saturating_sub(1));
    state.profiles = Arc::clone(after);
    let there: HashSet<String> = state.views.iter().map(|view| view.name.clone()).collect();
    state.edits.keep(|name| there.contains(name));
    let same = endpoint.and_then(|id| state.endpoints().iter().position(|view| view.id() == id));
    state.endpoint = same.unwrap_or(0);
    state.revealed_until = None;
    if gone || before.environment != after.environment {
        state.token_view.reset();
        moves::fresh_answer(state);
    }
    if !elsewhere.is_empty() {
        let names = elsewhere.join(", ");
        let text =
            format!("{names}: another client or provider now; audience and parameters of this session are dropped.");
        state.say(Level::Warning, text);
    }
}

/// Questions and menus about what was there before. A form stays, as somebody is writing in it, unless what is written
/// would go elsewhere than it says; what would be written into the file stays too, to be planned anew.
fn close_what_is_stale(state: &mut State, before: &Profiles) {
    let after = Arc::clone(&state.profiles);
    let mut closed = Vec::new();
    state.popups.retain_mut(|popup| match popup {
        Popup::Confirm { .. }
        | Popup::Mistaken { .. }
        | Popup::Protected(_)
        | Popup::SendAs { .. }
        | Popup::Profiles(_)
        | Popup::Environments(_)
        | Popup::Review(_) => false,
        Popup::Save(save) => {
            save.outdated = true;
            true
        }
        Popup::Form(form) => {
            let stays = still_goes_there(&form.purpose, before, &after);
            if !stays {
                closed.push(form.purpose.clone());
            }
            stays
        }
        _ => true,
    });
    for purpose in &closed {
        say_closed(state, purpose);
    }
    if let Some(Popup::Palette(_)) = state.popups.last() {
        super::palette::refresh(state);
    }
}

/// Whether what is typed into a form of this purpose still goes where it went when the form was opened.
fn still_goes_there(purpose: &Purpose, before: &Profiles, after: &Profiles) -> bool {
    let same_environment = before.environment == after.environment;
    let same_provider = |name: &str| same_environment && is_same_provider(before, after, name);
    match purpose {
        Purpose::Secret { profile } | Purpose::Password { profile } => {
            same_environment && same_client(before, after, profile, &Changes::default())
        }
        Purpose::TokenOptions { profile } => same_environment && edits::goes_where_it_went(before, after, profile),
        Purpose::Meet(meeting) => meeting.provider.as_deref().is_none_or(same_provider),
        Purpose::Join(joining) => match &joining.provider {
            Joined::Known(name) => same_provider(name),
            Joined::New { .. } => true,
        },
        // Where it goes is looked up when it is submitted.
        Purpose::Inspect(_) => true,
    }
}

/// Whether the provider of this name is the same server, reached the same way, in both.
pub(super) fn is_same_provider(before: &Profiles, after: &Profiles, name: &str) -> bool {
    let place = |profiles: &Profiles| {
        let provider = profiles.provider(name)?.clone();
        let by_hand = (provider.token_endpoint, provider.jwks_uri, provider.endpoints);
        Some((provider.issuer, by_hand, provider.connection))
    };
    let now = place(after);
    now.is_some() && place(before) == now
}

/// Why a form is gone, and what to do instead.
fn say_closed(state: &mut State, purpose: &Purpose) {
    let (what, action) = match purpose {
        Purpose::Secret { profile } | Purpose::Password { profile } => {
            prompt::release(state, profile);
            (
                format!("{profile} is another client or goes to another server now: nothing typed was sent"),
                Action::NewToken,
            )
        }
        Purpose::TokenOptions { profile } => (
            format!("{profile} is another client or goes to another server now: nothing typed was sent"),
            Action::TokenOptions,
        ),
        Purpose::Meet(_) | Purpose::Join(_) => {
            ("The provider is another server now: nothing was added or sent".to_owned(), Action::Add)
        }
        Purpose::Inspect(_) => ("Nothing was sent".to_owned(), Action::VerifyWith),
    };
    let key = state.key(action);
    state.say(Level::Warning, format!("{what}; {key} asks anew."));
}

impl State {
    /// What was held back because the file was not trusted is no news once it is.
    pub(super) fn forget_distrust(&mut self) {
        let of_distrust = |failed: &Failed| matches!(failed.failure, Failure::Untrusted { .. });
        let parked = self.parked.values_mut().flat_map(|parked| parked.views.iter_mut());
        for view in self.views.iter_mut().chain(parked) {
            view.token.failed.take_if(|failed| of_distrust(failed));
            for call in view.calls.values_mut() {
                call.result.take_if(|result| matches!(result, CallResult::Failed(failed) if of_distrust(failed)));
            }
        }
    }
}

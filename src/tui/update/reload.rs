//! Other profiles take the place of those in use: the file changed, or another environment was chosen. What is known of
//! a profile stays where it still holds.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{calls, edits, moves};
use crate::config::{Changes, Profiles};
use crate::engine::{Reloaded, Standing, same_client};
use crate::jwt::counted;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{Entry, Level, Origin, Parked, Popup, ProfileView, Purpose, State};

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
        effects.extend(calls::cancel_quietly(state, |_| true));
    } else {
        let after = &standing.profiles;
        effects.extend(calls::cancel_quietly(state, |view| !is_same(&before, after, view)));
    }
    swap_views(state, &before, &standing.profiles);
    // What a yes was given to may be something else by now.
    if !other_environment {
        state.cleared.clear();
    }
    close_what_is_stale(state);
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
}

/// Questions and menus about what was there before; forms stay, as somebody is writing in them.
fn close_what_is_stale(state: &mut State) {
    let names: Vec<String> = state.views.iter().map(|view| view.name.clone()).collect();
    state.popups.retain(|popup| match popup {
        Popup::Confirm { .. }
        | Popup::Protected(_)
        | Popup::SendAs { .. }
        | Popup::Profiles(_)
        | Popup::Environments(_)
        | Popup::Review(_)
        | Popup::Save(_) => false,
        Popup::Form(form) => match &form.purpose {
            Purpose::Secret { profile } | Purpose::TokenOptions { profile } => names.contains(profile),
            Purpose::Meet(_) | Purpose::Join(_) => true,
        },
        _ => true,
    });
    if let Some(Popup::Palette(_)) = state.popups.last() {
        super::palette::refresh(state);
    }
}

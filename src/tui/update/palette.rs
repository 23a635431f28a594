//! Finding by typing: what there is to find, what fits, and what is done with it. The palette finds everything, the
//! picker profiles.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::{actions, calls, environments, moves};
use crate::tui::action::{Action, TABLE};
use crate::tui::effect::Effect;
use crate::tui::rows;
use crate::tui::state::{Found, Hit, Palette, Popup, State};

/// What fits by its name goes before what fits by the words beside it.
const BY_NAME: u32 = 1 << 16;

/// `:`: everything, found by typing.
pub(super) fn open(state: &mut State) {
    state.popups.push(Popup::Palette(Palette::default()));
    refresh(state);
}

/// `p`: the profiles, found by typing, the selected one under the cursor.
pub(super) fn pick_profile(state: &mut State) {
    state.popups.push(Popup::Profiles(Palette::default()));
    refresh(state);
    if let Some(Popup::Profiles(picker)) = state.popups.last_mut() {
        picker.list.cursor = state.selected;
    }
}

/// Finds anew what fits what was typed, the best first.
pub(super) fn refresh(state: &mut State) {
    let (typed, all) = match state.popups.last() {
        Some(Popup::Palette(palette)) => (palette.input.value().trim(), everything(state)),
        Some(Popup::Profiles(picker)) => (picker.input.value().trim(), profiles(state)),
        _ => return,
    };
    let hits = if typed.is_empty() { recent_first(state, all) } else { matching(state, all, typed) };
    if let Some(Popup::Palette(palette) | Popup::Profiles(palette)) = state.popups.last_mut() {
        palette.hits = hits;
        palette.list.cursor = 0;
    }
}

/// Enter: does what was found.
pub(super) fn choose(state: &mut State, hit: Option<&Hit>) -> Vec<Effect> {
    let Some(hit) = hit else { return Vec::new() };
    let (name, _) = rows::found(state, hit);
    state.recent.note(name);
    match hit {
        Hit::Action(action) => return actions::perform(state, *action, 0),
        Hit::Profile(place) => moves::select_profile(state, *place),
        Hit::Endpoint(place) => return calls::by_number(state, *place),
        Hit::Environment(place) => return environments::choose(state, *place),
    }
    Vec::new()
}

/// All there is to find: actions that can do something now, profiles, endpoints, environments.
fn everything(state: &State) -> Vec<Hit> {
    let pointless = |action: Action| matches!(action, Action::Send | Action::Palette | Action::Cancel);
    let actions = TABLE.iter().filter(|row| !pointless(row.action) && (row.applies)(state));
    let endpoints = (0..state.endpoints().len()).map(Hit::Endpoint);
    let environments = (0..state.profiles.environments.len()).map(Hit::Environment);
    actions.map(|row| Hit::Action(row.action)).chain(profiles(state)).chain(endpoints).chain(environments).collect()
}

fn profiles(state: &State) -> Vec<Hit> {
    (0..state.views.len()).map(Hit::Profile).collect()
}

/// What was chosen before goes before the rest, which stays in its order. The picker keeps the order of the file.
fn recent_first(state: &State, all: Vec<Hit>) -> Vec<Found> {
    let picker = matches!(state.popups.last(), Some(Popup::Profiles(_)));
    let mut all: Vec<(usize, Hit)> = all
        .into_iter()
        .map(|hit| {
            let place = if picker { None } else { state.recent.place(&rows::found(state, &hit).0) };
            (place.unwrap_or(usize::MAX), hit)
        })
        .collect();
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, hit)| Found { hit, marks: Vec::new() }).collect()
}

fn matching(state: &State, all: Vec<Hit>, typed: &str) -> Vec<Found> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Smart, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, Found)> = all
        .into_iter()
        .filter_map(|hit| {
            let (name, beside) = rows::found(state, &hit);
            let mut marks = Vec::new();
            let by_name = pattern.indices(Utf32Str::new(&name, &mut buffer), &mut matcher, &mut marks);
            let score = match by_name {
                Some(score) => score + BY_NAME,
                None => {
                    marks.clear();
                    let text = format!("{name} {beside}");
                    pattern.indices(Utf32Str::new(&text, &mut buffer), &mut matcher, &mut marks)?
                }
            };
            marks.sort_unstable();
            marks.dedup();
            Some((score, Found { hit, marks }))
        })
        .collect();
    // Equal ones stay in the order of the table and of the file.
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, found)| found).collect()
}

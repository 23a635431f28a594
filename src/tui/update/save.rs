//! Ctrl-S: this session's edits go into profiles.toml, after the diff was seen.

use super::reload;
use crate::config::edit::Edit as FileEdit;
use crate::engine::{SaveError, SavePlan, Saved};
use crate::tui::effect::Effect;
use crate::tui::state::{Level, List, Popup, SaveView, State};

/// Asks for what would be written.
pub(super) fn plan(state: &mut State) -> Vec<Effect> {
    let edits: Vec<FileEdit> = state
        .views
        .iter()
        .filter(|view| !view.changes.is_empty())
        .map(|view| FileEdit::Change { profile: view.name.clone(), changes: view.changes.clone() })
        .collect();
    if edits.is_empty() && !state.has_additions() {
        state.say(Level::Info, "There is nothing to save: nothing was changed in this session.");
        return Vec::new();
    }
    vec![Effect::PlanSave(edits)]
}

/// Enter: writes what was seen. When the file changed meanwhile, the difference is made and shown anew first.
pub(super) fn confirmed(state: &mut State, view: SaveView) -> Vec<Effect> {
    if !view.outdated {
        return vec![Effect::Save(view.plan)];
    }
    let effects = plan(state);
    if !effects.is_empty() {
        state.popups.push(Popup::Save(view));
    }
    effects
}

/// What would be written is known: it is shown first.
pub(super) fn planned(state: &mut State, plan: Result<SavePlan, SaveError>) {
    match plan {
        Ok(plan) => {
            let view = Popup::Save(SaveView { plan, outdated: false, list: List::default() });
            // In place of what was planned before the file changed.
            match state.popups.iter_mut().find(|popup| matches!(popup, Popup::Save(_))) {
                Some(before) => *before = view,
                None => state.popups.push(view),
            }
        }
        Err(error) => {
            state.popups.retain(|popup| !matches!(popup, Popup::Save(_)));
            failed(state, &error);
        }
    }
}

/// It was written, or not.
pub(super) fn saved(state: &mut State, outcome: Result<Saved, SaveError>) -> Vec<Effect> {
    match outcome {
        Ok(saved) => {
            // What was changed is what the file says now: there is nothing left to take back.
            state.edits.clear();
            let had_none = state.origin.path.is_none();
            let mut effects = reload::taken_or_said(state, saved.reloaded);
            if had_none && state.origin.path.is_some() {
                effects.push(Effect::Watch);
            }
            effects.push(Effect::KeepGivenSecrets);
            state.say(Level::Done, format!("Saved in {}.", saved.path.display()));
            effects
        }
        Err(error) => {
            failed(state, &error);
            Vec::new()
        }
    }
}

fn failed(state: &mut State, error: &SaveError) {
    let entry = crate::tui::state::Entry {
        at: state.now,
        level: Level::Error,
        text: crate::tui::text::sentence(&error.to_string()),
        advice: vec![error.advice()],
    };
    state.log.add(entry);
}

impl State {
    /// Whether something was added in this session that is not in the file.
    pub fn has_additions(&self) -> bool {
        use crate::config::Layer::Session;
        let profiles = &self.profiles;
        profiles.profiles.iter().any(|profile| profile.place.layer == Session)
            || profiles.providers.iter().any(|provider| provider.place.layer == Session)
            || profiles.apis.iter().any(|api| api.place.layer == Session)
    }
}

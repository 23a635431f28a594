//! `E`: another environment.

use super::reload;
use crate::engine::{SourceError, Standing};
use crate::tui::effect::Effect;
use crate::tui::state::{Entry, Level, List, Popup, State};

/// Opens the list, the one that holds under the cursor.
pub(super) fn open(state: &mut State) {
    let now = state.profiles.environment.as_deref();
    let place = state.profiles.environments.iter().position(|one| Some(one.name.as_str()) == now);
    state.popups.push(Popup::Environments(List { cursor: place.unwrap_or(0) }));
}

/// Chooses the one at this place of the list.
pub(super) fn choose(state: &mut State, place: usize) -> Vec<Effect> {
    let Some(environment) = state.profiles.environments.get(place) else { return Vec::new() };
    if state.profiles.environment.as_deref() == Some(environment.name.as_str()) {
        return Vec::new();
    }
    let name = environment.name.clone();
    let mut effects = super::cancel::quietly(state, |_| true);
    effects.push(Effect::ChooseEnvironment(name));
    effects
}

/// It holds now, or cannot.
pub(super) fn chosen(state: &mut State, outcome: Result<Box<Standing>, SourceError>) -> Vec<Effect> {
    let standing = match outcome {
        Ok(standing) => standing,
        Err(error) => {
            let entry =
                Entry { at: state.now, level: Level::Error, text: error.to_string(), advice: vec![error.advice()] };
            state.log.add(entry);
            return Vec::new();
        }
    };
    let effects = reload::take(state, &standing);
    let Some(now) = state.profiles.current_environment() else { return effects };
    let (name, protected) = (now.name.clone(), now.protected);
    if protected {
        state.say(Level::Warning, format!("{name} holds now. It is protected: it is asked before anything is sent."));
    } else {
        state.say(Level::Done, format!("{name} holds now; its tokens and answers are its own."));
    }
    effects
}

//! `T` while the file is not trusted: what it would do, to be looked at before it may.

use super::reload;
use crate::engine::{Reloaded, TrustError};
use crate::tui::effect::Effect;
use crate::tui::state::{Level, List, Popup, ReviewView, State};

/// Opens the review.
pub(super) fn open(state: &mut State) {
    let Some(facts) = state.origin.untrusted.clone() else { return };
    state.popups.push(Popup::Review(ReviewView { facts, list: List::default() }));
}

/// A yes: exactly what was seen is trusted.
pub(super) fn trusted(review: &ReviewView) -> Vec<Effect> {
    vec![Effect::Trust { digest: review.facts.digest() }]
}

/// It is kept, or cannot be.
pub(super) fn kept(state: &mut State, outcome: Result<Reloaded, TrustError>) -> Vec<Effect> {
    match outcome {
        Ok(reloaded) => {
            let effects = reload::taken_or_said(state, reloaded);
            if state.origin.untrusted.is_none() {
                let text = format!("{} is trusted as long as it does just that.", state.origin.label);
                state.say(Level::Done, text);
            }
            effects
        }
        Err(error) => {
            state.say(Level::Error, format!("{error}."));
            Vec::new()
        }
    }
}

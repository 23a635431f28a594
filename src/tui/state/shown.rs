//! What stands behind what is shown: the call, its response, the diagnosis and its remedy.
//!
//! Values only.

use std::sync::Arc;

use super::{CallResult, Pane, State};
use crate::audit::{Diagnosis, Remedy};
use crate::engine::{Answer, HeldToken, Which};
use crate::exchange::{Exchange, Response};

impl State {
    /// What the answer pane shows: the selected endpoint's last answer to the selected profile.
    pub fn shown_answer(&self) -> Option<&Arc<Answer>> {
        self.selected_call()?.result.as_ref()?.answer()
    }

    /// The diagnosis the answer pane shows.
    pub fn shown_diagnosis(&self) -> Option<&Diagnosis> {
        self.shown_answer()?.diagnosis.as_ref()
    }

    /// What `f` would do.
    pub fn remedy(&self) -> Option<&Remedy> {
        self.shown_diagnosis()?.remedy.as_ref()
    }

    /// The response that the answer pane shows.
    pub fn shown_response(&self) -> Option<&Response> {
        self.shown_answer()?.exchange.response()
    }

    /// Which tokens came together with the one in hand, in the order of their switch; none without one.
    pub fn kinds(&self) -> Vec<Which> {
        let Some(held) = self.view().and_then(|view| view.token.held.as_ref()) else { return Vec::new() };
        let id = held.id_token.is_some().then_some(Which::Id);
        let refresh = held.granted.refresh_token.is_some().then_some(Which::Refresh);
        [Some(Which::Access), id, refresh].into_iter().flatten().collect()
    }

    /// Which of them the token pane shows: the access token where there is no other.
    pub fn which(&self) -> Which {
        if self.kinds().contains(&self.which) { self.which } else { Which::Access }
    }

    /// The token that the token pane shows.
    pub fn shown_token(&self) -> Option<Arc<HeldToken>> {
        self.view()?.token.held.as_ref()?.piece(self.which())
    }

    /// Whether a person takes part in the grant of the profile at this place.
    pub fn needs_person(&self, place: usize) -> bool {
        self.profiles.profiles.get(place).is_some_and(|profile| profile.grant.needs_person())
    }

    /// The call to the provider behind the selected profile's token, or behind its last failure.
    pub fn token_exchange(&self) -> Option<&Arc<Exchange>> {
        let token = &self.view()?.token;
        match &token.failed {
            Some(failed) => failed.failure.exchange(),
            None => token.held.as_ref()?.exchange.as_ref(),
        }
    }

    /// The call behind what the answer pane shows, also when it failed.
    pub fn answer_exchange(&self) -> Option<&Arc<Exchange>> {
        match self.selected_call()?.result.as_ref()? {
            CallResult::Answered { answer, .. } => Some(&answer.exchange),
            CallResult::Failed(failed) => failed.failure.exchange(),
            CallResult::Cancelled { .. } => None,
        }
    }

    /// The call behind what the focused pane shows; the other pane's when it has none.
    pub fn exchange_behind(&self) -> Option<&Arc<Exchange>> {
        match self.focus {
            Pane::Inspect(_) => None,
            Pane::Profiles | Pane::Token => self.token_exchange().or_else(|| self.answer_exchange()),
            Pane::Endpoints | Pane::Answer => self.answer_exchange().or_else(|| self.token_exchange()),
        }
    }
}

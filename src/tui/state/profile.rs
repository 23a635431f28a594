//! What is known of one profile: its token, and each endpoint's last answer to it.
//!
//! Values only.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::RunId;
use crate::config::Changes;
use crate::engine::{Answer, EndpointId, Failure, HeldToken, SendAs};
use crate::exchange::Fingerprint;
use crate::tui::body::Body;

/// An effect under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// Its number.
    pub run: RunId,
    /// Since when.
    pub since: Timestamp,
}

/// A failure, and when it came.
#[derive(Clone, Debug)]
pub struct Failed {
    /// What went wrong.
    pub failure: Failure,
    /// When.
    pub at: Timestamp,
}

/// One profile's token: what is in hand, what is under way, and how the last try failed.
#[derive(Debug, Default)]
pub struct TokenSlot {
    /// The token in hand. It stays while a new one is fetched, and when that fails.
    pub held: Option<Arc<HeldToken>>,
    /// The one before it, for `d` and `,`.
    pub previous: Option<Arc<HeldToken>>,
    /// The fetch under way.
    pub fetching: Option<Running>,
    /// Whether the user asked for that token itself, and not only for calls that need one.
    pub wanted: bool,
    /// How the last try failed; none once a token came.
    pub failed: Option<Failed>,
    /// Whether the token in hand was put back by `,`, or revoked: then exactly this one is sent until it ends.
    pub pinned: bool,
    /// The tokens that were revoked from here.
    pub revoked: Vec<Fingerprint>,
}

/// A token slot at a glance: the one thing its line and its pane begin with.
#[derive(Clone, Copy, Debug)]
pub enum Slot<'a> {
    /// Never asked for.
    Nothing,
    /// On its way; the token in hand, if any, is still in the slot.
    Fetching(Running),
    /// The last try failed; a token in hand, if any, is still in the slot.
    Failed(&'a Failed),
    /// In hand.
    Held(&'a Arc<HeldToken>),
}

impl TokenSlot {
    /// What the slot comes to at the moment.
    pub fn glance(&self) -> Slot<'_> {
        match (&self.fetching, &self.failed, &self.held) {
            (Some(running), ..) => Slot::Fetching(*running),
            (None, Some(failed), _) => Slot::Failed(failed),
            (None, None, Some(held)) => Slot::Held(held),
            (None, None, None) => Slot::Nothing,
        }
    }

    /// Whether there is a token that can still be sent.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.held.as_ref().is_some_and(|held| !held.is_due(now))
    }

    /// Whether this token was revoked from here.
    pub fn is_revoked(&self, token: &HeldToken) -> bool {
        self.revoked.contains(&token.token.fingerprint())
    }

    /// Takes a token in; the one in hand becomes the one before.
    pub fn take(&mut self, token: Arc<HeldToken>) {
        self.failed = None;
        let same = self
            .held
            .as_ref()
            .is_some_and(|held| held.granted.access_token.fingerprint() == token.granted.access_token.fingerprint());
        if !same {
            self.previous = self.held.take();
        }
        self.held = Some(token);
    }
}

/// What a call under way waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The profile's token, which is being fetched.
    Token,
    /// The API's answer.
    Answer,
}

/// One endpoint, as this profile: what is under way and what came last.
#[derive(Debug, Default)]
pub struct Call {
    /// Under way.
    pub running: Option<(Running, Waiting)>,
    /// What is to be sent; kept while the call waits for a token.
    pub send_as: SendAs,
    /// Whether a method that may change something was confirmed; kept while the call waits for a token.
    pub confirmed: bool,
    /// Whether the key `f` sent it, for the coach; kept until the answer.
    pub by_remedy: bool,
    /// What the last one that ended came to.
    pub result: Option<CallResult>,
}

/// What a call came to.
#[derive(Clone, Debug)]
pub enum CallResult {
    /// The API answered, or the call to the API itself got no answer.
    Answered {
        /// The judged answer.
        answer: Arc<Answer>,
        /// Its body, ready to be shown.
        body: Arc<Body>,
    },
    /// It was not sent: there was no token to be had, or the engine could not.
    Failed(Failed),
    /// The user cancelled it.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

impl CallResult {
    /// When it came.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Answered { answer, .. } => answer.at,
            Self::Failed(failed) => failed.at,
            Self::Cancelled { at } => *at,
        }
    }

    /// The answer, when there is one.
    pub fn answer(&self) -> Option<&Arc<Answer>> {
        match self {
            Self::Answered { answer, .. } => Some(answer),
            _ => None,
        }
    }
}

/// What is known of one profile.
#[derive(Debug)]
pub struct ProfileView {
    /// Its name in profiles.toml.
    pub name: String,
    /// Its token.
    pub token: TokenSlot,
    /// Its calls, by endpoint.
    pub calls: HashMap<EndpointId, Call>,
    /// Scopes in place of its own, this session.
    pub changes: Changes,
}

impl ProfileView {
    /// Nothing known yet.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), token: TokenSlot::default(), calls: HashMap::new(), changes: Changes::default() }
    }

    /// The call of this endpoint, if it was ever made.
    pub fn call(&self, endpoint: &EndpointId) -> Option<&Call> {
        self.calls.get(endpoint)
    }

    /// How many effects of it are under way.
    pub fn running(&self) -> usize {
        let calls = self.calls.values().filter(|call| matches!(call.running, Some((_, Waiting::Answer)))).count();
        calls + usize::from(self.token.fetching.is_some())
    }
}

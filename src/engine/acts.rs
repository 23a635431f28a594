//! What can be done with a token in hand at its provider: introspection, revocation, userinfo, the end of the session.
//!
//! Imports siblings, `config`, `oauth`, `jwt` and `exchange` of this crate.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Engine, Failure, HeldToken, TokenAct, Which};
use crate::exchange::Exchange;

/// What came of something done with a token.
#[derive(Clone, Debug)]
pub struct Acted {
    /// What was done.
    pub act: TokenAct,
    /// With which of the tokens.
    pub which: Which,
    /// The call.
    pub exchange: Arc<Exchange>,
    /// Whether it is as one would wish: the token is active, it is ended, the person is named, the session is over.
    pub ok: bool,
    /// What came of it, in one sentence.
    pub summary: String,
    /// What else there is to know: why it was refused, what it means, what to do.
    pub remarks: Vec<String>,
    /// What the provider told, for introspection and userinfo.
    pub claims: Option<Map<String, Value>>,
}

/// What the end of a login came to.
#[derive(Clone, Debug, Default)]
pub struct LoggedOut {
    /// The profile.
    pub profile: String,
    /// Whether there was anything to end or to forget at all.
    pub was_in: bool,
    /// What was done at the provider, in this order.
    pub acts: Vec<Acted>,
    /// Whether a remembered refresh token was removed from the keyring.
    pub forgotten: bool,
    /// What went wrong on the way; what could be forgotten was forgotten all the same.
    pub failures: Vec<Failure>,
}

impl Engine {
    /// Does something with a token in hand at its provider. A refusal is no failure: it is told and explained.
    pub async fn act(&self, act: TokenAct, which: Which, held: Arc<HeldToken>) -> Result<Acted, Failure> {
        let _ = (act, which, held);
        Err(Failure::Fault { message: "not built yet".into() })
    }

    /// Ends the profile's login: the session at the provider, its tokens here, and what `remember` kept.
    pub async fn logout(&self, profile: &str) -> Result<LoggedOut, Failure> {
        let _ = profile;
        Err(Failure::Fault { message: "not built yet".into() })
    }
}

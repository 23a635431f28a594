//! Something done with a token at its provider, as its popup shows it.
//!
//! Values only.

use std::sync::Arc;

use super::{List, RunId};
use crate::engine::{Acted, Failure, LoggedOut, TokenAct, Which};
use crate::exchange::{Exchange, Fingerprint};

/// Something that is done, or was.
#[derive(Clone, Debug)]
pub struct ActView {
    /// Its number.
    pub run: RunId,
    /// The profile whose token it is.
    pub profile: String,
    /// What is done.
    pub act: TokenAct,
    /// With which of the tokens that came together.
    pub which: Which,
    /// The token; none when a login is ended of which nothing is in hand.
    pub token: Option<Fingerprint>,
    /// What came of it; none while it is under way.
    pub outcome: Option<ActOutcome>,
    /// Where one stands in it.
    pub list: List,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum ActOutcome {
    /// The provider answered.
    Acted(Acted),
    /// The login was ended.
    LoggedOut(LoggedOut),
    /// It could not be done.
    Failed(Failure),
}

impl ActView {
    /// What it is, for its title: `Introspection of the access token #77ab`.
    pub fn title(&self) -> String {
        let what = match self.act {
            TokenAct::Introspect => "Introspection",
            TokenAct::Revoke => "Revocation",
            TokenAct::UserInfo => "Userinfo",
            TokenAct::EndSession => return format!("Logging {} out", self.profile),
        };
        match (self.act, self.token) {
            (TokenAct::UserInfo, Some(token)) => format!("{what}, asked with the access token {token}"),
            (_, Some(token)) => format!("{what} of the {} {token}", name(self.which)),
            (_, None) => what.to_owned(),
        }
    }

    /// The call behind it: of several the last.
    pub fn exchange(&self) -> Option<&Arc<Exchange>> {
        match self.outcome.as_ref()? {
            ActOutcome::Acted(acted) => Some(&acted.exchange),
            ActOutcome::LoggedOut(out) => match out.acts.last() {
                Some(acted) => Some(&acted.exchange),
                None => out.failures.iter().rev().find_map(Failure::exchange),
            },
            ActOutcome::Failed(failure) => failure.exchange(),
        }
    }
}

/// What people call the token.
pub fn name(which: Which) -> &'static str {
    match which {
        Which::Access => "access token",
        Which::Id => "ID token",
        Which::Refresh => "refresh token",
    }
}

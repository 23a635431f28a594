//! A token in hand, with everything known about it: what came with it, how it was got, and whether it is due.
//!
//! Values only; the faces show them.

use std::sync::Arc;

use jiff::Timestamp;

use super::Which;
use crate::config::Changes;
use crate::exchange::{Exchange, Fingerprint};
use crate::jwt::{KeySource, Policy, Token, TokenUse, Verdict, verify};
use crate::oauth::{Granted, IdCheck, ScopeSet};

/// A token the engine holds for a profile, with everything known about it.
#[derive(Clone, Debug)]
pub struct HeldToken {
    /// The profile it was got with.
    pub profile: String,
    /// The provider that issued it.
    pub provider: String,
    /// The environment it was got in, when there is one.
    pub environment: Option<String>,
    /// Decoded.
    pub token: Token,
    /// The provider's answer.
    pub granted: Granted,
    /// The scopes asked for.
    pub asked: ScopeSet,
    /// What this session asked for in place of what the profile says.
    pub changes: Changes,
    /// When it came.
    pub received: Timestamp,
    /// The call that got it; none for one that an earlier run of the program kept.
    pub exchange: Option<Arc<Exchange>>,
    /// What verification said when it came.
    pub verdict: Verdict,
    /// When the keys it was verified with were fetched; none when there are none.
    pub keys_fetched: Option<Timestamp>,
    /// The token it replaces, when there was one.
    pub before: Option<Fingerprint>,
    /// Which of the tokens that came together `token` is: the access token, but for what [`HeldToken::piece`] gives.
    pub which: Which,
    /// How it was got.
    pub gained: Gained,
    /// The ID token that came with it or with the one it was renewed from, when `openid` was asked for.
    pub id_token: Option<IdToken>,
}

/// How a token was got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Gained {
    /// By client credentials (RFC 6749 section 4.4).
    #[default]
    ClientCredentials,
    /// By a login in a browser (RFC 6749 section 4.1).
    Browser,
    /// By a code typed on another device (RFC 8628).
    Device,
    /// By a person's name and password, the legacy grant (RFC 6749 section 4.3).
    Password,
    /// Renewed by a refresh token (RFC 6749 section 6).
    Renewed {
        /// Whether the provider gave another refresh token with it.
        rotated: bool,
    },
    /// Kept by an earlier run of the program.
    Kept,
}

impl Gained {
    /// In words that fit behind "got".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::ClientCredentials => "by client credentials",
            Self::Browser => "by a login in the browser",
            Self::Device => "by a code on another device",
            Self::Password => "by name and password (legacy)",
            Self::Renewed { rotated: true } => "by the refresh token, which was replaced",
            Self::Renewed { rotated: false } => "by the refresh token, which stays",
            Self::Kept => "in an earlier run",
        }
    }
}

/// An ID token and what verification made of it (OpenID Connect Core 3.1.3.7).
#[derive(Clone, Debug)]
pub struct IdToken {
    /// Decoded.
    pub token: Token,
    /// The ten checks of every token, with the client as the audience.
    pub verdict: Verdict,
    /// The checks of ID tokens alone: `azp`, `nonce`, `at_hash`, `sub`.
    pub also: Vec<IdCheck>,
}

impl HeldToken {
    /// The scopes it has: what the provider said, else what its claims say, else what was asked for.
    pub fn scopes(&self) -> ScopeSet {
        match &self.granted.scope {
            Some(scope) => scope.clone(),
            None if self.token.scope_claim().is_some() => self.token.scopes().into_iter().collect(),
            None => self.asked.clone(),
        }
    }

    /// When it ends: its `exp`, else the moment it came plus `expires_in`.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.token.expires_at().or_else(|| {
            let seconds = i64::try_from(self.granted.expires_in?).ok()?;
            self.received.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
        })
    }

    /// How long it lives in all, in seconds, when that is known.
    pub fn lifetime(&self) -> Option<i64> {
        let begins = self.token.issued_at().unwrap_or(self.received);
        Some((self.ends_at()?.as_second() - begins.as_second()).max(0))
    }

    /// Whether it has ended, or ends so soon that a new one is got before sending: within the smaller of 10 seconds
    /// and a fifth of its life.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.ends_at().is_some_and(|end| {
            let margin = self.lifetime().map_or(10, |life| (life / 5).min(10));
            now.as_second() + margin >= end.as_second()
        })
    }

    /// Seconds left; negative when it has ended; none when it says nothing of an end.
    pub fn seconds_left(&self, now: Timestamp) -> Option<i64> {
        Some(self.ends_at()?.as_second() - now.as_second())
    }

    /// One of the tokens that came together, as a token in hand of its own: to be shown in a tab, acted on, or sent with
    /// [`SendAs::Token`](super::SendAs::Token). None when there is none of this kind.
    pub fn piece(self: &Arc<Self>, which: Which) -> Option<Arc<Self>> {
        let (token, verdict) = match which {
            which if which == self.which => return Some(Arc::clone(self)),
            Which::Access => {
                let token = Token::of(&self.granted.access_token);
                let verdict = unverified(&token);
                (token, verdict)
            }
            Which::Id => {
                let id = self.id_token.as_ref()?;
                (id.token.clone(), id.verdict.clone())
            }
            Which::Refresh => {
                let token = Token::of(self.granted.refresh_token.as_ref()?);
                let verdict = unverified(&token);
                (token, verdict)
            }
        };
        Some(Arc::new(Self { token, verdict, which, ..(**self).clone() }))
    }

    /// Why sending this to an API is a mistake, in words for a person who is about to; none for an access token.
    pub fn warning(&self) -> Option<&'static str> {
        match (self.which, self.token.token_kind()) {
            (Which::Id, _) | (Which::Access, TokenUse::Id) => Some(
                "This is the ID token: it tells the client who logged in and is not for APIs, which should refuse it \
                 (RFC 8725 section 3.11). Send the access token.",
            ),
            (Which::Refresh, _) | (Which::Access, TokenUse::Refresh) => Some(
                "This is the refresh token: it is for the authorization server alone. An API that sees it can get tokens \
                 in your name.",
            ),
            (Which::Access, _) => None,
        }
    }
}

/// The verdict on what only its issuer can judge.
fn unverified(token: &Token) -> Verdict {
    verify(token, KeySource::None, &Policy::default(), Timestamp::UNIX_EPOCH)
}

//! Why an API refused a token: the causes, and what a diagnosis holds.
//!
//! Pure: no network, files, clock or terminal.

mod clocks;
mod diagnose;
mod evidence;
mod rules;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::fmt;

pub use diagnose::diagnose;
pub use evidence::Evidence;
use serde::{Serialize, Serializer};

use crate::oauth::ScopeSet;

/// Why a call was refused. The names are a contract: screens, JSON and help use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// The API saw no usable token.
    NoTokenSeen,
    /// The token has ended.
    Expired,
    /// The clocks of provider, API and this machine disagree.
    ClockSkew,
    /// The token's issuer is not the one that is trusted.
    IssuerMismatch,
    /// The token is for others.
    AudienceMismatch,
    /// A scope is missing.
    MissingScope,
    /// A role is missing, or a rule of the API's own forbids it.
    RoleMissing,
    /// The key that signed the token is not in the key set.
    UnknownKey,
    /// The signature does not fit the key.
    BadSignature,
    /// The algorithm is none that the API takes.
    AlgorithmRefused,
    /// The API cannot get the issuer's keys.
    KeysUnreachable,
    /// It is no access token that the API could check.
    WrongTokenKind,
    /// A claim is missing.
    MissingClaim,
    /// The provider no longer honours the token.
    Revoked,
    /// Something in front of the API refused.
    LostOnTheWay,
    /// None of the known causes shows.
    Unknown,
}

impl Cause {
    /// Every cause, with its name and one line that explains it.
    pub const TABLE: [(Self, &'static str, &'static str); 16] = [
        (Self::NoTokenSeen, "no-token-seen", "the API saw no usable token in the request"),
        (Self::Expired, "expired", "the token had ended when the API looked at it"),
        (Self::ClockSkew, "clock-skew", "the clocks of provider, API and this machine disagree"),
        (Self::IssuerMismatch, "issuer-mismatch", "the token's iss is not the issuer the API trusts"),
        (Self::AudienceMismatch, "audience-mismatch", "the token's aud does not name the API"),
        (Self::MissingScope, "missing-scope", "the endpoint wants a scope that the token does not have"),
        (Self::RoleMissing, "role-missing", "the API takes the token, and wants a role that it does not have"),
        (Self::UnknownKey, "unknown-key", "the key that signed the token is not in the issuer's key set"),
        (Self::BadSignature, "bad-signature", "the signature does not fit the issuer's key"),
        (Self::AlgorithmRefused, "algorithm-refused", "the token is signed in a way that the API does not take"),
        (Self::KeysUnreachable, "keys-unreachable", "the API cannot get the issuer's keys, so it can check no token"),
        (
            Self::WrongTokenKind,
            "wrong-token-kind",
            "an ID token, a refresh token or another that is not for an API was sent",
        ),
        (Self::MissingClaim, "missing-claim", "the API wants a claim that the token does not have"),
        (Self::Revoked, "revoked", "the token has not ended, but its provider no longer honours it"),
        (Self::LostOnTheWay, "lost-on-the-way", "something in front of the API refused, or took the token away"),
        (Self::Unknown, "unknown", "everything that can be checked from here looks right, and the API gave no reason"),
    ];

    /// The name in JSON and on the screen.
    pub fn name(self) -> &'static str {
        Self::TABLE.iter().find(|(cause, ..)| *cause == self).map_or("unknown", |(_, name, _)| name)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// How sure a diagnosis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// It fits; other causes fit as well.
    Possible,
    /// What can be compared from here speaks for it; the API did not say.
    VeryLikely,
    /// The API said so, or it can be proved from here.
    Certain,
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Possible => "possible",
            Self::VeryLikely => "very likely",
            Self::Certain => "certain",
        })
    }
}

/// One comparison behind a diagnosis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceRow {
    /// What is compared: `aud`, `exp`, `scope`, `kid`, `Authorization`.
    pub item: String,
    /// What the token, or the request, has.
    pub token: String,
    /// How the two stand to each other.
    pub relation: Relation,
    /// What was expected.
    pub expected: String,
    /// Where the expectation comes from.
    pub source: String,
}

/// How two values of the evidence stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// The same.
    Equal,
    /// Not the same, and that matters.
    Differs,
    /// In order.
    Ok,
    /// Could not be compared.
    Unknown,
}

/// What the program itself can do about a refusal: the key `f`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Ask for these scopes as well, this session, and send again.
    AskForScopes(ScopeSet),
    /// Get a new token and send again.
    NewToken,
    /// Send it again with the profile's token.
    SendWithToken,
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AskForScopes(_) => "ask for it and send again (this session only)",
            Self::NewToken => "get a new token and send again",
            Self::SendWithToken => "send it again with a token",
        })
    }
}

/// Why a call was refused, with what speaks for it and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// The cause.
    pub cause: Cause,
    /// How sure that is.
    pub confidence: Confidence,
    /// The cause in one sentence, with the values concerned.
    pub summary: String,
    /// What to do, and who must do it: one or two sentences.
    pub advice: String,
    /// The comparisons behind it, the telling ones first.
    pub evidence: Vec<EvidenceRow>,
    /// What the API itself said, status and challenge or body, on one line; none when it said nothing.
    #[serde(skip)]
    pub said: Option<String>,
    /// What else was noticed, each in a sentence.
    #[serde(skip)]
    pub also: Vec<String>,
    /// The causes that were looked at and do not fit.
    #[serde(skip)]
    pub ruled_out: Vec<Cause>,
    /// What the program can do about it.
    #[serde(skip)]
    pub remedy: Option<Remedy>,
}

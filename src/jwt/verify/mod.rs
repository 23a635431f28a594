//! Holds a token against keys and a policy: every check is made and told, not only the first that fails.
//!
//! The library checks the signature only; what the claims mean is judged here, with the `now` that is handed in.
//!
//! Pure: imports only the `jwt` module's own files.

mod claims;
mod signature;

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::KeySet;
use super::decode::{Kind, Token};
use signature::Judged;

/// Claim values in a sentence are cut to this many characters.
const MOST_SHOWN: usize = 80;
/// More seconds of leeway nobody asks for in earnest.
const MOST_LEEWAY: u64 = 365 * 86_400;

/// What a token is held against, beside keys.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Policy {
    /// The `iss` it must have, byte for byte; none: `iss` is not checked.
    pub issuer: Option<String>,
    /// What its `aud` must name; none: `aud` is not checked.
    pub audience: Option<String>,
    /// How many seconds a clock may be off.
    pub leeway: u64,
    /// Checks that must pass: one that would be skipped fails.
    pub required: Vec<CheckName>,
}

/// The text is no leeway.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoLeeway {
    /// It is no number.
    #[error("a number of seconds is wanted, such as 30")]
    NoNumber,
    /// No clock is off by so much.
    #[error("{0} seconds are too many: at most {MOST_LEEWAY}, a year, are allowed")]
    TooLong(u64),
}

impl Policy {
    /// Reads a leeway as people write it: seconds, a year at most.
    pub fn read_leeway(text: &str) -> Result<u64, NoLeeway> {
        match text.parse() {
            Ok(seconds) if seconds <= MOST_LEEWAY => Ok(seconds),
            Ok(seconds) => Err(NoLeeway::TooLong(seconds)),
            Err(_) => Err(NoLeeway::NoNumber),
        }
    }
}

/// Where the keys come from.
#[derive(Clone, Debug)]
pub enum KeySource<'a> {
    /// These.
    Keys(&'a KeySet),
    /// They could not be had, and why.
    Unreachable(String),
    /// None was named.
    None,
}

/// What verification found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Whether no check failed; none when the signature was not checked: for want of a key, or since it cannot be.
    pub valid: Option<bool>,
    /// All ten checks, in the order of [`CheckName::ALL`].
    pub checks: Vec<Check>,
    /// The key that the signature was held against, when it was a single one.
    pub key: Option<KeyUsed>,
    /// When the outcome of the time checks next makes the verdict another one.
    pub changes_at: Option<Timestamp>,
}

/// The key that a signature was held against.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct KeyUsed {
    /// Its `kid`, as spelt.
    pub kid: Option<String>,
    /// The algorithm used.
    pub alg: String,
    /// Its thumbprint (RFC 7638); none for a secret.
    pub thumbprint: Option<String>,
}

/// One line of a verdict.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Check {
    /// Which check.
    #[serde(rename = "check")]
    pub name: CheckName,
    /// How it came out.
    pub outcome: Outcome,
    /// The values concerned, in one short sentence; safe to show.
    pub detail: String,
}

/// How a check came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it must be.
    Pass,
    /// Not as it must be.
    Fail,
    /// Not made; the detail says why.
    Skipped,
}

/// The checks, a stable contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Hash)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// There is a key that fits the token.
    Key,
    /// The signature holds with it.
    Signature,
    /// The algorithm is one that the key allows.
    Alg,
    /// It has not ended (RFC 7519 section 4.1.4).
    Exp,
    /// It has begun (RFC 7519 section 4.1.5).
    Nbf,
    /// It was not issued in the future (RFC 7519 section 4.1.6).
    Iat,
    /// The issuer is the expected one (RFC 7519 section 4.1.1).
    Iss,
    /// It is for the expected audience (RFC 7519 section 4.1.3).
    Aud,
    /// It is an access token (RFC 8725 section 3.11).
    Typ,
    /// It asks for no extension that is not understood (RFC 7515 section 4.1.11).
    Crit,
}

impl CheckName {
    /// All checks, in the order they are told.
    pub const ALL: [Self; 10] = [
        Self::Key,
        Self::Signature,
        Self::Alg,
        Self::Exp,
        Self::Nbf,
        Self::Iat,
        Self::Iss,
        Self::Aud,
        Self::Typ,
        Self::Crit,
    ];

    /// Its name in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Alg => "alg",
            Self::Exp => "exp",
            Self::Nbf => "nbf",
            Self::Iat => "iat",
            Self::Iss => "iss",
            Self::Aud => "aud",
            Self::Typ => "typ",
            Self::Crit => "crit",
        }
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no check.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no check \"{0}\"; the checks are key, signature, alg, exp, nbf, iat, iss, aud, typ, crit")]
pub struct UnknownCheck(String);

impl FromStr for CheckName {
    type Err = UnknownCheck;

    fn from_str(text: &str) -> Result<Self, UnknownCheck> {
        let known = Self::ALL.into_iter().find(|name| name.as_str() == text);
        known.ok_or_else(|| UnknownCheck(super::shown(text, MOST_SHOWN)))
    }
}

/// How a check came out, and why.
type Finding = (Outcome, String);

fn pass(detail: impl Into<String>) -> Finding {
    (Outcome::Pass, detail.into())
}

fn fail(detail: impl Into<String>) -> Finding {
    (Outcome::Fail, detail.into())
}

fn skip(detail: impl Into<String>) -> Finding {
    (Outcome::Skipped, detail.into())
}

/// Makes every check of the token.
///
/// `valid` is true or false only when there was a key to hold the signature against, or it is certain that none of those
/// there can be the token's. Without a key, and with one that cannot be read, the token is *not checked*, whatever its
/// claims say. When not all keys that it may be of could be tried, it is not checked either, unless another check fails:
/// then no key could help. A JWE or an opaque token has no verdict. The leeway is for `exp`, `nbf` and `iat` alike.
pub fn verify(token: &Token, keys: KeySource<'_>, policy: &Policy, now: Timestamp) -> Verdict {
    let unreadable = match (token.kind(), token.problems()) {
        (Kind::Jws(_), _) => None,
        (Kind::Jwe, _) => Some("encrypted (JWE): only its recipient can read it".to_owned()),
        (Kind::Opaque, [problem, ..]) => {
            Some(format!("no JWT: {problem}; if it is opaque, only the server that issued it can say (introspection)"))
        }
        (Kind::Opaque, []) => Some("opaque: only the server that issued it can say (introspection)".to_owned()),
    };
    if let Some(why) = unreadable {
        let checks = CheckName::ALL.map(|name| Check { name, outcome: Outcome::Skipped, detail: why.clone() });
        return Verdict { valid: None, checks: checks.into(), key: None, changes_at: None };
    }
    let signed = signature::check(token, keys);
    let checks: Vec<Check> = CheckName::ALL
        .into_iter()
        .map(|name| {
            let finding = match name {
                CheckName::Key => signed.key.clone(),
                CheckName::Signature => signed.signature.clone(),
                CheckName::Alg => signed.alg.clone(),
                CheckName::Exp => claims::exp(token, policy, now),
                CheckName::Nbf => claims::nbf(token, policy, now),
                CheckName::Iat => claims::iat(token, policy, now),
                CheckName::Iss => claims::iss(token, policy),
                CheckName::Aud => claims::aud(token, policy),
                CheckName::Typ => claims::typ(token),
                CheckName::Crit => claims::crit(token),
            };
            check(name, finding, policy)
        })
        .collect();
    let fails = checks.iter().any(|check| check.outcome == Outcome::Fail);
    let valid = match signed.judged {
        Judged::Wholly => Some(!fails),
        Judged::InPart => fails.then_some(false),
        Judged::Not => None,
    };
    let changes_at = changes_at(token, policy, now, &checks);
    Verdict { valid, checks, key: signed.used, changes_at }
}

/// A check that is required and would be skipped fails.
fn check(name: CheckName, (outcome, detail): Finding, policy: &Policy) -> Check {
    if outcome == Outcome::Skipped && policy.required.contains(&name) {
        return Check { name, outcome: Outcome::Fail, detail: format!("{detail}; it is required") };
    }
    Check { name, outcome, detail }
}

/// The next instant at which the time checks turn the verdict, all others staying as they are.
fn changes_at(token: &Token, policy: &Policy, now: Timestamp, checks: &[Check]) -> Option<Timestamp> {
    let timed = [CheckName::Exp, CheckName::Nbf, CheckName::Iat];
    if checks.iter().any(|check| check.outcome == Outcome::Fail && !timed.contains(&check.name)) {
        return None;
    }
    let holds_at = |instant: Timestamp| {
        let findings = [
            claims::exp(token, policy, instant),
            claims::nbf(token, policy, instant),
            claims::iat(token, policy, instant),
        ];
        timed.into_iter().zip(findings).all(|(name, finding)| check(name, finding, policy).outcome != Outcome::Fail)
    };
    let leeway = leeway(policy);
    let mut instants: Vec<Timestamp> = [
        token.expires_at().and_then(|end| end.checked_add(leeway).ok()),
        token.not_before().and_then(|begin| begin.checked_sub(leeway).ok()),
        token.issued_at().and_then(|issued| issued.checked_sub(leeway).ok()),
    ]
    .into_iter()
    .flatten()
    .filter(|instant| *instant > now)
    .collect();
    instants.sort_unstable();
    let holds_now = holds_at(now);
    instants.into_iter().find(|instant| holds_at(*instant) != holds_now)
}

fn leeway(policy: &Policy) -> SignedDuration {
    // Nobody's clock is off by more than a century.
    SignedDuration::from_secs(i64::try_from(policy.leeway.min(3_153_600_000)).unwrap_or_default())
}

#[cfg(test)]
mod tests;

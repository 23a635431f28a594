//! Findings about a token, from a table of small rules: each has an id, a severity, a reference, and a function that
//! says what it found.
//!
//! Pure: imports only the `jwt` module's own files.

mod claims;
mod form;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;

use super::decode::{Kind, Token};

/// How much a finding matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Likely to make trouble.
    Warning,
    /// Wrong, or dangerous.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// The text names no severity.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no severity \"{0}\"; the severities are info, warning, error")]
pub struct UnknownSeverity(String);

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(text: &str) -> Result<Self, UnknownSeverity> {
        match text {
            "info" => Ok(Self::Info),
            "warning" => Ok(Self::Warning),
            "error" => Ok(Self::Error),
            other => Err(UnknownSeverity(super::shown(other, 40))),
        }
    }
}

/// Something found in a token.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// The rule's id.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What was found, with the value concerned; safe to show.
    pub message: String,
    /// Where it is written that this matters.
    #[serde(skip)]
    pub reference: &'static str,
}

/// A rule of the table.
pub struct Rule {
    /// A stable id.
    pub id: &'static str,
    /// How much its findings matter.
    pub severity: Severity,
    /// Where it is written that this matters.
    pub reference: &'static str,
    /// What it looks for, in one line.
    pub about: &'static str,
    /// The finding's message, when the rule fires. Called for signed tokens alone.
    look: fn(&Token, Timestamp) -> Option<String>,
}

const fn rule(
    id: &'static str,
    severity: Severity,
    reference: &'static str,
    about: &'static str,
    look: fn(&Token, Timestamp) -> Option<String>,
) -> Rule {
    Rule { id, severity, reference, about, look }
}

/// All rules, in the order their findings are told.
pub static RULES: &[Rule] = &[
    rule("alg-none", Severity::Error, "RFC 8725 3.2", "not signed at all", form::alg_none),
    rule("alg-unknown", Severity::Error, "RFC 7518 3.1", "no signature algorithm's name", form::alg_unknown),
    rule(
        "signature-missing",
        Severity::Error,
        "RFC 7515 3.1",
        "an algorithm, but no signature",
        form::signature_missing,
    ),
    rule(
        "not-base64url",
        Severity::Warning,
        "RFC 7515 2",
        "a part in another alphabet or with padding",
        form::encoding,
    ),
    rule("duplicate-member", Severity::Error, "RFC 7519 4", "a name that stands twice", form::duplicate_member),
    rule("payload-not-json", Severity::Warning, "RFC 7519 3", "a payload without claims", form::payload_not_json),
    rule(
        "crit-unknown",
        Severity::Error,
        "RFC 7515 4.1.11",
        "an extension that must be understood",
        form::crit_unknown,
    ),
    rule(
        "header-key-material",
        Severity::Warning,
        "RFC 8725 3.10",
        "a key or its address in the header",
        form::header_key_material,
    ),
    rule(
        "kid-suspicious",
        Severity::Warning,
        "RFC 8725 3.10",
        "a kid like a path, SQL or a command",
        form::kid_suspicious,
    ),
    rule("typ-missing", Severity::Info, "RFC 8725 3.11", "no typ in the header", form::typ_missing),
    rule("id-token", Severity::Warning, "RFC 8725 3.11", "an ID token, not for an API", form::id_token),
    rule("refresh-token", Severity::Warning, "RFC 6749 1.5", "a refresh token, not for an API", form::refresh_token),
    rule(
        "claim-of-wrong-type",
        Severity::Error,
        "RFC 7519 4.1",
        "a registered claim of another type",
        claims::wrong_type,
    ),
    rule("no-exp", Severity::Warning, "RFC 9068 2.2", "no end", claims::no_exp),
    rule("exp-before-iat", Severity::Error, "RFC 7519 4.1.4", "ends before it was issued", claims::exp_before_iat),
    rule("lifetime-over-a-day", Severity::Warning, "RFC 6750 5.3", "good for more than a day", claims::long_lifetime),
    rule("iat-in-future", Severity::Warning, "RFC 7519 4.1.6", "issued in the future", claims::iat_in_future),
    rule("no-aud", Severity::Warning, "RFC 8725 3.9", "no audience: good for any API", claims::no_aud),
    rule("aud-account", Severity::Info, "Keycloak", "only for Keycloak's own account API", claims::aud_account),
    rule("sub-missing", Severity::Info, "RFC 9068 2.2", "no subject", claims::sub_missing),
];

/// What the rules find in the token. Encrypted and opaque tokens have no findings.
pub fn lint(token: &Token, now: Timestamp) -> Vec<Finding> {
    if !matches!(token.kind(), Kind::Jws(_)) {
        return Vec::new();
    }
    RULES
        .iter()
        .filter_map(|rule| {
            let message = (rule.look)(token, now)?;
            Some(Finding { id: rule.id, severity: rule.severity, message, reference: rule.reference })
        })
        .collect()
}

#[cfg(test)]
mod tests;

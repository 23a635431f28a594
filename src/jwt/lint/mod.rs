//! Findings about a token, from a table of small rules: each has an id, a severity, a reference, a remedy, and a function
//! that says what it found.
//!
//! Pure: imports only the `jwt` module's own files.

mod certificate;
mod claims;
mod form;
mod kid;
mod numbers;
mod rules;
mod secrets;
mod typ;
mod types;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;

use super::decode::{Kind, Token};
use super::keys::KeySet;

pub use rules::RULES;

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
    /// What to do about it.
    pub remedy: &'static str,
    /// Where it is written that this matters.
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
    /// What to do about it, in one sentence.
    pub remedy: &'static str,
    look: Look,
}

/// The finding's message, when the rule fires. Called for signed tokens alone.
enum Look {
    /// The token says it.
    Token(fn(&Token, Timestamp) -> Option<String>),
    /// The token and the keys given for it say it.
    Keys(fn(&Token, &KeySet, Timestamp) -> Option<String>),
}

impl Rule {
    fn found(&self, message: String) -> Finding {
        let Self { id, severity, reference, remedy, .. } = *self;
        Finding { id, severity, message, remedy, reference }
    }

    /// Whether it can only be told with the keys that a token is verified with.
    pub fn wants_keys(&self) -> bool {
        matches!(self.look, Look::Keys(_))
    }
}

/// What the rules find in the token. Encrypted and opaque tokens have no findings.
pub fn lint(token: &Token, now: Timestamp) -> Vec<Finding> {
    findings(token, |rule| match rule.look {
        Look::Token(look) => look(token, now),
        Look::Keys(_) => None,
    })
}

/// What the rules find in the keys that a token is verified with.
pub fn lint_keys(token: &Token, keys: &KeySet, now: Timestamp) -> Vec<Finding> {
    findings(token, |rule| match rule.look {
        Look::Token(_) => None,
        Look::Keys(look) => look(token, keys, now),
    })
}

fn findings(token: &Token, look: impl Fn(&Rule) -> Option<String>) -> Vec<Finding> {
    if !matches!(token.kind(), Kind::Jws(_)) {
        return Vec::new();
    }
    RULES.iter().filter_map(|rule| Some(rule.found(look(rule)?))).collect()
}

/// The rules as the README has them.
pub fn rule_table_markdown() -> String {
    let row = |rule: &Rule| {
        format!("| `{}` | {} | {} | {} | {} |\n", rule.id, rule.severity, rule.about, rule.remedy, rule.reference)
    };
    let rows: String = RULES.iter().map(row).collect();
    format!("| rule | severity | looks for | what to do | reference |\n| --- | --- | --- | --- | --- |\n{rows}")
}

#[cfg(test)]
mod tests;

//! The table of causes: one small rule a file, each of which looks at the evidence and either fits or does not.
//!
//! Pure: no network, files, clock or terminal.

mod bad_signature;
mod expired;
mod issuer_mismatch;
mod missing_scope;
mod no_token_seen;
mod unknown_key;

use super::{Cause, Confidence, Evidence, EvidenceRow, Remedy};

/// What a rule found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How sure it is.
    pub confidence: Confidence,
    /// The cause in one sentence, with the values concerned.
    pub summary: String,
    /// What to do, and who must do it.
    pub advice: String,
    /// What was compared.
    pub evidence: Vec<EvidenceRow>,
    /// What the program can do about it.
    pub remedy: Option<Remedy>,
}

/// One cause and how to recognise it.
pub struct Rule {
    /// The cause.
    pub cause: Cause,
    /// Whether it fits, and what speaks for it. Called only for refusals.
    pub check: fn(&Evidence<'_>) -> Option<Finding>,
}

/// Every rule, in the order in which they count when two are equally sure of a 401: what was sent, then time, keys,
/// names, permissions.
pub const RULES: [Rule; 6] = [
    Rule { cause: Cause::NoTokenSeen, check: no_token_seen::check },
    Rule { cause: Cause::Expired, check: expired::check },
    Rule { cause: Cause::UnknownKey, check: unknown_key::check },
    Rule { cause: Cause::BadSignature, check: bad_signature::check },
    Rule { cause: Cause::IssuerMismatch, check: issuer_mismatch::check },
    Rule { cause: Cause::MissingScope, check: missing_scope::check },
];

//! The table of causes: one small rule a file, each of which looks at the evidence and either fits or does not.
//!
//! Pure: no network, files, clock or terminal.

mod algorithm_refused;
mod audience_mismatch;
mod bad_signature;
mod clock_skew;
mod expired;
mod issuer_mismatch;
mod keys_unreachable;
mod lost_on_the_way;
mod missing_claim;
mod missing_scope;
mod no_token_seen;
mod revoked;
mod role_missing;
mod unknown_key;
mod wrong_token_kind;

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

/// Every rule, in the order in which they count when two are equally sure of a 401: what was sent and whether it arrived,
/// then time, keys, names, permissions, and last what only others can know.
pub const RULES: [Rule; 15] = [
    Rule { cause: Cause::LostOnTheWay, check: lost_on_the_way::check },
    Rule { cause: Cause::NoTokenSeen, check: no_token_seen::check },
    Rule { cause: Cause::WrongTokenKind, check: wrong_token_kind::check },
    Rule { cause: Cause::Expired, check: expired::check },
    Rule { cause: Cause::ClockSkew, check: clock_skew::check },
    Rule { cause: Cause::AlgorithmRefused, check: algorithm_refused::check },
    Rule { cause: Cause::UnknownKey, check: unknown_key::check },
    Rule { cause: Cause::BadSignature, check: bad_signature::check },
    Rule { cause: Cause::IssuerMismatch, check: issuer_mismatch::check },
    Rule { cause: Cause::AudienceMismatch, check: audience_mismatch::check },
    Rule { cause: Cause::MissingClaim, check: missing_claim::check },
    Rule { cause: Cause::MissingScope, check: missing_scope::check },
    Rule { cause: Cause::RoleMissing, check: role_missing::check },
    Rule { cause: Cause::Revoked, check: revoked::check },
    Rule { cause: Cause::KeysUnreachable, check: keys_unreachable::check },
];

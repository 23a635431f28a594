//! The key that signed the token is not in the issuer's key set, or not in the API's copy of it.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation, Remedy};
use crate::jwt::{CheckName, Outcome};

/// What APIs say when they know no such key.
const SAYINGS: [&str; 5] = [
    "unknown kid",
    "signature key was not found",
    "doesn't have key to match",
    "unable to find a signing key",
    "no key",
];

/// The key set is the issuer's, fetched here; what the API holds can only be inferred.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let token = evidence.token?;
    let kid = token.kid().map_or_else(|| "none named".to_owned(), quoted);
    let reason = evidence.reason();
    let said =
        SAYINGS.iter().any(|saying| reason.contains(saying)) || (reason.contains("key") && reason.contains("not in"));
    let verified = evidence.check(CheckName::Signature).is_some_and(|check| check.outcome == Outcome::Pass);
    if evidence.failed(CheckName::Key) {
        let detail = evidence.check(CheckName::Key).map(|check| check.detail.clone()).unwrap_or_default();
        return Some(Finding {
            confidence: Confidence::Certain,
            summary: format!("The key that signed this token ({kid}) is not in the issuer's key set."),
            advice: "The keys were rotated, or the token is from another realm or environment: get a new one, and check the \
                     profile's issuer."
                .into(),
            evidence: vec![row("kid", kid, Relation::Differs, quoted(&detail), "the issuer's key set")],
            remedy: Some(Remedy::NewToken),
        });
    }
    (said && verified).then(|| Finding {
        confidence: Confidence::VeryLikely,
        summary: format!("The API does not know the key {kid}; here it is in the issuer's key set and the signature fits."),
        advice: "The token is fine. The API holds an old copy of the keys: its owner can restart it, and should have it fetch \
                 them again when it meets an unknown key."
            .into(),
        evidence: vec![row("kid", kid, Relation::Equal, "in the key set", "the issuer's key set")],
        remedy: None,
    })
}

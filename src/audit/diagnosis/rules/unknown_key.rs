//! The key that signed the token is not in the issuer's key set, or not in the API's copy of it.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation, Remedy};
use crate::jwt::{CheckName, Outcome};

/// What APIs say when they know no such key.
const SAYINGS: [&str; 6] = [
    "unknown kid",
    "signature key was not found",
    "doesn't have key to match",
    "unable to find a signing key",
    "no key",
    "does not publish",
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
            advice: "The keys were rotated, the provider was restarted with a fresh key store (Keycloak without a lasting \
                     database makes new keys then, under new names), or the token is from another realm or environment: get \
                     a new one, and check the profile's issuer."
                .into(),
            evidence: vec![row("kid", kid, Relation::Differs, quoted(&detail), "the issuer's key set")],
            remedy: Some(Remedy::NewToken),
        });
    }
    if !said {
        return None;
    }
    if verified {
        return Some(Finding {
            confidence: Confidence::VeryLikely,
            summary: format!(
                "The API does not know the key {kid}; when the token came, it was in the issuer's key set and the signature \
                 fitted."
            ),
            advice: "If a new token passes, the provider was restarted with a fresh key store since (Keycloak without a \
                     lasting database) and this token is worthless. If a new one is refused too, the API holds an old copy \
                     of the keys: its owner can restart it, and should have it fetch them again when it meets an unknown key."
                .into(),
            evidence: vec![row("kid", kid, Relation::Equal, "in the key set when it came", "the issuer's key set")],
            remedy: Some(Remedy::NewToken),
        });
    }
    Some(Finding {
        confidence: Confidence::Certain,
        summary: format!("The API says the issuer does not publish the key {kid}."),
        advice:
            "The keys were rotated, the provider was restarted with a fresh key store, or the token is from another \
                 realm: get a new one, and check the profile's issuer."
                .into(),
        evidence: vec![row("kid", kid, Relation::Differs, "known to the API", "the API's answer")],
        remedy: Some(Remedy::NewToken),
    })
}

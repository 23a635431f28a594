//! The signature does not fit the issuer's key.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation, Remedy};
use crate::jwt::{CheckName, Outcome};

/// That it fails here is certain; why it fails can only be guessed.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let token = evidence.token?;
    let check = evidence.check(CheckName::Signature);
    let fails_here = evidence.failed(CheckName::Signature);
    let said = evidence.reason().contains("signature") && !evidence.reason().contains("key was not found");
    if !fails_here && !said {
        return None;
    }
    let kid = token.kid().map_or_else(|| "none named".to_owned(), quoted);
    let fits_here = check.is_some_and(|check| check.outcome == Outcome::Pass);
    let (summary, advice) = if fits_here {
        (
            "The API says the signature does not fit; here it fits the issuer's key.".to_owned(),
            "The API trusts other keys than this issuer's: ask its owner which issuer and key set it is configured with.",
        )
    } else {
        (
            format!("The signature of this token does not fit the key {kid}."),
            "The token was cut or changed, or comes from another environment with a key of the same name: get a new one.",
        )
    };
    let relation = if fits_here { Relation::Ok } else { Relation::Differs };
    Some(Finding {
        confidence: Confidence::Certain,
        summary,
        advice: advice.to_owned(),
        evidence: vec![row(
            "signature",
            check.map_or_else(|| "not checked here".to_owned(), |check| quoted(&check.detail)),
            relation,
            format!("fits key {kid}"),
            if said { "the API's answer" } else { "the issuer's key set" },
        )],
        remedy: (!fits_here).then_some(Remedy::NewToken),
    })
}

//! The token is signed in a way that the API does not take.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation, Remedy};
use crate::jwt::CheckName;

/// What APIs say of it.
const SAYINGS: [&str; 4] = ["algorithm", "'s alg", "alg header", "unsigned"];

/// RFC 8725 section 3.1: the receiver says which algorithms it takes. `none` and, where keys are public, those with a
/// shared secret are refused by all that are well made.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let token = evidence.token?;
    let alg = token.alg().unwrap_or_default();
    let shown = if alg.is_empty() { "no alg".to_owned() } else { quoted(alg) };
    let said = SAYINGS.iter().any(|saying| evidence.reason().contains(saying));
    let unsigned = alg.eq_ignore_ascii_case("none");
    let shared = alg.starts_with("HS");
    let failed = evidence.failed(CheckName::Alg);
    // Only where the token can be read at all: an encrypted one has an alg of another kind.
    if token.claims().is_none() || !(said || unsigned || shared || failed) {
        return None;
    }
    let offered = evidence
        .metadata
        .and_then(crate::oauth::Metadata::signing_algorithms)
        .map_or_else(|| "an algorithm with a public key, such as RS256".to_owned(), |list| quoted(&list.join(" ")));
    let confidence = if said || unsigned { Confidence::Certain } else { Confidence::VeryLikely };
    let (summary, advice) = if unsigned {
        (
            "The token is not signed at all (alg none): anyone can have written it.".to_owned(),
            "No API that is well made takes it, whatever its claims say: get a real token from the provider."
                .to_owned(),
        )
    } else if shared {
        (
            format!("The token is signed with {shown}, a secret that only its maker has: no API can check it."),
            format!(
                "Keycloak signs refresh tokens so: is it one? For access tokens it is a setting: Clients → {} → Advanced → \
                 Access token signature algorithm.",
                evidence.client()
            ),
        )
    } else {
        (
            format!("The token is signed with {shown}, which is not taken{}.", if said { " by the API" } else { "" }),
            format!(
                "Use an algorithm that both sides know: in Keycloak Clients → {} → Advanced → Access token signature \
                 algorithm, or have the API's owner allow {shown}.",
                evidence.client()
            ),
        )
    };
    Some(Finding {
        confidence,
        summary,
        advice,
        evidence: vec![row(
            "alg",
            shown,
            Relation::Differs,
            offered,
            if said { "the API's answer" } else { "RFC 8725" },
        )],
        remedy: unsigned.then_some(Remedy::NewToken),
    })
}

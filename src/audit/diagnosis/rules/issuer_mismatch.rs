//! The token's issuer is not the one the API trusts.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation};
use crate::oauth::IssuerDifference;

/// What APIs say of it.
const SAYINGS: [&str; 5] = ["issuer", "iss claim", "claim iss", "'iss'", "\"iss\""];

/// What they say of the issuer's keys, which is another matter.
const OF_ITS_KEYS: [&str; 2] = ["issuer's keys", "issuer does not publish"];

/// Issuers compare byte for byte (RFC 8414 section 3.3): a trailing slash or another name of the same host counts.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let token = evidence.token.filter(|token| token.claims().is_some())?;
    let iss = token.claim_str("iss");
    let trusted = evidence.provider.issuer.as_str();
    let reason = evidence.reason();
    let of_keys = OF_ITS_KEYS.iter().any(|saying| reason.contains(saying));
    let said = !of_keys && SAYINGS.iter().any(|saying| reason.contains(saying));
    let differs = iss != Some(trusted);
    if !said && !differs {
        return None;
    }
    let found = iss.map_or_else(|| "no issuer".to_owned(), quoted);
    let (confidence, summary) = if said {
        let what = evidence.description().map(|text| quoted(&text)).unwrap_or_default();
        (Confidence::Certain, format!("The API does not trust the issuer {found}. It said: {what}"))
    } else {
        (Confidence::VeryLikely, format!("The token says it comes from {found}, the API trusts {trusted}."))
    };
    let advice = match IssuerDifference::between(iss.unwrap_or_default(), trusted) {
        Some(difference) => difference.advice(iss.unwrap_or_default(), trusted),
        None => {
            "The token's iss equals profiles.toml here, so the API is configured with another one: its owner must use \
                 exactly this spelling (byte for byte; http or https, host, port and last slash count)."
                .to_owned()
        }
    };
    Some(Finding {
        confidence,
        summary,
        advice,
        evidence: vec![row(
            "iss",
            found,
            if differs { Relation::Differs } else { Relation::Equal },
            trusted,
            &format!("profiles.toml:{} (providers.{})", evidence.provider.place.line, evidence.provider.name),
        )],
        remedy: None,
    })
}

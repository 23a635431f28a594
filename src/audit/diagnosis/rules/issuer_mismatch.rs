//! The token's issuer is not the one the API trusts.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation};

/// What APIs say of it.
const SAYINGS: [&str; 5] = ["issuer", "iss claim", "claim iss", "'iss'", "\"iss\""];

/// Issuers compare byte for byte (RFC 8414 section 3.3): a trailing slash or another name of the same host counts.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let iss = evidence.token?.claim_str("iss").map(str::to_owned);
    let trusted = evidence.provider.issuer.as_str();
    let reason = evidence.reason();
    let said = SAYINGS.iter().any(|saying| reason.contains(saying));
    let differs = iss.as_deref() != Some(trusted);
    if !said && !differs {
        return None;
    }
    let found = iss.as_deref().map_or_else(|| "no issuer".to_owned(), quoted);
    let (confidence, summary) = if said {
        let what = evidence.description().map(|text| quoted(&text)).unwrap_or_default();
        (Confidence::Certain, format!("The API does not trust the issuer {found}. It said: {what}"))
    } else {
        (Confidence::VeryLikely, format!("The token says it comes from {found}, the API trusts {trusted}."))
    };
    Some(Finding {
        confidence,
        summary,
        advice: advice(iss.as_deref().unwrap_or_default(), trusted, differs),
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

fn advice(found: &str, trusted: &str, differs: bool) -> String {
    if !differs {
        return "The token's iss equals profiles.toml here, so the API is configured with another one: its owner must use \
                exactly this spelling."
            .into();
    }
    if found.trim_end_matches('/') == trusted.trim_end_matches('/') {
        return "They differ only by the last slash. It must match exactly: spell it the same on both sides.".into();
    }
    if path(found) == path(trusted) {
        return "It looks like the same server under two names. Fetch the token through the name the API trusts, or give the \
                provider one public name (Keycloak: KC_HOSTNAME)."
            .into();
    }
    "It is another realm or environment: check the profile's provider.".into()
}

/// What follows the host.
fn path(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.find('/').and_then(|at| rest.get(at..))
}

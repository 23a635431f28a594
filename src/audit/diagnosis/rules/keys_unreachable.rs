//! The API cannot get the issuer's keys, so it can check nobody's token.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation};
use crate::config::is_loopback;
use crate::jwt::{CheckName, Outcome};

/// What APIs say of it.
const SAYINGS: [&str; 9] = [
    "keys cannot be had",
    "remote fetch is failed",
    "fetch jwks",
    "fetch the jwks",
    "fetching jwks",
    "retrieve remote jwk set",
    "obtain configuration",
    "fetch keys",
    "fetching keys",
];

/// What the API holds can only be inferred, unless it says so: every token is refused, and all is in order here.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let status = evidence.response().filter(|_| evidence.token.is_some())?.status;
    let reason = evidence.reason();
    let said = SAYINGS.iter().any(|saying| reason.contains(saying));
    let address = evidence
        .provider
        .jwks_uri
        .as_deref()
        .or_else(|| evidence.metadata.and_then(|metadata| metadata.jwks_uri.as_deref()));
    let from_here = evidence.check(CheckName::Key).map(|check| (check.outcome, check.detail.as_str()));
    let unreachable_here =
        from_here.is_some_and(|(outcome, detail)| outcome == Outcome::Skipped && detail.contains("could not be had"));
    // Localhost is another machine for an API that is elsewhere.
    let elsewhere = address.is_some_and(is_loopback) && !is_loopback(&evidence.api.base_url);
    let unexplained = status == 401 && evidence.is_invalid_token_unexplained();
    let confidence = match (said, unreachable_here, elsewhere) {
        (true, ..) => Confidence::Certain,
        (false, true, _) if unexplained => Confidence::VeryLikely,
        (false, false, true) if unexplained => Confidence::Possible,
        _ => return None,
    };
    let address = address.map_or_else(|| "its address is not known".to_owned(), quoted);
    let summary = if said {
        let text = evidence.description().unwrap_or_default();
        format!("The API cannot get the issuer's keys. It said: {}", quoted(&text))
    } else if unreachable_here {
        format!("The issuer's keys cannot be had from here either, so likely the API has none ({address}).")
    } else {
        format!("The API is on another machine, and the issuer's keys are at {address}, which there is itself.")
    };
    Some(Finding {
        confidence,
        summary,
        advice: "The API's owner must let it reach the key set: localhost inside a container is the container itself, TLS \
                 must be trusted there, proxies let through. It may take a key address of its own, beside the issuer's name."
            .to_owned(),
        evidence: vec![row(
            "keys",
            from_here.map_or_else(|| "not fetched here".to_owned(), |(_, detail)| quoted(detail)),
            if unreachable_here { Relation::Differs } else { Relation::Unknown },
            address,
            "the issuer's key set",
        )],
        remedy: None,
    })
}

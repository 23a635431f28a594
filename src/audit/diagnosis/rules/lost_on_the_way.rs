//! Something in front of the API refused, which never looked at the token as the API would.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation};

/// A challenge of another scheme, or a page for people, is not what an API that takes bearer tokens answers (RFC 6750
/// section 3, RFC 9110 section 11.6.1).
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    evidence.token?;
    let response = evidence.response()?;
    let challenges = evidence.challenges();
    let known = |scheme: &str| scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("dpop");
    let foreign: Vec<String> = challenges.iter().map(|challenge| challenge.scheme.clone()).collect();
    let foreign = (!foreign.is_empty() && foreign.iter().all(|scheme| !known(scheme))).then(|| foreign.join(", "));
    let page = evidence.is_a_page();
    let (confidence, found) = match (&foreign, page && challenges.is_empty()) {
        (Some(schemes), _) => (Confidence::VeryLikely, format!("it asks for {}", quoted(schemes))),
        (None, true) => (Confidence::Possible, "the answer is a page for people (HTML)".to_owned()),
        (None, false) => return None,
    };
    let who = ["server", "via", "x-served-by"].iter().find_map(|name| response.header(name)).map(quoted);
    let by = who.as_ref().map(|who| format!(" from {who}")).unwrap_or_default();
    Some(Finding {
        confidence,
        summary: format!("Likely not the API refused, but something in front of it{by}: {found}."),
        advice:
            "A proxy, gateway or login page wants something of its own first, or the address is not the API's: check \
                 base_url in profiles.toml, and what the gateway wants (`headers` on the API are sent with every call)."
                .to_owned(),
        evidence: vec![row(
            "challenge",
            foreign.map_or_else(|| "none".to_owned(), |schemes| quoted(&schemes)),
            Relation::Differs,
            "Bearer",
            "the answer's headers",
        )],
        remedy: None,
    })
}

//! Nothing is wrong with the token itself; its provider no longer honours it.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation, Remedy};

/// What APIs say that ask the provider (RFC 7662), and Keycloak's own userinfo endpoint.
const SAYINGS: [&str; 10] = [
    "revoked",
    "inactive",
    "not active",
    "no longer active",
    "stale token",
    "session expired",
    "session not found",
    "logged out",
    "user disabled",
    "client disabled",
];

/// From here it cannot be seen: only the API, or the provider, can say so.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let token = evidence.token?;
    let reason = evidence.reason();
    if !SAYINGS.iter().any(|saying| reason.contains(saying)) {
        return None;
    }
    let over = token.expires_at().is_some_and(|end| end <= evidence.api_clock().0);
    let text = evidence.description().map(|text| quoted(&text)).unwrap_or_default();
    Some(Finding {
        // An ended token is inactive too.
        confidence: if over { Confidence::Possible } else { Confidence::Certain },
        summary: format!("The token is no longer honoured, though it has not ended. The API said: {text}"),
        advice: "Its session was ended, it was revoked, or its client or person was disabled: get a new one. If that one is \
                 refused too, the API may be no audience of the token, for which Keycloak 26.6 also answers inactive."
            .to_owned(),
        evidence: vec![row("token", "not ended by its own claims", Relation::Differs, "active", "the API's answer")],
        remedy: Some(Remedy::NewToken),
    })
}

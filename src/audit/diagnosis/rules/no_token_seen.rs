//! The API saw no usable token: none was sent, or the header was lost on the way.

use super::Finding;
use crate::audit::diagnosis::evidence::row;
use crate::audit::diagnosis::{Confidence, Evidence, Relation, Remedy};
use crate::exchange::Text;

/// RFC 6750 section 3: a challenge to a request without credentials carries no error code.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    if evidence.response()?.status != 401 {
        return None;
    }
    let sent = evidence.exchange.request.values("authorization").next().map(Text::shown);
    let Some(sent) = sent else {
        return Some(Finding {
            confidence: Confidence::Certain,
            summary: "The request carried no token, and this endpoint wants one.".into(),
            advice: "Send it as the profile, with its token.".into(),
            evidence: vec![row("Authorization", "not sent", Relation::Differs, "Bearer and a token", "the request")],
            remedy: Some(Remedy::SendWithToken),
        });
    };
    let error = evidence.error();
    let bare = evidence.bearer().is_some() && error.is_none();
    let told = matches!(error.as_deref(), Some("missing_authorization" | "unsupported_token_type"));
    (bare || told).then(|| Finding {
        confidence: Confidence::VeryLikely,
        summary: "The token was sent, but the API says it saw none.".into(),
        advice:
            "Something between here and the API removed the Authorization header: look for a proxy or gateway, or ask \
                 the API's owner whether it reads the token from there."
                .into(),
        evidence: vec![row("Authorization", sent, Relation::Unknown, "seen by the API", "the API's challenge")],
        remedy: None,
    })
}

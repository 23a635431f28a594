//! What was sent is a token, and not one for an API.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation, Remedy};
use crate::jwt::{Kind, Token, TokenUse};

/// What APIs say of it.
const SAYINGS: [&str; 7] = [
    "not an access token",
    "id token",
    "refresh token",
    "encrypted (jwe",
    "not a signed jwt",
    "jwt malformed",
    "wrong number of segments",
];

/// RFC 8725 section 3.11: a receiver must not take one kind of token for another.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let token = evidence.token?;
    let said = SAYINGS.iter().any(|saying| evidence.reason().contains(saying));
    let kind = kind(token);
    if kind.is_none() && !said {
        return None;
    }
    let what = kind.unwrap_or("a token");
    let (likely, advice) = match kind {
        Some(ID) => (
            Confidence::VeryLikely,
            "An ID token tells the client who logged in; an API wants the access token that came with it: send that one.",
        ),
        Some(REFRESH) => (
            Confidence::VeryLikely,
            "A refresh token is for the provider alone, and whoever has it can get tokens: do not send it to an API; send \
             the access token.",
        ),
        Some(LOGOUT) => (Confidence::VeryLikely, "It tells a client that a login is over. Send the access token."),
        Some(BOUND) => (
            Confidence::VeryLikely,
            "Its bearer must prove to have the key in cnf (DPoP or mutual TLS), which tokenscope does not do: ask the \
             provider's administrator for tokens that are not bound, for trying out.",
        ),
        Some(ENCRYPTED) => (
            Confidence::Possible,
            "Only the API it is for has the key. With Auth0 it is what one gets without an audience: set `audience` in the \
             profile.",
        ),
        Some(_) => (
            Confidence::Possible,
            "Nobody can read it but its issuer, so the API must ask there (introspection). If it expects a JWT, the provider \
             must issue one: Auth0 wants `audience`, Hydra its JWT strategy, node oidc-provider `resource`.",
        ),
        None => (Confidence::VeryLikely, "Ask the API's owner which kind of token it takes."),
    };
    let said_what = evidence.description().map(|text| quoted(&text)).unwrap_or_default();
    let summary = match (said, kind) {
        (true, None) => format!("The API does not take this kind of token. It said: {said_what}"),
        _ => format!("What was sent is {what}; an API wants an access token it can check."),
    };
    let is_other = matches!(kind, Some(ID | REFRESH | LOGOUT));
    Some(Finding {
        confidence: if said { Confidence::Certain } else { likely },
        summary,
        advice: advice.to_owned(),
        evidence: vec![row("kind", what, Relation::Differs, "an access token", "the token itself")],
        remedy: is_other.then_some(Remedy::SendWithToken),
    })
}

const ID: &str = "an ID token";
const REFRESH: &str = "a refresh token";
const LOGOUT: &str = "a logout token";
const BOUND: &str = "a token bound to a key";
const ENCRYPTED: &str = "an encrypted token (JWE)";
const OPAQUE: &str = "an opaque token, no JWT";

/// What it is, when that is no plain access token.
fn kind(token: &Token) -> Option<&'static str> {
    match token.kind() {
        Kind::Opaque => return Some(OPAQUE),
        Kind::Jwe => return Some(ENCRYPTED),
        Kind::Jws(_) => {}
    }
    match token.token_kind() {
        TokenUse::Id => Some(ID),
        TokenUse::Refresh => Some(REFRESH),
        _ if token.claim("events").is_some() || token.claim_str("typ") == Some("Logout") => Some(LOGOUT),
        _ if token.claim("cnf").is_some() => Some(BOUND),
        _ => None,
    }
}

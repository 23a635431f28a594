//! Why a request was refused, and how that is said: status, `error`, `error_description` and
//! challenge (RFC 6750 section 3).
//!
//! A description never has a byte of the token in it, except an issuer or key id of harmless
//! characters and bounded length.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Longest description, in characters.
const LONGEST_DESCRIPTION: usize = 400;
/// Longest name that is repeated from a token, in characters.
const LONGEST_ECHO: usize = 200;

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No `Authorization` header, or an empty one.
    #[error("Missing Authorization header: send Authorization: Bearer and an access token")]
    NoToken,
    /// Another scheme than Bearer, or Bearer and nothing after it.
    #[error("The Authorization header has no Bearer token: send Authorization: Bearer and an access token")]
    NotBearer,
    /// More than one `Authorization` header.
    #[error("The request has {0} Authorization headers; send one")]
    SeveralHeaders(usize),
    /// The token has not the form of a signed JWT.
    #[error("The token is not a signed JWT: {0}")]
    Malformed(&'static str),
    /// The token is encrypted (JWE).
    #[error("The token is encrypted (JWE, five parts); this API takes signed ones (JWS, three parts)")]
    Encrypted,
    /// The algorithm is none that this API accepts.
    #[error("The token's alg{} is not accepted here; accepted are {accepted}", echoed(named))]
    Algorithm {
        /// The header's `alg`.
        named: String,
        /// The accepted ones, as text.
        accepted: String,
    },
    /// The header's `crit` wants something understood that is not.
    #[error("The token's crit header names extensions that this API does not understand")]
    Critical,
    /// No known key has the token's `kid`.
    #[error("The token was signed with a key{} that the issuer does not publish", echoed(kid))]
    UnknownKey {
        /// The header's `kid`.
        kid: String,
    },
    /// There is such a key, but signatures cannot be checked with it.
    #[error("The key{} that the token names cannot check signatures: {why}", echoed(kid))]
    UnusableKey {
        /// The header's `kid`.
        kid: String,
        /// What is wrong with the key.
        why: String,
    },
    /// The signature does not fit.
    #[error("The signature does not fit the key{}: the token was changed, or signed by another key", echoed(kid))]
    BadSignature {
        /// The key that was tried.
        kid: String,
    },
    /// The token names no key, and the signature fits none.
    #[error(
        "The token names no key (kid), and its signature fits none of the issuer's: it was changed, or signed by another key"
    )]
    NoKeyFits,
    /// A JWT, but no access token.
    #[error("This is not an access token but {0}")]
    TokenKind(&'static str),
    /// A claim that must be there is not.
    #[error("The token lacks the claim {0}")]
    MissingClaim(&'static str),
    /// A claim has a type or value that it cannot have.
    #[error("The token's claim {claim} is not {expected}")]
    BadClaim {
        /// The claim's name.
        claim: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// `exp` is over.
    #[error("The token expired {ago} s ago (exp {at})")]
    Expired {
        /// Seconds since it ended.
        ago: u64,
        /// When it ended.
        at: String,
    },
    /// `nbf` is still to come.
    #[error("The token is not valid for another {remaining} s (nbf {at})")]
    NotYetValid {
        /// Seconds until it begins.
        remaining: u64,
        /// When it begins.
        at: String,
    },
    /// `iat` is too far ahead.
    #[error("The token was issued {ahead} s in the future (iat {at}); check the clocks")]
    IssuedInFuture {
        /// Seconds ahead of this machine's clock.
        ahead: u64,
        /// When it says it was issued.
        at: String,
    },
    /// `iss` is another.
    #[error("The token's issuer{} is not the one trusted here, {expected}", echoed(found))]
    Issuer {
        /// The token's `iss`.
        found: String,
        /// The trusted one.
        expected: String,
    },
    /// `aud` has not this API in it.
    #[error("The token is not for this API: its aud does not have {expected}")]
    Audience {
        /// The audience that was expected.
        expected: String,
    },
    /// The token is good, and lacks a scope.
    #[error("The token does not have the scope {scope}")]
    MissingScope {
        /// The scope that the endpoint wants.
        scope: String,
    },
    /// No key set could ever be fetched: nobody's token can be checked.
    #[error("The issuer's keys cannot be had yet: {why}")]
    KeysUnavailable {
        /// What went wrong.
        why: String,
        /// Seconds until it is tried again.
        retry_after: u64,
    },
}

impl Refusal {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::MissingScope { .. } => StatusCode::FORBIDDEN,
            Self::KeysUnavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    /// The error code of the body and, where there is one, of the challenge.
    pub fn error(&self) -> &'static str {
        match self {
            Self::NoToken => "missing_authorization",
            Self::NotBearer => "unsupported_token_type",
            Self::MissingScope { .. } => "insufficient_scope",
            Self::KeysUnavailable { .. } => "temporarily_unavailable",
            _ => "invalid_token",
        }
    }

    /// Whether the same token could pass once the issuer publishes other keys: it may just have begun to use a new one.
    pub(super) fn may_end_with_newer_keys(&self) -> bool {
        matches!(self, Self::UnknownKey { .. } | Self::NoKeyFits)
    }

    /// What happened, in characters that a challenge may have (RFC 6750 section 3).
    pub fn description(&self) -> String {
        quotable(&self.to_string())
    }

    /// The `WWW-Authenticate` value; none where no token would help.
    pub fn challenge(&self, realm: &str) -> Option<String> {
        let bare = format!("Bearer realm=\"{realm}\"");
        match self {
            Self::KeysUnavailable { .. } => None,
            // Who sent no credentials is told no error (RFC 6750 section 3.1).
            Self::NoToken | Self::NotBearer => Some(bare),
            _ => {
                let (error, description) = (self.error(), self.description());
                let scope = match self {
                    Self::MissingScope { scope } => format!(", scope=\"{}\"", quotable(scope)),
                    _ => String::new(),
                };
                Some(format!("{bare}, error=\"{error}\", error_description=\"{description}\"{scope}"))
            }
        }
    }

    /// The whole answer.
    pub fn into_answer(self, realm: &str) -> Response {
        let body = json!({ "error": self.error(), "error_description": self.description() });
        let mut response = (self.status(), Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        let challenge = self.challenge(realm).and_then(|text| HeaderValue::from_str(&text).ok());
        if let Some(challenge) = challenge {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Self::KeysUnavailable { retry_after, .. } = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
        }
        response
    }
}

/// `text`, bounded, and with other characters than a quoted string of a challenge may have replaced.
fn quotable(text: &str) -> String {
    let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
    text.chars().take(LONGEST_DESCRIPTION).map(|c| if allowed(c) { c } else { '?' }).collect()
}

/// A name from outside with a space before it, or nothing when it is long, empty or has other
/// characters than addresses and key ids have.
fn echoed(name: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'*+,=%".contains(c);
    if name.is_empty() || name.len() > LONGEST_ECHO || !name.chars().all(harmless) {
        return String::new();
    }
    format!(" {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_description_leaves_the_characters_of_a_challenge() {
        let refusal = Refusal::KeysUnavailable {
            why: format!("\"quoted\\\" \u{e9}\u{1b}[31m\r\n{}", "x".repeat(1000)),
            retry_after: 1,
        };
        let text = refusal.description();
        assert!(text.chars().all(|c| matches!(c, ' '..='!' | '#'..='[' | ']'..='~')), "{text}");
        assert!(text.contains("?quoted??") && text.len() <= LONGEST_DESCRIPTION, "{text}");
    }

    #[test]
    fn a_strange_scope_leaves_the_challenge_whole() {
        let refusal = Refusal::MissingScope { scope: "read:\"all\" \u{e9}crire".to_owned() };
        let challenge = refusal.challenge("myorg").unwrap_or_default();
        assert!(challenge.ends_with(r#", scope="read:?all? ?crire""#), "{challenge}");
    }

    #[test]
    fn only_harmless_names_are_repeated() {
        assert_eq!(echoed("http://localhost:8001/realms/myorg/"), " http://localhost:8001/realms/myorg/");
        let long = "x".repeat(LONGEST_ECHO + 1);
        for name in ["", "a b", "a\"b", "a\\b", "\u{202e}", "<b>", &long] {
            assert_eq!(echoed(name), "", "{name:?}");
        }
    }
}

//! The decision: may this request pass? A function of headers, keys, policy and time, and of
//! nothing else.

use axum::http::{HeaderMap, header};
use jsonwebtoken::Algorithm;

use super::{
    claims::{self, Principal},
    jws,
    key_set::KeySet,
    refusal::Refusal,
    require_auth::RequireAuth,
};

/// What a token must satisfy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The only trusted issuer, compared as spelt.
    pub issuer: String,
    /// What `aud` must have in it, when that is looked at.
    pub audience: Option<String>,
    /// By how many seconds `exp` and `nbf` may be missed.
    pub leeway: u64,
    /// The accepted signature algorithms. None of them may need a shared secret.
    pub algorithms: Vec<Algorithm>,
}

impl Policy {
    /// Trusts this issuer, with no leeway, any public-key algorithm that the key allows, and any audience.
    pub fn new(issuer: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), audience: None, leeway: 0, algorithms: claims::PUBLIC_KEY_ALGORITHMS.to_vec() }
    }
}

/// Decides about a request at `now`, in seconds since 1970.
///
/// # Errors
/// The [`Refusal`] to answer with.
pub fn decide(
    headers: &HeaderMap,
    requirement: &RequireAuth,
    keys: &KeySet,
    policy: &Policy,
    now: u64,
) -> Result<Principal, Refusal> {
    let principal = check_token(bearer_token(headers)?, keys, policy, now)?;
    requirement.check(&principal)?;
    Ok(principal)
}

/// The token of the `Authorization` header (RFC 6750 section 2.1). Tokens elsewhere are not looked for.
pub(super) fn bearer_token(headers: &HeaderMap) -> Result<&[u8], Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().map(|value| value.as_bytes().trim_ascii()).unwrap_or_default();
    match values.count() {
        0 => {}
        more => return Err(Refusal::SeveralHeaders(more + 1)),
    }
    if value.is_empty() {
        return Err(Refusal::NoToken);
    }
    let end = value.iter().position(u8::is_ascii_whitespace).unwrap_or(value.len());
    let (scheme, rest) = value.split_at_checked(end).unwrap_or((value, &[]));
    let token = rest.trim_ascii_start();
    if !scheme.eq_ignore_ascii_case(b"bearer") || token.is_empty() {
        return Err(Refusal::NotBearer);
    }
    Ok(token)
}

/// Checks signature and claims of a token. What an endpoint wants of it comes after.
pub(super) fn check_token(token: &[u8], keys: &KeySet, policy: &Policy, now: u64) -> Result<Principal, Refusal> {
    // First the signature: nothing is said about claims that anybody could have written.
    let payload = jws::verified_payload(token, keys, &policy.algorithms)?;
    Principal::from_payload(payload, policy, now)
}

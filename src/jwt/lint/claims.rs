//! Rules about claims: times, audience, subject.
//!
//! Pure: imports only the `jwt` module's own files.

use jiff::Timestamp;

use super::typ::other_kind;
use crate::jwt::decode::Token;
use crate::jwt::times::{in_words, span_in_words};
use crate::jwt::typ;

const A_DAY: u64 = 86_400;

/// Whether it has claims and not this one. JWTs of other kinds have rules of their own: a DPoP proof names no subject.
fn lacks(token: &Token, name: &str) -> bool {
    token.claims().is_some_and(|claims| !claims.contains_key(name)) && other_kind(token).is_none()
}

pub(super) fn no_exp(token: &Token, _: Timestamp) -> Option<String> {
    lacks(token, "exp").then(|| "There is no exp: whoever steals it can use it for ever.".to_owned())
}

pub(super) fn exp_before_iat(token: &Token, _: Timestamp) -> Option<String> {
    let (end, issued) = (token.expires_at()?, token.issued_at()?);
    (end < issued).then(|| {
        format!("It ends {} before it was issued.", span_in_words(issued.duration_since(end).as_secs().unsigned_abs()))
    })
}

pub(super) fn long_lifetime(token: &Token, now: Timestamp) -> Option<String> {
    let end = token.expires_at()?;
    let issued = token.issued_at().or_else(|| token.not_before());
    let seconds = u64::try_from(end.duration_since(issued.unwrap_or(now)).as_secs()).ok()?;
    (seconds > A_DAY).then(|| match issued {
        Some(_) => format!("It is good for {}: whoever steals it has that long.", span_in_words(seconds)),
        None => format!(
            "It ends {}, and no iat says when it was issued: whoever steals it has that long.",
            in_words(now, end)
        ),
    })
}

pub(super) fn iat_in_future(token: &Token, now: Timestamp) -> Option<String> {
    let issued = token.issued_at()?;
    (issued.duration_since(now).as_secs() >= 1).then(|| {
        format!("It was issued {}: this machine's clock is behind, or the issuer's ahead.", in_words(now, issued))
    })
}

pub(super) fn no_aud(token: &Token, _: Timestamp) -> Option<String> {
    lacks(token, "aud").then(|| "There is no aud: it does not say which API it is for.".to_owned())
}

pub(super) fn aud_account(token: &Token, _: Timestamp) -> Option<String> {
    (token.audiences() == ["account"])
        .then(|| "aud is account, Keycloak's own account API: an API that checks aud will refuse it.".to_owned())
}

pub(super) fn sub_missing(token: &Token, _: Timestamp) -> Option<String> {
    lacks(token, "sub")
        .then(|| "There is no sub: in Keycloak 25 and later the client scope \"basic\" adds it.".to_owned())
}

pub(super) fn nbf_after_exp(token: &Token, _: Timestamp) -> Option<String> {
    let (end, begin) = (token.expires_at()?, token.not_before()?);
    (end < begin).then(|| {
        format!("It begins {} after it ended.", span_in_words(begin.duration_since(end).as_secs().unsigned_abs()))
    })
}

/// The claims that RFC 9068 section 2.2 requires.
const REQUIRED: [&str; 7] = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"];

pub(super) fn at_jwt_incomplete(token: &Token, _: Timestamp) -> Option<String> {
    if !typ::is_access_token(&typ::media_type(token.header()?.get("typ")?.as_str()?)) {
        return None;
    }
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|name| token.claim(name).is_none()).collect();
    (!missing.is_empty()).then(|| format!("typ says at+jwt, but there is no {}.", missing.join(", ")))
}

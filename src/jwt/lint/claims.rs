//! Rules about claims: times, audience, subject, types.
//!
//! Pure: imports only the `jwt` module's own files.

use jiff::Timestamp;
use serde_json::Value;

use crate::jwt::decode::Token;
use crate::jwt::times::{NumericDate, described, in_words, is_time_claim, span_in_words};

const A_DAY: u64 = 86_400;

/// Claims that are a string (RFC 7519 section 4.1, RFC 8693 section 4).
const STRING_CLAIMS: [&str; 6] = ["iss", "sub", "jti", "client_id", "azp", "typ"];

pub(super) fn wrong_type(token: &Token, _: Timestamp) -> Option<String> {
    let wrong = |(name, value): (&String, &Value)| {
        let listed = matches!(value, Value::Array(items) if items.iter().all(Value::is_string));
        match name.as_str() {
            time if is_time_claim(time) => match NumericDate::read(Some(value)) {
                NumericDate::Absurd(why) => Some(format!("{time} {why}")),
                _ => None,
            },
            "aud" | "scope" | "scp" if !value.is_string() && !listed => {
                Some(format!("{name} is {}, where text or a list of texts is wanted", described(value)))
            }
            text if STRING_CLAIMS.contains(&text) && !value.is_string() => {
                Some(format!("{text} is {}, where text is wanted", described(value)))
            }
            _ => None,
        }
    };
    let found: Vec<String> = token.claims()?.iter().filter_map(wrong).collect();
    (!found.is_empty()).then(|| format!("{}.", found.join("; ")))
}

pub(super) fn no_exp(token: &Token, _: Timestamp) -> Option<String> {
    token.claims()?.get("exp").is_none().then(|| "There is no exp: whoever steals it can use it for ever.".to_owned())
}

pub(super) fn exp_before_iat(token: &Token, _: Timestamp) -> Option<String> {
    let (end, issued) = (token.expires_at()?, token.issued_at()?);
    (end < issued).then(|| {
        format!("It ends {} before it was issued.", span_in_words(issued.duration_since(end).as_secs().unsigned_abs()))
    })
}

pub(super) fn long_lifetime(token: &Token, _: Timestamp) -> Option<String> {
    let (end, issued) = (token.expires_at()?, token.issued_at().or_else(|| token.not_before())?);
    let seconds = u64::try_from(end.duration_since(issued).as_secs()).ok()?;
    (seconds > A_DAY).then(|| format!("It is good for {}: whoever steals it has that long.", span_in_words(seconds)))
}

pub(super) fn iat_in_future(token: &Token, now: Timestamp) -> Option<String> {
    let issued = token.issued_at()?;
    (issued.duration_since(now).as_secs() >= 1).then(|| {
        format!("It was issued {}: this machine's clock is behind, or the issuer's ahead.", in_words(now, issued))
    })
}

pub(super) fn no_aud(token: &Token, _: Timestamp) -> Option<String> {
    token.claims()?.get("aud").is_none().then(|| "There is no aud: it does not say which API it is for.".to_owned())
}

pub(super) fn aud_account(token: &Token, _: Timestamp) -> Option<String> {
    (token.audiences() == ["account"])
        .then(|| "aud is account, Keycloak's own account API: an API that checks aud will refuse it.".to_owned())
}

pub(super) fn sub_missing(token: &Token, _: Timestamp) -> Option<String> {
    token
        .claims()?
        .get("sub")
        .is_none()
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
    let typ = token.header()?.get("typ")?.as_str()?.to_ascii_lowercase();
    if !matches!(typ.as_str(), "at+jwt" | "application/at+jwt") {
        return None;
    }
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|name| token.claim(name).is_none()).collect();
    (!missing.is_empty()).then(|| format!("typ says at+jwt, but there is no {}.", missing.join(", ")))
}

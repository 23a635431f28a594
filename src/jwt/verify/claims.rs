//! The checks of claims and of the header's `crit`: one function a check.
//!
//! Pure: imports only the `jwt` module's own files.

use jiff::Timestamp;
use serde_json::Value;

use super::{Finding, MOST_SHOWN, Policy, fail, leeway, pass, skip};
use crate::jwt::claims::TokenUse;
use crate::jwt::decode::{Kind, Token};
use crate::jwt::shown;
use crate::jwt::times::{NumericDate, described, in_words, span_in_words};

/// `exp`, when it is there, must lie ahead (RFC 7519 section 4.1.4). A JWT may be without one: whoever wants it, as an
/// API should, requires it.
pub(super) fn exp(token: &Token, policy: &Policy, now: Timestamp) -> Finding {
    let end = match token.date("exp") {
        NumericDate::At(end) => end,
        NumericDate::Absurd(why) => return fail(format!("exp {why}")),
        // Other readers may see claims where this one sees none: a token that has ended must not pass for that.
        NumericDate::Absent if looks_like_claims(token) => {
            return fail("no exp can be read: the payload begins like a JSON object and is none");
        }
        NumericDate::Absent if token.claims().is_none() => {
            return skip("no exp: the payload is no JSON object, so there are no claims");
        }
        NumericDate::Absent => return skip("no exp: the token does not say when it ends"),
    };
    if now < end {
        pass(format!("ends {}", in_words(now, end)))
    } else if now.duration_since(end) < leeway(policy) {
        pass(format!("ended {}, within the leeway of {}", in_words(now, end), leeway_in_words(policy)))
    } else {
        fail(format!("ended {}, at {}{}", in_words(now, end), at(end), with_leeway(policy)))
    }
}

/// Whether the payload begins like an object to some reader: behind a byte order mark, or in UTF-16 or UTF-32.
fn looks_like_claims(token: &Token) -> bool {
    let Kind::Jws(jws) = token.kind() else { return false };
    let is_skipped = |byte: &&u8| matches!(**byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff) || byte.is_ascii_whitespace();
    token.claims().is_none() && jws.payload.iter().find(|byte| !is_skipped(byte)) == Some(&b'{')
}

/// `nbf`, when it is there, must not lie ahead (RFC 7519 section 4.1.5).
pub(super) fn nbf(token: &Token, policy: &Policy, now: Timestamp) -> Finding {
    match token.date("nbf") {
        NumericDate::Absent => skip("no nbf: it holds from the moment it was issued"),
        NumericDate::Absurd(why) => fail(format!("nbf {why}")),
        NumericDate::At(begin) if begin <= now => pass(format!("began {}", in_words(now, begin))),
        NumericDate::At(begin) if begin.duration_since(now) <= leeway(policy) => {
            pass(format!("begins {}, within the leeway of {}", in_words(now, begin), leeway_in_words(policy)))
        }
        NumericDate::At(begin) => {
            fail(format!("begins only {}, at {}{}", in_words(now, begin), at(begin), with_leeway(policy)))
        }
    }
}

/// `iat` in the future is told and, unless the policy wants it checked, not held against the token.
pub(super) fn iat(token: &Token, policy: &Policy, now: Timestamp) -> Finding {
    match token.date("iat") {
        NumericDate::Absent => skip("no iat: the token does not say when it was issued"),
        NumericDate::Absurd(why) => skip(format!("iat {why}")),
        NumericDate::At(issued) if issued <= now => pass(format!("issued {}", in_words(now, issued))),
        NumericDate::At(issued) if issued.duration_since(now) <= leeway(policy) => {
            pass(format!("issued {}, within the leeway of {}", in_words(now, issued), leeway_in_words(policy)))
        }
        NumericDate::At(issued) => skip(format!(
            "issued in the future, {}: is this machine's clock behind, or the issuer's ahead?",
            in_words(now, issued)
        )),
    }
}

/// `iss` must be the expected one, byte for byte (RFC 9068 section 4).
pub(super) fn iss(token: &Token, policy: &Policy) -> Finding {
    let Some(expected) = policy.issuer.as_deref() else {
        return skip(match token.claim("iss") {
            Some(Value::String(issuer)) => format!("no issuer to compare with; the token says {}", cut(issuer)),
            Some(other) => format!("no issuer to compare with; iss is {}", described(other)),
            None => "no issuer to compare with; the token names none".to_owned(),
        });
    };
    match token.claim("iss") {
        Some(Value::String(issuer)) if issuer == expected => pass(cut(issuer)),
        Some(Value::String(issuer)) => {
            let hint = difference(issuer, expected).map(|what| format!(" ({what})")).unwrap_or_default();
            fail(format!("iss is {}, expected {}{hint}", cut(issuer), cut(expected)))
        }
        Some(other) => fail(format!("iss is {}, expected {}", described(other), cut(expected))),
        None => fail(format!("no iss; expected {}", cut(expected))),
    }
}

/// How two issuers that look alike differ.
fn difference(issuer: &str, expected: &str) -> Option<&'static str> {
    let schemeless = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_owned());
    if issuer.trim_end_matches('/') == expected.trim_end_matches('/') {
        Some("they differ in the slash at the end")
    } else if issuer.eq_ignore_ascii_case(expected) {
        Some("they differ in capital letters")
    } else if schemeless(issuer).is_some() && schemeless(issuer) == schemeless(expected) {
        Some("they differ in http and https")
    } else {
        None
    }
}

/// `aud` must name the expected audience, in a text or a list of nothing but texts (RFC 7519 section 4.1.3).
pub(super) fn aud(token: &Token, policy: &Policy) -> Finding {
    let audiences = token.audiences();
    let named = match token.claim("aud") {
        None => "no aud".to_owned(),
        Some(Value::String(_) | Value::Array(_)) if !audiences.is_empty() => {
            format!("aud is {}", cut(&audiences.join(", ")))
        }
        Some(other) => format!("aud is {}", described(other)),
    };
    let items = token.claim("aud").and_then(Value::as_array);
    let odd = items.and_then(|items| items.iter().find(|item| !item.is_string()));
    match (policy.audience.as_deref(), odd) {
        (None, _) => skip(format!("no audience expected; {named}")),
        (Some(expected), Some(odd)) => {
            fail(format!("aud lists {}, where only texts are wanted; expected {}", described(odd), cut(expected)))
        }
        (Some(expected), None) if audiences.iter().any(|audience| audience == expected) => pass(named),
        (Some(expected), None) => fail(format!("{named}; expected {}", cut(expected))),
    }
}

/// Whether it says that it is an access token (RFC 9068 section 4). What only looks like one does not pass, and another
/// kind is told; neither is, unless required, held against it.
pub(super) fn typ(token: &Token) -> Finding {
    match token.token_kind() {
        TokenUse::Access if token.kind_said() == Some(TokenUse::Access) => pass("an access token"),
        TokenUse::Access => skip("it looks like an access token by its claims; its typ does not say so (RFC 9068 2.1)"),
        TokenUse::Id => skip("this is an ID token, meant for the client; an API wants the access token"),
        TokenUse::Refresh => skip("this is a refresh token, meant for the authorization server alone"),
        TokenUse::Unknown => skip(match (token.other_kind(), token.typ_of_a_kind()) {
            (Some(kind), _) => format!("no access token by what it says: it is {} ({})", kind.is, kind.source),
            (None, Some(typ)) => format!("no access token: its typ is {}", cut(typ)),
            (None, None) => "nothing says what kind of token it is".to_owned(),
        }),
    }
}

/// `crit` names extensions that must be understood; none is (RFC 7515 section 4.1.11).
pub(super) fn crit(token: &Token) -> Finding {
    match token.header().and_then(|header| header.get("crit")) {
        None => pass("asks for no extension"),
        Some(Value::Array(names)) if !names.is_empty() => {
            let names: Vec<String> =
                names.iter().take(8).map(|name| name.as_str().map_or_else(|| described(name), str::to_owned)).collect();
            fail(format!("asks for extensions that are not understood: {}", cut(&names.join(", "))))
        }
        Some(other) => fail(format!("crit is {}, where a list of names is wanted", described(other))),
    }
}

fn cut(text: &str) -> String {
    shown(text, MOST_SHOWN)
}

fn at(instant: Timestamp) -> String {
    let whole = Timestamp::from_second(instant.as_second()).unwrap_or(instant);
    whole.to_string()
}

fn leeway_in_words(policy: &Policy) -> String {
    span_in_words(policy.leeway)
}

fn with_leeway(policy: &Policy) -> String {
    if policy.leeway == 0 { String::new() } else { format!(" (leeway {})", leeway_in_words(policy)) }
}

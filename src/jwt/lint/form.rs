//! Rules about how a token is made: header, encoding, kind.
//!
//! Pure: imports only the `jwt` module's own files.

use jiff::Timestamp;
use serde_json::Value;

use super::typ::other_kind;
use crate::jwt::algorithm::{Named, named};
use crate::jwt::claims::TokenUse;
use crate::jwt::decode::{Kind, Problem, Token};
use crate::jwt::shown;
use crate::jwt::times::described;

pub(super) fn alg_none(token: &Token, _: Timestamp) -> Option<String> {
    let alg = token.alg().filter(|alg| named(alg) == Named::Unsigned)?;
    Some(format!("alg is {}: it is not signed, anyone can have written it.", shown(alg, 20)))
}

pub(super) fn alg_unknown(token: &Token, _: Timestamp) -> Option<String> {
    match token.alg() {
        Some(alg) if named(alg) == Named::Unknown => Some(format!("alg {} is no signature algorithm.", shown(alg, 40))),
        Some(_) => None,
        None => Some("The header has no alg.".to_owned()),
    }
}

pub(super) fn signature_missing(token: &Token, _: Timestamp) -> Option<String> {
    let unsigned = named(token.alg()?) == Named::Unsigned;
    let empty = token.signature_text().is_some_and(str::is_empty);
    (empty && !unsigned)
        .then(|| format!("The header says {}, but there is no signature.", shown(token.alg().unwrap_or_default(), 40)))
}

pub(super) fn encoding(token: &Token, _: Timestamp) -> Option<String> {
    problems(token, |problem| matches!(problem, Problem::Encoding(..)))
}

pub(super) fn duplicate_member(token: &Token, _: Timestamp) -> Option<String> {
    problems(token, |problem| matches!(problem, Problem::DuplicateMember(..)))
}

pub(super) fn json_refused(token: &Token, _: Timestamp) -> Option<String> {
    problems(token, |problem| matches!(problem, Problem::OddJson(..)))
}

pub(super) fn payload_not_json(token: &Token, _: Timestamp) -> Option<String> {
    problems(token, |problem| matches!(problem, Problem::PayloadNotJson(_)))
}

/// The problems of one sort as one sentence.
fn problems(token: &Token, wanted: fn(&Problem) -> bool) -> Option<String> {
    let found: Vec<String> =
        token.problems().iter().filter(|problem| wanted(problem)).map(ToString::to_string).collect();
    let mut sentence = found.join("; ");
    let first = sentence.get(..1)?.to_ascii_uppercase();
    sentence.replace_range(..1, &first);
    sentence.push('.');
    Some(sentence)
}

pub(super) fn crit_unknown(token: &Token, _: Timestamp) -> Option<String> {
    let crit = token.header()?.get("crit")?;
    let names = match crit {
        Value::Array(names) => names.iter().take(8).filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    };
    Some(if names.is_empty() {
        "crit is not a list of names.".to_owned()
    } else {
        format!("crit asks for {}, which is not understood here.", shown(&names, 80))
    })
}

pub(super) fn b64_header(token: &Token, _: Timestamp) -> Option<String> {
    match token.header()?.get("b64")? {
        Value::Bool(true) => None,
        Value::Bool(false) => Some(
            "b64 is false: the signature is over the payload as it is, and such tokens are not checked here."
                .to_owned(),
        ),
        other => Some(format!("b64 is {}, where true or false is wanted.", described(other))),
    }
}

pub(super) fn header_key_material(token: &Token, _: Timestamp) -> Option<String> {
    let header = token.header()?;
    // A DPoP proof must bring the key that it proves (RFC 9449 section 4.2).
    let is_dpop_proof = other_kind(token).is_some_and(|kind| kind.typ == "dpop+jwt");
    let brings = |name: &&str| header.contains_key(*name) && !(is_dpop_proof && *name == "jwk");
    let there: Vec<&str> = ["jku", "jwk", "x5u", "x5c"].into_iter().filter(brings).collect();
    (!there.is_empty())
        .then(|| format!("The header brings its own key ({}): whoever trusts it trusts the sender.", there.join(", ")))
}

pub(super) fn id_token(token: &Token, _: Timestamp) -> Option<String> {
    (token.token_kind() == TokenUse::Id)
        .then(|| "This is an ID token: it tells the client who logged in. An API wants the access token.".to_owned())
}

pub(super) fn refresh_token(token: &Token, _: Timestamp) -> Option<String> {
    (matches!(token.kind(), Kind::Jws(_)) && token.token_kind() == TokenUse::Refresh)
        .then(|| "This is a refresh token: it goes to the authorization server and nowhere else.".to_owned())
}

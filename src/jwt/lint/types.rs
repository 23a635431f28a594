//! Rules about the JSON types of claims, by the table of claims.
//!
//! Pure: imports only the `jwt` module's own files.

use jiff::Timestamp;
use serde_json::Value;

use crate::jwt::claim_type::Fit;
use crate::jwt::decode::Token;
use crate::jwt::explain::{Meaning, meaning_of_claim};

/// Claims that name somebody or something, so that an empty one names nobody (RFC 7519 section 2, `StringOrURI`).
const NAMES: [&str; 6] = ["iss", "sub", "aud", "jti", "client_id", "azp"];

pub(super) fn wrong(token: &Token, _: Timestamp) -> Option<String> {
    misfits(token, |fit, source| match fit {
        Fit::Wrong(why) => Some(format!("{why} ({source})")),
        Fit::Right | Fit::OtherForm(_) => None,
    })
}

pub(super) fn in_another_form(token: &Token, _: Timestamp) -> Option<String> {
    misfits(token, |fit, source| match fit {
        Fit::OtherForm(why) => Some(format!("{why} ({source})")),
        Fit::Right | Fit::Wrong(_) => None,
    })
}

/// At most four claims that are told of, in one sentence.
fn misfits(token: &Token, told: fn(Fit, &str) -> Option<String>) -> Option<String> {
    let of_claim = |(name, value): (&String, &Value)| {
        let meaning = meaning_of_claim(name)?;
        Some(format!("{} {}", meaning.name, told(fit(meaning, value), meaning.source)?))
    };
    let found: Vec<String> = token.claims()?.iter().filter_map(of_claim).take(4).collect();
    (!found.is_empty()).then(|| format!("{}.", found.join("; ")))
}

fn fit(meaning: &Meaning, value: &Value) -> Fit {
    match meaning.claim_type.fit(value) {
        // What is not known of a person is to be left out; null says no more and no less.
        Fit::Wrong(_) if value.is_null() && meaning.source.starts_with("OIDC Core 5.1") => {
            Fit::OtherForm("is null, where it is to be left out".to_owned())
        }
        fit => fit,
    }
}

pub(super) fn empty(token: &Token, _: Timestamp) -> Option<String> {
    let claims = token.claims()?;
    let is_empty = |name: &&str| match claims.get(*name) {
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(items)) => *name == "aud" && items.iter().all(|item| item.as_str() == Some("")),
        _ => false,
    };
    let found: Vec<&str> = NAMES.into_iter().filter(is_empty).collect();
    (!found.is_empty()).then(|| {
        let (is, names) = if found.len() == 1 { ("is", "it names") } else { ("are", "they name") };
        format!("{} {is} empty: {names} nobody.", found.join(", "))
    })
}

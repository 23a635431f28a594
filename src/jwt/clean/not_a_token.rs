//! Tells a text that is no token at all for what it is: a key, an error response, a command. An opaque token could be
//! anything, but it has the letters of a bearer token and nothing else.
//!
//! Pure: imports only the `jwt` module's own files.

use serde_json::{Map, Value};

use super::found::is_bare;
use super::take_apart;
use crate::jwt::shown;

/// Foreign words are cut to this many characters.
const SHOWN: usize = 120;
/// Longer text is not looked into.
const LONGEST: usize = 64 * 1024;

/// What the text is instead of a token, in words that follow "this is"; none when it may be one. Safe to show, and tells
/// nothing secret.
pub fn not_a_token(text: &str) -> Option<String> {
    let (bare, _, tokens) = take_apart(text);
    // Of a JWT with padding in its parts only strict readers say that it is none.
    let padded = bare.starts_with("eyJ") && bare.split('=').all(|piece| piece.is_empty() || is_bare(piece));
    if bare.is_empty() || is_bare(&bare) || padded || !tokens.is_empty() || text.len() > LONGEST {
        return None;
    }
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let words = if let Some(label) = pem_label(text) {
        format!("a PEM block ({})", shown(label, 40))
    } else if let Ok(value) = serde_json::from_str::<Value>(text) {
        json(&value)
    } else if lower.starts_with("curl ") {
        "a curl command without a token".to_owned()
    } else if lower.trim_start_matches("authorization:").trim_start().starts_with("basic ") {
        "a client's or a person's credentials (the scheme Basic)".to_owned()
    } else if lower.starts_with("https://") || lower.starts_with("http://") {
        address(text)
    } else {
        "text with letters that no bearer token has (RFC 6750 section 2.1)".to_owned()
    };
    Some(words)
}

fn pem_label(text: &str) -> Option<&str> {
    text.split_once("-----BEGIN ")?.1.split("-----").next()
}

fn json(value: &Value) -> String {
    let Some(object) = value.as_object() else { return "JSON without a token in it".to_owned() };
    let has = |name: &str| object.contains_key(name);
    if let Some(error) = object.get("error").and_then(Value::as_str) {
        return error_of(error, object.get("error_description").and_then(Value::as_str));
    }
    if has("kty") {
        "a key (JWK)".to_owned()
    } else if has("keys") {
        "a key set (JWKS)".to_owned()
    } else if has("issuer") && has("jwks_uri") {
        "a discovery document".to_owned()
    } else if is_claims(object) {
        "bare claims, without header and signature".to_owned()
    } else {
        "JSON without a token in it".to_owned()
    }
}

fn is_claims(object: &Map<String, Value>) -> bool {
    ["iss", "sub", "exp", "iat", "aud"].iter().any(|name| object.contains_key(*name))
}

fn error_of(error: &str, description: Option<&str>) -> String {
    let description = description.map(|text| format!(": {}", shown(text, SHOWN))).unwrap_or_default();
    format!("an error response, {}{description}", shown(error, 60))
}

/// An address that tells an error or has a code: what a login came to.
fn address(text: &str) -> String {
    let parts = text.split(['?', '#']).skip(1);
    let parameters: Vec<_> = parts.flat_map(|part| form_urlencoded::parse(part.as_bytes())).collect();
    let value = |name: &str| parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_ref());
    match (value("error"), value("code")) {
        (Some(error), _) => {
            format!(
                "a callback address with an error, {}",
                error_of(error, value("error_description")).replace("an error response, ", "")
            )
        }
        (None, Some(_)) => "a callback address with a code, which the client exchanges for a token".to_owned(),
        (None, None) => "an address without a token".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_token_is_told_for_what_it_is() {
        for (text, words) in [
            ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n", "a PEM block (PRIVATE KEY)"),
            (r#"{"kty":"EC","crv":"P-256"}"#, "a key (JWK)"),
            (r#"{"keys":[]}"#, "a key set (JWKS)"),
            (
                r#"{"error":"invalid_grant","error_description":"Code not valid"}"#,
                "an error response, invalid_grant: Code not valid",
            ),
            (r#"{"iss":"x","sub":"y"}"#, "bare claims, without header and signature"),
            (r#"{"a":1}"#, "JSON without a token in it"),
            ("curl -u admin:hunter2 https://api.example", "a curl command without a token"),
            ("Authorization: Basic YTpi", "a client's or a person's credentials (the scheme Basic)"),
            (
                "https://app.example/cb?error=access_denied&error_description=No+thanks&state=x",
                "a callback address with an error, access_denied: No thanks",
            ),
            (
                "https://app.example/cb?code=abc&state=x",
                "a callback address with a code, which the client exchanges for a token",
            ),
            ("https://app.example/", "an address without a token"),
            ("hello world this is text", "text with letters that no bearer token has (RFC 6750 section 2.1)"),
            ("@token.txt", "text with letters that no bearer token has (RFC 6750 section 2.1)"),
            ("\u{7f}ELF\0", "text with letters that no bearer token has (RFC 6750 section 2.1)"),
        ] {
            assert_eq!(not_a_token(text).as_deref(), Some(words), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_token_is_let_be() {
        for text in [
            "",
            "opaque",
            "Bearer ory_at_x.y",
            "2YotnFZFEjr1zCsicMWpAA",
            "abc+/=",
            "eyJhbGciOiJub25lIn0.e30.",
            "eyJhbGciOiJIUzI1NiJ9==.e30=.c2ln",
            r#"{"access_token":"opaque","token_type":"Bearer"}"#,
            "https://app.example/cb#access_token=opaque",
            "curl -H 'Authorization: Bearer opaque' https://api.example",
            "a b\nc",
        ] {
            let found = not_a_token(text);
            assert_eq!(found.is_some(), text == "a b\nc", "{text}: {found:?}");
        }
    }
}

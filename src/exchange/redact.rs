//! Takes tokens and secrets out of text that came from elsewhere: response bodies, error texts.
//!
//! Pure: no network, files, clock or terminal.

use serde_json::Value;

use super::Fingerprint;

/// JSON members whose string values are credentials, wherever they stand in a body.
const CREDENTIAL_MEMBERS: [&str; 9] = [
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "device_code",
    "client_assertion",
    "assertion",
    "code_verifier",
    "password",
];

/// Whether a JSON member of this name holds a credential.
pub fn is_credential(member: &str) -> bool {
    CREDENTIAL_MEMBERS.contains(&member)
}

/// Whether a request header of this name holds a credential, by what such headers are called.
pub fn is_credential_header(name: &str) -> bool {
    const PARTS: [&str; 8] = ["auth", "cookie", "key", "password", "secret", "session", "signature", "token"];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

/// The body as text, with every token and credential replaced by a mark. Bytes outside UTF-8 are replaced.
///
/// A JSON body keeps its spelling where nothing had to be taken out, and is written anew, compact, where something had.
pub fn redact_body(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    if let Ok(mut value) = serde_json::from_str::<Value>(&text)
        && mask_members(&mut value)
    {
        return redact_text(&value.to_string());
    }
    redact_text(&text)
}

/// The text with everything that looks like a compact JWS or JWE replaced by its fingerprint.
pub fn redact_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("eyJ") {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = from.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        if word.matches('.').count() >= 2 {
            out.push_str("‹token ");
            out.push_str(&Fingerprint::of(word).to_string());
            out.push('›');
        } else {
            out.push_str(word);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Replaces credential members; says whether there were any.
fn mask_members(value: &mut Value) -> bool {
    match value {
        Value::Object(members) => {
            let mut masked = false;
            for (name, member) in members.iter_mut() {
                match member {
                    Value::String(text) if is_credential(name) => {
                        *member = Value::String(format!("‹{name} {}›", Fingerprint::of(text)));
                        masked = true;
                    }
                    other => masked |= mask_members(other),
                }
            }
            masked
        }
        Value::Array(items) => items.iter_mut().fold(false, |masked, item| mask_members(item) | masked),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_without_credentials_keeps_its_spelling() {
        assert_eq!(redact_body(b"{ \"a\" : 1.0 }"), "{ \"a\" : 1.0 }");
    }

    #[test]
    fn tokens_go_by_member_and_by_shape() {
        let body =
            br#"{"access_token":"opaque-secret","deep":[{"refresh_token":"r1"}],"echo":"Bearer eyJh.eyJz.c2ln"}"#;
        let text = redact_body(body);
        for gone in ["opaque-secret", "r1\"", "c2ln"] {
            assert!(!text.contains(gone), "{gone} is still in {text}");
        }
        assert!(text.contains("Bearer ‹token #"), "{text}");
    }

    #[test]
    fn a_word_that_only_begins_like_a_token_stays() {
        assert_eq!(redact_text("eyJust a word"), "eyJust a word");
    }
}

//! A shared secret as a person writes it: plain text, or bytes behind `b64:` or `hex:`.
//!
//! Pure: imports only the `jwt` module's own files.

use zeroize::Zeroizing;

use crate::jwt::decode::decode_leniently;

/// What is said of a secret whose bytes are a key of another type.
pub(super) const NOT_A_SECRET: &str = "this is a key of its own, not a shared secret: give it as a key";

/// The secret's bytes, or why the text is none. `text:` stands before a text that begins like one of the others.
pub(super) fn bytes(text: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let start = text.trim_start();
    if text.is_empty() {
        return Err("the secret is empty".to_owned());
    }
    if start.starts_with("-----BEGIN") {
        return Err("this is a PEM key, not a shared secret: give it as a key".to_owned());
    }
    if start.starts_with('{') && (start.contains("\"kty\"") || start.contains("\"keys\"")) {
        return Err("this is a JWK, not a shared secret: give it as a key".to_owned());
    }
    let bytes = if let Some(encoded) = text.strip_prefix("b64:") {
        decode_leniently(encoded.trim())
            .map_err(|_| "what follows b64: is not base64; write text: before a secret that begins like this")?
    } else if let Some(digits) = text.strip_prefix("hex:") {
        hex(digits.trim()).ok_or("what follows hex: is not hexadecimal, two digits a byte; write text: before a secret that begins like this")?
    } else {
        text.strip_prefix("text:").unwrap_or(text).as_bytes().to_vec()
    };
    if bytes.is_empty() { Err("the secret is empty".to_owned()) } else { Ok(Zeroizing::new(bytes)) }
}

fn hex(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(value(*high)? << 4 | value(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn each_form_gives_its_bytes() {
        for (text, expected) in [
            ("secret", &b"secret"[..]),
            ("b64:c2VjcmV0", b"secret"),
            ("b64:_-8=", &[255, 239]),
            ("b64:/+8", &[255, 239]),
            ("hex:00fF", &[0, 255]),
            ("text:b64:c2VjcmV0", b"b64:c2VjcmV0"),
        ] {
            assert_eq!(bytes(text).unwrap().as_slice(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_says_why() {
        for (text, words) in [
            ("", "empty"),
            ("b64:", "empty"),
            ("b64:!", "not base64"),
            ("hex:0", "not hexadecimal"),
            ("hex:0g", "not hexadecimal"),
            ("-----BEGIN PUBLIC KEY-----", "PEM key"),
            ("{\"kty\":\"oct\"}", "JWK"),
        ] {
            assert!(bytes(text).unwrap_err().contains(words), "{text}");
        }
    }
}

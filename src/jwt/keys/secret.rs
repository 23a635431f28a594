//! A shared secret as a person writes it: plain text, or bytes behind `b64:` or `hex:`. A key of another type is none.
//!
//! Pure: imports only the `jwt` module's own files.

use zeroize::Zeroizing;

use super::own;
use crate::jwt::decode::decode_leniently;

/// Why a text is no secret.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) reason: String,
    /// Of a key of another type its `kty`, when it is known.
    pub(super) kty: Option<String>,
}

impl From<&str> for Refusal {
    fn from(reason: &str) -> Self {
        Self { reason: reason.to_owned(), kty: None }
    }
}

/// The secret's bytes, or why the text is none. `text:` stands before a text that begins like one of the others.
pub(super) fn bytes(text: &str) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let bytes = if let Some(encoded) = text.strip_prefix("b64:") {
        decode_leniently(encoded.trim())
            .map_err(|_| "what follows b64: is not base64; write text: before a secret that begins like this")?
    } else if let Some(digits) = text.strip_prefix("hex:") {
        hex(digits.trim()).ok_or("what follows hex: is not hexadecimal, two digits a byte; write text: before a secret that begins like this")?
    } else {
        text.strip_prefix("text:").unwrap_or(text).as_bytes().to_vec()
    };
    let bytes = Zeroizing::new(bytes);
    if bytes.is_empty() {
        return Err("the secret is empty".into());
    }
    match own::key_in(&bytes) {
        Some(key) => Err(Refusal { reason: key.refused("this"), kty: key.kty }),
        None => Ok(bytes),
    }
}

/// The bytes of hexadecimal digits, two a byte.
pub(super) fn hex(digits: &str) -> Option<Vec<u8>> {
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
            assert!(bytes(text).unwrap_err().reason.contains(words), "{text}");
        }
    }
}

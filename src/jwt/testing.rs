//! Tokens and keys for this module's tests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::decode::Token;

/// Base64url without padding.
pub(super) fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of this header and payload whose signature is the word "signature".
pub(super) fn with_header(header: &str, payload: &str) -> Token {
    Token::read(&format!("{}.{}.{}", b64(header), b64(payload), b64("signature")))
}

/// A token of these claims that nobody signed.
pub(super) fn unsigned(claims: &str) -> Token {
    with_header(r#"{"alg":"RS256","typ":"JWT","kid":"k1"}"#, claims)
}

//! Proof Key for Code Exchange (RFC 7636), S256 alone: and the other random values of a login, made the same way.
//!
//! Pure: randomness is handed in.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::exchange::Secret;

/// Bytes of randomness in each value: 256 bits, 43 characters.
pub const RANDOM: usize = 32;

/// A code verifier of its own for each login (RFC 7636 section 4.1).
pub fn code_verifier(random: [u8; RANDOM]) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(random))
}

/// The challenge of this verifier by the method S256 (RFC 7636 section 4.2).
pub fn code_challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.reveal().as_bytes()))
}

/// A `state` or `nonce` that nobody can guess.
pub fn unguessable(random: [u8; RANDOM]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// Whether both texts are the same, in a time that does not tell how far they agree.
pub fn same_bytes(one: &str, other: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_appendix_b() {
        let random = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
            240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let verifier = code_verifier(random);
        assert_eq!(verifier.reveal(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(code_challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn texts_of_another_length_differ() {
        assert!(same_bytes("ab", "ab"));
        assert!(!same_bytes("ab", "abc") && !same_bytes("ab", "ac") && !same_bytes("", "a"));
    }
}

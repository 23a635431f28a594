//! The signature algorithms: one table from a name to the library's algorithm and the type of key it needs.
//!
//! Pure: imports only this module's own files.

use jsonwebtoken::Algorithm;

use super::keys::KeyType;

/// Name (RFC 7518 section 3.1, RFC 8037, RFC 9864), the library's algorithm, and the key it needs.
static ALGORITHMS: [(&str, Algorithm, KeyType); 13] = [
    ("HS256", Algorithm::HS256, KeyType::Secret),
    ("HS384", Algorithm::HS384, KeyType::Secret),
    ("HS512", Algorithm::HS512, KeyType::Secret),
    ("RS256", Algorithm::RS256, KeyType::Rsa),
    ("RS384", Algorithm::RS384, KeyType::Rsa),
    ("RS512", Algorithm::RS512, KeyType::Rsa),
    ("PS256", Algorithm::PS256, KeyType::Rsa),
    ("PS384", Algorithm::PS384, KeyType::Rsa),
    ("PS512", Algorithm::PS512, KeyType::Rsa),
    ("ES256", Algorithm::ES256, KeyType::P256),
    ("ES384", Algorithm::ES384, KeyType::P384),
    ("EdDSA", Algorithm::EdDSA, KeyType::Ed25519),
    ("Ed25519", Algorithm::EdDSA, KeyType::Ed25519),
];

/// Registered signature algorithms that cannot be checked here.
static NOT_CHECKED_HERE: [&str; 6] = ["ES512", "ES256K", "Ed448", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"];

/// What an `alg` says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Named {
    /// Can be checked, with a key of this type.
    Checkable(Algorithm, KeyType),
    /// A registered algorithm that cannot be checked here.
    NotCheckable,
    /// "none" in any spelling: no signature at all.
    Unsigned,
    /// No signature algorithm's name.
    Unknown,
}

/// Looks the name up. Names are case-sensitive (RFC 7515 section 4.1.1); only "none" is caught in any spelling.
pub(super) fn named(alg: &str) -> Named {
    if let Some((_, algorithm, key)) = ALGORITHMS.iter().find(|(name, ..)| *name == alg) {
        Named::Checkable(*algorithm, *key)
    } else if NOT_CHECKED_HERE.contains(&alg) {
        Named::NotCheckable
    } else if alg.trim().eq_ignore_ascii_case("none") {
        Named::Unsigned
    } else {
        Named::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_case_sensitive_but_for_none() {
        assert_eq!(named("RS256"), Named::Checkable(Algorithm::RS256, KeyType::Rsa));
        assert_eq!(named("rs256"), Named::Unknown);
        for none in ["none", "None", "nOnE", "NONE", " none"] {
            assert_eq!(named(none), Named::Unsigned);
        }
        assert_eq!(named("ES512"), Named::NotCheckable);
    }
}

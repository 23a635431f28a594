//! The signature algorithms: one table from a name to how it is computed and the type of key it needs.
//!
//! Pure: imports only this module's own files.

use jsonwebtoken::Algorithm;

use super::keys::KeyType;

/// How a signature is made and checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Means {
    /// By the JWT library.
    Library(Algorithm),
    /// ECDSA with SHA-512 or SHA-256 on a curve that the JWT library lacks and the cryptographic one has; the key's type
    /// says which.
    OtherCurve,
}

/// Name (RFC 7518 section 3.1, RFC 8037, RFC 8812, RFC 9864), how it is computed, and the key it needs.
static ALGORITHMS: [(&str, Means, KeyType); 15] = [
    ("HS256", Means::Library(Algorithm::HS256), KeyType::Secret),
    ("HS384", Means::Library(Algorithm::HS384), KeyType::Secret),
    ("HS512", Means::Library(Algorithm::HS512), KeyType::Secret),
    ("RS256", Means::Library(Algorithm::RS256), KeyType::Rsa),
    ("RS384", Means::Library(Algorithm::RS384), KeyType::Rsa),
    ("RS512", Means::Library(Algorithm::RS512), KeyType::Rsa),
    ("PS256", Means::Library(Algorithm::PS256), KeyType::Rsa),
    ("PS384", Means::Library(Algorithm::PS384), KeyType::Rsa),
    ("PS512", Means::Library(Algorithm::PS512), KeyType::Rsa),
    ("ES256", Means::Library(Algorithm::ES256), KeyType::P256),
    ("ES384", Means::Library(Algorithm::ES384), KeyType::P384),
    ("ES512", Means::OtherCurve, KeyType::P521),
    ("ES256K", Means::OtherCurve, KeyType::Secp256k1),
    ("EdDSA", Means::Library(Algorithm::EdDSA), KeyType::Ed25519),
    ("Ed25519", Means::Library(Algorithm::EdDSA), KeyType::Ed25519),
];

/// Registered signature algorithms that cannot be checked here.
static NOT_CHECKED_HERE: [&str; 4] = ["Ed448", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"];

/// What an `alg` says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Named {
    /// Can be checked, with a key of this type.
    Checkable(Means, KeyType),
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

/// The names of all algorithms that can be made and checked here, in the order of the standards.
pub fn algorithms() -> impl Iterator<Item = &'static str> {
    ALGORITHMS.iter().map(|(name, ..)| *name)
}

/// The algorithm a key of this type signs with when nobody says which.
pub(super) fn usual(kty: KeyType) -> &'static str {
    ALGORITHMS.iter().find(|(_, _, needs)| *needs == kty).map_or("HS256", |(name, ..)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_case_sensitive_but_for_none() {
        assert_eq!(named("RS256"), Named::Checkable(Means::Library(Algorithm::RS256), KeyType::Rsa));
        assert_eq!(named("rs256"), Named::Unknown);
        for none in ["none", "None", "nOnE", "NONE", " none"] {
            assert_eq!(named(none), Named::Unsigned);
        }
        assert_eq!(named("ML-DSA-44"), Named::NotCheckable);
    }
}

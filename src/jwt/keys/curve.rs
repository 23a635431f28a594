//! The curves of ECDSA keys (RFC 7518 section 6.2.1.1, RFC 8812): their names, sizes, and what signs and checks on them.
//!
//! Pure: imports only the `jwt` module's own files.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P256K1_SHA256_FIXED,
    ECDSA_P256K1_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm,
};

use super::KeyType;

/// One curve.
pub(in crate::jwt) struct Curve {
    /// Its name in `crv`.
    pub(super) name: &'static str,
    /// Its object identifier in a certificate or PEM.
    pub(super) oid: &'static str,
    pub(super) kty: KeyType,
    pub(super) bits: usize,
    /// Bytes of a coordinate.
    pub(super) length: usize,
    pub(in crate::jwt) checks: &'static EcdsaVerificationAlgorithm,
    pub(super) signs: &'static EcdsaSigningAlgorithm,
}

pub(super) static CURVES: [Curve; 4] = [
    Curve {
        name: "P-256",
        oid: "1.2.840.10045.3.1.7",
        kty: KeyType::P256,
        bits: 256,
        length: 32,
        checks: &ECDSA_P256_SHA256_FIXED,
        signs: &ECDSA_P256_SHA256_FIXED_SIGNING,
    },
    Curve {
        name: "P-384",
        oid: "1.3.132.0.34",
        kty: KeyType::P384,
        bits: 384,
        length: 48,
        checks: &ECDSA_P384_SHA384_FIXED,
        signs: &ECDSA_P384_SHA384_FIXED_SIGNING,
    },
    Curve {
        name: "P-521",
        oid: "1.3.132.0.35",
        kty: KeyType::P521,
        bits: 521,
        length: 66,
        checks: &ECDSA_P521_SHA512_FIXED,
        signs: &ECDSA_P521_SHA512_FIXED_SIGNING,
    },
    Curve {
        name: "secp256k1",
        oid: "1.3.132.0.10",
        kty: KeyType::Secp256k1,
        bits: 256,
        length: 32,
        checks: &ECDSA_P256K1_SHA256_FIXED,
        signs: &ECDSA_P256K1_SHA256_FIXED_SIGNING,
    },
];

impl Curve {
    /// The curve of this `crv`.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        CURVES.iter().find(|curve| curve.name == name)
    }

    /// The curve of keys of this type.
    pub(in crate::jwt) fn of(kty: KeyType) -> Option<&'static Self> {
        CURVES.iter().find(|curve| curve.kty == kty)
    }
}

//! The keys that signatures are held against: JWK sets, single JWKs, PEM, DER and shared secrets. What cannot be used is
//! kept beside them with its reason.
//!
//! Pure: imports only `exchange` and the `jwt` module's own files.

mod certificate;
mod curve;
mod der;
mod jwk;
mod own;
mod pem;
mod private;
mod public;
mod read;
mod row;
mod secret;

use std::fmt;

use jiff::Timestamp;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};
use thiserror::Error;

pub use certificate::CertificateRow;
pub(in crate::jwt) use curve::Curve;
pub use private::{SigningKey, SigningKeyError};
pub use row::{KeyRow, key_rows};

/// A key set longer than this (32 MiB) is not read.
const LONGEST: usize = 32 << 20;
/// More keys than this are not read.
const MOST_KEYS: usize = 20_000;

/// The keys of one source.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    /// Those a signature can be held against, in the order given.
    pub keys: Vec<Key>,
    /// Those that were left out, and why.
    pub skipped: Vec<SkippedKey>,
}

/// A key that a signature can be held against.
#[derive(Clone, Debug)]
pub struct Key {
    /// `kid` (RFC 7517 section 4.5), as spelt.
    pub kid: Option<String>,
    /// The one algorithm the key is for (RFC 7517 section 4.4); a name this program knows.
    pub alg: Option<String>,
    /// Type and curve.
    pub kty: KeyType,
    /// `use` (RFC 7517 section 4.2): `sig`, or not said.
    pub use_: Option<String>,
    /// The SHA-256 thumbprint (RFC 7638) in base64url; none for a secret, whose hash is not to be shown.
    pub thumbprint: Option<String>,
    /// RSA modulus, curve or secret in bits.
    pub size_bits: usize,
    /// Given by the person for just this purpose, not picked from a published set: fits any `kid` if it has none.
    given: bool,
    /// The members that make the key, in the order of RFC 7638; none of a secret.
    members: Vec<(&'static str, String)>,
    material: Material,
    /// What its certificate says, or why that cannot be read; none when it has none.
    certificate: Option<Result<CertificateRow, &'static str>>,
}

/// What a signature is checked with.
#[derive(Clone, Debug)]
pub(super) enum Material {
    /// By the JWT library.
    Library(DecodingKey),
    /// A point, uncompressed, on a curve that the JWT library lacks.
    Point(Vec<u8>),
}

/// A key that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedKey {
    /// `kid` as spelt: show it through [`shown`](crate::jwt::shown).
    pub kid: Option<String>,
    /// `kty` as spelt.
    pub kty: Option<String>,
    /// `alg` as spelt.
    pub alg: Option<String>,
    /// `use` as spelt.
    pub use_: Option<String>,
    /// Whether it is for something else, or could not be read.
    pub fault: Fault,
    /// Why it cannot be used here; safe to show.
    pub reason: String,
    /// Given by the person for just this purpose, as for [`Key`].
    given: bool,
}

/// What a key that was left out says of a token that means it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The key is readable and for something else, by its type, curve, `use`, `key_ops` or `alg`: no signature can be its.
    Unfit,
    /// What key it is cannot be made out, or it is one that nothing can be held against here: it says nothing.
    Unreadable,
}

impl SkippedKey {
    /// A key of which nothing could be read.
    fn unreadable(reason: String) -> Self {
        Self { kid: None, kty: None, alg: None, use_: None, fault: Fault::Unreadable, reason, given: false }
    }

    /// Whether it is known to be of another type than this one.
    pub(super) fn is_other_type(&self, wanted: KeyType) -> bool {
        // PEM says its label here.
        let known = |kty: &&str| ["RSA", "EC", "OKP", "oct"].contains(kty);
        self.kty.as_deref().filter(known).is_some_and(|kty| kty != wanted.kty())
    }

    /// Whether a signature that needs a key of this type may be its all the same.
    pub(super) fn may_serve(&self, wanted: KeyType) -> bool {
        self.fault == Fault::Unreadable && !self.is_other_type(wanted)
    }

    /// Whether a token that names this `kid`, or none, may mean this key.
    pub(super) fn answers_to(&self, kid: Option<&str>) -> bool {
        answers(kid, self.kid.as_deref(), self.given)
    }
}

/// The type of a key, with its curve.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum KeyType {
    /// An RSA public key (RFC 7518 section 6.3).
    Rsa,
    /// A public key on the curve P-256 (RFC 7518 section 6.2).
    P256,
    /// A public key on the curve P-384.
    P384,
    /// A public key on the curve P-521.
    P521,
    /// A public key on the curve secp256k1 (RFC 8812).
    Secp256k1,
    /// An Edwards curve public key (RFC 8037).
    Ed25519,
    /// A shared secret (RFC 7518 section 6.4).
    Secret,
}

impl KeyType {
    /// The `kty` parameter.
    pub fn kty(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::P256 | Self::P384 | Self::P521 | Self::Secp256k1 => "EC",
            Self::Ed25519 => "OKP",
            Self::Secret => "oct",
        }
    }

    /// The `crv` parameter, when the type has one.
    pub fn crv(self) -> Option<&'static str> {
        match self {
            Self::P256 => Some("P-256"),
            Self::P384 => Some("P-384"),
            Self::P521 => Some("P-521"),
            Self::Secp256k1 => Some("secp256k1"),
            Self::Ed25519 => Some("Ed25519"),
            Self::Rsa | Self::Secret => None,
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.crv() {
            Some(curve) => write!(f, "{} {curve}", self.kty()),
            None if *self == Self::Secret => f.write_str("shared secret"),
            None => f.write_str(self.kty()),
        }
    }
}

/// Why a text is no key set at all. One bad key is no such error.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeySetError {
    /// Longer than the bound.
    #[error("the key set is {0} bytes long; at most {LONGEST} are read")]
    TooLong(usize),
    /// More keys than the bound.
    #[error("the key set has {0} keys; at most {MOST_KEYS} are read")]
    TooMany(usize),
    /// No JSON.
    #[error("the key set is not JSON ({0}); expected {{\"keys\": [..]}} (RFC 7517), is this the address of the keys?")]
    NotJson(String),
    /// A file that is nothing a key comes in.
    #[error(
        "there is no key in it: it is neither PEM (-----BEGIN PUBLIC KEY-----) nor DER, nor a JWK or key set in JSON (RFC 7517): {0}"
    )]
    NoKey(String),
    /// JSON, but neither a set nor a key.
    #[error("this JSON is no key set: it has neither \"keys\", a list, nor \"kty\" (RFC 7517)")]
    NotAKeySet,
    /// Secrets and public keys together: whoever knows the public ones must not choose between them.
    #[error("the key set mixes shared secrets and public keys; give the one that belongs to the token")]
    Mixed,
    /// The same where everybody can read it.
    #[error(
        "the key set mixes shared secrets (kty oct) and public keys, so none of it is used: a published secret is a leak; take it out of the set, and replace it"
    )]
    Leaks,
    /// No PEM block.
    #[error("there is no PEM key in it: expected a block that begins with -----BEGIN PUBLIC KEY-----")]
    NoPem,
}

impl KeySet {
    /// How many keys the source named, usable or not.
    pub fn len(&self) -> usize {
        self.keys.len() + self.skipped.len()
    }

    /// Whether the source named no key at all.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.skipped.is_empty()
    }
}

impl Key {
    /// What signatures are checked with.
    pub(super) fn material(&self) -> &Material {
        &self.material
    }

    /// What is odd about its certificate, when it has one.
    pub(super) fn certificate_remarks(&self, now: Timestamp) -> Vec<String> {
        certificate::remarks(self.certificate.as_ref(), now)
    }

    /// The public key as a JWK (RFC 7517); none of a secret.
    pub fn jwk(&self) -> Option<Value> {
        if self.members.is_empty() {
            return None;
        }
        let mut jwk = Map::new();
        let said = [("kid", &self.kid), ("alg", &self.alg), ("use", &self.use_)];
        let said = said.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
        // The type first, as everybody writes it.
        let members = self.members.iter().cloned();
        let (kty, rest): (Vec<_>, Vec<_>) = members.partition(|(name, _)| *name == "kty");
        for (name, value) in kty.into_iter().chain(rest).chain(said) {
            jwk.insert(name.to_owned(), Value::String(value));
        }
        Some(Value::Object(jwk))
    }

    /// Whether a token that names this `kid`, or none, may mean this key.
    pub(super) fn answers_to(&self, kid: Option<&str>) -> bool {
        answers(kid, self.kid.as_deref(), self.given)
    }
}

fn answers(kid: Option<&str>, own: Option<&str>, given: bool) -> bool {
    match (kid, own) {
        (None, _) => true,
        (Some(_), None) => given,
        (Some(wanted), Some(own)) => wanted == own,
    }
}

#[cfg(test)]
mod tests;

//! Keys to sign with: from PEM, a private JWK or a shared secret, or made on the spot.
//!
//! Pure but for the randomness of a new key, which is the cryptographic library's own. Imports only `exchange` and the
//! `jwt` module's own files.

use std::fmt;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{KeyPairComponents, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;
use thiserror::Error;
use zeroize::Zeroizing;

use super::curve::{CURVES, Curve};
use super::{Key, KeySet, KeyType, der, jwk, own, pem, public, secret};
use crate::exchange::Secret;
use crate::jwt::algorithm::{Means, Named, algorithms, named, usual};
use crate::jwt::shown;

/// A key to sign with.
pub struct SigningKey {
    kid: Option<String>,
    alg: Option<String>,
    /// The key that checks what this one signs.
    verifying: Key,
    saved: Secret,
    means: Private,
}

/// What signs.
enum Private {
    Library(EncodingKey),
    OtherCurve(EcdsaKeyPair),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).field("kty", &self.kty()).finish_non_exhaustive()
    }
}

/// Why a text is no key to sign with.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum SigningKeyError {
    /// It cannot be read, or does not sign; why.
    #[error("{0}")]
    Unusable(String),
    /// Nothing of this name can be made.
    #[error("no key can be made for the algorithm {0}; there are {known}", known = algorithms().collect::<Vec<_>>().join(", "))]
    UnknownAlgorithm(String),
    /// The library refused.
    #[error("the key could not be made")]
    NotMade,
}

type Outcome = Result<SigningKey, SigningKeyError>;

fn unusable<T>(reason: impl Into<String>) -> Result<T, SigningKeyError> {
    Err(SigningKeyError::Unusable(reason.into()))
}

impl SigningKey {
    /// Reads a key file: PEM or DER (PKCS #8, PKCS #1, SEC 1), or a private JWK (RFC 7517).
    pub fn from_contents(contents: &[u8]) -> Outcome {
        let text = Zeroizing::new(String::from_utf8_lossy(contents).into_owned());
        if text.contains("-----BEGIN") && !own::is_jwk(&text) {
            return pem::private_blocks(&text);
        }
        if let Some(label) = der::label(contents) {
            return pem::private_blocks(&Zeroizing::new(public::pem(label, contents)));
        }
        let json = contents.strip_prefix(b"\xef\xbb\xbf").unwrap_or(contents);
        match serde_json::from_slice::<Value>(json) {
            Ok(value) if value.get("keys").is_some() => {
                unusable("this is a key set; give the one key to sign with, PEM or a private JWK")
            }
            Ok(value) if value.get("kty").is_some() => Self::from_jwk(&value),
            Ok(_) => unusable("this JSON is no JWK: it has no kty (RFC 7517)"),
            Err(_) => unusable("this is neither PEM (-----BEGIN PRIVATE KEY-----) nor DER nor a JWK (RFC 7517)"),
        }
    }

    /// A shared secret for HS256, HS384 and HS512: text, or bytes behind `b64:` or `hex:`.
    pub fn from_secret(text: &Secret) -> Outcome {
        let bytes = secret::bytes(text.reveal()).map_err(|refusal| SigningKeyError::Unusable(refusal.reason))?;
        Ok(Self::from_secret_bytes(&bytes))
    }

    fn from_secret_bytes(bytes: &[u8]) -> Self {
        Self {
            kid: None,
            alg: None,
            verifying: Key { given: true, ..jwk::secret(bytes) },
            saved: Secret::new(format!("b64:{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))),
            means: Private::Library(EncodingKey::from_secret(bytes)),
        }
    }

    /// Makes a new key for this algorithm (RFC 7518 section 3.1), with the library's randomness. RSA keys have 2048 bits, a
    /// secret as many as its hash (RFC 7518 section 3.2). Its `kid` is its thumbprint.
    pub fn generate(alg: &str) -> Outcome {
        let Named::Checkable(_, kty) = named(alg) else {
            return Err(SigningKeyError::UnknownAlgorithm(shown(alg, 40)));
        };
        let key = match kty {
            KeyType::Secret => {
                let length = alg.strip_prefix("HS").and_then(|bits| bits.parse().ok()).unwrap_or(512_usize) / 8;
                let mut bytes = Zeroizing::new(vec![0; length]);
                rand::fill(&mut bytes).map_err(|_| SigningKeyError::NotMade)?;
                Self::from_secret_bytes(&bytes)
            }
            _ => Self::from_pkcs8(&new_pkcs8(kty).ok_or(SigningKeyError::NotMade)?)?,
        };
        let kid = key.verifying.thumbprint.clone();
        Ok(key.named(kid, Some(alg.to_owned())))
    }

    /// The same key under this name and for this algorithm.
    fn named(mut self, kid: Option<String>, alg: Option<String>) -> Self {
        self.verifying.kid.clone_from(&kid);
        self.verifying.alg.clone_from(&alg);
        Self { kid, alg, ..self }
    }

    fn from_jwk(value: &Value) -> Outcome {
        // The public part first: its refusals name what is wrong.
        let public = jwk::read(value).or_else(|skipped| unusable(skipped.reason))?;
        let operations = value.get("key_ops").and_then(Value::as_array);
        if operations.is_some_and(|listed| !listed.iter().any(|operation| operation.as_str() == Some("sign"))) {
            return unusable("key_ops does not have sign");
        }
        if public.kty != KeyType::Secret && value.get("d").is_none() {
            return unusable("this is a public key: it has no d; only the private one signs");
        }
        let key = match public.kty {
            KeyType::Secret => Self::from_secret_bytes(&Zeroizing::new(member(value, "k")?)),
            KeyType::Rsa => Self::from_pkcs8(&rsa_pkcs8(value)?)?,
            KeyType::Ed25519 => {
                let (seed, public) = (Zeroizing::new(member(value, "d")?), member(value, "x")?);
                let pair = Ed25519KeyPair::from_seed_and_public_key(&seed, &public);
                let der = pair.ok().and_then(|pair| pair.to_pkcs8v1().ok());
                Self::from_pkcs8(der.ok_or_else(|| mismatch("d and x"))?.as_ref())?
            }
            kty => {
                let curve = Curve::of(kty).ok_or(SigningKeyError::NotMade)?;
                let scalar = Zeroizing::new(member(value, "d")?);
                let point = [&[4][..], &member(value, "x")?, &member(value, "y")?].concat();
                let pair = EcdsaKeyPair::from_private_key_and_public_key(curve.signs, &scalar, &point);
                Self::from_pair(curve, pair.map_err(|_| mismatch("d, x and y"))?)?
            }
        };
        Ok(key.named(public.kid, public.alg))
    }

    /// A private key in DER: PKCS #8 (RFC 5958) of any type that signs here.
    pub(super) fn from_pkcs8(der: &[u8]) -> Outcome {
        let text = Zeroizing::new(public::pem("PRIVATE KEY", der));
        if let Ok(key) = EncodingKey::from_rsa_pem(text.as_bytes()) {
            return Self::of_library(key, Algorithm::RS256, &text);
        }
        if let Ok(key) = EncodingKey::from_ed_pem(text.as_bytes()) {
            return Self::of_library(key, Algorithm::EdDSA, &text);
        }
        Self::from_ec(der)
    }

    /// An RSA private key as PKCS #1 writes it (RFC 8017 appendix A.1.2).
    pub(super) fn from_pkcs1(der: &[u8]) -> Outcome {
        let text = Zeroizing::new(public::pem("RSA PRIVATE KEY", der));
        Self::of_library(EncodingKey::from_rsa_der(der), Algorithm::RS256, &text)
    }

    /// An EC private key in DER, PKCS #8 or SEC 1 (RFC 5915), on whichever curve it is.
    pub(super) fn from_ec(der: &[u8]) -> Outcome {
        let pair =
            CURVES.iter().find_map(|curve| Some((curve, EcdsaKeyPair::from_private_key_der(curve.signs, der).ok()?)));
        match pair {
            Some((curve, pair)) => Self::from_pair(curve, pair),
            None => unusable(
                "no private key can be read from it that signs here: RSA from 2048 bits, P-256, P-384, P-521, secp256k1 or Ed25519",
            ),
        }
    }

    fn from_pair(curve: &Curve, pair: EcdsaKeyPair) -> Outcome {
        let der = pair.to_pkcs8v1().map_err(|_| SigningKeyError::NotMade)?;
        let jwk = public::jwk_of_point(curve, pair.public_key().as_ref()).ok_or(SigningKeyError::NotMade)?;
        let means = match curve.kty {
            KeyType::P521 | KeyType::Secp256k1 => Private::OtherCurve(pair),
            _ => Private::Library(EncodingKey::from_ec_der(der.as_ref())),
        };
        Self::of(&jwk, Secret::new(public::pem("PRIVATE KEY", der.as_ref())), means)
    }

    fn of_library(key: EncodingKey, algorithm: Algorithm, text: &str) -> Outcome {
        let public = Jwk::from_encoding_key(&key, algorithm).ok().and_then(|jwk| serde_json::to_value(jwk).ok());
        let Some(mut jwk) = public else {
            return unusable("no private key can be read from it: RSA keys must have from 2048 to 8192 bits");
        };
        if let Some(members) = jwk.as_object_mut() {
            members.remove("alg");
        }
        Self::of(&jwk, Secret::new(text), Private::Library(key))
    }

    fn of(public_jwk: &Value, saved: Secret, means: Private) -> Outcome {
        let public = jwk::read(public_jwk).or_else(|skipped| unusable(skipped.reason))?;
        Ok(Self { kid: None, alg: None, verifying: Key { given: true, ..public }, saved, means })
    }

    /// The key's name, to be the header's `kid`.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The algorithm it signs with: its own `alg`, else the usual one of its type.
    pub fn alg(&self) -> &str {
        self.alg.as_deref().unwrap_or_else(|| usual(self.kty()))
    }

    /// The same key under another name.
    #[cfg(test)]
    pub(in crate::jwt) fn named_for_test(self, kid: Option<&str>) -> Self {
        let alg = self.alg.clone();
        self.named(kid.map(str::to_owned), alg)
    }

    /// Its type, with the curve.
    pub fn kty(&self) -> KeyType {
        self.verifying.kty
    }

    /// The key that checks what this one signs: the public part, or the same secret.
    pub fn verifying(&self) -> &Key {
        &self.verifying
    }

    /// That key as the only one of a set.
    pub fn verifying_set(&self) -> KeySet {
        KeySet { keys: vec![self.verifying.clone()], skipped: Vec::new() }
    }

    /// The key as a text that [`SigningKey::from_contents`], or of a secret [`SigningKey::from_secret`], reads again.
    pub fn saved(&self) -> &Secret {
        &self.saved
    }

    /// Whether it may make signatures of this algorithm: by its type, and by its own `alg` when it has one.
    pub(in crate::jwt) fn fits(&self, alg: &str) -> bool {
        let own = self.alg.as_deref().map(named);
        match named(alg) {
            Named::Checkable(_, wanted) => wanted == self.kty() && own.is_none_or(|own| own == named(alg)),
            _ => false,
        }
    }

    /// The algorithms it may sign with, for people.
    pub(in crate::jwt) fn signs(&self) -> String {
        algorithms().filter(|alg| self.fits(alg)).collect::<Vec<_>>().join(", ")
    }

    /// The signature over this input, in base64url; none when the library refuses.
    pub(in crate::jwt) fn signature(&self, alg: &str, input: &[u8]) -> Option<String> {
        let Named::Checkable(means, _) = named(alg) else { return None };
        match (&self.means, means) {
            (Private::Library(key), Means::Library(algorithm)) => crypto::sign(input, key, algorithm).ok(),
            (Private::OtherCurve(pair), Means::OtherCurve) => {
                let signature = pair.sign(&rand::SystemRandom::new(), input).ok()?;
                Some(BASE64_URL_SAFE_NO_PAD.encode(signature))
            }
            _ => None,
        }
    }
}

/// A new private key of this type.
fn new_pkcs8(kty: KeyType) -> Option<Zeroizing<Vec<u8>>> {
    let der = match kty {
        KeyType::Rsa => RsaKeyPair::generate(KeySize::Rsa2048).ok()?.as_der().ok()?.as_ref().to_vec(),
        KeyType::Ed25519 => Ed25519KeyPair::generate().ok()?.to_pkcs8v1().ok()?.as_ref().to_vec(),
        kty => EcdsaKeyPair::generate(Curve::of(kty)?.signs).ok()?.to_pkcs8v1().ok()?.as_ref().to_vec(),
    };
    Some(Zeroizing::new(der))
}

/// An RSA private key from its JWK (RFC 7518 section 6.3.2).
fn rsa_pkcs8(value: &Value) -> Result<Zeroizing<Vec<u8>>, SigningKeyError> {
    let part = |name: &str| member(value, name).map(Zeroizing::new);
    let (modulus, exponent) = (member(value, "n")?, member(value, "e")?);
    let public_key =
        PublicKeyComponents { n: jwk::without_leading_zeros(&modulus), e: jwk::without_leading_zeros(&exponent) };
    let components = KeyPairComponents {
        public_key,
        d: part("d")?,
        p: part("p")?,
        q: part("q")?,
        dP: part("dp")?,
        dQ: part("dq")?,
        qInv: part("qi")?,
    };
    let pair = RsaKeyPair::from_components(&components).map_err(|_| mismatch("n, e, d, p, q, dp, dq and qi"))?;
    let der = pair.as_der().map_err(|_| SigningKeyError::NotMade)?;
    Ok(Zeroizing::new(der.as_ref().to_vec()))
}

fn member(value: &Value, name: &str) -> Result<Vec<u8>, SigningKeyError> {
    jwk::bytes(value, name).map_err(SigningKeyError::Unusable)
}

fn mismatch(members: &str) -> SigningKeyError {
    SigningKeyError::Unusable(format!("{members} do not belong together"))
}

#[cfg(test)]
impl Key {
    /// The key itself, with nothing said about its name and purpose.
    pub(in crate::jwt) fn clone_without_name(&self) -> Self {
        Self { kid: None, alg: None, use_: None, ..self.clone() }
    }
}

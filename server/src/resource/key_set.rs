//! A key set (RFC 7517), read key by key: what cannot be used is set aside with the reason, and
//! spoils nothing for the others.

use aws_lc_rs::{
    digest,
    signature::{self, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::Value;

/// More keys than this are not read: each might have to be tried.
const MOST_KEYS: usize = 64;
/// Shorter RSA keys are refused by the cryptographic library (bytes; 2048 bits).
const SHORTEST_RSA_MODULUS: usize = 256;

const RSA_ALGORITHMS: [(Algorithm, &RsaParameters); 6] = [
    (Algorithm::RS256, &signature::RSA_PKCS1_2048_8192_SHA256),
    (Algorithm::RS384, &signature::RSA_PKCS1_2048_8192_SHA384),
    (Algorithm::RS512, &signature::RSA_PKCS1_2048_8192_SHA512),
    (Algorithm::PS256, &signature::RSA_PSS_2048_8192_SHA256),
    (Algorithm::PS384, &signature::RSA_PSS_2048_8192_SHA384),
    (Algorithm::PS512, &signature::RSA_PSS_2048_8192_SHA512),
];

/// Why a document is no key set.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// It is not JSON.
    #[error("the key set is not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// It is JSON without an array `keys`.
    #[error("the key set has no array \"keys\"")]
    NoKeys,
}

/// The keys of an issuer that can check signatures, and why the others cannot.
pub struct KeySet {
    keys: Vec<VerifyKey>,
    unusable: Vec<UnusableKey>,
    fingerprint: Vec<u8>,
}

/// One key, for each of the algorithms that it may be used with.
pub(super) struct VerifyKey {
    id: Option<String>,
    material: Vec<(Algorithm, Material)>,
}

/// A key as the library that checks with it wants it.
enum Material {
    /// RSA, parsed once: jsonwebtoken would do so for each signature, a fifth of the work.
    Parsed(ParsedPublicKey),
    /// What jsonwebtoken checks with.
    Decoding(DecodingKey),
}

struct UnusableKey {
    id: Option<String>,
    why: String,
}

impl KeySet {
    /// Reads a key set.
    ///
    /// # Errors
    /// [`KeySetError`] when the document as a whole is none; a key that cannot be used is no error.
    pub fn parse(document: &[u8]) -> Result<Self, KeySetError> {
        let parsed: Value = serde_json::from_slice(document)?;
        let listed = parsed.get("keys").and_then(Value::as_array).ok_or(KeySetError::NoKeys)?;
        let (mut keys, mut unusable) = (Vec::new(), Vec::new());
        for jwk in listed.iter().take(MOST_KEYS) {
            match VerifyKey::read(jwk) {
                Ok(key) => keys.push(key),
                Err(why) => unusable.push(UnusableKey { id: text(jwk, "kid").map(str::to_owned), why }),
            }
        }
        let fingerprint = digest::digest(&digest::SHA256, document).as_ref().to_vec();
        Ok(Self { keys, unusable, fingerprint })
    }

    /// How many keys can check signatures.
    pub fn usable_keys(&self) -> usize {
        self.keys.len()
    }

    /// Whether the other set was read from the same document.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &VerifyKey> {
        self.keys.iter()
    }

    pub(super) fn with_id<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a VerifyKey> {
        self.keys.iter().filter(move |key| key.id.as_deref() == Some(id))
    }

    /// Why the key with this id cannot be used; nothing when there is none.
    pub(super) fn unusable(&self, id: &str) -> Option<&str> {
        self.unusable.iter().find(|key| key.id.as_deref() == Some(id)).map(|key| key.why.as_str())
    }

    /// The keys that were set aside: their id, if any, and why.
    pub fn set_aside(&self) -> impl Iterator<Item = (Option<&str>, &str)> {
        self.unusable.iter().map(|key| (key.id.as_deref(), key.why.as_str()))
    }
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<Option<&str>> = self.keys.iter().map(|key| key.id.as_deref()).collect();
        f.debug_struct("KeySet").field("keys", &ids).finish_non_exhaustive()
    }
}

impl VerifyKey {
    /// Whether `signature` (base64url) over `signed` was made with this key and `algorithm`.
    pub(super) fn verifies(&self, signature: &str, signed: &[u8], algorithm: Algorithm) -> bool {
        // The key decides which algorithms it goes with, not the token (RFC 8725 section 3.1).
        match self.material.iter().find(|(allowed, _)| *allowed == algorithm) {
            Some((_, Material::Parsed(key))) => {
                URL_SAFE_NO_PAD.decode(signature).is_ok_and(|signature| key.verify_sig(signed, &signature).is_ok())
            }
            Some((_, Material::Decoding(key))) => crypto::verify(signature, signed, key, algorithm).unwrap_or(false),
            None => false,
        }
    }

    fn read(jwk: &Value) -> Result<Self, String> {
        match text(jwk, "use") {
            None | Some("sig") => {}
            Some("enc") => return Err("it is for encryption".to_owned()),
            Some(_) => return Err("its use is not sig".to_owned()),
        }
        if let Some(operations) = jwk.get("key_ops").and_then(Value::as_array)
            && !operations.iter().any(|operation| operation == "verify")
        {
            return Err("its key_ops do not have verify".to_owned());
        }
        let mut material = material(jwk)?;
        match jwk.get("alg") {
            None => {}
            Some(Value::String(name)) => material.retain(|(algorithm, _)| name.parse() == Ok(*algorithm)),
            Some(_) => return Err("its alg is not a string".to_owned()),
        }
        if material.is_empty() {
            return Err("its alg does not go with its kty".to_owned());
        }
        Ok(Self { id: text(jwk, "kid").map(str::to_owned), material })
    }
}

/// The key itself, for each algorithm that its type can do.
fn material(jwk: &Value) -> Result<Vec<(Algorithm, Material)>, String> {
    let bytes = |member: &str| -> Result<Vec<u8>, String> {
        let encoded = text(jwk, member).ok_or_else(|| format!("it has no {member}"))?;
        URL_SAFE_NO_PAD.decode(encoded).map_err(|_| format!("its {member} is not base64url"))
    };
    let coordinate = |member: &str, length: usize| -> Result<String, String> {
        let found = bytes(member)?;
        if found.len() == length {
            Ok(URL_SAFE_NO_PAD.encode(found))
        } else {
            Err(format!("its {member} has {} bytes, not {length}", found.len()))
        }
    };
    let unreadable = |_| "it is not readable".to_owned();
    match (text(jwk, "kty"), text(jwk, "crv")) {
        (Some("RSA"), _) => {
            let number = |member| bytes(member).map(|found| found.into_iter().skip_while(|byte| *byte == 0).collect());
            let components: RsaPublicKeyComponents<Vec<u8>> =
                RsaPublicKeyComponents { n: number("n")?, e: number("e")? };
            if components.n.len() < SHORTEST_RSA_MODULUS {
                return Err("it is an RSA key of fewer than 2048 bits".to_owned());
            }
            let parsed = |(algorithm, parameters)| match components.to_parsed_public_key(parameters) {
                Ok(key) => Ok((algorithm, Material::Parsed(key))),
                Err(why) => Err(format!("it is not readable: {why}")),
            };
            RSA_ALGORITHMS.into_iter().map(parsed).collect()
        }
        (Some("EC"), Some(curve @ ("P-256" | "P-384"))) => {
            let (length, algorithm) = if curve == "P-256" { (32, Algorithm::ES256) } else { (48, Algorithm::ES384) };
            let (x, y) = (coordinate("x", length)?, coordinate("y", length)?);
            let key = DecodingKey::from_ec_components(&x, &y).map_err(unreadable)?;
            Ok(vec![(algorithm, Material::Decoding(key))])
        }
        (Some("OKP"), Some("Ed25519")) => {
            let x = coordinate("x", 32)?;
            let key = DecodingKey::from_ed_components(&x).map_err(unreadable)?;
            Ok(vec![(Algorithm::EdDSA, Material::Decoding(key))])
        }
        (None, _) => Err("it has no kty".to_owned()),
        _ => Err("its kty or crv is not supported".to_owned()),
    }
}

fn text<'a>(jwk: &'a Value, member: &str) -> Option<&'a str> {
    jwk.get(member).and_then(Value::as_str)
}

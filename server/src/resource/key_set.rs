//! A key set (RFC 7517), read key by key: what cannot be used is set aside with the reason, and
//! spoils nothing for the others.

use aws_lc_rs::{
    digest,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
        RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
        RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::Value;

/// More keys than this are not read: each might have to be tried.
const MOST_KEYS: usize = 64;
/// Shorter RSA keys are refused by the cryptographic library (bytes; 2048 bits).
const SHORTEST_RSA_MODULUS: usize = 256;

/// What an RSA key can do where its JWK names no `alg`.
const RSA_ALGORITHMS: [(Algorithm, &RsaParameters); 6] = [
    (Algorithm::RS256, &RSA_PKCS1_2048_8192_SHA256),
    (Algorithm::RS384, &RSA_PKCS1_2048_8192_SHA384),
    (Algorithm::RS512, &RSA_PKCS1_2048_8192_SHA512),
    (Algorithm::PS256, &RSA_PSS_2048_8192_SHA256),
    (Algorithm::PS384, &RSA_PSS_2048_8192_SHA384),
    (Algorithm::PS512, &RSA_PSS_2048_8192_SHA512),
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

/// One key, once for each algorithm that it may be used with. Parsed here and not at each
/// signature, which would cost as much again as checking one.
pub(super) struct VerifyKey {
    id: Option<String>,
    by_algorithm: Vec<(Algorithm, ParsedPublicKey)>,
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
        let key = self.by_algorithm.iter().find(|(possible, _)| *possible == algorithm);
        let signature = URL_SAFE_NO_PAD.decode(signature);
        key.zip(signature.ok()).is_some_and(|((_, key), signature)| key.verify_sig(signed, &signature).is_ok())
    }

    fn read(jwk: &Value) -> Result<Self, String> {
        match member(jwk, "use") {
            None => {}
            Some(purpose) if purpose == "sig" => {}
            Some(purpose) if purpose == "enc" => return Err("it is for encryption".to_owned()),
            Some(_) => return Err("its use is not sig".to_owned()),
        }
        let operations = member(jwk, "key_ops");
        let may_verify = |listed: &Value| listed.as_array().is_some_and(|all| all.iter().any(|one| one == "verify"));
        if operations.is_some_and(|listed| !may_verify(listed)) {
            return Err("its key_ops do not have verify".to_owned());
        }
        let mut by_algorithm = material(jwk)?;
        match member(jwk, "alg") {
            None => {}
            Some(Value::String(name)) => {
                let named: Option<Algorithm> = name.parse().ok();
                by_algorithm.retain(|(possible, _)| Some(*possible) == named);
                if by_algorithm.is_empty() {
                    return Err("its alg does not go with its kty".to_owned());
                }
            }
            Some(_) => return Err("its alg is not a string".to_owned()),
        }
        Ok(Self { id: text(jwk, "kid").map(str::to_owned), by_algorithm })
    }
}

/// The key, parsed for each algorithm that its type can do.
fn material(jwk: &Value) -> Result<Vec<(Algorithm, ParsedPublicKey)>, String> {
    let bytes = |member: &str| -> Result<Vec<u8>, String> {
        let encoded = text(jwk, member).ok_or_else(|| format!("it has no {member}"))?;
        URL_SAFE_NO_PAD.decode(encoded).map_err(|_| format!("its {member} is not base64url"))
    };
    let sized = |member: &str, length: usize| -> Result<Vec<u8>, String> {
        let found = bytes(member)?;
        if found.len() == length {
            Ok(found)
        } else {
            Err(format!("its {member} has {} bytes, not {length}", found.len()))
        }
    };
    match (text(jwk, "kty"), text(jwk, "crv")) {
        (Some("RSA"), _) => rsa(&bytes("n")?, &bytes("e")?),
        (Some("EC"), Some("P-256")) => {
            let point = [vec![4], sized("x", 32)?, sized("y", 32)?].concat();
            parsed(Algorithm::ES256, &ECDSA_P256_SHA256_FIXED, &point)
        }
        (Some("EC"), Some("P-384")) => {
            let point = [vec![4], sized("x", 48)?, sized("y", 48)?].concat();
            parsed(Algorithm::ES384, &ECDSA_P384_SHA384_FIXED, &point)
        }
        (Some("OKP"), Some("Ed25519")) => parsed(Algorithm::EdDSA, &ED25519, &sized("x", 32)?),
        (None, _) => Err("it has no kty".to_owned()),
        _ => Err("its kty or crv is not supported".to_owned()),
    }
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Vec<(Algorithm, ParsedPublicKey)>, String> {
    // Some write a zero before a number whose first bit is set; the library takes none.
    let number = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
    let key = RsaPublicKeyComponents { n: number(modulus), e: number(exponent) };
    if key.n.len() < SHORTEST_RSA_MODULUS {
        return Err("it is an RSA key of fewer than 2048 bits".to_owned());
    }
    let parse = |(algorithm, parameters)| {
        let parsed = key.to_parsed_public_key(parameters).map_err(|_| "it is no RSA key".to_owned())?;
        Ok((algorithm, parsed))
    };
    RSA_ALGORITHMS.into_iter().map(parse).collect()
}

fn parsed(
    algorithm: Algorithm,
    check: &'static dyn VerificationAlgorithm,
    key: &[u8],
) -> Result<Vec<(Algorithm, ParsedPublicKey)>, String> {
    let key = ParsedPublicKey::new(check, key).map_err(|_| "it is not a point of its curve".to_owned())?;
    Ok(vec![(algorithm, key)])
}

fn text<'a>(jwk: &'a Value, name: &str) -> Option<&'a str> {
    member(jwk, name).and_then(Value::as_str)
}

/// A member; some write null for one that is not there.
fn member<'a>(jwk: &'a Value, name: &str) -> Option<&'a Value> {
    jwk.get(name).filter(|value| !value.is_null())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

    use aws_lc_rs::{
        rand::SystemRandom,
        rsa::KeySize,
        signature::{
            ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
            KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
        },
    };
    use jsonwebtoken::{DecodingKey, jwk::Jwk};
    use serde_json::json;

    use super::*;

    const SIGNED: &[u8] = b"header.payload";

    fn jwk(key: &DecodingKey) -> Value {
        serde_json::to_value(Jwk::from_decoding_key(key, None).unwrap()).unwrap()
    }

    type Signatures = Vec<(Algorithm, Vec<u8>)>;

    /// A key of each kind, and signatures made with it.
    fn kinds() -> Vec<(Value, Signatures)> {
        let random = SystemRandom::new();
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let with_rsa = |encoding: &'static dyn RsaEncoding| {
            let mut signature = vec![0; rsa.public_modulus_len()];
            rsa.sign(encoding, &random, SIGNED, &mut signature).unwrap();
            signature
        };
        let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let with_ec = |key: &EcdsaKeyPair| key.sign(&random, SIGNED).unwrap().as_ref().to_vec();
        let ed = Ed25519KeyPair::generate().unwrap();
        vec![
            (
                jwk(&DecodingKey::from_rsa_der(rsa.public_key().as_ref())),
                vec![(Algorithm::RS256, with_rsa(&RSA_PKCS1_SHA256)), (Algorithm::PS256, with_rsa(&RSA_PSS_SHA256))],
            ),
            (jwk(&DecodingKey::from_ec_der(p256.public_key().as_ref())), vec![(Algorithm::ES256, with_ec(&p256))]),
            (jwk(&DecodingKey::from_ec_der(p384.public_key().as_ref())), vec![(Algorithm::ES384, with_ec(&p384))]),
            (
                jwk(&DecodingKey::from_ed_der(ed.public_key().as_ref())),
                vec![(Algorithm::EdDSA, ed.sign(SIGNED).as_ref().to_vec())],
            ),
        ]
    }

    #[test]
    fn every_kind_of_key_checks_its_own_signatures_and_no_others() {
        let all = [
            Algorithm::RS256,
            Algorithm::RS384,
            Algorithm::PS256,
            Algorithm::PS512,
            Algorithm::ES256,
            Algorithm::ES384,
            Algorithm::EdDSA,
            Algorithm::HS256,
            Algorithm::HS512,
        ];
        for (jwk, signatures) in kinds() {
            for (algorithm, signature) in signatures {
                let mut pinned = jwk.clone();
                pinned["alg"] = json!(format!("{algorithm:?}"));
                let signature = URL_SAFE_NO_PAD.encode(signature);
                for jwk in [&jwk, &pinned] {
                    let key = VerifyKey::read(jwk).unwrap();
                    for tried in all {
                        let fits = key.verifies(&signature, SIGNED, tried);
                        assert_eq!(fits, tried == algorithm, "{tried:?} with {jwk}");
                    }
                    assert!(!key.verifies(&signature, b"other", algorithm), "{jwk}");
                }
            }
        }
    }

    #[test]
    fn a_zero_before_the_modulus_is_no_part_of_it() {
        let (mut jwk, signatures) = kinds().remove(0);
        let mut modulus = vec![0];
        modulus.extend(URL_SAFE_NO_PAD.decode(text(&jwk, "n").unwrap()).unwrap());
        jwk["n"] = json!(URL_SAFE_NO_PAD.encode(modulus));
        let (algorithm, signature) = signatures.first().unwrap();
        let key = VerifyKey::read(&jwk).unwrap();
        assert!(key.verifies(&URL_SAFE_NO_PAD.encode(signature), SIGNED, *algorithm));
    }

    #[test]
    fn no_more_keys_are_read_than_may_be_tried() {
        let (jwk, _) = kinds().remove(3);
        let keys = vec![jwk; MOST_KEYS + 1];
        let set = KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap();
        assert_eq!(set.usable_keys(), MOST_KEYS);
    }

    #[test]
    fn a_point_beside_its_curve_is_set_aside() {
        let (mut jwk, _) = kinds().remove(1);
        jwk["y"] = jwk["x"].clone();
        assert_eq!(VerifyKey::read(&jwk).err().as_deref(), Some("it is not a point of its curve"));
    }
}

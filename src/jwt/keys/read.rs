//! How keys come in: as a published JWK set, as a file that a person gave, or as a shared secret.
//!
//! Pure: imports only `exchange` and the `jwt` module's own files.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::{
    Fault, Key, KeySet, KeySetError, KeyType, LONGEST, MOST_KEYS, SkippedKey, der, jwk, own, pem, public, secret,
};
use crate::exchange::Secret;

/// Why a published secret is never used.
pub(super) const NO_PLACE: &str = "a shared secret has no place in a published key set";

impl KeySet {
    /// Reads a published JWK set (RFC 7517 section 5), or a single JWK, key by key: what cannot be used is skipped
    /// with its reason. A shared secret has no place in it: it is skipped, too, and beside public keys, usable or not,
    /// it makes the whole set refused.
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        let mut set = Self::of_jwks(json)?;
        if set.mixes() {
            return Err(KeySetError::Leaks);
        }
        // Not mixed: where one is a secret, all are.
        let secrets: Vec<Key> = set.keys.extract_if(.., |key| key.kty == KeyType::Secret).collect();
        set.skipped.extend(secrets.into_iter().map(|key| SkippedKey {
            kid: key.kid,
            kty: Some(key.kty.kty().to_owned()),
            alg: key.alg,
            use_: key.use_,
            fault: Fault::Unfit,
            reason: NO_PLACE.to_owned(),
            given: false,
        }));
        Ok(set)
    }

    /// Reads a key file the person gave for this purpose: a JWK set, a JWK (of a private one its public part), PEM, or
    /// DER of any structure that PEM would hold. Shared secrets are taken when the file holds nothing else. PEM within a
    /// JWK changes nothing: the JWK rules.
    pub fn from_file_contents(contents: &[u8]) -> Result<Self, KeySetError> {
        if contents.len() > LONGEST {
            return Err(KeySetError::TooLong(contents.len()));
        }
        let text = Zeroizing::new(String::from_utf8_lossy(contents).into_owned());
        if text.contains("-----BEGIN") && !own::is_jwk(&text) {
            return Self::from_pem(&text);
        }
        if let Some(label) = der::label(contents) {
            return Self::from_pem(&Zeroizing::new(public::pem(label, contents)));
        }
        let set = match Self::of_jwks(contents) {
            Err(KeySetError::NotJson(why)) => return Err(KeySetError::NoKey(nothing_known(contents, why))),
            other => other?,
        };
        if set.mixes() {
            return Err(KeySetError::Mixed);
        }
        Ok(set.given())
    }

    /// Reads PEM: public keys, certificates, and of private keys the public part. Several blocks give several keys.
    pub fn from_pem(text: &str) -> Result<Self, KeySetError> {
        if text.len() > LONGEST {
            return Err(KeySetError::TooLong(text.len()));
        }
        let mut set = Self::default();
        for block in pem::blocks(text).take(MOST_KEYS) {
            match pem::read(&block) {
                Ok(key) => set.keys.push(key),
                Err(reason) => {
                    set.skipped
                        .push(SkippedKey { kty: Some(block.label.to_owned()), ..SkippedKey::unreadable(reason) });
                }
            }
        }
        if set.is_empty() { Err(KeySetError::NoPem) } else { Ok(set.given()) }
    }

    /// Each key as one that a person gave.
    fn given(mut self) -> Self {
        self.keys.iter_mut().for_each(|key| key.given = true);
        self.skipped.iter_mut().for_each(|key| key.given = true);
        self
    }

    /// A shared secret for HS256, HS384 and HS512: text, or bytes behind `b64:` or `hex:`.
    ///
    /// A PEM key, DER, a JWK or an SSH key is never taken for a secret, however it is written, usable or not: anyone may know a public key, and a
    /// token whose HMAC is made with one is the oldest forgery there is (RFC 8725 section 2.1). It is left out as the
    /// key that it is. So an HS256 token is refused by it, as it would be were it given as a key; a token that it might
    /// have signed is not checked, since it was only given in the wrong place.
    pub fn from_secret(secret: &Secret) -> Self {
        let set = match secret::bytes(secret.reveal()) {
            Ok(bytes) => Self { keys: vec![jwk::secret(&bytes)], skipped: Vec::new() },
            Err(secret::Refusal { reason, kty }) => {
                Self { keys: Vec::new(), skipped: vec![SkippedKey { kty, ..SkippedKey::unreadable(reason) }] }
            }
        };
        set.given()
    }

    /// The keys of a JWK set, whatever they are.
    fn of_jwks(json: &[u8]) -> Result<Self, KeySetError> {
        let mut set = Self::default();
        for jwk in jwks(json)? {
            match jwk.and_then(|jwk| jwk::read(&jwk)) {
                Ok(key) => set.keys.push(key),
                Err(skipped) => set.skipped.push(*skipped),
            }
        }
        Ok(set)
    }

    /// Whether shared secrets stand beside keys of another type, usable or not: whoever knows the public ones must not
    /// choose between them.
    fn mixes(&self) -> bool {
        let usable = self.keys.iter().map(|key| key.kty.kty());
        let types: Vec<&str> = usable.chain(self.skipped.iter().filter_map(|key| key.kty.as_deref())).collect();
        types.contains(&"oct") && types.iter().any(|kty| *kty != "oct")
    }
}

/// What a file is that is no key in any form.
fn nothing_known(contents: &[u8], why: String) -> String {
    match contents {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16 text; save it as UTF-8".to_owned(),
        [] => "it is empty".to_owned(),
        _ if std::str::from_utf8(contents).is_err() => "it is not text".to_owned(),
        _ => why,
    }
}

/// The JWKs of a set, or the single one, each read by itself: what is wrong in one spoils no other.
pub(super) fn jwks(json: &[u8]) -> Result<Vec<Result<Value, Box<SkippedKey>>>, KeySetError> {
    if json.len() > LONGEST {
        return Err(KeySetError::TooLong(json.len()));
    }
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let whole: &RawValue = serde_json::from_slice(json).map_err(|error| KeySetError::NotJson(error.to_string()))?;
    let members = members(whole).ok_or(KeySetError::NotAKeySet)?;
    match members.get("keys") {
        Some(keys) => {
            let keys: Vec<&RawValue> = serde_json::from_str(keys.get()).map_err(|_| KeySetError::NotAKeySet)?;
            if keys.len() > MOST_KEYS {
                return Err(KeySetError::TooMany(keys.len()));
            }
            Ok(keys.into_iter().map(read).collect())
        }
        None if members.contains_key("kty") => Ok(vec![read(whole)]),
        None => Err(KeySetError::NotAKeySet),
    }
}

/// The members of an object; of those that stand twice the last.
fn members(raw: &RawValue) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(raw.get()).ok()
}

/// One key. Of one that cannot be read as a whole, what it says of itself is read all the same.
fn read(raw: &RawValue) -> Result<Value, Box<SkippedKey>> {
    serde_json::from_str(raw.get()).map_err(|error| {
        let members = members(raw).unwrap_or_default();
        let text = |name: &str| members.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok());
        let (kid, kty, alg, use_) = (text("kid"), text("kty"), text("alg"), text("use"));
        let nameless = SkippedKey::unreadable(format!("it cannot be read: {error}"));
        Box::new(SkippedKey { kid, kty, alg, use_, ..nameless })
    })
}

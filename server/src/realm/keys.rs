//! The keys of the realm: one that signs, one for encryption that only stands in the key set, and
//! retired ones that stay published while tokens signed with them may live.
//!
//! Cryptography is aws-lc's; nothing here does any of its own.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, Jwk, ThumbprintHash},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{KeyFileError, certificate, key_file::Kept, refresh_key::signature_only};

/// Why keys could not be made, used or kept.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The cryptographic library failed.
    #[error("the cryptographic library could not {0}")]
    Library(&'static str),
    /// A stored key is not an RSA private key in PKCS#8.
    #[error("it is not an RSA private key in PKCS#8: {0}")]
    NotAKey(String),
    /// The new keys could not be written.
    #[error(transparent)]
    File(#[from] KeyFileError),
}

/// The keys of a realm. `Debug` shows key ids only.
pub struct SigningKeys {
    pub(super) active: PrivateKey,
    pub(super) encryption: PrivateKey,
    pub(super) retired: Vec<RetiredKey>,
    /// Where the keys are kept, when they outlive the process.
    pub(super) kept: Option<Kept>,
}

impl SigningKeys {
    /// Makes new keys (RSA, 2048 bits) that live as long as this value. Takes a few hundred
    /// milliseconds: not for a thread that must not wait.
    ///
    /// # Errors
    /// [`KeyError::Library`] when the library fails.
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self {
            active: PrivateKey::generate()?,
            encryption: PrivateKey::generate()?,
            retired: Vec::new(),
            kept: None,
        })
    }

    /// The id (`kid`) of the key that signs.
    pub fn active_kid(&self) -> &str {
        &self.active.public.kid
    }

    /// The same keys with a new one to sign; the old one stays published until `retire_at`
    /// (seconds since 1970), and keys whose time is over at `now` are left out. Kept in the key
    /// file when they came from one, after what another process has put there meanwhile. Takes as
    /// long as [`SigningKeys::generate`].
    pub(crate) fn rotated(&self, now: u64, retire_at: u64) -> Result<Self, KeyError> {
        match &self.kept {
            None => self.copy()?.with_new_key(now, retire_at),
            Some(kept) => kept.file().change(|in_the_file| {
                let before = match in_the_file {
                    Some(newer) => self.succeeded_by(newer, retire_at),
                    None => self.copy()?,
                };
                before.with_new_key(now, retire_at)
            }),
        }
    }

    /// The keys that another process has put into the key file since this was last asked; what was
    /// signed with ours stays published until `retire_at`. Nothing while the file is as it was.
    pub(crate) fn newer(&self, retire_at: u64) -> Result<Option<Self>, KeyFileError> {
        let Some(file) = self.kept.as_ref().and_then(Kept::changed) else {
            return Ok(None);
        };
        Ok(file.load()?.map(|newer| self.succeeded_by(newer, retire_at)))
    }

    /// `newer` keys, together with what still verifies tokens signed with these.
    fn succeeded_by(&self, newer: Self, retire_at: u64) -> Self {
        let mut retired = newer.retired;
        for ours in self.retired.iter().cloned().chain([self.active.retired_at(retire_at)]) {
            match retired.iter_mut().find(|known| known.public.kid == ours.public.kid) {
                Some(known) => known.published_until = known.published_until.max(ours.published_until),
                None => retired.push(ours),
            }
        }
        retired.retain(|key| key.public.kid != newer.active.public.kid);
        Self { retired, ..newer }
    }

    fn with_new_key(mut self, now: u64, retire_at: u64) -> Result<Self, KeyError> {
        self.retired.retain(|key| key.published_until > now);
        self.retired.push(self.active.retired_at(retire_at));
        Ok(Self { active: PrivateKey::generate()?, ..self })
    }

    /// These keys for another value; not tied to a file.
    fn copy(&self) -> Result<Self, KeyError> {
        let (active, encryption) = (self.active.copy()?, self.encryption.copy()?);
        Ok(Self { active, encryption, retired: self.retired.clone(), kept: None })
    }

    /// A JWS in compact form (RFC 7515 section 7.1) over `claims`, signed RS256 with the active key.
    pub(crate) fn sign(&self, claims: &Value) -> Result<String, KeyError> {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.active.public.kid });
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let pair = &self.active.pair;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .map_err(|_| KeyError::Library("sign"))?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(token)
    }

    /// The claims of a token that one of the published keys has signed. Whether it has ended is for the caller to say.
    pub(crate) fn verify(&self, token: &str, now: u64) -> Option<Value> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let retired = self.retired.iter().filter(|key| key.published_until > now).map(|key| &key.public);
        let key = std::iter::once(&self.active.public).chain(retired).find(|key| key.kid == kid)?;
        let verifying = DecodingKey::from_rsa_components(&key.n, &key.e).ok()?;
        jsonwebtoken::decode(token, &verifying, &signature_only(Algorithm::RS256)).ok().map(|token| token.claims)
    }

    /// The public keys as a JWK set (RFC 7517 section 5), members in Keycloak's order.
    pub(crate) fn key_set(&self, now: u64) -> Value {
        let retired = self.retired.iter().filter(|key| key.published_until > now);
        let signing = std::iter::once(&self.active.public).chain(retired.map(|key| &key.public));
        let mut keys: Vec<Value> = signing.map(|key| key.to_jwk("RS256", "sig")).collect();
        keys.push(self.encryption.public.to_jwk("RSA-OAEP", "enc"));
        json!({ "keys": keys })
    }
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKeys").field("active", &self.active.public.kid).finish_non_exhaustive()
    }
}

/// A key pair, parsed once: parsing costs more than twice a signature.
pub(super) struct PrivateKey {
    pair: RsaKeyPair,
    pub(super) public: PublicKey,
}

impl PrivateKey {
    fn generate() -> Result<Self, KeyError> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Library("make an RSA key"))?;
        Self::new(pair)
    }

    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        Self::new(RsaKeyPair::from_pkcs8(der).map_err(|error| KeyError::NotAKey(error.to_string()))?)
    }

    pub(super) fn to_pkcs8(&self) -> Result<Pkcs8V1Der<'static>, KeyError> {
        self.pair.as_der().map_err(|_| KeyError::Library("write an RSA key"))
    }

    fn copy(&self) -> Result<Self, KeyError> {
        Self::from_pkcs8(self.to_pkcs8()?.as_ref())
    }

    fn retired_at(&self, published_until: u64) -> RetiredKey {
        RetiredKey { public: self.public.clone(), published_until }
    }

    fn new(pair: RsaKeyPair) -> Result<Self, KeyError> {
        let unreadable = |error: jsonwebtoken::errors::Error| KeyError::NotAKey(error.to_string());
        let key = DecodingKey::from_rsa_der(pair.public_key().as_ref());
        let jwk = Jwk::from_decoding_key(&key, None).map_err(unreadable)?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(unreadable)?;
        match jwk.algorithm {
            AlgorithmParameters::RSA(rsa) => {
                let certificate = certificate::self_signed(&pair)?;
                Ok(Self { pair, public: PublicKey { kid, n: rsa.n, e: rsa.e, certificate: Some(certificate) } })
            }
            _ => Err(KeyError::Library("read its own RSA key")),
        }
    }
}

/// A public RSA key. `kid` is its thumbprint (RFC 7638), `n` and `e` are base64url.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PublicKey {
    pub kid: String,
    n: String,
    e: String,
    /// Of this key alone, in base64. Key files of earlier versions have none for retired keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
}

impl PublicKey {
    fn to_jwk(&self, algorithm: &str, purpose: &str) -> Value {
        let Some(certificate) = &self.certificate else {
            return json!({
                "kid": self.kid, "kty": "RSA", "alg": algorithm, "use": purpose, "n": self.n, "e": self.e,
            });
        };
        let [sha1, sha256] = certificate::thumbprints(certificate);
        json!({
            "kid": self.kid,
            "kty": "RSA",
            "alg": algorithm,
            "use": purpose,
            "x5c": [certificate],
            "x5t": sha1,
            "x5t#S256": sha256,
            "n": self.n,
            "e": self.e,
        })
    }
}

/// A key that signs no more. Its private half is gone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RetiredKey {
    #[serde(flatten)]
    pub public: PublicKey,
    /// Seconds since 1970.
    pub published_until: u64,
}

//! The key under which refresh tokens are signed (HS512): it never leaves the process and stands in no key set, so nobody
//! but this server can read anything into them.
//!
//! New at each start, like the sessions that the tokens belong to.

use std::collections::HashSet;

use aws_lc_rs::rand;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::Value;
use zeroize::Zeroizing;

use super::KeyError;
use crate::random;

/// Bytes of the key: as many as the hash has.
const LENGTH: usize = 64;

/// Signs and verifies refresh tokens.
pub(crate) struct RefreshKey {
    kid: String,
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl RefreshKey {
    /// A new key.
    pub(crate) fn generate() -> Result<Self, KeyError> {
        let no_bytes = |_| KeyError::Library("give random bytes");
        let mut bytes = Zeroizing::new([0; LENGTH]);
        rand::fill(bytes.as_mut_slice()).map_err(no_bytes)?;
        Ok(Self {
            kid: random::uuid().map_err(no_bytes)?,
            signing: EncodingKey::from_secret(bytes.as_slice()),
            verifying: DecodingKey::from_secret(bytes.as_slice()),
        })
    }

    /// A JWS over `claims`.
    pub(crate) fn sign(&self, claims: &Value) -> Result<String, KeyError> {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::HS512) };
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(|_| KeyError::Library("sign a refresh token"))
    }

    /// The claims of a token that this key has signed. Whether it has ended is for the caller to say.
    pub(crate) fn verify(&self, token: &str) -> Option<Value> {
        jsonwebtoken::decode(token, &self.verifying, &signature_only(Algorithm::HS512)).ok().map(|token| token.claims)
    }
}

/// Nothing but the signature is judged: time and names are compared where they are understood.
pub(super) fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims = HashSet::new();
    validation
}

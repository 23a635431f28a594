//! Tokens made here: keys to sign with from files and variables, and the memory of what was signed, so that such a token is
//! marked wherever it appears.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest;

use super::Engine;
use super::keys::{KeyFileError, read, secret_of_file, secret_of_variable};
use crate::exchange::Secret;
use crate::jwt::{Draft, SignError, SigningKey, SigningKeyError, Token, sign};

/// What to sign with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignWith {
    /// A private key in a file: PEM, DER or JWK.
    Key(PathBuf),
    /// A shared secret from this environment variable.
    SecretEnv(String),
    /// A shared secret from this file.
    SecretFile(PathBuf),
    /// A key made on the spot for this algorithm.
    New(String),
}

/// The key to sign with, from there. Reads files and variables; asks nobody.
pub fn signing_key(from: &SignWith) -> Result<SigningKey, KeyFileError> {
    let wrong = |place: String| move |error: SigningKeyError| KeyFileError { place, reason: error.to_string() };
    match from {
        SignWith::Key(path) => {
            SigningKey::from_contents(&zeroize::Zeroizing::new(read(path)?)).map_err(wrong(path.display().to_string()))
        }
        SignWith::SecretEnv(name) => {
            SigningKey::from_secret(&secret_of_variable(name)?).map_err(wrong(format!("${name}")))
        }
        SignWith::SecretFile(path) => {
            SigningKey::from_secret(&secret_of_file(path)?).map_err(wrong(path.display().to_string()))
        }
        SignWith::New(alg) => SigningKey::generate(alg).map_err(wrong("a new key".to_owned())),
    }
}

/// The tokens made in this session, by their whole SHA-256: the short fingerprint could be another's.
#[derive(Default)]
pub struct Made(Mutex<HashSet<Vec<u8>>>);

impl Made {
    fn hash(token: &Secret) -> Vec<u8> {
        digest::digest(&digest::SHA256, token.reveal().as_bytes()).as_ref().to_vec()
    }
}

impl Engine {
    /// Signs the draft and remembers the token as one that was made here.
    pub fn sign(&self, draft: &Draft, key: &SigningKey) -> Result<Secret, SignError> {
        let token = sign(draft, key)?;
        self.inner.made.0.lock().unwrap_or_else(PoisonError::into_inner).insert(Made::hash(&token));
        Ok(token)
    }

    /// Whether this session made the token: no provider issued it.
    pub fn made_here(&self, token: &Token) -> bool {
        self.inner.made.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&Made::hash(token.raw()))
    }
}

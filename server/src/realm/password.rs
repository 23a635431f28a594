//! A person's password as it stands in the realm file: in plain text, or hashed with PBKDF2 (RFC 8018 section 5.2).
//!
//! Cryptography is aws-lc's; nothing here does any of its own.

use std::{fmt, num::NonZeroU32};

use aws_lc_rs::pbkdf2;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::{RealmError, export::CredentialExport};
use crate::secret::Secret;

/// More rounds than this would make each attempt a way to keep the machine busy.
const MOST_ITERATIONS: u32 = 2_000_000;

/// A password that can be compared with what somebody types.
#[derive(Clone)]
pub(crate) enum Password {
    Plain(Secret),
    Hashed { algorithm: pbkdf2::Algorithm, iterations: NonZeroU32, salt: Vec<u8>, hash: Vec<u8> },
}

impl Password {
    /// Whether `given` is this password, compared in constant time.
    pub(crate) fn matches(&self, given: &str) -> bool {
        match self {
            Self::Plain(secret) => secret.matches(given),
            Self::Hashed { algorithm, iterations, salt, hash } => {
                pbkdf2::verify(*algorithm, *iterations, salt, given.as_bytes(), hash).is_ok()
            }
        }
    }

    /// Whether comparing takes so long that it must not happen where others wait.
    pub(crate) fn is_slow(&self) -> bool {
        matches!(self, Self::Hashed { .. })
    }

    /// The password in plain text, where it is known.
    pub(crate) fn plain(&self) -> Option<&Secret> {
        match self {
            Self::Plain(secret) => Some(secret),
            Self::Hashed { .. } => None,
        }
    }

    /// Reads the password of `place`; nothing when the credential is another kind of one.
    pub(super) fn read(place: &str, export: &CredentialExport) -> Result<Option<Self>, RealmError> {
        if export.kind.as_deref().is_some_and(|kind| kind != "password") {
            return Ok(None);
        }
        if let Some(value) = &export.value {
            return Ok(Some(Self::Plain(Secret::new(value))));
        }
        Self::read_hashed(export).map(Some).map_err(|value| RealmError::Unsupported {
            place: place.to_owned(),
            setting: "credentials".to_owned(),
            value,
            remedy: "write the password itself as \"value\", or have it hashed with pbkdf2, pbkdf2-sha256 or \
                     pbkdf2-sha512",
        })
    }

    /// The error is what stands there, without the hash.
    fn read_hashed(export: &CredentialExport) -> Result<Self, String> {
        let unreadable = || "a password that cannot be read".to_owned();
        let how: HowHashed =
            serde_json::from_str(export.credential_data.as_deref().unwrap_or_default()).map_err(|_| unreadable())?;
        let what: Hash =
            serde_json::from_str(export.secret_data.as_deref().unwrap_or_default()).map_err(|_| unreadable())?;
        let algorithm = match how.algorithm.as_str() {
            "pbkdf2" => pbkdf2::PBKDF2_HMAC_SHA1,
            "pbkdf2-sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
            "pbkdf2-sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
            other => return Err(format!("\"{other}\"")),
        };
        let iterations = NonZeroU32::new(how.hash_iterations).filter(|rounds| rounds.get() <= MOST_ITERATIONS);
        let iterations = iterations.ok_or_else(|| format!("{} hashIterations", how.hash_iterations))?;
        let decode = |text: &str| STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty()).ok_or_else(unreadable);
        Ok(Self::Hashed { algorithm, iterations, salt: decode(&what.salt)?, hash: decode(&what.value)? })
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HowHashed {
    algorithm: String,
    hash_iterations: u32,
}

#[derive(Deserialize)]
struct Hash {
    value: String,
    salt: String,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test may stop at the first surprise")]

    use serde_json::json;

    use super::*;

    fn read(export: &serde_json::Value) -> Result<Option<Password>, String> {
        let export = serde_json::from_value(export.clone()).unwrap_or_else(|error| panic!("{error}"));
        Password::read("user \"x\"", &export).map_err(|error| error.to_string())
    }

    /// RFC 7914 section 11: PBKDF2-HMAC-SHA-256 of "passwd" with the salt "salt" and one round.
    #[test]
    fn a_hashed_password_matches_itself_alone() {
        let export = json!({
            "type": "password",
            "credentialData": r#"{"hashIterations":1,"algorithm":"pbkdf2-sha256","additionalParameters":{}}"#,
            "secretData": r#"{"value":"VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLw=","salt":"c2FsdA=="}"#,
        });
        let Ok(Some(password)) = read(&export) else { panic!("not read") };
        assert!(password.matches("passwd"));
        assert!(!password.matches("Passwd") && !password.matches(""));
    }

    #[test]
    fn what_cannot_be_compared_is_refused_without_showing_it() {
        for (data, named) in [
            (r#"{"hashIterations":5,"algorithm":"argon2"}"#, "argon2"),
            (r#"{"hashIterations":0,"algorithm":"pbkdf2"}"#, "0 hashIterations"),
            ("", "cannot be read"),
        ] {
            let export = json!({ "credentialData": data, "secretData": r#"{"value":"c2VjcmV0","salt":"c2FsdA=="}"# });
            let Err(error) = read(&export) else { panic!("{data} is taken") };
            assert!(error.contains(named) && error.contains("user \"x\"") && !error.contains("c2VjcmV0"), "{error}");
        }
    }

    #[test]
    fn other_kinds_of_credential_are_none() {
        assert!(matches!(read(&json!({ "type": "otp" })), Ok(None)));
    }
}

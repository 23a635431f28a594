//! A header or form value that knows which part of it is secret, so that showing a request needs no guessing.
//!
//! Pure: no network, files, clock or terminal.

use zeroize::Zeroizing;

use super::Secret;

/// A value to send: plain, or with a secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// Nothing to hide.
    Plain(String),
    /// `prefix` followed by the secret; `shown` stands for the secret wherever people look.
    Masked {
        /// What comes before the secret, such as `Bearer `.
        prefix: String,
        /// The secret part.
        secret: Secret,
        /// What is shown instead, such as `token #77ab` or `***`.
        shown: String,
    },
}

impl Text {
    /// `Bearer` and the token, shown by its fingerprint (RFC 6750 section 2.1).
    pub fn bearer(token: &Secret) -> Self {
        Self::Masked {
            prefix: "Bearer ".into(),
            secret: token.clone(),
            shown: format!("token {}", token.fingerprint()),
        }
    }

    /// A secret shown as stars.
    pub fn secret(secret: Secret) -> Self {
        Self::Masked { prefix: String::new(), secret, shown: "***".into() }
    }

    /// A secret behind a prefix, shown as given.
    pub fn masked(prefix: impl Into<String>, secret: Secret, shown: impl Into<String>) -> Self {
        Self::Masked { prefix: prefix.into(), secret, shown: shown.into() }
    }

    /// What people may see.
    pub fn shown(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Masked { prefix, shown, .. } => format!("{prefix}‹{shown}›"),
        }
    }

    /// What goes over the wire.
    pub fn revealed(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Plain(text) => text.clone(),
            Self::Masked { prefix, secret, .. } => format!("{prefix}{}", secret.reveal()),
        })
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Plain(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Plain(text)
    }
}

//! The system's keyring: the Secret Service, the Keychain or the Credential Manager, whichever this machine has.
//!
//! A keyring may be locked, wait for somebody to unlock it, or sit behind a D-Bus that never answers: every question is
//! asked in a thread of its own, with a deadline. Built without the feature `keyring`, there is none.
//!
//! Imports siblings and `exchange` of this crate.

use std::time::Duration;

use super::Missing;
use crate::engine::aside::aside;
use crate::exchange::Secret;

/// How long a keyring may take; whoever has to unlock it does so and tries again.
const DEADLINE: Duration = Duration::from_secs(8);

/// The name under which entries are kept.
pub const SERVICE: &str = "tokenscope";

/// What this machine would have.
#[cfg(target_os = "macos")]
const KIND: &str = "the Keychain";
#[cfg(target_os = "windows")]
const KIND: &str = "the Credential Manager";
#[cfg(not(any(target_os = "macos", target_os = "windows")))]
const KIND: &str = "the Secret Service over D-Bus, which gnome-keyring, KeePassXC and KWallet offer";

/// The places to offer where there is no keyring.
const OTHERS: &str = "Elsewhere: client_secret = { env = \"NAME\" }, { file = \"PATH\" } or { prompt = true }.";

/// Why an entry could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "with the keyring one of them is never said, without it the others")]
pub enum KeyringError {
    /// The program was built without it.
    NotBuilt,
    /// This machine has none, or it does not run.
    Absent(String),
    /// It is locked and stayed so.
    Locked,
    /// It said nothing.
    Silent,
    /// It has no such entry.
    NoEntry,
    /// Anything else, in its own words.
    Other(String),
}

impl KeyringError {
    /// What happened and what to do, for this entry of this profile.
    pub fn missing(self, entry: &str, profile: &str) -> Missing {
        match self {
            Self::NotBuilt => Missing::new("this tokenscope was built without the keyring", OTHERS),
            Self::Absent(why) => Missing::new(format!("no keyring on this machine (tried: {KIND}; {why})"), OTHERS),
            Self::Locked => Missing::new("the keyring is locked", "Unlock it and try again."),
            Self::Silent => Missing::new(
                format!("the keyring did not answer within {} s", DEADLINE.as_secs()),
                format!("It may be locked and wait for you: unlock it and try again. {OTHERS}"),
            ),
            Self::NoEntry => Missing::new(
                format!("the keyring has no entry {entry} of the service {SERVICE}"),
                format!("Put it there: tokenscope secret set {profile}"),
            ),
            Self::Other(why) => Missing::new(format!("the keyring does not give the entry {entry}: {why}"), OTHERS),
        }
    }
}

/// The secret kept under this name.
pub async fn get(entry: &str) -> Result<Secret, KeyringError> {
    ask(entry, system::get).await
}

/// Keeps the secret under this name.
pub async fn set(entry: &str, secret: &Secret) -> Result<(), KeyringError> {
    let secret = secret.clone();
    ask(entry, move |entry| system::set(entry, &secret)).await
}

/// Removes what is kept under this name; false when there was nothing.
pub async fn remove(entry: &str) -> Result<bool, KeyringError> {
    match ask(entry, system::remove).await {
        Ok(()) => Ok(true),
        Err(KeyringError::NoEntry) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn ask<T: Send + 'static>(
    entry: &str,
    question: impl FnOnce(&str) -> Result<T, KeyringError> + Send + 'static,
) -> Result<T, KeyringError> {
    let entry = entry.to_owned();
    aside(DEADLINE, move || question(&entry)).await.unwrap_or(Err(KeyringError::Silent))
}

#[cfg(feature = "keyring")]
mod system {
    //! By the crate of the same name.

    use keyring::{Entry, Error};

    use super::{KeyringError, SERVICE};
    use crate::exchange::Secret;
    use crate::jwt::shown;

    pub fn get(name: &str) -> Result<Secret, KeyringError> {
        entry(name)?.get_password().map(Secret::new).map_err(|error| sort(&error))
    }

    pub fn set(name: &str, secret: &Secret) -> Result<(), KeyringError> {
        entry(name)?.set_password(secret.reveal()).map_err(|error| sort(&error))
    }

    pub fn remove(name: &str) -> Result<(), KeyringError> {
        entry(name)?.delete_credential().map_err(|error| sort(&error))
    }

    fn entry(name: &str) -> Result<Entry, KeyringError> {
        if let Err(error) = Entry::store_status() {
            return Err(KeyringError::Absent(innermost(error)));
        }
        Entry::new(SERVICE, name).map_err(|error| sort(&error))
    }

    fn sort(error: &Error) -> KeyringError {
        match error {
            Error::NoEntry => KeyringError::NoEntry,
            Error::NoStorageAccess(_) => KeyringError::Locked,
            // These hold the secret itself, which must not be repeated.
            Error::BadEncoding(_) | Error::BadDataFormat(..) => KeyringError::Other("it holds no text".into()),
            Error::Ambiguous(entries) => {
                KeyringError::Other(format!("it has {} entries of this name; remove all but one", entries.len()))
            }
            other => KeyringError::Other(innermost(other)),
        }
    }

    fn innermost(error: &Error) -> String {
        let mut cause: &dyn std::error::Error = error;
        while let Some(next) = cause.source() {
            cause = next;
        }
        shown(&cause.to_string(), 200)
    }
}

#[cfg(not(feature = "keyring"))]
mod system {
    //! None.

    use super::KeyringError;
    use crate::exchange::Secret;

    pub fn get(_: &str) -> Result<Secret, KeyringError> {
        Err(KeyringError::NotBuilt)
    }

    pub fn set(_: &str, _: &Secret) -> Result<(), KeyringError> {
        Err(KeyringError::NotBuilt)
    }

    pub fn remove(_: &str) -> Result<(), KeyringError> {
        Err(KeyringError::NotBuilt)
    }
}

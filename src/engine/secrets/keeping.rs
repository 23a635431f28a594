//! Keeping secrets where profiles.toml says they are, removing them, and saying where that is.
//!
//! Imports siblings and `config` of this crate.

use std::path::{Path, PathBuf};

use super::{Desk, FILE_DEADLINE, file, folder_of, keyring};
use crate::config::{Profile, SecretSource};
use crate::engine::aside::aside;
use crate::engine::{Engine, Failure};
use crate::exchange::Secret;
use crate::jwt::shown;

/// How much of a name out of the file is shown.
const SHOWN: usize = 200;

/// Where a profile's secret comes from, in words, and whether it is there.
#[derive(Clone, Debug)]
pub struct Whereabouts {
    /// Where it comes from.
    pub place: String,
    /// Whether it is there.
    pub state: SecretState,
}

/// Whether a secret is there.
#[derive(Clone, Debug)]
pub enum SecretState {
    /// It can be had.
    There,
    /// The client has none.
    NotNeeded,
    /// The person will be asked.
    WillBeAsked,
    /// The file is not trusted, so nothing is looked at.
    NotLookedAt,
    /// It cannot be had.
    Missing(Failure),
}

impl Engine {
    /// Takes a secret from the person for the rest of the run. It wins over where the file says it comes from.
    pub fn give_secret(&self, profile: &str, secret: Secret) {
        self.inner.secrets.give(profile, secret);
    }

    /// Takes the person's password, for the legacy password grant, for the rest of the run.
    pub fn give_password(&self, profile: &str, password: Secret) {
        self.inner.secrets.give_password(profile, password);
    }

    /// Whether this machine has a keyring that answers.
    pub async fn has_keyring(&self) -> bool {
        use keyring::KeyringError::{Locked, NoEntry};
        matches!(keyring::get("is-there-a-keyring").await, Ok(_) | Err(NoEntry | Locked))
    }

    /// Puts what the person gave in this run into the keyring, for the profiles whose file says that it is there: those
    /// that were added in this session and are saved by now. Says for each where that is.
    pub async fn keep_given_secrets(&self) -> Vec<Result<String, Failure>> {
        let profiles = self.profiles();
        let in_keyring = |name: &String| {
            matches!(profiles.profile(name).and_then(|profile| profile.secret.as_ref()), Some(SecretSource::Keyring(_)))
        };
        let mut done = Vec::new();
        for (name, secret) in self.inner.secrets.all_given().into_iter().filter(|(name, _)| in_keyring(name)) {
            done.push(self.store_secret(&name, secret).await);
        }
        done
    }

    /// Where the profile's secret comes from and whether it can be had, without giving it away.
    pub async fn where_secret(&self, name: &str) -> Result<Whereabouts, Failure> {
        let profiles = self.profiles();
        let profile = profiles.profile(name).ok_or_else(|| self.standing().unknown(name))?;
        if let Some(reason) = &profile.disabled {
            // Half of a command may be all that could be read of it.
            return Err(Failure::Disabled { profile: profile.name.clone(), reason: reason.clone() });
        }
        let place = self.place_in_words(profile);
        let folder = self.folder();
        let state = match &profile.secret {
            None => SecretState::NotNeeded,
            Some(_) if self.source().trust.unreviewed().is_some() => SecretState::NotLookedAt,
            Some(_) => match self.desk(&folder).resolve(profile).await {
                Ok(_) => SecretState::There,
                Err(Failure::SecretWanted { .. }) => SecretState::WillBeAsked,
                Err(failure) => SecretState::Missing(failure),
            },
        };
        Ok(Whereabouts { place, state })
    }

    /// The same of the person's password, for the legacy password grant; none where there is no such thing.
    pub async fn where_password(&self, name: &str) -> Option<Whereabouts> {
        let profiles = self.profiles();
        let profile = profiles.profile(name).filter(|profile| profile.disabled.is_none())?;
        let place = self.source_in_words(profile, profile.password.as_ref());
        profile.password.as_ref()?;
        let folder = self.folder();
        let state = match self.source().trust.unreviewed() {
            Some(_) => SecretState::NotLookedAt,
            None => match self.desk(&folder).password(profile).await {
                Ok(_) => SecretState::There,
                Err(Failure::PasswordWanted { .. }) => SecretState::WillBeAsked,
                Err(failure) => SecretState::Missing(failure),
            },
        };
        Some(Whereabouts { place, state })
    }

    /// Whether this program can keep the profile's secret where profiles.toml says it comes from; else what to do.
    pub fn can_store_secret(&self, name: &str) -> Result<(), Failure> {
        let standing = self.standing();
        self.shelf(standing.usable(name, None)?.0).map(|_| ())
    }

    /// Keeps the secret where profiles.toml says it comes from; says where that is.
    pub async fn store_secret(&self, name: &str, secret: Secret) -> Result<String, Failure> {
        let profile = self.standing().usable(name, None)?.0.clone();
        let done = match self.shelf(&profile)? {
            Shelf::Entry(entry) => {
                keyring::set(&entry, &secret).await.map_err(|error| unwilling(error, &entry, name))?;
                self.source_in_words(&profile, own_secret(&profile))
            }
            Shelf::File(path) => {
                let writing = aside(FILE_DEADLINE, move || file::write(&path, &secret)).await;
                let real = writing.unwrap_or_else(|_| Err("it took too long".into()));
                format!("the file {}", real.map_err(|why| not_kept(name, format!("cannot write {why}"), ""))?.display())
            }
        };
        // The next call takes the new one.
        self.inner.secrets.forget(&profile);
        Ok(done)
    }

    /// Removes the secret from where profiles.toml says it comes from; says where that is, none when nothing was there.
    pub async fn forget_secret(&self, name: &str) -> Result<Option<String>, Failure> {
        let profile = self.standing().usable(name, None)?.0.clone();
        let removed = match self.shelf(&profile)? {
            Shelf::Entry(entry) => keyring::remove(&entry).await.map_err(|error| unwilling(error, &entry, name))?,
            Shelf::File(path) => {
                let removing = aside(FILE_DEADLINE, move || file::remove(&path)).await;
                let removed = removing.unwrap_or_else(|_| Err("it took too long".into()));
                removed.map_err(|why| not_kept(name, format!("cannot remove {why}"), ""))?
            }
        };
        self.inner.secrets.forget(&profile);
        Ok(removed.then(|| self.source_in_words(&profile, own_secret(&profile))))
    }

    /// The folder that paths in profiles.toml begin from.
    pub(crate) fn folder(&self) -> PathBuf {
        folder_of(self.source().path.as_deref())
    }

    /// Where secrets are resolved.
    pub(crate) fn desk<'a>(&'a self, folder: &'a Path) -> Desk<'a> {
        Desk { secrets: &self.inner.secrets, folder, notices: &self.inner.notices }
    }

    /// Where tokenscope itself can keep the secret of this profile.
    fn shelf(&self, profile: &Profile) -> Result<Shelf, Failure> {
        let name = &profile.name;
        let elsewhere = "To have it kept: client_secret = { keyring = \"NAME\" } or { file = \"PATH\" }.";
        let place = || self.source_in_words(profile, own_secret(profile));
        match own_secret(profile) {
            Some(SecretSource::Keyring(entry)) => Ok(Shelf::Entry(entry.clone())),
            Some(SecretSource::File(path)) => Ok(Shelf::File(self.folder().join(path))),
            Some(SecretSource::Env(variable)) => {
                let advice = format!("Set it before you start tokenscope: export {}=…", shown(variable, SHOWN));
                Err(not_kept(name, format!("it comes from {}", place()), &advice))
            }
            Some(SecretSource::Literal(_)) => {
                Err(not_kept(name, format!("it comes from {}", place()), "Change it there."))
            }
            Some(SecretSource::Command(_)) => {
                let advice = "Change it where that program keeps it.";
                Err(not_kept(name, format!("it comes from {}", place()), advice))
            }
            Some(SecretSource::Prompt) => {
                Err(not_kept(name, "it is asked for in each run and kept nowhere".into(), elsewhere))
            }
            None => Err(not_kept(name, "the client has none (auth = \"none\")".into(), elsewhere)),
        }
    }

    fn place_in_words(&self, profile: &Profile) -> String {
        self.source_in_words(profile, profile.secret.as_ref())
    }

    fn source_in_words(&self, profile: &Profile, source: Option<&SecretSource>) -> String {
        match source {
            None => "nowhere: the client has none".into(),
            Some(SecretSource::Literal(_)) => format!("{} itself, at profiles.{}", self.source().label, profile.name),
            Some(SecretSource::Env(name)) => format!("the environment variable {}", shown(name, SHOWN)),
            Some(SecretSource::File(path)) => format!("the file {}", self.folder().join(path).display()),
            Some(SecretSource::Command(words)) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{}\"", shown(word, SHOWN))).collect();
                format!("the command {}", words.join(" "))
            }
            Some(SecretSource::Keyring(entry)) => {
                format!("the keyring, entry {} of the service {}", shown(entry, SHOWN), keyring::SERVICE)
            }
            Some(SecretSource::Prompt) => "you: it is asked for once a run".into(),
        }
    }
}

/// What is kept for a profile: the client's secret, or the person's password where the client has none.
fn own_secret(profile: &Profile) -> Option<&SecretSource> {
    profile.secret.as_ref().or(profile.password.as_ref())
}

/// Where a secret can be kept.
enum Shelf {
    Entry(String),
    File(PathBuf),
}

fn unwilling(error: keyring::KeyringError, entry: &str, profile: &str) -> Failure {
    let missing = error.missing(entry, profile);
    not_kept(profile, missing.reason, &missing.advice)
}

fn not_kept(profile: &str, reason: String, advice: &str) -> Failure {
    Failure::NotKept { profile: profile.to_owned(), reason, advice: advice.to_owned() }
}

//! Client secrets: from where profiles.toml says they come to the secret itself.
//!
//! What took time or a person to get, from a command, the keyring or a prompt, is kept for the run of the program, so
//! that a slow password manager is asked once; it is forgotten when the provider refuses it. Cancel by dropping the
//! future: a command is then stopped with all its children.
//!
//! Imports `config` and `exchange` of this crate.

mod command;
mod file;
mod keeping;
pub(super) mod keyring;
mod text;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;
use tokio::sync::mpsc::UnboundedSender;

use super::aside::aside;
use super::{Failure, Notice};
use crate::config::{Profile, SecretSource};
use crate::exchange::Secret;

pub use keeping::{SecretState, Whereabouts};
pub use text::secret as secret_in;

/// How long a file may take: it may lie on a share that is gone.
const FILE_DEADLINE: Duration = Duration::from_secs(5);

/// Why a secret is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What is missing.
    pub reason: String,
    /// How to supply it.
    pub advice: String,
}

impl Missing {
    fn new(reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { reason: reason.into(), advice: advice.into() }
    }

    fn of(self, profile: &str) -> Failure {
        Failure::NoSecret { profile: profile.to_owned(), reason: self.reason, advice: self.advice }
    }
}

/// What was got in this run.
#[derive(Default)]
pub struct Secrets {
    /// By profile: given by the person.
    given: Mutex<HashMap<String, Secret>>,
    /// The same of the environments that do not hold now.
    parked: Mutex<HashMap<Option<String>, HashMap<String, Secret>>>,
    /// By source: got from a command or the keyring.
    got: Mutex<HashMap<Slow, Arc<Slot>>>,
    /// Files that others may read, which was said once.
    open_files: Mutex<Vec<PathBuf>>,
}

/// A source that is asked once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Slow {
    Command(Vec<String>, PathBuf),
    Keyring(String),
}

/// Whoever wants the secret while it is being got waits for the same answer, also when that is no.
#[derive(Default)]
struct Slot {
    turn: AtomicU64,
    held: AsyncMutex<Option<Result<Secret, Missing>>>,
}

/// Where secrets are resolved: what is known already, the folder that paths begin from, and whom to tell.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// What was got in this run.
    pub secrets: &'a Secrets,
    /// The folder of profiles.toml itself, not that of a link to it.
    pub folder: &'a Path,
    /// For what a person should know.
    pub notices: &'a UnboundedSender<Notice>,
}

impl Desk<'_> {
    /// The profile's client secret; none for a public client.
    pub async fn resolve(&self, profile: &Profile) -> Result<Option<Secret>, Failure> {
        let Some(source) = &profile.secret else { return Ok(None) };
        if let Some(given) = self.secrets.given().get(&profile.name) {
            return Ok(Some(given.clone()));
        }
        match self.from(source, profile).await {
            None => Err(Failure::SecretWanted { profile: profile.name.clone() }),
            Some(found) => found.map(Some).map_err(|missing| missing.of(&profile.name)),
        }
    }

    /// The person's password, for the legacy password grant; none when the profile has none.
    pub async fn password(&self, profile: &Profile) -> Result<Option<Secret>, Failure> {
        let Some(source) = &profile.password else { return Ok(None) };
        if let Some(given) = self.secrets.given().get(&password_of(&profile.name)) {
            return Ok(Some(given.clone()));
        }
        match self.from(source, profile).await {
            None => Err(Failure::PasswordWanted {
                profile: profile.name.clone(),
                username: profile.username.clone().unwrap_or_default(),
            }),
            Some(found) => found.map(Some).map_err(|missing| Failure::NoSecret {
                profile: profile.name.clone(),
                reason: format!(
                    "the password of {}: {}",
                    profile.username.as_deref().unwrap_or("nobody"),
                    missing.reason
                ),
                advice: missing.advice,
            }),
        }
    }

    /// What this source gives; none when the person is to be asked.
    async fn from(&self, source: &SecretSource, profile: &Profile) -> Option<Result<Secret, Missing>> {
        Some(match source {
            SecretSource::Literal(secret) => Ok(secret.clone()),
            SecretSource::Env(name) => variable(name),
            SecretSource::File(path) => self.file(path).await,
            SecretSource::Command(words) => {
                let slow = Slow::Command(words.clone(), self.folder.to_owned());
                self.secrets.once(slow, command::run(words, self.folder, command::DEADLINE)).await
            }
            SecretSource::Keyring(entry) => {
                let getting = async { keyring::get(entry).await.map_err(|error| error.missing(entry, &profile.name)) };
                self.secrets.once(Slow::Keyring(entry.clone()), getting).await
            }
            SecretSource::Prompt => return None,
        })
    }

    /// What there is to know of the profile's secret without a person or a program: where it comes from, and of its
    /// value so little (16 bits of a hash) that it cannot be found again, but that a change of it is noticed.
    pub async fn hint(&self, profile: &Profile) -> String {
        let value = match &profile.secret {
            Some(SecretSource::Literal(_) | SecretSource::Env(_) | SecretSource::File(_)) => {
                self.resolve(profile).await
            }
            _ => Ok(None),
        };
        let value = value.ok().flatten().map(|secret| secret.fingerprint().to_string()).unwrap_or_default();
        format!("{:?} {value}", profile.secret)
    }

    async fn file(&self, path: &str) -> Result<Secret, Missing> {
        let path = self.folder.join(path);
        let reading = path.clone();
        let read = aside(FILE_DEADLINE, move || file::read(&reading)).await.unwrap_or_else(|_| {
            let reason = format!("the file {} was not read within {} s", path.display(), FILE_DEADLINE.as_secs());
            Err(Missing::new(reason, "Is it on a share that is gone?"))
        })?;
        if read.open_to_others && self.secrets.is_news(&path) {
            let place = path.display();
            let said = format!("the secret in {place} can be read by others on this machine: chmod 600 {place}");
            // Nobody may be listening.
            let _ = self.notices.send(Notice::Remark(said));
        }
        Ok(read.secret)
    }
}

impl Secrets {
    /// Takes the secret of a profile for the rest of the run; it wins over where the file says it comes from.
    pub fn give(&self, profile: &str, secret: Secret) {
        self.given().insert(profile.to_owned(), secret);
    }

    /// Takes the person's password, for the legacy password grant, for the rest of the run.
    pub fn give_password(&self, profile: &str, password: Secret) {
        self.given().insert(password_of(profile), password);
    }

    /// What the person gave in this run, by profile.
    fn all_given(&self) -> Vec<(String, Secret)> {
        self.given().iter().map(|(name, secret)| (name.clone(), secret.clone())).collect()
    }

    /// Forgets what was got for this profile, so that it is got anew: the provider refused it, or it was changed.
    pub fn forget(&self, profile: &Profile) {
        self.given().remove(&profile.name);
        self.given().remove(&password_of(&profile.name));
        let mut got = self.got.lock().unwrap_or_else(PoisonError::into_inner);
        got.retain(|slow, _| match (slow, &profile.secret) {
            (Slow::Command(words, _), Some(SecretSource::Command(own))) => words != own,
            (Slow::Keyring(entry), Some(SecretSource::Keyring(own))) => entry != own,
            _ => true,
        });
        got.retain(|slow, _| match (slow, &profile.password) {
            (Slow::Command(words, _), Some(SecretSource::Command(own))) => words != own,
            (Slow::Keyring(entry), Some(SecretSource::Keyring(own))) => entry != own,
            _ => true,
        });
    }

    /// The person chose another environment of the same files: what was given in one is never sent in another.
    pub fn enter(&self, environment: Option<&str>, left: Option<&str>) {
        let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        let there = parked.remove(&environment.map(str::to_owned)).unwrap_or_default();
        let here = std::mem::replace(&mut *self.given(), there);
        parked.insert(left.map(str::to_owned), here);
    }

    /// Forgets all that was given: the environments themselves may be others.
    pub fn forget_given(&self) {
        self.given().clear();
        self.parked.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Forgets what was given for clients that are no longer the same: it was not given for another server.
    pub fn keep(&self, holds: impl Fn(&str) -> bool) {
        self.given().retain(|key, _| holds(key.strip_suffix(PASSWORD).unwrap_or(key)));
        // Of the other environments it is not known: there it is asked again.
        self.parked.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn given(&self) -> std::sync::MutexGuard<'_, HashMap<String, Secret>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_news(&self, path: &Path) -> bool {
        let mut said = self.open_files.lock().unwrap_or_else(PoisonError::into_inner);
        let new = !said.iter().any(|other| other == path);
        if new {
            said.push(path.to_owned());
        }
        new
    }

    async fn once(
        &self,
        source: Slow,
        getting: impl Future<Output = Result<Secret, Missing>>,
    ) -> Result<Secret, Missing> {
        let slot = {
            let mut got = self.got.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(got.entry(source).or_default())
        };
        let turn = slot.turn.load(Ordering::Acquire);
        let mut held = slot.held.lock().await;
        match &*held {
            Some(Ok(secret)) => return Ok(secret.clone()),
            // It failed while this call waited for it: asking at once again would fail again, as slowly.
            Some(Err(missing)) if slot.turn.load(Ordering::Acquire) != turn => return Err(missing.clone()),
            _ => {}
        }
        let found = getting.await;
        *held = Some(found.clone());
        slot.turn.fetch_add(1, Ordering::Release);
        found
    }
}

/// What follows a profile's name where its password is kept, not its client secret: no name of a profile ends so.
const PASSWORD: &str = " password";

fn password_of(profile: &str) -> String {
    format!("{profile}{PASSWORD}")
}

fn variable(name: &str) -> Result<Secret, Missing> {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => Ok(Secret::new(value)),
        Ok(_) => Err(Missing::new(
            format!("the environment variable {name} is empty"),
            format!("Give it a value and start again: export {name}=…"),
        )),
        Err(std::env::VarError::NotPresent) => Err(Missing::new(
            format!("the environment variable {name} is not set"),
            format!("Set it and start again: export {name}=…"),
        )),
        Err(std::env::VarError::NotUnicode(_)) => Err(Missing::new(
            format!("the environment variable {name} is not UTF-8"),
            format!("Set {name} to the secret as plain text."),
        )),
    }
}

/// The folder that paths in this file begin from: where the file itself lies, and not a link to it, because a link could
/// lead them to files that somebody else put beside it.
pub fn folder_of(file: Option<&Path>) -> PathBuf {
    let real = file.map(|path| path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    let parent = real.as_deref().and_then(Path::parent).filter(|parent| !parent.as_os_str().is_empty());
    // What is not there yet, or has no name of its own, lies where one stands.
    let folder = parent.map_or_else(|| PathBuf::from("."), Path::to_owned);
    std::path::absolute(&folder).unwrap_or(folder)
}

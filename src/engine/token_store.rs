//! Tokens that outlive a run of the program, where a profile says so: in the keyring, or in files of mode 0600 in the
//! runtime folder, which ends with the login session.
//!
//! An entry is found by a hash over everything the token depends on and keeps only what is needed to use the token: no
//! refresh token, no exchange. The refresh token of a login has an entry of its own, in the keyring alone, where the
//! profile says `remember = true`. Nothing here is ever a reason to fail: what cannot be kept is said once and got anew.
//!
//! Imports siblings, `config`, `exchange` and `oauth` of this crate.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::UnboundedSender;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::aside::aside;
use super::secrets::keyring;
use super::{Notice, private_file};
use crate::config::TokenCache;
use crate::exchange::Secret;
use crate::oauth::Granted;

/// How long a file may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// An entry longer than this is none.
const BOUND: usize = 256 * 1024;

/// How many files are looked through for ended tokens.
const SWEPT: usize = 1000;

/// How entries begin, in the folder and in the keyring.
const PREFIX: &str = "token-";

/// How the entries of remembered logins begin, in the keyring.
const REFRESH: &str = "refresh-";

/// The places outside of this process where tokens are kept.
#[derive(Default)]
pub struct TokenStore {
    complained: AtomicBool,
    complained_of_login: AtomicBool,
}

/// A token as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Entry {
    access_token: String,
    token_type: Option<String>,
    scope: Option<String>,
    expires_in: Option<u64>,
    received: i64,
    ends: i64,
}

impl Entry {
    /// What is kept of a token; none for one that does not say when it ends: it might be kept for ever.
    pub fn new(granted: &Granted, received: Timestamp, ends: Option<Timestamp>) -> Option<Self> {
        Some(Self {
            access_token: granted.access_token.reveal().to_owned(),
            token_type: granted.token_type.clone(),
            scope: granted.scope.as_ref().map(ToString::to_string),
            expires_in: granted.expires_in,
            received: received.as_second(),
            ends: ends?.as_second(),
        })
    }

    /// The provider's answer, as far as it was kept.
    pub fn granted(&self) -> Granted {
        Granted {
            access_token: Secret::new(self.access_token.clone()),
            token_type: self.token_type.clone(),
            expires_in: self.expires_in,
            scope: self.scope.as_ref().map(|scope| scope.split_whitespace().map(str::to_owned).collect()),
            refresh_token: None,
            id_token: None,
            remarks: Vec::new(),
        }
    }

    /// When it came.
    pub fn received(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.received).ok()
    }

    fn has_ended(&self, now: Timestamp) -> bool {
        self.ends <= now.as_second() || self.received > now.as_second() || self.access_token.is_empty()
    }
}

/// The folder that tokens are kept in; none on a machine without a runtime folder.
pub fn runtime_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "tokenscope")?.runtime_dir().map(Path::to_owned)
}

impl TokenStore {
    /// The token kept under this name, when there is one that has not ended.
    pub async fn get(&self, cache: TokenCache, name: &str, notices: &UnboundedSender<Notice>) -> Option<Entry> {
        let name = format!("{PREFIX}{name}");
        let found = match cache {
            TokenCache::Off => None,
            TokenCache::Keyring => match keyring::get(&name).await {
                // What cannot be read is as good as none.
                Ok(text) => serde_json::from_str::<Entry>(text.reveal()).ok(),
                Err(keyring::KeyringError::NoEntry) => None,
                Err(error) => {
                    self.complain(&error.missing(&name, "").reason, notices);
                    None
                }
            },
            TokenCache::Runtime => {
                let path = self.folder(notices)?.join(format!("{name}.json"));
                aside(DEADLINE, move || read(&path)).await.ok().flatten()
            }
        }?;
        if !found.has_ended(Timestamp::now()) {
            return Some(found);
        }
        if cache == TokenCache::Keyring {
            let _ = keyring::remove(&name).await;
        }
        None
    }

    /// Keeps a token under this name, and removes those that have ended.
    pub async fn put(&self, cache: TokenCache, name: &str, entry: Entry, notices: &UnboundedSender<Notice>) {
        let name = format!("{PREFIX}{name}");
        let failed = match cache {
            TokenCache::Off => return,
            TokenCache::Keyring => {
                let Ok(text) = serde_json::to_string(&entry).map(Secret::new) else { return };
                keyring::set(&name, &text).await.err().map(|error| error.missing(&name, "").reason)
            }
            TokenCache::Runtime => {
                let Some(folder) = self.folder(notices) else { return };
                let writing = aside(DEADLINE, move || write(&folder, &name, &entry)).await;
                writing.unwrap_or_else(|_| Err("it took too long".into())).err()
            }
        };
        if let Some(reason) = failed {
            self.complain(&reason, notices);
        }
    }

    /// Removes the token kept under this name.
    pub async fn remove(&self, cache: TokenCache, name: &str) {
        let name = format!("{PREFIX}{name}");
        match cache {
            TokenCache::Off => {}
            TokenCache::Keyring => drop(keyring::remove(&name).await),
            TokenCache::Runtime => {
                let Some(path) = runtime_folder().map(|folder| folder.join(format!("{name}.json"))) else { return };
                let _ = aside(DEADLINE, move || std::fs::remove_file(&path)).await;
            }
        }
    }

    /// The refresh token that the keyring keeps under this name, when there is one.
    pub async fn remembered(&self, name: &str, notices: &UnboundedSender<Notice>) -> Option<Secret> {
        let name = format!("{REFRESH}{name}");
        match keyring::get(&name).await {
            Ok(token) => Some(token).filter(|token| !token.is_empty()),
            Err(keyring::KeyringError::NoEntry) => None,
            Err(error) => {
                self.complain_of_login(&error.missing(&name, "").reason, notices);
                None
            }
        }
    }

    /// Keeps a refresh token in the keyring.
    pub async fn remember(&self, name: &str, token: &Secret, notices: &UnboundedSender<Notice>) {
        let name = format!("{REFRESH}{name}");
        if let Err(error) = keyring::set(&name, token).await {
            self.complain_of_login(&error.missing(&name, "").reason, notices);
        }
    }

    /// Removes the refresh token of this name; false when there was none, else why it could not be removed.
    pub async fn forget_remembered(&self, name: &str) -> Result<bool, String> {
        let name = format!("{REFRESH}{name}");
        keyring::remove(&name).await.map_err(|error| error.missing(&name, "").reason)
    }

    fn complain_of_login(&self, reason: &str, notices: &UnboundedSender<Notice>) {
        if !self.complained_of_login.swap(true, Ordering::Relaxed) {
            // Nobody may be listening.
            let _ = notices.send(Notice::Remark(format!("the login lasts for this run only: {reason}")));
        }
    }

    fn folder(&self, notices: &UnboundedSender<Notice>) -> Option<PathBuf> {
        let folder = runtime_folder();
        if folder.is_none() {
            self.complain("this machine has no runtime folder ($XDG_RUNTIME_DIR is not set)", notices);
        }
        folder
    }

    /// Says once that tokens are not kept, and why.
    fn complain(&self, reason: &str, notices: &UnboundedSender<Notice>) {
        if !self.complained.swap(true, Ordering::Relaxed) {
            // Nobody may be listening.
            let _ = notices.send(Notice::Remark(format!("tokens are not kept for the next run: {reason}")));
        }
    }
}

/// The entry in the file; none when it is not there, is no entry, or has ended, in which case it is removed.
fn read(path: &Path) -> Option<Entry> {
    is_private(path.parent()?).then_some(())?;
    let bytes = private_file::read(path, BOUND).ok()??;
    let entry: Entry = serde_json::from_slice(&bytes).ok()?;
    if entry.has_ended(Timestamp::now()) {
        let _ = std::fs::remove_file(path);
        return None;
    }
    Some(entry)
}

fn write(folder: &Path, name: &str, entry: &Entry) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    private_file::make_folder(folder).map_err(failed)?;
    if !is_private(folder) {
        return Err(format!("{} is not yours alone: chmod 700 it", folder.display()));
    }
    let mut text = serde_json::to_vec(entry).map_err(|error| error.to_string())?;
    let written = private_file::write(&folder.join(format!("{name}.json")), &text).map_err(failed);
    text.zeroize();
    for other in std::fs::read_dir(folder).map_err(failed)?.flatten().take(SWEPT) {
        if other.file_name().to_string_lossy().starts_with(PREFIX) {
            read(&other.path());
        }
    }
    written
}

/// Whether the folder is this user's and closed to others: in another one somebody could put tokens of his own.
fn is_private(folder: &Path) -> bool {
    let Ok(about) = std::fs::symlink_metadata(folder) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        // The six bits of group and others are clear.
        about.is_dir() && about.uid() == rustix::process::geteuid().as_raw() && about.mode().trailing_zeros() >= 6
    }
    #[cfg(not(unix))]
    about.is_dir()
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use std::os::unix::fs::PermissionsExt;

    use jiff::SignedDuration;

    use super::*;

    fn entry(ends_in: i64) -> Entry {
        let granted = Granted {
            access_token: Secret::new("the-token"),
            token_type: Some("Bearer".into()),
            expires_in: Some(300),
            scope: Some(["a", "b"].iter().collect()),
            refresh_token: Some(Secret::new("the-refresh-token")),
            id_token: Some(Secret::new("the-id-token")),
            remarks: Vec::new(),
        };
        let now = Timestamp::now();
        let received = now - SignedDuration::from_secs(1000);
        Entry::new(&granted, received, Some(now + SignedDuration::from_secs(ends_in))).unwrap()
    }

    #[test]
    fn it_keeps_what_is_needed_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("tokenscope");
        write(&folder, "token-x", &entry(60)).unwrap();
        let path = folder.join("token-x.json");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("the-token") && !text.contains("refresh") && !text.contains("id-token"), "{text}");
        let granted = read(&path).unwrap().granted();
        assert_eq!((granted.access_token.reveal(), granted.scope.unwrap().to_string()), ("the-token", "a b".into()));
    }

    #[test]
    fn ended_ones_are_removed_and_damaged_ones_ignored() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("tokenscope");
        write(&folder, "token-a", &entry(60)).unwrap();
        private_file::write(&folder.join("token-b.json"), &serde_json::to_vec(&entry(-1)).unwrap()).unwrap();
        private_file::write(&folder.join("token-c.json"), b"{\"access_token\":").unwrap();
        assert_eq!(read(&folder.join("token-c.json")), None);
        assert_eq!(read(&folder.join("token-b.json")), None);
        assert!(!folder.join("token-b.json").exists());
        private_file::write(&folder.join("token-b.json"), &serde_json::to_vec(&entry(-1)).unwrap()).unwrap();
        write(&folder, "token-d", &entry(60)).unwrap();
        assert!(!folder.join("token-b.json").exists(), "swept");
        assert!(folder.join("token-a.json").exists() && folder.join("token-c.json").exists());
    }

    #[test]
    fn a_folder_that_is_open_to_others_is_not_used() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("tokenscope");
        write(&folder, "token-a", &entry(60)).unwrap();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o777)).unwrap();
        assert_eq!(read(&folder.join("token-a.json")), None);
        assert!(write(&folder, "token-a", &entry(60)).unwrap_err().contains("not yours alone"));
    }

    #[test]
    fn a_token_without_an_end_is_not_kept() {
        let granted = entry(60).granted();
        assert_eq!(Entry::new(&granted, Timestamp::now(), None), None);
    }
}

//! Which profiles.toml a person has looked at and trusts: by the file's canonical path and the digest of the facts that
//! were reviewed, so that neither a change of those facts nor another file under a link is covered by an old yes.
//!
//! Imports siblings of this crate.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::private_file;

/// The store's name in its folder.
const NAME: &str = "trusted.json";

/// A store longer than this is something else.
const BOUND: usize = 1024 * 1024;

/// How many decisions are kept; the oldest go first.
const KEPT: usize = 1000;

/// The decisions of the person who uses this machine.
#[derive(Clone, Debug)]
pub struct TrustStore {
    file: PathBuf,
}

/// A decision could not be written down.
#[derive(Debug, Error)]
pub enum TrustStoreError {
    /// The file system said no.
    #[error("{path}: {reason}", path = path.display())]
    Io {
        /// The file concerned.
        path: PathBuf,
        /// What it said.
        reason: String,
    },
    /// The store is there, but cannot be read. It is left as it is.
    #[error("{path} is damaged ({reason}); move it away, then trust your files anew", path = path.display())]
    Damaged {
        /// The store.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The path is not text.
    #[error("{path} cannot be written down: its name is not UTF-8", path = path.display())]
    Name {
        /// The file concerned.
        path: PathBuf,
    },
}

/// The file's content.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Stored {
    trusted: Vec<Decision>,
}

/// One yes.
#[derive(Debug, Serialize, Deserialize)]
struct Decision {
    path: String,
    digest: String,
    /// When, for a person who looks.
    at: String,
}

impl TrustStore {
    /// The store in this folder.
    pub fn open(folder: &Path) -> Self {
        Self { file: folder.join(NAME) }
    }

    /// The store in the platform's data folder; none where no home folder is known.
    pub fn of_this_machine() -> Option<Self> {
        directories::ProjectDirs::from("", "", "tokenscope").map(|places| Self::open(places.data_dir()))
    }

    /// The file that decisions are kept in.
    pub fn path(&self) -> &Path {
        &self.file
    }

    /// Whether the file at this path is trusted with facts of this digest. A store that cannot be read trusts nothing.
    pub fn is_trusted(&self, path: &Path, digest: &str) -> bool {
        let (Ok(path), Ok(stored)) = (named(path), self.read()) else { return false };
        stored.trusted.iter().any(|decision| decision.path == path && decision.digest == digest)
    }

    /// Remembers that the file at this path is trusted with facts of this digest; gives the path that was written down.
    pub fn trust(&self, path: &Path, digest: &str) -> Result<String, TrustStoreError> {
        let path = named(path)?;
        let _held_until_the_end = private_file::lock(&self.file).map_err(|error| self.failed(&error))?;
        let mut stored = self.read()?;
        stored.trusted.retain(|decision| decision.path != path || decision.digest != digest);
        stored.trusted.push(Decision {
            path: path.clone(),
            digest: digest.to_owned(),
            at: Timestamp::now().to_string(),
        });
        let surplus = stored.trusted.len().saturating_sub(KEPT);
        stored.trusted.drain(..surplus);
        let text = serde_json::to_string_pretty(&stored).map_err(|error| self.failed(&error.into()))?;
        private_file::write(&self.file, text.as_bytes()).map_err(|error| self.failed(&error))?;
        Ok(path)
    }

    fn read(&self) -> Result<Stored, TrustStoreError> {
        let Some(bytes) = private_file::read(&self.file, BOUND).map_err(|error| self.failed(&error))? else {
            return Ok(Stored::default());
        };
        serde_json::from_slice(&bytes)
            .map_err(|error| TrustStoreError::Damaged { path: self.file.clone(), reason: error.to_string() })
    }

    fn failed(&self, error: &io::Error) -> TrustStoreError {
        TrustStoreError::Io { path: self.file.clone(), reason: error.to_string() }
    }
}

/// The file's canonical path: links are followed, so that a decision is about the file itself.
fn named(path: &Path) -> Result<String, TrustStoreError> {
    let real = path
        .canonicalize()
        .map_err(|error| TrustStoreError::Io { path: path.to_owned(), reason: error.to_string() })?;
    real.to_str().map(str::to_owned).ok_or(TrustStoreError::Name { path: real })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use tempfile::TempDir;

    use super::*;

    fn place() -> (TempDir, TrustStore, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("profiles.toml");
        std::fs::write(&file, "").unwrap();
        let store = TrustStore::open(&folder.path().join("data"));
        (folder, store, file)
    }

    #[test]
    fn a_yes_is_for_one_file_and_its_facts() {
        let (folder, store, file) = place();
        let other = folder.path().join("other.toml");
        std::fs::write(&other, "").unwrap();
        assert!(!store.is_trusted(&file, "a"));
        store.trust(&file, "a").unwrap();
        assert!(store.is_trusted(&file, "a"));
        assert!(!store.is_trusted(&file, "b"), "the facts changed");
        assert!(!store.is_trusted(&other, "a"), "another file");
        assert!(!store.is_trusted(&folder.path().join("none"), "a"));
        // Another yes takes nothing back, and the same one is written down once.
        store.trust(&file, "b").unwrap();
        store.trust(&file, "a").unwrap();
        assert!(store.is_trusted(&file, "a") && store.is_trusted(&file, "b"));
        assert_eq!(store.read().unwrap().trusted.len(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_judged_by_the_file_it_leads_to() {
        let (folder, store, file) = place();
        let (link, other) = (folder.path().join("link.toml"), folder.path().join("other.toml"));
        std::fs::write(&other, "").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        store.trust(&link, "a").unwrap();
        assert!(store.is_trusted(&file, "a"));
        std::fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink(&other, &link).unwrap();
        assert!(!store.is_trusted(&link, "a"));
    }

    #[test]
    fn it_stays_small_and_keeps_the_newest() {
        let (_folder, store, file) = place();
        let path = file.canonicalize().unwrap().to_str().unwrap().to_owned();
        let decision =
            |at: usize| Decision { path: path.clone(), digest: at.to_string(), at: Timestamp::now().to_string() };
        let stored = Stored { trusted: (0..KEPT).map(decision).collect() };
        private_file::write(&store.file, serde_json::to_string(&stored).unwrap().as_bytes()).unwrap();
        store.trust(&file, "new").unwrap();
        assert!(store.is_trusted(&file, "new") && !store.is_trusted(&file, "0") && store.is_trusted(&file, "1"));
        assert_eq!(store.read().unwrap().trusted.len(), KEPT);
    }

    #[test]
    fn a_damaged_store_trusts_nothing_and_is_left_alone() {
        let (_folder, store, file) = place();
        store.trust(&file, "a").unwrap();
        std::fs::write(&store.file, "{\"trusted\": [").unwrap();
        assert!(!store.is_trusted(&file, "a"));
        assert!(matches!(store.trust(&file, "a"), Err(TrustStoreError::Damaged { .. })));
        assert_eq!(std::fs::read_to_string(&store.file).unwrap(), "{\"trusted\": [");
    }

    #[test]
    fn two_writers_lose_nothing() {
        let (_folder, store, file) = place();
        let writer = |name: &'static str| {
            let (store, file) = (store.clone(), file.clone());
            std::thread::spawn(move || {
                for number in 0..20 {
                    store.trust(&file, &format!("{name}{number}")).unwrap();
                }
            })
        };
        let both = [writer("a"), writer("b")];
        for writer in both {
            writer.join().unwrap();
        }
        assert_eq!(store.read().unwrap().trusted.len(), 40);
    }
}

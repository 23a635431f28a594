//! The file that keeps the keys, so that a token got by one command still verifies in the next.
//!
//! Blocking: call it where waiting for a disk and for key generation is allowed.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{
    KeyError, SigningKeys,
    keys::{PrivateKey, RetiredKey},
};

/// The variable that names another key file than the default one.
const PATH_VARIABLE: &str = "TOKENSCOPE_KEYS";
/// A key file is 4 kB; what is larger than this (in bytes) is none.
const LARGEST_FILE: u64 = 256 * 1024;
/// Whoever holds the lock makes a key at most, which takes well under a second.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Why the key file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is no place for it on this machine.
    #[error(
        "no home directory is known, so there is no place for the signing keys; name a file with --keys or {PATH_VARIABLE}"
    )]
    NoPlace,
    /// The file system said no.
    #[error("cannot {action} the key file {}: {source}", path.display())]
    Io {
        /// What was tried: read, write, lock.
        action: &'static str,
        /// The file concerned.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file is there, but holds no keys. It is left as it is.
    #[error(
        "the key file {} is damaged ({why}); move it away to get new keys (tokens signed with the old ones will then no longer verify)",
        path.display()
    )]
    Damaged {
        /// The file concerned.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another process holds the lock and does not let go.
    #[error("another process has held {} for {} s; end it, or name another key file", path.display(), LONGEST_WAIT.as_secs())]
    Locked {
        /// The lock file beside the key file.
        path: PathBuf,
    },
    /// New keys could not be made.
    #[error("cannot make signing keys: {0}")]
    Keys(String),
}

/// A place for the keys of one realm.
#[derive(Debug, Clone)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// The key file at this path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where keys are kept unless told otherwise: `$TOKENSCOPE_KEYS`, else `keys.json` in the
    /// platform's data folder (on Linux `~/.local/share/tokenscope/`).
    ///
    /// # Errors
    /// [`KeyFileError::NoPlace`] when the machine has no home directory.
    pub fn default_path() -> Result<PathBuf, KeyFileError> {
        if let Some(path) = std::env::var_os(PATH_VARIABLE).filter(|path| !path.is_empty()) {
            return Ok(PathBuf::from(path));
        }
        let place = directories::ProjectDirs::from("", "", "tokenscope").ok_or(KeyFileError::NoPlace)?;
        Ok(place.data_dir().join("keys.json"))
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the keys, or makes them and writes them when there is no file. Waits while another
    /// process does the same, so that two that start at once end up with one set of keys.
    ///
    /// # Errors
    /// [`KeyFileError`]; a damaged file is named and never replaced.
    pub fn load_or_create(&self) -> Result<SigningKeys, KeyFileError> {
        let _held_until_the_end = self.lock()?;
        match self.load()? {
            Some(keys) => Ok(keys),
            None => self.write(SigningKeys::generate().map_err(|error| KeyFileError::Keys(error.to_string()))?),
        }
    }

    /// The keys in the file; nothing when there is none. Needs no lock: the file is replaced as a whole.
    pub(super) fn load(&self) -> Result<Option<SigningKeys>, KeyFileError> {
        let stamp = Stamp::of(&self.path);
        self.read()?.map(|text| self.parse(&text, stamp)).transpose()
    }

    /// Puts other keys in the place of those in the file, made from them while nobody else can do the same.
    pub(super) fn change(
        &self,
        change: impl FnOnce(Option<SigningKeys>) -> Result<SigningKeys, KeyError>,
    ) -> Result<SigningKeys, KeyError> {
        let _held_until_the_end = self.lock()?;
        Ok(self.write(change(self.load()?)?)?)
    }

    /// Takes the lock file beside the key file. The key file itself cannot be it: it is replaced.
    fn lock(&self) -> Result<File, KeyFileError> {
        let path = self.beside(".lock");
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let open = || -> io::Result<File> {
            if let Some(folder) = folder {
                private_folders().create(folder)?;
            }
            private_file().create(true).truncate(false).open(&path)
        };
        let failed = |source| KeyFileError::Io { action: "lock", path: path.clone(), source };
        let file = open().map_err(failed)?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) if began.elapsed() >= LONGEST_WAIT => {
                    return Err(KeyFileError::Locked { path: path.clone() });
                }
                Err(TryLockError::WouldBlock) => thread::sleep(BETWEEN_LOOKS),
            }
        }
    }

    fn read(&self) -> Result<Option<Zeroizing<String>>, KeyFileError> {
        let failed = |source| KeyFileError::Io { action: "read", path: self.path.clone(), source };
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut text = Zeroizing::new(String::new());
        match file.take(LARGEST_FILE).read_to_string(&mut text) {
            Ok(_) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(self.damaged("it is not text")),
            Err(error) => Err(failed(error)),
        }
    }

    fn parse(&self, text: &str, stamp: Option<Stamp>) -> Result<SigningKeys, KeyFileError> {
        let stored: Stored = serde_json::from_str(text).map_err(|error| self.damaged(describe(&error)))?;
        let key = |name: &str, text: &str| -> Result<PrivateKey, KeyFileError> {
            let der = STANDARD.decode(text).map(Zeroizing::new);
            let der = der.map_err(|_| self.damaged(format!("\"{name}\" is not base64")))?;
            PrivateKey::from_pkcs8(&der).map_err(|error| self.damaged(format!("\"{name}\": {error}")))
        };
        Ok(SigningKeys {
            active: key("signing", &stored.signing)?,
            encryption: key("encryption", &stored.encryption)?,
            retired: stored.retired.clone(),
            kept: Some(Kept::new(self.clone(), stamp)),
        })
    }

    /// Writes a new file and puts it in the old one's place, so that no reader sees half of it. Gives the keys back, tied
    /// to the file.
    fn write(&self, keys: SigningKeys) -> Result<SigningKeys, KeyFileError> {
        let unwritable = |error: KeyError| KeyFileError::Keys(error.to_string());
        let text_of = |key: &PrivateKey| -> Result<String, KeyFileError> {
            Ok(STANDARD.encode(&*key.to_pkcs8().map_err(unwritable)?))
        };
        let stored = Stored {
            signing: text_of(&keys.active)?,
            encryption: text_of(&keys.encryption)?,
            retired: keys.retired.clone(),
        };
        let replace = || -> io::Result<()> {
            let text = Zeroizing::new(serde_json::to_string_pretty(&stored)?);
            let new = self.beside(".new");
            // Left behind by a process that was killed here; the lock says it is nobody's now.
            match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = private_file().create_new(true).open(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &self.path)
        };
        replace().map_err(|source| KeyFileError::Io { action: "write", path: self.path.clone(), source })?;
        Ok(SigningKeys { kept: Some(Kept::new(self.clone(), Stamp::of(&self.path))), ..keys })
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = OsString::from(self.path.as_os_str());
        name.push(ending);
        PathBuf::from(name)
    }

    fn damaged(&self, why: impl Into<String>) -> KeyFileError {
        KeyFileError::Damaged { path: self.path.clone(), why: why.into() }
    }
}

/// A key file, and how it looked when it was last read: that tells when another process has replaced it.
#[derive(Debug)]
pub(super) struct Kept {
    file: KeyFile,
    seen: Mutex<Option<Stamp>>,
}

impl Kept {
    fn new(file: KeyFile, seen: Option<Stamp>) -> Self {
        Self { file, seen: Mutex::new(seen) }
    }

    pub(super) fn file(&self) -> &KeyFile {
        &self.file
    }

    /// The file, once after each change. One look at its metadata: about a microsecond.
    pub(super) fn changed(&self) -> Option<&KeyFile> {
        let stamp = Stamp::of(&self.file.path);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = *seen != stamp;
        *seen = stamp;
        changed.then_some(&self.file)
    }
}

/// What tells one version of a file from the next.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    /// Of the file at this path; nothing when there is none.
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(&metadata),
        })
    }
}

/// What stands in the file: private keys as PKCS#8 in base64.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
struct Stored {
    signing: String,
    encryption: String,
    #[serde(default)]
    #[zeroize(skip)]
    retired: Vec<RetiredKey>,
}

/// What is wrong, without the text around it: that may be a key.
fn describe(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends early",
        serde_json::error::Category::Data => "a member is missing or of another type",
        _ => "it is not JSON",
    };
    format!("{what}, line {} column {}", error.line(), error.column())
}

#[cfg(unix)]
fn private_file() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    options
}

#[cfg(unix)]
fn private_folders() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut folders = DirBuilder::new();
    folders.recursive(true).mode(0o700);
    folders
}

#[cfg(not(unix))]
fn private_folders() -> DirBuilder {
    let mut folders = DirBuilder::new();
    folders.recursive(true);
    folders
}

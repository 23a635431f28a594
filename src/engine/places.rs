//! The places where a profiles.toml may lie, and reading it and profiles.local.toml beside it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::source::{Choice, SourceError};
use super::trust_store::TrustStore;
use crate::config::{DEMO_TEXT, Layers};

/// A profiles.toml longer than this is not read: it is something else.
const BOUND: u64 = 4 * 1024 * 1024;

/// The variable that names a profiles.toml.
pub const VARIABLE: &str = "TOKENSCOPE_PROFILES";

/// The file's usual name.
const NAME: &str = "profiles.toml";
/// The file that is laid over it, beside it.
pub const LOCAL: &str = "profiles.local.toml";

/// How a file was found: that decides how far it is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is none: it is built into the program.
    BuiltIn,
    /// The person named it.
    Named,
    /// It lies in the configuration folder.
    ConfigurationFolder,
    /// It lies in the folder one stands in.
    Here,
    /// The person said to trust it in this run, with what lies beside it.
    VouchedFor,
}

/// The places to look in, handed over so that tests need no environment of their own.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// What the variable says.
    pub variable: Option<OsString>,
    /// The folder one stands in.
    pub folder: PathBuf,
    /// The platform's configuration folder of the program.
    pub configuration: Option<PathBuf>,
    /// What a person said yes to.
    pub store: Option<TrustStore>,
}

impl Places {
    /// Those of this process.
    pub fn of_this_process() -> Self {
        Self {
            variable: std::env::var_os(VARIABLE).filter(|value| !value.is_empty()),
            folder: PathBuf::from("."),
            configuration: configuration_folder(),
            store: TrustStore::of_this_machine(),
        }
    }

    /// The file to read, and how it was found; none for the built-in profiles.
    pub(super) fn find(&self, choice: &Choice) -> (Found, Option<PathBuf>) {
        let named = match choice {
            Choice::Demo => return (Found::BuiltIn, None),
            Choice::File(path) => Some(path.clone()),
            Choice::Usual => self.variable.as_ref().map(PathBuf::from),
        };
        if let Some(path) = named {
            return (Found::Named, Some(path));
        }
        let here = self.folder.join(NAME);
        if here.is_file() {
            return (Found::Here, Some(here));
        }
        match self.configuration.as_ref().map(|folder| folder.join(NAME)).filter(|path| path.is_file()) {
            Some(path) => (Found::ConfigurationFolder, Some(path)),
            None => (Found::BuiltIn, None),
        }
    }
}

fn configuration_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "tokenscope").map(|dirs| dirs.config_dir().to_owned())
}

/// The profiles.toml of the configuration folder, where there is such a folder.
pub fn configured() -> Option<PathBuf> {
    configuration_folder().map(|folder| folder.join(NAME))
}

/// The files as they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// How people are told of profiles.toml.
    pub label: String,
    /// Its path; none for the built-in one.
    pub path: Option<PathBuf>,
    /// Its bytes.
    pub shared: Vec<u8>,
    /// The bytes of profiles.local.toml, when there is one.
    pub local: Option<Vec<u8>>,
}

impl Files {
    /// Those built into the program.
    pub fn demo() -> Self {
        Self { label: "the built-in demo".into(), path: None, shared: DEMO_TEXT.into(), local: None }
    }

    /// Reads the file and the one beside it; without a path the built-in one.
    pub fn read(path: Option<&Path>) -> Result<Self, SourceError> {
        let Some(path) = path else { return Ok(Self::demo()) };
        let label = path.display().to_string();
        let wrong = |path: &Path, reason: String| SourceError::Unreadable { path: path.display().to_string(), reason };
        let shared = bytes(path).map_err(|error| wrong(path, error.to_string()))?;
        let beside = local_beside(path);
        let local = match bytes(&beside) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(wrong(&beside, error.to_string())),
        };
        Ok(Self { label, path: Some(path.to_owned()), shared, local })
    }

    /// The texts as layers.
    pub fn layers<'a>(&'a self, session: &'a str) -> Layers<'a> {
        let session = Some(session).filter(|text| !text.is_empty());
        Layers { shared: &self.shared, local: self.local.as_deref(), session }
    }

    /// How people are told of profiles.local.toml.
    pub fn local_label(&self) -> String {
        self.path.as_deref().map(|path| local_beside(path).display().to_string()).unwrap_or_default()
    }
}

/// profiles.local.toml beside this file.
pub fn local_beside(path: &Path) -> PathBuf {
    path.with_file_name(LOCAL)
}

/// Opens without waiting for whoever writes to a pipe, and without making a terminal this program's own.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = (rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY).bits();
    File::options().read(true).custom_flags(flags.cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// A file's bytes, up to the bound. Only an ordinary file is read: a pipe or a device could be waited for without end.
pub fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = open(path)?;
    let kind = file.metadata()?.file_type();
    if !kind.is_file() {
        let what = if kind.is_dir() { "it is a folder" } else { "it is no ordinary file" };
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    file.take(BOUND + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BOUND {
        let reason = format!("it is longer than {} MiB, which no profiles.toml is", BOUND / 1024 / 1024);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
    }
    Ok(bytes)
}

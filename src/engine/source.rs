//! Where profiles come from: the file named, the variable, the folder one stands in, the configuration folder, and last
//! the demo built into the program.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::config::{self, Layer, Problem, Profiles};

/// A profiles.toml longer than this is not read: it is something else.
const BOUND: u64 = 4 * 1024 * 1024;

/// The variable that names a profiles.toml.
pub const VARIABLE: &str = "TOKENSCOPE_PROFILES";

/// Which profiles were asked for on the command line.
#[derive(Clone, Debug, Default)]
pub enum Choice {
    /// None: look in the usual places.
    #[default]
    Usual,
    /// `--profiles FILE`.
    File(PathBuf),
    /// `--demo`: those built into the program.
    Demo,
}

/// Profiles, where they came from, and what is wrong with them.
#[derive(Clone, Debug)]
pub struct Source {
    /// How people are told of it: the path as they would type it, or `the built-in demo`.
    pub label: String,
    /// The file, when there is one.
    pub path: Option<PathBuf>,
    /// Its text, for messages that quote it.
    pub text: String,
    /// Every mistake found.
    pub problems: Vec<Problem>,
    /// Why nothing may be resolved or sent until the person has named the file; none when it may.
    pub untrusted: Option<Vec<String>>,
    /// The profiles as the file has them.
    pub profiles: Profiles,
}

/// The file cannot be read.
#[derive(Debug, Error)]
#[error("{path} cannot be read: {reason}")]
pub struct SourceError {
    /// As asked for.
    pub path: String,
    /// What the system said.
    pub reason: String,
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
}

impl Places {
    /// Those of this process.
    pub fn of_this_process() -> Self {
        Self {
            variable: std::env::var_os(VARIABLE).filter(|value| !value.is_empty()),
            folder: PathBuf::from("."),
            configuration: directories::ProjectDirs::from("", "", "tokenscope")
                .map(|dirs| dirs.config_dir().to_owned()),
        }
    }
}

impl Source {
    /// Finds and reads the profiles. A file that is there but wrong is no error here: its problems say so.
    pub fn load(choice: &Choice, places: &Places) -> Result<Self, SourceError> {
        let named = match choice {
            Choice::Demo => return Ok(Self::demo()),
            Choice::File(path) => Some(path.clone()),
            Choice::Usual => places.variable.as_ref().map(PathBuf::from),
        };
        if let Some(path) = named {
            return Self::read(&path, true);
        }
        let here = places.folder.join("profiles.toml");
        if here.is_file() {
            return Self::read(&here, false);
        }
        match places.configuration.as_ref().map(|folder| folder.join("profiles.toml")).filter(|path| path.is_file()) {
            Some(path) => Self::read(&path, true),
            None => Ok(Self::demo()),
        }
    }

    /// How the file of this layer is called, and its text.
    pub fn named(&self, _layer: Layer) -> (&str, &str) {
        (&self.label, &self.text)
    }

    /// The profiles built into the program.
    pub fn demo() -> Self {
        Self::from_text("the built-in demo".into(), None, config::DEMO_TEXT.as_bytes(), true)
    }

    fn read(path: &Path, trusted: bool) -> Result<Self, SourceError> {
        let label = path.display().to_string();
        let wrong = |reason: String| SourceError { path: label.clone(), reason };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
        file.take(BOUND + 1).read_to_end(&mut bytes).map_err(|error| wrong(error.to_string()))?;
        if bytes.len() as u64 > BOUND {
            return Err(wrong(format!("it is longer than {} MiB, which no profiles.toml is", BOUND / 1024 / 1024)));
        }
        Ok(Self::from_text(label, Some(path.to_owned()), &bytes, trusted))
    }

    fn from_text(label: String, path: Option<PathBuf>, bytes: &[u8], trusted: bool) -> Self {
        let mut parsed = config::parse_bytes(bytes);
        if let Some(folder) =
            path.as_deref().and_then(|path| std::path::absolute(path).ok()?.parent().map(Path::to_owned))
        {
            super::http::anchor(&mut parsed.profiles, &folder);
        }
        let untrusted = if trusted {
            None
        } else {
            config::trust::needs_review(&parsed.profiles).map(|reasons| reasons.iter().map(str::to_owned).collect())
        };
        Self {
            label,
            path,
            text: String::from_utf8_lossy(bytes).into_owned(),
            problems: parsed.problems,
            untrusted,
            profiles: parsed.profiles,
        }
    }
}

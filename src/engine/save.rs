//! Writes this session's edits into profiles.toml: planned first, so that a person can look, then in one go, so that
//! whatever happens the file is either the old one or the new one.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::places;
use super::session::Reloaded;
use super::source::is_reviewed;
use super::{Engine, Trust};
use crate::config::edit::{self, DiffLine, Edit, EditError};
use crate::config::{Addition, DEMO_TEXT, Layers, trust};

/// What would be written, for a person to look at.
#[derive(Clone, Debug)]
pub struct SavePlan {
    /// The file.
    pub path: PathBuf,
    /// Whether it is not there yet.
    pub new: bool,
    /// What changes, line by line; what may be secret is masked.
    pub diff: Vec<DiffLine>,
    before: Option<Vec<u8>>,
    after: String,
}

#[cfg(test)]
impl SavePlan {
    /// A plan that nothing is behind, for tests.
    pub(crate) fn of(path: &str, before: &str, after: &str) -> Self {
        let diff = edit::diff(before, after);
        Self { path: path.into(), new: false, diff, before: Some(before.into()), after: after.into() }
    }
}

/// Something could not be saved. The file is as it was.
#[derive(Debug, Error)]
pub enum SaveError {
    /// There is no folder to write in.
    #[error("nothing was saved: there is no configuration folder on this machine")]
    NoPlace,
    /// The file cannot be read.
    #[error("nothing was saved: {path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The edits do not fit the file.
    #[error("nothing was saved in {path}: {error}")]
    Edit {
        /// The file.
        path: String,
        /// Why not.
        error: EditError,
    },
    /// The file is not the one that the profiles of this session are from, and lacks what these edits belong to.
    #[error("nothing was saved: these profiles are the built-in demo's, and {path} knows nothing of them ({error})")]
    OtherFile {
        /// The file.
        path: String,
        /// What is missing there.
        error: EditError,
    },
    /// The file is another one than when the diff was made.
    #[error("nothing was saved: {path} was changed meanwhile")]
    Changed {
        /// The file.
        path: String,
    },
    /// What the file does was changed after it was reviewed, and the person was not shown that.
    #[error(
        "nothing was saved: {path}, or the file beside it, was changed meanwhile and does what nobody has looked at"
    )]
    Unseen {
        /// The file.
        path: String,
    },
    /// The file is gone.
    #[error("nothing was saved: {path} is no longer there")]
    Gone {
        /// The file.
        path: String,
    },
    /// It could not be written.
    #[error("nothing was saved: {path} cannot be written: {reason}; it is as it was")]
    Unwritable {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
}

impl SaveError {
    /// What to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::NoPlace => "Start with --profiles FILE: what is saved goes there.",
            Self::Unreadable { .. } | Self::Gone { .. } => {
                "Put the file back and press Ctrl-S again; the edits of this session are still there."
            }
            Self::OtherFile { .. } => {
                "Start without --demo to add to that file; the edits of this session are still there."
            }
            Self::Edit { .. } => "The edits of this session are still there; e opens the file.",
            Self::Changed { .. } => "Ctrl-S shows the difference to the file as it is now.",
            Self::Unseen { .. } => {
                "Look at it (T), then press Ctrl-S again; the edits of this session are still there."
            }
            Self::Unwritable { .. } => "The edits of this session are still there: see to it, then press Ctrl-S again.",
        }
        .to_owned()
    }
}

/// What was saved.
#[derive(Debug)]
pub struct Saved {
    /// The file.
    pub path: PathBuf,
    /// What holds since.
    pub reloaded: Reloaded,
}

impl Engine {
    /// What saving these edits, and what was added in this session, would write.
    pub fn plan_save(&self, changes: Vec<Edit>) -> Result<SavePlan, SaveError> {
        self.plan_save_in(None, changes)
    }

    /// The same, into another file when one is named, which need not be there yet.
    pub fn plan_save_in(&self, other: Option<PathBuf>, changes: Vec<Edit>) -> Result<SavePlan, SaveError> {
        let source = self.source();
        let may_be_new = other.is_some() || source.path.is_none();
        let path = match other.or_else(|| source.path.clone()) {
            Some(path) => path,
            None => places::configured().ok_or(SaveError::NoPlace)?,
        };
        let name = path.display().to_string();
        let before = match places::bytes(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound && may_be_new => None,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(SaveError::Gone { path: name }),
            Err(error) => return Err(SaveError::Unreadable { path: name, reason: error.to_string() }),
        };
        let additions = self.additions();
        // Changes of the built-in profiles need these in the file, and so does what is added to one of their providers;
        // what is merely added does not.
        let stands_alone =
            changes.is_empty() && additions.iter().all(|addition| brings_its_provider(addition, &additions));
        let base = match &before {
            Some(bytes) => String::from_utf8(bytes.clone())
                .map_err(|_| SaveError::Unreadable { path: name.clone(), reason: "it is not UTF-8".to_owned() })?,
            None if stands_alone || source.path.is_some() => String::new(),
            None => DEMO_TEXT.to_owned(),
        };
        let edits: Vec<Edit> = additions.into_iter().map(Edit::Add).chain(changes).collect();
        let local = places::bytes(&places::local_beside(&path)).ok();
        let after = edit::apply_under(&base, local.as_deref(), &edits).map_err(|error| match source.path {
            None if before.is_some() => SaveError::OtherFile { path: name, error },
            _ => SaveError::Edit { path: name, error },
        })?;
        Ok(SavePlan { new: before.is_none(), diff: edit::diff(&base, &after), path, before, after })
    }

    /// Writes what was planned, if the file is still the one it was planned for, and reads it again.
    pub fn save(&self, plan: SavePlan) -> Result<Saved, SaveError> {
        let name = plan.path.display().to_string();
        let now = match places::bytes(&plan.path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(SaveError::Unreadable { path: name, reason: error.to_string() }),
        };
        match (&plan.before, &now) {
            (Some(_), None) => return Err(SaveError::Gone { path: name }),
            (before, now) if before != now => return Err(SaveError::Changed { path: name }),
            _ => {}
        }
        let agreed = self.agreed(&plan)?;
        replace(&plan.path, plan.after.as_bytes())
            .map_err(|error| SaveError::Unwritable { path: name, reason: error.to_string() })?;
        let reloaded = self.additions_saved(&plan.path, agreed.as_deref());
        Ok(Saved { path: plan.path, reloaded })
    }

    /// The digest of what the file will do, when the person agrees to that by saving: they trusted what was there before,
    /// and saw what the difference is. What came into the files by another hand since is not agreed to.
    fn agreed(&self, plan: &SavePlan) -> Result<Option<String>, SaveError> {
        let now = self.source();
        if !matches!(now.trust, Trust::LocalOnly | Trust::Reviewed) {
            return Ok(None);
        }
        let local = match places::bytes(&places::local_beside(&plan.path)) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                let path = places::local_beside(&plan.path).display().to_string();
                return Err(SaveError::Unreadable { path, reason: error.to_string() });
            }
        };
        let facts = |shared: &[u8]| trust::facts(&Layers { shared, local: local.as_deref(), session: None });
        let before = facts(plan.before.as_deref().unwrap_or_default());
        if before.is_empty() || is_reviewed(&before, Some(&plan.path), now.store.as_ref()) {
            return Ok(Some(facts(plan.after.as_bytes()).digest()));
        }
        if now.path.as_ref() == Some(&plan.path) {
            return Err(SaveError::Unseen { path: plan.path.display().to_string() });
        }
        Ok(None)
    }
}

/// Whether the provider of what is added is among what is added.
fn brings_its_provider(addition: &Addition, all: &[Addition]) -> bool {
    let added = |name: &str| all.iter().filter_map(|one| one.provider.as_ref()).any(|provider| provider.name == name);
    addition.profile.as_ref().is_none_or(|profile| added(&profile.provider))
        && addition.api.as_ref().is_none_or(|api| added(&api.provider))
}

/// Writes the file anew: into another one beside it, which then takes its place and its mode. A link is followed. A file
/// that is not to be written to is left alone.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let real = match path.canonicalize() {
        Ok(real) => real,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    // Taking its place would need the folder's consent only; the file's own counts too.
    let mode = match OpenOptions::new().write(true).open(&real) {
        Ok(file) => Some(file.metadata()?.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // A temporary file is 0600 from the start, and removed when anything goes wrong.
    let mut file = tempfile::Builder::new().prefix(".profiles.").suffix(".tmp").tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(mode) = mode {
        file.as_file().set_permissions(mode)?;
    }
    file.as_file().sync_all()?;
    file.persist(&real).map_err(|error| error.error)?;
    // The name is kept through a power cut as well; where a folder cannot be synced, so be it.
    _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

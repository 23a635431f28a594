//! Hears of changes of profiles.toml and of the file beside it, without ever looking by itself: the system tells.

use std::path::{Path, PathBuf};

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::Engine;
use super::places::local_beside;

/// Goes on hearing of changes until it is dropped.
#[derive(Debug)]
pub struct Watch {
    _watcher: RecommendedWatcher,
}

impl Engine {
    /// Calls `tell` each time one of the files may have changed: once or several times a change, on a thread of its own.
    /// None where there is no file.
    pub fn watch(&self, tell: impl Fn() + Send + 'static) -> Result<Option<Watch>, String> {
        let source = self.source();
        let Some(path) = &source.path else { return Ok(None) };
        let files = [path.clone(), local_beside(path)];
        // Editors put another file in the file's place, so it is the folders that are watched: those of the names, and
        // those of the files that links lead to.
        let mut names: Vec<PathBuf> = files.iter().filter_map(|file| absolute(file)).collect();
        names.extend(files.iter().filter_map(|file| file.canonicalize().ok()));
        names.sort();
        names.dedup();
        let mut folders: Vec<PathBuf> = names
            .iter()
            .filter_map(|name| name.parent())
            .map(Path::to_owned)
            .filter(|folder| folder.is_dir())
            .collect();
        folders.sort();
        folders.dedup();
        let concerns = move |event: &Event| {
            is_change(event.kind) && (event.need_rescan() || event.paths.iter().any(|path| names.contains(path)))
        };
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // What cannot be told apart is taken for a change: reading once too often does no harm.
            if event.as_ref().map_or(true, &concerns) {
                tell();
            }
        })
        .map_err(|error| error.to_string())?;
        for folder in folders {
            watcher.watch(&folder, RecursiveMode::NonRecursive).map_err(|error| error.to_string())?;
        }
        Ok(Some(Watch { _watcher: watcher }))
    }
}

/// The path with its folder's links followed, but not its own.
fn absolute(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}

/// Whether something was written, made, moved or removed. Reading is no change, or reading after a change would be one.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, DataChange, ModifyKind, RemoveKind, RenameMode};

    use super::*;

    #[test]
    fn reading_is_no_change() {
        for kind in [
            EventKind::Access(AccessKind::Read),
            EventKind::Access(AccessKind::Open(AccessMode::Any)),
            EventKind::Access(AccessKind::Close(AccessMode::Read)),
        ] {
            assert!(!is_change(kind), "{kind:?}");
        }
        for kind in [
            EventKind::Access(AccessKind::Close(AccessMode::Write)),
            EventKind::Create(CreateKind::File),
            EventKind::Modify(ModifyKind::Data(DataChange::Any)),
            EventKind::Modify(ModifyKind::Name(RenameMode::To)),
            EventKind::Remove(RemoveKind::File),
            EventKind::Any,
        ] {
            assert!(is_change(kind), "{kind:?}");
        }
    }
}

//! The user's own editor, while the terminal is lent to it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::state::{Level, MAKER_LONGEST};
use crate::exchange::Secret;

/// Opens the file in the user's editor at this line, and says what came of it.
pub(super) fn open(path: &Path, line: usize) -> (Level, String) {
    let asked =
        ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()));
    let editor = asked.unwrap_or_else(|| "vi".to_owned());
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let before = std::fs::read(path).ok();
    let shown = path.display();
    match Command::new(program).args(words).args(place(program, path, line)).status() {
        Err(error) => (Level::Error, format!("The editor {program} did not start: {error}. $EDITOR names another.")),
        Ok(status) if !status.success() => (Level::Warning, format!("The editor {program} ended with {status}.")),
        Ok(_) if std::fs::read(path).ok() == before => (Level::Info, format!("{shown} is as it was.")),
        Ok(_) => (Level::Done, format!("{shown} was changed.")),
    }
}

/// Lets the user's editor change this text, in a file that only they can read and that is gone afterwards.
pub(super) fn edit(text: &Secret) -> Result<Secret, (Level, String)> {
    let failed =
        |error: std::io::Error| (Level::Error, format!("The text could not be handed to the editor: {error}."));
    let mut file = tempfile::Builder::new().prefix("token-").suffix(".json").tempfile().map_err(failed)?;
    file.write_all(text.reveal().as_bytes()).map_err(failed)?;
    if let said @ (Level::Error | Level::Warning, _) = open(file.path(), 1) {
        return Err(said);
    }
    let changed = crate::engine::read_bounded(file.path(), MAKER_LONGEST as u64)
        .map_err(|why| (Level::Error, format!("{why}.")))?;
    Ok(Secret::new(String::from_utf8_lossy(&changed).into_owned()))
}

/// How this editor is told of a line.
fn place(program: &str, path: &Path, line: usize) -> Vec<PathBuf> {
    let name = Path::new(program).file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let with_line = PathBuf::from(format!("{}:{line}", path.display()));
    match name {
        "code" | "codium" | "cursor" => vec!["--wait".into(), "--goto".into(), with_line],
        "hx" | "helix" | "zed" | "subl" => vec![with_line],
        _ => vec![format!("+{line}").into(), path.to_owned()],
    }
}

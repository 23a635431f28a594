//! The user's own editor, while the terminal is lent to it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::state::Level;

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

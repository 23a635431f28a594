//! Where `config.toml` is, and its text: the file named, the variable, the configuration folder.
//!
//! The only file of the settings that touches the disk and the environment.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{Problem, Settings, Theme, parse};
use crate::engine::Places;
use crate::tui::state::Look;
use crate::tui::theme::styles::{background_of, depth_of};

/// The variable that names a config.toml.
pub const VARIABLE: &str = "TOKENSCOPE_CONFIG";

/// A config.toml longer than this is not read: it is something else.
const BOUND: u64 = 256 * 1024;

/// The settings, where they came from, and what is wrong with them.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// What holds.
    pub settings: Settings,
    /// The file, as people are told of it; none when there is none.
    pub label: Option<String>,
    /// What is wrong, each in a line with its place.
    pub problems: Vec<String>,
}

/// Where `config.toml` is looked for when nothing else is named: in the configuration folder.
pub fn usual() -> Option<PathBuf> {
    Places::of_this_process().configuration.map(|folder| folder.join("config.toml"))
}

/// Finds and reads the settings. None there is no mistake, unless it was named.
pub fn load(named: Option<&Path>) -> Loaded {
    let variable = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    let asked_for = named.map(Path::to_owned).or(variable);
    let Some(path) = asked_for.clone().or_else(usual) else { return Loaded::default() };
    let label = path.display().to_string();
    let text = match read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && asked_for.is_none() => return Loaded::default(),
        Err(error) => {
            let problem = Problem::of_file(format!("it cannot be read: {error}"));
            return Loaded { problems: vec![problem.render(&label)], label: Some(label), ..Loaded::default() };
        }
    };
    let (settings, problems) = parse(&text);
    let problems = problems.iter().map(|problem| problem.render(&label)).collect();
    Loaded { settings, label: Some(label), problems }
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(BOUND + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BOUND {
        return Err(std::io::Error::other("it is longer than 256 KiB, which no config.toml is"));
    }
    String::from_utf8(bytes).map_err(|_| std::io::Error::other("it is not UTF-8"))
}

impl Settings {
    /// How the screen looks with these settings in this process's terminal. `ascii` and `plain` were asked for elsewhere:
    /// on the command line, by `NO_COLOR`.
    pub fn look(&self, ascii: bool, plain: bool) -> Look {
        let variable = |name: &str| std::env::var(name).ok();
        let depth = depth_of(variable("COLORTERM").as_deref(), variable("TERM").as_deref());
        let background = background_of(variable("COLORFGBG").as_deref());
        Look {
            ascii: ascii || self.ascii,
            colour: !plain && self.theme != Some(Theme::None),
            styles: self.styles(depth, background).keep(),
        }
    }
}

//! Where the profiles come from, and how far that is trusted.
//!
//! Values only.

use std::path::PathBuf;

use crate::config::trust::Facts;
use crate::engine::Source;

/// Where the profiles come from, in words and as a path.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// `built-in demo`, `./profiles.toml`.
    pub label: String,
    /// The file; none for the built-in ones.
    pub path: Option<PathBuf>,
    /// The mistakes in it, each a line for people.
    pub problems: Vec<String>,
    /// What a person should look at before anything is resolved or sent; none when it is trusted.
    pub untrusted: Option<Facts>,
}

impl Origin {
    /// That of a source.
    pub fn of(source: &Source) -> Self {
        Self {
            label: source.label.clone(),
            path: source.path.clone(),
            problems: source.rendered_problems(),
            untrusted: source.trust.unreviewed().cloned(),
        }
    }
}

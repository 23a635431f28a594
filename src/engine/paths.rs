//! Which files there are to this program: those that profiles are looked for in, and those it keeps.
//!
//! Imports siblings of this crate.

use std::path::{Path, PathBuf};

use super::places::{Found, VARIABLE, local_beside};
use super::{Choice, Places, demo, token_store};

/// A place, and what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it is for, in words.
    pub what: String,
    /// Where it is; none where there is no such place.
    pub path: Option<PathBuf>,
    /// Whether something is there.
    pub there: bool,
    /// Whether profiles are read from it.
    pub in_use: bool,
}

impl Kept {
    fn new(what: &str, path: Option<PathBuf>) -> Self {
        let there = path.as_deref().is_some_and(Path::exists);
        Self { what: what.to_owned(), path, there, in_use: false }
    }
}

/// The places that profiles are looked for in, in order: those behind the one in use are not looked at.
pub fn looked_for(choice: &Choice, places: &Places) -> Vec<Kept> {
    let (found, path) = places.find(choice);
    let named = match choice {
        Choice::File(path) => Some(path.clone()),
        _ => None,
    };
    let mut all = vec![
        Kept::new("--profiles FILE", named.clone()),
        Kept::new(&format!("${VARIABLE}"), places.variable.as_ref().map(PathBuf::from)),
        Kept::new("the folder you are in", Some(places.folder.join("profiles.toml"))),
        Kept::new("the configuration folder", places.configuration.as_ref().map(|folder| folder.join("profiles.toml"))),
        Kept { what: "the demo in the program".into(), path: None, there: true, in_use: false },
    ];
    let used = match found {
        Found::Named | Found::VouchedFor => usize::from(named.is_none()),
        Found::Here => 2,
        Found::ConfigurationFolder => 3,
        Found::BuiltIn => 4,
    };
    if let Some(used) = all.get_mut(used) {
        used.in_use = true;
    }
    if let Some(path) = path {
        let local = Kept::new("laid over it", Some(local_beside(&path)));
        all.push(Kept { in_use: local.there, ..local });
    }
    all
}

/// The other files of the program; its settings lie in the file named, when one is.
pub fn kept(places: &Places, settings: Option<&Path>) -> Vec<Kept> {
    let variable = || std::env::var_os("TOKENSCOPE_CONFIG").filter(|value| !value.is_empty()).map(PathBuf::from);
    let usual = || places.configuration.as_ref().map(|folder| folder.join("config.toml"));
    vec![
        Kept::new("keys and colours", settings.map(Path::to_owned).or_else(variable).or_else(usual)),
        Kept::new("files you trust", places.store.as_ref().map(|store| store.path().to_owned())),
        Kept::new("the demo's signing keys", demo::key_file()),
        Kept::new("tokens between runs", token_store::runtime_folder()),
    ]
}

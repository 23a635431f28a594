//! Where profiles come from: the file named, the variable, the folder one stands in, the configuration folder, and last
//! the demo built into the program. With profiles.local.toml beside the file laid over it, and over both what this
//! session added.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use super::nearest;
use super::places::{Files, Found, Places};
use super::secrets::folder_of;
use super::trust_store::TrustStore;
use crate::config::trust::{self, Facts};
use crate::config::{self, Layer, Layers, Problem, Profiles};

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

/// What was asked for on the command line.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Which profiles.
    pub choice: Choice,
    /// `--env NAME`, or what the variable says.
    pub environment: Option<String>,
    /// `--trust`: the file is trusted in this run, whatever it does.
    pub trust: bool,
}

impl From<Choice> for Ask {
    fn from(choice: Choice) -> Self {
        Self { choice, ..Self::default() }
    }
}

/// Whether what the file says may be done: secrets resolved, requests sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The demo built into the program.
    BuiltIn,
    /// The person named the file, on the command line or by the variable, or said `--trust`. A profiles.local.toml beside
    /// a named file was not named: what it adds is reviewed.
    Named,
    /// It lies in the program's own configuration folder.
    ConfigurationFolder,
    /// It runs and reads nothing, and sends to this machine only.
    LocalOnly,
    /// A person looked at exactly these facts and said yes.
    Reviewed,
    /// It came with the folder and nobody has looked at it yet: nothing may be done.
    Unreviewed(Facts),
}

impl Trust {
    /// What a person has to look at first; none when the file may be acted on.
    pub fn unreviewed(&self) -> Option<&Facts> {
        match self {
            Self::Unreviewed(facts) => Some(facts),
            _ => None,
        }
    }
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
    /// The name and text of the file laid over it, when there is one.
    pub local: Option<(String, String)>,
    /// Every mistake found.
    pub problems: Vec<Problem>,
    /// Whether it may be acted on.
    pub trust: Trust,
    /// The profiles as the file has them, in the environment that holds.
    pub profiles: Profiles,
    /// Whether the files are TOML at all.
    pub readable: bool,
    pub(super) found: Found,
    pub(super) files: Arc<Files>,
    pub(super) session: String,
    pub(super) store: Option<TrustStore>,
}

/// The profiles cannot be had as they were asked for.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// As asked for.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// There is no such environment.
    #[error("{file} has no environment {name}; {}", those(.known))]
    NoEnvironment {
        /// As asked for.
        name: String,
        /// Where profiles come from.
        file: String,
        /// Those there are.
        known: Vec<String>,
        /// The one that may be meant.
        nearest: Option<String>,
    },
}

fn those(names: &[String]) -> String {
    if names.is_empty() { "it has none at all".to_owned() } else { format!("there are {}", names.join(", ")) }
}

impl SourceError {
    /// What to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::Unreadable { .. } => "Name another with --profiles, or use --demo.".to_owned(),
            Self::NoEnvironment { nearest: Some(near), .. } => format!("Did you mean --env {near}?"),
            Self::NoEnvironment { known, .. } if known.is_empty() => {
                "Leave --env and $TOKENSCOPE_ENV out, or add [environments.NAME] to the file.".to_owned()
            }
            Self::NoEnvironment { .. } => "Name one of them with --env.".to_owned(),
        }
    }
}

impl Source {
    /// Finds and reads the profiles. A file that is there but wrong is no error here: its problems say so.
    pub fn load(ask: &Ask, places: &Places) -> Result<Self, SourceError> {
        let (found, path) = places.find(&ask.choice);
        let found = match found {
            Found::Here | Found::Named if ask.trust => Found::VouchedFor,
            _ => found,
        };
        let files = Files::read(path.as_deref())?;
        let source = Self::of(found, files, String::new(), places.store.clone(), ask.environment.as_deref());
        match &ask.environment {
            Some(name) if source.readable && source.profiles.environment.as_ref() != Some(name) => {
                Err(source.no_environment(name))
            }
            _ => Ok(source),
        }
    }

    /// This file as one that came with a folder, wherever it lies: for a review of it.
    pub fn for_review(path: &Path, places: &Places) -> Result<Self, SourceError> {
        Ok(Self::of(Found::Here, Files::read(Some(path))?, String::new(), places.store.clone(), None))
    }

    /// The profiles built into the program.
    pub fn demo() -> Self {
        Self::of(Found::BuiltIn, Files::demo(), String::new(), None, None)
    }

    /// A file that is to be made: nothing is in it yet.
    pub fn to_be_made(path: &Path) -> Self {
        let (label, path) = (path.display().to_string(), Some(path.to_owned()));
        Self::of(Found::Named, Files { label, path, shared: Vec::new(), local: None }, String::new(), None, None)
    }

    /// A profiles.toml that lies nowhere, for tests: one that was named, or one that came with the folder.
    #[cfg(test)]
    pub(crate) fn in_memory(text: &str, environment: Option<&str>, named: bool) -> Self {
        let path = Some(PathBuf::from("profiles.toml"));
        let files = Files { label: "profiles.toml".into(), path, shared: text.into(), local: None };
        Self::of(if named { Found::Named } else { Found::Here }, files, String::new(), None, environment)
    }

    /// What these texts come to in an environment.
    pub(super) fn of(
        found: Found,
        files: Files,
        session: String,
        store: Option<TrustStore>,
        environment: Option<&str>,
    ) -> Self {
        let layers = files.layers(&session);
        let known = environment.filter(|name| config::environment_names(&layers).iter().any(|one| one.name == *name));
        let mut parsed = config::parse_layers(&layers, known);
        if files.path.is_some() {
            super::http::anchor(&mut parsed.profiles, &folder_of(files.path.as_deref()));
        }
        // What the person added in this session needs no second look.
        let trust = trust_in(found, &files.layers(""), files.path.as_deref(), store.as_ref());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            label: files.label.clone(),
            path: files.path.clone(),
            text: text(&files.shared),
            local: files.local.as_ref().map(|local| (files.local_label(), text(local))),
            problems: parsed.problems,
            trust,
            profiles: parsed.profiles,
            readable: parsed.readable,
            found,
            files: Arc::new(files),
            session,
            store,
        }
    }

    /// The same files in another environment, with other additions of the session.
    pub(super) fn anew(&self, session: String, environment: Option<&str>) -> Self {
        Self::of(self.found, (*self.files).clone(), session, self.store.clone(), environment)
    }

    /// Whether a person has said yes since it was read.
    pub(super) fn is_trusted_by_now(&self) -> bool {
        self.trust.unreviewed().is_some_and(|facts| is_reviewed(facts, self.path.as_deref(), self.store.as_ref()))
    }

    /// How the file of this layer is called, and its text.
    pub fn named(&self, layer: Layer) -> (&str, &str) {
        match (layer, &self.local) {
            (Layer::Local, Some((label, text))) => (label, text),
            (Layer::Session, _) => ("added in this session", &self.session),
            _ => (&self.label, &self.text),
        }
    }

    /// Every mistake, as people are told of it.
    pub fn rendered_problems(&self) -> Vec<String> {
        self.problems.iter().map(|problem| problem.render(|layer| self.named(layer))).collect()
    }

    pub(super) fn no_environment(&self, name: &str) -> SourceError {
        let names = || self.profiles.environments.iter().map(|one| one.name.as_str());
        SourceError::NoEnvironment {
            name: name.to_owned(),
            file: self.label.clone(),
            known: names().map(str::to_owned).collect(),
            nearest: nearest(name, names()),
        }
    }
}

fn trust_in(found: Found, layers: &Layers<'_>, path: Option<&Path>, store: Option<&TrustStore>) -> Trust {
    match found {
        Found::BuiltIn => return Trust::BuiltIn,
        Found::VouchedFor => return Trust::Named,
        Found::ConfigurationFolder => return Trust::ConfigurationFolder,
        Found::Named | Found::Here => {}
    }
    let facts = trust::facts(layers);
    if found == Found::Named && is_of_the_shared_alone(&facts, layers) {
        return Trust::Named;
    }
    if facts.is_empty() {
        return Trust::LocalOnly;
    }
    if is_reviewed(&facts, path, store) { Trust::Reviewed } else { Trust::Unreviewed(facts) }
}

/// Whether what lies beside the file adds nothing to what it does.
fn is_of_the_shared_alone(facts: &Facts, layers: &Layers<'_>) -> bool {
    layers.local.is_none()
        || trust::facts(&Layers { shared: layers.shared, local: None, session: None }).digest() == facts.digest()
}

/// Whether a person said yes to exactly these facts of this file.
pub(super) fn is_reviewed(facts: &Facts, path: Option<&Path>, store: Option<&TrustStore>) -> bool {
    path.zip(store).is_some_and(|(path, store)| store.is_trusted(path, &facts.digest()))
}

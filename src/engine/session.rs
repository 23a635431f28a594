//! What changes while the program runs: the environment, the file on disk, what a person reviewed, what was added.
//!
//! Every change makes a new [`Source`] and puts it in place as one, with the profiles made from it.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use thiserror::Error;

use super::places::{Files, Found};
use super::trust_store::TrustStoreError;
use super::{Engine, Source, SourceError, Standing};
use crate::config::{Addition, Changes, Layer, Profiles};
use crate::exchange::Secret;

/// What reading the files again came to.
#[derive(Debug)]
pub enum Reloaded {
    /// They are as they were.
    Unchanged,
    /// Other profiles hold now.
    Swapped(Standing),
    /// They cannot be used as they are; what held goes on to hold.
    Broken {
        /// What is wrong, each a line for people that begins with the place.
        problems: Vec<String>,
    },
}

/// A yes to a file could not be kept, or came to another file than the one that was looked at.
#[derive(Debug, Error)]
pub enum TrustError {
    /// What the file does is no longer what was reviewed.
    #[error("{file} changed while it was reviewed, so it is not trusted")]
    Changed {
        /// The file.
        file: String,
    },
    /// There is nowhere to keep it.
    #[error("there is no folder on this machine to remember in that {file} is trusted")]
    NoStore {
        /// The file.
        file: String,
    },
    /// It could not be written down.
    #[error(transparent)]
    Store(#[from] TrustStoreError),
}

/// An addition cannot be used.
#[derive(Debug, Error)]
#[error("{reason}")]
pub struct AdditionError {
    /// What is wrong with it, for people.
    pub reason: String,
}

impl Engine {
    /// From now on this environment holds.
    pub fn choose_environment(&self, name: &str) -> Result<Standing, SourceError> {
        let _one_at_a_time = self.inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.source();
        if !now.profiles.environments.iter().any(|environment| environment.name == name) {
            return Err(now.no_environment(name));
        }
        Ok(self.install(now.anew(now.session.clone(), Some(name)), By::Choice))
    }

    /// Reads the files again. Files that cannot be used leave in force what was.
    pub fn reload(&self) -> Reloaded {
        self.with_files(|now, files| self.reload_held(&now, files))
    }

    /// Reads the files, which may take its time, and then does this with them and what they are to replace, as the only
    /// change at that time.
    fn with_files<T>(&self, change: impl FnOnce(Arc<Source>, Result<Files, SourceError>) -> T) -> T {
        loop {
            let before = self.standing();
            let files = Files::read(before.source.path.as_deref());
            let _one_at_a_time = self.inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
            // Something else came first, perhaps with what was written later.
            if self.standing().turn == before.turn {
                return change(before.source, files);
            }
        }
    }

    fn reload_held(&self, now: &Source, files: Result<Files, SourceError>) -> Reloaded {
        if now.path.is_none() {
            return Reloaded::Unchanged;
        }
        let files = match files {
            Ok(files) => files,
            Err(error) => return self.broken(vec![error.to_string()]),
        };
        // The files may be as they were and yet be trusted by now, or be mended again.
        let was_broken = self.inner.broken.load(Ordering::Relaxed);
        if files == *now.files && !was_broken && !now.is_trusted_by_now() {
            return Reloaded::Unchanged;
        }
        let environment = now.profiles.environment.as_deref();
        let source = Source::of(now.found, files, now.session.clone(), now.store.clone(), environment);
        // An empty file is one that an editor is just about to write.
        if !source.readable || source.profiles.profiles.is_empty() {
            return self.broken(source.rendered_problems());
        }
        Reloaded::Swapped(self.install(source, By::Files))
    }

    fn broken(&self, problems: Vec<String>) -> Reloaded {
        self.inner.broken.store(true, Ordering::Relaxed);
        Reloaded::Broken { problems }
    }

    /// The person looked at the facts of this digest and trusts the file that states them.
    pub fn trust_reviewed(&self, digest: &str) -> Result<Reloaded, TrustError> {
        self.with_files(|now, files| {
            let file = now.label.clone();
            let Some(facts) = now.trust.unreviewed() else { return Ok(Reloaded::Unchanged) };
            if facts.digest() != digest {
                return Err(TrustError::Changed { file });
            }
            let (Some(store), Some(path)) = (&now.store, &now.path) else { return Err(TrustError::NoStore { file }) };
            store.trust(path, digest)?;
            Ok(self.reload_held(&now, files))
        })
    }

    /// Uses the addition in this session; it is not in the file until it is saved. A secret that has no place of its own
    /// in the addition is kept for this run.
    pub fn add_for_session(&self, addition: Addition, secret: Option<Secret>) -> Result<Standing, AdditionError> {
        let _one_at_a_time = self.inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.source();
        let session = format!("{}\n{}", now.session, addition.text());
        let source = now.anew(session, now.profiles.environment.as_deref());
        let wrong = source.problems.iter().find(|problem| problem.place.layer == Layer::Session);
        if let Some(problem) = wrong {
            return Err(AdditionError { reason: problem.what.clone() });
        }
        if !source.readable {
            return Err(AdditionError { reason: "it names something that was added already".to_owned() });
        }
        let standing = self.install(source, By::Files);
        if let (Some(profile), Some(secret)) = (&addition.profile, secret) {
            self.give_secret(&profile.name, secret);
        }
        self.inner.additions.lock().unwrap_or_else(PoisonError::into_inner).push(addition);
        Ok(standing)
    }

    /// What was added in this session and is not saved.
    pub(super) fn additions(&self) -> Vec<Addition> {
        self.inner.additions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was added is in the file now: reads that, without the session's own text. The digest is that of the facts a
    /// person agreed to by saving.
    pub(super) fn additions_saved(&self, path: &Path, agreed: Option<&str>) -> Reloaded {
        let files = Files::read(Some(path));
        let _one_at_a_time = self.inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.inner.additions.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let now = self.source();
        let files = match files {
            Ok(files) => files,
            Err(error) => return Reloaded::Broken { problems: vec![error.to_string()] },
        };
        // What began with the built-in profiles goes on with the file that was just written.
        let found = if now.found == Found::BuiltIn { Found::ConfigurationFolder } else { now.found };
        let environment = now.profiles.environment.as_deref();
        if let (Some(digest), Some(store)) = (agreed, &now.store) {
            // Where it cannot be remembered, the file is reviewed like any other.
            _ = store.trust(path, digest);
        }
        let source = Source::of(found, files, String::new(), now.store.clone(), environment);
        Reloaded::Swapped(self.install(source, By::Files))
    }

    /// Puts a source in place, with the addresses of a bundled server that had to move. What belongs to clients that are
    /// no longer the same is forgotten.
    fn install(&self, source: Source, by: By) -> Standing {
        let mut profiles = source.profiles.clone();
        for moved in self.inner.moved.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            moved.rewrite(&mut profiles);
        }
        self.inner.broken.store(false, Ordering::Relaxed);
        let mut standing = self.inner.standing.write().unwrap_or_else(PoisonError::into_inner);
        let before = Arc::clone(&standing.profiles);
        let turn = standing.turn + 1;
        *standing = Standing { turn, source: Arc::new(source), profiles: Arc::new(profiles) };
        let now = standing.clone();
        drop(standing);
        self.forget_others(&before, &now.profiles, by);
        self.inner.directory.forget();
        now
    }

    /// What was given or granted before is kept only for where it was meant.
    fn forget_others(&self, before: &Profiles, now: &Profiles, by: By) {
        let environment = now.environment.as_deref();
        let is_same = |name: &str| same_client(before, now, name, &Changes::default());
        match by {
            By::Choice if before.environment != now.environment => {
                self.inner.secrets.enter(environment, before.environment.as_deref());
            }
            // Whether an environment of that name is still the same one, nobody can tell later.
            By::Files if before.environment != now.environment => {
                self.inner.secrets.forget_given();
                self.inner.tokens.keep(|_, _| false);
            }
            By::Choice => {}
            By::Files => {
                self.inner.secrets.keep(is_same);
                self.inner.tokens.keep(|of, name| of == environment && is_same(name));
            }
        }
    }
}

/// What brings about a change.
#[derive(Clone, Copy)]
enum By {
    /// The person chose another environment of the same files.
    Choice,
    /// The files, or what is laid over them, are others.
    Files,
}

/// Whether the profile of this name, with these changes made to it before, is the same client at the same provider in
/// both: then its tokens still hold.
pub fn same_client(before: &Profiles, after: &Profiles, name: &str, changes: &Changes) -> bool {
    let client = |profiles: &Profiles, changes: &Changes| {
        let profile = profiles.profile(name)?.with(changes);
        let provider = profiles.provider(&profile.provider)?;
        let asks = (profile.grant, profile.auth, profile.scopes, profile.audience, profile.params);
        let person = (profile.redirect_uri, profile.username, profile.password);
        let by_hand = (provider.token_endpoint.clone(), provider.jwks_uri.clone(), provider.endpoints.clone());
        let place = (provider.issuer.clone(), by_hand);
        Some((profile.client_id, profile.secret, asks, person, place, provider.connection.clone()))
    };
    let is = client(after, &Changes::default());
    is.is_some() && client(before, changes) == is
}

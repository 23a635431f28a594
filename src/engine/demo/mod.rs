//! The bundled authorization server and API: used where they already run, else started in this process. The API can also
//! stand alone behind somebody else's authorization server.
//!
//! This folder is the only place of the explorer that knows the server crate's insides.

mod start;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokenscope_server::authorization::AuthorizationServer;
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::http::Http;
use super::{Failure, Notice};
use crate::config::{Api, Profiles, Provider};
use crate::oauth::Issuer;
use start::{Start, all_answer};

/// How long it is believed, without asking again, that a server run by another process is still there.
const BELIEVED: Duration = Duration::from_millis(500);

/// How long running requests may take to finish when the program ends.
const GRACE: Duration = Duration::from_secs(2);

/// The file that keeps its signing keys; none where no home folder is known.
pub fn key_file() -> Option<std::path::PathBuf> {
    tokenscope_server::realm::KeyFile::default_path().ok()
}

/// The bundled server as this process knows it.
#[derive(Default)]
pub struct Demo {
    /// By the provider whose part it plays, or before whose tokens its API stands.
    states: Mutex<BTreeMap<String, State>>,
    /// Counts how often it was looked for or started.
    turn: AtomicU64,
}

#[derive(Default)]
enum State {
    /// Nobody has needed it yet, or its owner has gone.
    #[default]
    Unknown,
    /// At least one part runs in this process.
    Here(Running),
    /// Another process runs it.
    Elsewhere { addresses: Vec<u16>, seen: Instant },
}

impl State {
    fn authorization(&self) -> Option<&AuthorizationServer> {
        let Self::Here(running) = self else { return None };
        running.authorization.as_ref()
    }

    fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown)
    }
}

struct Running {
    authorization: Option<AuthorizationServer>,
    shutdown: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    /// Ports of parts that another process runs.
    others: Vec<u16>,
}

/// New addresses of a bundled server that could not have its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    provider: String,
    issuer: Option<Issuer>,
    api: Option<(String, String)>,
}

impl Moved {
    /// Puts the new addresses into the profiles.
    pub fn rewrite(&self, profiles: &mut Profiles) {
        for provider in
            profiles.providers.iter_mut().filter(|provider| provider.embedded && provider.name == self.provider)
        {
            if let Some(issuer) = &self.issuer {
                provider.issuer = issuer.clone();
            }
        }
        let Some((name, base_url)) = &self.api else { return };
        for api in profiles.apis.iter_mut().filter(|api| api.embedded && api.name == *name) {
            api.base_url.clone_from(base_url);
        }
    }
}

impl Demo {
    /// Sees to it that the bundled server answers for this provider and API, the API alone when the provider is somebody
    /// else's; says when it had to move.
    pub async fn ensure(
        &self,
        http: &Http,
        provider: &Provider,
        api: Option<&Api>,
        notices: &UnboundedSender<Notice>,
    ) -> Result<Option<Moved>, Failure> {
        let mut states = self.states.lock().await;
        let state = states.entry(provider.name.clone()).or_default();
        let gone = match state {
            State::Unknown => true,
            State::Here(running) => !all_answer(&running.others).await,
            State::Elsewhere { seen, .. } if seen.elapsed() < BELIEVED => false,
            State::Elsewhere { addresses, seen } => {
                *seen = Instant::now();
                !all_answer(addresses).await
            }
        };
        if !gone {
            return Ok(None);
        }
        let start = Start { http, provider, api, notices };
        self.turn.fetch_add(1, Ordering::Relaxed);
        let (begun, moved) = start.begin(std::mem::take(state)).await?;
        *state = begun;
        Ok(moved)
    }

    /// Whether any part of it runs in this process.
    pub async fn is_here(&self) -> bool {
        self.states.lock().await.values().any(|state| matches!(state, State::Here(_)))
    }

    /// Which state of affairs a call begins with.
    pub fn turn(&self) -> u64 {
        self.turn.load(Ordering::Relaxed)
    }

    /// A call to this provider or its API that began at this turn was lost: whether it is worth sending again. It is when
    /// things have changed since, or when another process runs the server and may just have ended: then the next call
    /// looks again.
    pub async fn lost_at(&self, provider: &str, turn: u64) -> bool {
        let mut states = self.states.lock().await;
        if self.turn() != turn {
            return true;
        }
        match states.entry(provider.to_owned()).or_default() {
            State::Unknown => true,
            State::Here(running) => !running.others.is_empty(),
            elsewhere @ State::Elsewhere { .. } => {
                *elsewhere = State::Unknown;
                true
            }
        }
    }

    /// Signs with a new key from now on.
    pub async fn rotate_keys(&self) -> Result<(), Failure> {
        let states = self.states.lock().await;
        let Some(server) = states.values().find_map(State::authorization) else {
            let (reason, advice) = if states.values().any(State::is_known) {
                ("another process runs the server", "Send SIGUSR1 to the process that runs it.")
            } else {
                ("the bundled server does not run yet", "Fetch a token first.")
            };
            return Err(Failure::NotRotated { reason: reason.into(), advice: advice.into() });
        };
        server.rotate_keys().await.map(|_| ()).map_err(|error| Failure::NotRotated {
            reason: error.to_string(),
            advice: "The old keys stay in use.".into(),
        })
    }

    /// Ends the parts that run here, after their running requests.
    pub async fn shut_down(&self) {
        for state in std::mem::take(&mut *self.states.lock().await).into_values() {
            let State::Here(running) = state else { continue };
            running.shutdown.cancel();
            for task in running.tasks {
                let _ = tokio::time::timeout(GRACE, task).await;
            }
        }
    }
}

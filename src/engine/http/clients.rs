//! The HTTP clients, one for each way of connecting, each made when first needed: reading the system's root certificates
//! takes its time, and the demo on loopback must work on a machine that has none.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::authorities::{self, Stamp};
use super::connector::{Connector, Way};
use super::proxy::{Kind, Through};
use super::tls::Tls;
use crate::config::Connection;
use crate::exchange::{NoAnswer, TlsFault};

/// A client with the connections it keeps open.
pub(super) type Client = Pool<Connector, Full<Bytes>>;

/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(30);

/// More clients than this are not kept; those made first go first.
const KEPT: usize = 64;

/// The clients made so far.
#[derive(Default)]
pub(super) struct Clients {
    made: Mutex<Vec<(Settings, Client)>>,
    tls: Mutex<Vec<(Checks, Arc<Tls>)>>,
}

/// All that makes one client differ from another.
#[derive(Clone, PartialEq, Eq)]
struct Settings {
    checks: Option<Checks>,
    proxy: Option<Through>,
    limit: Duration,
}

/// How certificates are checked.
#[derive(Clone, PartialEq, Eq)]
enum Checks {
    /// `insecure = true`.
    None,
    /// By the system's roots.
    System,
    /// By these besides, as they were when last looked at.
    Also(PathBuf, Stamp),
}

/// Why there is no client: what lacks the server's place in its message yet.
pub(super) enum Unmade {
    Tls(TlsFault),
    Other(NoAnswer),
}

impl Unmade {
    /// The whole message.
    pub(super) fn at(self, place: &str) -> NoAnswer {
        match self {
            Self::Tls(fault) => NoAnswer::Tls { address: place.to_owned(), fault },
            Self::Other(answer) => answer,
        }
    }
}

impl Clients {
    /// The client for these settings.
    pub(super) fn get(
        &self,
        connection: &Connection,
        https: bool,
        proxy: Option<&Through>,
        limit: Duration,
    ) -> Result<Client, Unmade> {
        let secure = https || proxy.is_some_and(|proxy| proxy.kind == Kind::Https);
        let checks = if secure { Some(Checks::of(connection).map_err(Unmade::Other)?) } else { None };
        let tls = checks.as_ref().map(|checks| self.tls(checks)).transpose()?;
        let settings = Settings { checks, proxy: proxy.cloned(), limit };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = made.iter().find(|(held, _)| *held == settings) {
            return Ok(client.clone());
        }
        // Connections made under certificates that have changed since must not be used again.
        made.retain(|(held, _)| !outdated(held.checks.as_ref(), settings.checks.as_ref()));
        if made.len() >= KEPT {
            made.remove(0);
        }
        let way = Way { proxy: settings.proxy.clone(), tls, limit };
        let client = Pool::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            // Without a timer of its own: what is too old is found at the next call, and an idle program is not woken.
            .pool_idle_timeout(IDLE)
            .build(Connector(Arc::new(way)));
        made.push((settings, client.clone()));
        Ok(client)
    }

    fn tls(&self, checks: &Checks) -> Result<Arc<Tls>, Unmade> {
        let mut made = self.tls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, tls)) = made.iter().find(|(held, _)| held == checks) {
            return Ok(Arc::clone(tls));
        }
        let tls = match checks {
            Checks::None => Tls::unchecked(),
            Checks::System => Tls::with(Vec::new()).map_err(Unmade::Tls)?,
            Checks::Also(path, _) => Tls::with(authorities::read(path).map_err(Unmade::Other)?).map_err(Unmade::Tls)?,
        };
        made.retain(|(held, _)| !outdated(Some(held), Some(checks)));
        if made.len() >= KEPT {
            made.remove(0);
        }
        let tls = Arc::new(tls);
        made.push((checks.clone(), Arc::clone(&tls)));
        Ok(tls)
    }
}

impl Checks {
    fn of(connection: &Connection) -> Result<Self, NoAnswer> {
        match &connection.ca {
            _ if connection.insecure => Ok(Self::None),
            None => Ok(Self::System),
            Some(path) => Stamp::of(Path::new(path)).map(|stamp| Self::Also(path.into(), stamp)),
        }
    }
}

/// Whether `held` is of the same file as `now`, but as it was before.
fn outdated(held: Option<&Checks>, now: Option<&Checks>) -> bool {
    match (held, now) {
        (Some(Checks::Also(path, was)), Some(Checks::Also(same, is))) => path == same && was != is,
        _ => false,
    }
}

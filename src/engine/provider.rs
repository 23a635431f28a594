//! What is known of each authorization server: its metadata and its keys, fetched once and kept for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex as AsyncMutex;

use super::Failure;
use super::http::Http;
use crate::config::{Provider, is_loopback};
use crate::exchange::{Exchange, NoAnswer, Request};
use crate::jwt::KeySet;
use crate::oauth::{Metadata, MetadataError, ServerEndpoint, metadata_requests, read_metadata};

/// How long metadata and keys are taken as they are.
const KEPT: SignedDuration = SignedDuration::from_mins(5);

/// How soon the same unknown key id may cause another fetch.
const COOL_DOWN: SignedDuration = SignedDuration::from_secs(10);

/// A key set and where it came from.
#[derive(Clone, Debug)]
pub struct FetchedKeys {
    /// The keys.
    pub keys: Arc<KeySet>,
    /// Their address.
    pub url: String,
    /// When they were fetched.
    pub fetched: Timestamp,
    /// The key id they were fetched for.
    wanted: Option<String>,
}

impl FetchedKeys {
    /// Keys that were here already.
    pub fn local(keys: KeySet) -> Self {
        Self { keys: Arc::new(keys), url: String::new(), fetched: Timestamp::now(), wanted: None }
    }
}

/// How far a provider's discovery document may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// To wherever it says.
    Anywhere,
    /// To this machine only: nobody but a server on loopback answers for more, and whoever wrote the file may run it.
    ThisMachine,
}

/// What a provider says of its logins.
#[derive(Clone, Copy, Debug)]
pub struct Promises {
    /// Answers name the issuer (RFC 9207).
    pub names_issuer: bool,
    /// There is a device authorization endpoint (RFC 8628).
    pub device: bool,
}

/// Metadata and keys of every provider met so far, by its name, issuer and reach: two that name one issuer may be reached
/// in different ways, and what one of them took unchecked is not for the other.
#[derive(Default)]
pub struct Directory {
    known: Mutex<HashMap<(String, String, Reach), Arc<Known>>>,
}

#[derive(Default)]
struct Known {
    metadata: AsyncMutex<Option<(Arc<Metadata>, Timestamp)>>,
    keys: AsyncMutex<Option<FetchedKeys>>,
}

impl Directory {
    /// The token endpoint: the one given by hand, else the one discovery names.
    pub async fn token_endpoint(&self, http: &Http, provider: &Provider, reach: Reach) -> Result<String, Failure> {
        match &provider.token_endpoint {
            Some(given) => Ok(given.clone()),
            // What came in clear may have been changed on the way, so it must not say where a secret goes.
            None if is_in_clear(provider) => Err(in_clear(provider)),
            None => {
                let named = self.metadata(http, provider, reach).await?.token_endpoint.clone();
                found(provider, reach, "token_endpoint", named)
            }
        }
    }

    /// One of its further endpoints: the one given by hand, else the one discovery names.
    pub async fn endpoint(
        &self,
        http: &Http,
        provider: &Provider,
        reach: Reach,
        which: ServerEndpoint,
    ) -> Result<String, Failure> {
        match provider.by_hand(which) {
            Some(given) => Ok(given.to_owned()),
            None if is_in_clear(provider) => Err(in_clear(provider)),
            None => {
                let named = self.metadata(http, provider, reach).await?.endpoint(which);
                found(provider, reach, which.name(), named)
            }
        }
    }

    /// What a login has to know of the provider beside addresses. One that cannot be discovered promises nothing.
    pub async fn promises(&self, http: &Http, provider: &Provider, reach: Reach) -> Promises {
        let metadata = if is_in_clear(provider) { None } else { self.metadata(http, provider, reach).await.ok() };
        let device = ServerEndpoint::DeviceAuthorization;
        Promises {
            names_issuer: metadata.as_ref().is_some_and(|metadata| metadata.names_issuer_in_answers()),
            device: provider.by_hand(device).is_some()
                || metadata.is_some_and(|metadata| metadata.endpoint(device).is_some()),
        }
    }

    /// The provider's metadata, kept for five minutes. Whoever asks while it is being fetched shares the fetch.
    async fn metadata(&self, http: &Http, provider: &Provider, reach: Reach) -> Result<Arc<Metadata>, Failure> {
        let known = self.known(provider, reach);
        let mut slot = known.metadata.lock().await;
        if let Some((metadata, at)) = &*slot
            && Timestamp::now().duration_since(*at) < KEPT
        {
            return Ok(Arc::clone(metadata));
        }
        let metadata = fetch_metadata(http, provider).await?;
        *slot = Some((Arc::clone(&metadata), Timestamp::now()));
        Ok(metadata)
    }

    /// The provider's keys: those at hand while they are fresh and hold `kid`, else fetched anew; the same unknown `kid`
    /// causes a fetch at most every ten seconds.
    pub async fn keys(
        &self,
        http: &Http,
        provider: &Provider,
        reach: Reach,
        kid: Option<&str>,
    ) -> Result<FetchedKeys, Failure> {
        let known = self.known(provider, reach);
        let mut slot = known.keys.lock().await;
        if let Some(held) = &*slot {
            let age = Timestamp::now().duration_since(held.fetched);
            let has = kid.is_none_or(|kid| held.keys.keys.iter().any(|key| key.kid.as_deref() == Some(kid)));
            let looked_for = held.wanted.as_deref() == kid && age < COOL_DOWN;
            if looked_for || (has && age < KEPT) {
                return Ok(held.clone());
            }
        }
        let url = match &provider.jwks_uri {
            Some(given) => given.clone(),
            None => found(provider, reach, "jwks_uri", self.metadata(http, provider, reach).await?.jwks_uri.clone())?,
        };
        let fetched = FetchedKeys { wanted: kid.map(str::to_owned), ..fetch_keys(http, provider, url).await? };
        *slot = Some(fetched.clone());
        Ok(fetched)
    }

    /// The provider's metadata when it was fetched before: for advice, which asks nobody.
    pub fn metadata_at_hand(&self, provider: &Provider, reach: Reach) -> Option<Arc<Metadata>> {
        let known = self.known(provider, reach);
        let slot = known.metadata.try_lock().ok()?;
        slot.as_ref().map(|(metadata, _)| Arc::clone(metadata))
    }

    /// Forgets everything, as when the bundled server moved.
    pub fn forget(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn known(&self, provider: &Provider, reach: Reach) -> Arc<Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry((provider.name.clone(), provider.issuer.to_string(), reach)).or_default())
    }
}

/// An address out of a discovery document, if it may be used.
pub(super) fn found(
    provider: &Provider,
    reach: Reach,
    what: &'static str,
    url: Option<String>,
) -> Result<String, Failure> {
    let issuer = || provider.issuer.to_string();
    match url {
        Some(url) if reach == Reach::ThisMachine && !is_loopback(&url) => {
            Err(Failure::LedAway { issuer: issuer(), what, url })
        }
        Some(url) => Ok(url),
        None => Err(Failure::NotOffered { issuer: issuer(), what }),
    }
}

/// Whether discovery goes over plain HTTP to another machine, and that was not allowed.
fn is_in_clear(provider: &Provider) -> bool {
    let issuer = provider.issuer.as_str();
    issuer.starts_with("http://") && !is_loopback(issuer) && !provider.connection.plaintext
}

fn in_clear(provider: &Provider) -> Failure {
    let request = Request::new("GET", provider.issuer.to_string());
    let error = NoAnswer::PlainText { url: request.url.clone() };
    let (started, elapsed) = (Timestamp::now(), std::time::Duration::ZERO);
    let outcome = Err(error.clone());
    let exchange = Exchange { request, outcome, started, elapsed, to_head: None, notes: Vec::new() };
    Failure::NoAnswer { exchange: Arc::new(exchange), error }
}

/// Looks for the metadata in each place it may stand; the failure told of is that of the usual place.
async fn fetch_metadata(http: &Http, provider: &Provider) -> Result<Arc<Metadata>, Failure> {
    let mut first = None;
    for request in metadata_requests(&provider.issuer) {
        let exchange = Arc::new(http.send(request, &provider.connection).await);
        let response = match &exchange.outcome {
            Ok(response) => response,
            Err(error) => return Err(first.unwrap_or(Failure::NoAnswer { error: error.clone(), exchange })),
        };
        match read_metadata(&provider.issuer, &exchange.request.url, response) {
            Ok(metadata) => return Ok(Arc::new(metadata)),
            Err(error) => {
                let elsewhere = matches!(error, MetadataError::Status { status: 400..500, .. });
                let failure = first.unwrap_or(Failure::Discovery { exchange, error });
                if !elsewhere {
                    return Err(failure);
                }
                first = Some(failure);
            }
        }
    }
    Err(first.unwrap_or(Failure::NotOffered { issuer: provider.issuer.to_string(), what: "metadata" }))
}

async fn fetch_keys(http: &Http, provider: &Provider, url: String) -> Result<FetchedKeys, Failure> {
    let request = Request::new("GET", url.clone()).header("Accept", "application/json");
    let exchange = Arc::new(http.send(request, &provider.connection).await);
    read_keys(exchange, url)
}

/// Reads a key set out of an exchange.
pub fn read_keys(exchange: Arc<Exchange>, url: String) -> Result<FetchedKeys, Failure> {
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(error) => return Err(Failure::NoAnswer { error: error.clone(), exchange }),
    };
    if response.status != 200 {
        let reason = format!("{url} answered {}", response.status);
        return Err(Failure::KeySet { exchange, reason });
    }
    match KeySet::parse(&response.body) {
        Ok(keys) => Ok(FetchedKeys { keys: Arc::new(keys), url, fetched: exchange.started, wanted: None }),
        Err(error) => {
            let reason = format!("{url}: {error}");
            Err(Failure::KeySet { exchange, reason })
        }
    }
}

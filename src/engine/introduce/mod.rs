//! Making an authorization server known: from what somebody pasted, by discovery, to what it is and offers.
//!
//! Asks only the host in what was pasted, follows no redirect, sends no secret. Cancel by dropping the future.
//!
//! Imports `config`, `oauth` and `exchange` of this crate.

mod judge;
mod unmet;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use super::Engine;
use super::http::Http;
use crate::config::pasted::{Candidate, Pasted, Reading, same_host};
use crate::config::{Connection, is_loopback};
use crate::exchange::{Exchange, NoAnswer, Request};
use crate::oauth::{ClientAuth, Issuer, Metadata, MetadataError, metadata_requests, read_document};

pub use unmet::{Proposal, Unmet};

/// How many requests are sent at most.
const REQUESTS: usize = 24;

/// An authorization server that answered.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// What to write as its issuer: as it calls itself.
    pub issuer: Issuer,
    /// The token endpoint, where discovery at that issuer would not find it.
    pub token_endpoint: Option<String>,
    /// The key set's address, likewise.
    pub jwks_uri: Option<String>,
    /// What it says of itself.
    pub metadata: Metadata,
    /// What is worth knowing of how it was found, the weightiest first.
    pub remarks: Vec<Remark>,
    /// The answer it was learnt from.
    pub exchange: Arc<Exchange>,
}

/// Something worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Whether something may go wrong because of it.
    pub warning: bool,
    /// In words.
    pub text: String,
}

impl Remark {
    fn note(text: impl Into<String>) -> Self {
        Self { warning: false, text: text.into() }
    }

    fn warning(text: impl Into<String>) -> Self {
        Self { warning: true, text: text.into() }
    }
}

impl Introduction {
    /// Where tokens are got, whichever way it is known.
    pub fn tokens_from(&self) -> Option<&str> {
        self.token_endpoint.as_deref().or(self.metadata.token_endpoint.as_deref())
    }

    /// Whether the secret would go over plain HTTP to another machine, which has to be allowed.
    pub fn needs_plaintext(&self) -> bool {
        let plain = |url: &str| url.starts_with("http://") && !is_loopback(url);
        plain(self.issuer.as_str()) || self.tokens_from().is_some_and(plain)
    }

    /// The ways of client authentication that this program knows and the provider does not rule out, the best first.
    pub fn ways_to_authenticate(&self) -> Vec<ClientAuth> {
        let all = [ClientAuth::Basic, ClientAuth::Post, ClientAuth::BasicRaw, ClientAuth::None];
        let Some(listed) = self.metadata.authentication() else { return all.to_vec() };
        let allows = |auth: &ClientAuth| {
            let name = match auth {
                ClientAuth::Basic | ClientAuth::BasicRaw => "client_secret_basic",
                ClientAuth::Post => "client_secret_post",
                ClientAuth::None => "none",
            };
            listed.iter().any(|listed| listed == name)
        };
        let allowed: Vec<ClientAuth> = all.into_iter().filter(allows).collect();
        if allowed.is_empty() { all.to_vec() } else { allowed }
    }
}

impl Engine {
    /// Finds the authorization server that was meant. `progress` hears each address before it is asked.
    pub async fn introduce(
        &self,
        pasted: &Pasted,
        connection: &Connection,
        progress: impl Fn(&str) + Send + Sync,
    ) -> Result<Introduction, Unmet> {
        let round = Round {
            http: &self.inner.http,
            connection,
            progress: &progress,
            sent: 0,
            silent: HashMap::new(),
            tried: Vec::new(),
        };
        round.run(pasted).await
    }
}

/// One search.
struct Round<'a> {
    http: &'a Http,
    connection: &'a Connection,
    progress: &'a (dyn Fn(&str) + Send + Sync),
    sent: usize,
    /// Hosts that gave no answer, each asked once.
    silent: HashMap<String, NoAnswer>,
    tried: Vec<Tried>,
}

/// An address that was asked in vain.
#[derive(Clone, Debug)]
struct Tried {
    reading: Reading,
    exchange: Arc<Exchange>,
    /// What is wrong with the answer; none when none came.
    error: Option<MetadataError>,
}

impl Round<'_> {
    async fn run(mut self, pasted: &Pasted) -> Result<Introduction, Unmet> {
        let mut lame = None;
        for candidate in &pasted.candidates {
            let Some((metadata, exchange)) = self.try_issuer(candidate).await else { continue };
            let met = self.judge(candidate, metadata, exchange).await?;
            if met.tokens_from().is_some() {
                return Ok(met);
            }
            lame = lame.or(Some(met));
        }
        if let Some(lame) = lame {
            return Err(unmet::without_token_endpoint(&lame));
        }
        for base in &pasted.keycloak {
            let master = Candidate { issuer: Issuer::new(format!("{base}/realms/master")), reading: Reading::Within };
            if self.try_first(&master).await {
                return Err(unmet::without_realm(base));
            }
        }
        Err(unmet::of(pasted, &self.tried, self.sent))
    }

    /// Looks for the metadata of one issuer in each place it may stand.
    async fn try_issuer(&mut self, candidate: &Candidate) -> Option<(Metadata, Arc<Exchange>)> {
        for request in metadata_requests(&candidate.issuer) {
            let exchange = self.ask(request).await?;
            let Ok(response) = &exchange.outcome else {
                self.tried.push(Tried { reading: candidate.reading, exchange, error: None });
                return None;
            };
            match read_document(&exchange.request.url, response) {
                Ok(metadata) => return Some((metadata, exchange)),
                Err(error) => {
                    self.tried.push(Tried { reading: candidate.reading, exchange, error: Some(error) });
                }
            }
        }
        None
    }

    /// Whether there is metadata in the usual place of this issuer.
    async fn try_first(&mut self, candidate: &Candidate) -> bool {
        let Some(request) = metadata_requests(&candidate.issuer).into_iter().next() else { return false };
        let Some(exchange) = self.ask(request).await else { return false };
        let found = exchange.response().is_some_and(|response| read_document(&exchange.request.url, response).is_ok());
        if !found && exchange.outcome.is_err() {
            self.tried.push(Tried { reading: candidate.reading, exchange, error: None });
        }
        found
    }

    /// Sends one request; none when its host is known to be silent or enough was asked.
    async fn ask(&mut self, request: Request) -> Option<Arc<Exchange>> {
        let place = words::origin(&request.url);
        if self.sent >= REQUESTS || self.silent.contains_key(&place) {
            return None;
        }
        self.sent += 1;
        (self.progress)(&request.url);
        let exchange = Arc::new(self.http.send(request, self.connection).await);
        if let Err(error) = &exchange.outcome {
            self.silent.insert(place, error.clone());
        }
        Some(exchange)
    }

    /// What the document and the way to it come to. Where it names another issuer on the same host, that one is asked.
    async fn judge(
        &mut self,
        candidate: &Candidate,
        metadata: Metadata,
        exchange: Arc<Exchange>,
    ) -> Result<Introduction, Unmet> {
        let asked = candidate.issuer.as_str().to_owned();
        let named = metadata.issuer.clone();
        let tenant = named.as_str().contains('{');
        if tenant {
            return Err(unmet::without_tenant(&metadata));
        }
        let mut met = judge::as_found(candidate, metadata, exchange);
        let same = named.as_str().trim_end_matches('/') == asked.trim_end_matches('/');
        if !same && same_host(&asked, named.as_str()) {
            let theirs = Candidate { issuer: named.clone(), reading: candidate.reading };
            match self.try_issuer(&theirs).await {
                Some((metadata, exchange)) if metadata.issuer == named => {
                    met = judge::as_found(&theirs, metadata, exchange);
                    met.remarks.insert(0, judge::calls_itself(&asked, named.as_str()));
                }
                _ => judge::by_hand(&mut met, &asked),
            }
        } else if !same {
            judge::by_hand(&mut met, &asked);
        }
        judge::tokens_elsewhere(&mut met, &asked);
        met.remarks.sort_by_key(|remark| !remark.warning);
        Ok(met)
    }
}

//! Fetching an issuer's key set: through its discovery document, or from a given address.
//!
//! No redirect is followed, loopback never goes through a proxy, and time and size are bounded.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use reqwest::{Client, Url, redirect};
use serde::Deserialize;

use super::key_set::{KeySet, KeySetError};

/// Largest document, in bytes.
const LARGEST_DOCUMENT: usize = 512 * 1024;

/// Why the key set could not be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{0} is no http or https address")]
    Address(String),
    #[error("no HTTP client: {0}")]
    Client(String),
    #[error("GET {url}: {why}")]
    NoAnswer { url: Url, why: String },
    #[error("GET {url} answered {status}, not 200")]
    Status { url: Url, status: u16 },
    #[error("GET {url} answered more than {LARGEST_DOCUMENT} bytes")]
    TooLarge { url: Url },
    #[error("GET {url} answered no discovery document: {why}")]
    NoDiscovery { url: Url, why: String },
    #[error("the discovery document at {url} is of another issuer than {expected}")]
    OtherIssuer { url: Url, expected: String },
    #[error("the discovery document names the key set {jwks_uri}, which is not https though the issuer is")]
    Downgrade { jwks_uri: Url },
    #[error("GET {url}: {source}")]
    NoKeySet { url: Url, source: KeySetError },
}

/// Where the keys of one issuer are, and how to get them.
pub(super) struct Fetch {
    issuer: String,
    given: Option<String>,
    deadline: Duration,
    discovered: Mutex<Option<Url>>,
    loopback: OnceLock<Client>,
    outside: OnceLock<Client>,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Discovery {
    /// Where the key set is, by a document found at `url`.
    fn key_set_address(&self, url: Url, issuer: &str) -> Result<Url, FetchError> {
        // As spelt (OpenID Connect Discovery 1.0 section 4.3), so that no document speaks for another issuer.
        if self.issuer != issuer {
            return Err(FetchError::OtherIssuer { url, expected: issuer.to_owned() });
        }
        let jwks_uri = address(&self.jwks_uri)?;
        if url.scheme() == "https" && jwks_uri.scheme() != "https" {
            return Err(FetchError::Downgrade { jwks_uri });
        }
        Ok(jwks_uri)
    }
}

impl Fetch {
    /// Keys of `issuer`, from `given` when that is known, else from where its discovery document
    /// says. `deadline` is for one document, from connecting to the last byte.
    pub(super) fn new(issuer: String, given: Option<String>, deadline: Duration) -> Self {
        Self {
            issuer,
            given,
            deadline,
            discovered: Mutex::new(None),
            loopback: OnceLock::new(),
            outside: OnceLock::new(),
        }
    }

    /// Fetches the key set. Discovery is asked once, and again after a failure.
    pub(super) async fn key_set(&self) -> Result<KeySet, FetchError> {
        let url = match &self.given {
            Some(given) => address(given)?,
            None => self.discovered_address().await?,
        };
        let result = self.key_set_at(url).await;
        if result.is_err() {
            self.discovered.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
        result
    }

    async fn key_set_at(&self, url: Url) -> Result<KeySet, FetchError> {
        let document = self.get(url.clone()).await?;
        KeySet::parse(&document).map_err(|source| FetchError::NoKeySet { url, source })
    }

    async fn discovered_address(&self) -> Result<Url, FetchError> {
        let known = self.discovered.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(url) = known {
            return Ok(url);
        }
        let issuer = self.issuer.trim_end_matches('/');
        let url = address(&format!("{issuer}/.well-known/openid-configuration"))?;
        let document = self.get(url.clone()).await?;
        let discovery: Discovery = serde_json::from_slice(&document)
            .map_err(|error| FetchError::NoDiscovery { url: url.clone(), why: error.to_string() })?;
        let jwks_uri = discovery.key_set_address(url, &self.issuer)?;
        *self.discovered.lock().unwrap_or_else(PoisonError::into_inner) = Some(jwks_uri.clone());
        Ok(jwks_uri)
    }

    async fn get(&self, url: Url) -> Result<Vec<u8>, FetchError> {
        let no_answer = |error: reqwest::Error| FetchError::NoAnswer { url: url.clone(), why: reason(&error) };
        let mut response = self.client(&url)?.get(url.clone()).send().await.map_err(no_answer)?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(FetchError::Status { url, status });
        }
        let mut document = Vec::new();
        while let Some(part) = response.chunk().await.map_err(no_answer)? {
            if document.len() + part.len() > LARGEST_DOCUMENT {
                return Err(FetchError::TooLarge { url });
            }
            document.extend_from_slice(&part);
        }
        Ok(document)
    }

    /// The client for this address, made when first needed: one that reads certificates is slow to make.
    fn client(&self, url: &Url) -> Result<&Client, FetchError> {
        let base = || Client::builder().timeout(self.deadline).redirect(redirect::Policy::none());
        let (slot, builder) = if is_loopback(url) {
            // A name that means this machine in any case, on whichever family the other side listens.
            let both = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
            let both = both.map(|address| SocketAddr::new(address, 0));
            let builder = base().no_proxy().resolve_to_addrs("localhost", &both);
            let plain = url.scheme() == "http";
            (&self.loopback, if plain { builder.tls_certs_only([]) } else { builder })
        } else {
            (&self.outside, base())
        };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = builder.build().map_err(|error| FetchError::Client(reason(&error)))?;
        Ok(slot.get_or_init(|| client))
    }
}

fn address(text: &str) -> Result<Url, FetchError> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| FetchError::Address(text.to_owned()))
}

/// Whether the address is this machine's own.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// The innermost cause: what a person needs to hear.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_no_less_safely_than_the_document_that_names_them() -> Result<(), FetchError> {
        let named = |issuer: &str, jwks_uri: &str| {
            let discovery = Discovery { issuer: issuer.to_owned(), jwks_uri: jwks_uri.to_owned() };
            let url = address(&format!("{issuer}/.well-known/openid-configuration"))?;
            discovery.key_set_address(url, issuer).map(String::from)
        };
        assert_eq!(named("https://i.example", "https://k.example/keys")?, "https://k.example/keys");
        assert_eq!(named("http://localhost:1", "http://localhost:1/keys")?, "http://localhost:1/keys");
        let downgraded = named("https://i.example", "http://i.example/keys");
        assert!(matches!(downgraded, Err(FetchError::Downgrade { .. })), "{downgraded:?}");
        Ok(())
    }
}

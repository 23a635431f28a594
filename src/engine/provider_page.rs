//! A provider as a page: its discovery document with what is to be said of it, and every key it publishes.

use std::sync::Arc;

use jiff::Timestamp;

use super::keys::named_by_a_person;
use super::provider::{Reach, found};
use super::{Engine, Failure};
use crate::config::Provider;
use crate::exchange::{Exchange, Request};
use crate::jwt::{KeyRow, key_rows};
use crate::oauth::{
    DocumentFinding, Issuer, Metadata, MetadataError, Offer, check_document, check_keys, metadata_requests, offers,
    read_document,
};

/// Whose page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderOf {
    /// The provider of this profile.
    Profile(String),
    /// This issuer; a person named it.
    Issuer(String),
}

/// What a provider says of itself.
#[derive(Clone, Debug)]
pub struct ProviderPage {
    /// The issuer asked for.
    pub asked: Issuer,
    /// How the document was got.
    pub exchange: Arc<Exchange>,
    /// The document.
    pub metadata: Metadata,
    /// What it offers.
    pub offers: Vec<Offer>,
    /// What is wrong or odd about it.
    pub findings: Vec<DocumentFinding>,
    /// Its keys, or why they could not be had.
    pub keys: Result<PublishedKeys, Failure>,
}

/// The keys that a provider publishes.
#[derive(Clone, Debug)]
pub struct PublishedKeys {
    /// Their address.
    pub url: String,
    /// When they were fetched.
    pub fetched: Timestamp,
    /// One by one.
    pub rows: Vec<KeyRow>,
}

impl Engine {
    /// Fetches a provider's document and keys anew and looks at them.
    pub async fn provider_page(&self, of: &ProviderOf) -> Result<ProviderPage, Failure> {
        match of {
            ProviderOf::Profile(name) => {
                let standing = self.ready_for(name, None).await?;
                let (_, provider) = standing.usable(name, None)?;
                self.page(provider, standing.reach(provider)).await
            }
            ProviderOf::Issuer(issuer) => {
                let profiles = self.profiles();
                let known = profiles.providers.iter().find(|provider| provider.issuer.as_str() == issuer);
                if let Some(embedded) = known.filter(|provider| provider.embedded) {
                    self.ready(&embedded.name).await?;
                }
                self.page(&named_by_a_person(issuer), Reach::Anywhere).await
            }
        }
    }

    async fn page(&self, provider: &Provider, reach: Reach) -> Result<ProviderPage, Failure> {
        let (exchange, metadata) = self.document(provider).await?;
        let asked = provider.issuer.clone();
        let keys = match &provider.jwks_uri {
            Some(given) => Ok(given.clone()),
            // RFC 8414 section 3.3: what a document of another issuer says is not used.
            None if metadata.issuer != asked => Err(Failure::Discovery {
                exchange: Arc::clone(&exchange),
                error: MetadataError::OtherIssuer { asked: asked.clone(), found: metadata.issuer.to_string() },
            }),
            None => found(provider, reach, "jwks_uri", metadata.jwks_uri.clone()),
        };
        let keys = match keys {
            Ok(url) => self.published(provider, url).await,
            Err(failure) => Err(failure),
        };
        let mut findings = check_document(&asked, &metadata);
        findings.extend(keys.iter().flat_map(|keys| check_keys(&keys.rows)));
        Ok(ProviderPage { asked, exchange, offers: offers(&metadata), findings, metadata, keys })
    }

    /// The document, from the first place where there is one, whatever issuer it names.
    async fn document(&self, provider: &Provider) -> Result<(Arc<Exchange>, Metadata), Failure> {
        let mut first = None;
        for request in metadata_requests(&provider.issuer) {
            let exchange = Arc::new(self.inner.http.send(request, &provider.connection).await);
            let response = match &exchange.outcome {
                Ok(response) => response,
                Err(error) => return Err(first.unwrap_or(Failure::NoAnswer { error: error.clone(), exchange })),
            };
            match read_document(&exchange.request.url, response) {
                Ok(metadata) => return Ok((exchange, metadata)),
                Err(error) => first = Some(first.unwrap_or(Failure::Discovery { exchange, error })),
            }
        }
        Err(first.unwrap_or(Failure::NotOffered { issuer: provider.issuer.to_string(), what: "metadata" }))
    }

    async fn published(&self, provider: &Provider, url: String) -> Result<PublishedKeys, Failure> {
        let request = Request::new("GET", url.clone()).header("Accept", "application/json");
        let exchange = Arc::new(self.inner.http.send(request, &provider.connection).await);
        let rows = match &exchange.outcome {
            Ok(response) if response.status == 200 => key_rows(&response.body, Timestamp::now()).map_err(|error| {
                Failure::KeySet { reason: format!("{url}: {error}"), exchange: Arc::clone(&exchange) }
            })?,
            Ok(response) => {
                let reason = format!("{url} answered {}", response.status);
                return Err(Failure::KeySet { exchange, reason });
            }
            Err(error) => return Err(Failure::NoAnswer { error: error.clone(), exchange }),
        };
        Ok(PublishedKeys { url, fetched: exchange.started, rows })
    }
}

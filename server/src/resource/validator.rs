//! Decides about requests with the keys of one issuer, fetching and remembering what it needs.

use std::{fmt, sync::Arc, time::Duration};

use axum::http::HeaderMap;

use super::{
    claims::Principal,
    decision::{self, Policy},
    fetch::Fetch,
    key_source::{KeySource, Trusted},
    refusal::Refusal,
    remembered::TokenHash,
    require_auth::RequireAuth,
};
use crate::clock::Clock;

/// Whom a validator trusts, and how.
#[derive(Debug, Clone)]
pub struct ValidatorOptions {
    /// The only trusted issuer, compared as spelt.
    pub issuer: String,
    /// Where its key set is; unless given, where its discovery document says.
    pub jwks_uri: Option<String>,
    /// What `aud` must have in it; not looked at unless given.
    pub audience: Option<String>,
    /// By how many seconds `exp` and `nbf` may be missed.
    pub leeway: u64,
    /// The `realm` of the challenge; unless given, the last part of the issuer.
    pub realm: Option<String>,
    /// Time between two fetches because of an unknown key, or after a failure.
    pub cool_down: Duration,
    /// Age at which keys are fetched anew, in the background.
    pub max_age: Duration,
    /// Time for fetching one document.
    pub deadline: Duration,
    /// The time.
    pub clock: Clock,
}

impl ValidatorOptions {
    /// Trusts `issuer`, with everything else as it is best without further knowledge.
    pub fn new(issuer: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            jwks_uri: None,
            audience: None,
            leeway: 0,
            realm: None,
            cool_down: Duration::from_secs(5),
            max_age: Duration::from_mins(5),
            deadline: Duration::from_secs(5),
            clock: Clock::system(),
        }
    }
}

/// Checks access tokens of one issuer. Cheap to clone: all clones share keys and memory.
#[derive(Clone)]
pub struct Validator(Arc<Inner>);

struct Inner {
    policy: Policy,
    realm: String,
    clock: Clock,
    source: Arc<KeySource>,
}

impl Validator {
    /// A validator. Fetches nothing until the first token comes.
    pub fn new(options: ValidatorOptions) -> Self {
        let realm = options
            .realm
            .unwrap_or_else(|| options.issuer.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned());
        let policy =
            Policy { audience: options.audience, leeway: options.leeway, ..Policy::new(options.issuer.clone()) };
        let fetch = Fetch::new(options.issuer, options.jwks_uri, options.deadline);
        let source = KeySource::new(fetch, options.clock.clone(), options.cool_down, options.max_age);
        Self(Arc::new(Inner { policy, realm: quotable(&realm), clock: options.clock, source }))
    }

    /// The trusted issuer.
    pub fn issuer(&self) -> &str {
        &self.0.policy.issuer
    }

    /// The `realm` of the challenges.
    pub fn realm(&self) -> &str {
        &self.0.realm
    }

    /// Decides about a request by its headers.
    ///
    /// # Errors
    /// The [`Refusal`] to answer with.
    pub async fn check(&self, headers: &HeaderMap, requirement: &RequireAuth) -> Result<Arc<Principal>, Refusal> {
        let principal = self.authenticate(headers).await?;
        requirement.check(&principal)?;
        Ok(principal)
    }

    /// Finds out who is asking; what an endpoint wants of them comes after.
    pub(super) async fn authenticate(&self, headers: &HeaderMap) -> Result<Arc<Principal>, Refusal> {
        let token = decision::bearer_token(headers)?;
        let trusted = self.0.source.current().await?;
        match self.judge(token, &trusted) {
            Err(refusal) if refusal.may_end_with_newer_keys() => match self.0.source.newer_than(&trusted).await {
                Some(newer) => self.judge(token, &newer),
                None => Err(refusal),
            },
            judged => judged,
        }
    }

    /// Judges a token; one that was found good before only by the time.
    fn judge(&self, token: &[u8], trusted: &Trusted) -> Result<Arc<Principal>, Refusal> {
        let now = self.0.clock.seconds();
        let hash = TokenHash::of(token);
        if let Some(known) = trusted.remembered.get(&hash) {
            return match known.check_time(&self.0.policy, now) {
                Ok(()) => Ok(known),
                Err(over) => {
                    trusted.remembered.forget(&hash);
                    Err(over)
                }
            };
        }
        let principal = Arc::new(decision::check_token(token, &trusted.keys, &self.0.policy, now)?);
        trusted.remembered.insert(hash, Arc::clone(&principal));
        Ok(principal)
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validator").field("policy", &self.0.policy).finish_non_exhaustive()
    }
}

/// A realm that can stand in a quoted string of a header.
fn quotable(realm: &str) -> String {
    realm.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\')).collect()
}

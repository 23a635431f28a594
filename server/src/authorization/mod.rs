//! The authorization server, Keycloak-shaped: discovery, key set and token endpoint of one realm.
//!
//! Must never import `resource`: the API and it meet over HTTP alone.

mod certs;
mod claims;
mod client_authentication;
mod discovery;
mod error;
mod form;
mod headers;
mod scope;
mod token;

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{Router, middleware};

use crate::{
    access_log,
    clock::Clock,
    realm::{KeyError, Realm, SigningKeys},
};

/// An authorization server for one realm. Cheap to clone: all clones are the same server.
#[derive(Clone)]
pub struct AuthorizationServer(Arc<Inner>);

struct Inner {
    realm: Realm,
    issuer: String,
    clock: Clock,
    keys: RwLock<Arc<SigningKeys>>,
    /// One rotation at a time.
    rotation: tokio::sync::Mutex<()>,
}

impl AuthorizationServer {
    /// A server that hands out tokens of `realm`, signed with `keys`, in the name of `issuer`:
    /// the address up to and including `/realms/{name}`, without a trailing slash. It stands in
    /// every token and document exactly as given, whatever address a request was sent to.
    pub fn new(realm: Realm, keys: SigningKeys, issuer: String) -> Self {
        Self::with_clock(realm, keys, issuer, Clock::system())
    }

    /// The same with a clock of one's own.
    pub fn with_clock(realm: Realm, keys: SigningKeys, issuer: String, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            realm,
            issuer,
            clock,
            keys: RwLock::new(Arc::new(keys)),
            rotation: tokio::sync::Mutex::default(),
        }))
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The realm.
    pub fn realm(&self) -> &Realm {
        &self.0.realm
    }

    /// Where tokens are to be had (RFC 6749 section 3.2).
    pub fn token_endpoint(&self) -> String {
        format!("{}/protocol/openid-connect/token", self.0.issuer)
    }

    /// Where the key set is to be had.
    pub fn jwks_uri(&self) -> String {
        format!("{}/protocol/openid-connect/certs", self.0.issuer)
    }

    /// Everything this server answers, to be served wherever the issuer points.
    pub fn router(&self) -> Router {
        let realm = self.0.realm.name();
        let base = format!("/realms/{realm}");
        let endpoint = |path: &str| format!("{base}/{path}");
        let token = axum::routing::any(token::endpoint);
        let certs = headers::get_only(certs::endpoint);
        Router::new()
            .route(&endpoint(".well-known/openid-configuration"), headers::get_only(discovery::endpoint))
            .route(&endpoint("protocol/openid-connect/certs"), certs.clone())
            // JAX-RS, which Keycloak is built on, takes a trailing slash for none.
            .route(&endpoint("protocol/openid-connect/certs/"), certs)
            .route(&endpoint("protocol/openid-connect/token"), token.clone())
            .route(&endpoint("protocol/openid-connect/token/"), token)
            .fallback(error::unknown_path)
            .layer(middleware::from_fn(headers::refuse_odd_paths))
            .layer(middleware::map_response(headers::add_security_headers))
            .layer(middleware::from_fn(access_log::one_line))
            .with_state(self.clone())
    }

    /// Signs with a new key from now on and answers its `kid`. The old public key stays in the
    /// key set while tokens signed with it may live. Kept in the key file when the keys came from
    /// one; when that cannot be written, nothing changes.
    ///
    /// # Errors
    /// [`KeyError`] when a key cannot be made or kept.
    pub async fn rotate_keys(&self) -> Result<String, KeyError> {
        let _one_at_a_time = self.0.rotation.lock().await;
        let old = self.keys();
        let (now, retire_at) = (self.0.clock.seconds(), self.retire_at());
        let new = tokio::task::spawn_blocking(move || old.rotated(now, retire_at))
            .await
            .map_err(|_| KeyError::Library("finish making a key"))??;
        let kid = new.active_kid().to_owned();
        self.take_over(new);
        tracing::info!(kid, "keys rotated");
        Ok(kid)
    }

    /// The keys as they are now: another process may share the key file and have changed them.
    fn keys(&self) -> Arc<SigningKeys> {
        let known = Arc::clone(&self.0.keys.read().unwrap_or_else(PoisonError::into_inner));
        match known.newer(self.retire_at()) {
            Ok(None) => known,
            Ok(Some(newer)) => {
                tracing::info!(kid = newer.active_kid(), "another process has changed the keys");
                self.take_over(newer)
            }
            Err(error) => {
                tracing::warn!("the keys stay as they were: {error}");
                known
            }
        }
    }

    fn take_over(&self, keys: SigningKeys) -> Arc<SigningKeys> {
        let keys = Arc::new(keys);
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&keys);
        keys
    }

    /// When the last token that could be signed now ends.
    fn retire_at(&self) -> u64 {
        self.0.clock.seconds().saturating_add(self.0.realm.longest_token_life())
    }
}

impl fmt::Debug for AuthorizationServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationServer").field("issuer", &self.0.issuer).finish_non_exhaustive()
    }
}

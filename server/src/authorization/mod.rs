//! The authorization server of one realm, Keycloak-shaped.
//!
//! | endpoint | module | where it stands |
//! | --- | --- | --- |
//! | discovery, key set | `discovery`, `certs` | OpenID Connect Discovery 1.0, RFC 7517 |
//! | token | `token`, `grants` | RFC 6749, 7636, 8628 |
//! | authorization, login, consent | `authorize`, `sign_in`, `consent`, `visit`, `browser` | RFC 6749 section 4.1, OpenID Connect Core |
//! | device authorization | `device` | RFC 8628 |
//! | introspection, revocation | `introspection`, `revocation` | RFC 7662, RFC 7009 |
//! | userinfo, logout | `userinfo`, `logout` | OpenID Connect Core section 5.3, RP-Initiated Logout 1.0 |
//!
//! What it remembers is in `stores`, in memory alone: bounded, and forgotten by the clock.
//!
//! Must never import `resource`: the API and it meet over HTTP alone.

mod access_token;
mod authorization_request;
mod authorize;
mod browser;
mod certs;
mod claims;
mod client_authentication;
mod consent;
mod device;
mod discovery;
mod error;
mod form;
mod grants;
mod headers;
mod introspection;
mod logout;
mod passwords;
mod pkce;
mod refresh_claims;
mod response;
mod revocation;
mod scope;
mod sign_in;
mod stores;
mod token;
mod userinfo;
mod visit;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use axum::{
    Router, middleware,
    routing::{MethodRouter, any},
};

use crate::{
    access_log,
    clock::Clock,
    realm::{KeyError, Realm, RefreshKey, SigningKeys},
};
use stores::Stores;

/// An authorization server for one realm. Cheap to clone: all clones are the same server.
#[derive(Clone)]
pub struct AuthorizationServer(Arc<Inner>);

struct Inner {
    realm: Realm,
    issuer: String,
    clock: Clock,
    keys: RwLock<Arc<SigningKeys>>,
    /// Nothing when the machine gave no random bytes: then there are no refresh tokens.
    refresh_key: Option<RefreshKey>,
    stores: Mutex<Stores>,
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
            refresh_key: RefreshKey::generate().ok(),
            stores: Mutex::new(Stores::new()),
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
        let endpoint = |path: &str| self.realm_path(path);
        let protocol: [(&str, MethodRouter<Self>); 8] = [
            ("auth", any(authorize::endpoint)),
            ("auth/device", any(device::authorization)),
            ("certs", headers::get_only(certs::endpoint)),
            ("logout", any(logout::endpoint)),
            ("revoke", any(revocation::endpoint)),
            ("token", any(token::endpoint)),
            ("token/introspect", any(introspection::endpoint)),
            ("userinfo", any(userinfo::endpoint)),
        ];
        let mut router = Router::new();
        for (path, methods) in protocol {
            let path = endpoint(&format!("protocol/openid-connect/{path}"));
            // JAX-RS, which Keycloak is built on, takes a trailing slash for none.
            router = router.route(&format!("{path}/"), methods.clone()).route(&path, methods);
        }
        router
            .route(&endpoint(".well-known/openid-configuration"), headers::get_only(discovery::endpoint))
            // The same by RFC 8414 section 3.1.
            .route(
                &format!("/.well-known/oauth-authorization-server/realms/{}", self.0.realm.name()),
                headers::get_only(discovery::endpoint),
            )
            .route(&endpoint("device"), any(device::page))
            .route(&endpoint("login-actions/authenticate"), headers::post_only(sign_in::endpoint))
            .route(&endpoint("login-actions/consent"), headers::post_only(consent::endpoint))
            .route(&endpoint("login-actions/logout-confirm"), headers::post_only(logout::confirmed))
            .fallback(error::unknown_path)
            .layer(middleware::from_fn(headers::refuse_odd_paths))
            .layer(middleware::map_response(headers::add_security_headers))
            .layer(middleware::from_fn(access_log::one_line))
            .with_state(self.clone())
    }

    /// The path of something in the realm.
    fn realm_path(&self, path: &str) -> String {
        format!("/realms/{}/{path}", self.0.realm.name())
    }

    /// Seconds since 1970.
    fn now(&self) -> u64 {
        self.0.clock.seconds()
    }

    /// What the server remembers. Held for a moment and never over an `await` or a signature.
    fn stores(&self) -> MutexGuard<'_, Stores> {
        self.0.stores.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refresh_key(&self) -> Result<&RefreshKey, KeyError> {
        self.0.refresh_key.as_ref().ok_or(KeyError::Library("make a key for refresh tokens"))
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

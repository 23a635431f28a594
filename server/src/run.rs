//! Both servers together: what `tokenscope-server` and `tokenscope serve` start.

use std::{io, path::PathBuf};

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    authorization::AuthorizationServer,
    banner::Serving,
    listen::bind_loopback,
    realm::{KeyFile, KeyFileError, Realm, RealmError},
    resource::{Api, Validator, ValidatorOptions},
    serve::serve,
};

/// What to serve, and where.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Clients and scopes; the built-in demo realm unless given.
    pub realm: Option<Realm>,
    /// The issuer that the API trusts; the bundled server's own unless given. Another one serves
    /// the API alone.
    pub issuer: Option<String>,
    /// Where the issuer's key set is; unless given, where its discovery document says.
    pub jwks: Option<String>,
    /// What a token's `aud` must have in it.
    pub audience: Option<String>,
    /// By how many seconds `exp` and `nbf` may be missed.
    pub leeway: u64,
    /// Where the signing keys are kept; [`KeyFile::default_path`] unless given.
    pub keys: Option<KeyFile>,
    /// Port of the authorization server; 0 lets the system choose.
    pub auth_port: u16,
    /// Port of the API; 0 lets the system choose.
    pub api_port: u16,
}

impl ServeOptions {
    /// Where the authorization server is unless told otherwise.
    pub const AUTH_PORT: u16 = 8001;
    /// Where the API is unless told otherwise.
    pub const API_PORT: u16 = 50100;
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            realm: None,
            issuer: None,
            jwks: None,
            audience: None,
            leeway: 0,
            keys: None,
            auth_port: Self::AUTH_PORT,
            api_port: Self::API_PORT,
        }
    }
}

/// Why nothing is served. All of these are wrong usage or configuration: exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The realm file cannot be read.
    #[error("cannot read the realm file {}: {source}", path.display())]
    RealmFile {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The realm file was refused.
    #[error("{}: {source}", path.display())]
    Realm {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: RealmError,
    },
    /// The keys cannot be had.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// Both servers were given one port.
    #[error(
        "the authorization server and the API cannot both have port {0}; choose another with --auth-port or --api-port"
    )]
    SamePort(u16),
    /// A port cannot be listened on.
    #[error("the {what} cannot start: {source}; free the port or choose another with {option}")]
    Port {
        /// Which server.
        what: &'static str,
        /// What the system said, with the port.
        source: io::Error,
        /// The option that moves it.
        option: &'static str,
    },
}

/// Serves until `shutdown` is cancelled and running requests have finished. `on_ready` is told
/// what is served once both ports are listened on. Never moves to other ports than asked for.
///
/// On Unix, SIGUSR1 makes the authorization server sign with a new key.
///
/// # Errors
/// [`ServeError`] when it could not begin.
pub async fn run(
    options: ServeOptions,
    shutdown: CancellationToken,
    on_ready: impl FnOnce(&Serving),
) -> Result<(), ServeError> {
    let realm = options.realm.clone();
    let is_demo = realm.is_none();
    let realm = realm.unwrap_or_else(Realm::built_in);
    let own_issuer = |port| format!("http://localhost:{port}/realms/{}", realm.name());
    let is_own = options.issuer.as_ref().is_none_or(|issuer| *issuer == own_issuer(options.auth_port));

    if is_own && options.api_port == options.auth_port && options.api_port != 0 {
        return Err(ServeError::SamePort(options.api_port));
    }
    let api_listeners = bind(options.api_port, "API", "--api-port").await?;
    let mut authorization = None;
    let mut issuer = options.issuer.clone().unwrap_or_default();
    if is_own {
        let listeners = bind(options.auth_port, "authorization server", "--auth-port").await?;
        issuer = own_issuer(port(&listeners));
        let keys = match options.keys {
            Some(file) => file,
            None => KeyFile::at(KeyFile::default_path()?),
        };
        let keys = load_keys(keys).await?;
        authorization = Some((AuthorizationServer::new(realm.clone(), keys, issuer.clone()), listeners));
    }
    let api = Api::new(Validator::new(ValidatorOptions {
        jwks_uri: options.jwks,
        audience: options.audience,
        leeway: options.leeway,
        ..ValidatorOptions::new(issuer)
    }));
    // Before anybody is told that it runs: until then the signal would end the process.
    let rotations = RotationSignal::listen();
    let server = authorization.as_ref().map(|(server, _)| server);
    on_ready(&Serving::new(server, &api, port(&api_listeners), is_demo));

    let serve_api = serve(api_listeners, api.router(), shutdown.clone());
    match authorization {
        None => {
            let ignored = shutdown.run_until_cancelled(rotate_when_asked(None, rotations));
            tokio::join!(serve_api, ignored);
        }
        Some((server, listeners)) => {
            let serve_authorization = serve(listeners, server.router(), shutdown.clone());
            let rotation = shutdown.run_until_cancelled(rotate_when_asked(Some(&server), rotations));
            tokio::join!(serve_api, serve_authorization, rotation);
        }
    }
    Ok(())
}

async fn bind(port: u16, what: &'static str, option: &'static str) -> Result<Vec<TcpListener>, ServeError> {
    bind_loopback(port).await.map_err(|source| ServeError::Port { what, source, option })
}

/// The port that the listeners share.
fn port(listeners: &[TcpListener]) -> u16 {
    listeners.first().and_then(|listener| listener.local_addr().ok()).map_or(0, |address| address.port())
}

async fn load_keys(file: KeyFile) -> Result<crate::realm::SigningKeys, KeyFileError> {
    tokio::task::spawn_blocking(move || file.load_or_create())
        .await
        .unwrap_or_else(|_| Err(KeyFileError::Keys("the task was stopped".to_owned())))
}

/// Serves the signal. Without an authorization server it does nothing, but ends nothing either.
async fn rotate_when_asked(server: Option<&AuthorizationServer>, mut signals: RotationSignal) {
    while signals.next().await {
        match server {
            None => tracing::warn!("there are no keys here to rotate: the API trusts another issuer"),
            Some(server) => {
                if let Err(error) = server.rotate_keys().await {
                    tracing::error!("keys were not rotated: {error}");
                }
            }
        }
    }
}

/// SIGUSR1, where there is such a thing.
struct RotationSignal {
    #[cfg(unix)]
    signals: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl RotationSignal {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self { signals: signal(SignalKind::user_defined1()).ok() }
    }

    /// Waits for the next one; false when there will be none.
    async fn next(&mut self) -> bool {
        match &mut self.signals {
            Some(signals) => signals.recv().await.is_some(),
            None => false,
        }
    }
}

#[cfg(not(unix))]
impl RotationSignal {
    fn listen() -> Self {
        Self {}
    }

    async fn next(&mut self) -> bool {
        false
    }
}

//! The bundled servers in this process, on ports that the system chooses, with the realm that Keycloak got.

use tempfile::TempDir;
use tokenscope_server::realm::KeyFile;
use tokenscope_server::{ServeOptions, run};
use tokio_util::sync::{CancellationToken, DropGuard};

/// They end with this value.
pub struct Bundled {
    pub issuer: String,
    pub api: String,
    _ends: DropGuard,
    _keys: TempDir,
}

impl Bundled {
    /// Both servers.
    pub async fn both() -> Self {
        Self::start(None).await
    }

    /// The API alone, which trusts this issuer.
    pub async fn api_behind(issuer: &str) -> Self {
        Self::start(Some(issuer.to_owned())).await
    }

    async fn start(issuer: Option<String>) -> Self {
        let folder = TempDir::new().unwrap();
        let keys = Some(KeyFile::at(folder.path().join("keys.json")));
        let options = ServeOptions { issuer, keys, auth_port: 0, api_port: 0, ..ServeOptions::default() };
        let shutdown = CancellationToken::new();
        let (tell, told) = tokio::sync::oneshot::channel();
        let ends = shutdown.clone().drop_guard();
        tokio::spawn(run(options, shutdown, |serving| {
            let _ = tell.send((serving.issuer.clone(), serving.api_url.clone()));
        }));
        let (issuer, api) = told.await.expect("the bundled servers start");
        Self { issuer, api, _ends: ends, _keys: folder }
    }
}

//! An issuer whose answers a test decides, and that counts the questions.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise, and no test uses all of this"
)]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use std::time::Duration;

use axum::{
    Json, Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokenscope_server::{realm::KeyFile, resource::ValidatorOptions};
use tokio::sync::Semaphore;

use super::{Served, StoppedClock, mint::Mint};

/// What the issuer answers when its keys are asked for.
#[derive(Clone)]
pub enum Reply {
    Json(Value),
    Status(u16),
    Text(String),
    Redirect,
    Silence,
}

impl Reply {
    async fn answer(self) -> Response {
        match self {
            Self::Json(value) => Json(value).into_response(),
            Self::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
            Self::Text(text) => ([(header::CONTENT_TYPE, "text/html")], text).into_response(),
            Self::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/keys-elsewhere")]).into_response(),
            Self::Silence => std::future::pending().await,
        }
    }
}

/// An issuer whose answers the test decides, and who counts the questions.
pub struct Issuer {
    pub served: Served,
    pub url: String,
    pub discovery: Arc<Mutex<Reply>>,
    pub keys: Arc<Mutex<Reply>>,
    pub discovery_asked: Arc<AtomicUsize>,
    pub keys_asked: Arc<AtomicUsize>,
    /// The key set is answered only with a permit.
    pub gate: Arc<Semaphore>,
}

impl Issuer {
    pub async fn start() -> Self {
        let mut made = None;
        let served = Served::start(|port| {
            let url = format!("http://localhost:{port}/realms/myorg");
            let document = json!({ "issuer": url, "jwks_uri": format!("{url}/keys") });
            let discovery = Arc::new(Mutex::new(Reply::Json(document)));
            let keys = Arc::new(Mutex::new(Reply::Json(json!({ "keys": [] }))));
            let counters = [Arc::<AtomicUsize>::default(), Arc::default()];
            let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
            let routes = Router::new()
                .route("/realms/myorg/.well-known/openid-configuration", get(handler(&discovery, &counters[0], None)))
                .route("/realms/myorg/keys", get(handler(&keys, &counters[1], Some(&gate))))
                .route("/keys-elsewhere", get(handler(&keys, &counters[1], None)));
            made = Some((url, discovery, keys, counters, gate));
            routes
        })
        .await;
        let (url, discovery, keys, [discovery_asked, keys_asked], gate) = made.unwrap();
        Self { served, url, discovery, keys, discovery_asked, keys_asked, gate }
    }

    pub fn publish(&self, mints: &[&Mint]) {
        let keys: Vec<Value> = mints.iter().map(|mint| mint.jwk()).collect();
        self.reply(Reply::Json(json!({ "keys": keys })));
    }

    pub fn reply(&self, reply: Reply) {
        *self.keys.lock().unwrap() = reply;
    }

    /// How often discovery and keys were asked for.
    pub fn asked(&self) -> (usize, usize) {
        (self.discovery_asked.load(Ordering::SeqCst), self.keys_asked.load(Ordering::SeqCst))
    }
}

fn handler(
    reply: &Arc<Mutex<Reply>>,
    asked: &Arc<AtomicUsize>,
    gate: Option<&Arc<Semaphore>>,
) -> impl Fn() -> std::pin::Pin<Box<dyn Future<Output = Response> + Send>> + Clone + Send + Sync + 'static {
    let (reply, asked, gate) = (Arc::clone(reply), Arc::clone(asked), gate.cloned());
    move || {
        asked.fetch_add(1, Ordering::SeqCst);
        let (reply, gate) = (reply.lock().unwrap().clone(), gate.clone());
        Box::pin(async move {
            if let Some(gate) = gate {
                gate.acquire().await.unwrap().forget();
            }
            reply.answer().await
        })
    }
}

/// A key of the issuer, and tokens signed with it.
pub fn mint(issuer: &str) -> (Mint, TempDir) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys.json");
    KeyFile::at(&path).load_or_create().unwrap();
    (Mint::new(&path, issuer, "", super::now()), folder)
}

pub async fn api(issuer: &Issuer, clock: &StoppedClock) -> Served {
    super::api(ValidatorOptions {
        clock: clock.clock(),
        deadline: Duration::from_millis(500),
        ..ValidatorOptions::new(&issuer.url)
    })
    .await
}

pub fn plain(mint: &Mint) -> String {
    mint.changed(&json!({}), &json!({}))
}

pub fn with_kid(mint: &Mint, kid: &str) -> String {
    mint.changed(&json!({ "kid": kid }), &json!({}))
}

pub async fn status(api: &Served, token: &str) -> u16 {
    super::get(api.address(), "/api/private", token).await.status
}

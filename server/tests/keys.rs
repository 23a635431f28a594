//! Where the API's keys come from: how often they are fetched, what happens while the issuer is
//! away, silent or strange, and what becomes of tokens when keys change.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use support::{Served, StoppedClock, mint::Mint};
use tempfile::TempDir;
use tokenscope_server::{
    authorization::AuthorizationServer,
    realm::{KeyFile, Realm},
    resource::ValidatorOptions,
};
use tokio::sync::Semaphore;

/// What the issuer answers when its keys are asked for.
#[derive(Clone)]
enum Reply {
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
            Self::Redirect => {
                (StatusCode::FOUND, [(header::LOCATION, "/keys-elsewhere")]).into_response()
            }
            Self::Silence => std::future::pending().await,
        }
    }
}

/// An issuer whose answers the test decides, and who counts the questions.
struct Issuer {
    served: Served,
    url: String,
    discovery: Arc<Mutex<Reply>>,
    keys: Arc<Mutex<Reply>>,
    discovery_asked: Arc<AtomicUsize>,
    keys_asked: Arc<AtomicUsize>,
    /// The key set is answered only with a permit.
    gate: Arc<Semaphore>,
}

impl Issuer {
    async fn start() -> Self {
        let mut made = None;
        let served = Served::start(|port| {
            let url = format!("http://localhost:{port}/realms/myorg");
            let document = json!({ "issuer": url, "jwks_uri": format!("{url}/keys") });
            let discovery = Arc::new(Mutex::new(Reply::Json(document)));
            let keys = Arc::new(Mutex::new(Reply::Json(json!({ "keys": [] }))));
            let counters = [Arc::<AtomicUsize>::default(), Arc::default()];
            let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
            let routes = Router::new()
                .route(
                    "/realms/myorg/.well-known/openid-configuration",
                    get(handler(&discovery, &counters[0], None)),
                )
                .route(
                    "/realms/myorg/keys",
                    get(handler(&keys, &counters[1], Some(&gate))),
                )
                .route("/keys-elsewhere", get(handler(&keys, &counters[1], None)));
            made = Some((url, discovery, keys, counters, gate));
            routes
        })
        .await;
        let (url, discovery, keys, [discovery_asked, keys_asked], gate) = made.unwrap();
        Self {
            served,
            url,
            discovery,
            keys,
            discovery_asked,
            keys_asked,
            gate,
        }
    }

    fn publish(&self, mints: &[&Mint]) {
        let keys: Vec<Value> = mints.iter().map(|mint| mint.jwk()).collect();
        self.reply(Reply::Json(json!({ "keys": keys })));
    }

    fn reply(&self, reply: Reply) {
        *self.keys.lock().unwrap() = reply;
    }

    /// How often discovery and keys were asked for.
    fn asked(&self) -> (usize, usize) {
        (
            self.discovery_asked.load(Ordering::SeqCst),
            self.keys_asked.load(Ordering::SeqCst),
        )
    }
}

fn handler(
    reply: &Arc<Mutex<Reply>>,
    asked: &Arc<AtomicUsize>,
    gate: Option<&Arc<Semaphore>>,
) -> impl Fn() -> std::pin::Pin<Box<dyn Future<Output = Response> + Send>> + Clone + Send + Sync + 'static
{
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
fn mint(issuer: &str) -> (Mint, TempDir) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys.json");
    KeyFile::at(&path).load_or_create().unwrap();
    (Mint::new(&path, issuer, "", support::now()), folder)
}

async fn api(issuer: &Issuer, clock: &StoppedClock) -> Served {
    support::api(ValidatorOptions {
        clock: clock.clock(),
        deadline: Duration::from_millis(500),
        ..ValidatorOptions::new(&issuer.url)
    })
    .await
}

fn plain(mint: &Mint) -> String {
    mint.changed(&json!({}), &json!({}))
}

fn with_kid(mint: &Mint, kid: &str) -> String {
    mint.changed(&json!({ "kid": kid }), &json!({}))
}

async fn status(api: &Served, token: &str) -> u16 {
    support::get(api.address(), "/api/private", token)
        .await
        .status
}

#[tokio::test]
async fn a_flood_of_unknown_keys_causes_one_fetch_a_cool_down() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    issuer.publish(&[&mint]);
    let api = api(&issuer, &clock).await;
    assert_eq!(status(&api, &plain(&mint)).await, 200);
    assert_eq!(issuer.asked(), (1, 1));
    for second in 0..3 {
        for index in 0..100 {
            let token = with_kid(&mint, &format!("random-{second}-{index}"));
            assert_eq!(status(&api, &token).await, 401);
        }
        assert_eq!(issuer.asked(), (1, 2), "second {second}");
        clock.advance(1);
    }
    clock.advance(5);
    assert_eq!(status(&api, &with_kid(&mint, "one-more")).await, 401);
    assert_eq!(issuer.asked(), (1, 3));
    assert_eq!(
        status(&api, &plain(&mint)).await,
        200,
        "the good token all the same"
    );
}

#[tokio::test]
async fn requests_at_the_same_time_share_a_fetch() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    issuer.publish(&[&mint]);
    let api = api(&issuer, &clock).await;
    let token = plain(&mint);
    let ask = |token: String| {
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (address, token) = (api.address(), token.clone());
            asking.spawn(async move { support::get(address, "/api/private", &token).await.status });
        }
        asking.join_all()
    };
    assert!(ask(token).await.iter().all(|status| *status == 200));
    assert_eq!(issuer.asked(), (1, 1), "the first keys");
    assert!(
        ask(with_kid(&mint, "unknown"))
            .await
            .iter()
            .all(|status| *status == 401)
    );
    assert_eq!(issuer.asked(), (1, 2), "an unknown key");
}

#[tokio::test]
async fn known_keys_are_kept_while_the_issuer_is_away() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    issuer.publish(&[&mint]);
    let api = api(&issuer, &clock).await;
    let token = plain(&mint);
    assert_eq!(status(&api, &token).await, 200);
    for reply in [
        Reply::Status(500),
        Reply::Text("<html>".into()),
        Reply::Json(json!({ "keys": 7 })),
        Reply::Silence,
        Reply::Redirect,
    ] {
        issuer.reply(reply);
        clock.advance(20);
        assert_eq!(
            status(&api, &with_kid(&mint, "unknown")).await,
            401,
            "an unknown key is the client's fault"
        );
        assert_eq!(status(&api, &token).await, 200);
        assert_eq!(
            status(&api, &mint.changed(&json!({}), &json!({ "sub": "fresh" }))).await,
            200,
            "not only remembered"
        );
    }
}

#[tokio::test]
async fn without_any_keys_the_fault_is_not_the_clients() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    issuer.reply(Reply::Status(503));
    let api = api(&issuer, &clock).await;
    let answer = support::get(api.address(), "/api/private", &plain(&mint)).await;
    assert_eq!(
        (answer.status, answer.error().as_deref()),
        (503, Some("temporarily_unavailable"))
    );
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert_eq!(answer.header("www-authenticate"), None);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(
        answer.json()["error_description"]
            .as_str()
            .unwrap()
            .contains("answered 503")
    );

    issuer.publish(&[&mint]);
    clock.advance(2);
    let again = support::get(api.address(), "/api/private", &plain(&mint)).await;
    assert_eq!(
        (again.status, again.header("retry-after")),
        (503, Some("3"))
    );
    assert_eq!(
        issuer.asked(),
        (1, 1),
        "not asked again within the cool-down"
    );
    clock.advance(3);
    assert_eq!(status(&api, &plain(&mint)).await, 200);
    let none = support::request(api.address(), "GET", "/api/private", &[], b"").await;
    assert_eq!(none.status, 401, "who sends no token needs no keys");
}

#[tokio::test]
async fn strange_issuers_are_named() {
    let (strange, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&strange.url);
    strange.publish(&[&mint]);
    let url = strange.url.clone();
    let api = api(&strange, &clock).await;
    for (reply, named) in [
        (
            Reply::Json(json!({ "issuer": format!("{url}/"), "jwks_uri": format!("{url}/keys") })),
            "another issuer",
        ),
        (
            Reply::Json(json!({ "issuer": url, "jwks_uri": "file:///etc/passwd" })),
            "no http or https address",
        ),
        (
            Reply::Json(json!({ "issuer": url })),
            "no discovery document",
        ),
        (
            Reply::Text("<html>login</html>".into()),
            "no discovery document",
        ),
        (Reply::Text("x".repeat(600_000)), "more than"),
        (Reply::Redirect, "answered 302"),
        (Reply::Silence, "no answer in time"),
    ] {
        *strange.discovery.lock().unwrap() = reply;
        clock.advance(10);
        let answer = support::get(api.address(), "/api/private", &plain(&mint)).await;
        let description = answer.json()["error_description"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(answer.status, 503, "{named}");
        assert!(
            description.contains(named),
            "{description:?} does not say {named:?}"
        );
    }
    assert_eq!(strange.asked().1, 0);
    drop(strange.served);
}

#[tokio::test]
async fn a_broken_key_spoils_nothing() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    let broken = [
        json!(7),
        json!({}),
        json!({ "kty": "RSA", "kid": "broken", "n": "***", "e": "AQAB" }),
        json!({ "kty": "RSA", "kid": "short", "n": "AQAB", "e": "AQAB" }),
        json!({ "kty": "EC", "crv": "P-256", "x": "AQAB", "y": "AQAB" }),
        json!({ "kty": "oct", "k": "c2VjcmV0", "alg": "HS256" }),
        json!({ "kty": "XYZ", "kid": ["a"] }),
    ];
    let keys: Vec<Value> = broken.into_iter().chain([mint.jwk()]).collect();
    issuer.reply(Reply::Json(json!({ "keys": keys })));
    let api = api(&issuer, &clock).await;
    assert_eq!(status(&api, &plain(&mint)).await, 200);
    let answer = support::get(api.address(), "/api/private", &with_kid(&mint, "short")).await;
    assert!(
        answer.json()["error_description"]
            .as_str()
            .unwrap()
            .contains("fewer than 2048 bits")
    );
    assert_eq!(
        issuer.asked(),
        (1, 1),
        "a key that is there but of no use is not looked for again"
    );
}

#[tokio::test]
async fn tokens_are_forgotten_with_their_key() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (old, _old_folder) = mint(&issuer.url);
    let (new, _new_folder) = mint(&issuer.url);
    issuer.publish(&[&old]);
    let api = api(&issuer, &clock).await;
    let token = plain(&old);
    assert_eq!(status(&api, &token).await, 200);
    issuer.publish(&[&new]);
    assert_eq!(
        status(&api, &token).await,
        200,
        "remembered until the keys change"
    );
    assert_eq!(
        status(&api, &plain(&new)).await,
        200,
        "the new key is looked for"
    );
    assert_eq!(
        status(&api, &token).await,
        401,
        "signed with a key that is no longer published"
    );
}

#[tokio::test]
async fn keys_of_some_age_are_fetched_in_the_background() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (old, _old_folder) = mint(&issuer.url);
    let (new, _new_folder) = mint(&issuer.url);
    issuer.publish(&[&old]);
    let api = api(&issuer, &clock).await;
    let token = old.changed(&json!({}), &json!({ "exp": { "now": 100_000 } }));
    assert_eq!(status(&api, &token).await, 200);
    issuer.publish(&[&new]);
    clock.advance(299);
    assert_eq!(status(&api, &token).await, 200);
    assert_eq!(issuer.asked(), (1, 1));
    clock.advance(1);
    let deadline = tokio::time::Instant::now() + support::DEADLINE;
    while status(&api, &token).await != 401 {
        assert!(
            tokio::time::Instant::now() < deadline,
            "the revoked key is still trusted"
        );
    }
    assert_eq!(
        issuer.asked(),
        (1, 3),
        "once for their age, once because the old key is unknown now"
    );
}

#[tokio::test]
async fn a_remembered_token_ends_in_time() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    issuer.publish(&[&mint]);
    let api = api(&issuer, &clock).await;
    let token = plain(&mint);
    assert_eq!(status(&api, &token).await, 200);
    clock.advance(312);
    for _ in 0..2 {
        let answer = support::get(api.address(), "/api/private", &token).await;
        assert_eq!(answer.status, 401);
        let description = answer.json()["error_description"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            description.starts_with("The token expired ") && description.contains(" s ago (exp 20"),
            "{description}"
        );
    }
}

/// A client that asks with an unknown key and goes away must not keep new keys out.
#[tokio::test]
async fn who_goes_away_does_not_end_the_fetch() {
    use tokio::io::AsyncWriteExt as _;
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (old, _old_folder) = mint(&issuer.url);
    let (new, _new_folder) = mint(&issuer.url);
    issuer.publish(&[&old]);
    let api = api(&issuer, &clock).await;
    assert_eq!(status(&api, &plain(&old)).await, 200);
    issuer.publish(&[&new]);
    issuer.gate.forget_permits(Semaphore::MAX_PERMITS);

    let mut stream = tokio::net::TcpStream::connect(api.address()).await.unwrap();
    let head = format!(
        "GET /api/private HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n",
        plain(&new)
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let deadline = tokio::time::Instant::now() + support::DEADLINE;
    while issuer.asked() != (1, 2) {
        assert!(tokio::time::Instant::now() < deadline, "no fetch began");
        tokio::task::yield_now().await;
    }
    drop(stream);
    issuer.gate.add_permits(100);
    assert_eq!(status(&api, &plain(&new)).await, 200);
    assert_eq!(
        issuer.asked(),
        (1, 2),
        "the clock stands still: only the first fetch can have brought the key"
    );
}

/// Rotation at the bundled server: both tokens pass while the old one may live.
#[tokio::test]
async fn rotation_keeps_old_tokens_good() {
    let folder = TempDir::new().unwrap();
    let file = KeyFile::at(folder.path().join("keys.json"));
    let clock = StoppedClock::new();
    let mut made = None;
    let keys = file.load_or_create().unwrap();
    let served = Served::start(|port| {
        let issuer = format!("http://localhost:{port}/realms/myorg");
        made.insert(AuthorizationServer::with_clock(
            Realm::built_in(),
            keys,
            issuer,
            clock.clock(),
        ))
        .router()
    })
    .await;
    let bundled = made.unwrap();
    let api = support::api(ValidatorOptions {
        clock: clock.clock(),
        ..ValidatorOptions::new(bundled.issuer())
    })
    .await;
    let token = || async {
        let body =
            b"grant_type=client_credentials&client_id=testapiclient1&client_secret=demo-secret";
        let path = "/realms/myorg/protocol/openid-connect/token";
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let answer = support::request(served.address(), "POST", path, &form, body).await;
        answer.json()["access_token"].as_str().unwrap().to_owned()
    };
    let kids = || async {
        let path = "/realms/myorg/protocol/openid-connect/certs";
        let set = support::request(served.address(), "GET", path, &[], b"")
            .await
            .json();
        let of = |key: &Value| key["kid"].as_str().unwrap().to_owned();
        set["keys"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|key| key["use"] == "sig")
            .map(of)
            .collect::<Vec<_>>()
    };
    let old_token = token().await;
    assert_eq!(status(&api, &old_token).await, 200);
    let old_kid = kids().await.remove(0);
    let new_kid = bundled.rotate_keys().await.unwrap();
    assert_eq!(kids().await, [new_kid.clone(), old_kid.clone()]);
    let new_token = token().await;
    assert_eq!(
        [
            status(&api, &new_token).await,
            status(&api, &old_token).await
        ],
        [200, 200]
    );

    let reloaded = file.load_or_create().unwrap();
    assert_eq!(reloaded.active_kid(), new_kid, "the new key is in the file");
    clock.advance(301);
    assert_eq!(
        kids().await,
        [new_kid],
        "no token of the old key can live any more"
    );
}

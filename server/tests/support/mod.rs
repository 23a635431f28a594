//! What the tests share: servers on ports that the system chooses, and a client that sends exactly
//! the bytes it is told to.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise, and no test uses all of this"
)]

pub mod browser;
pub mod issuer;
pub mod mint;

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::PathBuf,
    sync::OnceLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::Router;
use serde_json::Value;
use tempfile::TempDir;
use tokenscope_server::{
    Clock,
    authorization::AuthorizationServer,
    bind_loopback,
    realm::{KeyFile, Realm},
    resource::{Api, Validator, ValidatorOptions},
    serve,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How long a test waits for what must happen.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A router being served; it ends with this value.
pub struct Served {
    pub port: u16,
    pub shutdown: CancellationToken,
    _ends_with_this: DropGuard,
}

impl Served {
    /// Serves on a port that the system chooses.
    pub async fn start(make: impl FnOnce(u16) -> Router) -> Self {
        let listeners = bind_loopback(0).await.unwrap();
        let port = listeners[0].local_addr().unwrap().port();
        let shutdown = CancellationToken::new();
        tokio::spawn(serve(listeners, make(port), shutdown.clone()));
        Self { port, _ends_with_this: shutdown.clone().drop_guard(), shutdown }
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }
}

/// An authorization server with the built-in realm, or another.
pub struct Authorization {
    pub served: Served,
    pub server: AuthorizationServer,
    pub issuer: String,
    pub folder: TempDir,
}

impl Authorization {
    pub async fn start() -> Self {
        Self::start_with(Realm::built_in()).await
    }

    pub async fn start_with(realm: Realm) -> Self {
        Self::start_at(realm, Clock::system()).await
    }

    /// With a clock of the test's own.
    pub async fn start_at(realm: Realm, clock: Clock) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("keys.json"), key_file_text()).unwrap();
        let keys = KeyFile::at(folder.path().join("keys.json")).load_or_create().unwrap();
        let mut made = None;
        let served = Served::start(|port| {
            let issuer = format!("http://localhost:{port}/realms/{}", realm.name());
            let server = AuthorizationServer::with_clock(realm, keys, issuer, clock);
            made.insert(server).router()
        })
        .await;
        let bundled = made.unwrap();
        let issuer = bundled.issuer().to_owned();
        Self { served, server: bundled, issuer, folder }
    }

    pub fn key_file(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    /// Asks for a token.
    pub async fn token(&self, client: &str, secret: &str, scope: &str) -> String {
        let body = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}&scope={scope}");
        let answer = self.token_request(&[], &body).await;
        answer.json()["access_token"].as_str().expect("a token").to_owned()
    }

    /// Posts a form to something in the realm.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let path = format!("/realms/{}/{path}", self.server.realm().name());
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        request(self.served.address(), "POST", &path, &all, body.as_bytes()).await
    }

    /// Posts a form to the token endpoint.
    pub async fn token_request(&self, headers: &[(&str, &str)], body: &str) -> Answer {
        self.post("protocol/openid-connect/token", headers, body).await
    }
}

/// One part of a token, read.
pub fn part(token: &str, index: usize) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A clock that stands still until it is told to go on.
#[derive(Clone)]
pub struct StoppedClock(std::sync::Arc<std::sync::atomic::AtomicU64>);

impl StoppedClock {
    /// Stopped at the machine's time.
    pub fn new() -> Self {
        Self(std::sync::Arc::new(std::sync::atomic::AtomicU64::new(now().unsigned_abs())))
    }

    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, std::sync::atomic::Ordering::SeqCst);
    }

    pub fn clock(&self) -> Clock {
        let time = std::sync::Arc::clone(&self.0);
        Clock::from_fn(move || Duration::from_secs(time.load(std::sync::atomic::Ordering::SeqCst)))
    }
}

/// One key file for all tests of a process: making keys is slow.
fn key_file_text() -> String {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("keys.json");
        KeyFile::at(&path).load_or_create().unwrap();
        std::fs::read_to_string(path).unwrap()
    })
    .clone()
}

/// The API in front of an issuer.
pub async fn api(options: ValidatorOptions) -> Served {
    let api = Api::new(Validator::new(options));
    Served::start(|_| api.router()).await
}

/// Seconds since 1970.
pub fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    i64::try_from(now).unwrap()
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    /// All `Set-Cookie` fields.
    pub cookies: Vec<String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    /// The body's `error`, if it has one.
    pub fn error(&self) -> Option<String> {
        let body: Option<Value> = serde_json::from_slice(&self.body).ok();
        body.and_then(|body| body["error"].as_str().map(str::to_owned))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let field =
            |line: &str| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        let fields: Vec<(String, String)> = lines.filter_map(field).collect();
        let cookies = fields.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.clone()).collect();
        Some(Self { status, headers: fields.into_iter().collect(), cookies, body: bytes[end + 4..].to_vec() })
    }
}

/// Sends a request and reads the answer to its end.
pub async fn request(address: SocketAddr, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let fields: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{}content-length: {}\r\n\r\n",
        fields.concat(),
        body.len(),
    );
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    exchange(address, bytes).await.expect("an answer")
}

/// GET with an access token.
pub async fn get(address: SocketAddr, path: &str, token: &str) -> Answer {
    request(address, "GET", path, &[("authorization", &format!("Bearer {token}"))], b"").await
}

/// Sends these bytes and reads until the other side closes. Nothing when there is no whole answer.
pub async fn exchange(address: SocketAddr, bytes: Vec<u8>) -> Option<Answer> {
    let talk = async {
        let (mut read, mut write) = TcpStream::connect(address).await.unwrap().into_split();
        // Apart from reading: a server may answer and close before it has read everything.
        let writing = tokio::spawn(async move {
            let _ = write.write_all(&bytes).await;
            write
        });
        let (mut answer, mut part) = (Vec::new(), [0; 8192]);
        while let Ok(length @ 1..) = read.read(&mut part).await {
            answer.extend_from_slice(&part[..length]);
        }
        writing.abort();
        answer
    };
    let answer = tokio::time::timeout(DEADLINE, talk).await.expect("an end of the answer");
    Answer::parse(&answer)
}

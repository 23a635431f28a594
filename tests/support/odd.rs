//! Servers that do what servers should not: real HTTP on ports the system chose.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use futures_util::stream;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A server that lives as long as the test's runtime.
pub struct Odd {
    pub port: u16,
    talking: Arc<AtomicUsize>,
}

impl Odd {
    /// One that somebody else serves.
    pub fn at(port: u16) -> Self {
        Self { port, talking: Arc::default() }
    }

    /// Whether everybody it poured words on has hung up by now, or does so within ten seconds.
    pub async fn is_left_alone(&self) -> bool {
        let until = std::time::Instant::now() + Duration::from_secs(10);
        while self.talking.load(Ordering::SeqCst) > 0 {
            if std::time::Instant::now() > until {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        true
    }

    /// Serves the router.
    pub async fn serve(router: Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self::at(port)
    }

    /// Takes connections and never says a word.
    pub async fn silent() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((connection, _)) = listener.accept().await {
                held.push(connection);
            }
        });
        Self::at(port)
    }

    /// Reads a little, says just this, and hangs up.
    pub async fn says(bytes: &'static [u8]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    let _ = connection.read(&mut request).await;
                    let _ = connection.write_all(bytes).await;
                });
            }
        });
        Self::at(port)
    }

    /// Says the first part, and then the second again and again for as long as somebody listens.
    pub async fn repeats(first: &'static str, again: String) -> Self {
        Self::pours(first.as_bytes(), again.into_bytes(), None).await
    }

    /// Says this, and then one letter at a time.
    pub async fn drips(first: &'static [u8]) -> Self {
        Self::pours(first, b"a".to_vec(), Some(Duration::from_millis(50))).await
    }

    async fn pours(first: &'static [u8], again: Vec<u8>, pause: Option<Duration>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let odd = Self::at(port);
        let talking = Arc::clone(&odd.talking);
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let (again, talking) = (again.clone(), Arc::clone(&talking));
                talking.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    let _ = connection.read(&mut request).await;
                    let mut said = connection.write_all(first).await;
                    while said.is_ok() {
                        said = connection.write_all(&again).await;
                        if let Some(pause) = pause {
                            tokio::time::sleep(pause).await;
                        }
                    }
                    talking.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        odd
    }

    /// An authorization server whose token endpoint answers so; its discovery document and keys are in order.
    pub async fn provider(status: u16, media: &'static str, body: impl Into<String>) -> Self {
        let body = body.into();
        let token = any(move || {
            let body = body.clone();
            async move { answer(status, media, body) }
        });
        Self::provider_with(token, r#"{"keys":[]}"#.into(), None).await
    }

    /// An authorization server with this token endpoint, these keys, and its own or another issuer.
    pub async fn provider_with(token: axum::routing::MethodRouter, keys: String, issuer: Option<&str>) -> Self {
        let issuer = issuer.map(str::to_owned);
        let discovery = any(move |headers: HeaderMap| {
            let host = headers.get(header::HOST).unwrap().to_str().unwrap().to_owned();
            let issuer = issuer.clone().unwrap_or_else(|| format!("http://{host}"));
            async move {
                let base = format!("http://{host}");
                let document = json!({ "issuer": issuer, "token_endpoint": format!("{base}/token"), "jwks_uri": format!("{base}/keys") });
                answer(200, "application/json", document.to_string())
            }
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", discovery)
            .route("/token", token)
            .route("/keys", any(move || async move { answer(200, "application/json", keys.clone()) }));
        Self::serve(router).await
    }

    /// An API whose every path answers so.
    pub async fn api(status: u16, media: &'static str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self::serve(Router::new().fallback(any(move || async move { answer(status, media, body) }))).await
    }

    /// An API whose body never ends.
    pub async fn endless() -> Self {
        let body =
            || Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 8192]))));
        Self::serve(Router::new().fallback(any(move || async move { Response::new(body()) }))).await
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn answer(status: u16, media: &'static str, body: impl Into<Body>) -> Response {
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, media)], body.into()).into_response()
}

/// A profiles.toml for one provider and one API that are not the bundled ones.
pub fn profiles(issuer: &str, base_url: &str) -> String {
    format!(
        r#"
[providers.odd]
issuer = "{issuer}"
timeout = 1
[apis.odd]
provider = "odd"
base_url = "{base_url}"
timeout = 2
[[apis.odd.endpoints]]
name = "open"
path = "/open"
requires = "none"
[[apis.odd.endpoints]]
name = "guarded"
path = "/guarded"
requires = "token"
[profiles.odd]
provider = "odd"
client_id = "client"
client_secret = "odd-secret"
"#
    )
}

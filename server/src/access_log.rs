//! One line a request: method, path, status, milliseconds and the client, when it is known.
//! Never a token, a secret or a query string.

use std::time::Instant;

use axum::{extract::Request, middleware::Next, response::Response};

/// Longest path that is logged, in characters.
const LONGEST_PATH: usize = 200;

/// Travels in a response's extensions from whoever found out which client asks.
#[derive(Clone)]
struct Caller(String);

/// Names the client for the line of this response. Asks for the name only when there will be one.
pub(crate) fn name_caller(response: &mut Response, name: impl FnOnce() -> Option<String>) {
    if !tracing::enabled!(tracing::Level::INFO) {
        return;
    }
    if let Some(name) = name() {
        response.extensions_mut().insert(Caller(name));
    }
}

/// The layer that writes the line.
pub(crate) async fn one_line(request: Request, next: Next) -> Response {
    if !tracing::enabled!(tracing::Level::INFO) {
        return next.run(request).await;
    }
    let method = request.method().clone();
    let path: String = request.uri().path().chars().take(LONGEST_PATH).collect();
    let started = Instant::now();
    let response = next.run(request).await;
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    let client = response.extensions().get::<Caller>().map_or("-", |caller| caller.0.as_str());
    // Path and client are written with `?`: that escapes what a terminal might obey.
    tracing::info!(
        target: "tokenscope_server::request",
        "{method} {path:?} {status} {ms:.1} ms client={client:?}",
        status = response.status().as_u16(),
    );
    response
}

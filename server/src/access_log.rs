//! One line a request: method, path, status, milliseconds, the client, when it is known, and why it was refused, when it
//! was. Never a token, a secret or a query string.

use std::time::Instant;

use axum::{extract::Request, middleware::Next, response::Response};

/// Longest path that is logged, in characters.
const LONGEST_PATH: usize = 200;

/// What the line of a response says beside what can be seen from outside. Travels in the response's extensions.
#[derive(Clone, Default)]
pub(crate) struct Remarks {
    /// The client that asks.
    pub client: Option<String>,
    /// Why it was refused.
    pub refused: Option<String>,
}

/// Says more for the line of this response. Asks for it only when there will be one.
pub(crate) fn remark(response: &mut Response, remarks: impl FnOnce() -> Remarks) {
    if tracing::enabled!(tracing::Level::INFO) {
        response.extensions_mut().insert(remarks());
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
    let Remarks { client, refused } = response.extensions().get::<Remarks>().cloned().unwrap_or_default();
    let said = |name: &str, text: Option<String>| text.map(|text| format!(" {name}={text:?}")).unwrap_or_default();
    // All that comes from outside is escaped: a terminal might obey it.
    tracing::info!(
        target: "tokenscope_server::request",
        "{method} {path} {status} {ms:.2} ms{client}{refused}",
        path = path.escape_debug(),
        status = response.status().as_u16(),
        client = said("client", client),
        refused = said("refused", refused),
    );
    response
}

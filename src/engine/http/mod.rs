//! Sends a request and reads its response within bounds: no redirects, a deadline, a limit on the body, no secret over
//! plain HTTP beyond this machine, no proxy for loopback.
//!
//! The only folder that names the HTTP client. hyper speaks HTTP and keeps connections; making a connection is our own
//! (`connector.rs`), so that every way in which one can fail has its own name.

mod authorities;
mod body;
mod certificate;
mod clients;
mod connector;
mod dial;
mod explain;
mod link;
mod proxy;
mod tls;
mod tls_fault;
mod tunnel;

use std::time::{Duration, Instant};

use http::header::{ACCEPT, ACCEPT_ENCODING, PROXY_AUTHORIZATION, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use http_body_util::Full;
use hyper::body::Bytes;
use jiff::Timestamp;
use url::Url;

pub use authorities::anchor;

use crate::config::{Connection, is_loopback};
use crate::exchange::{Exchange, NoAnswer, Phase, ProxyFault, Request, Response, Secret, Text, is_credential_header};
use clients::Clients;
use link::Facts;
use proxy::{Environment, Through};

/// Seconds until a silent server is given up, unless profiles.toml says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How much later than the connector the whole call gives up, so that the connector can say where it waited.
const GRACE: Duration = Duration::from_millis(50);

/// How much of a body is read; the rest is said to be missing.
pub const BODY_BOUND: usize = 16 * 1024 * 1024;

/// What the program calls itself.
const OURSELVES: HeaderValue = HeaderValue::from_static(concat!("tokenscope/", env!("CARGO_PKG_VERSION")));

/// Every call goes through here, whatever it is for, so that all meet the same settings.
#[derive(Default)]
pub struct Http {
    clients: Clients,
    environment: Environment,
}

/// A call on its way: what its messages name, and what there is to say of how it was carried.
struct Call<'a> {
    connection: &'a Connection,
    limit: Duration,
    began: Instant,
    to_head: Option<Duration>,
    notes: Vec<String>,
}

impl Http {
    /// Sends the request and waits for the whole answer. Never fails: what went wrong is the exchange's outcome.
    pub async fn send(&self, request: Request, connection: &Connection) -> Exchange {
        let request = with_headers_of(connection, request);
        let limit = connection.timeout.map_or(TIMEOUT, Duration::from_secs);
        let started = Timestamp::now();
        let mut call = Call { connection, limit, began: Instant::now(), to_head: None, notes: Vec::new() };
        let outcome = self.answer(&request, &mut call).await;
        let Call { began, to_head, notes, .. } = call;
        Exchange { request, outcome, started, elapsed: began.elapsed(), to_head, notes }
    }

    async fn answer(&self, request: &Request, call: &mut Call<'_>) -> Result<Response, NoAnswer> {
        let url = address(&request.url)?;
        let loopback = is_loopback(&request.url);
        if url.scheme() == "http" && !loopback && !call.connection.plaintext && carries_secret(request) {
            return Err(NoAnswer::PlainText { url: request.url.clone() });
        }
        let place = place(&url);
        let uri = uri(&url)?;
        // Loopback never goes through a proxy: nothing else could reach this machine's own ports.
        let proxy = if loopback { None } else { self.environment.choose(call.connection.proxy.as_ref(), &uri)? };
        let client = self.clients.get(call.connection, uri.scheme_str() == Some("https"), proxy.as_ref(), call.limit);
        let client = client.map_err(|fault| fault.at(&place))?;
        if call.connection.insecure && url.scheme() == "https" {
            call.notes.push("no certificate was checked (insecure = true)".to_owned());
        }
        let outgoing = outgoing(request, uri, proxy.as_ref())?;
        let limit = call.limit;
        let timed_out = |phase| NoAnswer::TimedOut { address: place.clone(), after: limit, phase };
        let answer = match tokio::time::timeout(limit + GRACE, client.request(outgoing)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                let explained = explain::explain(&error, &url, &place);
                call.notes.extend(explained.notes);
                return Err(explained.answer);
            }
            Err(_) => return Err(timed_out(Phase::Head)),
        };
        call.to_head = Some(call.began.elapsed());
        if let Some(facts) = answer.extensions().get::<Facts>() {
            call.notes.extend(facts.notes.iter().cloned());
        }
        let (head, body) = answer.into_parts();
        if let Some(proxy) =
            proxy.filter(|proxy| head.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED && proxy.is_http())
        {
            let fault = ProxyFault::WantsLogin { sent: proxy.login.is_some() };
            return Err(NoAnswer::Proxy { proxy: proxy.shown(), address: place, fault });
        }
        let coding = body::Coding::of(&head.headers);
        call.notes.extend(coding.note());
        let (body, completeness) = body::read(body, &coding, call.began + limit, || timed_out(Phase::Body)).await;
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Ok(Response { status: head.status.as_u16(), headers, body, completeness })
    }
}

/// The request with the headers that the file adds to all of them; those that hold a credential are masked.
fn with_headers_of(connection: &Connection, mut request: Request) -> Request {
    for (name, value) in &connection.headers {
        let value = if is_credential_header(name) {
            Text::secret(Secret::new(value.as_str()))
        } else {
            Text::from(value.as_str())
        };
        request = request.header(name.as_str(), value);
    }
    request
}

fn address(url: &str) -> Result<Url, NoAnswer> {
    let bad = |url: &str, reason: String| NoAnswer::BadAddress { url: url.to_owned(), reason };
    let parsed = Url::parse(url).map_err(|error| bad(url, error.to_string()))?;
    if !parsed.username().is_empty() || parsed.password().is_some() {
        let place = format!("{}://***@{}", parsed.scheme(), place(&parsed));
        return Err(bad(&place, "an address must not hold a user or password".to_owned()));
    }
    match parsed.scheme() {
        "http" | "https" if parsed.has_host() => Ok(parsed),
        other => Err(bad(url, format!("{other} is not http or https"))),
    }
}

/// Host and port, for messages.
fn place(url: &Url) -> String {
    match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        _ => url.to_string(),
    }
}

fn uri(url: &Url) -> Result<Uri, NoAnswer> {
    let bad = |error: http::uri::InvalidUri| NoAnswer::BadAddress { url: url.to_string(), reason: error.to_string() };
    url.as_str().parse().map_err(bad)
}

fn carries_secret(request: &Request) -> bool {
    let masked = |(_, value): &(String, Text)| matches!(value, Text::Masked { .. });
    request.headers.iter().any(masked) || request.form.iter().flatten().any(masked)
}

fn outgoing(request: &Request, uri: Uri, proxy: Option<&Through>) -> Result<http::Request<Full<Bytes>>, NoAnswer> {
    let bad = |reason: String| NoAnswer::BadRequest { reason };
    let plain = uri.scheme_str() == Some("http");
    let form = request.wire_form();
    let body = form.as_ref().map(|form| Bytes::copy_from_slice(form.as_bytes())).unwrap_or_default();
    let mut out = http::Request::new(Full::new(body));
    *out.method_mut() =
        Method::from_bytes(request.method.as_bytes()).map_err(|_| bad(format!("{} is no method", request.method)))?;
    *out.uri_mut() = uri;
    let headers = out.headers_mut();
    for (name, value) in &request.headers {
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(format!("{name} is no header name")))?;
        let mut content = HeaderValue::from_str(&value.revealed())
            .map_err(|_| bad(format!("the value of {name} holds characters a header may not have")))?;
        content.set_sensitive(matches!(value, Text::Masked { .. }));
        headers.append(key, content);
    }
    for (name, value) in [
        (ACCEPT, HeaderValue::from_static("*/*")),
        (ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
        (USER_AGENT, OURSELVES),
    ] {
        headers.entry(name).or_insert(value);
    }
    // A proxy that only passes on what it is given reads its own header; one that opens a way has read it already.
    if let Some(login) = proxy.filter(|proxy| plain && proxy.is_http()).and_then(Through::basic) {
        headers.insert(PROXY_AUTHORIZATION, login);
    }
    Ok(out)
}

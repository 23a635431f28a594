//! Sends a request and reads its response within bounds: no redirects, a deadline, a limit on the body, no secret over
//! plain HTTP beyond this machine, no proxy for loopback.
//!
//! The only file that names the HTTP client.

use std::error::Error as _;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, Method, Url, redirect};

use crate::config::{Connection, is_loopback};
use crate::exchange::{Completeness, Exchange, NoAnswer, Phase, Request, Response, Text};

/// Seconds until a silent server is given up, unless profiles.toml says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How much of a body is read; the rest is said to be missing.
pub const BODY_BOUND: usize = 16 * 1024 * 1024;

/// What the program calls itself.
const USER_AGENT: &str = concat!("tokenscope/", env!("CARGO_PKG_VERSION"));

/// The HTTP clients, each built when first needed: loading the TLS root store takes its time, and the demo on loopback
/// must work on a machine that has none.
#[derive(Default)]
pub struct Http {
    loopback_plain: OnceLock<Result<Client, String>>,
    loopback_tls: OnceLock<Result<Client, String>>,
    outward: OnceLock<Result<Client, String>>,
}

impl Http {
    /// Sends the request and waits for the whole answer. Never fails: what went wrong is the exchange's outcome.
    pub async fn send(&self, request: Request, connection: &Connection) -> Exchange {
        let (started, clock) = (Timestamp::now(), Instant::now());
        let limit = connection.timeout.map_or(TIMEOUT, Duration::from_secs);
        let mut to_head = None;
        let outcome = self.answer(&request, connection, limit, &clock, &mut to_head).await;
        Exchange { request, outcome, started, elapsed: clock.elapsed(), to_head, notes: Vec::new() }
    }

    async fn answer(
        &self,
        request: &Request,
        connection: &Connection,
        limit: Duration,
        clock: &Instant,
        to_head: &mut Option<Duration>,
    ) -> Result<Response, NoAnswer> {
        let url = address(&request.url)?;
        let loopback = is_loopback(&request.url);
        if url.scheme() == "http" && !loopback && !connection.plaintext && carries_secret(request) {
            return Err(NoAnswer::PlainText { url: request.url.clone() });
        }
        let place = place(&url);
        let client = self.client(&url, loopback, &place)?;
        let timed_out = |phase| NoAnswer::TimedOut { address: place.clone(), after: limit, phase };
        let sending = client.execute(outgoing(request, url, connection)?);
        let mut answer = match tokio::time::timeout(limit, sending).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(explain(&error, &place, limit)),
            Err(_) => return Err(timed_out(Phase::Head)),
        };
        *to_head = Some(clock.elapsed());
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let (mut body, mut completeness) = (Vec::new(), Completeness::Whole);
        loop {
            let left = limit.saturating_sub(clock.elapsed());
            match tokio::time::timeout(left, answer.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    let room = BODY_BOUND - body.len();
                    body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                    if chunk.len() > room {
                        completeness = Completeness::CutAtBound;
                        break;
                    }
                }
                Ok(Ok(None)) => break,
                Ok(Err(error)) => {
                    completeness = Completeness::BrokenOff(innermost(&error));
                    break;
                }
                Err(_) => {
                    completeness = Completeness::BrokenOff(timed_out(Phase::Body).to_string());
                    break;
                }
            }
        }
        Ok(Response { status, headers, body, completeness })
    }

    /// The client for this address.
    fn client(&self, url: &Url, loopback: bool, place: &str) -> Result<&Client, NoAnswer> {
        let base = || {
            Client::builder()
                .user_agent(USER_AGENT)
                .redirect(redirect::Policy::none())
                .connect_timeout(TIMEOUT)
                .pool_idle_timeout(Duration::from_secs(30))
        };
        let (slot, builder) = match (loopback, url.scheme()) {
            // Carries nothing but http:// to this machine, so no certificate is ever looked at and no root store needed.
            (true, "http") => (&self.loopback_plain, here(base()).tls_danger_accept_invalid_certs(true)),
            (true, _) => (&self.loopback_tls, here(base())),
            (false, _) => (&self.outward, base()),
        };
        let built = slot.get_or_init(|| builder.build().map_err(|error| innermost(&error)));
        built.as_ref().map_err(|detail| NoAnswer::Tls { address: place.to_owned(), detail: detail.clone() })
    }
}

/// A client for this machine: no proxy, and whatever name is spelt, such as `api.localhost`, it is this machine and no
/// resolver is asked (RFC 6761 section 6.3). Both families, because a server may listen on one alone.
fn here(builder: ClientBuilder) -> ClientBuilder {
    builder.no_proxy().dns_resolver(ThisMachine)
}

struct ThisMachine;

impl Resolve for ThisMachine {
    fn resolve(&self, _: Name) -> Resolving {
        // Port 0 stands for the port of the address.
        let both = [SocketAddr::from(([127, 0, 0, 1], 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
        Box::pin(std::future::ready(Ok(Box::new(both.into_iter()) as Addrs)))
    }
}

fn address(url: &str) -> Result<Url, NoAnswer> {
    let bad = |reason: String| NoAnswer::BadAddress { url: url.to_owned(), reason };
    let parsed = Url::parse(url).map_err(|error| bad(error.to_string()))?;
    match parsed.scheme() {
        "http" | "https" if parsed.has_host() => Ok(parsed),
        other => Err(bad(format!("{other} is not http or https"))),
    }
}

/// Host and port, for messages.
fn place(url: &Url) -> String {
    match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        _ => url.to_string(),
    }
}

fn carries_secret(request: &Request) -> bool {
    let masked = |(_, value): &(String, Text)| matches!(value, Text::Masked { .. });
    request.headers.iter().any(masked) || request.form.iter().flatten().any(masked)
}

fn outgoing(request: &Request, url: Url, connection: &Connection) -> Result<reqwest::Request, NoAnswer> {
    let bad = |reason: String| NoAnswer::BadRequest { reason };
    let method =
        Method::from_bytes(request.method.as_bytes()).map_err(|_| bad(format!("{} is no method", request.method)))?;
    let mut out = reqwest::Request::new(method, url);
    let from_file = connection.headers.iter().map(|(name, value)| (name.as_str(), Text::from(value.as_str())));
    for (name, value) in request.headers.iter().map(|(name, value)| (name.as_str(), value.clone())).chain(from_file) {
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(format!("{name} is no header name")))?;
        let mut content = HeaderValue::from_str(&value.revealed())
            .map_err(|_| bad(format!("the value of {name} holds characters a header may not have")))?;
        content.set_sensitive(matches!(value, Text::Masked { .. }));
        out.headers_mut().append(key, content);
    }
    if let Some(form) = request.wire_form() {
        *out.body_mut() = Some(form.as_str().to_owned().into());
    }
    Ok(out)
}

/// Sorts the client's error by its cause.
fn explain(error: &reqwest::Error, place: &str, limit: Duration) -> NoAnswer {
    let address = place.to_owned();
    let detail = innermost(error);
    if error.is_timeout() {
        let phase = if error.is_connect() { Phase::Connect } else { Phase::Head };
        return NoAnswer::TimedOut { address, after: limit.min(TIMEOUT), phase };
    }
    if error.is_builder() {
        return NoAnswer::BadRequest { reason: detail };
    }
    let io = causes(error).find_map(|cause| cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind));
    let tls = causes(error).any(|cause| {
        let text = cause.to_string();
        text.contains("certificate")
            || text.contains("InvalidContentType")
            || text.contains("TLS")
            || text.contains("handshake")
    });
    if error.is_dns() {
        let host = place.rsplit_once(':').map_or(place, |(host, _)| host).to_owned();
        return NoAnswer::NameNotFound { host };
    }
    match io {
        _ if tls => NoAnswer::Tls { address, detail },
        Some(std::io::ErrorKind::ConnectionRefused) => NoAnswer::Refused { address },
        _ if error.is_connect() => NoAnswer::Unreachable { address, detail },
        _ => NoAnswer::BrokenOff { address, detail },
    }
}

/// The error and everything beneath it.
fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// The innermost cause in its own words: the outer ones only say that a request failed.
fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}

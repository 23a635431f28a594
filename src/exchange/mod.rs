//! An HTTP request and its response as plain values: what the protocol code builds and reads, the engine sends, the
//! screens show and the diagnosis judges.
//!
//! Pure: no network, files, clock or terminal. Imports nothing else of this crate.

mod curl;
mod no_answer;
mod proxy_fault;
mod redact;
mod secret;
mod text;
mod tls_fault;

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

pub use no_answer::{NoAnswer, Phase};
pub use proxy_fault::ProxyFault;
pub use redact::{is_credential, is_credential_header, redact_body, redact_text};
pub use secret::{Fingerprint, Secret};
pub use text::Text;
pub use tls_fault::{Certificate, TlsFault};

/// A request as it goes out: ordered headers, secrets marked as such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, …, as spelt.
    pub method: String,
    /// The absolute address, as spelt.
    pub url: String,
    /// Headers in the order they are sent.
    pub headers: Vec<(String, Text)>,
    /// The form fields of the body, in order; none for a request without a body.
    pub form: Option<Vec<(String, Text)>>,
}

impl Request {
    /// A request without headers or body.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self { method: method.into(), url: url.into(), headers: Vec::new(), form: None }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Text>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// All values of the header, compared without regard to case.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Text> {
        self.headers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The body as it goes over the wire, secrets in clear.
    pub fn wire_form(&self) -> Option<zeroize::Zeroizing<String>> {
        let fields = self.form.as_ref()?;
        let mut out = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            out.append_pair(name, &value.revealed());
        }
        Some(zeroize::Zeroizing::new(out.finish()))
    }
}

/// A response as it came in. A body longer than the bound is cut and says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status code.
    pub status: u16,
    /// Headers in order; bytes outside UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The body, decoded from any content encoding, up to the bound.
    pub body: Vec<u8>,
    /// Whether `body` is all of it.
    pub completeness: Completeness,
}

/// How much of a body was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// All of it.
    Whole,
    /// The bound was reached; there was more.
    CutAtBound,
    /// The connection broke or the deadline came first.
    BrokenOff(String),
}

impl Response {
    /// The first value of the header, compared without regard to case.
    pub fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.values(name).next()
    }

    /// All values of the header, compared without regard to case.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The media type without its parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }
}

/// A request, what came back, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// What came back, or why nothing did. An HTTP error status is an answer.
    pub outcome: Result<Response, NoAnswer>,
    /// When sending began.
    pub started: Timestamp,
    /// From the start to the last byte of the body, or to the failure.
    pub elapsed: Duration,
    /// From the start to the response head, when one came.
    pub to_head: Option<Duration>,
    /// What the person should know of how it was carried, such as "localhost answered only on ::1".
    pub notes: Vec<String>,
}

impl Exchange {
    /// The response, when there is one.
    pub fn response(&self) -> Option<&Response> {
        self.outcome.as_ref().ok()
    }

    /// How long it took, in words: `3 ms`, `1.2 s`.
    pub fn took(&self) -> String {
        match self.elapsed.as_millis() {
            0 => "under 1 ms".to_owned(),
            ms @ 1..1_000 => format!("{ms} ms"),
            ms => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        }
    }

    /// By how many seconds this machine's clock is ahead of the server's, as far as its `Date` header tells.
    pub fn ahead_of_server(&self) -> Option<i64> {
        let server = rfc2822::parse(self.response()?.header("date")?).ok()?.timestamp();
        // The header was written about when the head came.
        let ours = self.started.checked_add(self.to_head.unwrap_or(self.elapsed)).ok()?;
        Some(ours.as_second() - server.as_second())
    }

    /// The status code, when there is a response.
    pub fn status(&self) -> Option<u16> {
        self.response().map(|response| response.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_took_is_said_for_people() {
        let took = |micros| {
            let request = Request::new("GET", "http://localhost");
            let (outcome, started, elapsed) =
                (Err(NoAnswer::Cancelled), Timestamp::UNIX_EPOCH, Duration::from_micros(micros));
            Exchange { request, outcome, started, elapsed, to_head: None, notes: Vec::new() }.took()
        };
        assert_eq!([300, 3_000, 1_249_000].map(took), ["under 1 ms", "3 ms", "1.2 s"]);
    }
}

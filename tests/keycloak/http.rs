//! Requests as the tests send them, and answers with everything in them: no redirect is followed, no cookie kept.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use url::Url;

/// Nothing takes so long; who waits longer fails.
const DEADLINE: Duration = Duration::from_secs(30);

/// A request to either server: the target says where on it.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn get(target: &str) -> Self {
        Self { method: "GET".into(), target: target.into(), headers: Vec::new(), body: String::new() }
    }

    /// A form, already encoded.
    pub fn form(target: &str, body: String) -> Self {
        Self { method: "POST".into(), body, ..Self::get(target) }
            .header("content-type", "application/x-www-form-urlencoded")
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// A text in the body's object, or nothing.
    pub fn text(&self, member: &str) -> Option<String> {
        self.json()?.get(member)?.as_str().map(str::to_owned)
    }
}

/// An authorization server, by its issuer.
#[derive(Clone)]
pub struct Server {
    pub issuer: Url,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Server {
    pub fn at(issuer: &str) -> Self {
        Self { issuer: Url::parse(issuer).unwrap(), client: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// Where it is, without a path.
    pub fn origin(&self) -> String {
        self.issuer.origin().ascii_serialization()
    }

    /// An address on this server as a request's target; nothing for an address elsewhere.
    pub fn target(&self, address: &str) -> Option<String> {
        let url = self.issuer.join(address).ok()?;
        let ours = url.origin() == self.issuer.origin();
        ours.then(|| url[url::Position::BeforePath..url::Position::AfterQuery].to_owned())
    }

    /// Sends it over 127.0.0.1, under the name in the issuer.
    pub async fn send(&self, request: &Request) -> Answer {
        let authority = format!("{}:{}", self.issuer.host_str().unwrap(), self.issuer.port().unwrap());
        let mut sent = hyper::Request::builder()
            .method(request.method.as_str())
            .uri(format!("http://127.0.0.1:{}{}", self.issuer.port().unwrap(), request.target))
            .header("host", authority);
        for (name, value) in &request.headers {
            sent = sent.header(name, value);
        }
        let sent = sent.body(Full::from(request.body.clone())).unwrap();
        let talk = async {
            let (head, body) = self.client.request(sent).await?.into_parts();
            Ok::<_, Box<dyn std::error::Error>>((head, body.collect().await?.to_bytes()))
        };
        let answered = tokio::time::timeout(DEADLINE, talk).await;
        let (head, body) = answered
            .unwrap_or_else(|_| panic!("{} {} got no answer", request.method, request.target))
            .unwrap_or_else(|error| panic!("{} {}: {error}", request.method, request.target));
        let text = |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

//! Makes connections for hyper: to the server or the proxy, through the proxy, with TLS. Each step that fails has its
//! own name.

use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use tower_service::Service;

use super::dial::{Deadline, addresses, dial};
use super::link::{AskedForCertificate, Link, Stream};
use super::proxy::{Kind, Through};
use super::tls::Tls;
use super::tunnel;
use crate::exchange::{NoAnswer, Phase, ProxyFault};

/// How connections are made by one client.
pub(super) struct Way {
    pub(super) proxy: Option<Through>,
    /// There when server or proxy is reached by https.
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) limit: Duration,
}

/// Makes connections the one way.
#[derive(Clone)]
pub(super) struct Connector(pub(super) Arc<Way>);

/// No connection was made.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) answer: NoAnswer,
    /// What there is to say of how far it came.
    pub(super) notes: Vec<String>,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.answer.fmt(f)
    }
}

impl std::error::Error for Failed {}

impl Service<Uri> for Connector {
    type Response = Link;
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Link, Failed>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let way = Arc::clone(&self.0);
        Box::pin(async move {
            let mut notes = Vec::new();
            way.lead(&to, &mut notes).await.map_err(|answer| Failed { answer, notes })
        })
    }
}

/// The server to reach.
struct Server<'a> {
    host: &'a str,
    port: u16,
    /// Host and port.
    place: String,
    https: bool,
}

impl Way {
    async fn lead(&self, to: &Uri, notes: &mut Vec<String>) -> Result<Link, NoAnswer> {
        let https = to.scheme_str() == Some("https");
        let host = to.host().unwrap_or_default();
        let port = to.port_u16().unwrap_or(if https { 443 } else { 80 });
        let server = Server { host, port, place: format!("{host}:{port}"), https };
        let deadline = Deadline::after(self.limit);
        let (stream, to_proxy) = match &self.proxy {
            Some(proxy) => {
                notes.push(proxy.note());
                self.through(proxy, &server, deadline).await?
            }
            None => {
                let (stream, note) = dial(host, port, deadline).await?;
                notes.extend(note);
                (Box::new(stream) as Box<dyn Stream>, false)
            }
        };
        if !https {
            return Ok(Link::new(stream, notes.clone(), AskedForCertificate::default(), to_proxy));
        }
        let (stream, asked) = self.secure(stream, host, &server.place, deadline).await?;
        Ok(Link::new(stream, notes.clone(), asked, false))
    }

    /// A stream that leads to the server by way of the proxy, and whether the proxy must be told each request's full
    /// address.
    async fn through(
        &self,
        proxy: &Through,
        server: &Server<'_>,
        deadline: Deadline,
    ) -> Result<(Box<dyn Stream>, bool), NoAnswer> {
        let failed = |fault| NoAnswer::Proxy { proxy: proxy.shown(), address: server.place.clone(), fault };
        let out_of_reach = |error: NoAnswer| failed(ProxyFault::OutOfReach { reason: error.to_string() });
        let (stream, _) = dial(&proxy.host, proxy.port, deadline).await.map_err(out_of_reach)?;
        let mut stream: Box<dyn Stream> = Box::new(stream);
        if proxy.kind == Kind::Https {
            let secured = self.secure(stream, &proxy.host, &proxy.place(), deadline).await;
            stream = secured.map_err(out_of_reach)?.0;
        }
        if let Kind::Socks { resolves } = proxy.kind {
            let address = self.address_for_socks(server, resolves, deadline).await?;
            let asking = tunnel::socks(&mut *stream, (server.host, address, server.port), proxy);
            deadline.wait(&server.place, Phase::Proxy, asking).await?.map_err(failed)?;
            return Ok((stream, false));
        }
        if server.https {
            let asking = tunnel::connect(&mut *stream, &server.place, proxy);
            deadline.wait(&server.place, Phase::Proxy, asking).await?.map_err(failed)?;
        }
        Ok((stream, !server.https))
    }

    /// The server's address, when it is one or is to be looked up here.
    async fn address_for_socks(
        &self,
        server: &Server<'_>,
        resolves: bool,
        deadline: Deadline,
    ) -> Result<Option<IpAddr>, NoAnswer> {
        if let Ok(address) = server.host.trim_matches(['[', ']']).parse() {
            return Ok(Some(address));
        }
        if resolves {
            return Ok(None);
        }
        let found = deadline.wait(&server.place, Phase::Name, addresses(server.host, server.port)).await??;
        Ok(found.first().map(std::net::SocketAddr::ip))
    }

    async fn secure(
        &self,
        stream: Box<dyn Stream>,
        host: &str,
        place: &str,
        deadline: Deadline,
    ) -> Result<(Box<dyn Stream>, AskedForCertificate), NoAnswer> {
        let failed = |fault| NoAnswer::Tls { address: place.to_owned(), fault };
        let tls = self.tls.as_ref().ok_or_else(|| failed(crate::exchange::TlsFault::NoRoots))?;
        let shaking = tls.handshake(stream, host.trim_matches(['[', ']']));
        deadline.wait(place, Phase::Tls, shaking).await?.map_err(failed)
    }
}

//! Listens on this machine for the browser that comes back (RFC 8252 section 7.3): on 127.0.0.1 and [::1], for many
//! connections at once, within the login's own future, so that nothing listens any more when that is dropped.

use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::Poll;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::connection::{Came, Hit, Own, serve};
use super::page::Page;

/// The ports that are tried, in this order.
pub(super) const PORTS: [u16; 3] = [17801, 17802, 17803];

/// The path of the program's own redirect addresses.
const PATH: &str = "/callback";

/// How many connections are open at once; further ones wait.
const MOST: usize = 32;

/// Every redirect address of the program's own.
pub(super) fn own_addresses() -> Vec<String> {
    PORTS.iter().map(|port| address(*port)).collect()
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}{PATH}")
}

/// Waits for a browser.
pub(super) struct Listener {
    sockets: Vec<TcpListener>,
    own: Own,
    connections: FuturesUnordered<Pin<Box<dyn Future<Output = Came> + Send>>>,
    /// Whether the last page was shown.
    shown: bool,
}

/// Where a browser is to come back to.
pub(super) struct Place {
    /// The redirect address.
    pub(super) redirect_uri: String,
    /// What listens there; none when that is another machine, or an app's own scheme.
    pub(super) listener: Option<Listener>,
    /// What should be said of it.
    pub(super) remark: Option<String>,
}

/// Nothing can be listened on.
pub(super) enum NoPlace {
    /// All of the program's own ports are taken.
    AllTaken,
    /// That of the file is.
    Taken(u16, io::Error),
}

/// Begins to listen: at the redirect address of the file, else at the first of the program's own that is free.
pub(super) async fn listen(redirect_uri: Option<&str>) -> Result<Place, NoPlace> {
    let Some(uri) = redirect_uri else { return at_own_port().await };
    let url = Url::parse(uri).ok().filter(|url| url.scheme() == "http" && crate::config::is_loopback(uri));
    let Some((url, port)) = url.and_then(|url| url.port_or_known_default().map(|port| (url, port))) else {
        let remark = format!(
            "{uri} does not lead to this program: when the browser has arrived there, paste the address from its address bar here."
        );
        return Ok(Place { redirect_uri: uri.to_owned(), listener: None, remark: Some(remark) });
    };
    let listener = Listener::bind(port, url.path()).await.map_err(|error| NoPlace::Taken(port, error))?;
    Ok(Place { redirect_uri: uri.to_owned(), listener: Some(listener), remark: None })
}

async fn at_own_port() -> Result<Place, NoPlace> {
    let mut taken = Vec::new();
    for port in PORTS {
        match Listener::bind(port, PATH).await {
            Ok(listener) => {
                let remark = (!taken.is_empty()).then(|| {
                    let address = address(port);
                    format!(
                        "port {} is taken, so the browser comes back to {address}, which must be registered too",
                        taken.join(" and ")
                    )
                });
                return Ok(Place { redirect_uri: address(port), listener: Some(listener), remark });
            }
            Err(_) => taken.push(port.to_string()),
        }
    }
    Err(NoPlace::AllTaken)
}

impl Listener {
    /// Listens on both families; one that the machine lacks is left out. A port that somebody else has on either is taken.
    async fn bind(port: u16, path: &str) -> io::Result<Self> {
        let first = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let port = first.local_addr()?.port();
        let mut sockets = vec![first];
        match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
            Ok(second) => sockets.push(second),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(_) => {}
        }
        let names = ["127.0.0.1", "[::1]", "localhost"];
        let mut hosts: Vec<String> = names.iter().map(|name| format!("{name}:{port}")).collect();
        if port == 80 {
            hosts.extend(names.map(str::to_owned));
        }
        let own = Own { path: path.to_owned(), hosts };
        Ok(Self { sockets, own, connections: FuturesUnordered::new(), shown: false })
    }

    /// The next answer to a login. May be dropped and called again: nothing is lost.
    pub(super) async fn hit(&mut self) -> Hit {
        loop {
            if let Some(hit) = self.turn().await {
                return hit;
            }
        }
    }

    /// Answers a browser, while others go on to be served.
    pub(super) fn answer(&mut self, hit: Hit, page: Page) {
        self.connections.push(Box::pin(hit.answer(page)));
    }

    /// Goes on until the last page was shown, or, where there is none, all are answered; further answers are told that they
    /// come late.
    pub(super) async fn settle(&mut self, last_page: bool) {
        while if last_page { !self.shown } else { !self.connections.is_empty() } {
            if let Some(hit) = self.turn().await {
                self.answer(hit, Page::Late);
            }
        }
    }

    async fn turn(&mut self) -> Option<Hit> {
        let room = self.connections.len() < MOST;
        tokio::select! {
            stream = accept(&self.sockets), if room => {
                self.connections.push(Box::pin(serve(stream, self.own.clone())));
                None
            }
            Some(came) = self.connections.next() => match came {
                Came::Hit(hit) => Some(hit),
                Came::LastPage => {
                    self.shown = true;
                    None
                }
                Came::Nothing => None,
            },
        }
    }
}

/// The next connection on any of the sockets.
async fn accept(sockets: &[TcpListener]) -> TcpStream {
    poll_fn(|context| {
        for socket in sockets {
            // A connection that broke before it was accepted is none.
            while let Poll::Ready(accepted) = socket.poll_accept(context) {
                match accepted {
                    Ok((stream, _)) => return Poll::Ready(stream),
                    Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                    Err(_) => break,
                }
            }
        }
        Poll::Pending
    })
    .await
}

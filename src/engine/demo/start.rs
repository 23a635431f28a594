//! One attempt to have the bundled server answer: look who is there, take a seat, serve from it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokenscope_server::authorization::AuthorizationServer;
use tokenscope_server::realm::{KeyFile, Realm, SigningKeys};
use tokenscope_server::resource::{Api as BundledApi, Validator, ValidatorOptions};
use tokenscope_server::{bind_loopback, serve};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Moved, Running, State};
use crate::config::{Api, Connection, Provider, is_loopback};
use crate::engine::http::Http;
use crate::engine::{Failure, Notice};
use crate::exchange::{Exchange, Request, Response};
use crate::oauth::{Issuer, metadata_request, parse_challenges, read_metadata};

/// How long a server on this machine may take to answer the question who it is.
const LOOK: Connection =
    Connection { plaintext: false, timeout: Some(3), headers: Vec::new(), ca: None, insecure: false, proxy: None };

/// How often, and how far apart, a port is looked at while its owner is starting or ending.
const LOOKS: usize = 8;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// What answers at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Nothing,
    Ours,
    SomethingElse,
    /// It went away while it was asked: its owner may just be ending.
    Gone,
}

impl Found {
    /// What the answer to a question says, `ours` deciding.
    fn of(exchange: &Exchange, ours: impl FnOnce(&Response) -> bool) -> Self {
        match &exchange.outcome {
            Ok(response) if ours(response) => Self::Ours,
            Err(error) if error.is_gone() => Self::Gone,
            _ => Self::SomethingElse,
        }
    }
}

/// One attempt to have the bundled server answer.
pub(super) struct Start<'a> {
    pub(super) http: &'a Http,
    pub(super) provider: &'a Provider,
    pub(super) api: Option<&'a Api>,
    pub(super) notices: &'a UnboundedSender<Notice>,
}

/// Where a part is to be served.
enum Seat {
    /// Another process serves it at its own address.
    Theirs,
    /// Here, at its own address.
    Own(Vec<TcpListener>),
    /// Here, at an address the system chose.
    Moved(Vec<TcpListener>),
}

impl Start<'_> {
    pub(super) async fn begin(&self, before: State) -> Result<(State, Option<Moved>), Failure> {
        // Somebody else's authorization server is not looked for, wherever it is.
        let auth_port = if self.provider.embedded {
            Some(own_port(self.provider.issuer.as_str(), &self.provider.name)?)
        } else {
            None
        };
        let api_port = match self.api {
            Some(api) => Some(own_port(&api.base_url, &api.name)?),
            None => None,
        };
        // What runs here already stays: only the part whose owner went away is started anew.
        let mut running = match before {
            State::Here(running) => running,
            _ => Running {
                authorization: None,
                shutdown: CancellationToken::new(),
                tasks: Vec::new(),
                others: Vec::new(),
            },
        };
        running.others.clear();
        let auth = match auth_port {
            Some(port) if running.authorization.is_none() => self.seat(port, || self.find_authorization()).await?,
            _ => Seat::Theirs,
        };
        let auth_moved = matches!(auth, Seat::Moved(_));
        let api_seat = match api_port {
            None => None,
            // An API at the usual address trusts the usual issuer, so it is no use to one that moved.
            Some(_) if auth_moved => Some(Seat::Moved(bind(0).await?)),
            Some(port) => Some(self.seat(port, || self.find_api()).await?),
        };
        if matches!(auth, Seat::Theirs) && running.authorization.is_none() {
            running.others.extend(auth_port);
        }
        let issuer = self.serve_authorization(&mut running, auth).await?;
        let base_url = self.serve_api(&mut running, api_seat, api_port, issuer.as_ref());
        let moved = (issuer.is_some() || base_url.is_some()).then(|| Moved {
            provider: self.provider.name.clone(),
            issuer,
            api: self.api.zip(base_url).map(|(api, url)| (api.name.clone(), url)),
        });
        self.announce(&running, moved.as_ref(), auth_port, api_port);
        let state = if running.tasks.is_empty() {
            State::Elsewhere { addresses: running.others, seen: Instant::now() }
        } else {
            State::Here(running)
        };
        Ok((state, moved))
    }

    /// A seat at this port; looked at again while things are unclear, because another command may just be starting or
    /// ending.
    async fn seat<F: Future<Output = Found>>(&self, port: u16, find: impl Fn() -> F) -> Result<Seat, Failure> {
        for _ in 0..LOOKS {
            let found = if answers(port).await { find().await } else { Found::Nothing };
            match found {
                Found::Ours => return Ok(Seat::Theirs),
                Found::SomethingElse => break,
                Found::Gone => {}
                Found::Nothing => {
                    if let Ok(listeners) = bind_loopback(port).await {
                        return Ok(Seat::Own(listeners));
                    }
                }
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Ok(Seat::Moved(bind(0).await?))
    }

    /// Whether what answers at the issuer's address is this issuer.
    async fn find_authorization(&self) -> Found {
        let issuer = &self.provider.issuer;
        let exchange = self.http.send(metadata_request(issuer), &LOOK).await;
        Found::of(&exchange, |response| read_metadata(issuer, &exchange.request.url, response).is_ok())
    }

    /// Whether what answers at the API's address is the bundled API of this realm.
    async fn find_api(&self) -> Found {
        let Some(api) = self.api else { return Found::SomethingElse };
        let exchange = self.http.send(Request::new("GET", format!("{}/api/private", api.base_url)), &LOOK).await;
        let realm = realm_of(self.provider.issuer.as_str());
        Found::of(&exchange, |response| {
            response.status == 401
                && parse_challenges(response.values("www-authenticate"))
                    .iter()
                    .any(|challenge| challenge.is_bearer() && challenge.param("realm") == realm.as_deref())
        })
    }

    /// Serves the authorization server from this seat; gives its issuer when it moved.
    async fn serve_authorization(&self, running: &mut Running, seat: Seat) -> Result<Option<Issuer>, Failure> {
        let (listeners, moved) = match seat {
            Seat::Theirs => return Ok(None),
            Seat::Own(listeners) => (listeners, false),
            Seat::Moved(listeners) => (listeners, true),
        };
        let realm = Realm::built_in();
        let name = realm_of(self.provider.issuer.as_str());
        if name.as_deref() != Some(realm.name()) {
            return Err(Failure::Bundled {
                reason: format!("its realm is {}, and {} names another", realm.name(), self.provider.issuer),
                advice: format!(
                    "Write the issuer as http://localhost:PORT/realms/{}, or take `embedded` away.",
                    realm.name()
                ),
            });
        }
        let issuer = if moved {
            Issuer::new(format!("http://localhost:{}/realms/{}", port_of(&listeners), realm.name()))
        } else {
            self.provider.issuer.clone()
        };
        let keys = self.keys().await?;
        let server = AuthorizationServer::new(realm, keys, issuer.to_string());
        running.tasks.push(tokio::spawn(serve(listeners, server.router(), running.shutdown.clone())));
        running.authorization = Some(server);
        Ok(moved.then_some(issuer))
    }

    /// Serves the API from this seat; gives its address when it moved.
    fn serve_api(
        &self,
        running: &mut Running,
        seat: Option<Seat>,
        port: Option<u16>,
        issuer: Option<&Issuer>,
    ) -> Option<String> {
        let (listeners, moved) = match seat? {
            Seat::Theirs => {
                running.others.extend(port);
                return None;
            }
            Seat::Own(listeners) => (listeners, false),
            Seat::Moved(listeners) => (listeners, true),
        };
        let base_url = format!("http://localhost:{}", port_of(&listeners));
        let issuer = issuer.unwrap_or(&self.provider.issuer);
        let audience = self.api.and_then(|api| api.audience.clone());
        let options = ValidatorOptions { audience, ..ValidatorOptions::new(issuer.to_string()) };
        let api = BundledApi::new(Validator::new(options));
        running.tasks.push(tokio::spawn(serve(listeners, api.router(), running.shutdown.clone())));
        moved.then_some(base_url)
    }

    /// The signing keys from their file, so that a token got by one command verifies in the next; keys for this run
    /// alone where the file cannot be used, which is said.
    async fn keys(&self) -> Result<SigningKeys, Failure> {
        let fault = |message: String| Failure::Bundled { reason: message, advice: "Try again.".into() };
        let loaded =
            tokio::task::spawn_blocking(|| KeyFile::default_path().and_then(|path| KeyFile::at(path).load_or_create()));
        match loaded.await.map_err(|error| fault(error.to_string()))? {
            Ok(keys) => Ok(keys),
            Err(error) => {
                let remark =
                    format!("{error}; signing with keys for this run alone, so its tokens do not hold in the next");
                let _ = self.notices.send(Notice::Remark(remark));
                let made = tokio::task::spawn_blocking(SigningKeys::generate).await;
                made.map_err(|error| fault(error.to_string()))?.map_err(|error| fault(error.to_string()))
            }
        }
    }

    fn announce(&self, running: &Running, moved: Option<&Moved>, auth_port: Option<u16>, api_port: Option<u16>) {
        if running.tasks.is_empty() {
            return;
        }
        let notice = match moved {
            Some(Moved { issuer: Some(issuer), api, .. }) => {
                let api = api.as_ref().map(|(_, url)| format!(", the API at {url}")).unwrap_or_default();
                Notice::BundledMoved {
                    what: format!(
                        "port {} is taken by something else; the demo's issuer is {issuer}{api}, this run only",
                        auth_port.unwrap_or(0)
                    ),
                }
            }
            Some(Moved { api: Some((_, url)), .. }) => Notice::BundledMoved {
                what: format!(
                    "port {} is taken by something else; the demo API is at {url}, this run only",
                    api_port.unwrap_or(0)
                ),
            },
            _ if auth_port.is_none() => Notice::BundledStarted {
                what: format!("the bundled API runs in this program, for tokens of {}", self.provider.issuer),
            },
            _ => Notice::BundledStarted {
                what: format!("the bundled server runs in this program: {}", self.provider.issuer),
            },
        };
        let _ = self.notices.send(notice);
    }
}

/// The port of an address that the bundled server can have: plain http on this machine.
fn own_port(address: &str, name: &str) -> Result<u16, Failure> {
    let url = Url::parse(address).ok().filter(|url| url.scheme() == "http" && is_loopback(address));
    url.and_then(|url| url.port_or_known_default()).ok_or_else(|| Failure::Bundled {
        reason: format!("{name} is marked as embedded, and {address} is no http address of this machine"),
        advice: "Use http://localhost with a port, or take `embedded` away.".into(),
    })
}

/// The realm's name: what follows `/realms/`.
fn realm_of(issuer: &str) -> Option<String> {
    issuer.rsplit_once("/realms/").map(|(_, name)| name.to_owned())
}

async fn bind(port: u16) -> Result<Vec<TcpListener>, Failure> {
    bind_loopback(port).await.map_err(|error| Failure::Bundled {
        reason: format!("no port can be opened on this machine: {error}"),
        advice: "Something forbids listening on 127.0.0.1; look at limits and sandboxes.".into(),
    })
}

fn port_of(listeners: &[TcpListener]) -> u16 {
    listeners.first().and_then(|listener| listener.local_addr().ok()).map_or(0, |address| address.port())
}

/// Whether anything takes a connection at the port, on either family.
async fn answers(port: u16) -> bool {
    let taken = |address: SocketAddr| async move {
        matches!(tokio::time::timeout(Duration::from_secs(1), TcpStream::connect(address)).await, Ok(Ok(_)))
    };
    let (v4, v6) =
        tokio::join!(taken(([127, 0, 0, 1], port).into()), taken((std::net::Ipv6Addr::LOCALHOST, port).into()));
    v4 || v6
}

pub(super) async fn all_answer(ports: &[u16]) -> bool {
    for port in ports {
        if !answers(*port).await {
            return false;
        }
    }
    true
}

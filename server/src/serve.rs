//! Serving one router on several listeners, with bounds on everything a stranger can stretch.

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// What a connection may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time to send a request's head; also how long a connection may idle between two requests.
    pub head_time: Duration,
    /// Time for the whole of a request: reading its body and answering it.
    pub request_time: Duration,
    /// Largest head (request line and header fields), in bytes; more is answered with 431.
    pub head_size: usize,
    /// Connections at the same time; more wait to be accepted.
    pub connections: usize,
    /// Time that running requests get to finish once the end is called for.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_time: Duration::from_secs(15),
            request_time: Duration::from_secs(30),
            head_size: 32 * 1024,
            connections: 1024,
            grace: Duration::from_secs(3),
        }
    }
}

/// Serves `router` on all `listeners` until `shutdown` is cancelled and running requests have
/// finished, or a few seconds have passed. Dropping the future ends everything at once.
pub async fn serve(listeners: Vec<TcpListener>, router: Router, shutdown: CancellationToken) {
    serve_with(listeners, router, shutdown, Limits::default()).await;
}

/// The same with limits of one's own.
pub async fn serve_with(listeners: Vec<TcpListener>, router: Router, shutdown: CancellationToken, limits: Limits) {
    let free = Arc::new(Semaphore::new(limits.connections));
    let mut accepting = JoinSet::new();
    for listener in listeners {
        let acceptor = Acceptor { router: router.clone(), shutdown: shutdown.clone(), limits, free: Arc::clone(&free) };
        accepting.spawn(acceptor.run(listener));
    }
    while accepting.join_next().await.is_some() {}
}

/// Takes the connections of one listener.
struct Acceptor {
    router: Router,
    shutdown: CancellationToken,
    limits: Limits,
    free: Arc<Semaphore>,
}

impl Acceptor {
    async fn run(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        while let Some(accepted) = self.next(&listener).await {
            let (stream, peer, permit) = accepted;
            connections.spawn(self.connection(stream, peer, permit));
            while connections.try_join_next().is_some() {}
        }
        drop(listener);
        let all_done = async { while connections.join_next().await.is_some() {} };
        if timeout(self.limits.grace, all_done).await.is_err() {
            tracing::warn!("requests were still running after {:?}; they are cut off", self.limits.grace);
        }
    }

    /// The next connection, once there is room for it; nothing when it is time to end.
    async fn next(&self, listener: &TcpListener) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        let accept = async {
            let (stream, peer) = loop {
                match listener.accept().await {
                    Ok(accepted) => break accepted,
                    // Out of file handles, or a client that has gone: nothing that lasts.
                    Err(error) => {
                        tracing::warn!("a connection could not be taken: {error}");
                        sleep(Duration::from_millis(100)).await;
                    }
                }
            };
            // Only now: a listener that waits must not keep the other one's place.
            let permit = Arc::clone(&self.free).acquire_owned().await.ok()?;
            Some((stream, peer, permit))
        };
        self.shutdown.run_until_cancelled(accept).await.flatten()
    }

    /// Answers the requests of one connection, one after the other.
    fn connection(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        permit: OwnedSemaphorePermit,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (router, shutdown, limits) = (self.router.clone(), self.shutdown.clone(), self.limits);
        async move {
            let _held_until_the_end = permit;
            // Answers are small: waiting for more to send would only make them late.
            let _ = stream.set_nodelay(true);
            let service = service_fn(|request| answer(&router, peer, request, limits.request_time));
            let mut connection = pin!(
                http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(limits.head_time)
                    .max_header_size(limits.head_size)
                    .max_buf_size(limits.head_size.saturating_mul(2).max(8192))
                    .serve_connection(TokioIo::new(stream), service)
            );
            tokio::select! {
                ended = connection.as_mut() => return log(ended),
                () = shutdown.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            log(connection.await);
        }
    }
}

async fn answer(
    router: &Router,
    peer: SocketAddr,
    request: hyper::Request<Incoming>,
    limit: Duration,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    match timeout(limit, router.clone().oneshot(request)).await {
        Ok(answer) => answer,
        Err(_) => Ok(StatusCode::REQUEST_TIMEOUT.into_response()),
    }
}

/// Clients that go away or talk no HTTP are their own business.
fn log(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!("a connection ended early: {error}");
    }
}

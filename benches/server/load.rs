//! Sends requests over loopback as fast as they are answered: plain HTTP/1.1 on connections that are kept.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What is sent.
#[derive(Clone)]
pub enum Requests {
    /// The same again and again.
    Repeated(Arc<[u8]>),
    /// Each of these once.
    Once(Arc<[Vec<u8>]>),
}

/// What came of it.
#[derive(Default)]
pub struct Answers {
    /// One for each request, in microseconds.
    pub latencies: Vec<f64>,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// The bodies, when they were to be kept.
    pub bodies: Vec<Vec<u8>>,
}

/// Where to send, on how many connections, and for how long at most.
#[derive(Clone, Copy)]
pub struct Load {
    pub address: SocketAddr,
    pub connections: usize,
    pub time: Duration,
    pub keep_bodies: bool,
}

impl Load {
    /// Sends until the time is over or nothing is left to send. Fails when an answer is not 200.
    pub async fn run(self, requests: &Requests) -> anyhow::Result<Answers> {
        let next = Arc::new(AtomicUsize::new(0));
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            connections.push(Connection::open(self.address).await?);
        }
        let mut awake = JoinSet::new();
        awake.spawn(stay_awake());
        let began = Instant::now();
        let mut workers = JoinSet::new();
        for connection in connections {
            workers.spawn(self.one_connection(connection, requests.clone(), Arc::clone(&next), began));
        }
        let mut all = Answers::default();
        while let Some(answers) = workers.join_next().await {
            let answers = answers??;
            all.latencies.extend(answers.latencies);
            all.bodies.extend(answers.bodies);
        }
        all.elapsed = began.elapsed();
        Ok(all)
    }

    async fn one_connection(
        self,
        mut connection: Connection,
        requests: Requests,
        next: Arc<AtomicUsize>,
        began: Instant,
    ) -> anyhow::Result<Answers> {
        let mut answers = Answers::default();
        loop {
            let request = match &requests {
                Requests::Repeated(request) => request,
                Requests::Once(all) => match all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    Some(request) => request.as_slice(),
                    None => return Ok(answers),
                },
            };
            let sent = Instant::now();
            if sent.duration_since(began) >= self.time {
                return Ok(answers);
            }
            let body = connection.exchange(request).await?;
            answers.latencies.push(sent.elapsed().as_secs_f64() * 1e6);
            if self.keep_bodies {
                answers.bodies.push(body.to_vec());
            }
        }
    }
}

/// Keeps the sender from sleeping. A server that takes longer for an answer finds it asleep more often, and would pay for
/// waking it each time, which is no work of its own.
async fn stay_awake() {
    loop {
        tokio::task::yield_now().await;
    }
}

/// One kept connection.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("no connection to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and waits for the body of its answer, which must be a 200 that says its length.
    pub async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.received.clear();
        let (body, length) = loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some(end) = self.received.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = std::str::from_utf8(self.received.get(..end).unwrap_or_default())?;
                break (end + 4, content_length(head)?);
            }
        };
        while self.received.len() < body + length {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the server closed the connection in the middle of an answer");
            }
        }
        Ok(self.received.get(body..body + length).unwrap_or_default())
    }
}

fn content_length(head: &str) -> anyhow::Result<usize> {
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default();
    if !status.starts_with("HTTP/1.1 200 ") {
        bail!("the server answered {status}");
    }
    let length =
        lines.filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.context("the answer does not say its length")?;
    Ok(length.trim().parse()?)
}

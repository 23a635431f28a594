//! What the API and the token endpoint cost over loopback, as ratios within one run: protected
//! beside open, and the token endpoint beside the machine's bare RSA signatures.
//!
//! The load generator runs in the same process. Where the system tells it, rates are by processor
//! time and not by the clock on the wall, so that other work on the machine does not count.
//!
//! ```text
//! cargo bench -p tokenscope-server
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement may stop at the first surprise"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::{
    hint::black_box,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde_json::json;
use support::{Authorization, mint::Mint};
use tokenscope_server::resource::ValidatorOptions;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Time of one measurement.
const SPAN: Duration = Duration::from_secs(2);
/// How often each is measured; the middle one counts.
const ROUNDS: usize = 5;
const CONNECTIONS: usize = 32;

/// Processor time that this process has used, from the machine's own books.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

/// How often a second of all cores something was done that took from `begun` until now.
struct Meter {
    wall: Instant,
    processor: Option<Duration>,
}

impl Meter {
    fn start() -> Self {
        Self { wall: Instant::now(), processor: processor_time() }
    }

    fn rate(&self, count: u64) -> f64 {
        let cores = thread::available_parallelism().map_or(1, usize::from) as f64;
        let used =
            processor_time().zip(self.processor).map(|(now, then)| now.saturating_sub(then).as_secs_f64() / cores);
        count as f64 / used.unwrap_or_else(|| self.wall.elapsed().as_secs_f64())
    }
}

/// Sends these requests over and over on several connections, and gives answers per second.
async fn rate(address: SocketAddr, requests: Arc<Vec<Vec<u8>>>) -> f64 {
    let answered = Arc::new(AtomicU64::new(0));
    let meter = Meter::start();
    let end = Instant::now() + SPAN;
    let mut connections = tokio::task::JoinSet::new();
    for connection in 0..CONNECTIONS {
        let (requests, answered) = (Arc::clone(&requests), Arc::clone(&answered));
        connections.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut buffer = vec![0; 16 * 1024];
            let mut next = connection * requests.len() / CONNECTIONS;
            while Instant::now() < end {
                stream.write_all(&requests[next % requests.len()]).await.unwrap();
                read_answer(&mut stream, &mut buffer).await;
                answered.fetch_add(1, Ordering::Relaxed);
                next += 1;
            }
        });
    }
    connections.join_all().await;
    meter.rate(answered.load(Ordering::Relaxed))
}

/// Reads one answer, which must be a 200 with a length.
async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    loop {
        let length = stream.read(&mut buffer[filled..]).await.unwrap();
        assert!(length > 0, "closed early");
        filled += length;
        let Some(end) = buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(&buffer[..end]).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length: usize =
            head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
        if filled >= end + 4 + length {
            return;
        }
    }
}

fn get(path: &str, token: Option<&str>) -> Vec<u8> {
    let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}\r\n").into_bytes()
}

/// How often a second something can be done on all cores.
fn on_all_cores(work: impl Fn() + Sync) -> f64 {
    let cores = thread::available_parallelism().unwrap().get();
    let meter = Meter::start();
    let end = Instant::now() + SPAN;
    let count = || {
        let mut count = 0_u64;
        while Instant::now() < end {
            work();
            count += 1;
        }
        count
    };
    let total: u64 = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(count)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    meter.rate(total)
}

/// RSA-2048 signatures and checks per second, with keys parsed once.
fn signatures_and_checks() -> (f64, f64) {
    const SIGNED: [u8; 900] = [7; 900];
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let sign = || {
        let mut signature = [0; 256];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &SIGNED, &mut signature).unwrap();
        signature
    };
    let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref()).unwrap();
    let signature = sign();
    (
        on_all_cores(|| {
            black_box(sign());
        }),
        on_all_cores(|| public.verify_sig(black_box(&SIGNED), &signature).unwrap()),
    )
}

fn middle(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

#[tokio::main]
async fn main() {
    let server = Authorization::start().await;
    let api = support::api(ValidatorOptions::new(&server.issuer)).await;
    let token = server.token("testapiclient1", "demo-secret", "test_api_access").await;
    let mint = Mint::new(&server.key_file(), &server.issuer, "", support::now());
    // More than are remembered, so that each is checked anew.
    let fresh: Vec<Vec<u8>> = (0..8_192)
        .map(|index| mint.changed(&json!({}), &json!({ "exp": { "now": 3600 }, "jti": index })))
        .map(|token| get("/api/private-scoped", Some(&token)))
        .collect();
    let body = "grant_type=client_credentials&client_id=testapiclient1&client_secret=demo-secret";
    let ask = format!(
        "POST /realms/myorg/protocol/openid-connect/token HTTP/1.1\r\nhost: localhost\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    // The same request, to the endpoint that looks at no token.
    let open = Arc::new(vec![get("/api/public", Some(&token))]);
    let repeated = Arc::new(vec![get("/api/private-scoped", Some(&token))]);
    let (fresh, ask) = (Arc::new(fresh), Arc::new(vec![ask.into_bytes()]));

    let mut rates: [Vec<f64>; 6] = Default::default();
    for _ in 0..ROUNDS {
        rates[0].push(rate(api.address(), Arc::clone(&open)).await);
        rates[1].push(rate(api.address(), Arc::clone(&repeated)).await);
        rates[2].push(rate(api.address(), Arc::clone(&fresh)).await);
        let (signing, checking) = tokio::task::spawn_blocking(signatures_and_checks).await.unwrap();
        rates[3].push(signing);
        rates[4].push(checking);
        rates[5].push(rate(server.served.address(), Arc::clone(&ask)).await);
    }
    let [open, repeated, fresh, signing, checking, tokens] = rates.map(middle);
    let least = 1.0 / open + 1.0 / checking;
    println!("open endpoint              {open:>8.0} /s");
    println!("protected, repeated token  {repeated:>8.0} /s   {:.0} % of open", 100.0 * repeated / open);
    println!("protected, fresh token     {fresh:>8.0} /s   {:.2} x the time of open and a check", 1.0 / fresh / least);
    println!("RS256 checks               {checking:>8.0} /s");
    println!("RSA-2048 signatures        {signing:>8.0} /s");
    println!("token endpoint             {tokens:>8.0} /s   {:.0} % of the signatures", 100.0 * tokens / signing);
}

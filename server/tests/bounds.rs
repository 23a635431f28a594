//! What a stranger can stretch is bounded: size, time, number. And the end is gentle.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use support::{Authorization, DEADLINE, Served};
use tokenscope_server::{Limits, bind_loopback, resource::ValidatorOptions, serve_with};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use tokio_util::sync::CancellationToken;

/// Limits so short that a test need not wait for them.
fn short() -> Limits {
    Limits {
        head_time: Duration::from_millis(200),
        request_time: Duration::from_millis(400),
        grace: Duration::from_millis(400),
        ..Limits::default()
    }
}

async fn serve_short(
    router: Router,
    limits: Limits,
) -> (std::net::SocketAddr, CancellationToken, tokio::task::JoinHandle<()>) {
    let listeners = bind_loopback(0).await.unwrap();
    let address = listeners[0].local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve_with(listeners, router, shutdown.clone(), limits));
    (address, shutdown, serving)
}

/// Reads until the other side closes.
async fn to_the_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        let mut part = [0; 1024];
        while let Ok(length @ 1..) = stream.read(&mut part).await {
            bytes.extend_from_slice(&part[..length]);
        }
    };
    tokio::time::timeout(DEADLINE, reading).await.expect("the connection to be closed");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn too_large_a_head_is_refused() {
    let api = support::api(ValidatorOptions::new("http://localhost:1/realms/myorg")).await;
    let long = "x".repeat(40_000);
    for head in [
        format!("GET /api/public HTTP/1.1\r\nhost: x\r\nx-long: {long}\r\n\r\n"),
        format!("GET /api/public?{long} HTTP/1.1\r\nhost: x\r\n\r\n"),
        format!("GET /api/public HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(200)),
    ] {
        let answer = support::exchange(api.address(), head.into_bytes()).await.expect("an answer");
        assert!([414, 431].contains(&answer.status), "{}", answer.status);
    }
    let just_fits =
        format!("GET /api/public HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-long: {}\r\n\r\n", "x".repeat(20_000));
    assert_eq!(support::exchange(api.address(), just_fits.into_bytes()).await.unwrap().status, 200);
}

#[tokio::test]
async fn slow_and_idle_connections_are_closed() {
    let router = Router::new().route("/", get(|| async { "here" }));
    let (address, _shutdown, _serving) = serve_short(router, short()).await;

    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-sl").await.unwrap();
    assert!(!to_the_end(&mut slow).await.contains("200 OK"), "half a head is no request");

    let mut silent = TcpStream::connect(address).await.unwrap();
    assert_eq!(to_the_end(&mut silent).await, "");

    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(to_the_end(&mut idle).await.ends_with("here"), "answered, then closed for idling");
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let server = Authorization::start().await;
    let (address, _shutdown, _serving) = serve_short(server.server.router(), short()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "POST /realms/myorg/protocol/openid-connect/token HTTP/1.1\r\nhost: x\r\n\
                content-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\ngrant_type=";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(to_the_end(&mut stream).await.starts_with("HTTP/1.1 408 "));
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let limits = Limits { connections: 1, head_time: Duration::from_mins(1), ..Limits::default() };
    let router = Router::new().route("/", get(|| async { "here" }));
    let (address, _shutdown, _serving) = serve_short(router, limits).await;
    let mut first = TcpStream::connect(address).await.unwrap();
    first.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    first.readable().await.unwrap();
    let mut second = TcpStream::connect(address).await.unwrap();
    second.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(200), second.readable()).await;
    assert!(waiting.is_err(), "the second is answered while the first is open");
    drop(first);
    assert!(to_the_end(&mut second).await.ends_with("here"));
}

#[tokio::test]
async fn the_end_lets_running_requests_finish() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
        move || async move {
            begun.notify_one();
            go_on.notified().await;
            "finished"
        }
    };
    let limits = Limits { grace: DEADLINE, ..Limits::default() };
    let (address, shutdown, serving) = serve_short(Router::new().route("/", get(handler)), limits).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    let mut running = TcpStream::connect(address).await.unwrap();
    running.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    begun.notified().await;
    shutdown.cancel();
    assert_eq!(to_the_end(&mut idle).await, "", "an idle connection is closed at once");
    assert!(!serving.is_finished());
    go_on.notify_one();
    assert!(to_the_end(&mut running).await.ends_with("finished"));
    tokio::time::timeout(DEADLINE, serving).await.expect("the end").unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn the_end_does_not_wait_for_ever() {
    let router = Router::new().route("/", get(std::future::pending::<&'static str>));
    let limits = Limits { request_time: Duration::from_mins(10), ..short() };
    let (address, shutdown, serving) = serve_short(router, limits).await;
    let mut running = TcpStream::connect(address).await.unwrap();
    running.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let begun = Instant::now();
    shutdown.cancel();
    tokio::time::timeout(DEADLINE, serving).await.expect("the end").unwrap();
    assert!(begun.elapsed() < DEADLINE);
    assert_eq!(to_the_end(&mut running).await, "");
}

#[tokio::test]
async fn both_families_share_a_port_and_a_taken_one_is_named() {
    let listeners = bind_loopback(0).await.unwrap();
    let ports: Vec<u16> = listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
    assert!(ports.windows(2).all(|pair| pair[0] == pair[1]), "{ports:?}");
    let error = bind_loopback(ports[0]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&ports[0].to_string()), "{error}");
    drop(listeners);
    if let Ok(only_v6) = TcpListener::bind("[::1]:0").await {
        let port = only_v6.local_addr().unwrap().port();
        let error = bind_loopback(port).await.unwrap_err().to_string();
        assert!(error.contains(&port.to_string()), "taken on the other family: {error}");
    }
}

/// `localhost` means this machine, on whichever family the issuer listens.
#[tokio::test]
async fn keys_are_found_on_either_family() {
    let server = Authorization::start().await;
    for loopback in ["127.0.0.1:0", "[::1]:0"] {
        let Ok(listener) = TcpListener::bind(loopback).await else {
            continue;
        };
        let port = listener.local_addr().unwrap().port();
        let shutdown = CancellationToken::new();
        tokio::spawn(serve_with(vec![listener], server.server.router(), shutdown.clone(), Limits::default()));
        let keys = format!("http://localhost:{port}/realms/myorg/protocol/openid-connect/certs");
        let api: Served =
            support::api(ValidatorOptions { jwks_uri: Some(keys), ..ValidatorOptions::new(&server.issuer) }).await;
        let token = server.token("testapiclient1", "demo-secret", "profile").await;
        assert_eq!(support::get(api.address(), "/api/private", &token).await.status, 200, "{loopback}");
        shutdown.cancel();
    }
}

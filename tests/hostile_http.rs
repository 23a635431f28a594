//! Answers that break HTTP, byte by byte: each is bounded, ends by the deadline, and is said in words (RFC 9110, 9112).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::io::Write as _;
use std::time::{Duration, Instant};

use axum::http::header;
use axum::routing::any;
use flate2::Compression;
use flate2::write::GzEncoder;
use support::Place;
use support::odd::{Odd, profiles};
use tokenscope::config::Changes;
use tokenscope::engine::{BODY_BOUND, Choice, EndpointId, Engine, Places, ProbeAsk, SendAs, Source};
use tokenscope::exchange::{Completeness, Exchange, NoAnswer};

/// Calls an API that has two seconds.
async fn call(odd: &Odd) -> Exchange {
    let place = Place::with(&profiles("http://127.0.0.1:9", &odd.url()));
    let source = Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap();
    let ask = ProbeAsk {
        profile: "odd".into(),
        environment: None,
        changes: Changes::default(),
        endpoint: EndpointId { api: "odd".into(), endpoint: "open".into() },
        send_as: SendAs::Profile,
        unsafe_allowed: false,
    };
    let began = Instant::now();
    let engine = Engine::new(source);
    let exchange = engine.probe(ask).await.unwrap().exchange;
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert!(odd.is_left_alone().await, "the connection is still open");
    drop(engine);
    exchange.as_ref().clone()
}

fn broken(exchange: &Exchange) -> &str {
    match &exchange.response().expect("an answer").completeness {
        Completeness::BrokenOff(reason) => reason,
        other => panic!("{other:?}"),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn encoded(coding: &'static str, body: Vec<u8>) -> Odd {
    let answer = any(move || async move { ([(header::CONTENT_ENCODING, coding)], body) });
    Odd::serve(axum::Router::new().fallback(answer)).await
}

#[tokio::test]
async fn what_is_no_http_says_how_it_began() {
    for (bytes, words) in [
        (b"SSH-2.0-OpenSSH_9.6\r\n".as_slice(), "is not HTTP/1.1; it began with `SSH-2.0-OpenSSH_9.6`"),
        (b"<html>hello</html>", "is not HTTP/1.1; it began with `<html>hello</html>`"),
        (b"\x1b]52;c;aGFja2Vk\x07\r\n\r\n", "is not HTTP/1.1"),
        (b"HTTP/9.9 200 OK\r\n\r\n", "is not HTTP/1.1"),
        (b"HTTP/1.1 999999 OK\r\n\r\n", "is not HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "is not HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello", "is not HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "is not HTTP/1.1"),
        (b"", "it ended before a whole answer had come"),
        (b"HTTP/1.1 200 OK\r\nDate: x", "it ended before a whole answer had come"),
    ] {
        let exchange = call(&Odd::says(bytes).await).await;
        let error = exchange.outcome.expect_err(words).to_string();
        assert!(error.contains(words), "{error}\nshould say {words}");
        assert!(!error.contains('\x1b'), "{error:?}");
    }
}

#[tokio::test]
async fn a_head_without_measure_is_given_up() {
    for line in ["X-Many: 1\r\n".to_owned(), format!("X-Long: {}\r\n", "a".repeat(60_000)), "a".repeat(4096)] {
        let exchange = call(&Odd::repeats("HTTP/1.1 200 OK\r\n", line).await).await;
        assert!(matches!(exchange.outcome, Err(NoAnswer::HeadTooLarge { .. })), "{:?}", exchange.outcome);
    }
}

#[tokio::test]
async fn interim_answers_without_end_meet_the_deadline() {
    let odd = Odd::repeats("", "HTTP/1.1 100 Continue\r\n\r\n".into()).await;
    let exchange = call(&odd).await;
    let error = exchange.outcome.unwrap_err().to_string();
    assert!(error.contains("did not answer within 2 s (connected, waiting for the response)"), "{error}");
    // One interim answer is no trouble (RFC 9110 section 15.2).
    let odd = Odd::says(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(call(&odd).await.status(), Some(204));
}

#[tokio::test]
async fn slow_bytes_meet_the_deadline_in_head_and_body() {
    let head = Odd::drips(b"HTTP/1.1 200 OK\r\nX-Slow: ").await;
    assert!(call(&head).await.outcome.unwrap_err().to_string().contains("waiting for the response"));
    let body = Odd::drips(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let exchange = call(&body).await;
    assert!(broken(&exchange).contains("within 2 s (waiting for the rest of the body)"), "{}", broken(&exchange));
    assert!(!exchange.response().unwrap().body.is_empty());
}

#[tokio::test]
async fn a_body_that_ends_early_keeps_what_came() {
    for (bytes, kept) in [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello".as_slice(), b"hello".as_slice()),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", b"hello"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", b"hello"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nffffffffffffffffff\r\n", b"hello"),
    ] {
        let exchange = call(&Odd::says(bytes).await).await;
        assert_eq!(exchange.response().unwrap().body, kept);
        assert!(!broken(&exchange).is_empty());
    }
}

#[tokio::test]
async fn chunk_extensions_and_trailers_without_end_are_given_up() {
    for line in [";extension".to_owned(), "0\r\nX-Trailer: 1\r\nX-Trailer: 2\r\n".into()] {
        let odd = Odd::repeats("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0", line).await;
        assert!(!broken(&call(&odd).await).is_empty());
    }
}

#[tokio::test]
async fn gzip_is_undone_and_the_head_stays_as_it_came() {
    let exchange = call(&encoded("gzip", gzip(b"hello")).await).await;
    let response = exchange.response().unwrap();
    assert_eq!((response.body.as_slice(), &response.completeness), (b"hello".as_slice(), &Completeness::Whole));
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    // Two members one after the other are one body (RFC 1952 section 2.2), and nothing at all is an empty one.
    let two = [gzip(b"hello, "), gzip(b"world")].concat();
    assert_eq!(call(&encoded("x-gzip", two).await).await.response().unwrap().body, b"hello, world");
    let empty = call(&encoded("gzip", Vec::new()).await).await;
    assert_eq!(empty.response().unwrap().completeness, Completeness::Whole);
}

#[tokio::test]
async fn a_gzip_bomb_is_cut_where_its_content_reaches_the_bound() {
    let bomb = gzip(&vec![0; 4 * BODY_BOUND]);
    assert!(bomb.len() < BODY_BOUND / 100);
    let exchange = call(&encoded("gzip", bomb).await).await;
    let response = exchange.response().unwrap();
    assert_eq!((response.body.len(), &response.completeness), (BODY_BOUND, &Completeness::CutAtBound));
    let exact = call(&encoded("gzip", gzip(&vec![0; BODY_BOUND])).await).await;
    let response = exact.response().unwrap();
    assert_eq!((response.body.len(), &response.completeness), (BODY_BOUND, &Completeness::Whole));
}

#[tokio::test]
async fn gzip_that_is_broken_or_cut_says_so_and_keeps_what_came_out() {
    let mut noise = Vec::new();
    for number in 0..100_000_u32 {
        noise.extend(number.wrapping_mul(2_654_435_761).to_le_bytes());
    }
    let whole = gzip(&noise);
    let cut = call(&encoded("gzip", whole[..whole.len() / 2].to_vec()).await).await;
    assert!(broken(&cut).contains("its gzip encoding cannot be undone"), "{}", broken(&cut));
    assert!(noise.starts_with(&cut.response().unwrap().body) && !cut.response().unwrap().body.is_empty());
    let no_gzip = call(&encoded("gzip", b"plain text".to_vec()).await).await;
    assert!(broken(&no_gzip).contains("its gzip encoding cannot be undone"), "{}", broken(&no_gzip));
}

#[tokio::test]
async fn an_encoding_nobody_asked_for_is_left_and_named() {
    let exchange = call(&encoded("br", b"opaque".to_vec()).await).await;
    assert_eq!(exchange.response().unwrap().body, b"opaque");
    assert_eq!(exchange.notes, ["the body is encoded as br, which was not asked for, and stays as it came"]);
}

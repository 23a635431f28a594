//! `localhost` is two addresses: what one refuses is tried at the other, and that is said.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use support::Place;
use support::odd::profiles;
use tokenscope::config::Changes;
use tokenscope::engine::{Choice, EndpointId, Engine, Places, ProbeAsk, SendAs, Source};
use tokenscope::exchange::{Exchange, NoAnswer, Phase};
use tokio::net::TcpListener;

/// An API at this address alone; its port.
async fn api(address: &str) -> Option<u16> {
    let listener = TcpListener::bind(address).await.ok()?;
    let port = listener.local_addr().unwrap().port();
    let router = axum::Router::new().fallback(|| async { "hello" });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Some(port)
}

async fn call(host: &str, port: u16) -> Exchange {
    let place = Place::with(&profiles("http://127.0.0.1:9", &format!("http://{host}:{port}")));
    let source = Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap();
    let ask = ProbeAsk {
        profile: "odd".into(),
        environment: None,
        changes: Changes::default(),
        endpoint: EndpointId { api: "odd".into(), endpoint: "open".into() },
        send_as: SendAs::Profile,
        unsafe_allowed: false,
    };
    Engine::new(source).probe(ask).await.unwrap().exchange.as_ref().clone()
}

/// Whether this machine has the newer family at all.
async fn has_six() -> bool {
    TcpListener::bind("[::1]:0").await.is_ok()
}

#[tokio::test]
async fn a_server_on_the_older_family_alone_is_found_and_the_other_named() {
    let port = api("127.0.0.1:0").await.unwrap();
    for host in ["localhost", "api.localhost"] {
        let exchange = call(host, port).await;
        assert_eq!(exchange.status(), Some(200), "{:?}", exchange.outcome);
        let expected = format!("[::1]:{port} refused, 127.0.0.1:{port} answered");
        let expected = if has_six().await { vec![expected] } else { vec![] };
        assert_eq!(exchange.notes, expected);
    }
    // An address is taken at its word.
    assert_eq!(call("127.0.0.1", port).await.notes, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_told_as_well() {
    let port = api("127.0.0.1:0").await.unwrap();
    let place = Place::with(&profiles("http://127.0.0.1:9", &format!("http://localhost:{port}")));
    let ended = place.run(&["probe", "odd", "open"]).code(0);
    let told = ended.out.contains(&format!("note: [::1]:{port} refused, 127.0.0.1:{port} answered"));
    assert_eq!(told, has_six().await, "{ended:?}");
}

#[tokio::test]
async fn a_server_on_the_newer_family_alone_is_found() {
    let Some(port) = api("[::1]:0").await else { return };
    let exchange = call("localhost", port).await;
    assert_eq!(exchange.status(), Some(200), "{:?}", exchange.outcome);
    assert!(exchange.notes.is_empty(), "{:?}", exchange.notes);
    assert_eq!(call("[::1]", port).await.status(), Some(200));
    assert!(matches!(call("127.0.0.1", port).await.outcome, Err(NoAnswer::Refused { .. })));
}

#[tokio::test]
async fn refused_by_both_names_both() {
    let [port] = support::free_ports();
    let error = call("localhost", port).await.outcome.unwrap_err();
    let expected = if has_six().await {
        format!("nothing listens at localhost:{port} (refused by [::1]:{port} and 127.0.0.1:{port})")
    } else {
        format!("nothing listens at localhost:{port} (refused by 127.0.0.1:{port})")
    };
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_name_nobody_knows_is_said_with_the_resolvers_words() {
    let error = call("no-such-host.invalid", 80).await.outcome.unwrap_err();
    let said = error.to_string();
    if matches!(error, NoAnswer::TimedOut { phase: Phase::Name, .. }) {
        // The machine's resolver is itself not to be reached.
        return;
    }
    assert!(said.starts_with("no address is known for the name no-such-host.invalid ("), "{said}");
    assert!(!said.ends_with("()"), "{said}");
}

//! The bundled server as two explorers share it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use support::Place;
use tokenscope::config::Changes;
use tokenscope::engine::{Choice, EndpointId, Engine, Notice, Places, ProbeAsk, SendAs, Source, TokenAsk};

fn engine(place: &Place) -> Engine {
    Engine::new(Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap())
}

fn ask(fresh: bool) -> TokenAsk {
    TokenAsk { profile: "tester".into(), environment: None, changes: Changes::default(), fresh }
}

fn started(engine: &mut tokio::sync::mpsc::UnboundedReceiver<Notice>) -> bool {
    matches!(engine.try_recv(), Ok(Notice::BundledStarted { .. }))
}

#[tokio::test]
async fn the_second_uses_the_firsts_and_takes_over_when_it_ends() {
    let place = Place::demo();
    let (first, second) = (engine(&place), engine(&place));
    let (mut of_first, mut of_second) = (first.take_notices(), second.take_notices());
    first.token(ask(true)).await.unwrap();
    second.token(ask(true)).await.unwrap();
    assert!(started(&mut of_first));
    assert!(!started(&mut of_second), "the second has started a server beside the first");

    first.shut_down().await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    // For a moment the second still believes that the first is there.
    while second.token(ask(true)).await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "the second never took over");
    }
    assert!(started(&mut of_second));
}

#[tokio::test]
async fn a_rotated_key_signs_the_next_token_and_the_old_token_still_verifies() {
    let place = Place::demo();
    let engine = engine(&place);
    let before = engine.token(ask(true)).await.unwrap();
    engine.rotate_keys().await.unwrap();
    let after = engine.token(ask(true)).await.unwrap();
    assert_ne!(before.token.kid(), after.token.kid());
    assert_eq!(after.before, Some(before.token.fingerprint()));
    for held in [before, after] {
        assert_eq!(held.verdict.valid, Some(true), "{:?}", held.verdict);
    }
}

#[tokio::test]
async fn the_api_alone_stands_behind_somebody_elses_provider() {
    let [theirs, ours] = [Place::demo(), Place::demo()];
    let provider = engine(&theirs);
    provider.token(ask(true)).await.unwrap();

    let text = std::fs::read_to_string(ours.profiles()).unwrap();
    let text = text.replace(&format!("localhost:{}/", ours.auth_port), &format!("localhost:{}/", theirs.auth_port));
    // The first is the provider's; the API's stays.
    ours.write(text.replacen("embedded = true", "embedded = false", 1));
    let engine = engine(&ours);
    let mut told = engine.take_notices();
    engine.warm_up().await.unwrap();
    let Ok(Notice::BundledStarted { what }) = told.try_recv() else { panic!("nothing was started") };
    assert!(what.contains("the bundled API runs") && what.contains(&theirs.auth_port.to_string()), "{what}");
    let answer = engine
        .probe(ProbeAsk {
            profile: "tester".into(),
            environment: None,
            changes: Changes::default(),
            endpoint: EndpointId { api: "demo".into(), endpoint: "private-scoped".into() },
            send_as: SendAs::Profile,
            unsafe_allowed: false,
        })
        .await
        .unwrap();
    assert!(answer.exchange.outcome.as_ref().is_ok_and(|response| response.status == 200), "{:?}", answer.judgement);
    assert!(engine.rotate_keys().await.is_err(), "the keys are not ours to rotate");
    engine.shut_down().await;
    assert!(std::net::TcpStream::connect(("127.0.0.1", ours.api_port)).is_err());
}

//! The bundled server as two explorers share it.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use support::Place;
use tokenscope::config::Changes;
use tokenscope::engine::{Choice, Engine, Notice, Places, Source, TokenAsk};

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

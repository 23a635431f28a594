//! Answers that come late, twice, or in any order.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Explorer, fetched, probed};
use crate::engine::{Failure, ProbeAsk, TokenAsk};
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{CallResult, RunId};

#[test]
fn a_late_token_is_dropped() {
    let mut explorer = Explorer::demo();
    let (run, ask) = fetched(&explorer.press("t")).unwrap();
    explorer.press("Esc");
    let token = explorer.grant(&ask);
    assert!(explorer.send(Message::Token { run, result: Ok(token) }).is_empty());
    assert!(explorer.state.view().unwrap().token.held.is_none());
    explorer.send(Message::Token { run, result: Err(Failure::Cancelled) });
    assert!(explorer.state.view().unwrap().token.failed.is_none());
}

#[test]
fn an_answer_for_a_profile_no_longer_selected_goes_where_it_belongs() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    let (run, ask) = probed(&explorer.press("2")).pop().unwrap();
    explorer.press("]");
    explorer.answer(run, &ask, 200);
    assert_eq!(explorer.status(), None);
    explorer.press("[");
    assert_eq!(explorer.status(), Some(200));
}

/// What is under way somewhere, whether or not anybody still waits for it.
#[derive(Debug)]
enum Work {
    Fetch(RunId, TokenAsk),
    Probe(RunId, ProbeAsk),
}

fn collect(work: &mut Vec<Work>, effects: Vec<Effect>) {
    for effect in effects {
        match effect {
            Effect::Fetch { run, ask } => work.push(Work::Fetch(run, ask)),
            Effect::Probe { run, ask } => work.push(Work::Probe(run, ask)),
            _ => {}
        }
    }
}

proptest! {
    /// Whatever is pressed and in whatever order results come, also of cancelled work: a result is taken only from the
    /// effect that is waited for, and each slot shows its newest.
    #[test]
    fn nothing_stale_is_ever_shown(
        keys in proptest::collection::vec(prop::sample::select(vec!["t", "1", "2", "3", "a", ".", "]", "[", "f", "Esc", ","]), 1..40),
        order in proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 60),
    ) {
        let mut explorer = Explorer::demo();
        let mut work = Vec::new();
        let mut order = order.into_iter();
        for key in keys {
            let effects = explorer.press(key);
            collect(&mut work, effects);
            // Now and then something comes in between.
            if let Some((index, true)) = order.next() && !work.is_empty() {
                { let at = index.index(work.len()); deliver(&mut explorer, &mut work, at)? };
            }
        }
        for (index, _) in order {
            if !work.is_empty() {
                { let at = index.index(work.len()); deliver(&mut explorer, &mut work, at)? };
            }
        }
        while !work.is_empty() {
            deliver(&mut explorer, &mut work, 0)?;
        }
        prop_assert_eq!(explorer.state.running(), 0, "nothing waits for ever");
        let waiting = explorer.state.views.iter().flat_map(|view| view.calls.values()).any(|call| call.running.is_some());
        prop_assert!(!waiting);
    }
}

fn deliver(explorer: &mut Explorer, work: &mut Vec<Work>, at: usize) -> Result<(), TestCaseError> {
    let effects = match work.swap_remove(at) {
        Work::Fetch(run, ask) => {
            let place = explorer.state.views.iter().position(|view| view.name == ask.profile).unwrap();
            let awaited = explorer.state.views[place].token.fetching.is_some_and(|running| running.run == run);
            let token = explorer.grant(&ask);
            let effects = explorer.send(Message::Token { run, result: Ok(Arc::clone(&token)) });
            let held = explorer.state.views[place].token.held.as_ref();
            prop_assert_eq!(held.is_some_and(|held| Arc::ptr_eq(held, &token)), awaited);
            effects
        }
        Work::Probe(run, ask) => {
            let place = explorer.state.views.iter().position(|view| view.name == ask.profile).unwrap();
            let call = &explorer.state.views[place].calls[&ask.endpoint];
            let awaited = call.running.is_some_and(|(running, _)| running.run == run);
            let status = 200 + u16::try_from(run.0 % 99).unwrap();
            let effects = explorer.answer(run, &ask, status);
            let shown = match &explorer.state.views[place].calls[&ask.endpoint].result {
                Some(CallResult::Answered { answer, .. }) => answer.exchange.status(),
                _ => None,
            };
            if awaited {
                prop_assert_eq!(shown, Some(status));
            }
            effects
        }
    };
    collect(work, effects);
    Ok(())
}

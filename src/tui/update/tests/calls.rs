//! Tokens and calls.

use std::sync::Arc;

use super::{Explorer, cancelled, fetched, id, probed, refused};
use crate::engine::SendAs;
use crate::oauth::ScopeSet;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{CallResult, Pane, Popup, Slot, Waiting};

#[test]
fn t_gets_a_token_and_a_second_t_replaces_the_fetch() {
    let mut explorer = Explorer::demo();
    let first = fetched(&explorer.press("t")).unwrap();
    assert_eq!((first.1.profile.as_str(), first.1.fresh), ("tester", true));
    let effects = explorer.press("t");
    assert_eq!(cancelled(&effects), [first.0]);
    let (run, ask) = fetched(&effects).unwrap();
    let token = explorer.grant(&ask);
    explorer.send(Message::Token { run, result: Ok(Arc::clone(&token)) });
    let view = explorer.state.view().unwrap();
    assert!(matches!(view.token.glance(), Slot::Held(held) if Arc::ptr_eq(held, &token)));
    assert!(explorer.state.coach.token);
    assert!(explorer.last_words().contains("token #"), "{}", explorer.last_words());
}

#[test]
fn a_number_gets_a_token_first_and_then_sends() {
    let mut explorer = Explorer::demo();
    let effects = explorer.press("2");
    let (run, ask) = fetched(&effects).unwrap();
    assert!(!ask.fresh && probed(&effects).is_empty());
    assert!(matches!(explorer.state.selected_call().unwrap().running, Some((_, Waiting::Token))));
    let token = explorer.grant(&ask);
    let effects = explorer.send(Message::Token { run, result: Ok(token) });
    let (run, ask) = probed(&effects).pop().unwrap();
    assert_eq!(ask.endpoint, id("private"));
    explorer.answer(run, &ask, 200);
    assert_eq!(explorer.status(), Some(200));
    assert!(explorer.state.coach.call);
}

#[test]
fn the_public_endpoint_needs_no_token() {
    let mut explorer = Explorer::demo();
    let effects = explorer.press("1");
    assert!(fetched(&effects).is_none());
    assert_eq!(probed(&effects)[0].1.endpoint, id("public"));
}

#[test]
fn all_share_one_fetch_and_leave_out_what_may_change_something() {
    let mut explorer = Explorer::demo();
    let effects = explorer.press("a");
    assert_eq!(probed(&effects).iter().map(|(_, ask)| ask.endpoint.clone()).collect::<Vec<_>>(), [id("public")]);
    let (run, ask) = fetched(&effects).unwrap();
    assert!(explorer.last_words().contains("1 left out"));
    let token = explorer.grant(&ask);
    let effects = explorer.send(Message::Token { run, result: Ok(token) });
    let mut sent: Vec<_> = probed(&effects).into_iter().map(|(_, ask)| ask.endpoint.endpoint).collect();
    sent.sort();
    assert_eq!(sent, ["private", "private-scoped"]);
}

#[test]
fn pressing_again_replaces_the_call() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    let first = probed(&explorer.press("2")).pop().unwrap();
    let effects = explorer.press("2");
    assert_eq!(cancelled(&effects), [first.0]);
    let second = probed(&effects).pop().unwrap();
    explorer.answer(first.0, &first.1, 500);
    assert_eq!(explorer.status(), None, "an answer nobody waits for is dropped");
    explorer.answer(second.0, &second.1, 200);
    assert_eq!(explorer.status(), Some(200));
}

#[test]
fn a_token_that_has_ended_is_renewed_before_sending() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    assert!(fetched(&explorer.press("2")).is_none());
    explorer.later(295);
    assert!(fetched(&explorer.press("2")).is_some());
}

#[test]
fn no_token_fails_the_calls_that_waited_and_keeps_the_words() {
    let mut explorer = Explorer::demo();
    explorer.select("wrong-secret");
    let (run, _) = fetched(&explorer.press("3")).unwrap();
    let failure = refused(explorer.state.now);
    explorer.send(Message::Token { run, result: Err(failure) });
    assert!(matches!(explorer.state.selected_call().unwrap().result, Some(CallResult::Failed(_))));
    assert!(matches!(explorer.state.view().unwrap().token.glance(), Slot::Failed(_)));
    assert_eq!(explorer.last_words(), "unauthorized_client: Invalid client or Invalid client credentials");
    assert_eq!(explorer.state.running(), 0);
    // The exchange is one key away although it failed.
    explorer.press("x");
    assert!(matches!(explorer.popup(), Some(Popup::Exchange { exchange, .. }) if exchange.status() == Some(401)));
}

#[test]
fn f_asks_for_the_missing_scope_gets_a_new_token_and_sends_again() {
    let mut explorer = Explorer::demo();
    explorer.select("tester-no-scope");
    explorer.fetch_token();
    let (run, ask) = probed(&explorer.press("3")).pop().unwrap();
    explorer.answer(run, &ask, 403);
    assert!(explorer.state.coach.refusal && !explorer.state.coach.fix);
    let effects = explorer.press("f");
    let (run, ask) = fetched(&effects).unwrap();
    assert!(ask.fresh && probed(&effects).is_empty());
    assert_eq!(ask.changes.scopes, Some(ScopeSet::parse("test_api_access")));
    let token = explorer.grant(&ask);
    let effects = explorer.send(Message::Token { run, result: Ok(token) });
    let (run, ask) = probed(&effects).pop().unwrap();
    assert_eq!(
        (ask.endpoint.clone(), ask.changes.scopes.clone()),
        (id("private-scoped"), Some(ScopeSet::parse("test_api_access")))
    );
    explorer.answer(run, &ask, 200);
    assert_eq!(explorer.status(), Some(200));
    assert!(explorer.state.coach.fix);
    // Only this profile, only this session.
    explorer.select("tester");
    assert_eq!(explorer.state.view().unwrap().changes.scopes, None);
}

#[test]
fn without_a_diagnosis_f_does_nothing_and_says_so() {
    let mut explorer = Explorer::demo();
    assert!(explorer.press("f").is_empty());
    assert!(explorer.last_words().contains("nothing to fix"));
}

#[test]
fn switching_profiles_sends_nothing_and_dot_sends_as_the_new_one() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    let (run, ask) = probed(&explorer.press("3")).pop().unwrap();
    explorer.answer(run, &ask, 200);
    assert!(explorer.press("]").is_empty());
    assert_eq!(explorer.state.view().unwrap().name, "tester-no-scope");
    assert_eq!(explorer.state.selected_endpoint().unwrap().id(), id("private-scoped"), "the endpoint stays");
    assert_eq!(explorer.status(), None, "the other profile's answer is not shown as this one's");
    let (run, ask) = fetched(&explorer.press(".")).unwrap();
    assert_eq!(ask.profile, "tester-no-scope");
    let token = explorer.grant(&ask);
    let effects = explorer.send(Message::Token { run, result: Ok(token) });
    assert_eq!(probed(&effects)[0].1.endpoint, id("private-scoped"));
    explorer.press("[");
    assert_eq!(explorer.status(), Some(200), "each profile keeps its last answer");
}

#[test]
fn a_method_that_may_change_something_is_selected_then_asked_about() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    assert!(explorer.press("4").is_empty());
    assert_eq!(explorer.state.focus, Pane::Endpoints);
    assert_eq!(explorer.state.endpoint, 3);
    assert!(explorer.press("Enter").is_empty());
    let Some(Popup::Confirm { method, host, .. }) = explorer.popup() else { panic!("no question") };
    assert_eq!((method.as_str(), host.as_str()), ("POST", "localhost:50100"));
    assert!(explorer.press("Esc").is_empty());
    assert!(explorer.popup().is_none());
    explorer.press("Enter");
    let (_, ask) = probed(&explorer.press("Enter")).pop().unwrap();
    assert!(ask.unsafe_allowed);
    assert!(!probed(&explorer.press("2"))[0].1.unsafe_allowed);
}

#[test]
fn send_as_nothing_or_another_profile_s_token() {
    let mut explorer = Explorer::demo();
    let testers = explorer.fetch_token();
    explorer.select("other-client");
    explorer.press("3");
    explorer.press("Tab Tab Tab");
    explorer.press("Esc");
    explorer.press("o");
    let Some(Popup::SendAs { choices, .. }) = explorer.popup() else { panic!("no menu") };
    assert_eq!(choices.len(), 2);
    let (_, ask) = probed(&explorer.press("Down Enter")).pop().unwrap();
    assert!(matches!(&ask.send_as, SendAs::Token(held) if Arc::ptr_eq(held, &testers)));
    explorer.press("o");
    let (_, ask) = probed(&explorer.press("Enter")).pop().unwrap();
    assert!(matches!(ask.send_as, SendAs::Nothing));
    assert_eq!(ask.profile, "other-client");
}

#[test]
fn an_ended_token_can_be_sent_on_purpose() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    explorer.later(600);
    explorer.press("3 Esc o");
    let Some(Popup::SendAs { choices, .. }) = explorer.popup() else { panic!("no menu") };
    assert!(choices[1].label.contains("has ended"), "{}", choices[1].label);
    let effects = explorer.press("Down Enter");
    assert!(fetched(&effects).is_none() && probed(&effects).len() == 1);
}

#[test]
fn edited_scopes_hold_for_the_session_and_the_token_in_hand_no_longer_fits() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    explorer.press("s");
    explorer.type_text(" more");
    assert!(explorer.press("Enter").is_empty());
    assert!(explorer.last_words().contains("test_api_access more"));
    let (_, ask) = fetched(&explorer.press("2")).unwrap();
    assert_eq!(ask.changes.scopes, Some(ScopeSet::parse("test_api_access more")));
    // Back to the file's own scopes: no override is left.
    explorer.press("s Backspace Backspace Backspace Backspace Backspace Enter");
    assert_eq!(explorer.state.view().unwrap().changes.scopes, None);
}

#[test]
fn the_token_before_can_be_put_back_and_is_then_sent() {
    let mut explorer = Explorer::demo();
    let first = explorer.fetch_token();
    assert!(explorer.press(",").is_empty());
    assert!(explorer.last_words().contains("no token before"));
    let second = explorer.fetch_token();
    explorer.press(",");
    let (_, ask) = probed(&explorer.press("2")).pop().unwrap();
    assert!(matches!(&ask.send_as, SendAs::Token(held) if Arc::ptr_eq(held, &first)));
    explorer.press(",");
    let (_, ask) = probed(&explorer.press("2")).pop().unwrap();
    assert!(matches!(&ask.send_as, SendAs::Token(held) if Arc::ptr_eq(held, &second)));
    explorer.fetch_token();
    let (_, ask) = probed(&explorer.press("2")).pop().unwrap();
    assert!(matches!(&ask.send_as, SendAs::Profile), "a new token ends it");
}

#[test]
fn escape_cancels_what_the_pane_waits_for() {
    let mut explorer = Explorer::demo();
    let (fetch, _) = fetched(&explorer.press("t")).unwrap();
    assert_eq!(cancelled(&explorer.press("Esc")), [fetch]);
    assert_eq!(explorer.state.running(), 0);
    assert!(explorer.press("Esc").is_empty(), "then it does nothing");
    // A call that waits for its token takes the fetch with it.
    let (fetch, _) = fetched(&explorer.press("2")).unwrap();
    explorer.press("Tab");
    assert_eq!(cancelled(&explorer.press("Esc")), [fetch]);
    assert!(matches!(explorer.state.selected_call().unwrap().result, Some(CallResult::Cancelled { .. })));
    // A fetch that was asked for itself stays.
    let (run, ask) = fetched(&explorer.press("t")).unwrap();
    explorer.press("2");
    assert!(explorer.press("Esc").is_empty());
    let token = explorer.grant(&ask);
    assert!(probed(&explorer.send(Message::Token { run, result: Ok(token) })).is_empty());
    assert!(explorer.state.view().unwrap().token.held.is_some());
}

#[test]
fn escape_cancels_a_call_from_a_pane_that_waits_for_nothing() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    let (call, _) = probed(&explorer.press("2")).pop().unwrap();
    assert_eq!(explorer.state.focus, Pane::Profiles);
    assert_eq!(cancelled(&explorer.press("Esc")), [call]);
    assert_eq!(explorer.state.running(), 0);
}

#[test]
fn the_key_after_the_copy_key_does_nothing_else() {
    let mut explorer = Explorer::demo();
    assert!(explorer.press("y t").is_empty(), "no token was to be got");
    assert!(explorer.last_words().contains("no token yet"), "{}", explorer.last_words());
}

#[test]
fn revealing_shows_what_the_request_held() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    let (run, ask) = probed(&explorer.press("2")).pop().unwrap();
    explorer.answer(run, &ask, 200);
    explorer.state.focus = Pane::Answer;
    let shown = |explorer: &Explorer| {
        let rows =
            crate::tui::rows::exchange(explorer.state.exchange_behind().unwrap(), None, explorer.state.is_revealed());
        rows.iter().map(|row| row.cells.join(" ")).collect::<Vec<_>>().join("\n")
    };
    let raw = explorer.state.view().unwrap().token.held.as_ref().unwrap().token.raw().reveal().to_owned();
    assert!(!shown(&explorer).contains(&raw));
    explorer.press("x v");
    assert!(shown(&explorer).contains(&raw));
    explorer.later(31);
    assert!(!shown(&explorer).contains(&raw));
}

#[test]
fn ctrl_c_cancels_everything_and_then_quits() {
    let mut explorer = Explorer::demo();
    explorer.press("1");
    explorer.press("t ]");
    explorer.press("t");
    assert_eq!(cancelled(&explorer.press("Ctrl-C")).len(), 3);
    assert!(!explorer.state.quitting);
    assert!(matches!(explorer.press("Ctrl-C")[..], [Effect::Quit]));
    assert!(explorer.state.quitting);
}

#[test]
fn a_cancelled_call_keeps_the_answer_before() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    let (run, ask) = probed(&explorer.press("2")).pop().unwrap();
    explorer.answer(run, &ask, 200);
    explorer.press("2 Ctrl-C");
    assert_eq!(explorer.status(), Some(200));
}

//! The tokens that came together, and what is done with them at their provider.

use std::sync::Arc;

use super::login::{granted, people};
use super::{Explorer, cancelled, exchange, fetched, probed, session};
use crate::engine::{Acted, Failure, HeldToken, LoggedOut, SendAs, TokenAct, Which};
use crate::exchange::Request;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{ActOutcome, Popup, RunId};

/// Maria is logged in.
fn logged_in() -> (Explorer, Arc<HeldToken>) {
    let mut explorer = session::opened(&people(), None, true);
    explorer.select("maria");
    let (run, _) = fetched(&explorer.press("t")).unwrap();
    let held = granted(&mut explorer, "maria");
    explorer.send(Message::Token { run, result: Ok(Arc::clone(&held)) });
    (explorer, held)
}

fn asked(effects: &[Effect]) -> (RunId, TokenAct, Which) {
    match effects {
        [Effect::Act { run, act, which, .. }] => (*run, *act, *which),
        [Effect::LogOut { run, .. }] => (*run, TokenAct::EndSession, Which::Access),
        other => panic!("{other:?}"),
    }
}

pub(super) fn acted(explorer: &Explorer, act: TokenAct, which: Which, ok: bool) -> Acted {
    let call = exchange(Request::new("POST", "http://localhost:8001/act"), 200, "{}", explorer.state.now);
    Acted { act, which, exchange: Arc::new(call), ok, summary: "so it is".into(), remarks: Vec::new(), claims: None }
}

pub(super) fn out(explorer: &Explorer, was_in: bool) -> LoggedOut {
    LoggedOut {
        profile: "maria".into(),
        was_in,
        acts: vec![acted(explorer, TokenAct::EndSession, Which::Access, true)],
        forgotten: true,
        failures: Vec::new(),
    }
}

#[test]
fn the_switch_goes_round_the_tokens_that_came_together() {
    let (mut explorer, _) = logged_in();
    let mut seen = vec![explorer.state.which()];
    for _ in 0..3 {
        explorer.press("w");
        seen.push(explorer.state.which());
    }
    assert_eq!(seen, [Which::Access, Which::Id, Which::Refresh, Which::Access]);
    explorer.press("w");
    assert_eq!(explorer.state.shown_token().unwrap().which, Which::Id);
    // A token that came alone has none; the choice comes back with the next login.
    explorer.select("tester");
    explorer.fetch_token();
    assert_eq!(explorer.state.which(), Which::Access);
    assert!(explorer.press("w").is_empty() && explorer.last_words().contains("came alone"));
}

#[test]
fn what_is_copied_is_what_is_shown_but_the_header_is_for_apis() {
    let (mut explorer, held) = logged_in();
    explorer.press("w");
    let text = |effects: &[Effect]| match effects {
        [Effect::Copy { text, .. } | Effect::Write { text, .. }] => text.clone(),
        other => panic!("{other:?}"),
    };
    explorer.press("y");
    assert_eq!(Some(text(&explorer.press("t"))), held.granted.id_token);
    explorer.press("y");
    assert!(text(&explorer.press("h")).reveal().ends_with(held.granted.access_token.reveal()));
    explorer.press("w y");
    let effects = explorer.press("w");
    assert_eq!(Some(text(&effects)), held.granted.refresh_token);
    assert!(matches!(effects.as_slice(), [Effect::Write { name, .. }] if name == "maria-refresh.jwt"));
}

#[test]
fn an_id_token_is_sent_only_after_a_warning() {
    let (mut explorer, held) = logged_in();
    let (run, ask) = probed(&explorer.press("2")).pop().unwrap();
    explorer.answer(run, &ask, 200);
    let choose = |explorer: &mut Explorer| {
        explorer.press("o");
        let Some(Popup::SendAs { choices, .. }) = explorer.popup() else { panic!("no menu") };
        let place = choices.iter().position(|choice| choice.label.contains("ID token")).unwrap();
        for _ in 0..place {
            explorer.press("Down");
        }
        explorer.press("Enter")
    };
    assert!(choose(&mut explorer).is_empty());
    assert!(matches!(explorer.popup(), Some(Popup::Mistaken { .. })));
    assert!(explorer.press("Esc").is_empty() && explorer.popup().is_none());
    choose(&mut explorer);
    let (run, ask) = probed(&explorer.press("Enter")).pop().unwrap();
    let SendAs::Token(sent) = &ask.send_as else { panic!("{ask:?}") };
    assert_eq!((sent.which, sent.token.fingerprint()), (Which::Id, held.piece(Which::Id).unwrap().token.fingerprint()));
    explorer.answer(run, &ask, 401);
    let slot = &explorer.state.view().unwrap().token;
    assert_eq!(slot.held.as_ref().unwrap().which, Which::Access, "it takes no access token's place");
}

#[test]
fn an_act_opens_its_popup_and_shows_what_came_of_it_and_its_exchange() {
    let (mut explorer, _) = logged_in();
    for (key, act) in [("I", TokenAct::Introspect), ("U", TokenAct::UserInfo), ("R", TokenAct::Revoke)] {
        let (run, asked_for, which) = asked(&explorer.press(key));
        assert_eq!((asked_for, which), (act, Which::Access));
        assert!(explorer.press("x").is_empty() && explorer.state.popups.len() == 1, "no exchange yet");
        let result = Ok(acted(&explorer, act, which, true));
        explorer.send(Message::Acted { run, result });
        assert!(
            matches!(explorer.popup(), Some(Popup::Act(view)) if matches!(view.outcome, Some(ActOutcome::Acted(_))))
        );
        explorer.press("x");
        assert!(matches!(explorer.popup(), Some(Popup::Exchange { .. })));
        explorer.press("Esc Esc");
        assert!(explorer.popup().is_none());
    }
}

#[test]
fn an_act_is_about_the_token_that_is_shown() {
    let (mut explorer, _) = logged_in();
    explorer.press("w w");
    assert_eq!(asked(&explorer.press("I")).2, Which::Refresh);
    explorer.press("Esc");
    assert_eq!(asked(&explorer.press("U")).2, Which::Access, "who the person is, the access token tells");
    explorer.press("Esc w w");
    assert_eq!(explorer.state.which(), Which::Id);
    assert!(explorer.press("R").is_empty() && explorer.popup().is_none());
    assert!(explorer.last_words().contains("ID token cannot be revoked"));
}

#[test]
fn a_revoked_token_is_marked_and_still_sent_until_a_new_one_comes() {
    let (mut explorer, held) = logged_in();
    let (run, act, which) = asked(&explorer.press("R"));
    let result = Ok(acted(&explorer, act, which, true));
    explorer.send(Message::Acted { run, result });
    explorer.press("Esc");
    let slot = &explorer.state.view().unwrap().token;
    assert!(slot.is_revoked(&held) && slot.pinned);
    let (_, ask) = probed(&explorer.press("2")).pop().unwrap();
    assert!(matches!(&ask.send_as, SendAs::Token(sent) if sent.token.fingerprint() == held.token.fingerprint()));
    let (run, _) = fetched(&explorer.press("t")).unwrap();
    let new = granted(&mut explorer, "maria");
    explorer.send(Message::Token { run, result: Ok(Arc::clone(&new)) });
    assert!(!explorer.state.view().unwrap().token.is_revoked(&new));
    // One that the provider did not end is not marked.
    let (run, act, which) = asked(&explorer.press("R"));
    let result = Ok(acted(&explorer, act, which, false));
    explorer.send(Message::Acted { run, result });
    assert!(!explorer.state.view().unwrap().token.is_revoked(&new));
}

#[test]
fn logging_out_forgets_every_token_of_the_profile() {
    let (mut explorer, _) = logged_in();
    let (run, ..) = asked(&explorer.press("O"));
    let result = Ok(out(&explorer, true));
    explorer.send(Message::LoggedOut { run, result });
    let slot = &explorer.state.view().unwrap().token;
    assert!(slot.held.is_none() && slot.previous.is_none() && explorer.last_words().contains("logged out"));
    assert!(explorer.last_words().contains("remembered refresh token is gone"));
    explorer.press("Esc");
    // Nothing in hand: what was remembered may still be there.
    let (run, ..) = asked(&explorer.press("O"));
    let result = Ok(out(&explorer, false));
    explorer.send(Message::LoggedOut { run, result });
    assert!(explorer.last_words().contains("was not logged in"));
}

#[test]
fn a_failure_is_shown_with_its_advice() {
    let (mut explorer, _) = logged_in();
    let (run, ..) = asked(&explorer.press("I"));
    let failure = Failure::NotPossible { reason: "no such endpoint".into(), advice: "use another".into() };
    explorer.send(Message::Acted { run, result: Err(failure.clone()) });
    assert!(matches!(explorer.popup(), Some(Popup::Act(view)) if matches!(view.outcome, Some(ActOutcome::Failed(_)))));
    explorer.press("Esc");
    let (run, ..) = asked(&explorer.press("O"));
    explorer.send(Message::LoggedOut { run, result: Err(failure) });
    assert!(explorer.state.view().unwrap().token.held.is_some(), "nothing was ended");
}

#[test]
fn a_closed_popup_drops_what_comes_late() {
    for key in ["Esc", "q"] {
        let (mut explorer, held) = logged_in();
        let (run, act, which) = asked(&explorer.press("R"));
        assert_eq!(cancelled(&explorer.press(key)), [run]);
        assert!(explorer.last_words().contains("not known"));
        let result = Ok(acted(&explorer, act, which, true));
        explorer.send(Message::Acted { run, result });
        assert!(!explorer.state.view().unwrap().token.is_revoked(&held) && explorer.popup().is_none());
    }
    let (mut explorer, _) = logged_in();
    let (run, ..) = asked(&explorer.press("O"));
    assert_eq!(cancelled(&explorer.press("Ctrl-C")), [run]);
    assert!(explorer.popup().is_none() && !explorer.state.quitting);
    let result = Ok(out(&explorer, true));
    explorer.send(Message::LoggedOut { run, result });
    assert!(explorer.state.view().unwrap().token.held.is_some());
}

#[test]
fn an_act_does_not_outlive_its_environment() {
    let (mut explorer, _) = logged_in();
    let (run, act, which) = asked(&explorer.press("I"));
    let turn = explorer.state.turn + 1;
    let standing = session::standing(turn, &people(), Some("prod"), true);
    let effects = explorer.send(Message::Environment(Ok(Box::new(standing))));
    assert!(cancelled(&effects).contains(&run) && explorer.popup().is_none());
    let result = Ok(acted(&explorer, act, which, true));
    explorer.send(Message::Acted { run, result });
    assert!(explorer.popup().is_none());
}

#[test]
fn a_protected_environment_asks_first_and_each_act_once() {
    let mut explorer = session::opened(&people(), Some("prod"), true);
    explorer.select("maria");
    explorer.press("t");
    let (run, _) = fetched(&explorer.press("Enter")).unwrap();
    let held = granted(&mut explorer, "maria");
    explorer.send(Message::Token { run, result: Ok(held) });
    assert!(explorer.press("R").is_empty());
    assert!(matches!(explorer.popup(), Some(Popup::Protected(_))));
    asked(&explorer.press("Enter"));
    explorer.press("Esc");
    asked(&explorer.press("R"));
    explorer.press("Esc");
    assert!(explorer.press("I").is_empty(), "another act is asked about by itself");
}

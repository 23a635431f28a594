//! A person logs in: every way in, on and out of it.

use std::sync::Arc;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{Explorer, cancelled, fetched, id, probed, refused, session};
use crate::engine::{Failure, Gained, HeldToken, LoginAsk, LoginInput, LoginStep, LoginWay, TokenAsk, Weight, Which};
use crate::exchange::Secret;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{Call, CallResult, Login, Popup, RunId, Target, Waiting};

/// Two people's profiles behind the demo's.
pub(super) fn people() -> String {
    let person = |name: &str, grant: &str| {
        format!(
            "\n[profiles.{name}]\nprovider = \"demo\"\nclient_id = \"demo-login\"\nauth = \"none\"\ngrant = \"{grant}\"\n\
             scopes = [\"openid\"]\n"
        )
    };
    format!("{}{}{}", session::two_environments(), person("maria", "authorization_code"), person("nora", "device_code"))
}

pub(super) fn logged_in(effects: &[Effect]) -> Option<(RunId, LoginAsk)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Login { run, ask } => Some((*run, ask.clone())),
        _ => None,
    })
}

pub(super) fn in_browser(ends: Timestamp) -> LoginStep {
    LoginStep::Browser {
        url: "http://localhost:8001/auth?response_type=code&state=abc".into(),
        redirect_uri: "http://127.0.0.1:8910/callback".into(),
        registered: vec!["http://127.0.0.1:8910/callback".into()],
        opened: Ok(()),
        forward: None,
        device_offered: true,
        ends,
    }
}

pub(super) fn on_device(ends: Timestamp) -> LoginStep {
    LoginStep::Device {
        user_code: "WDJB-MJHT".into(),
        verification_uri: "http://localhost:8001/device".into(),
        complete: Some("http://localhost:8001/device?user_code=WDJB-MJHT".into()),
        ends,
        interval: 5,
        polls: 1,
    }
}

fn opened() -> Explorer {
    let mut explorer = session::opened(&people(), None, true);
    explorer.select("maria");
    explorer
}

fn needed(profile: &str) -> Failure {
    Failure::LoginNeeded { profile: profile.into(), why: None, exchange: None }
}

/// A key that needs a token; the engine says a person has to log in.
fn begun(explorer: &mut Explorer, key: &str) -> RunId {
    let (run, _) = fetched(&explorer.press(key)).unwrap();
    let profile = explorer.state.view().unwrap().name.clone();
    let effects = explorer.send(Message::Token { run, result: Err(needed(&profile)) });
    let (run, ask) = logged_in(&effects).unwrap();
    assert!(ask.open_browser && ask.way.is_none() && ask.profile == profile);
    run
}

pub(super) fn waiting(key: &str) -> (Explorer, RunId) {
    let mut explorer = opened();
    let run = begun(&mut explorer, key);
    let step = in_browser(explorer.state.now);
    explorer.send(Message::Login { run, step });
    (explorer, run)
}

/// The token of a login, with an ID and a refresh token.
pub(super) fn granted(explorer: &mut Explorer, profile: &str) -> Arc<HeldToken> {
    let environment = explorer.state.profiles.environment.clone();
    let changes = explorer.state.views.iter().find(|view| view.name == profile).unwrap().changes.clone();
    let ask = TokenAsk { profile: profile.into(), environment, changes, fresh: true };
    let mut held = Arc::unwrap_or_clone(explorer.grant(&ask));
    held.gained = Gained::Browser;
    held.granted.refresh_token = Some(Secret::new("an-opaque-refresh-token"));
    let id = held.granted.access_token.reveal().replace("c2lnbmF0dXJl", "aWQ");
    held.granted.id_token = Some(Secret::new(id.as_str()));
    held.id_token = Some(crate::engine::IdToken {
        token: crate::jwt::Token::of(&Secret::new(id)),
        verdict: held.verdict.clone(),
        also: Vec::new(),
    });
    Arc::new(held)
}

pub(super) fn login(explorer: &Explorer) -> &Login {
    explorer.state.login().unwrap()
}

fn call<'a>(explorer: &'a Explorer, endpoint: &str) -> &'a Call {
    explorer.state.view().unwrap().call(&id(endpoint)).unwrap()
}

pub(super) fn input(effects: &[Effect]) -> Option<(RunId, &LoginInput)> {
    effects.iter().find_map(|effect| match effect {
        Effect::LoginInput { run, input } => Some((*run, input)),
        _ => None,
    })
}

#[test]
fn a_login_opens_its_popup_and_the_call_that_wanted_it_goes_on() {
    let (mut explorer, run) = waiting("2");
    assert!(matches!(explorer.popup(), Some(Popup::Login(login)) if login.run == run));
    assert!(matches!(call(&explorer, "private").running, Some((_, Waiting::Token))));
    explorer.send(Message::Login { run, step: LoginStep::Exchanging });
    let token = granted(&mut explorer, "maria");
    let effects = explorer.send(Message::Token { run, result: Ok(token) });
    let [(_, ask)] = probed(&effects).try_into().unwrap();
    assert_eq!(ask.endpoint, id("private"));
    assert!(explorer.popup().is_none() && explorer.state.view().unwrap().token.held.is_some());
}

#[test]
fn esc_cancels_and_what_waited_waits_no_more() {
    for key in ["Esc", "q"] {
        let (mut explorer, run) = waiting("2");
        assert_eq!(cancelled(&explorer.press(key)), [run]);
        assert!(explorer.popup().is_none() && explorer.state.running() == 0 && !explorer.state.quitting);
        assert!(matches!(call(&explorer, "private").result, Some(CallResult::Cancelled { .. })));
        assert!(explorer.last_words().contains("cancelled"));
        // Late words and late tokens of it mean nothing any more.
        let step = in_browser(explorer.state.now);
        explorer.send(Message::Login { run, step });
        let token = granted(&mut explorer, "maria");
        assert!(explorer.send(Message::Token { run, result: Ok(token) }).is_empty());
        assert!(explorer.popup().is_none() && explorer.state.view().unwrap().token.held.is_none());
    }
    let (mut explorer, run) = waiting("2");
    assert_eq!(cancelled(&explorer.press("Ctrl-C")), [run]);
    assert!(explorer.popup().is_none() && !explorer.state.quitting);
}

#[test]
fn what_a_login_comes_to_besides_a_token_is_shown_in_the_panes() {
    let (mut explorer, run) = waiting("2");
    let failure = Failure::LoginFailed {
        reason: "denied".into(),
        advice: vec!["Say yes.".into()],
        weight: Weight::No,
        exchange: None,
    };
    explorer.send(Message::Token { run, result: Err(failure) });
    assert!(explorer.popup().is_none() && explorer.state.view().unwrap().token.failed.is_some());
    assert!(matches!(call(&explorer, "private").result, Some(CallResult::Failed(_))));
    // A login that says a login is needed is a failure too: it does not begin for ever.
    let run = begun(&mut explorer, "t");
    assert!(explorer.send(Message::Token { run, result: Err(needed("maria")) }).is_empty());
    assert!(explorer.popup().is_none() && explorer.state.view().unwrap().token.failed.is_some());
}

#[test]
fn remarks_stay_and_steps_replace_each_other() {
    let (mut explorer, run) = waiting("t");
    for number in 0..30 {
        explorer.send(Message::Login { run, step: LoginStep::Remark(format!("remark {number}")) });
    }
    let step = on_device(explorer.state.now);
    explorer.send(Message::Login { run, step });
    assert_eq!(login(&explorer).way(), Some(LoginWay::Device));
    assert!(login(&explorer).remarks.len() == 20 && login(&explorer).remarks.last().unwrap() == "remark 29");
    explorer.send(Message::Login { run: RunId(9_999), step: LoginStep::Exchanging });
    assert_eq!(login(&explorer).way(), Some(LoginWay::Device), "another login's words");
}

#[test]
fn the_address_is_copied_and_opened_again() {
    let (mut explorer, run) = waiting("t");
    let effects = explorer.press("y");
    assert!(matches!(effects.as_slice(), [Effect::Copy { text, .. }] if text.reveal().contains("state=abc")));
    assert!(matches!(input(&explorer.press("o")), Some((to, LoginInput::OpenAgain)) if to == run));
    assert!(explorer.press("c").is_empty(), "there is no code to copy");
    let step = on_device(explorer.state.now);
    explorer.send(Message::Login { run, step });
    let effects = explorer.press("y");
    assert!(
        matches!(effects.as_slice(), [Effect::Copy { text, .. }] if text.reveal().ends_with("user_code=WDJB-MJHT"))
    );
    let effects = explorer.press("c");
    assert!(matches!(effects.as_slice(), [Effect::Copy { text, .. }] if text.reveal() == "WDJB-MJHT"));
    // Before the first word there is nothing to open or copy.
    let mut explorer = opened();
    begun(&mut explorer, "t");
    assert!(explorer.press("o").is_empty() && explorer.press("y").is_empty() && explorer.press("d").is_empty());
}

#[test]
fn a_code_takes_the_place_of_the_browser_and_back() {
    let (mut explorer, browser) = waiting("2");
    let effects = explorer.press("d");
    let (device, ask) = logged_in(&effects).unwrap();
    assert_eq!((cancelled(&effects), ask.way), (vec![browser], Some(LoginWay::Device)));
    assert_eq!(explorer.state.popups.len(), 1);
    let step = on_device(explorer.state.now);
    explorer.send(Message::Login { run: device, step });
    let effects = explorer.press("b");
    let (again, ask) = logged_in(&effects).unwrap();
    assert_eq!((cancelled(&effects), ask.way), (vec![device], Some(LoginWay::Browser)));
    assert!(!login(&explorer).instead);
    // The call still waits, and goes on with whichever came to its end.
    let token = granted(&mut explorer, "maria");
    let effects = explorer.send(Message::Token { run: again, result: Ok(token) });
    assert_eq!(probed(&effects).len(), 1);
}

#[test]
fn one_login_at_a_time() {
    let mut explorer = opened();
    explorer.select("nora");
    let (nora, _) = fetched(&explorer.press("2")).unwrap();
    explorer.select("maria");
    let run = begun(&mut explorer, "t");
    assert!(explorer.send(Message::Token { run: nora, result: Err(needed("nora")) }).is_empty());
    assert_eq!(login(&explorer).run, run, "the first one is shown");
    assert!(explorer.last_words().contains("first that of maria"));
    let view = explorer.state.views.iter().find(|view| view.name == "nora").unwrap();
    assert!(
        view.running() == 0 && matches!(view.call(&id("private")).unwrap().result, Some(CallResult::Cancelled { .. }))
    );
}

#[test]
fn a_login_opens_only_where_nobody_is_busy_with_something_else() {
    for busy in ["]", "?", "/"] {
        let mut explorer = opened();
        let (run, _) = fetched(&explorer.press("2")).unwrap();
        explorer.press(busy);
        assert!(explorer.send(Message::Token { run, result: Err(needed("maria")) }).is_empty());
        assert!(explorer.state.login().is_none() && explorer.state.running() == 0, "{busy}");
        assert!(explorer.last_words().contains("needs a person to log in: select it and press t"), "{busy}");
    }
}

#[test]
fn a_call_whose_renewal_needs_a_person_waits_for_the_login() {
    let (mut explorer, run) = waiting("t");
    let token = granted(&mut explorer, "maria");
    explorer.send(Message::Token { run, result: Ok(token) });
    let [(probe, _)] = probed(&explorer.press("2")).try_into().unwrap();
    let why = Some("Token is not active".to_owned());
    let failure = Failure::LoginNeeded { profile: "maria".into(), why, exchange: None };
    let effects = explorer.send(Message::Answer { run: probe, result: Err(failure) });
    let (run, _) = logged_in(&effects).unwrap();
    assert!(login(&explorer).remarks[0].contains("Token is not active"));
    let token = granted(&mut explorer, "maria");
    assert_eq!(probed(&explorer.send(Message::Token { run, result: Ok(token) })).len(), 1);
}

#[test]
fn logging_in_anew_asks_the_engine_for_nothing_else() {
    let mut explorer = opened();
    let (run, ask) = logged_in(&explorer.press("L")).unwrap();
    assert_eq!(ask.way, None);
    explorer.press("Esc");
    let (again, ask) = logged_in(&explorer.press("D")).unwrap();
    assert!(again != run && ask.way == Some(LoginWay::Device));
    explorer.press("Esc");
    // In place of a fetch under way.
    let (fetch, _) = fetched(&explorer.press("t")).unwrap();
    assert_eq!(cancelled(&explorer.press("L")), [fetch]);
    explorer.press("Esc");
    explorer.select("tester");
    assert!(explorer.press("L").is_empty());
    assert!(explorer.last_words().contains("Nobody logs in here"));
}

#[test]
fn another_environment_or_another_client_ends_the_login() {
    let (mut explorer, run) = waiting("2");
    let text = people().replace("client_id = \"demo-login\"", "client_id = \"another\"");
    assert!(cancelled(&session::reload(&mut explorer, &text, true)).contains(&run));
    assert!(explorer.popup().is_none());
    let (mut explorer, run) = waiting("2");
    let text = people().replace("title = \"Tester\"", "title = \"Renamed\"");
    assert!(cancelled(&session::reload(&mut explorer, &text, true)).is_empty());
    assert_eq!(login(&explorer).run, run, "what changed elsewhere ends nothing");
    let turn = explorer.state.turn + 1;
    let standing = session::standing(turn, &people(), Some("prod"), true);
    let effects = explorer.send(Message::Environment(Ok(Box::new(standing))));
    assert!(cancelled(&effects).contains(&run) && explorer.popup().is_none());
}

#[test]
fn a_protected_environment_asks_before_a_login() {
    let mut explorer = session::opened(&people(), Some("prod"), true);
    explorer.select("maria");
    assert!(explorer.press("L").is_empty());
    assert!(matches!(explorer.popup(), Some(Popup::Protected(_))));
    assert!(logged_in(&explorer.press("Enter")).is_some());
}

#[test]
fn the_profile_that_is_selected_may_change_meanwhile() {
    let (mut explorer, run) = waiting("2");
    // Another file in which maria stands first: the selection follows her, and so does the login.
    let mut profiles = (*explorer.state.profiles).clone();
    profiles.profiles.rotate_right(2);
    explorer.state.profiles = Arc::new(profiles);
    explorer.state.views.rotate_right(2);
    explorer.state.selected = 3;
    let token = granted(&mut explorer, "maria");
    let effects = explorer.send(Message::Token { run, result: Ok(token) });
    assert_eq!(probed(&effects).len(), 1);
    let maria = explorer.state.views.iter().find(|view| view.name == "maria").unwrap();
    assert!(maria.token.held.is_some() && explorer.popup().is_none());
}

#[test]
fn a_click_that_gives_the_terminal_the_focus_ends_no_login() {
    let (mut explorer, run) = waiting("t");
    let mut terminal = Terminal::new(TestBackend::new(120, 36)).unwrap();
    terminal.draw(|frame| explorer.state.saw_for_test(frame)).unwrap();
    let click = |explorer: &mut Explorer, column, row| {
        let kind = MouseEventKind::Down(MouseButton::Left);
        explorer.send(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
    };
    assert!(click(&mut explorer, 1, 30).is_empty());
    assert_eq!(login(&explorer).run, run);
    let at = |explorer: &Explorer, target| explorer.state.seen.area(target).unwrap();
    let place = at(&explorer, Target::Field(0));
    click(&mut explorer, place.x, place.y);
    assert!(login(&explorer).typing);
    explorer.press("Esc");
    terminal.draw(|frame| explorer.state.saw_for_test(frame)).unwrap();
    let place = at(&explorer, Target::Key("o"));
    assert!(input(&click(&mut explorer, place.x, place.y)).is_some());
    let place = at(&explorer, Target::Key("d"));
    assert!(logged_in(&click(&mut explorer, place.x, place.y)).is_some());
    terminal.draw(|frame| explorer.state.saw_for_test(frame)).unwrap();
    let place = at(&explorer, Target::Key("Esc"));
    assert!(!cancelled(&click(&mut explorer, place.x, place.y)).is_empty() && explorer.popup().is_none());
}

#[test]
fn a_resize_or_a_tick_changes_nothing_about_it() {
    let (mut explorer, run) = waiting("t");
    for size in [(1, 1), (60, 16), (200, 60)] {
        explorer.send(Message::Resize(size.0, size.1));
        explorer.later(60);
        explorer.send(Message::Wake);
        assert_eq!(login(&explorer).run, run);
    }
}

#[test]
fn a_fetch_that_is_refused_for_other_reasons_opens_nothing() {
    let mut explorer = opened();
    let (run, _) = fetched(&explorer.press("t")).unwrap();
    let failure = refused(explorer.state.now);
    assert!(explorer.send(Message::Token { run, result: Err(failure) }).is_empty());
    assert!(explorer.popup().is_none());
}

#[test]
fn a_renewed_token_is_said_to_be_and_the_one_before_stays_at_hand() {
    let (mut explorer, run) = waiting("t");
    let first = granted(&mut explorer, "maria");
    explorer.send(Message::Token { run, result: Ok(Arc::clone(&first)) });
    let (run, _) = fetched(&explorer.press("t")).unwrap();
    let mut second = Arc::unwrap_or_clone(granted(&mut explorer, "maria"));
    second.gained = Gained::Renewed { rotated: true };
    explorer.send(Message::Token { run, result: Ok(Arc::new(second)) });
    assert!(explorer.last_words().contains("renewed by the refresh token"), "{}", explorer.last_words());
    explorer.press("d");
    assert!(matches!(explorer.popup(), Some(Popup::Diff { .. })));
    explorer.press("Esc ,");
    let held = explorer.state.view().unwrap().token.held.clone().unwrap();
    assert_eq!(held.token.fingerprint(), first.token.fingerprint());
    assert_eq!(explorer.state.which(), Which::Access);
}

//! Random walks: whatever is pressed, at whatever size, nothing panics and selections stay in range.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;

use super::{Explorer, acts, fetched, login, probed, refused, session};
use crate::engine::{Failure, LoginStep, Reloaded, SaveError, SavePlan};
use crate::exchange::Secret;
use crate::jwt::{KeySource, Policy, SigningKey, sign, verify};
use crate::tui::draw::panes;
use crate::tui::effect::Effect;
use crate::tui::layout::Arrangement;
use crate::tui::message::Message;
use crate::tui::rows;
use crate::tui::state::{InspectPane, Judgement, KeysAt, Pane, Popup, ProfileView, Signed, Size};

#[derive(Clone, Debug)]
enum Step {
    Key(KeyCode, bool),
    Paste(String),
    /// To the Inspect screen, or to Explore.
    Screen(bool),
    Mouse(MouseEventKind, u16, u16),
    Resize(u16, u16),
    Later(i64),
    /// Whatever is under way ends: well or not.
    Settle(bool),
    /// The file changed, or another environment holds.
    Swap(u8),
}

/// Clicks twice as often as the wheel turns.
const MOUSE: [MouseEventKind; 4] = [
    MouseEventKind::Down(MouseButton::Left),
    MouseEventKind::Down(MouseButton::Left),
    MouseEventKind::ScrollUp,
    MouseEventKind::ScrollDown,
];

fn steps() -> impl Strategy<Value = Step> {
    let keys = "tasdfoxyvizmMpeqhjklgnN123456789.,[]/:?G+wcrbuET=LDOIURwLIJJPKCHiSA=".chars().collect::<Vec<_>>();
    let codes = vec![
        KeyCode::Esc,
        KeyCode::Enter,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Backspace,
    ];
    prop_oneof![
        8 => prop::sample::select(keys).prop_map(|c| Step::Key(KeyCode::Char(c), false)),
        1 => prop::sample::select(vec!['c', 'p', 'z', 'f', 'b', 's', 's', 'r', 'o']).prop_map(|c| Step::Key(KeyCode::Char(c), true)),
        5 => prop::sample::select(codes).prop_map(|code| Step::Key(code, false)),
        1 => ".{0,40}".prop_map(Step::Paste),
        1 => prop::sample::select(PASTED.to_vec()).prop_map(|text| Step::Paste(text.to_owned())),
        1 => any::<bool>().prop_map(Step::Screen),
        1 => "http://127\\.0\\.0\\.1:8910/callback\\?(code|error|state)=[a-z]{0,9}".prop_map(Step::Paste),
        5 => (prop::sample::select(MOUSE.to_vec()), 0_u16..200, 0_u16..60).prop_map(|(kind, x, y)| Step::Mouse(kind, x, y)),
        2 => (1_u16..=200, 1_u16..=60).prop_map(|(width, height)| Step::Resize(width, height)),
        1 => (0_i64..400).prop_map(Step::Later),
        4 => any::<bool>().prop_map(Step::Settle),
        2 => (0_u8..6).prop_map(Step::Swap),
    ]
}

/// What is pasted: tokens of every kind, and a key.
const PASTED: [&str; 4] = [
    "Bearer eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwM",
    "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp.48V1_ALb6US04U3b.5eym8TW_c8SuK0lt.XFBoMYUZodetZdvT",
    "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"}",
];

/// What the Inspect screen waits for comes.
fn judge(explorer: &mut Explorer, effect: &Effect, well: bool) {
    match effect {
        Effect::Verify { run, token, .. } => {
            let policy = Policy::default();
            let verdict = verify(token, KeySource::None, &policy, explorer.state.now);
            let judgement =
                Judgement { verdict, keys: KeysAt::Here("a file".into()), set: None, policy, findings: Vec::new() };
            let result = if well { Ok(judgement) } else { Err("nothing listens there".to_owned()) };
            explorer.send(Message::Judged { run: *run, result });
        }
        Effect::ProviderPage { run, .. } => {
            let page = crate::tui::draw::test_page(&explorer.state);
            let result = if well { Ok(page) } else { Err("nothing listens there".to_owned()) };
            explorer.send(Message::ProviderPage { run: *run, result });
        }
        Effect::Sign { run, draft, .. } => {
            let mut draft = draft.clone();
            let key =
                Arc::new(SigningKey::from_secret(&Secret::new("a secret of no less than 32 bytes, and more")).unwrap());
            let signed = draft
                .resolve_times(explorer.state.now)
                .and_then(|()| draft.fit(&key))
                .and_then(|()| sign(&draft, &key));
            let result = signed.map(|token| Signed { token, key }).map_err(|error| error.to_string());
            explorer.send(Message::Signed { run: *run, result });
        }
        Effect::EditText { .. } => {
            let text = if well { "{\"sub\":\"me\"}" } else { "\u{1b}[2J{" };
            explorer.send(Message::Edited(Secret::new(text)));
        }
        Effect::ReadToken { path } => {
            let text = if well { Ok(Secret::new("a.b.c")) } else { Err("no such file".to_owned()) };
            explorer.send(Message::TokenRead { path: path.display().to_string(), text });
        }
        _ => {}
    }
}

/// Other profiles take the place of those in use.
fn swap(explorer: &mut Explorer, which: u8) {
    let text = login::people();
    match which {
        0 => _ = session::reload(explorer, &text, true),
        1 => _ = session::reload(explorer, &text.replace("[profiles.short-lived]", "[profiles.renamed]"), true),
        2 => _ = session::reload(explorer, &text.replace("\"demo-secret\"", "{ env = \"HOME\" }"), false),
        3 => {
            let problems = vec!["profiles.toml:1:1: this is not TOML".to_owned()];
            explorer.send(Message::Reloaded(Reloaded::Broken { problems }));
        }
        4 => session::choose_in(explorer, &text, "prod"),
        _ => session::choose_in(explorer, &text, "dev"),
    }
}

/// Logins are told something and come to their end, and so does what is done with tokens; whether or not anybody waits.
fn settle_logins(explorer: &mut Explorer, ended: &mut Vec<Effect>, well: bool) {
    let under_way: Vec<_> = ended.iter().filter_map(|effect| login::logged_in(std::slice::from_ref(effect))).collect();
    for (run, ask) in under_way {
        let now = explorer.state.now;
        for step in [login::in_browser(now), LoginStep::Remark("x".into()), login::on_device(now)] {
            explorer.send(Message::Login { run, step });
        }
        let there = explorer.state.views.iter().any(|view| view.name == ask.profile);
        let result = if well && there {
            Ok(login::granted(explorer, &ask.profile))
        } else {
            Err(Failure::LoginNeeded { profile: ask.profile, why: None, exchange: None })
        };
        // Every third one goes on waiting.
        if run.0 % 3 > 0 {
            ended.extend(explorer.send(Message::Token { run, result }));
        }
    }
    for effect in std::mem::take(ended) {
        match effect {
            Effect::Act { run, act, which, .. } => {
                let result = if well { Ok(acts::acted(explorer, act, which, true)) } else { Err(Failure::Cancelled) };
                explorer.send(Message::Acted { run, result });
            }
            Effect::LogOut { run, .. } => {
                let result = if well { Ok(acts::out(explorer, true)) } else { Err(Failure::Cancelled) };
                ended.extend(explorer.send(Message::LoggedOut { run, result }));
            }
            other => ended.push(other),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn nothing_panics_and_selections_stay_in_range(walk in proptest::collection::vec(steps(), 1..60)) {
        let mut explorer = session::opened(&login::people(), None, true);
        let mut terminal = Terminal::new(TestBackend::new(120, 36)).unwrap();
        let mut effects = Vec::new();
        for step in walk {
            match step {
                Step::Key(code, ctrl) => {
                    let modifiers = if ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
                    effects.extend(explorer.send(Message::Key(KeyEvent::new(code, modifiers))));
                }
                Step::Paste(text) => _ = explorer.send(Message::Paste(text)),
                Step::Screen(inspect) => effects.extend(explorer.press(if inspect { "Esc Esc g i" } else { "Esc Esc g e" })),
                Step::Mouse(kind, column, row) => {
                    let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
                    effects.extend(explorer.send(Message::Mouse(event)));
                }
                Step::Resize(width, height) => {
                    terminal.backend_mut().resize(width, height);
                    explorer.send(Message::Resize(width, height));
                    prop_assert_eq!(explorer.state.size, Size { width, height });
                }
                Step::Later(seconds) => {
                    explorer.later(seconds);
                    explorer.send(Message::Wake);
                }
                Step::Swap(which) => swap(&mut explorer, which),
                Step::Settle(well) => {
                    let mut ended = std::mem::take(&mut effects);
                    if ended.iter().any(|effect| matches!(effect, Effect::PlanSave(_))) {
                        let plan = SavePlan::of("profiles.toml", "a = 1\n", "a = 2\n");
                        let error = SaveError::Changed { path: "profiles.toml".into() };
                        explorer.send(Message::Planned(if well { Ok(plan) } else { Err(error) }));
                    }
                    if let Some((run, ask)) = fetched(&ended) {
                        let token = explorer.grant(&ask);
                        let profile = ask.profile.clone();
                        let failure = match run.0 % 3 {
                            0 => Failure::SecretWanted { profile },
                            1 => Failure::LoginNeeded { profile, why: None, exchange: None },
                            _ => refused(explorer.state.now),
                        };
                        let result = if well { Ok(token) } else { Err(failure) };
                        ended.extend(explorer.send(Message::Token { run, result }));
                    }
                    for effect in &ended {
                        judge(&mut explorer, effect, well);
                    }
                    settle_logins(&mut explorer, &mut ended, well);
                    for (run, ask) in probed(&ended) {
                        explorer.answer(run, &ask, if well { 200 } else { 403 });
                    }
                }
            }
            let state = &explorer.state;
            prop_assert!(state.selected < state.views.len());
            prop_assert!(state.endpoint < state.endpoints().len());
            let logins: Vec<_> = state.popups.iter().filter_map(|popup| match popup {
                Popup::Login(login) => Some(login.run),
                _ => None,
            }).collect();
            prop_assert!(logins.len() <= 1, "one login at a time");
            for run in logins {
                let waits = |view: &ProfileView| view.token.fetching.is_some_and(|running| running.run == run);
                prop_assert!(state.views.iter().any(waits), "nobody waits for the login that is shown");
            }
            for pane in Pane::ALL.into_iter().chain(InspectPane::ALL.map(Pane::Inspect)) {
                prop_assert!(rows::cursor(state, pane) < rows::count(state, pane).max(1));
            }
            if let Some(popup) = state.popups.last() {
                let count = rows::count_in(state, popup);
                let cursor = explorer.state.popups.last_mut().and_then(Popup::list_mut).map_or(0, |list| list.cursor);
                prop_assert!(cursor < count.max(1), "{cursor} of {count}");
            }
            terminal.draw(|frame| explorer.state.saw_for_test(frame)).unwrap();
            let state = &explorer.state;
            let Size { width, height } = state.size;
            let panes = panes(state, Rect::new(0, 0, width, height));
            let listed = matches!(panes.arrangement, Arrangement::TooSmall | Arrangement::OneColumn);
            prop_assert!(listed || !panes.area(state.focus).is_empty(), "{:?} has the keys and is not seen", state.focus);
        }
    }
}

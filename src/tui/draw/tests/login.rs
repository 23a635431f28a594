//! A login that waits, a code on another device, and the tokens that come of it.

use std::sync::Arc;

use ratatui::style::Color;
use serde_json::json;

use super::Stage;
use super::stage::at;
use crate::config::{self, Layers};
use crate::engine::{Acted, Failure, Gained, IdToken, LoggedOut, LoginStep, TokenAct, Weight, Which};
use crate::exchange::Secret;
use crate::jwt::{Outcome, Token};
use crate::oauth::IdCheck;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{Popup, ProfileView, RunId};
use crate::tui::update::update;

const SIZES: [(u16, u16); 4] = [(120, 36), (80, 24), (60, 16), (200, 60)];

/// A profile that a person logs in with, selected.
fn person() -> Stage {
    let mut stage = Stage::new();
    let text = format!(
        "{}\n[profiles.maria]\ntitle = \"Maria\"\nprovider = \"demo\"\nclient_id = \"demo-login\"\nauth = \"none\"\n\
         grant = \"authorization_code\"\nscopes = [\"openid\", \"test_api_access\"]\n",
        config::DEMO_TEXT
    );
    let parsed = config::parse_layers(&Layers { shared: text.as_bytes(), ..Layers::default() }, None);
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    stage.state.profiles = Arc::new(parsed.profiles);
    stage.state.views = stage.state.profiles.profiles.iter().map(|one| ProfileView::new(&one.name)).collect();
    stage.state.selected = stage.state.views.len() - 1;
    stage
}

/// `t`, and the engine says that a person is needed: the number of the login.
fn begun(stage: &mut Stage) -> RunId {
    let effects = stage.press_only("t");
    let Some(Effect::Fetch { run, .. }) = effects.first() else { panic!("{effects:?}") };
    let needed = Failure::LoginNeeded { profile: "maria".into(), why: None, exchange: None };
    let effects = update(&mut stage.state, Message::Token { run: *run, result: Err(needed) });
    let Some(Effect::Login { run, .. }) = effects.first() else { panic!("{effects:?}") };
    *run
}

fn told(stage: &mut Stage, run: RunId, step: LoginStep) {
    update(&mut stage.state, Message::Login { run, step });
}

fn in_browser() -> LoginStep {
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    LoginStep::Browser {
        url: format!(
            "http://localhost:8001/realms/myorg/protocol/openid-connect/auth?response_type=code&client_id=demo-login\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A8910%2Fcallback&scope=openid+test_api_access\
             &state=af0ifjsldkj38fh2&nonce=n-0S6_WzA2Mj&code_challenge={challenge}&code_challenge_method=S256"
        ),
        redirect_uri: "http://127.0.0.1:8910/callback".into(),
        registered: [8910, 8911, 8912].map(|port| format!("http://127.0.0.1:{port}/callback")).into(),
        opened: Ok(()),
        forward: None,
        device_offered: true,
        ends: at("21:58:51"),
    }
}

fn over_ssh() -> LoginStep {
    let LoginStep::Browser { url, redirect_uri, registered, device_offered, ends, .. } = in_browser() else { panic!() };
    let opened = Err("this is a session over SSH".to_owned());
    let forward = Some("ssh -N -L 8910:127.0.0.1:8910 build@10.2.0.17".to_owned());
    LoginStep::Browser { url, redirect_uri, registered, opened, forward, device_offered, ends }
}

fn on_device(polls: u32) -> LoginStep {
    LoginStep::Device {
        user_code: "WDJB-MJHT".into(),
        verification_uri: "http://localhost:8001/realms/myorg/device".into(),
        complete: Some("http://localhost:8001/realms/myorg/device?user_code=WDJB-MJHT".into()),
        ends: at("22:03:51"),
        interval: 5,
        polls,
    }
}

/// Each popup of a login, by name.
fn popup(name: &str) -> Stage {
    let mut stage = person();
    let run = begun(&mut stage);
    let mut tell = |step| told(&mut stage, run, step);
    match name {
        "preparing" => {}
        "browser" => tell(in_browser()),
        "ssh" => {
            tell(over_ssh());
            tell(LoginStep::Remark("The port 8910 is taken by another program; the second one is used.".into()));
            tell(LoginStep::Remark(
                "An answer with another state came and did not count: is another login open?".into(),
            ));
        }
        "device" => tell(on_device(3)),
        "slow_down" => {
            tell(on_device(3));
            tell(LoginStep::Remark("The provider said slow_down: it is asked every 10 s from now on.".into()));
        }
        "exchanging" => tell(LoginStep::Exchanging),
        "garbage" | "typing" => {
            tell(in_browser());
            update(&mut stage.state, Message::Paste("what was in the clipboard".into()));
            if name == "typing" {
                stage.press("Tab a b c");
            }
        }
        _ => panic!("{name}"),
    }
    stage.wait(62);
    stage
}

const POPUPS: [&str; 8] = ["preparing", "browser", "ssh", "garbage", "typing", "device", "slow_down", "exchanging"];

#[test]
fn each_popup_of_a_login_at_every_size() {
    for name in POPUPS {
        for (width, height) in SIZES {
            let small = matches!(name, "preparing" | "exchanging" | "typing");
            if small && (width, height) != (80, 24) {
                continue;
            }
            insta::assert_snapshot!(format!("login_{name}_{width}x{height}"), popup(name).text(width, height));
        }
    }
}

#[test]
fn each_popup_in_ascii_and_without_colour() {
    for name in POPUPS {
        for (width, height) in SIZES {
            let mut stage = popup(name);
            stage.state.look.ascii = true;
            let text = stage.text(width, height);
            assert!(text.is_ascii(), "{name}: {}", text.chars().filter(|c| !c.is_ascii()).collect::<String>());
            if (width, height) == (80, 24) && matches!(name, "browser" | "device") {
                insta::assert_snapshot!(format!("login_{name}_ascii"), text);
            }
            stage.state.look.ascii = false;
            stage.state.look.colour = false;
            let buffer = stage.draw(width, height);
            let coloured = buffer.content.iter().any(|cell| (cell.fg, cell.bg) != Default::default());
            assert!(!coloured, "{name} has a colour");
        }
    }
}

/// The dark squares of the QR code on a screen.
fn squares(stage: &mut Stage) -> Vec<Vec<bool>> {
    let buffer = stage.draw(120, 36);
    let is_square = |x: u16, y: u16| buffer[(x, y)].bg == Color::White;
    let rows = (0..36_u16).filter(|y| (0..120).any(|x| is_square(x, *y)));
    rows.flat_map(|y| {
        let row: Vec<&str> = (0..120).filter(|x| is_square(*x, y)).map(|x| buffer[(x, y)].symbol()).collect();
        let upper = row.iter().map(|square| matches!(*square, "▀" | "█")).collect();
        let lower = row.iter().map(|square| matches!(*square, "▄" | "█")).collect();
        [upper, lower]
    })
    .collect()
}

#[test]
fn the_qr_code_is_whole_and_dark_on_light() {
    let squares = squares(&mut popup("device"));
    let expected = crate::engine::qr::lines(
        "http://localhost:8001/realms/myorg/device?user_code=WDJB-MJHT",
        crate::engine::qr::Filled::Dark,
        true,
    )
    .unwrap();
    assert_eq!(squares.first().unwrap().len(), expected.len());
    for (row, line) in squares.iter().zip(&expected) {
        let line: Vec<bool> = line.as_bytes().chunks(2).map(|pair| pair == b"##").collect();
        assert_eq!(row, &line);
    }
}

#[test]
fn no_code_of_a_redirect_is_ever_drawn() {
    let mut stage = popup("typing");
    update(&mut stage.state, Message::Paste("http://127.0.0.1:8910/callback?state=x&k=hunter2".into()));
    stage.press_only("Tab h u n t e r 2");
    for (width, height) in SIZES {
        assert!(!stage.text(width, height).contains("hunter2"));
    }
}

/// The tokens of a login: access, ID and refresh token.
fn logged_in(gained: Gained) -> Stage {
    let mut stage = person();
    let run = begun(&mut stage);
    let asked = stage.state.profiles.profiles.last().unwrap().scopes.clone();
    let person = json!({
        "aud": "account", "preferred_username": "maria", "azp": "demo-login", "sid": "7c1f", "name": "Maria Marten",
    });
    let ask = crate::engine::TokenAsk {
        profile: "maria".into(),
        environment: None,
        changes: crate::config::Changes::default(),
        fresh: true,
    };
    stage.server.claims = person;
    let mut held = Arc::unwrap_or_clone(stage.token(&ask).unwrap());
    stage.server.claims = json!({
        "aud": "demo-login", "typ": "ID", "nonce": "n-0S6_WzA2Mj", "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
        "name": "Maria Marten", "preferred_username": "maria", "scope": null, "realm_access": null,
    });
    let id = Secret::new(stage.sign("demo-login", &asked, 300));
    stage.server.claims = json!({"typ": "Refresh", "aud": "http://localhost:8001/realms/myorg"});
    let refresh = Secret::new(stage.sign("demo-login", &asked, 1800));
    let check = |check, outcome| IdCheck { check, outcome, detail: "as it should be".into() };
    held.id_token = Some(IdToken {
        token: Token::of(&id),
        verdict: held.verdict.clone(),
        also: vec![check("nonce", Outcome::Pass), check("at_hash", Outcome::Pass), check("sub", Outcome::Skipped)],
    });
    held.granted.id_token = Some(id);
    held.granted.refresh_token = Some(refresh);
    held.gained = gained;
    update(&mut stage.state, Message::Token { run, result: Ok(Arc::new(held)) });
    stage.wait(4);
    stage
}

#[test]
fn the_tokens_that_came_together() {
    for (width, height) in [(120, 36), (80, 24), (60, 16)] {
        let mut stage = logged_in(Gained::Browser);
        for name in ["access", "id", "refresh"] {
            insta::assert_snapshot!(format!("tokens_{name}_{width}x{height}"), stage.text(width, height));
            stage.press("w");
        }
    }
    let mut stage = logged_in(Gained::Browser);
    let refresh = stage.press("w w").state.shown_token().unwrap();
    assert_eq!(refresh.which, Which::Refresh);
    stage.press("Tab Tab Right Right Right Right");
    insta::assert_snapshot!("refresh_raw", stage.text(120, 36));
    let text = crate::tui::rows::text_of(&refresh).unwrap().reveal().to_owned();
    let start = text.get(..30).unwrap();
    assert!(!stage.text(120, 36).contains(start), "a refresh token is masked");
    assert!(stage.press("v").text(120, 36).contains(start));
}

#[test]
fn a_renewed_token_says_so() {
    let stage = &mut logged_in(Gained::Renewed { rotated: true });
    let text = stage.text(120, 36);
    assert!(text.lines().nth(1).unwrap().contains("renewed"), "{text}");
    assert!(stage.state.log.entries().last().unwrap().text.contains("renewed by the refresh token"));
}

#[test]
fn an_id_token_is_warned_about() {
    for (width, height) in [(120, 36), (80, 24), (60, 16)] {
        let mut stage = logged_in(Gained::Browser);
        stage.press("2 o Down Down Enter");
        assert!(matches!(stage.state.popups.last(), Some(Popup::Mistaken { .. })));
        insta::assert_snapshot!(format!("mistaken_{width}x{height}"), stage.text(width, height));
    }
}

fn acted(act: TokenAct, ok: bool, stage: &Stage) -> Acted {
    let call = stage.state.token_exchange().unwrap().clone();
    let claims = json!({
        "active": true, "scope": "openid test_api_access", "client_id": "demo-login", "username": "maria",
        "exp": at("21:58:51").as_second(), "token_type": "Bearer",
    });
    Acted {
        act,
        which: Which::Access,
        exchange: call,
        ok,
        summary: match act {
            TokenAct::Introspect => "It is active: it ends in 4 min 56 s.",
            TokenAct::Revoke => "The provider has ended it.",
            TokenAct::UserInfo => "This is maria.",
            TokenAct::EndSession => "The session is over.",
        }
        .into(),
        remarks: vec!["An API that checks tokens by itself takes it until it ends.".into()],
        claims: (act == TokenAct::Introspect).then(|| claims.as_object().unwrap().clone()),
    }
}

fn run_of(effects: &[Effect]) -> RunId {
    match effects {
        [Effect::Act { run, .. } | Effect::LogOut { run, .. }] => *run,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_done_with_a_token() {
    for (width, height) in [(120, 36), (80, 24), (60, 16)] {
        let mut stage = logged_in(Gained::Browser);
        let run = run_of(&stage.press_only("I"));
        if width == 80 {
            insta::assert_snapshot!("act_waiting", stage.text(width, height));
        }
        let result = Ok(acted(TokenAct::Introspect, true, &stage));
        update(&mut stage.state, Message::Acted { run, result });
        insta::assert_snapshot!(format!("act_introspect_{width}x{height}"), stage.text(width, height));
        stage.press("x");
        assert!(matches!(stage.state.popups.last(), Some(Popup::Exchange { .. })));
        stage.press("Esc Esc");
        let run = run_of(&stage.press_only("R"));
        let result = Ok(acted(TokenAct::Revoke, true, &stage));
        update(&mut stage.state, Message::Acted { run, result });
        stage.press("Esc");
        insta::assert_snapshot!(format!("revoked_{width}x{height}"), stage.text(width, height));
        let run = run_of(&stage.press_only("O"));
        let out = LoggedOut {
            profile: "maria".into(),
            was_in: true,
            acts: vec![acted(TokenAct::EndSession, true, &stage)],
            forgotten: true,
            failures: Vec::new(),
        };
        update(&mut stage.state, Message::LoggedOut { run, result: Ok(out) });
        insta::assert_snapshot!(format!("logged_out_{width}x{height}"), stage.text(width, height));
    }
}

#[test]
fn a_login_that_came_to_nothing() {
    for (width, height) in [(120, 36), (80, 24), (60, 16)] {
        let mut stage = person();
        let run = begun(&mut stage);
        told(&mut stage, run, on_device(3));
        let failure = Failure::LoginFailed {
            reason: "the person said no: access_denied".into(),
            advice: vec!["Begin again and say yes on the page, or log in as somebody who may.".into()],
            weight: Weight::No,
            exchange: None,
        };
        update(&mut stage.state, Message::Token { run, result: Err(failure) });
        insta::assert_snapshot!(format!("login_denied_{width}x{height}"), stage.text(width, height));
    }
}

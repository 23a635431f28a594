//! Whatever comes from outside, the buffer holds no control byte, no column shifts, and no size makes drawing panic.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use serde_json::json;

use super::stage::Stage;

const HOSTILE: &str = "\u{1b}]52;c;aGk=\u{7}\u{1b}[2J\u{9b}31m\u{202e}evil\u{2066}\u{200b}\0\r\n\ttail";

fn is_raw(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn assert_clean(buffer: &Buffer) {
    for cell in &buffer.content {
        assert!(!cell.symbol().chars().any(is_raw), "{:?} is in the buffer", cell.symbol());
    }
}

/// The divider stands in one column from rule to rule: nothing beside it took more room than it should.
fn assert_straight(stage: &mut Stage) {
    let buffer = stage.draw(120, 36);
    for y in 2..35 {
        assert!(
            ["│", "┼"].contains(&buffer[(27, y)].symbol()),
            "row {y} lost the divider:\n{}",
            super::stage::text_of(&buffer)
        );
    }
}

#[test]
fn hostile_claims_headers_and_bodies_stay_text() {
    let mut stage = Stage::new();
    stage.server.claims = json!({
        "azp": HOSTILE, "\u{1b}[31mname": HOSTILE, "preferred_username": "漢字漢字👩‍👩‍👧 e\u{301}\u{301}\u{301}\u{301}\u{301}", "scope": format!("a {HOSTILE}"),
        "deep": [HOSTILE, {"x": HOSTILE}], "realm_access": {"roles": [HOSTILE, "漢字"]},
    });
    stage.server.body = Some((HOSTILE.as_bytes().to_vec(), "text/html\u{1b}[2J"));
    stage.press("2 Tab Tab");
    for _ in 0..6 {
        for (width, height) in [(120, 36), (80, 24), (60, 16), (200, 60)] {
            assert_clean(&stage.draw(width, height));
        }
        assert_straight(&mut stage);
        stage.press("Enter");
        assert_clean(&stage.draw(120, 36));
        stage.press("Enter Right");
    }
    stage.press("Tab");
    for _ in 0..5 {
        assert_clean(&stage.draw(120, 36));
        assert_straight(&mut stage);
        stage.press("Left");
    }
    for keys in ["x", "Esc m", "Esc y", "Esc i", "Esc o"] {
        stage.press(keys);
        assert_clean(&stage.draw(120, 36));
    }
}

#[test]
fn a_provider_that_answers_with_escape_sequences() {
    let mut stage = Stage::new();
    stage.server.claims = json!({"iss": HOSTILE, "exp": HOSTILE, "iat": -1, "aud": [HOSTILE]});
    stage.press("t");
    assert_clean(&stage.draw(120, 36));
    assert_straight(&mut stage);
}

#[test]
fn a_body_of_ten_megabytes_is_drawn_line_by_line() {
    let mut stage = Stage::new();
    let body = format!("[{}]", vec![r#"{"name":"someone","n":1}"#; 400_000].join(","));
    stage.server.body = Some((body.into_bytes(), "application/json"));
    stage.press("2 Tab Tab Tab G");
    let text = stage.text(120, 36);
    assert!(text.contains("\"name\": \"someone\"") && text.contains("│▸]"), "{text}");
    let started = std::time::Instant::now();
    for _ in 0..20 {
        stage.press("Up");
        stage.draw(120, 36);
    }
    // Far more than drawing needs, far less than laying the whole body out anew would take.
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

fn keys() -> impl Strategy<Value = Vec<&'static str>> {
    let all = [
        "t", "1", "2", "3", "[", "]", "f", "Tab", "Right", "Left", "Down", "Up", "Enter", "z", "?", "m", "p", "o", "s",
        "x", "y", "i", "d", ",", "/", "n", "v", "Esc", "G", ":", "a", ".",
    ];
    prop::collection::vec(prop::sample::select(all.to_vec()), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_state_draws_at_any_size(keys in keys(), width in 1_u16..=200, height in 1_u16..=60, hostile in any::<bool>()) {
        let mut stage = Stage::new();
        if hostile {
            stage.server.claims = json!({"azp": HOSTILE, "name": "漢字".repeat(60), "exp": 1e300});
            stage.server.body = Some((vec![0, 159, 146, 150, 27, 255], "application/octet-stream"));
        }
        for key in keys {
            stage.press(key);
        }
        assert_clean(&stage.draw(width, height));
        assert_clean(&stage.draw(120, 36));
        stage.state.look.ascii = true;
        stage.state.look.colour = false;
        assert_clean(&stage.draw(width, height));
    }
}

/// Draws every pane and tab of the Inspect screen at every size.
fn assert_inspect_clean(stage: &mut Stage) {
    for _ in 0..3 {
        for _ in 0..4 {
            for (width, height) in [(120, 36), (80, 24), (60, 16), (200, 60)] {
                assert_clean(&stage.draw(width, height));
            }
            stage.press("Enter v");
            assert_clean(&stage.draw(120, 36));
            stage.press("Enter v Right");
        }
        stage.press("Left Left Left Tab");
    }
    for keys in ["K", "Esc i", "Esc y", "Esc m", "Esc"] {
        stage.press(keys);
        assert_clean(&stage.draw(120, 36));
    }
}

#[test]
fn a_hostile_token_that_is_pasted_stays_text() {
    let claims = json!({
        "iss": HOSTILE, "\u{1b}[31mname": HOSTILE, "aud": [HOSTILE, "漢字"], "exp": "\u{1b}[2J", "iat": -1e300,
        "deep": {"\u{202e}": [HOSTILE, {"x": HOSTILE}]}, "漢字👩‍👩‍👧": "e\u{301}\u{301}\u{301}\u{301}\u{301}",
    });
    let kid = HOSTILE.repeat(100_000 / HOSTILE.len());
    let mut stage = Stage::new();
    stage.press("g i");
    super::inspect::paste(&mut stage, &super::inspect::unsigned(&json!({"alg": "RS256", "kid": kid}), &claims));
    assert_inspect_clean(&mut stage);
    for y in 2..23 {
        let buffer = stage.draw(120, 36);
        assert!(["│", "┴"].contains(&buffer[(32, y)].symbol()), "row {y}:\n{}", super::stage::text_of(&buffer));
    }
}

#[test]
fn a_token_that_is_huge_or_deep_is_looked_at_at_once() {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    let part = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
    let header = part("{\"alg\":\"RS256\"}");
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let many = format!("{{{}}}", (0..60_000).map(|name| format!("\"c{name}\":1")).collect::<Vec<_>>().join(","));
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(700_000));
    for text in [
        "a.".repeat(500_000),
        "x".repeat(3 << 20),
        format!("{header}.{}.c2ln", part(&deep)),
        format!("{header}.{}.c2ln", part(&many)),
        format!("{header}.{}.c2ln", part(&long)),
        format!("{header}.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode([0, 255, 27, b'[', b'2', b'J'])),
        format!("{}.{}.", part("{\"alg\":\"none\"}"), part("{\"exp\":1e300,\"exp\":null}")),
    ] {
        let mut stage = Stage::new();
        stage.press("g i");
        super::inspect::paste(&mut stage, &text);
        assert!(stage.state.subject().is_some());
    }
}

#[test]
fn a_set_of_ten_thousand_hostile_keys_is_drawn_at_once() {
    use crate::jwt::{KeySet, KeySource, Policy, verify};
    use crate::tui::effect::Effect;
    use crate::tui::message::Message;
    use crate::tui::state::{Judgement, KeysAt};
    let key = |number: usize| json!({"kty": "OKP", "crv": "Ed25519", "kid": format!("{HOSTILE}{number}"), "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let keys: Vec<_> = (0..10_000).map(key).collect();
    let set = KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap();
    let mut stage = Stage::new();
    stage.press("g i");
    let claims = json!({"iss": "http://localhost:8001/realms/myorg"});
    super::inspect::paste(&mut stage, &super::inspect::unsigned(&json!({"alg": "EdDSA"}), &claims));
    let effects = stage.press_only("K Enter");
    let Some(Effect::Verify { run, token, .. }) = effects.first() else { panic!("{effects:?}") };
    let policy = Policy::default();
    let verdict = verify(token, KeySource::Keys(&set), &policy, stage.state.now);
    let keys = KeysAt::Fetched { from: HOSTILE.to_owned(), at: stage.state.now };
    let judgement = Judgement { verdict, keys, set: Some(std::sync::Arc::new(set)), policy, findings: Vec::new() };
    crate::tui::update::update(&mut stage.state, Message::Judged { run: *run, result: Ok(judgement) });
    stage.press("Tab Right Right");
    assert!(stage.text(200, 60).contains("Keys 10000"));
    assert_inspect_clean(&mut stage);
}

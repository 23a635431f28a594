//! The screen in every situation worth a picture, at the sizes that people have.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod add;
mod form;
mod hostile;
mod inspect;
mod login;
mod session;
mod stage;
mod styles;

pub(crate) use inspect::page;
use stage::Stage;

use crate::jwt::{CheckName, Outcome};
use crate::tui::state::Level;

/// One snapshot a size; the sizes are those that people have.
fn at_sizes(name: &str, stage: &mut Stage) {
    for (width, height) in [(120, 36), (90, 30), (80, 24)] {
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), stage.text(width, height));
    }
}

#[test]
fn the_start_with_its_coach() {
    at_sizes("start", &mut Stage::new());
}

#[test]
fn a_token_fetched_and_verified() {
    at_sizes("token", Stage::new().press("t").wait(4));
}

#[test]
fn an_answer_of_200() {
    at_sizes("allowed", Stage::new().press("3").wait(4));
}

#[test]
fn a_missing_scope_as_expected() {
    at_sizes("missing_scope", Stage::new().press("3 2 1 ] 1 2 3").wait(4));
}

#[test]
fn a_refused_token() {
    at_sizes("wrong_secret", Stage::new().press("t [ t").wait(3));
}

#[test]
fn a_provider_that_is_down() {
    let mut stage = Stage::new();
    stage.server.provider_down = true;
    at_sizes("provider_down", stage.press("2").wait(2));
}

#[test]
fn an_api_that_is_down() {
    let mut stage = Stage::new();
    stage.server.api_down = true;
    at_sizes("api_down", stage.press("2").wait(2));
}

#[test]
fn every_tab_of_the_token() {
    let mut stage = Stage::new();
    stage.press("] 3 ] 3 [ Tab Tab");
    for name in ["claims", "scopes", "roles", "header", "raw", "exchange"] {
        insta::assert_snapshot!(format!("token_tab_{name}"), stage.text(120, 36));
        stage.press("Right");
    }
}

#[test]
fn every_tab_of_the_answer() {
    let mut stage = Stage::new();
    stage.press("] 3 Tab Tab Tab");
    for name in ["why", "body", "headers", "request", "timing"] {
        insta::assert_snapshot!(format!("answer_tab_{name}"), stage.text(120, 36));
        stage.press("Right");
    }
}

#[test]
fn under_way() {
    let mut stage = Stage::new();
    stage.press_only("2");
    insta::assert_snapshot!("waiting_for_the_token", stage.wait(2).text(120, 36));
    let mut stage = Stage::new();
    stage.press("t").press_only("2 t");
    insta::assert_snapshot!("sending", stage.wait(2).text(120, 36));
}

/// Each popup, and the keys that open it.
const POPUPS: &[(&str, &str)] = &[
    ("help", "?"),
    ("palette", ":"),
    ("profiles", "p"),
    ("copy", "y"),
    ("send_as", "o"),
    ("scopes", "s"),
    ("palette_typed", ": s c o"),
    ("explain", "Tab Tab Down Down Down Down i"),
    ("messages", "m"),
    ("exchange", "x"),
    ("diff", "s Space t e s t _ a p i _ a c c e s s Enter t d"),
];

#[test]
fn each_popup() {
    for (name, keys) in POPUPS {
        for (width, height) in [(120, 36), (80, 24)] {
            let mut stage = Stage::new();
            stage.press("2 ] 2 3").press(keys);
            insta::assert_snapshot!(format!("popup_{name}_{width}x{height}"), stage.text(width, height));
        }
    }
}

#[test]
fn each_popup_in_ascii_and_without_colour() {
    for (name, keys) in POPUPS {
        let mut stage = Stage::new();
        (stage.state.look.ascii, stage.state.look.colour) = (true, false);
        stage.press("2 ] 2 3").press(keys);
        for (width, height) in [(120, 36), (80, 24)] {
            let text = stage.text(width, height);
            assert!(text.is_ascii(), "{name}: {}", text.chars().filter(|c| !c.is_ascii()).collect::<String>());
        }
        let buffer = stage.draw(80, 24);
        let coloured = buffer.content.iter().any(|cell| (cell.fg, cell.bg) != Default::default());
        assert!(!coloured, "{name} has a colour");
        if matches!(*name, "palette_typed" | "copy" | "profiles") {
            insta::assert_snapshot!(format!("popup_{name}_ascii"), stage.text(80, 24));
        }
    }
}

#[test]
fn names_of_any_width_stand_in_columns() {
    let file = "[providers.p]\nissuer = \"http://localhost:1/realms/p\"\n[profiles.plain]\nprovider = \"p\"\n\
                client_id = \"a\"\nclient_secret = \"s\"\ntitle = \"Plain\"\n[profiles.wide]\nprovider = \"p\"\n\
                client_id = \"b\"\nclient_secret = \"s\"\ntitle = \"漢字かな交じり e\u{301}\"\n";
    let mut stage = Stage::new();
    stage.press("p");
    let profiles = crate::config::parse(file).profiles;
    assert_eq!(profiles.profiles.len(), 2);
    stage.state = crate::tui::state::State::new(
        std::sync::Arc::new(profiles),
        crate::tui::state::Origin::default(),
        stage.state.look,
        stage.state.now,
        stage.state.size,
    );
    stage.press("p");
    let text = stage.text(80, 24);
    let ends: Vec<usize> = text.lines().filter(|line| line.contains("○ none │")).map(crate::tui::text::width).collect();
    assert!(ends.len() == 2 && ends[0] == ends[1], "{text}");
}

#[test]
fn zoomed_panes() {
    let mut stage = Stage::new();
    stage.press("2 ] 2 3");
    for name in ["profiles", "endpoints", "token", "answer"] {
        stage.press("z");
        insta::assert_snapshot!(format!("zoom_{name}"), stage.text(120, 36));
        stage.press("z Tab");
    }
}

#[test]
fn a_wide_screen() {
    insta::assert_snapshot!("missing_scope_200x60", Stage::new().press("3 2 1 ] 1 2 3").wait(4).text(200, 60));
}

#[test]
fn ascii_symbols() {
    let mut stage = Stage::new();
    stage.state.look.ascii = true;
    stage.press("3 2 1 ] 1 2 3").wait(4);
    let text = stage.text(120, 36);
    assert!(text.is_ascii(), "{:?}", text.chars().filter(|c| !c.is_ascii()).collect::<String>());
    insta::assert_snapshot!("ascii_120x36", text);
}

#[test]
fn a_token_that_has_ended() {
    insta::assert_snapshot!("ended_120x36", Stage::new().press("2").wait(303).text(120, 36));
}

#[test]
fn a_token_whose_signature_fails_or_could_not_be_checked() {
    let mut stage = Stage::new();
    stage.server.checks = vec![
        (CheckName::Signature, Outcome::Fail, "does not hold with the key 7Qx2"),
        (CheckName::Iss, Outcome::Fail, "iss is http://other, expected http://localhost:8001/realms/myorg"),
    ];
    insta::assert_snapshot!("signature_fails", stage.press("t").text(120, 36));
    let mut stage = Stage::new();
    let why = "not checked: there are no keys (nothing listens at localhost:8001)";
    stage.server.checks = vec![(CheckName::Signature, Outcome::Skipped, why)];
    insta::assert_snapshot!("signature_not_checked", stage.press("t").text(120, 36));
    let mut stage = Stage::new();
    stage.server.token = Some("an-opaque-token-of-another-provider");
    insta::assert_snapshot!("opaque", stage.press("t").text(120, 36));
}

#[test]
fn what_is_not_as_expected() {
    let mut stage = Stage::new();
    stage.server.status = Some(200);
    insta::assert_snapshot!("let_through", stage.press("] 3").text(120, 36));
    stage.server.status = Some(404);
    stage.server.body = Some((b"<html>\n<h1>Not here</h1>\n</html>\n".to_vec(), "text/html"));
    insta::assert_snapshot!("inconclusive", stage.press("2").text(120, 36));
}

#[test]
fn a_binary_body() {
    let mut stage = Stage::new();
    stage.server.body = Some(((0..=255).cycle().take(50_000).collect(), "application/octet-stream"));
    insta::assert_snapshot!("binary_body", stage.press("2 Tab Tab Tab").text(120, 36));
}

#[test]
fn a_long_value_unfolds() {
    let mut stage = Stage::new();
    stage.press("2 Tab Tab Down Down Down Down Down Down Down Down Down Enter");
    insta::assert_snapshot!("unfolded", stage.text(90, 30));
}

#[test]
fn finding() {
    let mut stage = Stage::new();
    insta::assert_snapshot!("find", stage.press("2 Tab Tab / a c c").text(120, 36));
    insta::assert_snapshot!("find_nothing", stage.press("q q").text(80, 24));
}

#[test]
fn a_file_that_is_not_trusted() {
    let mut stage = Stage::new();
    stage.state.origin.label = "./profiles.toml".into();
    stage.state.origin.untrusted = Some(stage::hostile_facts());
    stage.state.origin.problems = vec!["profiles.toml:3: unknown key".into()];
    insta::assert_snapshot!("untrusted", stage.text(120, 36));
}

#[test]
fn a_message_of_any_length_is_seen() {
    let mut stage = Stage::new();
    for length in 60..200 {
        let words: String = "no-such-file-".chars().cycle().take(length).collect();
        stage.state.log.say(stage.state.now, Level::Error, words.as_str());
        let screen = stage.text(100, 30);
        let bottom = screen.lines().last().unwrap().to_owned();
        assert!(bottom.contains(words.get(..60).unwrap()), "{length}: {bottom}");
        assert!(length < 99 || bottom.ends_with("… m"), "{length}: {bottom}");
    }
}

#[test]
fn too_small_is_said_politely() {
    let mut stage = Stage::new();
    assert_eq!(stage.text(20, 5), "\n   needs 60 x 16,\n   this is 20 x 5\n\n\n");
    assert!(stage.text(59, 16).contains("needs 60 x 16, this is 59 x 16"));
    assert!(!stage.text(60, 16).contains("needs"));
    assert_eq!(stage.text(1, 1), "n\n");
}

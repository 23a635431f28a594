//! Environments, review, saving, options and marks on the screen.

use std::sync::Arc;

use super::Stage;
use super::stage::{at, hostile_facts};
use crate::config::{self, Layers};
use crate::engine::{SavePlan, SendAs};
use crate::tui::message::Message;
use crate::tui::state::{Asked, Cleared, List, Popup, Question, ReviewView, Then};
use crate::tui::update::update;

const SIZES: [(u16, u16); 3] = [(120, 36), (80, 24), (60, 16)];

fn with(text: &str, environment: Option<&str>) -> Stage {
    let mut stage = Stage::new();
    let text = format!("{}\n{text}", config::DEMO_TEXT);
    let parsed = config::parse_layers(&Layers { shared: text.as_bytes(), ..Layers::default() }, environment);
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    stage.state.profiles = Arc::new(parsed.profiles);
    stage
}

const ENVIRONMENTS: &str = "[environments.dev]\n[environments.staging]\n[environments.prod]\nprotected = true\n";

fn at_sizes(name: &str, mut make: impl FnMut() -> Stage) {
    for (width, height) in SIZES {
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), make().text(width, height));
    }
}

#[test]
fn the_environments() {
    at_sizes("environments", || {
        let mut stage = with(ENVIRONMENTS, None);
        stage.press("t E Down");
        stage
    });
}

#[test]
fn a_protected_environment_asks() {
    at_sizes("protected", || {
        let mut stage = with(ENVIRONMENTS, Some("prod"));
        stage.press("a");
        stage
    });
    let mut stage = with(ENVIRONMENTS, Some("prod"));
    insta::assert_snapshot!("protected_cleared", stage.press("a Enter").text(80, 24));
    // More than there is room for is counted.
    let call = |number: usize| Asked {
        what: Cleared::Token(number.to_string()),
        method: "GET".into(),
        host: "api.example".into(),
        words: format!("/api/{number}"),
    };
    let calls = (0..40).map(call).collect();
    stage.state.popups.push(Popup::Protected(Question { environment: "prod".into(), calls, then: Then::All }));
    insta::assert_snapshot!("protected_many", stage.text(60, 16));
}

#[test]
fn a_method_that_may_change_something_in_production() {
    let mut stage = with(ENVIRONMENTS, Some("prod"));
    stage.state.popups.push(Popup::Confirm {
        method: "DELETE".into(),
        url: "https://api.shop.example/orders/17".into(),
        host: "api.shop.example".into(),
        endpoint: crate::engine::EndpointId { api: "demo".into(), endpoint: "private".into() },
        send_as: SendAs::Profile,
    });
    insta::assert_snapshot!("confirm_protected", stage.text(80, 24));
}

#[test]
fn the_review_of_a_file() {
    at_sizes("review", || {
        let mut stage = Stage::new();
        stage.state.origin.label = "./profiles.toml".into();
        stage.state.origin.untrusted = Some(hostile_facts());
        stage.state.popups.push(Popup::Review(ReviewView { facts: hostile_facts(), list: List::default() }));
        stage
    });
}

#[test]
fn what_saving_would_write() {
    at_sizes("save", || {
        let mut stage = Stage::new();
        let after = config::DEMO_TEXT.replacen(
            "scopes = [\"test_api_access\"]",
            "scopes = [\"test_api_access\", \"profile\"]",
            1,
        );
        assert_ne!(after, config::DEMO_TEXT);
        let plan = SavePlan::of("profiles.toml", config::DEMO_TEXT, &after);
        update(&mut stage.state, Message::Planned(Ok(plan)));
        stage
    });
}

#[test]
fn the_options_of_a_token() {
    at_sizes("options", || {
        let mut stage = Stage::new();
        stage.press("T Tab a u d Tab x = 1");
        stage
    });
}

#[test]
fn a_secret_is_asked_for() {
    at_sizes("secret", || {
        let mut stage = Stage::new();
        let effects = stage.press_only("t");
        let Some(crate::tui::effect::Effect::Fetch { run, .. }) = effects.first() else { panic!("no fetch") };
        let result = Err(crate::engine::Failure::SecretWanted { profile: "tester".into() });
        update(&mut stage.state, Message::Token { run: *run, result });
        stage.press("a b c");
        stage
    });
}

#[test]
fn marks_stay_at_every_size() {
    let text = "[providers.far]\nissuer = \"http://login.example/realms/far\"\nplaintext = true\ninsecure = true\n\
                [profiles.far]\nprovider = \"far\"\nclient_id = \"far\"\nauth = \"none\"\n";
    for (width, height) in SIZES {
        let mut stage = with(text, None);
        let far = stage.state.profiles.profiles.iter().position(|profile| profile.name == "far").unwrap();
        let profile = stage.state.profiles.profiles.get(far).unwrap().clone();
        Arc::make_mut(&mut stage.state.profiles).profiles = vec![profile];
        stage.state.views = vec![crate::tui::state::ProfileView::new("far")];
        stage.state.origin.untrusted = Some(hostile_facts());
        let text = stage.text(width, height);
        let top = text.lines().next().unwrap();
        for mark in ["UNTRUSTED FILE", "PLAIN TEXT", "INSECURE TLS"] {
            assert!(top.contains(mark), "{width}x{height}: {top}");
        }
    }
}

#[test]
fn a_clock_that_is_off_is_said_to_be_and_by_how_much() {
    // The stage's server says 21:53:51.
    let mut stage = Stage::new();
    stage.state.now = at("21:54:50");
    assert!(!stage.press("t").text(120, 36).contains("CLOCK"));
    let mut stage = Stage::new();
    stage.state.now = at("21:57:10");
    let text = stage.press("t").text(120, 36);
    assert!(text.contains("CLOCK 3 min 19 s ahead"), "{}", text.lines().next().unwrap());
    let mut stage = Stage::new();
    stage.state.now = at("21:50:00");
    assert!(stage.press("t").text(120, 36).contains("behind"));
}

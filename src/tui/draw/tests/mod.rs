#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod stage;

use stage::{Stage, text_of};

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
    at_sizes("token", Stage::new().press("t").wait(8));
}

#[test]
fn an_answer_of_200() {
    at_sizes("allowed", Stage::new().press("3").wait(8));
}

#[test]
fn a_missing_scope_as_expected() {
    at_sizes("missing_scope", Stage::new().press("3 2 1 ] 3").wait(8));
}

#[test]
fn a_refused_token() {
    at_sizes("wrong_secret", Stage::new().press("t [ t").wait(3));
}

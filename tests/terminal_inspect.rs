//! The Inspect screen of the real program in a pseudo-terminal.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod support;

use support::Place;
use support::pty::Pty;

/// RFC 7515 A.1.
const A1: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// Profiles whose server is not the bundled one, which says a word of its own when it has started.
const QUIET: &str = "[providers.none]\nissuer = \"http://localhost:9/realms/none\"\n\
                     [profiles.one]\nprovider = \"none\"\nclient_id = \"one\"\nclient_secret = \"not-secret\"\n";

#[test]
fn a_token_is_pasted_in_brackets_as_a_burst_and_out_of_a_file() {
    let place = Place::with(QUIET);
    std::fs::write(place.path().join("token.txt"), format!("Authorization: Bearer {A1}\n")).unwrap();
    let mut pty = Pty::start(&place.command(&[]), 120, 36);
    pty.wait_for_text("? help");
    pty.press("gi");
    pty.wait_for_text("NO TOKEN HERE YET");
    pty.press(&format!("\x1b[200~curl -H 'Authorization: Bearer {A1}' \\\n https://api.example\x1b[201~"));
    pty.wait_for_text("taken off: the curl command");
    pty.wait_for_text("no key was named");
    // As from a terminal that does not say where a paste begins.
    pty.press("eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD");
    pty.wait_for_text("No claims: the payload is no JSON object");
    pty.press("\x1b[B");
    pty.press("P");
    pty.wait_for_text("Another token");
    pty.press(&format!("@{}", place.path().join("token.txt").display()));
    pty.wait_for_text("token.txt");
    // A key that is no letter ends what may be a paste.
    pty.press("\x1b[C");
    pty.press("\r");
    pty.wait_for_text("token.txt is a signed token");
    pty.press("q");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn the_token_in_hand_is_verified_and_its_issuer_looked_at() {
    let place = Place::demo();
    let mut pty = Pty::start(&place.command(&[]), 120, 36);
    pty.wait_for_text("? help");
    pty.press("t");
    pty.wait_for_text("VERIFIED signature");
    pty.press("JK");
    pty.wait_for_text("Verify with");
    pty.press("\r");
    pty.wait_for_text("is valid: no check fails");
    pty.press("A");
    pty.wait_for_text("addresses");
    pty.press("q");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn a_token_is_edited_in_the_editor_and_signed_with_a_key_made_on_the_spot() {
    let place = Place::with(QUIET);
    let script = place.path().join("editor");
    std::fs::write(&script, "#!/bin/sh\nprintf '{\"sub\":\"edited\",\"exp\":\"+1h\"}' > \"$2\"\n").unwrap();
    let mut command = place.command(&[]);
    command.env("EDITOR", format!("sh {}", script.display()));
    let mut pty = Pty::start(&command, 120, 36);
    pty.wait_for_text("? help");
    pty.press("giS");
    pty.wait_for_text("Make a token");
    pty.press("\x0f");
    pty.wait_for_text("\"sub\":\"edited\"");
    pty.press("\x13");
    pty.wait_for_text("Sign with");
    pty.press("\r");
    pty.wait_for_text("MADE HERE and signed with");
    pty.wait_for_text("in 59 min");
    pty.press("q");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}

//! Sessions as people have them: the real explorer in a pseudo-terminal, over a real file that changes.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::process::Command;

use support::Place;
use support::pty::Pty;

fn opened(command: &Command) -> Pty {
    let pty = Pty::start(command, 120, 36);
    pty.wait_for_text("NO TOKEN YET");
    pty.assert_taken();
    pty
}

fn text_of(place: &Place) -> String {
    std::fs::read_to_string(place.profiles()).unwrap()
}

/// Ends the explorer and hands back nothing but its good manners.
fn leave(pty: &mut Pty) {
    pty.press("q");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}

#[test]
fn scopes_are_edited_undone_and_saved_with_every_comment() {
    let place = Place::demo();
    let before = text_of(&place);
    let mut pty = opened(&place.command(&[]));
    pty.press("s profile\r");
    pty.wait_for_text("tester* @ myorg");
    pty.press("u");
    pty.wait_for_text("Undone: tester is as in the file");
    pty.press("\x12");
    pty.wait_for_text("tester* @ myorg");
    pty.press("\x13");
    pty.wait_for("the difference", |screen| {
        let text = screen.contents();
        text.contains("Save in the file") && text.contains("+  scopes = [\"test_api_access\", \"profile\"]")
    });
    assert_eq!(text_of(&place), before, "nothing is written before the yes");
    pty.press("\r");
    pty.wait_for("the mark to go", |screen| !screen.contents().contains("tester*"));
    assert_eq!(
        text_of(&place),
        before.replacen("[\"test_api_access\"]", "[\"test_api_access\", \"profile\"]", 2).replacen(
            "requires = [\"test_api_access\", \"profile\"]",
            "requires = [\"test_api_access\"]",
            1
        )
    );
    leave(&mut pty);
}

#[test]
fn a_changed_file_is_seen_at_once_and_a_broken_one_says_where() {
    let place = Place::demo();
    let mut pty = opened(&place.command(&[]));
    pty.wait_for_text("profile  Tester");
    let good = text_of(&place).replacen("title = \"Tester\"", "title = \"Renamed\"", 1);
    assert_ne!(good, text_of(&place));
    place.write(&good);
    pty.wait_for_text("profile  Renamed");
    pty.wait_for_text("changed and is in use");
    place.write(format!("{good}\nx = = 1\n"));
    let line = good.lines().count() + 2;
    pty.wait_for_text(&format!("profiles.toml:{line}:5: this is not TOML"));
    pty.wait_for_text("1 mistake in the file");
    pty.press("t");
    pty.wait_for_text("VERIFIED signature");
    // Editors put another file in its place.
    let beside = place.path().join("profiles.toml~");
    std::fs::write(&beside, &good).unwrap();
    std::fs::rename(&beside, place.profiles()).unwrap();
    pty.wait_for("the mistake to be gone", |screen| !screen.contents().contains("1 mistake"));
    assert!(pty.text().contains("VERIFIED signature"), "the token stays");
    std::fs::remove_file(place.profiles()).unwrap();
    pty.wait_for_text("cannot be read");
    leave(&mut pty);
}

/// A file of the folder one stands in; nobody has named it.
fn found_here(place: &Place) -> Command {
    let mut command = place.command(&[]);
    command.env_remove("TOKENSCOPE_PROFILES");
    for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"] {
        command.env(name, place.path().join("home"));
    }
    command
}

#[test]
fn what_a_pull_brings_runs_only_after_it_was_reviewed() {
    let place = Place::demo();
    let mut pty = opened(&found_here(&place));
    assert!(!pty.text().contains("UNTRUSTED"));
    let trace = place.path().join("it-ran");
    let command = format!(r#"{{ command = ["sh", "-c", "echo x >> {}; echo demo-secret"] }}"#, trace.display());
    place.write(text_of(&place).replacen("\"demo-secret\"", &command, 1));
    pty.wait_for_text("UNTRUSTED FILE");
    pty.press("t");
    pty.wait_for_text("FILE NOT TRUSTED");
    pty.press("T");
    pty.wait_for("the review", |screen| {
        let text = screen.contents();
        text.contains("What this file would do") && text.contains("echo demo-secret")
    });
    pty.press("\x1b");
    pty.wait_for("the review to close", |screen| !screen.contents().contains("What this file would do"));
    assert!(!trace.exists(), "a no runs nothing");
    pty.press("T");
    pty.wait_for_text("What this file would do");
    pty.press("y");
    pty.wait_for("the mark to go", |screen| !screen.contents().contains("UNTRUSTED"));
    // On the bottom line another message may have taken its place by now.
    pty.press("m");
    pty.wait_for("the messages", |screen| {
        let text = screen.contents();
        text.contains("Messages, the newest first") && text.contains("is trusted as long as it does just that")
    });
    pty.press("\x1b");
    pty.wait_for("the messages to close", |screen| !screen.contents().contains("Messages, the newest first"));
    assert!(!trace.exists(), "and a yes alone runs nothing either");
    pty.press("t");
    pty.wait_for_text("VERIFIED signature");
    assert_eq!(std::fs::read_to_string(&trace).unwrap(), "x\n");
    leave(&mut pty);
}

#[test]
fn a_disk_that_is_full_leaves_the_old_file_and_the_edits() {
    let place = Place::with(
        "# stays\n[providers.p]\nissuer = \"http://localhost:9/\"\n[profiles.me]\nprovider = \"p\"\nclient_id = \"me\"\n\
         auth = \"none\"\nscopes = [\"a\"]\n",
    );
    let before = text_of(&place);
    let explorer = place.command(&[]);
    // No file may grow: as on a disk without room, every write fails.
    let mut shell = Command::new("sh");
    let job = format!("trap '' XFSZ; ulimit -f 0; exec '{}'", env!("CARGO_BIN_EXE_tokenscope"));
    shell.arg("-c").arg(job).current_dir(place.path());
    for (name, value) in explorer.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let mut pty = opened(&shell);
    pty.press("s b\r");
    pty.wait_for_text("me* @");
    pty.press("\x13");
    pty.wait_for_text("Save in the file");
    pty.press("\r");
    pty.wait_for_text("Nothing was saved");
    pty.wait_for_text("me* @");
    assert_eq!(text_of(&place), before);
    leave(&mut pty);
}

#[test]
fn a_secret_that_is_asked_for_is_typed_into_the_dark() {
    let place = Place::demo();
    place.write(text_of(&place).replacen("client_secret = \"demo-secret\"", "client_secret = { prompt = true }", 1));
    let mut pty = opened(&place.command(&[]));
    pty.press("2");
    pty.wait_for_text("The secret of tester");
    pty.press("\x1b[200~demo-secret\x1b[201~");
    pty.wait_for_text("•••••••••••");
    assert!(!pty.text().contains("demo-secret"));
    pty.press("\r");
    pty.wait_for_text("ALLOWED");
    leave(&mut pty);
}

#[test]
fn production_is_named_and_asked_about() {
    let place = Place::demo();
    place.write(format!("{}\n[environments.dev]\n[environments.prod]\nprotected = true\n", text_of(&place)));
    let mut pty = opened(&place.command(&[]));
    pty.wait_for_text("DEMO │ dev │ tester");
    pty.press("t");
    pty.wait_for_text("VERIFIED signature");
    pty.press("Ej\r");
    pty.wait_for_text("PRODUCTION prod │ tester");
    pty.wait_for_text("NO TOKEN YET");
    pty.press("2");
    pty.wait_for_text("Send it into production?");
    pty.press("\r");
    pty.wait_for_text("ALLOWED");
    pty.press("Ek\r");
    pty.wait_for_text("DEMO │ dev │ tester");
    pty.wait_for_text("VERIFIED signature");
    leave(&mut pty);
    // Headless, the environment is named on the command line and in the answer.
    let rows = place.run(&["probe", "tester", "public", "--env", "prod", "--json"]).code(0).json();
    assert_eq!(rows[0]["env"], "prod");
    place.run(&["token", "tester", "--env", "prd"]).code(2).says("Did you mean --env prod?");
    let mut command = place.command(&["matrix", "--format", "json"]);
    command.env("TOKENSCOPE_ENV", "prod");
    assert_eq!(support::Ended::of(&command.output().unwrap()).json()[0]["env"], "prod");
}

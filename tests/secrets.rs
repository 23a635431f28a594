//! Client secrets as people keep them: the real binary, real files, programs, terminals, and the bundled server.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::any;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::odd::Odd;
use support::pty::Pty;
use support::{Ended, Place};

/// The secret of the demo's client `tester`.
const SECRET: &str = "demo-secret";

/// The demo, with the secret of `tester` from elsewhere.
fn demo_with(secret: &str) -> Place {
    let place = Place::demo();
    let text = std::fs::read_to_string(place.profiles()).unwrap();
    place.write(text.replacen("client_secret = \"demo-secret\"", &format!("client_secret = {secret}"), 1));
    place
}

fn write(place: &Place, name: &str, content: &str, mode: u32) -> PathBuf {
    let path = place.path().join(name);
    std::fs::write(&path, content).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    path
}

fn piped(place: &Place, arguments: &[&str], input: &str) -> Ended {
    let mut command = place.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ended::of(&child.wait_with_output().unwrap())
}

/// How often a script that writes a line each time was run.
fn runs(place: &Place) -> usize {
    std::fs::read_to_string(place.path().join("runs")).unwrap_or_default().lines().count()
}

#[test]
fn a_file() {
    let place = demo_with("{ file = \"secrets/tester\" }");
    place.run(&["token", "tester"]).code(2).says("there is no file").says("secret set");
    std::fs::create_dir(place.path().join("secrets")).unwrap();
    for ending in ["", "\n", "\r\n"] {
        write(&place, "secrets/tester", &format!("{SECRET}{ending}"), 0o600);
        let ended = place.run(&["token", "tester"]).code(0);
        assert_eq!(ended.err, "");
    }
    // The path begins where the file is, not where one stands.
    let mut command = place.command(&["token", "tester"]);
    Ended::of(&command.current_dir("/").output().unwrap()).code(0);
    // Said once a run, however often it is read.
    write(&place, "secrets/tester", SECRET, 0o644);
    let ended = place.run(&["matrix", "--profile", "tester"]).code(0);
    assert_eq!(ended.err.matches("can be read by others").count(), 1, "{}", ended.err);
    write(&place, "secrets/tester", "demo-secret\n\n", 0o600);
    let ended = place.run(&["token", "tester"]).code(2).says("has 2 lines");
    assert!(!ended.err.contains(SECRET));
    place.run(&["check"]).code(2).says("has 2 lines").says("secret: the file");
}

#[test]
fn a_command() {
    let place = demo_with("{ command = [\"./vault\", \"read one\", \"$HOME\"] }");
    let vault = "#!/bin/sh\necho run >> runs\n[ \"$1|$2\" = 'read one|$HOME' ] || exit 9\necho demo-secret\n";
    write(&place, "vault", vault, 0o700);
    place.run(&["token", "tester"]).code(0);
    // Many calls at once ask it once.
    let before = runs(&place);
    place.run(&["matrix", "--profile", "tester"]).code(0);
    assert_eq!(runs(&place), before + 1);
    place.run(&["check"]).code(0).says("the command \"./vault\" \"read one\" \"$HOME\"");

    for (script, words) in [
        ("echo cannot reach the vault >&2; exit 7", "exit code 7: cannot reach the vault"),
        ("exit 0", "printed nothing"),
        ("echo demo-secret; echo expires soon", "printed 2 lines"),
        ("printf 'demo-secret\\007'", "control character U+0007"),
        ("cat; exit 3", "exit code 3"),
    ] {
        write(&place, "vault", &format!("#!/bin/sh\n{script}\n"), 0o700);
        let ended = place.run(&["token", "tester"]).code(2).says(words);
        assert!(!ended.err.contains(SECRET) && !ended.err.contains('\x07'), "{}", ended.err);
        assert_eq!(ended.out, "");
    }
    std::fs::remove_file(place.path().join("vault")).unwrap();
    place.run(&["token", "tester"]).code(2).says("there is no such program");
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_that_hangs_ends_with_ctrl_c_and_all_its_children() {
    let place = demo_with("{ command = [\"sh\", \"-c\", \"sleep 1000 & echo $$ $! > family; wait\"] }");
    let mut terminal = Pty::start(&place.command(&["token", "tester"]), 80, 24);
    let end = Instant::now() + Duration::from_secs(30);
    let family = place.path().join("family");
    let ids: Vec<String> = loop {
        let said = std::fs::read_to_string(&family).unwrap_or_default();
        if said.ends_with('\n') {
            break said.split_whitespace().map(str::to_owned).collect();
        }
        assert!(Instant::now() < end, "it did not begin");
        std::thread::yield_now();
    };
    terminal.press("\x03");
    assert_eq!(terminal.wait(), 130);
    let runs = |id: &String| {
        let status = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        !status.is_empty() && !status.contains(") Z ")
    };
    while ids.iter().any(runs) {
        assert!(Instant::now() < end, "still running");
        std::thread::yield_now();
    }
}

#[test]
fn a_prompt_asks_once_and_shows_nothing() {
    let place = demo_with("{ prompt = true }");
    for command in [&["probe", "tester"][..], &["matrix", "--profile", "tester"], &["token", "tester", "--header"]] {
        let mut terminal = Pty::start(&place.command(command), 200, 50);
        terminal.wait_for_text("Client secret of tester:");
        terminal.press("demo-secret\r");
        assert_eq!(terminal.wait(), 0, "{}", terminal.text());
        let text = terminal.text();
        assert!(!text.contains(SECRET) && text.matches("Client secret").count() == 1, "{text}");
        assert!(terminal.is_cooked());
    }
    let mut terminal = Pty::start(&place.command(&["token", "tester"]), 200, 50);
    terminal.wait_for_text("Client secret of tester:");
    terminal.press("dem\x03");
    assert_eq!(terminal.wait(), 130, "{}", terminal.text());
    assert!(terminal.is_cooked());
    place.run(&["check"]).code(0).says("asks you");
    place.run(&["secret", "where", "tester"]).code(0).says("it is asked for once a run");
}

#[test]
fn a_prompt_without_a_terminal_says_what_else() {
    let place = demo_with("{ prompt = true }");
    let mut command = place.command(&["token", "tester"]);
    // A session of its own has no terminal.
    let mut alone = std::process::Command::new("setsid");
    alone.arg("--wait").arg(command.get_program()).args(["token", "tester"]).current_dir(place.path());
    alone.env("TOKENSCOPE_PROFILES", place.profiles()).env("TOKENSCOPE_KEYS", place.keys());
    let ended = Ended::of(&alone.stdin(Stdio::null()).output().unwrap()).code(2);
    ended.says("is asked for in each run").says("{ env = \"NAME\" }");
    assert!(command.stdin(Stdio::null()).get_args().count() == 2);
}

#[test]
fn set_where_and_rm_with_a_file() {
    let place = demo_with("{ file = \"kept/tester\" }");
    let path = place.path().join("kept/tester");
    place.run(&["secret", "where", "tester"]).code(1).says("it is not there").says("there is no file");
    let ended = piped(&place, &["secret", "set", "tester"], "demo-secret\n").code(0).says("kept in the file");
    assert!(!ended.out.contains(SECRET) && !ended.err.contains(SECRET));
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    place.run(&["secret", "where", "tester"]).code(0).says("it is there");
    place.run(&["token", "tester"]).code(0);
    place.run(&["secret", "rm", "tester"]).code(0).says("removed");
    assert!(!path.exists());
    place.run(&["secret", "rm", "tester"]).code(0).says("there was none");
    // Typed at a terminal it is not shown.
    let mut terminal = Pty::start(&place.command(&["secret", "set", "tester"]), 120, 20);
    terminal.wait_for_text("Client secret of tester:");
    terminal.press("demo-secret\r");
    assert_eq!(terminal.wait(), 0, "{}", terminal.text());
    assert!(!terminal.text().contains(SECRET));
    place.run(&["token", "tester"]).code(0);
    // What is no secret is not kept, and what was there stays.
    for input in ["", "\n", "two\nlines\n", "bell\x07"] {
        piped(&place, &["secret", "set", "tester"], input).code(2).says("standard input");
    }
    place.run(&["token", "tester"]).code(0);
}

#[test]
fn set_says_what_to_do_where_it_cannot_keep_one() {
    for (secret, words) in [
        ("{ env = \"TESTER_SECRET\" }", "export TESTER_SECRET="),
        ("\"demo-secret\"", "Change it there"),
        ("{ command = [\"vault\", \"read\"] }", "where that program keeps it"),
        ("{ prompt = true }", "{ keyring = \"NAME\" }"),
    ] {
        let place = demo_with(secret);
        let before = std::fs::read(place.profiles()).unwrap();
        for what in ["set", "rm"] {
            let ended = piped(&place, &["secret", what, "tester"], "x\n").code(2).says(words);
            assert!(!ended.err.contains(SECRET), "{}", ended.err);
        }
        assert_eq!(std::fs::read(place.profiles()).unwrap(), before);
    }
    Place::demo().run(&["secret", "set", "testr"]).code(2).says("Did you mean tester?");
}

#[test]
fn where_says_where_and_never_what() {
    for (secret, words) in [
        ("\"demo-secret\"", "profiles.toml itself"),
        ("{ env = \"TESTER_SECRET\" }", "the environment variable TESTER_SECRET"),
        ("{ file = \"tester\" }", "/tester"),
        // What could not be read in full is not run.
        ("{ command = [\"touch\", \"marker\", \"\\u001b[31m\"] }", "cannot be used"),
    ] {
        let place = demo_with(secret);
        write(&place, "tester", SECRET, 0o600);
        let mut command = place.command(&["secret", "where", "tester"]);
        let ended = Ended::of(&command.env("TESTER_SECRET", SECRET).output().unwrap()).says(words);
        assert!(!ended.out.contains(SECRET) && !ended.out.contains('\x1b'), "{}", ended.out);
        assert!(!place.path().join("marker").exists());
    }
}

#[test]
fn without_a_keyring_the_other_places_are_offered() {
    let place = demo_with("{ keyring = \"tester\" }");
    let ended = place.run(&["token", "tester"]).code(2);
    let built_in = cfg!(feature = "keyring");
    let words = if built_in { "no keyring on this machine (tried: " } else { "was built without the keyring" };
    ended.says(words).says("{ env = \"NAME\" }").says("{ prompt = true }");
    piped(&place, &["secret", "set", "tester"], "demo-secret\n").code(2).says(words);
    place.run(&["check"]).code(2).says(words).says("the keyring, entry tester");
}

#[test]
fn a_refused_secret_shows_in_no_message() {
    let place = demo_with("{ command = [\"echo\", \"not-the-secret\"] }");
    let ended = place.run(&["token", "tester"]).code(1).says("unauthorized_client");
    assert!(!ended.err.contains("not-the-secret"));
}

/// A realm like the bundled one, whose client `testapiclient1` has this secret.
fn realm(place: &Place, secret: &str) -> PathBuf {
    let text = include_str!("../server/realm.json");
    assert!(text.contains("\"demo-secret\""));
    let path = place.path().join("realm.json");
    std::fs::write(&path, text.replace("\"demo-secret\"", &serde_json::to_string(secret).unwrap())).unwrap();
    path
}

/// The bundled server with a realm of its own, and its issuer.
fn serving(place: &Place, realm: &Path) -> (std::process::Child, String) {
    use std::io::BufRead as _;
    let mut command = place.command(&["serve", "--auth-port", "0", "--api-port", "0", "--realm"]);
    command.arg(realm).arg("--keys").arg(place.keys()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.map_while(Result::ok).find(|line| line.contains("issuer")).unwrap();
    (child, line.split_whitespace().last().unwrap().to_owned())
}

#[test]
fn a_secret_with_every_difficult_character_works_form_encoded() {
    let secret = "p+ / %&:é=?#\"'ü~ %20+x";
    let place = Place::with("");
    let (mut server, issuer) = serving(&place, &realm(&place, secret));
    write(&place, "difficult", secret, 0o600);
    let literal = toml::Value::from(secret).to_string();
    let from =
        ["{ file = \"difficult\" }", "{ env = \"DIFFICULT\" }", "{ command = [\"cat\", \"difficult\"] }", &literal];
    for auth in ["basic", "post"] {
        for client_secret in from {
            place.write(profile(&issuer, auth, client_secret));
            let mut command = place.command(&["token", "difficult"]);
            let ended = Ended::of(&command.env("DIFFICULT", secret).output().unwrap());
            assert!(ended.code == 0 && ended.err.is_empty(), "{auth}, {client_secret}: {}", ended.err);
        }
    }
    // Unencoded it is what providers read that do not decode; this one does, and says what is wrong with it.
    place.write(profile(&issuer, "basic-raw", &literal));
    place.run(&["token", "difficult"]).code(1).says("needs auth = \"basic\"");
    server.kill().unwrap();
    server.wait().unwrap();
}

fn profile(issuer: &str, auth: &str, client_secret: &str) -> String {
    format!(
        "[providers.own]\nissuer = \"{issuer}\"\n[profiles.difficult]\nprovider = \"own\"\n\
         client_id = \"testapiclient1\"\nauth = \"{auth}\"\nclient_secret = {client_secret}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_with_every_difficult_character_goes_out_raw_where_the_provider_does_not_decode() {
    const SECRET: &str = "p+ / %&:é=?#\"'ü~ %20+x";
    // RFC 7617: the pair as it stands, in UTF-8.
    let token = any(|headers: HeaderMap| async move {
        let expected = format!("Basic {}", STANDARD.encode(format!("testapiclient1:{SECRET}")));
        let given = headers.get("authorization").unwrap().to_str().unwrap().to_owned();
        let status = if given == expected { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
        (status, [(header::CONTENT_TYPE, "application/json")], r#"{"access_token":"raw","expires_in":60}"#)
    });
    let odd = Odd::provider_with(token, "{}".into(), None).await;
    let place = Place::with(&profile(&odd.url(), "basic-raw", &toml::Value::from(SECRET).to_string()));
    let mut command = place.command(&["token", "difficult"]);
    let ended = tokio::task::spawn_blocking(move || Ended::of(&command.output().unwrap())).await.unwrap();
    assert_eq!(ended.code(0).out, "raw\n");
}

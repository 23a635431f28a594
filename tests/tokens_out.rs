//! Tokens for other programs: `token`, `exec`, the cache between two runs, and what shells and manuals are made from.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::header;
use axum::routing::any;
use support::odd::{Odd, profiles};
use support::pty::Pty;
use support::{Ended, Place};

/// A provider whose tokens are numbered and live so many seconds, and how many it has given out.
async fn counting(lives: u64) -> (Odd, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let token = any(move || {
        let number = counter.fetch_add(1, Ordering::SeqCst) + 1;
        let body = format!(
            r#"{{"access_token":"opaque-{number}","token_type":"Bearer","expires_in":{lives},"refresh_token":"the-refresh-token"}}"#
        );
        async move { ([(header::CONTENT_TYPE, "application/json")], body) }
    });
    (Odd::provider_with(token, r#"{"keys":[]}"#.into(), None).await, count)
}

fn with_cache(odd: &Odd, cache: &str) -> Place {
    Place::with(&format!("{}token_cache = \"{cache}\"\n", profiles(&odd.url(), "http://127.0.0.1:9")))
}

/// Runs it while the servers of this test go on answering.
async fn run(place: &Place, arguments: &[&str]) -> Ended {
    let mut command = place.command(arguments);
    let output = tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).output().unwrap()).await.unwrap();
    Ended::of(&output)
}

#[test]
fn the_program_gets_the_token_in_its_environment_and_nowhere_else() {
    let place = Place::demo();
    let script = r#"printf '%s\n' "$TOKEN"; printf '%s' "$*""#;
    let ended = place.run(&["exec", "tester", "--", "sh", "-c", script, "sh", "one two", "$HOME"]).code(0);
    let (token, arguments) = ended.out.split_once('\n').unwrap();
    assert!(token.starts_with("eyJ"), "{token}");
    assert_eq!(arguments, "one two $HOME");
    let ended = place.run(&["exec", "tester", "--env-var", "BEARER", "--", "sh", "-c", "echo ${TOKEN-none} $BEARER"]);
    assert!(ended.code(0).out.starts_with("none eyJ"));
    place.run(&["exec", "tester", "--env-var", "A=B", "--", "true"]).code(2).says("cannot be the name of a variable");
    place.run(&["exec", "tester", "true"]).code(2).says("Usage");
    place.run(&["exec", "tester"]).code(2).says("Usage");
}

#[test]
fn the_demo_goes_on_while_the_program_runs() {
    let place = Place::demo();
    // The program asks the API that this very process serves.
    let script = format!(
        r#"exec 3<>/dev/tcp/127.0.0.1/{}; printf 'GET /api/private HTTP/1.0\r\nAuthorization: Bearer %s\r\n\r\n' "$TOKEN" >&3; head -n 1 <&3"#,
        place.api_port
    );
    place.run(&["exec", "tester", "--", "bash", "-c", &script]).code(0).says("200 OK");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_is_that_of_the_program() {
    let (odd, _) = counting(300).await;
    let elsewhere = Place::with(&profiles(&odd.url(), "http://127.0.0.1:9"));
    for (place, profile) in [(Place::demo(), "tester"), (elsewhere, "odd")] {
        // The demo waits for the program, any other provider makes room for it: both tell the same.
        for (script, code) in [("exit 0", 0), ("exit 42", 42)] {
            run(&place, &["exec", profile, "--", "sh", "-c", script]).await.code(code);
        }
        run(&place, &["exec", profile, "--", "no-such-program"]).await.code(127).says("there is no such program");
        run(&place, &["exec", profile, "--", "/dev/null"]).await.code(126).says("may not be run");
        let mut command = place.command(&["exec", profile, "--", "cat"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"through\n").unwrap();
        let ended = tokio::task::spawn_blocking(move || Ended::of(&child.wait_with_output().unwrap())).await.unwrap();
        assert_eq!(ended.code(0).out, "through\n");
    }
    let place = Place::demo();
    run(&place, &["exec", "tester", "--", "sh", "-c", "kill -9 $$"]).await.code(128 + 9);
    run(&place, &["exec", "wrong-secret", "--", "true"]).await.code(1).says("unauthorized_client");
    run(&place, &["exec", "nobody", "--", "true"]).await.code(2).says("there is no profile nobody");
}

#[test]
fn a_signal_reaches_the_program_and_the_keyboard_is_its_own() {
    let place = Place::demo();
    let script = "trap 'echo got TERM; exit 5' TERM; trap 'echo got INT' INT; echo ready; while :; do sleep 0.05; done";
    let mut terminal = Pty::start(&place.command(&["exec", "tester", "--", "sh", "-c", script]), 80, 24);
    terminal.wait_for_text("ready");
    terminal.press("\x03");
    terminal.wait_for_text("got INT");
    terminal.signal("TERM");
    terminal.wait_for_text("got TERM");
    assert_eq!(terminal.wait(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_keys_are_needed_for_a_token_that_is_only_passed_on() {
    let token = any(|| async {
        let body = format!(r#"{{"access_token":"{}","expires_in":60}}"#, include_str!("support/rfc7515_a2.jwt").trim());
        ([(header::CONTENT_TYPE, "application/json")], body)
    });
    let odd = Odd::provider_with(token, "<html>".into(), None).await;
    let place = Place::with(&profiles(&odd.url(), "http://127.0.0.1:9"));
    assert_eq!(run(&place, &["token", "odd"]).await.code(0).err, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_the_runtime_folder_saves_the_second_request() {
    let (odd, count) = counting(300).await;
    let place = with_cache(&odd, "runtime");
    for _ in 0..2 {
        let ended = run(&place, &["token", "odd", "--json"]).await.code(0);
        assert_eq!(ended.err, "");
        let json = ended.json();
        assert_eq!((json["access_token"].as_str(), json["expires_in"].as_u64()), (Some("opaque-1"), Some(300)));
    }
    run(&place, &["exec", "odd", "--", "sh", "-c", "test $TOKEN = opaque-1"]).await.code(0);
    assert_eq!(count.load(Ordering::SeqCst), 1);
    // One with less time left than asked for is replaced, and the new one is kept.
    assert_eq!(run(&place, &["token", "odd", "--min-ttl", "200"]).await.code(0).out, "opaque-1\n");
    assert_eq!(run(&place, &["token", "odd", "--min-ttl", "301"]).await.code(0).out, "opaque-2\n");
    assert_eq!(run(&place, &["token", "odd"]).await.code(0).out, "opaque-2\n");
    // Another scope is another token; so is another secret, and another auth.
    assert_eq!(run(&place, &["token", "odd", "--scope", "more"]).await.code(0).out, "opaque-3\n");
    let text = std::fs::read_to_string(place.profiles()).unwrap();
    place.write(text.replace("odd-secret", "another-secret"));
    assert_eq!(run(&place, &["token", "odd"]).await.code(0).out, "opaque-4\n");
    place.write(text);

    let folder = place.runtime().join("tokenscope");
    let mode = |path: &std::path::Path| std::os::unix::fs::MetadataExt::mode(&path.metadata().unwrap()) & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        assert!(!text.contains("secret") && !text.contains("refresh") && !path.display().to_string().contains("odd"));
        // What is damaged is ignored and replaced.
        std::fs::write(&path, &text.as_bytes()[..20]).unwrap();
    }
    assert_eq!(run(&place, &["token", "odd"]).await.code(0).out, "opaque-5\n");
    assert_eq!(run(&place, &["token", "odd"]).await.code(0).out, "opaque-5\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_unless_the_profile_says_so_and_where_there_is_no_place() {
    let (odd, count) = counting(300).await;
    let place = with_cache(&odd, "off");
    for _ in 0..2 {
        run(&place, &["token", "odd"]).await.code(0);
    }
    assert_eq!(count.load(Ordering::SeqCst), 2);
    assert!(!place.runtime().exists());
    for (cache, words) in [("runtime", "no runtime folder"), ("keyring", "no keyring on this machine")] {
        let place = with_cache(&odd, cache);
        let mut command = place.command(&["token", "odd"]);
        command.env_remove("XDG_RUNTIME_DIR");
        let ended = Ended::of(&tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()).code(0);
        assert_eq!(ended.err.matches("tokens are not kept for the next run").count(), 1, "{}", ended.err);
        ended.says(words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_ended_is_not_used_and_goes() {
    let (odd, _) = counting(1).await;
    let place = with_cache(&odd, "runtime");
    run(&place, &["token", "odd"]).await.code(0);
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while run(&place, &["token", "odd"]).await.code(0).out == "opaque-1\n" {
        assert!(std::time::Instant::now() < end);
    }
    assert_eq!(std::fs::read_dir(place.runtime().join("tokenscope")).unwrap().count(), 1);
}

#[test]
fn completions_for_each_shell() {
    let place = Place::with("");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = place.run(&["completions", shell]).code(0);
        assert!(ended.out.contains("exec") && ended.out.contains("min-ttl"), "{shell}");
        assert_eq!(ended.err, "");
    }
    place.run(&["completions", "tcsh"]).code(2).says("bash");
    // The shell itself takes it.
    let script = place.path().join("completions");
    std::fs::write(&script, place.run(&["completions", "bash"]).out).unwrap();
    let checks = std::process::Command::new("bash").arg("-n").arg(&script).status().unwrap();
    assert!(checks.success());
}

#[test]
fn the_manual_says_what_help_says() {
    let place = Place::with("");
    let page = place.run(&["man"]).code(0).out;
    for words in [".TH tokenscope 1", "tokenscope\\-exec(1)", "\\-\\-demo", "Exit codes"] {
        assert!(page.contains(words), "no {words} in\n{page}");
    }
    place.run(&["man", "--dir", "pages"]).code(0).says("tokenscope.1");
    let exec = std::fs::read_to_string(place.path().join("pages/tokenscope-exec.1")).unwrap();
    assert!(exec.contains("env\\-var"), "{exec}");
    assert!(place.path().join("pages/tokenscope-secret-set.1").exists());
}

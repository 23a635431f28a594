//! A profiles.toml that comes with a folder must not make the program run, read or send anything before a person has
//! looked at it: each way in which one could try, with the real binary, real programs and real servers.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::header;
use axum::routing::any;
use serde_json::json;
use support::odd::Odd;
use support::pty::Pty;
use support::{Ended, Place};

/// A server that counts what arrives and answers as an authorization server would.
struct Listening {
    odd: Odd,
    count: Arc<AtomicUsize>,
}

impl Listening {
    async fn start() -> Self {
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        let answer = any(move |headers: axum::http::HeaderMap| {
            counter.fetch_add(1, Ordering::SeqCst);
            let base = format!("http://{}", headers.get(header::HOST).unwrap().to_str().unwrap());
            let body = json!({
                "issuer": base, "token_endpoint": format!("{base}/token"), "jwks_uri": format!("{base}/keys"),
                "access_token": "opaque", "expires_in": 60, "keys": [],
            });
            async move { ([(header::CONTENT_TYPE, "application/json")], body.to_string()) }
        });
        Self { odd: Odd::serve(Router::new().fallback(answer)).await, count }
    }

    fn arrived(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// A file whose every address is this server, and whose secret comes from there.
    fn profiles(&self, secret: &str) -> String {
        let url = self.odd.url();
        format!(
            "[providers.p]\nissuer = \"{url}\"\n[apis.a]\nprovider = \"p\"\nbase_url = \"{url}\"\n\
             [[apis.a.endpoints]]\nname = \"open\"\npath = \"/open\"\nrequires = \"none\"\n\
             [[apis.a.endpoints]]\nname = \"guarded\"\npath = \"/guarded\"\nrequires = \"token\"\n\
             [profiles.x]\nprovider = \"p\"\nclient_id = \"c\"\nclient_secret = {secret}\n"
        )
    }
}

/// Runs it as somebody does who merely stands in the folder.
async fn here(place: &Place, arguments: &[&str]) -> Ended {
    let mut command = place.command(arguments);
    command.env_remove("TOKENSCOPE_PROFILES").env("STOLEN", "the-secret").stdin(Stdio::null());
    Ended::of(&tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap())
}

/// Whatever is asked for, nothing is run and nothing is sent.
async fn nothing_happens(place: &Place, listening: &Listening) {
    let before = listening.arrived();
    for arguments in [
        &["token", "x"][..],
        &["exec", "x", "--", "true"],
        &["probe", "x"],
        &["probe", "x", "open"],
        &["matrix"],
        &["verify", "x", "--profile", "x"],
        &["decode", "x"],
        &["secret", "set", "x"],
        &["secret", "rm", "x"],
    ] {
        let ended = here(place, arguments).await;
        assert!(ended.code != 0, "{arguments:?}\n{}\n{}", ended.out, ended.err);
        assert!(!ended.out.contains("the-secret") && !ended.err.contains("the-secret"));
        ended.says("not trusted");
    }
    for arguments in [&["check"][..], &["secret", "where", "x"]] {
        here(place, arguments).await.says("not trusted");
    }
    assert_eq!(listening.arrived(), before);
    assert!(!place.path().join("marker").exists(), "a command was run");
}

async fn trusted(place: &Place) {
    here(place, &["trust", "profiles.toml", "--yes"]).await.code(0).says("is trusted as long as");
}

fn text(place: &Place) -> String {
    std::fs::read_to_string(place.profiles()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_a_variable_a_file_and_a_keyring_entry() {
    for (secret, words) in [
        ("{ command = [\"sh\", \"-c\", \"touch marker; echo s\"] }", "sh -c 'touch marker; echo s'"),
        ("{ env = \"STOLEN\" }", "STOLEN"),
        ("{ file = \"/etc/hostname\" }", "/etc/hostname"),
        ("{ keyring = \"other\" }", "other"),
    ] {
        let listening = Listening::start().await;
        let place = Place::with(&listening.profiles(secret));
        nothing_happens(&place, &listening).await;
        // The review says what it would do, and where the secret would go.
        let ended = here(&place, &["trust", "profiles.toml"]).await.code(2).says(words).says(&listening.odd.url());
        ended.says("--yes");
        nothing_happens(&place, &listening).await;
    }
    // Named, or said to be trusted, it does what it says.
    let listening = Listening::start().await;
    let place = Place::with(&listening.profiles("{ command = [\"sh\", \"-c\", \"touch marker; echo s\"] }"));
    here(&place, &["token", "x", "--trust"]).await.code(0);
    assert!(place.path().join("marker").exists() && listening.arrived() == 2);
    std::fs::remove_file(place.path().join("marker")).unwrap();
    nothing_happens(&place, &listening).await;
    trusted(&place).await;
    here(&place, &["token", "x"]).await.code(0);
    assert!(place.path().join("marker").exists());
    here(&place, &["trust"]).await.code(0).says("is trusted already");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_this_machine_alone_needs_no_review() {
    let listening = Listening::start().await;
    let place = Place::with(&listening.profiles("\"s\""));
    here(&place, &["token", "x"]).await.code(0);
    here(&place, &["trust"]).await.code(0).says("needs no review");
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_that_is_changed_after_the_yes() {
    let listening = Listening::start().await;
    let other = Listening::start().await;
    let place = Place::with(&listening.profiles("{ env = \"STOLEN\" }"));
    trusted(&place).await;
    here(&place, &["token", "x"]).await.code(0);
    let good = text(&place);
    let (here_url, other_url) = (listening.odd.url(), other.odd.url());
    let local = place.path().join("profiles.local.toml");
    for changed in [
        // Another host for the same secret, although both are this machine.
        good.replacen(&here_url, &other_url, 1),
        good.replacen(&here_url, "https://elsewhere.example", 1),
        good.replace("[apis.a]", "token_endpoint = \"https://elsewhere.example/token\"\n[apis.a]"),
        good.replace("STOLEN", "HOME"),
        good.replace("{ env = \"STOLEN\" }", "{ command = [\"touch\", \"marker\"] }"),
        good.replace("[apis.a]", "proxy = \"http://127.0.0.1:1\"\n[apis.a]"),
        good.replace("[apis.a]", "insecure = true\n[apis.a]"),
        good.replace("[apis.a]", "plaintext = true\n[apis.a]"),
        good.replace("[apis.a]", "ca = \"own.pem\"\n[apis.a]"),
        // An environment that is not the one in use.
        format!("[environments.dev]\n[environments.prod]\nvars = {{ at = \"https://elsewhere.example\" }}\n{good}")
            .replacen(
                &format!("issuer = \"{here_url}\""),
                &format!("issuer = {{ by_env = {{ dev = \"{here_url}\", prod = \"https://elsewhere.example\" }} }}"),
                1,
            ),
    ] {
        place.write(&changed);
        nothing_happens(&place, &listening).await;
        assert_eq!(other.arrived(), 0);
        // What was trusted before still is.
        place.write(&good);
        here(&place, &["secret", "where", "x"]).await.code(0);
    }
    // The local overlay, added after the yes.
    std::fs::write(&local, format!("[providers.p]\ntoken_endpoint = \"{other_url}/token\"\n")).unwrap();
    nothing_happens(&place, &listening).await;
    assert_eq!(other.arrived(), 0);
    std::fs::remove_file(&local).unwrap();
    // What is no fact may change: a scope, a title, a comment.
    place.write(format!("# a remark\n{good}scopes = [\"more\"]\ntitle = \"X\"\n"));
    here(&place, &["token", "x"]).await.code(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loopback_issuer_whose_discovery_leads_elsewhere() {
    for (member, other) in [("token_endpoint", "jwks_uri"), ("jwks_uri", "token_endpoint")] {
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        let own = any(move |headers: axum::http::HeaderMap| {
            let base = format!("http://{}", headers.get(header::HOST).unwrap().to_str().unwrap());
            counter.fetch_add(1, Ordering::SeqCst);
            let body = json!({ "issuer": base, member: "https://collector.example/here", other: format!("{base}/x"),
                "access_token": include_str!("support/rfc7515_a2.jwt").trim() });
            async move { ([(header::CONTENT_TYPE, "application/json")], body.to_string()) }
        });
        let odd = Odd::serve(Router::new().fallback(own)).await;
        let place = Place::with(&format!(
            "[providers.p]\nissuer = \"{}\"\n[profiles.x]\nprovider = \"p\"\nclient_id = \"c\"\nclient_secret = \"s\"\n",
            odd.url()
        ));
        if member == "token_endpoint" {
            here(&place, &["token", "x"]).await.code(2).says("leads away from this machine").says("collector.example");
        } else {
            let ended = here(&place, &["verify", "x", "--profile", "x"]).await;
            ended.code(3).says("leads away from this machine").says("collector.example");
        }
        // A review names hosts elsewhere, but this one is not in it.
        let literal = text(&place);
        place.write(literal.replace("\"s\"", "{ env = \"STOLEN\" }"));
        trusted(&place).await;
        if member == "token_endpoint" {
            here(&place, &["token", "x"]).await.code(2).says("leads away from this machine");
        } else {
            here(&place, &["verify", "x", "--profile", "x"]).await.code(3).says("leads away from this machine");
        }
        place.write(&literal);
        // Whoever names the file has decided for himself: now the way is tried.
        let arguments = ["--profiles", "profiles.toml", "verify", "x", "--profile", "x"];
        let named = here(&place, &arguments).await;
        assert!(!named.err.contains("leads away") && !named.out.contains("leads away"), "{}\n{}", named.out, named.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_and_files_in_the_place_of_others() {
    let listening = Listening::start().await;
    let place = Place::with(&listening.profiles("{ command = [\"./vault\"] }"));
    let vault = |folder: PathBuf, line: &str| {
        std::fs::write(folder.join("vault"), format!("#!/bin/sh\n{line}\n")).unwrap();
        std::fs::set_permissions(folder.join("vault"), std::fs::Permissions::from_mode(0o700)).unwrap();
    };
    vault(place.path().to_owned(), "echo s");
    trusted(&place).await;
    here(&place, &["token", "x"]).await.code(0);

    // A link to a trusted file is that file: its commands are those beside it, not those beside the link.
    let hostile = Place::with("");
    std::fs::remove_file(hostile.profiles()).unwrap();
    symlink(place.profiles(), hostile.profiles()).unwrap();
    vault(hostile.path().to_owned(), &format!("touch {}/marker; echo s", hostile.path().display()));
    let mut command = hostile.command(&["token", "x"]);
    command.env_remove("TOKENSCOPE_PROFILES").env("HOME", place.path().join("home"));
    Ended::of(&tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()).code(0);
    assert!(!hostile.path().join("marker").exists(), "the command beside the link was run");

    // A link that leads to another file than it did is not trusted any more, nor is a copy elsewhere.
    let copy = Place::with(&text(&place));
    nothing_happens(&copy, &listening).await;
    std::fs::rename(place.profiles(), place.path().join("real.toml")).unwrap();
    symlink(copy.profiles(), place.profiles()).unwrap();
    nothing_happens(&place, &listening).await;

    // Another file moved into the trusted one's place.
    let worse = place.path().join("worse.toml");
    std::fs::write(&worse, listening.profiles("{ command = [\"touch\", \"marker\"] }")).unwrap();
    std::fs::rename(&worse, place.profiles()).unwrap();
    nothing_happens(&place, &listening).await;
    std::fs::rename(place.path().join("real.toml"), place.profiles()).unwrap();
    here(&place, &["token", "x"]).await.code(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_makes_another_server_of_the_one_that_was_reviewed() {
    let listening = Listening::start().await;
    let good = listening
        .profiles("{ env = \"STOLEN\" }")
        .replace("[apis.a]", "token_endpoint = \"https://sso.example/token\"\n[apis.a]");
    let place = Place::with(&good);
    trusted(&place).await;
    here(&place, &["secret", "where", "x"]).await.code(0);
    for header in ["Host", "X-Forwarded-Host", "X-Anything"] {
        place.write(good.replace("[apis.a]", &format!("headers = {{ {header} = \"elsewhere.example\" }}\n[apis.a]")));
        nothing_happens(&place, &listening).await;
        here(&place, &["trust"]).await.code(2).says("sends the header").says(&format!("{header}: ***"));
    }
}

#[test]
fn a_person_says_yes_or_no_on_the_terminal() {
    let place = Place::with(
        "[providers.p]\nissuer = \"https://sso.example\"\n[profiles.x]\nprovider = \"p\"\nclient_id = \"c\"\n\
         client_secret = { command = [\"pass\", \"show shop\", \"; rm -rf /\"] }\n",
    );
    let command = || {
        let mut command = place.command(&["trust", "profiles.toml"]);
        command.env_remove("TOKENSCOPE_PROFILES");
        command
    };
    let store = place.path().join("home/.local/share/tokenscope/trusted.json");
    for (keys, code) in [("\r", 1), ("n\r", 1), ("sure\r", 1), ("y\r", 0)] {
        let mut terminal = Pty::start(&command(), 120, 30);
        terminal.wait_for_text("[y/N]");
        let text = terminal.text();
        for words in ["pass 'show shop' '; rm -rf /'", "https://sso.example", "profiles.x", "providers.p"] {
            assert!(text.contains(words), "no {words} in\n{text}");
        }
        terminal.press(keys);
        assert_eq!(terminal.wait(), code, "{}", terminal.text());
        assert_eq!(store.exists(), code == 0, "{keys:?}");
    }
    let about = std::fs::metadata(&store).unwrap();
    assert_eq!(about.mode() & 0o777, 0o600);
    let written = std::fs::read_to_string(&store).unwrap();
    assert!(written.contains(place.profiles().canonicalize().unwrap().to_str().unwrap()) && !written.contains("pass"));
}

#[test]
fn what_cannot_be_reviewed() {
    let place = Place::with("[providers.p\n");
    place.run(&["trust", "profiles.toml", "--yes"]).code(2).says("profiles.toml:1:");
    place.run(&["trust", "none.toml", "--yes"]).code(2).says("none.toml cannot be read");
    // A store that is damaged is not written over.
    place.write("[providers.p]\nissuer = \"https://sso.example\"\n");
    let folder = place.path().join("home/.local/share/tokenscope");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("trusted.json"), "nonsense").unwrap();
    place.run(&["trust", "profiles.toml", "--yes"]).code(2).says("is damaged").says("move it away");
    assert_eq!(std::fs::read_to_string(folder.join("trusted.json")).unwrap(), "nonsense");
}

#[test]
fn config_path_says_which_file_is_read() {
    let place = Place::demo();
    place.run(&["config", "path"]).code(0).says("$TOKENSCOPE_PROFILES").says("trusted.json").says("keys.json");
    let mut command = place.command(&["config", "path"]);
    let ended = Ended::of(&command.env_remove("TOKENSCOPE_PROFILES").output().unwrap()).code(0);
    let line = ended.out.lines().find(|line| line.contains("in use")).unwrap();
    assert!(line.contains("the folder you are in"), "{}", ended.out);
    std::fs::write(place.path().join("profiles.local.toml"), "").unwrap();
    let ended = place.run(&["--profiles", "profiles.toml", "config", "path"]).code(0);
    assert!(ended.out.lines().any(|line| line.contains("laid over it") && line.contains("in use")), "{}", ended.out);
    place.run(&["--demo", "config", "path"]).code(0).says("the demo in the program");
}

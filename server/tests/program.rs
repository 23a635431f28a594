//! The program itself: what it says, how it ends, and that it never moves to other ports.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::{
    fs,
    net::TcpListener,
    process::{Output, Stdio},
    sync::{Arc, Mutex},
};

use support::{DEADLINE, now};
use tempfile::TempDir;
use tokenscope_server::{
    Clock, ServeOptions, Serving,
    realm::{KeyFile, Realm},
    run,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::{Child, Command},
};
use tokio_util::sync::CancellationToken;

fn program(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenscope-server"));
    command.arg("--keys").arg(folder.path().join("keys.json"));
    // A proxy that is nowhere: what goes to this machine itself must not ask it.
    command.env("http_proxy", "http://127.0.0.1:1").env("ALL_PROXY", "http://127.0.0.1:1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// The lines that the program says when it is ready.
async fn ready(child: &mut Child) -> Vec<String> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    let reading = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            let is_last = line.trim_start().starts_with("curl ");
            said.push(line);
            if is_last {
                break;
            }
        }
    };
    tokio::time::timeout(DEADLINE, reading).await.expect("the program to be ready");
    said
}

async fn ended(child: Child) -> Output {
    tokio::time::timeout(DEADLINE, child.wait_with_output()).await.expect("the program to end").unwrap()
}

fn word<'a>(lines: &'a [String], label: &str) -> &'a str {
    let line = lines.iter().find(|line| line.trim_start().starts_with(label)).expect(label);
    line.split_whitespace().nth(1).unwrap()
}

#[cfg(unix)]
async fn signal(child: &Child, name: &str) {
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().await.unwrap().success());
}

#[cfg(unix)]
#[tokio::test]
async fn it_serves_rotates_and_ends() {
    let folder = TempDir::new().unwrap();
    let mut child = program(&folder).args(["--auth-port", "0", "--api-port", "0"]).spawn().unwrap();
    let said = ready(&mut child).await;
    // Read all the while: a log that nobody takes would fill its pipe and hold the server up.
    let mut log = child.stderr.take().unwrap();
    let log = tokio::spawn(async move {
        let mut text = String::new();
        log.read_to_string(&mut text).await.unwrap();
        text
    });
    let address = |url: &str| format!("127.0.0.1:{}", url.rsplit_once(':').unwrap().1.split('/').next().unwrap());
    let (authorization, api) = (address(word(&said, "issuer")), address(word(&said, "GET")));
    for named in ["testapiclient1", "demo-secret", "/api/private-scoped", "test_api_access", "open to everybody"] {
        assert!(said.iter().any(|line| line.contains(named)), "{named} in {said:#?}");
    }
    let certs = "/realms/myorg/protocol/openid-connect/certs";
    let kid = async || {
        let set = support::request(authorization.parse().unwrap(), "GET", certs, &[], b"").await.json();
        set["keys"][0]["kid"].clone()
    };
    let body = b"grant_type=client_credentials&client_id=testapiclient1&client_secret=demo-secret";
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let token = support::request(
        authorization.parse().unwrap(),
        "POST",
        word(&said, "tokens").split_once(&authorization.replace("127.0.0.1", "localhost")).unwrap().1,
        &form,
        body,
    )
    .await;
    let token = token.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(support::get(api.parse().unwrap(), "/api/private?access_token=in-the-query", &token).await.status, 200);

    let before = kid().await;
    signal(&child, "USR1").await;
    let deadline = tokio::time::Instant::now() + DEADLINE;
    while kid().await == before {
        assert!(tokio::time::Instant::now() < deadline, "SIGUSR1 did not rotate the keys");
    }
    signal(&child, "INT").await;
    let output = ended(child).await;
    assert!(output.status.success(), "{:?}", output.status);
    let log = log.await.unwrap();
    let line = log.lines().find(|line| line.contains("/api/private")).expect("a line for the request");
    assert!(line.contains("GET") && line.contains("200") && line.contains("testapiclient1"), "{line}");
    for secret in [token.as_str(), "demo-secret", "in-the-query", "access_token"] {
        assert!(!log.contains(secret), "{secret} in the log");
    }
}

#[tokio::test]
async fn a_taken_port_is_named_and_not_moved_from() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (option, other) in [("--auth-port", "--api-port"), ("--api-port", "--auth-port")] {
        let output = ended(program(&folder).args([option, &port, other, "0"]).spawn().unwrap()).await;
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(&format!("port {port} is taken")) && message.contains(option), "{message}");
        assert!(output.stdout.is_empty());
    }
}

#[tokio::test]
async fn wrong_arguments_and_files_end_it_with_2() {
    let folder = TempDir::new().unwrap();
    let realm = folder.path().join("realm.json");
    let realm_path = realm.to_str().unwrap();
    fs::write(&realm, include_str!("../realm.json").replacen("demo-secret", "**********", 1)).unwrap();
    let damaged = folder.path().join("damaged.json");
    fs::write(&damaged, "{").unwrap();
    for (arguments, named) in [
        (vec!["--realm", "/nowhere/realm.json"], "/nowhere/realm.json"),
        (vec!["--realm", realm_path], "testapiclient1"),
        (vec!["--issuer", "ftp://x"], "http://"),
        (vec!["--issuer", "http://x/?a"], "query"),
        (vec!["--issuer", "https://me:pass@x/realms/r"], "user name"),
        (vec!["--audience", ""], "--audience"),
        (vec!["--leeway=-1"], "leeway"),
        (vec!["--keys", damaged.to_str().unwrap()], "damaged"),
        (vec!["--fault"], "--fault"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokenscope-server"));
        command.args(["--auth-port", "0", "--api-port", "0"]).args(&arguments);
        command.env("TOKENSCOPE_KEYS", folder.path().join("keys.json"));
        let output =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn();
        let output = ended(output.unwrap()).await;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(named), "{arguments:?}: {message}");
    }
}

#[tokio::test]
async fn one_port_for_both_is_refused_as_what_it_is() {
    let folder = TempDir::new().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let output = ended(program(&folder).args(["--auth-port", &free, "--api-port", &free]).spawn().unwrap()).await;
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains(&format!("both have port {free}")) && !message.contains("another program"), "{message}");
}

/// In front of another issuer there are no keys, but the signal ends nothing; and a refusal is in the log with its reason.
#[cfg(unix)]
#[tokio::test]
async fn the_signal_ends_nothing_where_there_are_no_keys() {
    let folder = TempDir::new().unwrap();
    let mut child =
        program(&folder).args(["--issuer", "http://localhost:1/realms/x", "--api-port", "0"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let api = loop {
        let line = lines.next_line().await.unwrap().expect("a line with the API's address");
        if let Some(url) = line.trim().strip_prefix("GET") {
            break url.trim().split('/').nth(2).unwrap().replace("localhost", "127.0.0.1");
        }
    };
    signal(&child, "USR1").await;
    let answer = support::request(api.parse().unwrap(), "GET", "/api/private", &[], b"").await;
    assert_eq!(answer.status, 401);
    signal(&child, "TERM").await;
    let output = ended(child).await;
    assert!(output.status.success(), "{:?}", output.status);
    let log = String::from_utf8(output.stderr).unwrap();
    let line = log.lines().find(|line| line.contains("/api/private")).expect("a line for the request");
    assert!(line.contains("401") && line.contains("refused=\"Missing Authorization header"), "{line}");
}

/// With another issuer only the API is served, and it trusts that issuer.
#[tokio::test]
async fn in_front_of_another_issuer() {
    let issuer = support::Authorization::start().await;
    let options = ServeOptions {
        issuer: Some(issuer.issuer.clone()),
        audience: Some("account".to_owned()),
        auth_port: 0,
        api_port: 0,
        ..ServeOptions::default()
    };
    let shutdown = CancellationToken::new();
    let (tell, told) = tokio::sync::oneshot::channel();
    let running = tokio::spawn(run(options, shutdown.clone(), move |serving: &Serving| {
        tell.send(serving.clone()).unwrap();
    }));
    let serving = told.await.unwrap();
    assert_eq!((serving.token_endpoint, serving.clients.len()), (None, 0));
    let address = serving.api_url.replace("http://localhost", "127.0.0.1").parse().unwrap();
    let token = issuer.token("testapiclient1", "demo-secret", "test_api_access").await;
    assert_eq!(support::get(address, "/api/private-scoped", &token).await.status, 200);
    shutdown.cancel();
    tokio::time::timeout(DEADLINE, running).await.expect("the end").unwrap().unwrap();
}

/// The secrets of somebody's own realm are nobody's business.
#[tokio::test]
async fn secrets_of_another_realm_are_not_shown() {
    let folder = TempDir::new().unwrap();
    let options = ServeOptions {
        realm: Some(Realm::from_json(include_str!("../realm.json")).unwrap()),
        keys: Some(KeyFile::at(folder.path().join("keys.json"))),
        auth_port: 0,
        api_port: 0,
        ..ServeOptions::default()
    };
    let shutdown = CancellationToken::new();
    let said = Arc::new(Mutex::new(String::new()));
    let heard = Arc::clone(&said);
    let stop = shutdown.clone();
    let result = run(options, shutdown, move |serving| {
        *heard.lock().unwrap() = serving.to_string();
        stop.cancel();
    })
    .await;
    result.unwrap();
    let said = said.lock().unwrap();
    assert!(said.contains("testapiclient1") && !said.contains("demo-secret"), "{said}");
}

#[test]
fn the_machine_has_a_clock() {
    assert!(Clock::system().seconds().abs_diff(now().unsigned_abs()) <= 1);
}

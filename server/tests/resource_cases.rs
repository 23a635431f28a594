//! The table of `cases.json` against the real servers over real HTTP: what is refused, how it is
//! said, and what passes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use support::{
    Answer, Authorization, Served,
    mint::{Case, Mint, Ready, cases},
};
use tokenscope_server::resource::ValidatorOptions;
use tokio::net::TcpListener;

/// A listener that nobody may ever connect to, and how often somebody did.
async fn sentinel() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/keys", listener.local_addr().unwrap());
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, visits)
}

async fn send(api: &Served, ready: &Ready) -> Answer {
    let fields: Vec<String> = ready.authorization.iter().map(|value| format!("authorization: {value}\r\n")).collect();
    let head = format!(
        "{} {} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{}\r\n",
        ready.method,
        ready.target,
        fields.concat(),
    );
    support::exchange(api.address(), head.into_bytes()).await.expect("an answer")
}

fn check(case: &Case, ready: &Ready, answer: &Answer) -> Result<(), String> {
    let expect = &case.expect;
    if !expect.status.contains(&answer.status) {
        return Err(format!("status {}, not {:?}", answer.status, expect.status));
    }
    if case.method != "HEAD" && answer.error() != expect.error {
        return Err(format!("error {:?}, not {:?}", answer.error(), expect.error));
    }
    check_challenge(expect.challenge.as_deref(), answer)?;
    if answer.status >= 400 && answer.status != 431 && answer.header("cache-control") != Some("no-store") {
        return Err("an error without Cache-Control: no-store".to_owned());
    }
    if answer.status == 401 && answer.header("www-authenticate").is_none() {
        return Err("a 401 without a challenge".to_owned());
    }
    check_description(ready, answer)
}

fn check_challenge(expected: Option<&str>, answer: &Answer) -> Result<(), String> {
    let challenge = answer.header("www-authenticate");
    let start = match expected {
        None => {
            return if challenge.is_none() { Ok(()) } else { Err(format!("challenge {challenge:?}")) };
        }
        Some("bare") => {
            return match challenge {
                Some(r#"Bearer realm="myorg""#) => Ok(()),
                other => Err(format!("challenge {other:?}, not a bare one")),
            };
        }
        Some(error) => format!(r#"Bearer realm="myorg", error="{error}", error_description=""#),
    };
    let challenge = challenge.unwrap_or_default();
    if !challenge.starts_with(&start) {
        return Err(format!("challenge {challenge:?} does not begin {start:?}"));
    }
    let has_scope = challenge.ends_with(r#"", scope="test_api_access""#);
    if has_scope != (expected == Some("insufficient_scope")) {
        return Err(format!("challenge {challenge:?} and its scope"));
    }
    Ok(())
}

/// RFC 6750 section 3: a description has these characters, and ours never has the token's.
fn check_description(ready: &Ready, answer: &Answer) -> Result<(), String> {
    if answer.error().is_none() {
        return Ok(());
    }
    let description = answer.json()["error_description"].as_str().ok_or("no description")?.to_owned();
    if let Some(bad) = description.chars().find(|c| !matches!(c, ' '..='!' | '#'..='[' | ']'..='~')) {
        return Err(format!("the description has {bad:?}: {description:?}"));
    }
    let signature = ready.token.rsplit('.').next().unwrap_or_default();
    for part in [ready.token.as_str(), signature] {
        if part.len() > 8 && description.contains(part) {
            return Err(format!("the description repeats the token: {description:?}"));
        }
    }
    let in_challenge = answer.header("www-authenticate").is_none_or(|challenge| {
        !challenge.contains("error=") || challenge.contains(&format!("error_description=\"{description}\""))
    });
    if in_challenge { Ok(()) } else { Err("challenge and body say different things".to_owned()) }
}

#[tokio::test]
async fn the_api_answers_every_case_as_the_table_says() {
    let authorization = Authorization::start().await;
    let options =
        || ValidatorOptions { realm: Some("myorg".to_owned()), ..ValidatorOptions::new(&authorization.issuer) };
    let open = support::api(options()).await;
    let narrow = support::api(ValidatorOptions { audience: Some("demo-api".to_owned()), ..options() }).await;
    let (sentinel, visits) = sentinel().await;
    let mint = Mint::new(&authorization.key_file(), &authorization.issuer, &sentinel, support::now());

    let mut failures = Vec::new();
    let cases = cases();
    for case in &cases {
        let ready = mint.request(case);
        let api = if case.audience.is_some() { &narrow } else { &open };
        let answer = send(api, &ready).await;
        if let Err(failure) = check(case, &ready, &answer) {
            failures.push(format!("{} ({}): {failure}", case.id, case.what));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert_eq!(visits.load(Ordering::SeqCst), 0, "a token's header made the API fetch something");
}

#[test]
fn every_number_of_the_list_has_a_case_or_a_test_of_its_own() {
    let elsewhere = BTreeSet::from([36, 37, 40]); // key_fetching (36), key_change (37), and 40 with every case.
    let numbers: BTreeSet<u32> = cases()
        .iter()
        .map(|case| case.id.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap())
        .collect();
    let missing: Vec<u32> = (1..=40).filter(|n| !numbers.contains(n) && !elsewhere.contains(n)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let ids: BTreeSet<String> = cases().into_iter().map(|case| case.id).collect();
    assert_eq!(ids.len(), cases().len(), "an id is there twice");
}

/// The bundled server's own tokens, over the whole way.
#[tokio::test]
async fn tokens_of_the_server_open_what_they_should() {
    let authorization = Authorization::start().await;
    let api = support::api(ValidatorOptions::new(&authorization.issuer)).await;
    let with = authorization.token("testapiclient1", "demo-secret", "test_api_access").await;
    let without = authorization.token("testapiclient1", "demo-secret", "profile").await;
    let other = authorization.token("testapiclient2", "demo-secret-2", "profile").await;
    for (token, path, status) in [
        (&with, "/api/private", 200),
        (&with, "/api/private-scoped", 200),
        (&without, "/api/private", 200),
        (&without, "/api/private-scoped", 403),
        (&other, "/api/private", 200),
        (&other, "/api/private-scoped", 403),
    ] {
        // Twice: the second time the token is remembered.
        for _ in 0..2 {
            assert_eq!(support::get(api.address(), path, token).await.status, status, "{path}");
        }
    }
}

//! What becomes of tokens when keys change or time passes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use support::{
    Served, StoppedClock,
    issuer::{Issuer, api, mint, plain, status},
};
use tempfile::TempDir;
use tokenscope_server::{
    authorization::AuthorizationServer,
    realm::{KeyFile, Realm},
    resource::ValidatorOptions,
};

#[tokio::test]
async fn tokens_are_forgotten_with_their_key() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (old, _old_folder) = mint(&issuer.url);
    let (new, _new_folder) = mint(&issuer.url);
    issuer.publish(&[&old]);
    let api = api(&issuer, &clock).await;
    let token = plain(&old);
    assert_eq!(status(&api, &token).await, 200);
    issuer.publish(&[&new]);
    assert_eq!(status(&api, &token).await, 200, "remembered until the keys change");
    assert_eq!(status(&api, &plain(&new)).await, 200, "the new key is looked for");
    assert_eq!(status(&api, &token).await, 401, "signed with a key that is no longer published");
}

#[tokio::test]
async fn keys_of_some_age_are_fetched_in_the_background() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (old, _old_folder) = mint(&issuer.url);
    let (new, _new_folder) = mint(&issuer.url);
    issuer.publish(&[&old]);
    let api = api(&issuer, &clock).await;
    let token = old.changed(&json!({}), &json!({ "exp": { "now": 100_000 } }));
    assert_eq!(status(&api, &token).await, 200);
    issuer.publish(&[&new]);
    clock.advance(299);
    assert_eq!(status(&api, &token).await, 200);
    assert_eq!(issuer.asked(), (1, 1));
    clock.advance(1);
    let deadline = tokio::time::Instant::now() + support::DEADLINE;
    while status(&api, &token).await != 401 {
        assert!(tokio::time::Instant::now() < deadline, "the revoked key is still trusted");
    }
    assert_eq!(issuer.asked(), (1, 3), "once for their age, once because the old key is unknown now");
}

#[tokio::test]
async fn a_remembered_token_ends_in_time() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    issuer.publish(&[&mint]);
    let api = api(&issuer, &clock).await;
    let token = plain(&mint);
    assert_eq!(status(&api, &token).await, 200);
    clock.advance(312);
    for _ in 0..2 {
        let answer = support::get(api.address(), "/api/private", &token).await;
        assert_eq!(answer.status, 401);
        let description = answer.json()["error_description"].as_str().unwrap().to_owned();
        assert!(
            description.starts_with("The token expired ") && description.contains(" s ago (exp 20"),
            "{description}"
        );
    }
}

/// Two processes with one key file: neither loses what the other has done, and no token dies before its time.
#[tokio::test]
async fn processes_that_share_a_key_file_see_each_others_rotation() {
    let folder = TempDir::new().unwrap();
    let file = KeyFile::at(folder.path().join("keys.json"));
    let clock = StoppedClock::new();
    let start = async || {
        let (keys, clock) = (file.load_or_create().unwrap(), clock.clock());
        let mut made = None;
        let served = Served::start(|port| {
            let issuer = format!("http://localhost:{port}/realms/myorg");
            made.insert(AuthorizationServer::with_clock(Realm::built_in(), keys, issuer, clock)).router()
        })
        .await;
        (served, made.unwrap())
    };
    let ((one, at_one), (other, at_other)) = (start().await, start().await);
    let kids = async |served: &Served| {
        let path = "/realms/myorg/protocol/openid-connect/certs";
        let set = support::request(served.address(), "GET", path, &[], b"").await.json();
        let of = |key: &Value| key["kid"].as_str().unwrap().to_owned();
        let keys: Vec<String> =
            set["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "sig").map(of).collect();
        keys
    };
    let first = kids(&one).await.remove(0);
    let second = at_one.rotate_keys().await.unwrap();
    clock.advance(100);
    assert_eq!(kids(&other).await, [second.clone(), first.clone()], "the other process takes the new key");
    let third = at_other.rotate_keys().await.unwrap();
    assert_eq!(kids(&one).await, [third.clone(), first.clone(), second.clone()]);
    // Both at once, from what is in the file and not from what each had in mind.
    let (fourth, fifth) = tokio::join!(at_one.rotate_keys(), at_other.rotate_keys());
    let mut all = vec![first, second, third, fourth.unwrap(), fifth.unwrap()];
    all.sort();
    for served in [&one, &other] {
        let mut published = kids(served).await;
        published.sort();
        assert_eq!(published, all, "nothing was lost");
    }
    clock.advance(299);
    assert_eq!(kids(&one).await.len(), 5, "the other process signed with the first key until it saw the second");
    clock.advance(1);
    assert_eq!(kids(&one).await.len(), 1);
}

/// Rotation at the bundled server: both tokens pass while the old one may live.
#[tokio::test]
async fn rotation_keeps_old_tokens_good() {
    let folder = TempDir::new().unwrap();
    let file = KeyFile::at(folder.path().join("keys.json"));
    let clock = StoppedClock::new();
    let mut made = None;
    let keys = file.load_or_create().unwrap();
    let served = Served::start(|port| {
        let issuer = format!("http://localhost:{port}/realms/myorg");
        made.insert(AuthorizationServer::with_clock(Realm::built_in(), keys, issuer, clock.clock())).router()
    })
    .await;
    let bundled = made.unwrap();
    let api = support::api(ValidatorOptions { clock: clock.clock(), ..ValidatorOptions::new(bundled.issuer()) }).await;
    let token = || async {
        let body = b"grant_type=client_credentials&client_id=testapiclient1&client_secret=demo-secret";
        let path = "/realms/myorg/protocol/openid-connect/token";
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let answer = support::request(served.address(), "POST", path, &form, body).await;
        answer.json()["access_token"].as_str().unwrap().to_owned()
    };
    let kids = || async {
        let path = "/realms/myorg/protocol/openid-connect/certs";
        let set = support::request(served.address(), "GET", path, &[], b"").await.json();
        let of = |key: &Value| key["kid"].as_str().unwrap().to_owned();
        set["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "sig").map(of).collect::<Vec<_>>()
    };
    let old_token = token().await;
    assert_eq!(status(&api, &old_token).await, 200);
    let old_kid = kids().await.remove(0);
    let new_kid = bundled.rotate_keys().await.unwrap();
    assert_eq!(kids().await, [new_kid.clone(), old_kid.clone()]);
    let new_token = token().await;
    assert_eq!([status(&api, &new_token).await, status(&api, &old_token).await], [200, 200]);

    let reloaded = file.load_or_create().unwrap();
    assert_eq!(reloaded.active_kid(), new_kid, "the new key is in the file");
    clock.advance(301);
    assert_eq!(kids().await, [new_kid], "no token of the old key can live any more");
}

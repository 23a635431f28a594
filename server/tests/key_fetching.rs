//! Where the API's keys come from: how often they are fetched, and what happens while the issuer
//! is away, silent or strange.

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
    StoppedClock,
    issuer::{Issuer, Reply, api, mint, plain, status, with_kid},
    mint::Mint,
};
use tokio::sync::Semaphore;

#[tokio::test]
async fn a_flood_of_unknown_keys_causes_one_fetch_a_cool_down() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    issuer.publish(&[&mint]);
    let api = api(&issuer, &clock).await;
    assert_eq!(status(&api, &plain(&mint)).await, 200);
    assert_eq!(issuer.asked(), (1, 1));
    for second in 0..3 {
        for index in 0..100 {
            let token = with_kid(&mint, &format!("random-{second}-{index}"));
            assert_eq!(status(&api, &token).await, 401);
        }
        assert_eq!(issuer.asked(), (1, 2), "second {second}");
        clock.advance(1);
    }
    clock.advance(5);
    assert_eq!(status(&api, &with_kid(&mint, "one-more")).await, 401);
    assert_eq!(issuer.asked(), (1, 3));
    assert_eq!(status(&api, &plain(&mint)).await, 200, "the good token all the same");
}

#[tokio::test]
async fn requests_at_the_same_time_share_a_fetch() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    issuer.publish(&[&mint]);
    let api = api(&issuer, &clock).await;
    let token = plain(&mint);
    let ask = |token: String| {
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (address, token) = (api.address(), token.clone());
            asking.spawn(async move { support::get(address, "/api/private", &token).await.status });
        }
        asking.join_all()
    };
    assert!(ask(token).await.iter().all(|status| *status == 200));
    assert_eq!(issuer.asked(), (1, 1), "the first keys");
    assert!(ask(with_kid(&mint, "unknown")).await.iter().all(|status| *status == 401));
    assert_eq!(issuer.asked(), (1, 2), "an unknown key");
}

#[tokio::test]
async fn known_keys_are_kept_while_the_issuer_is_away() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    issuer.publish(&[&mint]);
    let api = api(&issuer, &clock).await;
    let token = plain(&mint);
    assert_eq!(status(&api, &token).await, 200);
    for reply in [
        Reply::Status(500),
        Reply::Text("<html>".into()),
        Reply::Json(json!({ "keys": 7 })),
        Reply::Silence,
        Reply::Redirect,
    ] {
        issuer.reply(reply);
        clock.advance(20);
        assert_eq!(status(&api, &with_kid(&mint, "unknown")).await, 401, "an unknown key is the client's fault");
        assert_eq!(status(&api, &token).await, 200);
        assert_eq!(
            status(&api, &mint.changed(&json!({}), &json!({ "sub": "fresh" }))).await,
            200,
            "not only remembered"
        );
    }
}

#[tokio::test]
async fn without_any_keys_the_fault_is_not_the_clients() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    issuer.reply(Reply::Status(503));
    let api = api(&issuer, &clock).await;
    let answer = support::get(api.address(), "/api/private", &plain(&mint)).await;
    assert_eq!((answer.status, answer.error().as_deref()), (503, Some("temporarily_unavailable")));
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert_eq!(answer.header("www-authenticate"), None);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.json()["error_description"].as_str().unwrap().contains("answered 503"));

    issuer.publish(&[&mint]);
    clock.advance(2);
    let again = support::get(api.address(), "/api/private", &plain(&mint)).await;
    assert_eq!((again.status, again.header("retry-after")), (503, Some("3")));
    assert_eq!(issuer.asked(), (1, 1), "not asked again within the cool-down");
    clock.advance(3);
    assert_eq!(status(&api, &plain(&mint)).await, 200);
    let none = support::request(api.address(), "GET", "/api/private", &[], b"").await;
    assert_eq!(none.status, 401, "who sends no token needs no keys");
}

#[tokio::test]
async fn strange_issuers_are_named() {
    let (strange, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&strange.url);
    strange.publish(&[&mint]);
    let url = strange.url.clone();
    let api = api(&strange, &clock).await;
    for (reply, named) in [
        (Reply::Json(json!({ "issuer": format!("{url}/"), "jwks_uri": format!("{url}/keys") })), "another issuer"),
        (Reply::Json(json!({ "issuer": url, "jwks_uri": "file:///etc/passwd" })), "no http or https address"),
        (Reply::Json(json!({ "issuer": url })), "no discovery document"),
        (Reply::Text("<html>login</html>".into()), "no discovery document"),
        (Reply::Text("x".repeat(600_000)), "more than"),
        (Reply::Redirect, "answered 302"),
        (Reply::Silence, "no answer in time"),
    ] {
        *strange.discovery.lock().unwrap() = reply;
        clock.advance(10);
        let answer = support::get(api.address(), "/api/private", &plain(&mint)).await;
        let description = answer.json()["error_description"].as_str().unwrap().to_owned();
        assert_eq!(answer.status, 503, "{named}");
        assert!(description.contains(named), "{description:?} does not say {named:?}");
    }
    assert_eq!(strange.asked().1, 0);
    drop(strange.served);
}

#[tokio::test]
async fn a_broken_key_spoils_nothing() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    let broken = [
        json!(7),
        json!({}),
        json!({ "kty": "RSA", "kid": "broken", "n": "***", "e": "AQAB" }),
        json!({ "kty": "RSA", "kid": "short", "n": "AQAB", "e": "AQAB" }),
        json!({ "kty": "EC", "crv": "P-256", "x": "AQAB", "y": "AQAB" }),
        json!({ "kty": "oct", "k": "c2VjcmV0", "alg": "HS256" }),
        json!({ "kty": "XYZ", "kid": ["a"] }),
    ];
    let keys: Vec<Value> = broken.into_iter().chain([mint.jwk()]).collect();
    issuer.reply(Reply::Json(json!({ "keys": keys })));
    let api = api(&issuer, &clock).await;
    assert_eq!(status(&api, &plain(&mint)).await, 200);
    let answer = support::get(api.address(), "/api/private", &with_kid(&mint, "short")).await;
    assert!(answer.json()["error_description"].as_str().unwrap().contains("fewer than 2048 bits"));
    assert_eq!(issuer.asked(), (1, 1), "a key that is there but of no use is not looked for again");
}

/// A client that asks with an unknown key and goes away must not keep new keys out.
#[tokio::test]
async fn who_goes_away_does_not_end_the_fetch() {
    use tokio::io::AsyncWriteExt as _;
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (old, _old_folder) = mint(&issuer.url);
    let (new, _new_folder) = mint(&issuer.url);
    issuer.publish(&[&old]);
    let api = api(&issuer, &clock).await;
    assert_eq!(status(&api, &plain(&old)).await, 200);
    issuer.publish(&[&new]);
    issuer.gate.forget_permits(Semaphore::MAX_PERMITS);

    let mut stream = tokio::net::TcpStream::connect(api.address()).await.unwrap();
    let head = format!("GET /api/private HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n", plain(&new));
    stream.write_all(head.as_bytes()).await.unwrap();
    let deadline = tokio::time::Instant::now() + support::DEADLINE;
    while issuer.asked() != (1, 2) {
        assert!(tokio::time::Instant::now() < deadline, "no fetch began");
        tokio::task::yield_now().await;
    }
    drop(stream);
    issuer.gate.add_permits(100);
    assert_eq!(status(&api, &plain(&new)).await, 200);
    assert_eq!(issuer.asked(), (1, 2), "the clock stands still: only the first fetch can have brought the key");
}

/// RFC 7517 section 4.5: a kid is optional. Without one a new key shows only in signatures that fit nothing.
#[tokio::test]
async fn keys_without_an_id_can_change_too() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (old, _old_folder) = mint(&issuer.url);
    let (new, _new_folder) = mint(&issuer.url);
    let nameless = |mint: &Mint| {
        let mut jwk = mint.jwk();
        jwk.as_object_mut().unwrap().shift_remove("kid");
        Reply::Json(json!({ "keys": [jwk] }))
    };
    let token = |mint: &Mint| mint.changed(&json!({ "kid": null }), &json!({}));
    issuer.reply(nameless(&old));
    let api = api(&issuer, &clock).await;
    assert_eq!(status(&api, &token(&old)).await, 200);
    issuer.reply(nameless(&new));
    assert_eq!(status(&api, &token(&new)).await, 200, "the new key is looked for");
    assert_eq!(status(&api, &token(&old)).await, 401);
    for _ in 0..10 {
        assert_eq!(status(&api, &token(&old)).await, 401);
    }
    assert_eq!(issuer.asked(), (1, 2), "once a cool-down");
}

/// RFC 7517 section 4.2: a key for encryption checks no signature, even one that it made.
#[tokio::test]
async fn a_key_for_encryption_checks_nothing() {
    let (issuer, clock) = (Issuer::start().await, StoppedClock::new());
    let (mint, _folder) = mint(&issuer.url);
    for (member, value) in [
        ("use", json!("enc")),
        ("use", json!("other")),
        ("use", json!(["enc"])),
        ("key_ops", json!(["encrypt"])),
        ("key_ops", json!("encrypt")),
    ] {
        let mut jwk = mint.jwk();
        for name in ["alg", "use"] {
            jwk.as_object_mut().unwrap().shift_remove(name);
        }
        issuer.reply(Reply::Json(json!({ "keys": [jwk.clone()] })));
        let open = api(&issuer, &clock).await;
        assert_eq!(status(&open, &plain(&mint)).await, 200, "the same key without {member}");
        jwk[member] = value;
        issuer.reply(Reply::Json(json!({ "keys": [jwk] })));
        let closed = api(&issuer, &clock).await;
        assert_eq!(status(&closed, &plain(&mint)).await, 401, "{member}");
    }
}

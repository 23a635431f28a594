//! What a granted token request brings: scopes, members, headers and claims as Keycloak has them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use support::Authorization;
use tokenscope_server::realm::Realm;

const OK: &str = "grant_type=client_credentials&client_id=testapiclient1&client_secret=demo-secret";

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn scopes(text: &Value) -> BTreeSet<&str> {
    text.as_str().unwrap().split(' ').collect()
}

#[tokio::test]
async fn which_scopes_are_granted() {
    let server = Authorization::start().await;
    for (asked, granted) in [
        (None, "profile email"),
        (Some("test_api_access"), "profile email test_api_access"),
        (Some("openid test_api_access"), "openid profile email test_api_access"),
        (Some("profile"), "profile email"),
        (Some("roles basic"), "profile email"),
        (Some("profile profile"), "profile email"),
        (Some("offline_access"), "profile email offline_access"),
    ] {
        let scope = asked.map(|scope| format!("&scope={}", scope.replace(' ', "+"))).unwrap_or_default();
        let answer = server.token_request(&[], &format!("{OK}{scope}")).await.json();
        let claims = part(answer["access_token"].as_str().unwrap(), 1);
        let expected: BTreeSet<&str> = granted.split(' ').collect();
        assert_eq!(scopes(&answer["scope"]), expected, "{asked:?}");
        assert_eq!(scopes(&claims["scope"]), expected, "{asked:?}");
        let openid = expected.contains("openid");
        assert_eq!(answer.get("id_token").is_some(), openid, "{asked:?}");
        assert!(!openid || answer["scope"].as_str().unwrap().starts_with("openid "), "{asked:?}");
    }
}

#[tokio::test]
async fn the_answer_and_its_headers() {
    let server = Authorization::start().await;
    let answer = server.token_request(&[], &format!("{OK}&scope=openid")).await;
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let body = answer.json();
    let names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    let in_order =
        ["access_token", "expires_in", "refresh_expires_in", "token_type", "id_token", "not-before-policy", "scope"];
    assert_eq!(names, in_order);
    assert_eq!(
        [&body["expires_in"], &body["refresh_expires_in"], &body["token_type"], &body["not-before-policy"]],
        [&json!(300), &json!(0), &json!("Bearer"), &json!(0)],
    );
    let short = server
        .token_request(&[], "grant_type=client_credentials&client_id=testapiclient-short&client_secret=demo-secret-3")
        .await
        .json();
    assert_eq!(short["expires_in"], json!(10));
    let claims = part(short["access_token"].as_str().unwrap(), 1);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 10);
    assert!((claims["iat"].as_i64().unwrap() - support::now()).abs() <= 5);
}

#[tokio::test]
async fn the_claims_of_both_tokens() {
    let server = Authorization::start().await;
    let body = server.token_request(&[], &format!("{OK}&scope=openid+test_api_access")).await.json();
    let (access, id) = (body["access_token"].as_str().unwrap(), body["id_token"].as_str().unwrap());
    for token in [access, id] {
        let header = part(token, 0);
        let names: Vec<&String> = header.as_object().unwrap().keys().collect();
        assert_eq!(names, ["alg", "typ", "kid"]);
        assert_eq!([&header["alg"], &header["typ"]], ["RS256", "JWT"]);
        assert_eq!(header["kid"].as_str().unwrap().len(), 43);
    }
    let mut claims = part(access, 1);
    let names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "exp",
            "iat",
            "jti",
            "iss",
            "aud",
            "sub",
            "typ",
            "azp",
            "acr",
            "realm_access",
            "resource_access",
            "scope",
            "email_verified",
            "clientHost",
            "preferred_username",
            "clientAddress",
            "client_id",
        ],
    );
    let jti = claims["jti"].as_str().unwrap().strip_prefix("trrtcc:").expect("Keycloak's prefix").to_owned();
    assert_eq!(jti.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    for varying in ["exp", "iat", "jti"] {
        claims.as_object_mut().unwrap().shift_remove(varying);
    }
    assert_eq!(
        claims,
        json!({
            "iss": server.issuer,
            "aud": "account",
            "sub": "5f0c6f4e-8d3b-4c59-9a55-0d2c6a7f1e01",
            "typ": "Bearer",
            "azp": "testapiclient1",
            "acr": "1",
            "realm_access": { "roles": ["default-roles-myorg", "offline_access", "uma_authorization"] },
            "resource_access": { "account": { "roles": ["manage-account", "manage-account-links", "view-profile"] } },
            "scope": "openid profile email test_api_access",
            "email_verified": false,
            "clientHost": "127.0.0.1",
            "preferred_username": "service-account-testapiclient1",
            "client_id": "testapiclient1",
            "clientAddress": "127.0.0.1",
        }),
    );
    let id_claims = part(id, 1);
    assert_eq!([&id_claims["typ"], &id_claims["aud"]], ["ID", "testapiclient1"]);
    assert!(!id_claims["jti"].as_str().unwrap().contains(':'));
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, access.as_bytes());
    assert_eq!(id_claims["at_hash"], json!(URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])));
}

#[tokio::test]
async fn fifty_at_once_get_fifty_tokens() {
    let server = std::sync::Arc::new(Authorization::start().await);
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let server = std::sync::Arc::clone(&server);
        asking.spawn(async move { server.token("testapiclient1", "demo-secret", "profile").await });
    }
    let ids: BTreeSet<String> = asking.join_all().await.iter().map(|token| part(token, 1)["jti"].to_string()).collect();
    assert_eq!(ids.len(), 50);
}

/// A scope that is mapped to roles goes only to who has one of them; asking for it is no error all the same.
#[tokio::test]
async fn a_scope_may_want_a_role() {
    for (role, granted) in [("offline_access", true), ("nobody-has-this", false)] {
        let mut realm: Value = serde_json::from_str(include_str!("../realm.json")).unwrap();
        realm["scopeMappings"] = json!([{ "clientScope": "test_api_access", "roles": [role] }]);
        let server = Authorization::start_with(Realm::from_json(&realm.to_string()).unwrap()).await;
        let answer = server.token_request(&[], &format!("{OK}&scope=test_api_access")).await;
        assert_eq!(answer.status, 200);
        let scope = answer.json()["scope"].as_str().unwrap().to_owned();
        assert_eq!(scope.split(' ').any(|name| name == "test_api_access"), granted, "{role}: {scope}");
    }
}

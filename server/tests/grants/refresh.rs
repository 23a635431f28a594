//! Refresh tokens: rotation, scopes, and the end of sessions.

use pretty_assertions::assert_eq;
use serde_json::json;
use tokenscope_server::realm::Realm;

use super::{LOGIN, WEB, ask, assert_refused, claims, names, password, realm, refresh};
use crate::support::{Authorization, StoppedClock, part};

#[tokio::test]
async fn each_refresh_token_works_once() {
    let server = Authorization::start().await;
    let first = password(&server, &[("scope", "openid test_api_access")]).await.json();
    let second = refresh(&server, &WEB, first["refresh_token"].as_str().unwrap()).await.json();
    assert_eq!(names(&second), names(&first));
    assert_eq!([&second["session_state"], &second["scope"]], [&first["session_state"], &first["scope"]]);
    assert!(part(second["access_token"].as_str().unwrap(), 1)["jti"].as_str().unwrap().starts_with("onrtrt:"));
    let third = refresh(&server, &WEB, second["refresh_token"].as_str().unwrap()).await.json();
    for (token, description) in
        [(&second, "Maximum allowed refresh token reuse exceeded"), (&third, "Session doesn't have required client")]
    {
        let answer = refresh(&server, &WEB, token["refresh_token"].as_str().unwrap()).await;
        assert_refused(&answer, 400, "invalid_grant", description, description);
    }
    let first = password(&server, &[]).await.json();
    let second = refresh(&server, &WEB, first["refresh_token"].as_str().unwrap()).await.json();
    refresh(&server, &WEB, second["refresh_token"].as_str().unwrap()).await.json();
    let answer = refresh(&server, &WEB, first["refresh_token"].as_str().unwrap()).await;
    assert_refused(&answer, 400, "invalid_grant", "Stale token", "the oldest of three");
}

#[tokio::test]
async fn without_rotation_a_refresh_token_works_again_and_again() {
    let server = Authorization::start_with(realm(&[("/revokeRefreshToken", json!(false))])).await;
    let body = password(&server, &[]).await.json();
    let token = body["refresh_token"].as_str().unwrap();
    assert_eq!(part(token, 1).get("reuse_id"), None);
    for _ in 0..3 {
        assert_eq!(refresh(&server, &WEB, token).await.status, 200);
    }
    let server = Authorization::start_with(realm(&[("/refreshTokenMaxReuse", json!(1))])).await;
    let body = password(&server, &[]).await.json();
    let token = body["refresh_token"].as_str().unwrap();
    let statuses = [refresh(&server, &WEB, token).await.status, refresh(&server, &WEB, token).await.status];
    assert_eq!(statuses, [200, 200]);
    let description = "Maximum allowed refresh token reuse exceeded";
    assert_refused(&refresh(&server, &WEB, token).await, 400, "invalid_grant", description, "the third time");
}

#[tokio::test]
async fn what_a_refresh_token_is_refused_for() {
    let server = Authorization::start().await;
    let body = password(&server, &[("scope", "openid")]).await.json();
    let token = body["refresh_token"].as_str().unwrap();
    let broken = format!("{}A{}", &token[..token.len() - 20], &token[token.len() - 19..]);
    let answer = ask(&server, "refresh_token", &[&WEB]).await;
    assert_refused(&answer, 400, "invalid_request", "No refresh token", "none");
    for wrong in
        ["", "abc", "a.b.c", &broken, body["access_token"].as_str().unwrap(), body["id_token"].as_str().unwrap()]
    {
        assert_refused(&refresh(&server, &WEB, wrong).await, 400, "invalid_grant", "Invalid refresh token", wrong);
    }
    let description = "Invalid refresh token. Token client and authorized client don't match";
    assert_refused(&refresh(&server, &LOGIN, token).await, 400, "invalid_grant", description, "another client");
    for scope in ["nope", ""] {
        let parameters = [("refresh_token", token), ("scope", scope)];
        let answer = ask(&server, "refresh_token", &[&WEB, &parameters]).await;
        assert_refused(&answer, 400, "invalid_scope", &format!("Invalid scopes: {scope}"), "scope");
    }
    assert_eq!(refresh(&server, &WEB, token).await.status, 200, "no refusal has used it up");
}

#[tokio::test]
async fn a_refresh_may_ask_for_less_and_never_for_more() {
    let server = Authorization::start().await;
    let body = password(&server, &[("scope", "test_api_access")]).await.json();
    let parameters = [("refresh_token", body["refresh_token"].as_str().unwrap()), ("scope", "openid phone email")];
    let less = ask(&server, "refresh_token", &[&WEB, &parameters]).await.json();
    assert_eq!(less["scope"], "profile email");
    assert_eq!(less.get("id_token"), None);
    let again = refresh(&server, &WEB, less["refresh_token"].as_str().unwrap()).await.json();
    assert_eq!(again["scope"], "profile email test_api_access", "the refresh token keeps the first scope");
}

#[tokio::test]
async fn sessions_end_by_the_clock_and_offline_ones_later() {
    let clock = StoppedClock::new();
    let server = Authorization::start_at(Realm::built_in(), clock.clock()).await;
    let online = password(&server, &[]).await.json();
    let offline = password(&server, &[("scope", "openid offline_access")]).await.json();
    assert_eq!(offline["refresh_expires_in"], 0);
    assert_eq!(claims(&offline, "refresh_token")["typ"], "Offline");
    assert_eq!(part(offline["refresh_token"].as_str().unwrap(), 1).get("exp"), None);
    assert!(part(offline["access_token"].as_str().unwrap(), 1)["jti"].as_str().unwrap().starts_with("ofrtro:"));
    clock.advance(1799);
    let online = refresh(&server, &WEB, online["refresh_token"].as_str().unwrap()).await.json();
    assert_eq!(online["refresh_expires_in"], 1800, "used, so its idle time begins again");
    clock.advance(1800);
    let answer = refresh(&server, &WEB, online["refresh_token"].as_str().unwrap()).await;
    assert_refused(&answer, 400, "invalid_grant", "Token is not active", "idle for half an hour");
    let offline = refresh(&server, &WEB, offline["refresh_token"].as_str().unwrap()).await.json();
    clock.advance(2_592_000);
    let answer = refresh(&server, &WEB, offline["refresh_token"].as_str().unwrap()).await;
    assert_refused(&answer, 400, "invalid_grant", "Offline user session not found", "idle for thirty days");

    let mut online = password(&server, &[]).await.json();
    for _ in 0..24 {
        clock.advance(1500);
        let answer = refresh(&server, &WEB, online["refresh_token"].as_str().unwrap()).await;
        if answer.status != 200 {
            assert_refused(&answer, 400, "invalid_grant", "Token is not active", "after ten hours");
            return;
        }
        online = answer.json();
    }
    panic!("a session that is used lives for ever");
}

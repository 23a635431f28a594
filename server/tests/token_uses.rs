//! What can be done with a token at the authorization server: introspection, revocation, userinfo, logout. Statuses and
//! texts were seen at a real Keycloak.

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
    Answer, Authorization, StoppedClock,
    browser::{Browser, REDIRECT_URI, encoded, parameter, text},
    part,
};
use tokenscope_server::realm::Realm;

/// Form parameters.
type Sent<'a> = &'a [(&'a str, &'a str)];

const WEB: [(&str, &str); 2] = [("client_id", "demo-web"), ("client_secret", "demo-web-secret")];
const FIRST: [(&str, &str); 2] = [("client_id", "testapiclient1"), ("client_secret", "demo-secret")];
const LEGACY: [(&str, &str); 1] = [("client_id", "demo-legacy")];
const USERINFO: &str = "/realms/myorg/protocol/openid-connect/userinfo";

async fn post(server: &Authorization, path: &str, parameters: &[&[(&str, &str)]]) -> Answer {
    server.post(&format!("protocol/openid-connect/{path}"), &[], &encoded(&parameters.concat())).await
}

async fn introspect(server: &Authorization, caller: &[(&str, &str)], token: &Value, hint: &str) -> Answer {
    let mut parameters = vec![("token", token.as_str().unwrap())];
    if !hint.is_empty() {
        parameters.push(("token_type_hint", hint));
    }
    post(server, "token/introspect", &[caller, &parameters]).await
}

/// Alice's tokens, by password.
async fn tokens(server: &Authorization, client: &[(&str, &str)], scope: &str) -> Value {
    let alice = [("grant_type", "password"), ("username", "alice"), ("password", "alice"), ("scope", scope)];
    post(server, "token", &[client, &alice]).await.json()
}

fn assert_refused(answer: &Answer, status: u16, error: &str, description: &str, what: &str) {
    let body = json!({ "error": error, "error_description": description });
    assert_eq!((answer.status, answer.json()), (status, body), "{what}");
}

#[tokio::test]
async fn introspection_tells_those_whom_the_token_is_for() {
    let server = Authorization::start().await;
    let body = tokens(&server, &WEB, "openid test_api_access").await;
    for caller in [&FIRST, &WEB] {
        let answer = introspect(&server, caller, &body["access_token"], "").await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-cache")));
        let mut expected = part(body["access_token"].as_str().unwrap(), 1);
        let rest = json!({ "client_id": "demo-web", "username": "alice", "token_type": "Bearer", "active": true });
        expected.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        assert_eq!(answer.json(), expected);
    }
    let inactive = json!({ "active": false });
    let second = [("client_id", "testapiclient2"), ("client_secret", "demo-secret-2")];
    assert_eq!(introspect(&server, &second, &body["access_token"], "").await.json(), inactive, "not in its audience");
    let own = json!(server.token("testapiclient1", "demo-secret", "profile").await);
    assert_eq!(introspect(&server, &FIRST, &own, "").await.json(), inactive, "not even its own");
    let refresh = introspect(&server, &WEB, &body["refresh_token"], "refresh_token").await.json();
    assert_eq!(
        [&refresh["typ"], &refresh["token_type"], &refresh["active"]],
        [&json!("Refresh"), &json!("Refresh"), &json!(true)]
    );
    let id = introspect(&server, &WEB, &body["id_token"], "").await.json();
    assert_eq!([&id["typ"], &id["active"]], [&json!("ID"), &json!(true)]);
    for (caller, token, hint) in [
        (&FIRST, &body["refresh_token"], "refresh_token"),
        (&WEB, &body["refresh_token"], ""),
        (&WEB, &body["access_token"], "refresh_token"),
        (&WEB, &body["access_token"], "requesting_party_token"),
        (&WEB, &json!(""), ""),
        (&WEB, &json!("abc"), ""),
        (&WEB, &json!("a.b.c"), ""),
        (&WEB, &json!(body["access_token"].as_str().unwrap().replacen('e', "f", 20)), ""),
    ] {
        assert_eq!(introspect(&server, caller, token, hint).await.json(), inactive, "{hint} {token}");
    }
    let next = [("grant_type", "refresh_token"), ("refresh_token", body["refresh_token"].as_str().unwrap())];
    assert_eq!(post(&server, "token", &[&WEB, &next]).await.status, 200);
    let answer = introspect(&server, &WEB, &body["refresh_token"], "refresh_token").await;
    assert_eq!(answer.json(), inactive, "a refresh token that was used");
}

#[tokio::test]
async fn what_introspection_is_refused_for() {
    let server = Authorization::start().await;
    let (token, not_this) = ([("token", "x")], "Invalid client or Invalid client credentials");
    let wrong_secret = [("client_id", "demo-web"), ("client_secret", "x")];
    #[rustfmt::skip] // One row a line.
    let rows: Vec<(Vec<Sent<'_>>, u16, &str, &str)> = vec![
        (vec![&token], 401, "invalid_client", not_this),
        (vec![&token, &[("client_id", "nope")]], 401, "invalid_client", not_this),
        (vec![&token, &wrong_secret], 401, "invalid_client", "Client authentication failed."),
        (vec![&token, &LEGACY], 403, "invalid_request", "Client not allowed."),
        (vec![&WEB], 400, "invalid_request", "Token not provided."),
        (vec![&WEB, &token, &token], 400, "invalid_request", "duplicated parameter"),
        (vec![&WEB, &token, &[("token_type_hint", "nope")]], 400, "invalid_request", "Unsupported token type."),
    ];
    for (parameters, status, error, description) in rows {
        let answer = post(&server, "token/introspect", &parameters).await;
        assert_refused(&answer, status, error, description, description);
    }
}

#[tokio::test]
async fn an_access_token_is_taken_back_alone() {
    let clock = StoppedClock::new();
    let server = Authorization::start_at(Realm::built_in(), clock.clock()).await;
    let body = tokens(&server, &WEB, "openid").await;
    let access = body["access_token"].as_str().unwrap();
    for _ in 0..2 {
        let answer = post(&server, "revoke", &[&WEB, &[("token", access), ("token_type_hint", "nonsense")]]).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0));
    }
    assert_eq!(introspect(&server, &WEB, &body["access_token"], "").await.json(), json!({ "active": false }));
    let answer = support::get(server.served.address(), USERINFO, access).await;
    let said = r#"Bearer realm="myorg", error="invalid_token", error_description="Token verification failed""#;
    assert_eq!((answer.status, answer.header("www-authenticate"), answer.body.len()), (401, Some(said), 0));
    let next = [("grant_type", "refresh_token"), ("refresh_token", body["refresh_token"].as_str().unwrap())];
    assert_eq!(post(&server, "token", &[&WEB, &next]).await.status, 200, "the refresh token still works");
    clock.advance(301);
    let answer = post(&server, "revoke", &[&WEB, &[("token", access)]]).await;
    assert_eq!(answer.status, 200, "and one that has ended is no error");
}

#[tokio::test]
async fn a_refresh_token_is_taken_back_with_all_that_came_of_it() {
    let server = Authorization::start().await;
    let body = tokens(&server, &LEGACY, "openid").await;
    let refresh = [("token", body["refresh_token"].as_str().unwrap())];
    let answer = post(&server, "revoke", &[&LEGACY, &refresh]).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    let answer = support::get(server.served.address(), USERINFO, body["access_token"].as_str().unwrap()).await;
    assert!(answer.header("www-authenticate").unwrap().contains("user_session_not_found"));
    let next = [("grant_type", "refresh_token"), ("refresh_token", refresh[0].1)];
    let answer = post(&server, "token", &[&LEGACY, &next]).await;
    assert_refused(&answer, 400, "invalid_grant", "Session not active", "refresh");
    let answer = post(&server, "revoke", &[&LEGACY, &refresh]).await;
    assert_refused(&answer, 200, "invalid_token", "Invalid token", "again");
}

#[tokio::test]
async fn what_revocation_is_refused_for() {
    let server = Authorization::start().await;
    let body = tokens(&server, &WEB, "openid").await;
    let [access, refresh, id] =
        ["access_token", "refresh_token", "id_token"].map(|name| [("token", body[name].as_str().unwrap())]);
    let not_this = "Invalid client or Invalid client credentials";
    #[rustfmt::skip] // One row a line.
    let rows: Vec<(Vec<Sent<'_>>, u16, &str, &str)> = vec![
        (vec![&access], 401, "invalid_client", not_this),
        (vec![&access, &[("client_id", "demo-web"), ("client_secret", "x")]], 401, "unauthorized_client", not_this),
        (vec![&WEB], 400, "invalid_request", "Token not provided"),
        (vec![&WEB, &access, &access], 400, "invalid_request", "duplicated parameter"),
        (vec![&WEB, &id], 400, "unsupported_token_type", "Unsupported token type"),
        (vec![&LEGACY, &access], 400, "invalid_request", "Unmatching clients"),
        (vec![&LEGACY, &refresh], 400, "invalid_request", "Unmatching clients"),
        (vec![&WEB, &[("token", "")]], 200, "invalid_token", "Invalid token"),
        (vec![&WEB, &[("token", "a.b.c")]], 200, "invalid_token", "Invalid token"),
    ];
    for (parameters, status, error, description) in rows {
        assert_refused(&post(&server, "revoke", &parameters).await, status, error, description, description);
    }
    assert_eq!(
        support::get(server.served.address(), USERINFO, access[0].1).await.status,
        200,
        "nothing was taken back"
    );
}

#[tokio::test]
async fn userinfo_says_who_somebody_is() {
    let server = Authorization::start().await;
    let body = tokens(&server, &WEB, "openid").await;
    let access = body["access_token"].as_str().unwrap();
    let alice = json!({
        "sub": "0e9a3a5e-1d0a-4f4c-9d53-6a1f2f3b4c01", "email_verified": true, "name": "Alice Liddell",
        "preferred_username": "alice", "given_name": "Alice", "family_name": "Liddell", "email": "alice@example.com",
    });
    let bearer = format!("bEaReR {access}");
    let by_header =
        support::request(server.served.address(), "GET", USERINFO, &[("authorization", &bearer)], b"").await;
    let by_post = support::request(server.served.address(), "POST", USERINFO, &[("authorization", &bearer)], b"").await;
    let by_form = post(&server, "userinfo", &[&[("access_token", access)]]).await;
    for answer in [by_header, by_post, by_form] {
        assert_eq!((answer.status, answer.json()), (200, alice.clone()));
        assert_eq!(serde_json::to_string(&answer.json()).unwrap(), alice.to_string(), "in Keycloak's order");
    }
    let own = server.token("testapiclient1", "demo-secret", "openid").await;
    let expected = json!({
        "sub": "5f0c6f4e-8d3b-4c59-9a55-0d2c6a7f1e01", "email_verified": false,
        "preferred_username": "service-account-testapiclient1",
    });
    assert_eq!(support::get(server.served.address(), USERINFO, &own).await.json(), expected);
}

#[tokio::test]
async fn what_userinfo_is_refused_for() {
    let clock = StoppedClock::new();
    let server = Authorization::start_at(Realm::built_in(), clock.clock()).await;
    let body = tokens(&server, &WEB, "openid").await;
    let access = body["access_token"].as_str().unwrap();
    let without = tokens(&server, &WEB, "email").await["access_token"].as_str().unwrap().to_owned();
    let own = server.token("testapiclient1", "demo-secret", "profile").await;
    let bearer = |token: &str| format!("Bearer {token}");
    let failed = r#"401 Bearer realm="myorg", error="invalid_token", error_description="Token verification failed""#;
    let no_scope = r#"403 Bearer realm="myorg", error="insufficient_scope", error_description="Missing openid scope""#;
    let none = r#"401 Bearer realm="myorg""#;
    let [id, refresh] = ["id_token", "refresh_token"].map(|name| bearer(body[name].as_str().unwrap()));
    let both = r#"400 Bearer realm="myorg", error="invalid_request", error_description="More than one method used for including an access token""#;
    let twice = r#"400 Bearer realm="myorg", error="invalid_request", error_description="Duplicate parameter""#;
    let form = encoded(&[("access_token", access)]);
    #[rustfmt::skip] // One row a line.
    let rows: Vec<(&str, String, String, &str)> = vec![
        ("no token", String::new(), String::new(), none),
        ("another scheme", "Basic dTpw".into(), String::new(), none),
        ("no token behind the scheme", "Bearer ".into(), String::new(), none),
        ("garbage", bearer("abc"), String::new(), failed),
        ("three parts", bearer("a.b.c"), String::new(), failed),
        ("ID token", id, String::new(), failed),
        ("refresh token", refresh, String::new(), failed),
        ("no openid", bearer(&without), String::new(), no_scope),
        ("a client's own without openid", bearer(&own), String::new(), no_scope),
        ("header and form", bearer(access), form.clone(), both),
        ("form twice", String::new(), format!("{form}&{form}"), twice),
        ("empty form", String::new(), "access_token=".into(), failed),
    ];
    for (what, authorization, form, said) in rows {
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        if !authorization.is_empty() {
            headers.push(("authorization", authorization.as_str()));
        }
        let answer = support::request(server.served.address(), "POST", USERINFO, &headers, form.as_bytes()).await;
        let found = format!("{} {}", answer.status, answer.header("www-authenticate").unwrap());
        assert_eq!(found, said, "{what}");
        assert_eq!((answer.header("content-type"), answer.body.len()), (Some("text/plain;charset=utf-8"), 0), "{what}");
    }
    let in_query = format!("{USERINFO}?{form}");
    let answer = support::request(server.served.address(), "GET", &in_query, &[], b"").await;
    assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer realm="myorg""#), "a query is never read");
    clock.advance(300);
    let answer = support::get(server.served.address(), USERINFO, access).await;
    assert!(answer.header("www-authenticate").unwrap().contains("Token verification failed"), "ended");
}

#[tokio::test]
async fn a_client_ends_the_session() {
    let server = Authorization::start().await;
    let body = tokens(&server, &WEB, "openid").await;
    let refresh = [("refresh_token", body["refresh_token"].as_str().unwrap())];
    let not_this = "Invalid client or Invalid client credentials";
    let not_its = "Invalid refresh token. Token client and authorized client don't match";
    let [abc, access] = ["abc", body["access_token"].as_str().unwrap()].map(|token| [("refresh_token", token)]);
    #[rustfmt::skip] // One row a line.
    let rows: Vec<(Vec<Sent<'_>>, u16, &str, &str)> = vec![
        (vec![&refresh], 401, "invalid_client", not_this),
        (vec![&refresh, &[("client_id", "demo-web"), ("client_secret", "x")]], 401, "unauthorized_client", not_this),
        (vec![&WEB, &abc], 400, "invalid_grant", "Invalid refresh token"),
        (vec![&WEB, &access], 400, "invalid_grant", "Invalid refresh token"),
        (vec![&LEGACY, &refresh], 400, "invalid_grant", not_its),
    ];
    for (parameters, status, error, description) in rows {
        assert_refused(&post(&server, "logout", &parameters).await, status, error, description, description);
    }
    for _ in 0..2 {
        let answer = post(&server, "logout", &[&WEB, &refresh]).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0));
    }
    let next = [("grant_type", "refresh_token"), refresh[0]];
    let answer = post(&server, "token", &[&WEB, &next]).await;
    assert_refused(&answer, 400, "invalid_grant", "Session not active", "after the logout");
    assert_eq!(introspect(&server, &WEB, &body["access_token"], "").await.json(), json!({ "active": false }));
}

/// Signs in as alice in a browser and gets tokens.
async fn signed_in(browser: &mut Browser<'_>, scope: &str) -> Value {
    let code = browser.code("demo-web", "alice", &[("scope", scope)]).await;
    let parameters = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT_URI)];
    post(browser.server, "token", &[&WEB, &parameters]).await.json()
}

/// The same for the ID token alone.
async fn id_token(browser: &mut Browser<'_>) -> String {
    signed_in(browser, "openid").await["id_token"].as_str().unwrap().to_owned()
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    parameter(&browser.authorize("demo-web", &[("prompt", "none")]).await, "code").is_some()
}

#[tokio::test]
async fn a_browser_signs_out() {
    let server = Authorization::start().await;
    let logout = |parameters: &[(&str, &str)]| format!("protocol/openid-connect/logout?{}", encoded(parameters));
    let mut browser = Browser::new(&server);
    let hint = id_token(&mut browser).await;
    let back = ("post_logout_redirect_uri", REDIRECT_URI);
    let state = "s &x";
    let answer = browser.get(&logout(&[("id_token_hint", &hint), back, ("state", state)])).await;
    assert_eq!((answer.status, answer.header("location")), (302, Some("http://127.0.0.1:8400/callback?state=s+%26x")));
    assert!(
        answer.cookies.iter().any(|cookie| cookie.starts_with("tokenscope_session=;") && cookie.contains("Max-Age=0"))
    );
    assert!(!is_signed_in(&mut browser).await);

    let hint = id_token(&mut browser).await;
    let answer = browser.get(&logout(&[("id_token_hint", &hint)])).await;
    assert!(answer.status == 200 && text(&answer).contains("You are signed out"));
    assert!(!is_signed_in(&mut browser).await);

    // Without a hint any page could send somebody here: she is asked.
    let hint = id_token(&mut browser).await;
    let page = browser.get(&logout(&[("client_id", "demo-web"), back])).await;
    assert!(page.status == 200 && text(&page).contains("Sign out of My organisation?"));
    assert!(is_signed_in(&mut browser).await, "asked, not signed out");
    let answer = browser.submit(&page, &[("confirmLogout", "")]).await;
    assert_eq!((answer.status, answer.header("location")), (302, Some(REDIRECT_URI)));
    assert!(!is_signed_in(&mut browser).await);

    // The hint of another session ends nothing unasked.
    let mut other = Browser::new(&server);
    id_token(&mut other).await;
    let page = other.get(&logout(&[("id_token_hint", &hint)])).await;
    assert!(text(&page).contains("Sign out of My organisation?"));
    assert!(is_signed_in(&mut other).await);
    #[rustfmt::skip] // One row a line.
    let rows: Vec<(Vec<(&str, &str)>, &str)> = vec![
        (vec![back], "Missing parameters: id_token_hint"),
        (vec![("id_token_hint", "abc"), back], "Invalid parameter: id_token_hint"),
        (vec![("id_token_hint", &hint), ("client_id", "demo-login")], "Invalid parameter: client_id"),
        (vec![("id_token_hint", &hint), ("post_logout_redirect_uri", "http://evil.example/")], "Invalid redirect uri"),
        (vec![("id_token_hint", &hint), ("post_logout_redirect_uri", "http://127.0.0.1@evil.example/callback")], "Invalid redirect uri"),
        (vec![("client_id", "testapiclient1"), back], "Invalid redirect uri"),
        (vec![("client_id", "nope"), back], "Invalid redirect uri"),
    ];
    for (parameters, said) in rows {
        let answer = other.get(&logout(&parameters)).await;
        assert_eq!((answer.status, answer.header("location")), (400, None), "{said}");
        assert!(text(&answer).contains(said), "{said}");
    }
    assert!(is_signed_in(&mut other).await);
}

#[tokio::test]
async fn what_was_granted_for_later_outlives_the_logout() {
    let server = Authorization::start().await;
    let mut browser = Browser::new(&server);
    // Twice in one session: the second login leaves the first one's tokens alone.
    let first = signed_in(&mut browser, "openid offline_access").await;
    let second = signed_in(&mut browser, "openid offline_access").await;
    let online = signed_in(&mut browser, "openid").await;
    assert_eq!([&first["session_state"], &second["session_state"]], [&online["session_state"]; 2]);
    let hint = online["id_token"].as_str().unwrap();
    browser.get(&format!("protocol/openid-connect/logout?{}", encoded(&[("id_token_hint", hint)]))).await;
    assert!(!is_signed_in(&mut browser).await);
    let refresh = |token: Value| {
        let server = &server;
        async move {
            let parameters = [("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())];
            post(server, "token", &[&WEB, &parameters]).await
        }
    };
    assert_refused(
        &refresh(online["refresh_token"].clone()).await,
        400,
        "invalid_grant",
        "Session not active",
        "online",
    );
    let first = refresh(first["refresh_token"].clone()).await;
    assert_eq!(first.status, 200, "the first offline one");
    assert_eq!(refresh(second["refresh_token"].clone()).await.status, 200, "the second offline one");
    let access = first.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(support::get(server.served.address(), USERINFO, &access).await.status, 200);
    let token = first.json()["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(post(&server, "logout", &[&WEB, &[("refresh_token", &token)]]).await.status, 204);
    let description = "Offline user session not found";
    assert_refused(&refresh(json!(token)).await, 400, "invalid_grant", description, "named by its own token");
}

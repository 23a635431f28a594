//! Authorization codes (RFC 6749 section 4.1): what they bring, what they are refused for, and for how long.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokenscope_server::realm::Realm;

use super::{LOGIN, Row, WEB, ask, assert_refused, claims, names, refresh, with_code};
use crate::support::browser::{Browser, CHALLENGE, REDIRECT_URI, VERIFIER, text};
use crate::support::{Authorization, StoppedClock, part};

#[tokio::test]
async fn a_code_brings_all_three_tokens() {
    let server = Authorization::start().await;
    let code = Browser::new(&server)
        .code("demo-login", "alice", &[("scope", "openid test_api_access"), ("nonce", "n-1")])
        .await;
    let answer = with_code(&server, &code).await;
    assert_eq!(answer.status, 200);
    assert_eq!([answer.header("cache-control"), answer.header("pragma")], [Some("no-store"), Some("no-cache")]);
    let body = answer.json();
    let in_order = [
        "access_token",
        "expires_in",
        "refresh_expires_in",
        "refresh_token",
        "token_type",
        "id_token",
        "not-before-policy",
        "session_state",
        "scope",
    ];
    assert_eq!(names(&body), in_order);
    assert_eq!([&body["expires_in"], &body["refresh_expires_in"]], [&json!(300), &json!(1800)]);
    assert_eq!(body["scope"], "openid profile email test_api_access");
    let access = part(body["access_token"].as_str().unwrap(), 1);
    assert_eq!(
        names(&access),
        [
            "exp",
            "iat",
            "auth_time",
            "jti",
            "iss",
            "aud",
            "sub",
            "typ",
            "azp",
            "sid",
            "acr",
            "realm_access",
            "resource_access",
            "scope",
            "email_verified",
            "name",
            "preferred_username",
            "given_name",
            "family_name",
            "email",
        ]
    );
    assert!(access["jti"].as_str().unwrap().starts_with("onrtac:"));
    let roles = ["default-roles-myorg", "editor", "offline_access", "uma_authorization"];
    let person = json!({
        "email_verified": true, "name": "Alice Liddell", "preferred_username": "alice", "given_name": "Alice",
        "family_name": "Liddell", "email": "alice@example.com",
    });
    let with_person = |mut claims: Value| {
        claims.as_object_mut().unwrap().extend(person.as_object().unwrap().clone());
        claims
    };
    assert_eq!(
        claims(&body, "access_token"),
        with_person(json!({
            "iss": server.issuer, "aud": ["account", "testapiclient1"],
            "sub": "0e9a3a5e-1d0a-4f4c-9d53-6a1f2f3b4c01", "typ": "Bearer", "azp": "demo-login", "acr": "1",
            "realm_access": { "roles": roles },
            "resource_access": { "account": { "roles": ["manage-account", "manage-account-links", "view-profile"] } },
            "scope": "openid profile email test_api_access",
        }))
    );
    assert_eq!(
        claims(&body, "id_token"),
        with_person(json!({
            "iss": server.issuer, "aud": "demo-login", "sub": "0e9a3a5e-1d0a-4f4c-9d53-6a1f2f3b4c01", "typ": "ID",
            "azp": "demo-login", "nonce": "n-1", "acr": "1",
        }))
    );
    let id = part(body["id_token"].as_str().unwrap(), 1);
    assert_eq!([&id["sid"], &id["auth_time"]], [&body["session_state"], &access["auth_time"]]);
    assert_eq!(body["session_state"].as_str().unwrap().len(), 24);
    let header = part(body["refresh_token"].as_str().unwrap(), 0);
    assert_eq!([&header["alg"], &header["typ"]], ["HS512", "JWT"]);
    assert_eq!(
        claims(&body, "refresh_token"),
        json!({
            "iss": server.issuer, "aud": server.issuer, "sub": "0e9a3a5e-1d0a-4f4c-9d53-6a1f2f3b4c01",
            "typ": "Refresh", "azp": "demo-login",
            "scope": "openid profile email roles web-origins acr basic test_api_access",
        })
    );
    let keys = crate::support::request(
        server.served.address(),
        "GET",
        "/realms/myorg/protocol/openid-connect/certs",
        &[],
        b"",
    );
    let kid = header["kid"].as_str().unwrap();
    assert!(!text(&keys.await).contains(kid), "the key of refresh tokens is published");
}

#[tokio::test]
async fn what_a_code_is_refused_for() {
    let server = Authorization::start().await;
    let mut browser = Browser::new(&server);
    let right = [("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];
    let wrong_verifier = VERIFIER.replace('d', "e");
    let too_long = "a".repeat(129);
    let with_verifier = |verifier| [("redirect_uri", REDIRECT_URI), ("code_verifier", verifier)];
    #[rustfmt::skip] // One row a line.
    let rows: Vec<Row<'_>> = vec![
        ("redirect_uri missing", &LOGIN, vec![("code_verifier", VERIFIER)], "Incorrect redirect_uri"),
        ("redirect_uri differs", &LOGIN, vec![("redirect_uri", "http://127.0.0.1:8401/callback"), ("code_verifier", VERIFIER)], "Incorrect redirect_uri"),
        ("another client", &WEB, right.to_vec(), "Auth error: Found different client_id in clientSession"),
        ("no verifier", &LOGIN, vec![("redirect_uri", REDIRECT_URI)], "PKCE code verifier not specified"),
        ("empty verifier", &LOGIN, with_verifier("").to_vec(), "PKCE verification failed: Invalid code verifier"),
        ("short verifier", &LOGIN, with_verifier("abc").to_vec(), "PKCE verification failed: Invalid code verifier"),
        ("long verifier", &LOGIN, with_verifier(&too_long).to_vec(), "PKCE verification failed: Invalid code verifier"),
        ("odd verifier", &LOGIN, with_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX!").to_vec(), "PKCE verification failed: Invalid code verifier"),
        ("wrong verifier", &LOGIN, with_verifier(&wrong_verifier).to_vec(), "PKCE verification failed: Code mismatch"),
    ];
    for (what, client, parameters, description) in rows {
        let code = browser.code("demo-login", "alice", &[]).await;
        let answer = ask(&server, "authorization_code", &[client, &[("code", &code)], &parameters]).await;
        assert_refused(&answer, 400, "invalid_grant", description, what);
        let answer = with_code(&server, &code).await;
        assert_refused(&answer, 400, "invalid_grant", "Code not valid", &format!("{what}: the code is used up"));
    }
    let answer = ask(&server, "authorization_code", &[&LOGIN, &right]).await;
    assert_refused(&answer, 400, "invalid_request", "Missing parameter: code", "no code");
    for code in ["", "nope", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee.x.y"] {
        assert_refused(&with_code(&server, code).await, 400, "invalid_grant", "Code not valid", code);
    }
    let code = browser.code("demo-web", "alice", &[]).await;
    let parameters = [("code", code.as_str()), ("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];
    let description = "PKCE code verifier specified but challenge not present in authorization";
    let answer = ask(&server, "authorization_code", &[&WEB, &parameters]).await;
    assert_refused(&answer, 400, "invalid_grant", description, "verifier without challenge");
    let code = browser.code("demo-web", "alice", &[]).await;
    let twice = [("code", code.as_str()), ("code", "x"), ("redirect_uri", REDIRECT_URI)];
    let answer = ask(&server, "authorization_code", &[&WEB, &twice]).await;
    assert_refused(&answer, 400, "invalid_request", "duplicated parameter", "code twice");
}

#[tokio::test]
async fn a_proof_key_of_either_method_fits() {
    let server = Authorization::start().await;
    let mut browser = Browser::new(&server);
    for (challenge, method) in [(CHALLENGE, "S256"), (VERIFIER, "plain"), (VERIFIER, "")] {
        let asked = [("code_challenge", challenge), ("code_challenge_method", method)];
        let code = browser.code("demo-web", "alice", &asked).await;
        let parameters = [("code", code.as_str()), ("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];
        assert_eq!(ask(&server, "authorization_code", &[&WEB, &parameters]).await.status, 200, "{method}");
    }
}

#[tokio::test]
async fn a_code_used_again_takes_back_what_it_brought() {
    let server = Authorization::start().await;
    let code = Browser::new(&server).code("demo-login", "alice", &[]).await;
    let body = with_code(&server, &code).await.json();
    let userinfo = "/realms/myorg/protocol/openid-connect/userinfo";
    let access = body["access_token"].as_str().unwrap();
    assert_eq!(crate::support::get(server.served.address(), userinfo, access).await.status, 200);
    assert_refused(&with_code(&server, &code).await, 400, "invalid_grant", "Code not valid", "again");
    let answer = crate::support::get(server.served.address(), userinfo, access).await;
    let said = r#"Bearer realm="myorg", error="invalid_token", error_description="user_session_not_found""#;
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some(said)));
    let answer = refresh(&server, &LOGIN, body["refresh_token"].as_str().unwrap()).await;
    assert_refused(&answer, 400, "invalid_grant", "Session doesn't have required client", "its refresh token");
}

#[tokio::test]
async fn a_code_ends_after_a_minute() {
    let clock = StoppedClock::new();
    let server = Authorization::start_at(Realm::built_in(), clock.clock()).await;
    let mut browser = Browser::new(&server);
    let code = browser.code("demo-login", "alice", &[]).await;
    clock.advance(59);
    assert_eq!(with_code(&server, &code).await.status, 200);
    let code = browser.code("demo-login", "alice", &[]).await;
    clock.advance(60);
    assert_refused(&with_code(&server, &code).await, 400, "invalid_grant", "Code not valid", "after a minute");
}

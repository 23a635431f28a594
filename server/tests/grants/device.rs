//! The device grant (RFC 8628).

use pretty_assertions::assert_eq;
use serde_json::json;
use tokenscope_server::realm::Realm;

use super::{DEVICE_CODE, LOGIN, Sent, WEB, ask, assert_refused, names};
use crate::support::browser::{Browser, CHALLENGE, VERIFIER, encoded, text};
use crate::support::{Answer, Authorization, StoppedClock, part};

/// Asks for a device code.
async fn device(server: &Authorization, more: &[(&str, &str)]) -> Answer {
    let mut all = vec![("client_id", "demo-login"), ("scope", "openid")];
    all.extend([("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]);
    all.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    all.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    server.post("protocol/openid-connect/auth/device", &[], &encoded(&all)).await
}

async fn poll(server: &Authorization, device_code: &str) -> Answer {
    let parameters = [("device_code", device_code), ("code_verifier", VERIFIER)];
    ask(server, DEVICE_CODE, &[&LOGIN, &parameters]).await
}

/// Types the code on the page and signs in; what comes then is the question for consent.
async fn to_the_question(browser: &mut Browser<'_>, user_code: &str) -> Answer {
    let page = browser.get("device").await;
    let page = browser.submit(&page, &[("device_user_code", user_code)]).await;
    browser.sign_in(&page, "alice").await
}

#[tokio::test]
async fn a_device_gets_its_tokens() {
    let clock = StoppedClock::new();
    let server = Authorization::start_at(Realm::built_in(), clock.clock()).await;
    let body = device(&server, &[]).await.json();
    let in_order =
        ["device_code", "user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval"];
    assert_eq!(names(&body), in_order);
    let (code, user_code) = (body["device_code"].as_str().unwrap(), body["user_code"].as_str().unwrap());
    assert_eq!(body["verification_uri"], format!("{}/device", server.issuer));
    assert_eq!(body["verification_uri_complete"], format!("{}/device?user_code={user_code}", server.issuer));
    assert_eq!([&body["expires_in"], &body["interval"]], [&json!(600), &json!(5)]);
    let pending = "The authorization request is still pending";
    assert_refused(&poll(&server, code).await, 400, "authorization_pending", pending, "first");
    clock.advance(4);
    assert_refused(&poll(&server, code).await, 400, "slow_down", "Slow down", "too soon");
    clock.advance(5);
    assert_refused(&poll(&server, code).await, 400, "authorization_pending", pending, "the interval has not grown");
    let mut browser = Browser::new(&server);
    let question = to_the_question(&mut browser, &user_code.to_lowercase().replace('-', "")).await;
    assert!(text(&question).contains("Demo app") && text(&question).contains("name=\"accept\""));
    assert_refused(&poll(&server, code).await, 400, "slow_down", "Slow down", "before anything is granted");
    let done = browser.submit(&question, &[("accept", "yes")]).await;
    assert!(text(&done).contains("Your device is connected"), "{}", text(&done));
    clock.advance(5);
    let body = poll(&server, code).await.json();
    let access = part(body["access_token"].as_str().unwrap(), 1);
    assert!(access["jti"].as_str().unwrap().starts_with("onrtdg:"));
    assert_eq!([&access["preferred_username"], &body["scope"]], ["alice", "openid profile email"]);
    assert!(access.get("auth_time").is_some() && body.get("id_token").is_some());
    assert_refused(&poll(&server, code).await, 400, "invalid_grant", "Device code not valid", "again");
    let again = browser.submit(&question, &[("accept", "yes")]).await;
    assert_eq!(again.status, 400, "pressed twice: the code was used");
}

#[tokio::test]
async fn what_a_device_is_refused_for() {
    let clock = StoppedClock::new();
    let server = Authorization::start_at(Realm::built_in(), clock.clock()).await;
    let off =
        "Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client.";
    let not_this = "Invalid client or Invalid client credentials";
    #[rustfmt::skip] // One row a line.
    let rows: Vec<(Sent<'_>, u16, &str, &str)> = vec![
        (&[("client_id", "nope")], 401, "invalid_client", not_this),
        (&[("client_id", "")], 401, "invalid_client", not_this),
        (&[("client_id", "demo-web"), ("client_secret", "x")], 401, "unauthorized_client", not_this),
        (&[("client_id", "demo-legacy")], 400, "unauthorized_client", off),
        (&[("code_challenge", ""), ("code_challenge_method", "")], 400, "invalid_request", "Missing parameter: code_challenge_method"),
        (&[("code_challenge_method", "plain")], 400, "invalid_request", "Invalid parameter: code challenge method is not matching the configured one"),
        (&[("scope", "email"), ("scope", "openid")], 400, "invalid_grant", "duplicated parameter"),
    ];
    for (parameters, status, error, description) in rows {
        assert_refused(&device(&server, parameters).await, status, error, description, description);
    }
    let answer = ask(&server, DEVICE_CODE, &[&LOGIN]).await;
    assert_refused(&answer, 400, "invalid_request", "Missing parameter: device_code", "none");
    for code in ["", "nope"] {
        assert_refused(&poll(&server, code).await, 400, "invalid_grant", "Device code not valid", code);
    }
    let answer = ask(&server, DEVICE_CODE, &[&WEB, &[("device_code", "x")]]).await;
    let description = "Client not allowed OAuth 2.0 Device Authorization Grant";
    assert_refused(&answer, 400, "invalid_grant", description, "grant off");

    let mut browser = Browser::new(&server);
    let body = device(&server, &[("scope", "openid nope")]).await.json();
    let code = body["device_code"].as_str().unwrap();
    let question = to_the_question(&mut browser, body["user_code"].as_str().unwrap()).await;
    let no = browser.submit(&question, &[("cancel", "no")]).await;
    assert!(text(&no).contains("You said no"));
    let denied = "The end user denied the authorization request";
    assert_refused(&poll(&server, code).await, 400, "access_denied", denied, "denied");
    clock.advance(5);
    assert_refused(&poll(&server, code).await, 400, "access_denied", denied, "and stays so");

    let body = device(&server, &[]).await.json();
    clock.advance(600);
    let code = body["device_code"].as_str().unwrap();
    assert_refused(&poll(&server, code).await, 400, "expired_token", "Device code is expired", "ended");
    let page = browser.get("device").await;
    let page = browser.submit(&page, &[("device_user_code", body["user_code"].as_str().unwrap())]).await;
    assert!(text(&page).contains("No device waits for this code"));

    for (verifier, description) in [
        (VERIFIER.replace('d', "e"), "PKCE verification failed: Code mismatch"),
        (String::new(), "PKCE verification failed: Invalid code verifier"),
    ] {
        let body = device(&server, &[]).await.json();
        let mut browser = Browser::new(&server);
        let question = to_the_question(&mut browser, body["user_code"].as_str().unwrap()).await;
        browser.submit(&question, &[("accept", "yes")]).await;
        let code = body["device_code"].as_str().unwrap();
        let parameters = [("device_code", code), ("code_verifier", verifier.as_str())];
        let answer = ask(&server, DEVICE_CODE, &[&LOGIN, &parameters]).await;
        assert_refused(&answer, 400, "invalid_grant", description, description);
    }
}

#[tokio::test]
async fn guessing_user_codes_is_braked() {
    let clock = StoppedClock::new();
    let server = Authorization::start_at(Realm::built_in(), clock.clock()).await;
    let body = device(&server, &[]).await.json();
    let code = body["user_code"].as_str().unwrap();
    let mut browser = Browser::new(&server);
    let mut page = browser.get(&format!("device?user_code={code}")).await;
    assert!(text(&page).contains(&format!("value=\"{code}\"")), "the code stands in the field, to be compared");
    for _ in 0..10 {
        page = browser.submit(&page, &[("device_user_code", "BBBB-BBBB")]).await;
        assert!(text(&page).contains("No device waits"));
    }
    page = browser.submit(&page, &[("device_user_code", code)]).await;
    assert!(text(&page).contains("Too many wrong codes"));
    clock.advance(30);
    page = browser.submit(&page, &[("device_user_code", code)]).await;
    assert!(text(&page).contains("name=\"password\""));
}

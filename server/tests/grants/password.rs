//! The legacy password grant, and the brake on guessing.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokenscope_server::realm::Realm;

use super::{LOGIN, WEB, ask, assert_refused, password, place, realm};
use crate::support::{Authorization, StoppedClock, part};

#[tokio::test]
async fn passwords() {
    let carol = json!({ "id": "c", "username": "carol", "enabled": true, "requiredActions": ["UPDATE_PASSWORD"],
                        "credentials": [{ "type": "password", "value": "carol" }] });
    let mut users: Value = serde_json::from_str::<Value>(include_str!("../../realm.json")).unwrap()["users"].clone();
    // RFC 7914 section 11: PBKDF2-HMAC-SHA-256 of "passwd".
    let dave = json!({ "id": "d", "username": "dave", "enabled": true, "credentials": [{ "type": "password",
                       "credentialData": r#"{"hashIterations":1,"algorithm":"pbkdf2-sha256"}"#,
                       "secretData": r#"{"value":"VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLw=","salt":"c2FsdA=="}"# }] });
    users.as_array_mut().unwrap().extend([carol, dave]);
    let bob = place("users", "username", "bob");
    let server =
        Authorization::start_with(realm(&[("/users", users), (&format!("{bob}/enabled"), json!(false))])).await;
    let body = password(&server, &[]).await.json();
    assert_eq!(body["scope"], "profile email");
    assert_eq!([body.get("id_token"), part(body["access_token"].as_str().unwrap(), 1).get("auth_time")], [None, None]);
    let try_with = |name: &'static str, password: &'static str| {
        let server = &server;
        async move { ask(server, "password", &[&WEB, &[("username", name), ("password", password)]]).await }
    };
    for (name, password) in [("ALICE", "alice"), ("alice@example.com", "alice"), ("dave", "passwd")] {
        assert_eq!(try_with(name, password).await.status, 200, "{name}");
    }
    #[rustfmt::skip] // One row a line.
    let rows = [
        ("alice", "bad", "Invalid user credentials"),
        ("alice", "", "Invalid user credentials"),
        ("alice", "Alice", "Invalid user credentials"),
        ("nobody", "alice", "Invalid user credentials"),
        ("", "alice", "Invalid user credentials"),
        ("service-account-testapiclient1", "", "Invalid user credentials"),
        ("bob", "bob", "Account disabled"),
        ("bob", "bad", "Invalid user credentials"),
        ("carol", "carol", "Account is not fully set up"),
        ("dave", "Passwd", "Invalid user credentials"),
    ];
    for (name, password, description) in rows {
        assert_refused(&try_with(name, password).await, 400, "invalid_grant", description, name);
    }
    let alice = [("username", "alice"), ("password", "alice")];
    let answer = ask(&server, "password", &[&WEB, &alice[1..]]).await;
    assert_refused(&answer, 401, "invalid_request", "Missing parameter: username", "no name");
    let answer = ask(&server, "password", &[&WEB, &alice[..1]]).await;
    assert_refused(&answer, 400, "invalid_grant", "Invalid user credentials", "no password");
    let answer = ask(&server, "password", &[&LOGIN, &alice]).await;
    let description = "Client not allowed for direct access grants";
    assert_refused(&answer, 400, "unauthorized_client", description, "direct grants off");
    let answer = ask(&server, "password", &[&WEB, &alice, &[("scope", "nope")]]).await;
    assert_refused(&answer, 400, "invalid_scope", "Invalid scopes: nope", "scope");
    let legacy = [("client_id", "demo-legacy")];
    assert_eq!(ask(&server, "password", &[&legacy, &alice]).await.status, 200, "a public client");
    let web = place("clients", "clientId", "demo-web");
    let server = Authorization::start_with(realm(&[(&format!("{web}/consentRequired"), json!(true))])).await;
    let answer = password(&server, &[]).await;
    assert_refused(&answer, 400, "invalid_client", "Client requires user consent", "consent");
}

#[tokio::test]
async fn guessing_passwords_is_braked() {
    let clock = StoppedClock::new();
    let server = Authorization::start_at(Realm::built_in(), clock.clock()).await;
    let wrong = [("username", "alice"), ("password", "bad")];
    for _ in 0..10 {
        assert_eq!(ask(&server, "password", &[&WEB, &wrong]).await.status, 400);
    }
    let braked = password(&server, &[]).await;
    assert_refused(&braked, 400, "invalid_grant", "Invalid user credentials", "right, but too soon, and not told so");
    let bob = [("username", "bob"), ("password", "bob")];
    assert_eq!(ask(&server, "password", &[&WEB, &bob]).await.status, 200, "somebody else");
    clock.advance(60);
    assert_eq!(password(&server, &[]).await.status, 200, "after the pause");
    assert_eq!(ask(&server, "password", &[&WEB, &wrong]).await.status, 400);
    assert_eq!(password(&server, &[]).await.status, 200, "the right one has cleared the count");
    for name in 0..50 {
        let name = format!("nobody-{name}");
        ask(&server, "password", &[&WEB, &[("username", name.as_str()), ("password", "x")]]).await;
    }
    assert_eq!(password(&server, &[]).await.status, 400, "many names from one address");
    clock.advance(10);
    assert_eq!(password(&server, &[]).await.status, 200);
}

//! The grants in which a person takes part, over real HTTP: what they bring, and every refusal. Statuses and texts were
//! seen at a real Keycloak.

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
    browser::{Browser, CHALLENGE, REDIRECT_URI, VERIFIER, encoded, text},
    part,
};
use tokenscope_server::realm::Realm;

const WEB: [(&str, &str); 2] = [("client_id", "demo-web"), ("client_secret", "demo-web-secret")];
const LOGIN: [(&str, &str); 1] = [("client_id", "demo-login")];
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The built-in realm with some members of its export changed.
fn realm(changes: &[(&str, Value)]) -> Realm {
    let mut export: Value = serde_json::from_str(include_str!("../realm.json")).unwrap();
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        export.pointer_mut(parent).unwrap()[key] = value.clone();
    }
    Realm::from_json(&export.to_string()).unwrap()
}

/// Where a client or user stands in the export.
fn place(list: &str, key: &str, name: &str) -> String {
    let export: Value = serde_json::from_str(include_str!("../realm.json")).unwrap();
    let index = export[list].as_array().unwrap().iter().position(|one| one[key] == name).unwrap();
    format!("/{list}/{index}")
}

/// Form parameters.
type Sent<'a> = &'a [(&'a str, &'a str)];

/// What is wrong, the client, further parameters, and the description.
type Row<'a> = (&'a str, Sent<'a>, Vec<(&'a str, &'a str)>, &'a str);

async fn ask(server: &Authorization, grant: &str, parameters: &[&[(&str, &str)]]) -> Answer {
    let mut all = vec![("grant_type", grant)];
    all.extend(parameters.iter().flat_map(|some| some.iter()));
    server.token_request(&[], &encoded(&all)).await
}

fn assert_refused(answer: &Answer, status: u16, error: &str, description: &str, what: &str) {
    let body = json!({ "error": error, "error_description": description });
    assert_eq!((answer.status, answer.json()), (status, body), "{what}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
}

/// The claims of one of the answer's tokens, without what is different each time.
fn claims(answer: &Value, token: &str) -> Value {
    let mut claims = part(answer[token].as_str().unwrap(), 1);
    for varying in ["exp", "iat", "auth_time", "jti", "sid", "at_hash", "reuse_id"] {
        claims.as_object_mut().unwrap().shift_remove(varying);
    }
    claims
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

async fn with_code(server: &Authorization, code: &str) -> Answer {
    let parameters = [("code", code), ("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];
    ask(server, "authorization_code", &[&LOGIN, &parameters]).await
}

async fn refresh(server: &Authorization, client: &[(&str, &str)], token: &str) -> Answer {
    ask(server, "refresh_token", &[client, &[("refresh_token", token)]]).await
}

async fn password(server: &Authorization, more: &[(&str, &str)]) -> Answer {
    ask(server, "password", &[&WEB, &[("username", "alice"), ("password", "alice")], more]).await
}

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
    let keys =
        support::request(server.served.address(), "GET", "/realms/myorg/protocol/openid-connect/certs", &[], b"");
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
    assert_eq!(support::get(server.served.address(), userinfo, access).await.status, 200);
    assert_refused(&with_code(&server, &code).await, 400, "invalid_grant", "Code not valid", "again");
    let answer = support::get(server.served.address(), userinfo, access).await;
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

#[tokio::test]
async fn passwords() {
    let carol = json!({ "id": "c", "username": "carol", "enabled": true, "requiredActions": ["UPDATE_PASSWORD"],
                        "credentials": [{ "type": "password", "value": "carol" }] });
    let mut users: Value = serde_json::from_str::<Value>(include_str!("../realm.json")).unwrap()["users"].clone();
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

//! The authorization endpoint and its pages, as a browser sees them: what is refused and how, cookies, headers, forms that
//! come from elsewhere, twice or too late, and text that would like to be markup.

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
    browser::{Browser, CHALLENGE, REDIRECT_URI, VERIFIER, action, encoded, field, parameter, text},
    part,
};
use tokenscope_server::realm::Realm;

/// Form parameters.
type Sent<'a> = &'a [(&'a str, &'a str)];

/// Client, further parameters, and what the page says.
type Row<'a> = (&'a str, Vec<(&'a str, &'a str)>, &'a str);

fn realm(change: impl FnOnce(&mut Value)) -> Realm {
    let mut export: Value = serde_json::from_str(include_str!("../realm.json")).unwrap();
    change(&mut export);
    Realm::from_json(&export.to_string()).unwrap()
}

/// The client of this id in an export.
fn client<'a>(export: &'a mut Value, id: &str) -> &'a mut Value {
    export["clients"].as_array_mut().unwrap().iter_mut().find(|client| client["clientId"] == id).unwrap()
}

fn is_login(page: &Answer) -> bool {
    page.status == 200 && text(page).contains("name=\"password\"")
}

/// The address without what follows it, and the parameters in their order.
fn redirected(answer: &Answer) -> (String, Vec<(String, String)>) {
    assert_eq!(answer.status, 302, "{}", text(answer));
    let (address, query) = answer.header("location").unwrap().split_once(['?', '#']).unwrap();
    (address.to_owned(), form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

#[tokio::test]
async fn what_is_wrong_with_client_or_address_goes_nowhere() {
    let disabled = realm(|export| client(export, "testapiclient2")["enabled"] = json!(false));
    let server = Authorization::start_with(disabled).await;
    let mut browser = Browser::new(&server);
    let bad_address = "Invalid parameter: redirect_uri";
    #[rustfmt::skip] // One row a line.
    let mut rows: Vec<Row<'_>> = vec![
        ("nope", vec![], "Client not found."),
        ("", vec![], "Invalid Request"),
        ("Demo-Web", vec![], "Client not found."),
        ("testapiclient2", vec![], "Client disabled."),
        ("testapiclient1", vec![], bad_address),
        ("demo-legacy", vec![], bad_address),
        ("demo-web", vec![("client_id", "demo-login")], "Invalid Request"),
        ("demo-web", vec![("redirect_uri", REDIRECT_URI), ("redirect_uri", "http://evil.example/")], bad_address),
        ("demo-web", vec![("request", "x")], "Invalid Request"),
        ("demo-web", vec![("request_uri", "https://evil.example/")], "Invalid Request"),
    ];
    for address in [
        "",
        "http://evil.example/cb",
        "//evil.example",
        "http://127.0.0.1@evil.example/callback",
        "http://127.0.0.1:8400@evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.1:8400/callback/../x",
        "http://127.0.0.1:8400/callback?x=1",
        "http://127.0.0.1:8400/callback#x",
        "http://127.0.0.1:8400/callback\r\nx: y",
        "http://127.0.0.1:8400\\@evil.example/callback",
        "http://localhost:8400/callback",
        "https://127.0.0.1/callback",
        "http://[::1]/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        " http://127.0.0.1/callback",
        "http://127.0.0.1:99999/callback",
    ] {
        rows.push(("demo-web", vec![("redirect_uri", address)], bad_address));
    }
    for (client, parameters, said) in rows {
        let answer = browser.authorize(client, &parameters).await;
        let what = format!("{client:?} {parameters:?}");
        // Control characters are left out, as in every parameter: what remains is not registered either.
        assert_eq!((answer.status, answer.header("location")), (400, None), "{what}");
        assert!(text(&answer).contains(said), "{what}: {}", text(&answer));
        assert!(text(&answer).contains("role=\"alert\"") && !text(&answer).contains("evil"), "{what}");
    }
    for (client, address) in [
        ("demo-web", "http://127.0.0.1/callback"),
        ("demo-web", "http://127.0.0.1:1/callback"),
        ("demo-login", "http://[::1]:65535/callback"),
    ] {
        assert!(is_login(&browser.authorize(client, &[("redirect_uri", address)]).await), "{address}");
    }
}

#[tokio::test]
async fn other_errors_are_told_the_client() {
    let server = Authorization::start().await;
    let implicit = "Client is not allowed to initiate browser login with given response_type. Implicit flow is disabled \
                    for the client.";
    let other_method = "Invalid parameter: code challenge method is not matching the configured one";
    #[rustfmt::skip] // One row a line.
    let rows: Vec<(&str, Sent<'_>, &str, Option<&str>)> = vec![
        ("demo-web", &[("response_type", "")], "invalid_request", Some("Missing parameter: response_type")),
        ("demo-web", &[("response_type", "foo")], "unsupported_response_type", None),
        ("demo-web", &[("response_type", "token")], "unauthorized_client", Some(implicit)),
        ("demo-web", &[("response_type", "code id_token")], "unauthorized_client", Some(implicit)),
        ("demo-web", &[("response_mode", "carrier_pigeon")], "invalid_request", Some("Invalid parameter: response_mode")),
        ("demo-web", &[("response_mode", "fragment"), ("prompt", "none")], "login_required", None),
        ("demo-web", &[("scope", "openid nope")], "invalid_scope", Some("Invalid scopes: openid nope")),
        ("demo-web", &[("nonce", "a"), ("nonce", "b")], "invalid_request", Some("duplicated parameter")),
        ("demo-web", &[("prompt", "none")], "login_required", None),
        ("demo-web", &[("code_challenge_method", "S256")], "invalid_request", Some("Missing parameter: code_challenge")),
        ("demo-web", &[("code_challenge", CHALLENGE), ("code_challenge_method", "S512")], "invalid_request", Some("Invalid parameter: code_challenge_method")),
        ("demo-web", &[("code_challenge", "short")], "invalid_request", Some("Invalid parameter: code_challenge")),
        ("demo-login", &[("code_challenge", "")], "invalid_request", Some("Missing parameter: code_challenge_method")),
        ("demo-login", &[("code_challenge", CHALLENGE)], "invalid_request", Some("Missing parameter: code_challenge_method")),
        ("demo-login", &[("code_challenge", VERIFIER), ("code_challenge_method", "plain")], "invalid_request", Some(other_method)),
        ("demo-login", &[("code_challenge", ""), ("code_challenge_method", "S256")], "invalid_request", Some("Missing parameter: code_challenge")),
        ("demo-login", &[("code_challenge", "a b"), ("code_challenge_method", "S256")], "invalid_request", Some("Invalid parameter: code_challenge")),
    ];
    for (client, parameters, error, description) in rows {
        let answer = Browser::new(&server).authorize(client, parameters).await;
        let what = format!("{client} {parameters:?}");
        let (address, sent) = redirected(&answer);
        assert_eq!(address, REDIRECT_URI, "{what}");
        let mut expected = vec![("error", error)];
        expected.extend(description.map(|text| ("error_description", text)));
        expected.extend([("state", "st"), ("iss", server.issuer.as_str())]);
        let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(sent, expected, "{what}");
        let implicit = parameters.iter().any(|(name, value)| *name == "response_type" && value.contains("token"));
        let fragment = implicit || parameters.contains(&("response_mode", "fragment"));
        assert_eq!(answer.header("location").unwrap().contains('#'), fragment, "{what}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    }
    let strange = "a b&c=\"<é";
    let answer = Browser::new(&server).authorize("demo-web", &[("state", strange), ("prompt", "none")]).await;
    assert_eq!(parameter(&answer, "state").as_deref(), Some(strange));
    let answer = Browser::new(&server).authorize("demo-web", &[("state", ""), ("prompt", "none")]).await;
    assert_eq!(parameter(&answer, "state"), None);
}

#[tokio::test]
async fn from_the_login_to_the_code() {
    let server = Authorization::start().await;
    let mut browser = Browser::new(&server);
    let page = browser.authorize("demo-login", &[("login_hint", "bob"), ("scope", "openid test_api_access")]).await;
    assert!(is_login(&page) && text(&page).contains("value=\"bob\""));
    let page = browser.sign_in(&page, "alice").await;
    for said in ["Grant access to Demo app?", "Alice Liddell", "Call the scoped endpoint of the test API"] {
        assert!(text(&page).contains(said), "{said}");
    }
    let answer = browser.submit(&page, &[("accept", "yes")]).await;
    let (address, sent) = redirected(&answer);
    assert_eq!(address, REDIRECT_URI);
    let names: Vec<_> = sent.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["state", "session_state", "iss", "code"]);
    assert_eq!([&sent[0].1, &sent[2].1], ["st", &server.issuer]);
    // Signed in, and the consent is remembered; more scopes are asked for anew.
    let answer = browser.authorize("demo-login", &[("prompt", "none")]).await;
    assert_eq!(parameter(&answer, "session_state").as_ref(), Some(&sent[1].1));
    let answer = browser.authorize("demo-login", &[("prompt", "none"), ("scope", "openid phone")]).await;
    assert_eq!(parameter(&answer, "error").as_deref(), Some("interaction_required"));
    let page = browser.authorize("demo-login", &[("scope", "openid phone")]).await;
    assert!(text(&page).contains("Phone number"));
    let answer = browser.submit(&page, &[("cancel", "no")]).await;
    let (address, sent) = redirected(&answer);
    let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let denied = vec![("error", "access_denied"), ("state", "st"), ("iss", server.issuer.as_str())];
    assert_eq!((address.as_str(), sent), (REDIRECT_URI, denied));
    let page = browser.authorize("demo-login", &[("prompt", "consent")]).await;
    assert!(text(&page).contains("name=\"accept\""));
}

#[tokio::test]
async fn an_earlier_login_counts_unless_the_client_wants_a_new_one() {
    let clock = StoppedClock::new();
    let server = Authorization::start_at(Realm::built_in(), clock.clock()).await;
    let mut browser = Browser::new(&server);
    let exchange = |code: String| {
        let server = &server;
        async move {
            let parameters = [
                ("grant_type", "authorization_code"),
                ("client_id", "demo-web"),
                ("client_secret", "demo-web-secret"),
                ("code", code.as_str()),
                ("redirect_uri", REDIRECT_URI),
            ];
            let answer = server.token_request(&[], &encoded(&parameters)).await.json();
            let claims = part(answer["id_token"].as_str().unwrap(), 1);
            (claims["acr"].as_str().unwrap().to_owned(), claims["auth_time"].as_u64().unwrap())
        }
    };
    let (acr, first) = exchange(browser.code("demo-web", "alice", &[]).await).await;
    assert_eq!(acr, "1");
    clock.advance(100);
    let answer = browser.authorize("demo-web", &[("max_age", "101")]).await;
    assert_eq!(exchange(parameter(&answer, "code").unwrap()).await, ("0".to_owned(), first));
    for parameters in [("prompt", "login"), ("max_age", "0"), ("max_age", "100")] {
        assert!(is_login(&browser.authorize("demo-web", &[parameters]).await), "{parameters:?}");
    }
    let page = browser.authorize("demo-web", &[("prompt", "login")]).await;
    let answer = browser.sign_in(&page, "alice").await;
    assert_eq!(exchange(parameter(&answer, "code").unwrap()).await, ("1".to_owned(), first + 100));
    clock.advance(1800);
    assert!(is_login(&browser.authorize("demo-web", &[]).await), "the session was idle for too long");
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again() {
    let server = Authorization::start().await;
    let mut browser = Browser::new(&server);
    let page = browser.authorize("demo-web", &[]).await;
    let mut texts = Vec::new();
    for (name, password) in [("alice", "bad"), ("nobody", "bad"), ("alice", ""), ("", "")] {
        let page = browser.submit(&page, &[("username", name), ("password", password)]).await;
        assert!(is_login(&page), "{name}");
        assert_eq!(browser.cookies.len(), 1, "no session");
        assert!(!text(&page).contains("value=\"bad\""), "the password comes back");
        for mark in
            ["id=\"login-error\"", "role=\"alert\"", "aria-describedby=\"login-error\"", "aria-invalid=\"true\""]
        {
            assert!(text(&page).contains(mark), "{mark}");
        }
        let plain = text(&page).replace(&format!("value=\"{name}\""), "");
        texts.push(plain.replace(&field(&page, "visit"), ""));
    }
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "the page tells who there is");
    let answer = browser.sign_in(&page, "alice").await;
    assert!(parameter(&answer, "code").is_some(), "the same form still works");
}

#[tokio::test]
async fn cookies_are_for_this_realms_pages_alone() {
    let server = Authorization::start().await;
    let mut browser = Browser::new(&server);
    let page = browser.authorize("demo-web", &[]).await;
    let answer = browser.sign_in(&page, "alice").await;
    assert_eq!((page.cookies.len(), answer.cookies.len()), (1, 1));
    for cookie in page.cookies.iter().chain(&answer.cookies) {
        let (pair, flags) = cookie.split_once("; ").unwrap();
        assert_eq!(flags, "Path=/realms/myorg/; HttpOnly; SameSite=Lax");
        assert_eq!(pair.split_once('=').unwrap().1.len(), 43);
        let session = parameter(&answer, "session_state").unwrap();
        assert!(!pair.contains(&session), "the cookie is the session's id, which stands in every token");
    }
    // What a browser had before it signed in does not lead to the session.
    let before = browser.cookies["tokenscope_session"].clone();
    let page = browser.authorize("demo-web", &[("prompt", "login")]).await;
    browser.sign_in(&page, "alice").await;
    assert_ne!(browser.cookies["tokenscope_session"], before);
    let mut made_up = Browser::new(&server);
    made_up.cookies = browser.cookies.keys().map(|name| (name.clone(), "x".repeat(43))).collect();
    let answer = made_up.authorize("demo-web", &[("prompt", "none")]).await;
    assert_eq!(parameter(&answer, "error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn an_https_issuer_has_secure_cookies() {
    let server = Authorization::start().await;
    let keys = tokenscope_server::realm::KeyFile::at(server.key_file()).load_or_create().unwrap();
    let issuer = "https://sso.example/realms/myorg".to_owned();
    let behind_tls = tokenscope_server::authorization::AuthorizationServer::new(Realm::built_in(), keys, issuer);
    let secure = support::Served::start(|_| behind_tls.router()).await;
    let path = format!(
        "/realms/myorg/protocol/openid-connect/auth?response_type=code&client_id=demo-web&redirect_uri={REDIRECT_URI}"
    );
    let page = support::request(secure.address(), "GET", &path, &[], b"").await;
    assert!(page.cookies[0].contains("; Secure"), "{:?}", page.cookies);
}

#[tokio::test]
async fn forms_from_elsewhere_do_nothing() {
    let server = Authorization::start().await;
    let mut victim = Browser::new(&server);
    let mut attacker = Browser::new(&server);
    let page = attacker.authorize("demo-web", &[]).await;
    victim.authorize("demo-web", &[]).await;
    // The attacker's form, sent by the victim's browser: it would sign her in to the attacker's request.
    let visit = field(&page, "visit");
    for form in [
        encoded(&[("visit", &visit), ("username", "alice"), ("password", "alice")]),
        encoded(&[("visit", "made-up"), ("username", "alice"), ("password", "alice")]),
        encoded(&[("username", "alice"), ("password", "alice")]),
        encoded(&[("visit", &visit), ("accept", "yes")]),
        encoded(&[("visit", &visit), ("confirmLogout", "")]),
    ] {
        for path in ["authenticate", "consent", "logout-confirm"] {
            let answer = victim.send("POST", &format!("login-actions/{path}"), &form).await;
            assert_eq!((answer.status, answer.header("location")), (400, None), "{path} {form}");
            assert!(text(&answer).contains("This page has expired"));
            assert!(answer.cookies.is_empty(), "{path} {form}");
        }
    }
    let mut without_cookies = Browser::new(&server);
    let answer = without_cookies.submit(&page, &[("username", "alice"), ("password", "alice")]).await;
    assert_eq!(answer.status, 400);
    // Consent cannot be given before somebody has signed in, nor for the one who has.
    let page = victim.authorize("demo-login", &[]).await;
    let visit = field(&page, "visit");
    let answer = victim.send("POST", "login-actions/consent", &encoded(&[("visit", &visit), ("accept", "yes")])).await;
    assert_eq!(answer.status, 400);
    for path in ["authenticate", "consent", "logout-confirm"] {
        assert_eq!(victim.get(&format!("login-actions/{path}?visit={visit}")).await.status, 400, "{path} opened");
    }
}

#[tokio::test]
async fn two_tabs_do_not_disturb_each_other() {
    let server = Authorization::start().await;
    let mut browser = Browser::new(&server);
    let one = browser.authorize("demo-web", &[("state", "one")]).await;
    let two = browser.authorize("demo-login", &[("state", "two")]).await;
    let question = browser.sign_in(&two, "bob").await;
    let answer = browser.sign_in(&one, "alice").await;
    assert_eq!(parameter(&answer, "state").as_deref(), Some("one"));
    let answer = browser.submit(&question, &[("accept", "yes")]).await;
    assert_eq!(parameter(&answer, "state").as_deref(), Some("two"));
    let parameters = [
        ("grant_type", "authorization_code"),
        ("client_id", "demo-login"),
        ("code_verifier", VERIFIER),
        ("code", &parameter(&answer, "code").unwrap()),
        ("redirect_uri", REDIRECT_URI),
    ];
    let tokens = server.token_request(&[], &encoded(&parameters)).await.json();
    assert_eq!(
        part(tokens["id_token"].as_str().unwrap(), 1)["preferred_username"],
        "bob",
        "who was asked is who consents"
    );
}

#[tokio::test]
async fn pressing_twice_and_going_back() {
    let clock = StoppedClock::new();
    let server = Authorization::start_at(Realm::built_in(), clock.clock()).await;
    let mut browser = Browser::new(&server);
    let page = browser.authorize("demo-web", &[]).await;
    let first = browser.sign_in(&page, "alice").await;
    let second = browser.sign_in(&page, "alice").await;
    assert_eq!(first.header("location"), second.header("location"), "the same answer for the same press");
    let code = parameter(&first, "code").unwrap();
    let parameters = [
        ("grant_type", "authorization_code"),
        ("client_id", "demo-web"),
        ("client_secret", "demo-web-secret"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT_URI),
    ];
    assert_eq!(server.token_request(&[], &encoded(&parameters)).await.status, 200);
    let third = browser.sign_in(&page, "alice").await;
    assert!(third.status == 200 && text(&third).contains("The application already has its answer"));
    // Back from the question for consent to the login page, and in as somebody else.
    let page = browser.authorize("demo-login", &[("prompt", "login")]).await;
    browser.sign_in(&page, "alice").await;
    let question = browser.sign_in(&page, "bob").await;
    assert!(text(&question).contains("Bob Baker"));
    let answer = browser.submit(&question, &[("cancel", "no")]).await;
    assert_eq!(parameter(&answer, "error").as_deref(), Some("access_denied"));
    assert_eq!(browser.submit(&question, &[("accept", "yes")]).await.status, 400, "no stays no");
    // A form that somebody comes back to after lunch.
    let page = browser.authorize("demo-login", &[("prompt", "login")]).await;
    clock.advance(1800);
    let answer = browser.sign_in(&page, "alice").await;
    assert!(answer.status == 400 && text(&answer).contains("Go back to the application and begin there again"));
}

/// Headers that every page has, and what its form may lead to.
fn assert_safe(page: &Answer, form_may_lead_to: Option<&str>, what: &str) {
    for (name, value) in [
        ("content-type", "text/html;charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(page.header(name), Some(value), "{what}: {name}");
    }
    let policy = page.header("content-security-policy").unwrap();
    let parts: Vec<&str> = policy.split("; ").collect();
    let target = form_may_lead_to.map(|target| format!(" {target}")).unwrap_or_default();
    assert_eq!(parts[0], "default-src 'none'", "{what}");
    assert!(parts[1].starts_with("style-src 'sha256-"), "{what}");
    assert_eq!(
        parts[2..],
        [&format!("form-action 'self'{target}"), "frame-ancestors 'none'", "base-uri 'none'"],
        "{what}"
    );
    let text = text(page);
    let style = text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, style.as_bytes());
    let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash);
    assert_eq!(parts[1], format!("style-src 'sha256-{hash}'"), "{what}: the policy is for another style");
    for (mark, times) in [("<h1", 1), ("lang=\"en\"", 1), ("<title>", 1), ("<main>", 1), ("<script", 0), ("style=", 0)]
    {
        assert_eq!(text.matches(mark).count(), times, "{what}: {mark}");
    }
    for id in text.split(" for=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(text.contains(&format!("id=\"{id}\"")), "{what}: a label for nothing: {id}");
    }
}

#[tokio::test]
async fn every_page_is_safe_and_readable() {
    let server = Authorization::start().await;
    let mut browser = Browser::new(&server);
    let to_client = Some("http://127.0.0.1:8400");
    let login = browser.authorize("demo-login", &[]).await;
    assert_safe(&login, to_client, "login");
    for said in
        ["Sign in to My organisation", "Demo app", "<label for=\"username\">", "Alice Liddell", "<code>bob</code>"]
    {
        assert!(text(&login).contains(said), "{said}");
    }
    assert_safe(&browser.submit(&login, &[("username", "x"), ("password", "y")]).await, to_client, "login, again");
    assert_safe(&browser.sign_in(&login, "alice").await, to_client, "consent");
    let by_form = browser.authorize("demo-web", &[("response_mode", "form_post")]).await;
    assert_safe(&by_form, to_client, "form post");
    assert_eq!(action(&by_form), REDIRECT_URI);
    assert_eq!([field(&by_form, "state"), field(&by_form, "iss")], ["st".to_owned(), server.issuer.clone()]);
    assert_eq!(field(&by_form, "code").len(), 43);
    let six = Browser::new(&server).authorize("demo-login", &[("redirect_uri", "http://[::1]:8400/callback")]).await;
    assert_safe(&six, Some("http:"), "a policy cannot name an IPv6 address");
    assert_safe(&browser.authorize("nope", &[]).await, None, "error");
    let device = browser.get("device").await;
    assert_safe(&device, None, "device");
    assert_safe(&browser.submit(&device, &[("device_user_code", "x")]).await, None, "device, again");
    assert_safe(&browser.get("protocol/openid-connect/logout").await, None, "logout");
    assert_safe(&browser.get("login-actions/consent").await, None, "expired");
}

#[tokio::test]
async fn text_stays_text() {
    let hostile = "\"><script>alert(1)</script>&'";
    let server = Authorization::start_with(realm(|export| {
        export["displayName"] = json!(hostile);
        client(export, "demo-login")["name"] = json!(hostile);
        let alice =
            export["users"].as_array_mut().unwrap().iter_mut().find(|user| user["username"] == "alice").unwrap();
        alice["firstName"] = json!(hostile);
        export["clientScopes"][0]["attributes"]["consent.screen.text"] = json!(hostile);
    }))
    .await;
    let mut browser = Browser::new(&server);
    let login = browser.authorize("demo-login", &[("login_hint", hostile), ("scope", "test_api_access")]).await;
    let again = browser.submit(&login, &[("username", hostile), ("password", hostile)]).await;
    let consent = browser.sign_in(&login, "alice").await;
    let device = browser.get(&format!("device?{}", encoded(&[("user_code", hostile)]))).await;
    let wrong_code = browser.submit(&device, &[("device_user_code", hostile)]).await;
    let logout = browser.get("protocol/openid-connect/logout").await;
    let form_post =
        browser.authorize("demo-web", &[("state", hostile), ("response_mode", "form_post"), ("prompt", "none")]).await;
    for (what, page) in [
        ("login", login),
        ("login again", again),
        ("consent", consent),
        ("device", device),
        ("wrong code", wrong_code),
        ("logout", logout),
        ("form post", form_post),
    ] {
        let text = text(&page);
        assert_eq!(page.status, 200, "{what}");
        assert!(!text.contains("<script") && text.contains("&lt;script&gt;"), "{what}: {text}");
        assert!(!text.contains("value=\"\"><"), "{what}");
    }
}

#[tokio::test]
async fn the_people_of_a_realm_of_ones_own_are_not_shown() {
    let server = Authorization::start_with(realm(|_| {})).await;
    let page = Browser::new(&server).authorize("demo-web", &[]).await;
    assert!(is_login(&page) && !text(&page).contains("alice") && !text(&page).contains("Liddell"));
}

/// Whatever is sent, there is an answer that is meant, and never a redirect to what was sent.
#[tokio::test]
async fn any_text_is_answered() {
    use proptest::{
        strategy::{Strategy as _, ValueTree as _},
        test_runner::TestRunner,
    };
    let server = Authorization::start().await;
    let mut runner = TestRunner::deterministic();
    let mut text = || "\\PC{0,60}|[\\x00-\\x7f]{0,60}".new_tree(&mut runner).unwrap().current();
    let names = [
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "prompt",
        "max_age",
        "login_hint",
        "code_challenge",
        "code_challenge_method",
    ];
    for round in 0..200 {
        let mut browser = Browser::new(&server);
        let (name, value) = (names[round % names.len()], text());
        let answer = browser.authorize("demo-web", &[(name, &value)]).await;
        assert!([200, 302, 400].contains(&answer.status), "{name}={value:?}: {}", answer.status);
        if let Some(address) = answer.header("location") {
            assert!(address.starts_with(REDIRECT_URI) && name != "redirect_uri", "{name}={value:?}: {address}");
        }
        let form =
            encoded(&[("visit", &value), ("token", &value), ("device_user_code", &value), ("id_token_hint", &value)]);
        for path in ["login-actions/authenticate", "login-actions/consent", "device", "protocol/openid-connect/logout"]
        {
            let answer = browser.send("POST", path, &form).await;
            assert!([200, 400].contains(&answer.status), "{path} {value:?}: {}", answer.status);
        }
        browser.cookies = [("tokenscope_browser", &value), ("tokenscope_session", &value)]
            .map(|(name, value)| (name.to_owned(), value.replace(|c: char| !c.is_ascii_graphic() || c == ';', "")))
            .into();
        assert_eq!(browser.authorize("demo-web", &[]).await.status, 200, "{value:?} as a cookie");
    }
}

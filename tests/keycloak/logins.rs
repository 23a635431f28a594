//! People log in to Keycloak for the headless commands: by a browser that comes back, by a code on another device. The
//! bundled API takes their tokens.

use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::admin;
use crate::http::{Request, Server};
use crate::person::{Consent, Person};
use crate::support::browser::Browser;
use crate::support::waiting::Waiting;
use crate::support::{Place, free_ports};

/// Nothing takes so long, also on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);

pub async fn all(keycloak: &Server) -> String {
    let (place, api_port) = place(keycloak.issuer.as_str(), "");
    admin::forget_consent(keycloak, "alice", "demo-login").await;
    let token = by_browser(keycloak, &place).await;
    by_device(keycloak, &place).await;
    by_program(keycloak, &place).await;
    refused(keycloak, &place).await;
    // Nothing of a login is kept between two runs, unless the profile says so.
    place.run(&["logout", "alice"]).code(0).says("nobody is logged in");
    behind_serve(keycloak, &place, api_port, &token).await;
    "alice by browser, by device code, for a program; a no; logout; her token at the API of `serve --issuer`".into()
}

/// The shipped profiles with this issuer, which nobody needs to start, and more of one's own. The API, which is started,
/// has a port of its own, for the usual one may be taken.
pub fn place(issuer: &str, more: &str) -> (Place, u16) {
    let [port] = free_ports();
    let text = tokenscope::config::DEMO_TEXT.replace("http://localhost:8001/realms/myorg", issuer);
    let text = text.replacen("embedded = true", "embedded = false", 1);
    (Place::with(&(text.replace("localhost:50100", &format!("localhost:{port}")) + more)), port)
}

/// What a person does in a browser: opens the address, does what Keycloak's pages ask, and lands on the page of the
/// program that waits. Says whether they were asked for consent.
pub async fn log_in(keycloak: &Server, address: &str, consent: Consent) -> (bool, String) {
    let mut person = Person::new(keycloak, "alice", consent);
    let answer = person.open(address).await;
    let back = answer.header("location").unwrap_or_else(|| panic!("{} {}", answer.status, answer.body));
    assert!(back.starts_with("http://127.0.0.1:"), "{back}");
    let back = back.to_owned();
    let page = tokio::task::spawn_blocking(move || Browser::default().open(&back)).await.unwrap();
    (person.was_asked(), page.title().to_owned())
}

/// A person opens the address with the code and agrees.
pub async fn approve(keycloak: &Server, address: &str) {
    let answer = Person::new(keycloak, "alice", Consent::Give).open(address).await;
    assert!(answer.body.contains("Device Login Successful"), "{} {}", answer.status, answer.body);
}

async fn by_browser(keycloak: &Server, place: &Place) -> String {
    let mut login = Waiting::begin(place.command(&["token", "alice", "--no-browser", "--json"]));
    let (address, before) = login.until("response_type=code");
    assert!(before.contains("as asked, no browser was opened"), "{before}");
    let (asked, title) = log_in(keycloak, &address, Consent::Give).await;
    assert!(asked, "alice was not asked for consent");
    assert_eq!(title, "Logged in - tokenscope");
    let (code, out, err) = login.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("The login is done") && !err.contains("eyJ"), "{err}");
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["claims"]["iss"], keycloak.issuer.as_str());
    assert_eq!(json["claims"]["preferred_username"], "alice");
    json["access_token"].as_str().expect("a token").to_owned()
}

async fn by_device(keycloak: &Server, place: &Place) {
    let mut login = Waiting::begin(place.command(&["token", "alice", "--device"]));
    let address = login.device_address();
    approve(keycloak, &address).await;
    let (code, out, err) = login.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(out.starts_with("eyJ") && out.lines().count() == 1, "{out}");
}

async fn by_program(keycloak: &Server, place: &Place) {
    let mut login =
        Waiting::begin(place.command(&["exec", "alice", "--", "sh", "-c", "printf %.3s \"$TOKEN\"; exit 7"]));
    let (address, _) = login.until("response_type=code");
    log_in(keycloak, &address, Consent::Give).await;
    let (code, out, err) = login.end();
    assert_eq!((code, out.as_str()), (Some(7), "eyJ"), "{err}");
}

async fn refused(keycloak: &Server, place: &Place) {
    admin::forget_consent(keycloak, "alice", "demo-login").await;
    let mut login = Waiting::begin(place.command(&["token", "alice", "--no-browser"]));
    let (address, _) = login.until("response_type=code");
    let (asked, title) = log_in(keycloak, &address, Consent::Refuse).await;
    assert!(asked && title == "No login - tokenscope", "{title}");
    let (code, out, err) = login.end();
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("access_denied"), "{err}");
}

/// `tokenscope serve --issuer` takes her token where it wants the scope, and no other where it does not have it.
async fn behind_serve(keycloak: &Server, place: &Place, port: u16, token: &str) {
    let api_port = port.to_string();
    let mut command = place.command(&["serve", "--issuer", keycloak.issuer.as_str(), "--api-port", &api_port]);
    let mut serve = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let end = Instant::now() + DEADLINE;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(serve.try_wait().unwrap().is_none() && Instant::now() < end, "serve does not answer at {port}");
        tokio::task::yield_now().await;
    }
    let api = Server::at(&format!("http://localhost:{port}"));
    let ask = |token: String| {
        Request::get("/api/private-scoped").header("authorization", &format!("Bearer {}", token.trim()))
    };
    let hers = api.send(&ask(token.to_owned())).await;
    let without = place.run(&["token", "tester-no-scope"]).code(0).out;
    let refused = api.send(&ask(without)).await;
    serve.kill().unwrap();
    serve.wait().unwrap();
    assert_eq!((hers.status, refused.status), (200, 403), "{} {}", hers.body, refused.body);
}

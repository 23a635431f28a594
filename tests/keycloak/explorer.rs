//! Every grant in the real explorer, in a pseudo-terminal, against Keycloak: with the shipped profiles, of which only the
//! issuer is another, and a few more clients of the same realm. The browser is a scripted person.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::admin;
use crate::http::Server;
use crate::logins::{approve, log_in, place};
use crate::person::{Consent, Person};
use crate::support::pty::Pty;
use crate::support::{Place, free_ports};

/// Clients of the realm that the shipped profiles do not have.
const MORE: &str = r#"
[profiles.legacy]
provider = "demo"
client_id = "demo-legacy"
grant = "password"
username = "alice"
password = "alice"
scopes = ["openid", "test_api_access"]

[profiles.mistyped]
provider = "demo"
client_id = "demo-legacy"
grant = "password"
username = "alice"
password = "alcie"

[profiles.web]
provider = "demo"
client_id = "demo-web"
client_secret = "demo-web-secret"
grant = "authorization_code"
scopes = ["openid"]

[profiles.unregistered]
provider = "demo"
client_id = "demo-login"
grant = "authorization_code"
scopes = ["openid"]
redirect_uri = "http://127.0.0.1:PORT/elsewhere"
"#;

pub async fn all(keycloak: &Server) -> String {
    let [port] = free_ports();
    let elsewhere = format!("http://127.0.0.1:{port}/elsewhere");
    let more = MORE.replace("http://127.0.0.1:PORT/elsewhere", &elsewhere);
    let (place, _) = place(keycloak.issuer.as_str(), &more);
    admin::forget_consent(keycloak, "alice", "demo-login").await;
    client_credentials(keycloak, &place);
    authorization_code(keycloak, &place).await;
    device_code(keycloak, &place).await;
    password(&place);
    introspection(keycloak, &place).await;
    denial(keycloak, &place).await;
    unregistered(keycloak, &place, &elsewhere).await;
    "client credentials, authorization code with PKCE, device code, password, renewal with rotation; introspection, \
     userinfo, revocation, logout; a no, a wrong password and a redirect URI that is not registered"
        .into()
}

fn client_credentials(keycloak: &Server, place: &Place) {
    let mut screen = Explorer::open(place, "tester");
    screen.pty.press("t");
    screen.shows(&["VERIFIED signature", keycloak.issuer.as_str(), "testapiclient1"]);
    screen.pty.press("3");
    screen.shows(&["private-scoped, as tester", "200", "ALLOWED"]);
    screen.leave();
}

/// Login, consent, all three tokens, what can be done with them, and the end of the session.
async fn authorization_code(keycloak: &Server, place: &Place) {
    let mut screen = Explorer::open(place, "alice");
    screen.pty.press("3");
    let address = screen.login_address();
    assert!(address.contains("code_challenge_method=S256"), "{address}");
    let (asked, title) = log_in(keycloak, &address, Consent::Give).await;
    assert!(asked, "alice was not asked for consent");
    assert_eq!(title, "Logged in - tokenscope");
    // The API, started for this issuer alone, takes her token.
    screen.shows(&["VERIFIED signature", "private-scoped, as alice", "200"]);
    screen.pty.press("w");
    screen.shows(&["VERIFIED", "nonce, at_hash"]);
    screen.pty.press("w");
    screen.shows(&["NOT CHECKED: only the provider", "Refresh"]);
    screen.pty.press("w");
    screen.pty.press("U");
    screen.shows(&["Userinfo, asked with the access token", "preferred_username", "· 200 ·"]);
    screen.close("Userinfo");
    // A public client may not ask; the answer is shown, with what to do.
    screen.pty.press("I");
    screen.shows(&["Introspection of the access token", "/token/introspect · 40"]);
    screen.close("Introspection");

    let before = screen.fingerprint();
    screen.renewed_after(&before);
    // With the refresh token that came with the renewal: Keycloak takes each of this realm's only once.
    let second = screen.fingerprint();
    screen.renewed_after(&second);

    screen.pty.press("R");
    screen.shows(&["Revocation of the access token", "· 200 ·"]);
    screen.close("Revocation");
    screen.shows(&["✖ revoked"]);
    screen.pty.press("O");
    screen.shows(&["alice is logged out"]);
    screen.close("Logging alice out");
    screen.shows(&["○ login"]);
    screen.leave();
}

async fn device_code(keycloak: &Server, place: &Place) {
    let mut screen = Explorer::open(place, "alice");
    screen.pty.press("D");
    screen.shows(&["and enter the code", "/realms/myorg/device"]);
    let code = screen.copied("c");
    screen.shows(&[&code, "█▀▀▀▀▀█"]);
    let address = screen.copied("y");
    assert!(address.contains(&code), "{address} has no {code}");
    approve(keycloak, &address).await;
    screen.pty.wait_for("the token", |screen| {
        let text = screen.contents();
        text.contains("VERIFIED signature") && !text.contains("Log in as alice")
    });
    screen.leave();
}

fn password(place: &Place) {
    let mut screen = Explorer::open(place, "legacy");
    screen.pty.press("t");
    screen.shows(&["VERIFIED signature", "demo-legacy", "legacy"]);
    screen.leave();
    let mut screen = Explorer::open(place, "mistyped");
    screen.pty.press("t");
    screen.shows(&["invalid_grant", "Invalid user credentials", "The password of"]);
    screen.leave();
}

/// A confidential client whose own name is in the token's `aud`.
async fn introspection(keycloak: &Server, place: &Place) {
    let mut screen = Explorer::open(place, "web");
    screen.pty.press("t");
    let address = screen.login_address();
    log_in(keycloak, &address, Consent::Give).await;
    screen.shows(&["VERIFIED signature"]);
    screen.pty.press("I");
    screen.shows(&[
        "Introspection of the access token",
        "The provider says that the access token is active",
        "· 200 ·",
    ]);
    screen.close("Introspection");
    screen.pty.press("R");
    screen.shows(&["Revocation of the access token", "· 200 ·"]);
    screen.close("Revocation");
    // Now it knows better.
    screen.pty.press("I");
    screen.shows(&["Introspection of the access token", "not active", "· 200 ·"]);
    screen.close("Introspection");
    screen.leave();
}

async fn denial(keycloak: &Server, place: &Place) {
    admin::forget_consent(keycloak, "alice", "demo-login").await;
    let mut screen = Explorer::open(place, "alice");
    screen.pty.press("t");
    let address = screen.login_address();
    let (asked, _) = log_in(keycloak, &address, Consent::Refuse).await;
    assert!(asked, "alice was not asked for consent");
    screen.shows(&["NO LOGIN", "access_denied", "said no"]);
    screen.leave();
}

/// Keycloak complains on a page of its own and nothing ever comes back: what to do stands there from the first.
async fn unregistered(keycloak: &Server, place: &Place, elsewhere: &str) {
    let mut screen = Explorer::open(place, "unregistered");
    screen.pty.press("t");
    screen.shows(&["Invalid parameter: redirect_uri", "Valid redirect URIs", elsewhere]);
    let address = screen.login_address();
    let answer = Person::new(keycloak, "alice", Consent::Give).open(&address).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("Invalid parameter: redirect_uri"), "{}", answer.body);
    screen.close("Log in as unregistered");
    screen.leave();
}

/// The explorer with one profile selected. What it takes for a browser does nothing.
struct Explorer {
    pty: Pty,
}

impl Explorer {
    fn open(place: &Place, profile: &str) -> Self {
        let mut command = place.command(&["--profile", profile]);
        command.env("BROWSER", "true").env_remove("SSH_CONNECTION").env_remove("SSH_TTY").env_remove("SSH_CLIENT");
        let pty = Pty::start(&command, 120, 40);
        pty.wait_for_text(&format!("{profile} @ myorg"));
        pty.assert_taken();
        Self { pty }
    }

    /// Waits until all of these are on the screen at once.
    #[track_caller]
    fn shows(&self, words: &[&str]) {
        self.pty.wait_for(&format!("{words:?}"), |screen| {
            let text = screen.contents();
            words.iter().all(|words| text.contains(words))
        });
    }

    /// The address that a login's popup tells to open.
    fn login_address(&mut self) -> String {
        self.shows(&["Log in as", "comes back to"]);
        let address = self.copied("y");
        assert!(address.contains("response_type=code"), "{address}");
        address
    }

    /// Presses the key that copies, and reads what the terminal is told to put on its clipboard.
    fn copied(&mut self, key: &str) -> String {
        let before = self.pty.bytes();
        self.pty.press(key);
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let sent = self.pty.sent();
            let sent = String::from_utf8_lossy(&sent[before..]).into_owned();
            let told = sent.split_once("\x1b]52;c;").and_then(|(_, rest)| rest.split_once(['\x07', '\x1b']));
            if let Some((base64, _)) = told {
                return String::from_utf8(STANDARD.decode(base64).unwrap()).unwrap();
            }
            assert!(Instant::now() < end, "nothing was copied; the screen:\n{}", self.pty.text());
            std::thread::yield_now();
        }
    }

    /// The token's, as the top line names it.
    fn fingerprint(&self) -> String {
        let text = self.pty.text();
        let (_, rest) = text.split_once("│ token ").unwrap_or_else(|| panic!("no token on\n{text}"));
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// Gets the next token by the refresh token, in place of this one.
    fn renewed_after(&mut self, before: &str) {
        self.pty.press("t");
        self.shows(&["renewed", &format!("before {before}"), "VERIFIED signature"]);
    }

    /// Closes a popup, and waits for it to go: a key that follows at once would be taken for one with Alt.
    fn close(&mut self, title: &str) {
        self.pty.press("\x1b");
        self.pty.wait_for("the popup to be closed", |screen| !screen.contents().contains(title));
    }

    fn leave(mut self) {
        self.pty.press("q");
        assert_eq!(self.pty.wait(), 0);
        self.pty.assert_given_back();
        let sent = String::from_utf8_lossy(&self.pty.sent()).into_owned();
        assert!(!sent.contains("&code=") && !sent.contains("?code="), "no code of a redirect is ever drawn");
    }
}

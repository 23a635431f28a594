//! Logins in a real browser: the explorer in a pseudo-terminal, headless Chromium at the pages of the bundled server, or
//! of a real Keycloak whose issuer stands in `TOKENSCOPE_KEYCLOAK`.
//!
//! A plain `cargo test` does nothing here and says so: it needs chromedriver, whose address stands in
//! `TOKENSCOPE_WEBDRIVER`. `.ci/browser` starts one and runs this, `.ci/keycloak` does so beside a Keycloak.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may stop at the first surprise, and this one reports for itself"
)]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use support::Place;
use support::pty::Pty;
use tempfile::TempDir;

/// Nothing takes so long, also on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);

/// What runs as the person's browser when the explorer opens one: it writes down the address.
const NOTE_ADDRESS: &str =
    "#!/bin/sh\nprintf '%s' \"$1\" > \"$ADDRESS_FILE.new\" && mv \"$ADDRESS_FILE.new\" \"$ADDRESS_FILE\"\n";

/// A browser of its own: a new profile, and gone at the end.
struct Browser {
    client: Client,
    _profile: TempDir,
}

impl Browser {
    async fn open(driver: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let folder = format!("--user-data-dir={}", profile.path().display());
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            &folder,
        ];
        let options = serde_json::json!({ "goog:chromeOptions": { "args": arguments } });
        let serde_json::Value::Object(options) = options else { panic!("an object") };
        let client = ClientBuilder::rustls().unwrap().capabilities(options).connect(driver).await.unwrap();
        Self { client, _profile: profile }
    }

    async fn find(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(DEADLINE).for_element(Locator::Css(css)).await;
        match wait {
            Ok(element) => element,
            Err(error) => panic!("no {css} on {}\n{error}", self.page().await),
        }
    }

    /// The page's address and text, for messages.
    async fn page(&self) -> String {
        let address = self.client.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        format!("{address}\n{}", self.text().await)
    }

    async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    async fn says(&self, words: &str) {
        let end = Instant::now() + DEADLINE;
        while !self.text().await.contains(words) {
            assert!(Instant::now() < end, "{words:?} is not on {}", self.page().await);
            tokio::task::yield_now().await;
        }
    }

    async fn sign_in(&self, name: &str, password: &str) {
        let field = self.find("#username").await;
        field.clear().await.unwrap();
        field.send_keys(name).await.unwrap();
        self.find("#password").await.send_keys(password).await.unwrap();
        self.find("#kc-login").await.click().await.unwrap();
    }

    /// Says yes on the page that asks for consent.
    async fn consent(&self) {
        self.find("[name=accept]").await.click().await.unwrap();
    }

    async fn close(self) {
        self.client.close().await.unwrap();
    }
}

/// The issuer of a real Keycloak, when one is to be used in place of the bundled server.
fn keycloak() -> Option<String> {
    std::env::var("TOKENSCOPE_KEYCLOAK").ok().filter(|issuer| !issuer.is_empty())
}

/// The demo's profiles with another issuer. Keycloak remembers what was consented to, so it is told to ask again.
fn at_keycloak(text: &str, issuer: &str) -> String {
    let is_issuer = |line: &&str| line.starts_with("issuer");
    let old = text.lines().find(is_issuer).and_then(|line| line.split('"').nth(1)).unwrap();
    let text = text.replace(old, issuer).replacen("embedded = true", "embedded = false", 1);
    text.replace("[profiles.alice]", "[profiles.alice]\nparams = { prompt = \"consent\" }")
}

/// An explorer at alice's profile whose browser writes down the address it was opened with.
struct Explorer {
    place: Place,
    pty: Pty,
}

impl Explorer {
    fn at_alice() -> Self {
        let place = Place::demo();
        if let Some(issuer) = keycloak() {
            place.write(at_keycloak(&std::fs::read_to_string(place.profiles()).unwrap(), &issuer));
        }
        let browser = place.path().join("browser.sh");
        std::fs::write(&browser, NOTE_ADDRESS).unwrap();
        std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = place.command(&["--profile", "alice"]);
        command.env("BROWSER", &browser).env("ADDRESS_FILE", Self::file(&place));
        command.env_remove("SSH_CONNECTION").env_remove("SSH_TTY").env("DISPLAY", ":99");
        let pty = Pty::start(&command, 120, 36);
        pty.wait_for_text("alice");
        Self { place, pty }
    }

    fn file(place: &Place) -> PathBuf {
        place.path().join("address")
    }

    /// Begins to log in: the address that the browser was opened with.
    fn log_in(&mut self) -> String {
        self.pty.press("t");
        let (file, end) = (Self::file(&self.place), Instant::now() + DEADLINE);
        loop {
            if let Ok(address) = std::fs::read_to_string(&file) {
                std::fs::remove_file(&file).unwrap();
                return address;
            }
            assert!(Instant::now() < end, "no browser was opened; the screen:\n{}", self.pty.text());
            std::thread::yield_now();
        }
    }

    fn leave(mut self) {
        self.pty.press("q");
        assert_eq!(self.pty.wait(), 0);
    }
}

#[tokio::main]
async fn main() {
    let Some(driver) = std::env::var("TOKENSCOPE_WEBDRIVER").ok().filter(|address| !address.is_empty()) else {
        println!(
            "browser: nothing is done, since $TOKENSCOPE_WEBDRIVER names no chromedriver; `bash .ci/browser` starts one"
        );
        return;
    };
    let at = if keycloak().is_some() { "Keycloak" } else { "the bundled server" };
    alice_signs_in_and_consents_and_the_token_is_on_the_screen(Browser::open(&driver).await).await;
    println!("browser: alice signs in and consents at {at}, and her token is on the screen");
    a_no_on_the_consent_page_is_said_in_the_explorer(Browser::open(&driver).await).await;
    println!("browser: a no on the consent page of {at} is said in the explorer");
    a_code_typed_on_the_device_page_logs_the_explorer_in(Browser::open(&driver).await).await;
    println!("browser: a code typed on the device page of {at} logs the explorer in");
}

async fn alice_signs_in_and_consents_and_the_token_is_on_the_screen(browser: Browser) {
    let mut explorer = Explorer::at_alice();
    browser.client.goto(&explorer.log_in()).await.unwrap();
    if keycloak().is_none() {
        browser.says("People of this demo").await;
    }
    browser.sign_in("alice", "wrong").await;
    browser.says("Invalid user").await;
    assert_eq!(browser.find("#username").await.prop("value").await.unwrap().as_deref(), Some("alice"));
    browser.sign_in("alice", "alice").await;
    browser.consent().await;
    browser.says("tokenscope has it").await;
    let address = browser.client.current_url().await.unwrap();
    assert_eq!(address.query(), None, "no code stays in the address");
    explorer.pty.wait_for_text("VERIFIED");
    explorer.pty.wait_for_text("alice");
    if keycloak().is_none() {
        // The endpoint that wants the scope she agreed to.
        explorer.pty.press("3");
        explorer.pty.wait_for_text("200");
    }
    explorer.leave();
    browser.close().await;
}

async fn a_no_on_the_consent_page_is_said_in_the_explorer(browser: Browser) {
    let mut explorer = Explorer::at_alice();
    browser.client.goto(&explorer.log_in()).await.unwrap();
    browser.sign_in("alice", "alice").await;
    browser.find("[name=cancel]").await.click().await.unwrap();
    browser.says("refused").await;
    explorer.pty.wait_for_text("access_denied");
    explorer.leave();
    browser.close().await;
}

async fn a_code_typed_on_the_device_page_logs_the_explorer_in(browser: Browser) {
    let mut explorer = Explorer::at_alice();
    _ = explorer.log_in();
    explorer.pty.wait_for_text("d code");
    explorer.pty.press("d");
    // A frame may be read in two parts, of which the second has the code.
    explorer.pty.wait_for("the code", |screen| user_code(&screen.contents()).is_some());
    let code = user_code(&explorer.pty.text()).unwrap();
    let bundled = format!("http://localhost:{}/realms/myorg", explorer.place.auth_port);
    browser.client.goto(&format!("{}/device", keycloak().unwrap_or(bundled))).await.unwrap();
    browser.find("[name=device_user_code]").await.send_keys(&code).await.unwrap();
    browser.find("[type=submit]").await.click().await.unwrap();
    browser.sign_in("alice", "alice").await;
    browser.consent().await;
    explorer.pty.wait_for_text("VERIFIED");
    explorer.leave();
    browser.close().await;
}

/// The code on the screen: four capitals, a dash, four capitals.
fn user_code(screen: &str) -> Option<String> {
    let is_half = |half: &str| half.len() == 4 && half.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let is_code = |word: &&str| word.split_once('-').is_some_and(|(start, end)| is_half(start) && is_half(end));
    screen.split_whitespace().find(is_code).map(str::to_owned)
}

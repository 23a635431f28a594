//! People log in with the real explorer in a pseudo-terminal, against the bundled server: by a browser that comes back,
//! by an address that is pasted, by a code on another device. The browser is a scripted HTTP client.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::browser::Browser;
use support::pty::Pty;
use support::{Place, free_ports};

/// The demo on free ports, with alice's browser coming back to a free port as well.
fn place() -> Place {
    let (place, [port]) = (Place::demo(), free_ports());
    let text = std::fs::read_to_string(place.profiles()).unwrap();
    let alice = "[profiles.alice]";
    let comes_back = format!("{alice}\nredirect_uri = \"http://127.0.0.1:{port}/callback\"\n");
    let text = text.replace(alice, &comes_back);
    assert!(text.contains(&comes_back), "the demo has no alice");
    place.write(text);
    place
}

/// The explorer with alice selected. What it takes for a browser does nothing.
fn opened(place: &Place, width: u16, height: u16) -> Pty {
    let mut command = place.command(&["--profile", "alice"]);
    command.env("BROWSER", "true").env_remove("SSH_CONNECTION").env_remove("SSH_TTY").env_remove("SSH_CLIENT");
    let pty = Pty::start(&command, width, height);
    pty.wait_for_text("○ login");
    pty.assert_taken();
    pty
}

/// Presses the key that copies, and reads what the terminal is told to put on its clipboard.
fn copied(pty: &mut Pty, key: &str, begins: &str) -> String {
    let before = pty.bytes();
    pty.press(key);
    let text = || {
        let sent = pty.sent();
        let sent = String::from_utf8_lossy(&sent[before..]).into_owned();
        let (_, rest) = sent.split_once("\x1b]52;c;")?;
        let (base64, _) = rest.split_once(['\x07', '\x1b'])?;
        Some(String::from_utf8(STANDARD.decode(base64).ok()?).unwrap())
    };
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        if let Some(text) = text() {
            assert!(text.starts_with(begins), "{text}");
            return text;
        }
        assert!(std::time::Instant::now() < end, "nothing was copied; the screen:\n{}", pty.text());
        std::thread::yield_now();
    }
}

fn leave(pty: &mut Pty) {
    pty.press("q");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}

/// Closes a popup, and waits for it to go: a key that follows at once would be taken for one with Alt.
fn close(pty: &mut Pty, title: &str) {
    pty.press("\x1b");
    pty.wait_for("the popup to be closed", |screen| !screen.contents().contains(title));
}

fn wait_for_login(pty: &Pty) {
    pty.wait_for("the login's popup", |screen| {
        let text = screen.contents();
        text.contains("Log in as alice") && text.contains("comes back to")
    });
}

#[test]
fn a_number_key_logs_in_by_the_browser_and_then_sends() {
    let place = place();
    let mut pty = opened(&place, 120, 36);
    pty.press("2");
    wait_for_login(&pty);
    pty.wait_for_text("Invalid parameter: redirect_uri");
    let url = copied(&mut pty, "y", "http://localhost:");
    let page = Browser::default().log_in(&url, "alice", true);
    assert_eq!(page.title(), "Logged in - tokenscope");
    pty.wait_for("the call that wanted the token", |screen| {
        let text = screen.contents();
        text.contains("VERIFIED signature") && text.contains("as alice") && !text.contains("Log in as alice")
    });
    pty.wait_for_text("200");
    // The tokens that came together.
    pty.press("w");
    pty.wait_for_text("nonce, at_hash");
    pty.press("ww");
    // What can be done with them.
    pty.press("I");
    pty.wait_for_text("Introspection of the access token");
    pty.wait_for_text("x the exchange");
    pty.press("x");
    pty.wait_for_text("The exchange");
    close(&mut pty, "The exchange");
    close(&mut pty, "Introspection");
    pty.press("U");
    pty.wait_for_text("Userinfo, asked with the access token");
    pty.wait_for_text("preferred_username");
    close(&mut pty, "Userinfo");
    pty.press("R");
    pty.wait_for_text("Revocation of the access token");
    pty.wait_for_text("x the exchange");
    close(&mut pty, "Revocation");
    pty.wait_for_text("✖ revoked");
    // Renewed, for the person is still logged in.
    pty.press("t");
    pty.wait_for("a renewed token", |screen| {
        let text = screen.contents();
        text.contains("renewed") && text.contains("before #") && !text.contains("✖ revoked")
    });
    pty.press("O");
    pty.wait_for_text("alice is logged out");
    close(&mut pty, "Logging alice out");
    pty.wait_for_text("○ login");
    leave(&mut pty);
    let sent = String::from_utf8_lossy(&pty.sent()).into_owned();
    assert!(!sent.contains("code="), "no code of a redirect is ever drawn");
}

#[test]
fn the_address_that_the_browser_ended_at_is_pasted() {
    let place = place();
    let mut pty = opened(&place, 80, 24);
    pty.press("t");
    wait_for_login(&pty);
    // Garbage is said to be garbage, and the login goes on.
    pty.press("\x1b[200~what was in the clipboard\x1b[201~");
    pty.wait_for_text("That is no such address");
    let url = copied(&mut pty, "y", "http://localhost:");
    // It cannot reach the machine that the explorer runs on.
    let mut browser = Browser { stops_at: Some("http://127.0.0.1:".into()), ..Browser::default() };
    let ended_at = browser.log_in(&url, "alice", true).url;
    pty.press(&format!("\x1b[200~{ended_at}\n\x1b[201~"));
    pty.wait_for_text("VERIFIED signature");
    leave(&mut pty);
}

#[test]
fn a_code_is_typed_on_another_device() {
    let place = place();
    let mut pty = opened(&place, 120, 36);
    pty.press("D");
    pty.wait_for_text("and enter the code");
    let code = copied(&mut pty, "c", "");
    pty.wait_for_text(&code);
    pty.wait_for("the QR code", |screen| screen.contents().contains("█▀▀▀▀▀█"));
    let url = copied(&mut pty, "y", "http://localhost:");
    assert!(url.contains(&code), "{url} has no {code}");
    // Where there is no room for the QR code, that is said.
    pty.resize(60, 16);
    pty.wait_for_text("The QR code needs a terminal of");
    pty.resize(80, 24);
    pty.wait_for("the QR code", |screen| screen.contents().contains("█▀▀▀▀▀█"));
    let mut browser = Browser::default();
    let mut page = browser.open(&url);
    if !page.body.contains("name=\"password\"") {
        page = browser.submit(&page, &[]);
    }
    let page = browser.submit(&page, &[("username", "alice"), ("password", "alice")]);
    browser.consent(page, true);
    pty.wait_for("the token", |screen| {
        let text = screen.contents();
        text.contains("VERIFIED signature") && !text.contains("Log in as alice")
    });
    leave(&mut pty);
}

#[test]
fn a_no_and_a_cancelled_login_leave_nothing_behind() {
    let place = place();
    let mut pty = opened(&place, 120, 36);
    pty.press("t");
    wait_for_login(&pty);
    let url = copied(&mut pty, "y", "http://localhost:");
    Browser::default().log_in(&url, "alice", false);
    pty.wait_for_text("NO LOGIN");
    // The same port is free again for the next one.
    pty.press("t");
    wait_for_login(&pty);
    assert!(!pty.text().contains("is taken"), "{}", pty.text());
    close(&mut pty, "Log in as alice");
    pty.wait_for_text("was cancelled");
    pty.press("t");
    wait_for_login(&pty);
    pty.press("\x03");
    pty.wait_for_text("Cancelled everything");
    leave(&mut pty);
}

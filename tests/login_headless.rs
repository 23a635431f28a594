//! A login without the explorer, by the real binary: what the person reads on stderr, the token on stdout, the exit codes.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use std::time::{Duration, Instant};

use support::browser::Browser;
use support::waiting::Waiting;
use support::{Place, free_ports};

/// The demo on free ports, with alice's browser coming back to a free port as well.
fn place() -> (Place, u16) {
    let (place, [port]) = (Place::demo(), free_ports());
    let text = std::fs::read_to_string(place.profiles()).unwrap();
    let comes_back = format!("[profiles.alice]\nredirect_uri = \"http://127.0.0.1:{port}/callback\"\n");
    place.write(text.replace("[profiles.alice]", &comes_back));
    (place, port)
}

#[test]
fn the_token_of_a_person_is_printed_and_nothing_else() {
    let (place, port) = place();
    let mut login = Waiting::begin(place.command(&["token", "alice"]));
    let (url, before) = login.until("response_type=code");
    assert!(before.contains("there is no display here"), "{before}");
    let (_, how) = login.until("Another way: --device");
    assert!(how.contains(&format!("http://127.0.0.1:{port}/callback")) && how.contains("Ctrl-C cancels"), "{how}");
    Browser::default().log_in(&url, "alice", true).says("You may close this page");
    let (code, out, err) = login.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(out.starts_with("eyJ") && out.lines().count() == 1, "{out}");
    assert!(err.contains("The login is done") && !err.contains("eyJ"), "{err}");
}

#[test]
fn a_no_is_told_and_exits_with_1() {
    let (place, _) = place();
    let mut login = Waiting::begin(place.command(&["token", "alice", "--no-browser"]));
    let (url, before) = login.until("response_type=code");
    assert!(before.contains("as asked, no browser was opened"), "{before}");
    Browser::default().log_in(&url, "alice", false).says("The login was refused");
    let (code, out, err) = login.end();
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("the login was refused: access_denied") && err.contains("agree"), "{err}");
}

#[test]
fn a_program_gets_the_token_of_a_login_on_another_device() {
    let (place, _) = place();
    let mut login =
        Waiting::begin(place.command(&["exec", "alice", "--device", "--", "sh", "-c", "printf %.3s \"$TOKEN\""]));
    let (address, _) = login.until("/device");
    let _ = login.until("type the code");
    let _ = login.until("");
    let (code, _) = login.until("-");
    let mut browser = Browser::default();
    let mut page = browser.open(&format!("{address}?user_code={code}"));
    if !page.body.contains("name=\"password\"") {
        page = browser.submit(&page, &[]);
    }
    let page = browser.submit(&page, &[("username", "alice"), ("password", "alice")]);
    browser.consent(page, true);
    let (code, out, err) = login.end();
    assert_eq!((code, out.as_str()), (Some(0), "eyJ"), "{err}");
    assert!(!err.contains('▀') && !err.contains('█'), "no QR code where there is no terminal: {err}");
}

#[test]
fn ctrl_c_ends_it_and_nothing_listens_any_more() {
    let (place, port) = place();
    let mut login = Waiting::begin(place.command(&["token", "alice"]));
    login.until("Another way: --device");
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    let pid = rustix::process::Pid::from_child(&login.child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let begun = Instant::now();
    let (code, out, err) = login.end();
    assert_eq!((code, out.as_str()), (Some(130), ""), "{err}");
    assert!(err.ends_with("cancelled\n") && begun.elapsed() < Duration::from_secs(10), "{err}");
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn where_nobody_is_asked_the_person_is_named() {
    let (place, _) = place();
    place
        .run(&["probe", "alice", "private"])
        .code(2)
        .says("alice needs a person to log in")
        .says("tokenscope token alice");
    let matrix = place.run(&["matrix"]).code(0).says("alice is left out: a person has to log in for it");
    assert!(!matrix.out.contains("alice") && matrix.out.contains("wrong-secret"), "{}", matrix.out);
    place.run(&["matrix", "--profile", "alice"]).code(2).says("alice needs a person");
    place.run(&["logout", "alice"]).code(0).says("alice: nobody is logged in");
    place.run(&["logout", "nobody"]).code(2).says("there is no profile nobody");
    place.run(&["check"]).code(0).says("alice");
}

#[test]
fn remember_without_a_keyring_is_said_and_the_login_goes_on() {
    let (place, _) = place();
    let text = std::fs::read_to_string(place.profiles()).unwrap();
    place.write(text.replace("[profiles.alice]", "[profiles.alice]\nremember = true\n"));
    let mut login = Waiting::begin(place.command(&["token", "alice"]));
    let (url, _) = login.until("response_type=code");
    Browser::default().log_in(&url, "alice", true);
    let (code, out, err) = login.end();
    assert!(code == Some(0) && out.starts_with("eyJ"), "{err}");
    assert!(err.contains("the login lasts for this run only"), "{err}");
}

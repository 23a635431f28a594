//! The headless commands against Keycloak, with the shipped profiles, of which only the issuer is another.

use std::io::Write as _;
use std::process::Stdio;

use crate::support::{Ended, Place, free_ports};

pub fn all(issuer: &str) -> String {
    let place = place(issuer);
    let token = place.run(&["token", "tester"]).code(0).out;
    let json = place.run(&["token", "tester", "--json"]).code(0).json();
    assert_eq!(json["claims"]["iss"], issuer);
    assert_eq!(json["claims"]["azp"], "testapiclient1");
    verify(&place, &token, &["--profile", "tester"]).code(0).says("VALID");
    verify(&place, &token, &["--issuer", issuer]).code(0).says("VALID");
    verify(&place, &token, &["--profile", "tester", "--audience", "other"]).code(1).says("FAIL     aud");
    place.run(&["decode", token.trim()]).code(0).says("testapiclient1");

    place.run(&["diff", "tester"]).code(1).says("between what tester asked for and what #");
    place.run(&["provider", "tester"]).code(0).says("client_credentials").says("RS256");
    // Keycloak tells of a token only those it is for (26.6.2 and later), and of one it does not know nothing.
    place.run(&["introspect", "tester"]).code(1).says("NOT ACTIVE").says("without testapiclient1");
    place.run(&["introspect", "an-opaque-token", "--by", "tester"]).code(1).says("does not know it");

    place.run(&["token", "wrong-secret"]).code(1).says("unauthorized_client");
    place.run(&["token", "tester", "--scope", "nope"]).code(1).says("Invalid scopes: nope");
    place.run(&["probe", "tester", "private-scoped"]).code(0).says("ALLOWED, as expected");
    place.run(&["probe", "tester-no-scope", "private-scoped", "--expect", "deny"]).code(0).says("missing-scope");
    let cells = place.run(&["matrix", "--format", "json"]).code(0).json();
    let cells = cells.as_array().expect("cells");
    assert!(cells.iter().all(|cell| cell["as_expected"] == true), "{cells:#?}");
    format!(
        "token, verify, decode, diff, provider, introspect, probe and matrix of {} cells, all as with the bundled server",
        cells.len()
    )
}

/// The shipped profiles with this issuer; the API has a port of its own, for the usual one may be taken.
fn place(issuer: &str) -> Place {
    let [port] = free_ports();
    let text = tokenscope::config::DEMO_TEXT.replace("http://localhost:8001/realms/myorg", issuer);
    Place::with(&text.replace("localhost:50100", &format!("localhost:{port}")))
}

fn verify(place: &Place, token: &str, more: &[&str]) -> Ended {
    let mut command = place.command(&["verify", "-"]);
    command.args(more).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
    Ended::of(&child.wait_with_output().unwrap())
}

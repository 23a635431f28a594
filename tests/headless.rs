//! The headless commands as a script sees them: the real binary, the bundled server, exit codes, the JSON contract.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;
use support::{Ended, Place};

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_client_scripts_whole_job_is_one_command() {
    let place = Place::demo();
    place.run(&["probe", "tester", "private-scoped"]).code(0).says("ALLOWED, as expected").says("200");
}

#[test]
fn token_prints_the_token_and_one_newline_and_nothing_else() {
    let place = Place::demo();
    let plain = place.run(&["token", "tester"]).code(0);
    assert_eq!(plain.err, "");
    assert_eq!(plain.out.trim_end_matches('\n').matches('.').count(), 2);
    assert_eq!(plain.out.matches('\n').count(), 1);
    let header = place.run(&["token", "tester", "--header"]).code(0);
    assert!(header.out.starts_with("Authorization: Bearer eyJ"));

    let json = place.run(&["token", "tester", "--scope", "test_api_access", "--json"]).code(0).json();
    assert_eq!(names(&json), ["profile", "access_token", "token_type", "expires_in", "scope", "claims"]);
    assert_eq!(json["profile"], "tester");
    assert_eq!(json["expires_in"], 300);
    assert!(json["scope"].as_str().unwrap().contains("test_api_access"));
    assert_eq!(json["claims"]["azp"], "testapiclient1");
}

#[test]
fn a_refused_token_shows_the_providers_own_words_and_what_to_do() {
    let place = Place::demo();
    let ended = place.run(&["token", "wrong-secret"]).code(1);
    assert_eq!(ended.out, "");
    let ended = ended.says("unauthorized_client").says("Invalid client or Invalid client credentials");
    let ended = ended.says("hint:").says("auth = \"post\"");
    assert!(!ended.err.contains("wrong\""), "{}", ended.err);
    place.run(&["token", "tester", "--scope", "nope"]).code(1).says("Invalid scopes: nope");
}

#[test]
fn a_token_got_by_one_command_verifies_in_the_next() {
    let place = Place::demo();
    let token = place.run(&["token", "tester"]).code(0).out;
    let ended = piped(&place, &["verify", "-", "--profile", "tester", "--json"], &token).code(0);
    let json = ended.json();
    assert_eq!(names(&json), ["valid", "checks", "keys", "leeway", "judged_at", "changes_at", "findings"]);
    assert_eq!(names(&json["keys"]), ["from", "fetched", "kid", "thumbprint", "error"]);
    assert!(
        json["keys"]["from"].as_str().unwrap().ends_with("/certs") && json["keys"]["fetched"].is_string(),
        "{json}"
    );
    assert_eq!((&json["keys"]["kid"], &json["keys"]["error"]), (&json["keys"]["thumbprint"], &Value::Null));
    assert_eq!(json["valid"], true);
    let checks: Vec<&str> =
        json["checks"].as_array().unwrap().iter().map(|check| check["check"].as_str().unwrap()).collect();
    assert_eq!(checks, ["key", "signature", "alg", "exp", "nbf", "iat", "iss", "aud", "typ", "crit"]);
    assert_eq!(names(&json["checks"][0]), ["check", "outcome", "detail"]);

    // An hour later it has expired; another audience is not there; nothing to verify with is wrong usage.
    let later = (tokenscope::engine::now() + jiff::SignedDuration::from_hours(1)).to_string();
    let ended = piped(&place, &["verify", "-", "--profile", "tester", "--at", &later], &token).code(1);
    ended.says("NOT VALID").says("FAIL     exp");
    piped(&place, &["verify", "-", "--profile", "tester", "--audience", "other"], &token).code(1).says("FAIL     aud");
    piped(&place, &["verify", "-"], &token).code(2).says("nothing to verify with");
}

#[test]
fn verify_takes_keys_from_an_issuer_a_key_set_and_files() {
    let place = Place::demo();
    let mut server = place.command(&["serve", "--auth-port", "0", "--api-port", "0"]);
    let keys = place.keys();
    server.arg("--keys").arg(&keys).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = server.spawn().unwrap();
    let issuer = read_until(server.stdout.take().unwrap(), "issuer");
    let issuer = issuer.split_whitespace().last().unwrap().to_owned();
    let text = std::fs::read_to_string(place.profiles()).unwrap();
    let own = format!("http://localhost:{}/realms/myorg", place.auth_port);
    place.write(text.replace(&own, &issuer));

    let token = place.run(&["token", "tester"]).code(0).out;
    piped(&place, &["verify", "-", "--issuer", &issuer], &token).code(0).says("VALID");
    let jwks = format!("{issuer}/protocol/openid-connect/certs");
    piped(&place, &["verify", "-", "--jwks", &jwks], &token).code(0).says("VALID");
    piped(&place, &["verify", "-", "--issuer", &format!("{issuer}/")], &token).code(3).says("names the issuer");
    server.kill().unwrap();
    server.wait().unwrap();
    // Now nobody is there to give the keys.
    piped(&place, &["verify", "-", "--jwks", &jwks, "--json"], &token).code(3).says("\"valid\": null");
    piped(&place, &["verify", "-", "--key", "no-such-file"], &token).code(2).says("no-such-file");
}

#[test]
fn a_shared_secret_verifies_what_it_signed() {
    // The token that every JWT debugger shows first; it has no exp, which is no reason to call it invalid.
    const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
    let place = Place::demo();
    std::fs::write(place.path().join("secret"), "your-256-bit-secret\n").unwrap();
    place.run(&["verify", TOKEN, "--secret-file", "secret"]).code(0).says("VALID");
    place.run(&["verify", TOKEN, "--secret-file", "secret", "--require", "exp"]).code(1).says("FAIL     exp");
    std::fs::write(place.path().join("secret"), "another-secret").unwrap();
    place.run(&["verify", TOKEN, "--secret-file", "secret"]).code(1).says("FAIL     signature");
}

#[test]
fn decode_reads_from_stdin_a_file_and_an_argument_and_asks_nobody() {
    // RFC 7519 section 3.1.
    const TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let place = Place::demo();
    let json = place.run(&["decode", TOKEN, "--json"]).code(0).json();
    assert_eq!(names(&json), ["header", "claims", "scopes", "status", "findings"]);
    assert_eq!(json["status"], "expired");
    assert_eq!(json["claims"]["iss"], "joe");
    for finding in json["findings"].as_array().unwrap() {
        assert_eq!(names(finding), ["id", "severity", "message", "remedy", "reference"]);
    }
    std::fs::write(place.path().join("token.txt"), format!("Authorization: Bearer {TOKEN}\n")).unwrap();
    place.run(&["decode", "@token.txt"]).code(0).says("joe").says("note:");
    // Profiles are not even looked for.
    place.run(&["--profiles", "no-such-file.toml", "decode", TOKEN]).code(0).says("nothing was verified");
    piped(&place, &["decode", "-"], TOKEN).code(0).says("nothing was verified");
    place.run(&["decode", TOKEN, "--fail-on", "warning"]).code(1);
    let opaque = place.run(&["decode", "2YotnFZFEjr1zCsicMWpAA", "--json"]).code(1).json();
    assert_eq!(
        (opaque["status"].as_str(), &opaque["header"], &opaque["claims"]),
        (Some("opaque"), &Value::Null, &Value::Null)
    );
    place.run(&["decode", "@no-such-file"]).code(2).says("no-such-file");
}

#[test]
fn probe_says_why_and_its_json_is_the_contract() {
    let place = Place::demo();
    let ended = place.run(&["probe", "tester-no-scope", "private-scoped"]).code(1);
    ended.says("REFUSED, as expected").says("missing-scope, certain").says("The API wants the scope test_api_access");
    place.run(&["probe", "tester-no-scope", "private-scoped", "--expect", "deny"]).code(0);
    place.run(&["probe", "tester-no-scope", "private-scoped", "--expect", "401"]).code(1);

    let rows = place.run(&["probe", "tester-no-scope", "--json"]).code(1).json();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 3);
    let contract = [
        "profile",
        "env",
        "endpoint",
        "method",
        "url",
        "status",
        "expected",
        "basis",
        "as_expected",
        "elapsed_ms",
        "body",
        "error",
        "diagnosis",
    ];
    for row in rows {
        assert_eq!(names(row), contract);
    }
    let refused = &rows[2];
    assert_eq!(
        (&refused["status"], &refused["expected"], &refused["basis"]),
        (&403.into(), &"deny".into(), &"derived".into())
    );
    assert_eq!(names(&refused["diagnosis"]), ["cause", "confidence", "summary", "advice", "evidence"]);
    assert_eq!(refused["diagnosis"]["cause"], "missing-scope");
    assert_eq!(rows[0]["diagnosis"], Value::Null);

    // Without a token the open endpoint is called all the same, and the refusal is the one that is meant.
    let rows = place.run(&["probe", "wrong-secret", "--json"]).code(0).says("unauthorized_client").json();
    let statuses: Vec<&Value> = rows.as_array().unwrap().iter().map(|row| &row["status"]).collect();
    assert_eq!(statuses, [&Value::from(200), &Value::Null, &Value::Null]);
    place.run(&["probe", "tester", "nonsense"]).code(2).says("sees no endpoint nonsense");
    place.run(&["probe", "testr"]).code(2).says("Did you mean tester?");
}

#[test]
fn a_refusal_that_is_meant_has_one_verdict_everywhere() {
    let place = Place::demo();
    let rows = place.run(&["probe", "wrong-secret", "private", "--json"]).code(0).json();
    let row = &rows[0];
    let verdict = (&row["status"], &row["expected"], &row["basis"], &row["as_expected"]);
    assert_eq!(verdict, (&Value::Null, &"deny".into(), &"derived".into(), &true.into()));
    place.run(&["probe", "wrong-secret", "private"]).code(0).says("REFUSED, as expected");
    let no = place.run(&["probe", "wrong-secret", "private", "--expect", "allow"]).code(1);
    no.says("REFUSED, not as expected (allow was asked for)");
}

#[test]
fn the_line_is_judged_by_what_was_asked_for() {
    let place = Place::demo();
    let no = place.run(&["probe", "tester", "public", "--expect", "deny"]).code(1);
    no.says("ALLOWED, not as expected (deny was asked for)");
    let no = place.run(&["probe", "tester-no-scope", "private-scoped", "--expect", "allow"]).code(1);
    no.says("REFUSED, not as expected (allow was asked for)");
    let row = place.run(&["probe", "tester", "public", "--expect", "deny", "--json"]).code(1).json();
    assert_eq!((&row[0]["expected"], &row[0]["basis"]), (&"deny".into(), &"declared".into()));
    assert_eq!(row[0]["as_expected"], false);
}

#[test]
fn a_lifetime_that_cannot_be_had_is_said_and_no_failure() {
    let place = Place::demo();
    let ended = place.run(&["token", "tester", "--min-ttl", "100000"]).code(0);
    assert!(ended.err.contains("seconds left, fewer than --min-ttl 100000"), "{}", ended.err);
    let ended = place.run(&["exec", "tester", "--min-ttl", "100000", "--", "true"]).code(0);
    assert!(ended.err.contains("seconds left"), "{}", ended.err);
    assert_eq!(place.run(&["token", "tester", "--min-ttl", "100"]).code(0).err, "");
}

#[test]
fn a_settings_file_that_is_named_has_to_be_there() {
    let place = Place::demo();
    place.run(&["--config", "/nope.toml"]).code(2).says("there is no file /nope.toml");
    place.run(&["--config", "/nope.toml", "check"]).code(2).says("/nope.toml");
}

#[test]
fn manual_pages_are_of_commands_alone() {
    let place = Place::demo();
    let folder = place.path().join("pages");
    place.run(&["man", "--dir", folder.to_str().unwrap()]).code(0);
    let names: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.contains(&"tokenscope-config-path.1".to_owned()), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("help")), "{names:?}");
}

#[test]
fn the_demo_matrix_is_as_expected_all_over() {
    let place = Place::demo();
    let ended = place.run(&["matrix"]).code(0);
    ended.says("15 calls: 15 as expected").says("no token ✔");
    let rows = place.run(&["matrix", "--format", "json"]).code(0).json();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 15);
    assert!(rows.iter().all(|row| row["as_expected"] == true), "{rows:#?}");
    let refused = rows.iter().find(|row| row["profile"] == "wrong-secret" && row["endpoint"] == "private").unwrap();
    assert_eq!((&refused["status"], &refused["expected"]), (&Value::Null, &"deny".into()));

    // A profile that should be refused a token, and is not, is a finding; so is one that should get one and does not.
    let text = std::fs::read_to_string(place.profiles()).unwrap();
    place.write(text.replace("client_secret = \"wrong\"", "client_secret = \"demo-secret\""));
    place.run(&["matrix"]).code(1).says("✘");
    place.write(text.replace("expect_token = \"refused\"", ""));
    place.run(&["matrix", "--profile", "wrong-secret"]).code(1).says("no token");
}

#[test]
fn a_declared_expectation_counts_and_strict_counts_warnings() {
    let place = Place::demo();
    let text = std::fs::read_to_string(place.profiles()).unwrap();
    let declared = "requires = [\"test_api_access\"]\nexpect = { other-client = 401, tester = \"deny\" }";
    place.write(text.replace("requires = [\"test_api_access\"]", declared));
    place.run(&["matrix", "--profile", "tester"]).code(1).says("expected deny");
    place.run(&["matrix", "--profile", "other-client"]).code(0).says("403 where 401 was due");
    place.run(&["matrix", "--profile", "other-client", "--strict"]).code(1);
}

#[test]
fn serve_never_moves() {
    let place = Place::demo();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    place.run(&["serve", "--auth-port", &port, "--api-port", "0"]).code(2).says(&port);
}

#[test]
fn serve_logs_one_line_a_request_and_no_secret() {
    let place = Place::demo();
    let log = place.path().join("log");
    let [auth, api] = [place.auth_port, place.api_port].map(|port| port.to_string());
    let mut command = place.command(&["serve", "--auth-port", &auth, "--api-port", &api]);
    command.stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap());
    let mut server = command.spawn().unwrap();
    read_until(server.stdout.take().unwrap(), "curl");
    place.run(&["probe", "tester", "private-scoped"]).code(0);
    server.kill().unwrap();
    server.wait().unwrap();
    let log = std::fs::read_to_string(log).unwrap();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("/api/private-scoped")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(lines[0].contains("200") && lines[0].contains("testapiclient1"), "{log}");
    assert!(!log.contains("demo-secret") && !log.contains("eyJ"), "{log}");
}

#[test]
fn a_broken_pipe_is_quiet_and_nothing_is_coloured_off_a_terminal() {
    let place = Place::demo();
    let mut child = place.command(&["matrix"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = Ended::of(&child.wait_with_output().unwrap()).code(0);
    assert_eq!(ended.err, " note: alice is left out: a person has to log in for it\n");
    assert!(!place.run(&["decode", "tester"]).out.contains('\x1b'));
}

#[test]
fn no_command_leaves_a_secret_or_token_where_it_does_not_belong() {
    let place = Place::demo();
    let token = place.run(&["token", "tester"]).code(0).out;
    let signature = token.trim().rsplit('.').next().unwrap();
    for arguments in [&["probe", "tester"][..], &["matrix"], &["check"], &["verify", "tester", "--profile", "tester"]] {
        let ended = place.run(arguments);
        for secret in ["demo-secret", signature] {
            assert!(!ended.out.contains(secret) && !ended.err.contains(secret), "{arguments:?} shows {secret}");
        }
    }
}

/// Runs it with this on its standard input.
fn piped(place: &Place, arguments: &[&str], input: &str) -> Ended {
    let mut command = place.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ended::of(&child.wait_with_output().unwrap())
}

/// The first line that holds the word.
fn read_until(stream: impl std::io::Read, word: &str) -> String {
    use std::io::BufRead as _;
    std::io::BufReader::new(stream).lines().map(Result::unwrap).find(|line| line.contains(word)).unwrap()
}

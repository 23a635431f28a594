//! `decode`, `verify`, `sign` and `diff` by the real binary: the JSON they promise, the exit codes, and bad input one by one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::process::Stdio;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use support::{Ended, Place};

/// However busy the machine: what is meant is "at once".
const AT_ONCE: Duration = Duration::from_secs(5);

fn piped(place: &Place, arguments: &[&str], input: &str) -> Ended {
    use std::io::Write as _;
    let mut command = place.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    // A program that has read enough may close its end.
    let _ = running.stdin.take().unwrap().write_all(input.as_bytes());
    Ended::of(&running.wait_with_output().unwrap())
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn token(header: &str, payload: impl AsRef<[u8]>) -> String {
    format!("{}.{}.{}", b64(header), b64(payload), b64("signature"))
}

/// The token of every JWT debugger, signed with a secret that everybody knows.
const KNOWN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
/// RFC 7515 appendix A.4: ES512, and the payload is no JSON.
const A4: &str = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
const A4_KEY: &str = r#"{"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}"#;

#[test]
fn a_payload_that_is_no_json_is_shown_and_its_signature_verified() {
    let place = Place::demo();
    std::fs::write(place.path().join("key.json"), A4_KEY).unwrap();
    place.run(&["decode", A4]).code(0).says("Payload, no claims").says("  Payload\n").says("payload-not-json");
    place
        .run(&["verify", A4, "--key", "key.json"])
        .code(0)
        .says("VALID")
        .says("signature  holds")
        .says("there are no claims");
    let json = place.run(&["decode", A4, "--json"]).code(0).json();
    assert_eq!((&json["claims"], &json["status"]), (&Value::Null, &json!("no_expiry")));
    place.run(&["decode", &token(r#"{"alg":"none"}"#, [0, 255, 7])]).code(0).says("  00 ff 07\n");
}

#[test]
fn what_a_token_stands_in_is_taken_off_and_said() {
    let place = Place::demo();
    let bare = token(r#"{"alg":"RS256","typ":"JWT"}"#, r#"{"sub":"alice"}"#);
    let (one, other) = (
        format!("{{\n  \"access_token\": \"{bare}\",\n  \"id_token\": \"{A4}\"\n}}\n"),
        format!("curl -H 'Authorization: Bearer {bare}' \\\n  http://localhost"),
    );
    for (text, noted) in [
        (one.as_str(), "the JSON around it, where it is access_token; left out: id_token"),
        (other.as_str(), "the curl command around it"),
        (&format!("http://localhost/cb?code=1#id_token={bare}"), "the address around it, where it is id_token"),
    ] {
        let ran = piped(&place, &["decode", "-"], text).code(0).says("alice");
        assert!(ran.err.contains(noted), "{}", ran.err);
        assert!(!ran.err.contains(&bare), "{}", ran.err);
    }
}

#[test]
fn tokens_are_made_marked_and_verified() {
    let place = Place::demo();
    std::fs::write(
        place.path().join("secret"),
        "hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n",
    )
    .unwrap();
    let claims = r#"{"sub":"alice","n":12345678901234567890123}"#;
    let arguments = [
        "sign",
        claims,
        "--secret-file",
        "secret",
        "--kid",
        "k1",
        "--claim",
        "scope=a b",
        "--claim",
        "ok=true",
        "--exp",
        "2100-01-01T00:00:00Z",
        "--json",
    ];
    let made = place.run(&arguments).code(0).json();
    assert_eq!(
        made,
        json!({
            "token": made["token"],
            "header": {"typ": "JWT", "kid": "k1", "alg": "HS256"},
            "claims": {"sub": "alice", "n": 1.234_567_890_123_456_8e22, "scope": "a b", "ok": true, "exp": 4_102_444_800_i64},
            "jwk": null,
            "secret": null,
            "made_here": true,
        })
    );
    let text = made["token"].as_str().unwrap();
    assert!(text.starts_with("eyJ0eXAiOiJKV1QiLCJraWQiOiJrMSIsImFsZyI6IkhTMjU2In0."));
    place.run(&["verify", text, "--secret-file", "secret"]).code(0).says("VALID").says("HS256, as the key allows");
    place.run(&["decode", text, "--json"]).code(0).says("\"n\":12345678901234567890123,");
    place.run(&["decode", text]).code(0).says("  12345678901234567890123\n");
    let ran = place.run(&["sign", claims, "--new", "ES256", "--exp", "+1h"]).code(0);
    assert!(ran.err.contains("was made here; no provider issued it"), "{}", ran.err);
    let jwk = ran.err.split("checks it: ").nth(1).unwrap().trim();
    std::fs::write(place.path().join("key.json"), jwk).unwrap();
    std::fs::write(place.path().join("token"), &ran.out).unwrap();
    place
        .run(&["verify", "@token", "--key", "key.json"])
        .code(0)
        .says("VALID")
        .says("ES256")
        .says("This changes in 59 min");
    place.run(&["verify", "@token", "--jwks", "key.json", "--at", "+2h"]).code(1).says("FAIL     exp");
    place
        .run(&["verify", "@token", "--key", "key.json", "--at", "+61m", "--leeway", "120"])
        .code(0)
        .says("within the leeway of 2 min");
    // A token signed anew, with a key of another kind.
    let again = place.run(&["sign", "@token", "--new", "Ed25519", "--claim", "sub=bob", "--json"]).code(0).json();
    assert_eq!((&again["header"]["alg"], &again["claims"]["sub"]), (&json!("Ed25519"), &json!("bob")));
    for alg in ["HS512", "ES512", "ES256K"] {
        let made = place.run(&["sign", "{}", "--new", alg, "--json"]).code(0).json();
        let file = if alg == "HS512" { "--secret-file" } else { "--key" };
        let key = if alg == "HS512" { made["secret"].as_str().unwrap().to_owned() } else { made["jwk"].to_string() };
        std::fs::write(place.path().join("it"), key).unwrap();
        place.run(&["verify", made["token"].as_str().unwrap(), file, "it"]).code(0).says("VALID");
    }
}

#[test]
fn what_cannot_be_signed_says_why() {
    let place = Place::demo();
    std::fs::write(place.path().join("public.pem"), include_str!("../src/jwt/testdata/rsa.pub.pem")).unwrap();
    for (arguments, words) in [
        (&["sign", "{}", "--key", "public.pem"][..], "no private key in it"),
        (&["sign", "{}", "--key", "nowhere.pem"], "nowhere.pem"),
        (&["sign", "{}", "--secret-env", "NOT_SET_ANYWHERE"], "not set"),
        (&["sign", "{}", "--new", "RS257"], "no key can be made for the algorithm RS257"),
        (&["sign", "{\"a\":}", "--new", "HS256"], "the claims, line 1, column 6"),
        (&["sign", "[]", "--new", "HS256"], "neither a JSON object nor a token"),
        (&["sign", "{}", "--new", "HS256", "--exp", "soon"], "--exp: soon is no time"),
        (&["sign", "{}", "--new", "HS256", "--header", "alg=none"], "this key (shared secret) signs HS256, not none"),
        (&["sign", "{}"], "--new"),
        (&["sign", "{}", "--new", "HS256", "--key", "public.pem"], "cannot be used with"),
        (&["sign", "{}", "--new", "HS256", "--claim", "x"], "expected NAME=VALUE"),
    ] {
        let ran = place.run(arguments).code(2);
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn differences_are_told_as_the_contract_has_them() {
    let place = Place::demo();
    let header = r#"{"alg":"RS256","typ":"JWT"}"#;
    let first = token(header, r#"{"sub":"alice","exp":1000,"scope":"a b","realm_access":{"roles":["x","y"]}}"#);
    let second = token(header, r#"{"exp":1300,"scope":"c b","realm_access":{"roles":["y"]},"azp":"app"}"#);
    place.run(&["diff", &first, &first]).code(0).says("No difference: it is the same token");
    let text = place.run(&["diff", &first, &second]).code(1).out;
    let body: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(
        body.join("\n"),
        "\nClaims\n  -  sub                 alice\n  ~  exp                 5 min later\n  ~  scope               + c  - a  (1 the same)\n  ~  realm_access.roles  - x  (1 the same)\n  +  azp                 app\n\n2 members are the same"
    );
    let json = place.run(&["diff", &first, &second, "--json"]).code(1).json();
    assert_eq!(
        json,
        json!({"same": false, "differences": [
            {"part": "claims", "name": "sub", "left": "alice", "right": null, "change": "removed"},
            {"part": "claims", "name": "exp", "left": 1000, "right": 1300, "change": "time", "seconds": 300},
            {"part": "claims", "name": "scope", "left": "a b", "right": "c b", "change": "set", "added": ["c"], "removed": ["a"], "kept": ["b"]},
            {"part": "claims", "name": "realm_access.roles", "left": ["x", "y"], "right": ["y"], "change": "set", "added": [], "removed": ["x"], "kept": ["y"]},
            {"part": "claims", "name": "azp", "left": null, "right": "app", "change": "added"},
        ]})
    );
    assert_eq!(place.run(&["diff", &first, &first, "--json"]).code(0).json(), json!({"same": true, "differences": []}));
    assert!(place.run(&["diff", "opa.que", "an.other"]).code(1).err.contains("compared as a whole"));
    place.run(&["diff", "-", "-"]).code(2);
}

#[test]
fn a_profile_alone_is_compared_with_what_it_asked_for() {
    let place = Place::demo();
    place
        .run(&["diff", "tester"])
        .code(1)
        .says("between what tester asked for and what #")
        .says("scope  + profile  + email");
    let json = place.run(&["diff", "tester-no-scope", "--json"]).code(1).json();
    assert_eq!(
        json,
        json!({"same": false, "differences": [{
            "part": "claims", "name": "scope", "left": null, "right": "profile email",
            "change": "set", "added": ["profile", "email"], "removed": [], "kept": [],
        }]})
    );
    assert!(place.run(&["diff", KNOWN]).code(2).err.contains("nothing to be compared with"));
    assert!(place.run(&["diff", "nobody"]).code(2).err.contains("nothing to be compared with"));
}

#[test]
fn a_provider_is_asked_about_any_token() {
    let place = Place::demo();
    assert!(place.run(&["introspect", "an-opaque-token"]).code(2).err.contains("--by PROFILE"));
    place.run(&["introspect", "an-opaque-token", "--by", "tester"]).code(1).says("NOT ACTIVE").says("does not know it");
    let json = place.run(&["introspect", "an-opaque-token", "--by", "tester", "--json"]).code(1).json();
    assert_eq!((&json["active"], &json["answer"]), (&json!(false), &json!({"active": false})));
    // The wrong secret gives no word at all.
    assert!(place.run(&["introspect", "an-opaque-token", "--by", "wrong-secret"]).code(3).out.contains("NO WORD"));
    place.run(&["introspect", "tester", "--by", "nobody"]).code(2);
}

#[test]
fn a_key_made_on_the_spot_is_kept_when_asked() {
    let place = Place::demo();
    for (alg, option) in [("ES512", "--key"), ("RS256", "--key"), ("EdDSA", "--key"), ("HS256", "--secret-file")] {
        let file = format!("{alg}.key");
        let made = place.run(&["sign", r#"{"sub":"me"}"#, "--new", alg, "--keep-key", &file]).code(0);
        let kept = place.path().join(&file);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
        }
        place.run(&["verify", made.out.trim(), option, &file]).code(0);
        let again = place.run(&["sign", r#"{"sub":"you"}"#, option, &file]).code(0);
        place.run(&["verify", again.out.trim(), option, &file]).code(0);
        // What is there is never written over.
        let before = std::fs::read(&kept).unwrap();
        let ended = place.run(&["sign", "{}", "--new", alg, "--keep-key", &file]).code(2);
        assert!(ended.out.is_empty() && ended.err.contains(&file), "{}", ended.err);
        assert_eq!(std::fs::read(&kept).unwrap(), before);
    }
    place.run(&["sign", "{}", "--key", "ES512.key", "--keep-key", "other"]).code(2);
}

#[test]
fn the_rules_are_listed_and_a_finding_can_fail() {
    let place = Place::demo();
    place
        .run(&["decode", "--rules"])
        .code(0)
        .says("secret-guessable")
        .says("  → Make a new one at random, and change it everywhere. (RFC 8725 3.5)\n");
    let rules = place.run(&["decode", "--rules", "--json"]).code(0).json();
    let first = &rules[0];
    assert_eq!(first["id"], "alg-none");
    let names: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "severity", "about", "remedy", "reference"]);
    assert!(rules.as_array().unwrap().iter().all(|rule| rule["remedy"].as_str().unwrap().ends_with('.')));
    place.run(&["decode", KNOWN, "--fail-on", "error"]).code(1).says("your-256-bit-secret");
    place.run(&["decode", KNOWN]).code(0);
    std::fs::write(place.path().join("secret"), "your-256-bit-secret").unwrap();
    place.run(&["verify", KNOWN, "--secret-file", "secret"]).code(0).says("secret-short: The secret has 152 bits");
    place.run(&["decode"]).code(2);
}

#[test]
fn bad_tokens_are_answered_at_once() {
    let place = Place::demo();
    let rs = r#"{"alg":"RS256","typ":"JWT"}"#;
    let deep = |open: &str, close: &str| format!("{{\"a\":{}{}}}", open.repeat(10_000), close.repeat(10_000));
    let kid = format!("\u{1b}]0;title\u{7}{}", "k\u{1b}[2J".repeat(20_000));
    for (name, text, code, words) in [
        ("1 MB of a.", "a.".repeat(500_000), 1, "Opaque token"),
        ("longer than is read", "a".repeat(1_100_000), 1, "more than 1048576 are not taken apart"),
        ("arrays 10,000 deep", token(rs, deep("[", "]")), 0, "json-refused: The payload is nested so deep"),
        ("objects 10,000 deep", token(rs, deep("{\"a\":", "}").replace(":}", ":1}")), 0, "nested so deep"),
        ("a header 10,000 deep", token(&deep("[", "]"), "{}"), 0, "The header is nested so deep"),
        ("a header that is no JSON", token("{\"alg\"", "{}"), 1, "the header is not readable JSON"),
        ("a number beyond f64", token(rs, r#"{"n":1e400,"sub":"x"}"#), 0, "  n    1e400"),
        ("half a surrogate pair", token(rs, r#"{"a":"\ud800"}"#), 0, "half a surrogate pair"),
        ("a long number", token(rs, r#"{"n":123456789012345678901234567890}"#), 0, "123456789012345678901234567890"),
        ("invalid UTF-8", token(rs, b"{\"a\":\"\xff\"}"), 0, "it is not UTF-8"),
        ("null bytes", token(rs, "{\"a\":\"\\u0000\",\"b\":\"x\"}"), 0, "\\u{0}"),
        ("raw null bytes", token(rs, "\0\0\0"), 0, "00 00 00"),
        ("exp as a string", token(rs, r#"{"exp":"1800000000"}"#), 0, "exp is a string, \"1800000000\""),
        ("exp negative", token(rs, r#"{"exp":-1}"#), 0, "exp is -1, before 1970"),
        ("exp 1e300", token(rs, r#"{"exp":1e300}"#), 0, "beyond any calendar"),
        (
            "a kid of 100 KB with escapes",
            token(&json!({"alg": "RS256", "kid": kid}).to_string(), "{}"),
            0,
            "kid looks like",
        ),
        ("a name that stands twice", token(rs, r#"{"sub":"a","sub":"b"}"#), 0, "has the member \"sub\" twice"),
        ("an encrypted one", format!("{}.a.b.c.d", b64(r#"{"alg":"dir","enc":"A256GCM"}"#)), 0, "encrypted (JWE)"),
        (
            "a kid of 3,000 letters",
            token(&json!({"alg": "RS256", "kid": "k".repeat(3_000)}).to_string(), "{}"),
            0,
            "  alg  RS256  how it is",
        ),
        ("one without its third part", format!("{}.{}", b64(rs), b64("{}")), 1, "cut off before its signature"),
        ("one without its third part", format!("{}.{}", b64(rs), b64("{}")), 1, "second dot (RFC 7519 6.1)"),
    ] {
        let started = Instant::now();
        let ran = piped(&place, &["decode", "-"], &text);
        assert!(started.elapsed() < AT_ONCE, "{name} took {:?}", started.elapsed());
        assert!(ran.out.contains(words), "{name}: {} {}", ran.out.chars().take(2_000).collect::<String>(), ran.err);
        does_not_drive_the_terminal(name, &ran.code(code));
        let ran = piped(&place, &["decode", "-", "--json"], &text).code(code);
        // Numbers that serde_json's own value cannot hold are JSON all the same.
        assert!(serde_json::from_str::<&serde_json::value::RawValue>(&ran.out).is_ok(), "{name}: {}", ran.out);
        // The other commands that take a token have an answer, too, and none of them is a yes.
        std::fs::write(place.path().join("secret"), "a secret of thirty-two bytes, or more").unwrap();
        for (arguments, no) in [
            (&["verify", "-", "--secret-file", "secret"][..], [1, 2]),
            (&["diff", "-", KNOWN], [1, 2]),
            (&["sign", "-", "--secret-file", "secret"], [0, 2]),
        ] {
            let started = Instant::now();
            let ran = piped(&place, arguments, &text);
            assert!(started.elapsed() < AT_ONCE, "{arguments:?} {name} took {:?}", started.elapsed());
            assert!(no.contains(&ran.code), "{arguments:?} {name} ended with {}: {}{}", ran.code, ran.out, ran.err);
            assert!(!ran.err.is_empty() || !ran.out.is_empty(), "{arguments:?} says nothing of {name}");
            does_not_drive_the_terminal(name, &ran);
        }
    }
}

/// Nothing foreign reaches the terminal but as text.
fn does_not_drive_the_terminal(name: &str, ran: &Ended) {
    let drives = |c: char| c.is_control() && c != '\n';
    assert!(!ran.out.contains(drives) && !ran.err.contains(drives), "{name} drives the terminal");
}

#[test]
fn a_token_that_has_ended_is_not_valid_whatever_else_is_in_it() {
    let place = Place::demo();
    std::fs::write(place.path().join("secret"), "a secret of thirty-two bytes, or more").unwrap();
    let deep = format!(r#"{{"exp":1,"a":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    for claims in [deep.as_str(), r#"{"exp":1,"n":1e400}"#, r#"{"exp":1,"t":"\ud800"}"#] {
        let made = piped(&place, &["sign", "-", "--secret-file", "secret"], claims).code(0).out;
        let ended = place.run(&["verify", made.trim(), "--secret-file", "secret", "--json"]).code(1).json();
        assert_eq!(ended["valid"], false, "{claims}");
    }
    // What is no JSON to anybody here may be some to another reader.
    let made = hmac_of_a_test(b"{\"exp\":1,\"a\":\"\xff\"}");
    place.run(&["verify", &made, "--secret-file", "secret"]).code(1).says("FAIL     exp").says("pass     signature");
    place.run(&["verify", &hmac_of_a_test(b"hello"), "--secret-file", "secret"]).code(0).says("skipped  exp");
    // And what is signed here is what was written.
    std::fs::write(place.path().join("claims"), b"{\"a\":\"\xff\"}").unwrap();
    assert!(place.run(&["sign", "@claims", "--secret-file", "secret"]).code(2).err.contains("no UTF-8, from byte 6"));
    let ran = place.run(&["sign", r#"{"exp":"soon"}"#, "--secret-file", "secret"]).code(0);
    assert!(ran.err.contains("exp is a string, \"soon\""), "{}", ran.err);
}

/// A token of these bytes, which the program itself would not sign.
fn hmac_of_a_test(payload: &[u8]) -> String {
    let input = format!("{}.{}", b64(r#"{"alg":"HS256"}"#), b64(payload));
    let key = jsonwebtoken::EncodingKey::from_secret(b"a secret of thirty-two bytes, or more");
    let signature = jsonwebtoken::crypto::sign(input.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
    format!("{input}.{signature}")
}

#[test]
fn where_no_token_is_the_usage_is_told() {
    let place = Place::demo();
    std::fs::write(place.path().join("empty"), "\n").unwrap();
    for (argument, input, place_of_it) in [
        ("", "", "the argument is empty"),
        ("-", "", "standard input is empty"),
        ("-", " \n\n", "standard input is empty"),
        ("@empty", "", "empty is empty"),
    ] {
        for arguments in [&["decode", argument][..], &["decode", argument, "--json"], &["diff", KNOWN, argument]] {
            let ran = piped(&place, arguments, input).code(2);
            assert!(ran.out.is_empty(), "{arguments:?}: {}", ran.out);
            assert!(ran.err.contains(&format!("there is no token: {place_of_it}")), "{arguments:?}: {}", ran.err);
            assert!(ran.err.contains("@FILE"), "{}", ran.err);
        }
    }
    piped(&place, &["verify", "-", "--secret-env", "HOME"], "").code(2);
}

#[test]
fn a_finding_says_what_to_do_and_where_that_is_written() {
    let place = Place::demo();
    let text =
        token(r#"{"alg":"RS256","typ":"JWT"}"#, r#"{"sub":"a","aud":"b","exp":4000000000,"email_verified":"true"}"#);
    let out = place.run(&["decode", &text]).code(0).out;
    let lines: Vec<&str> = out.lines().skip_while(|line| *line != "Findings").skip(1).collect();
    assert!(lines[0].starts_with("  info     claim-in-another-form: email_verified is a string"), "{out}");
    assert!(lines[1].starts_with("           → Let readers take both forms"), "{out}");
    assert!(lines[1].ends_with("(RFC 9068 2.2, OIDC Core 5.1)"), "{out}");
    assert!(lines[2].starts_with("  warning  lifetime-over-a-day: It ends in "), "{out}");
    assert_eq!(lines[3], "           → Let it end sooner, and refresh it. (RFC 6750 5.3)");
    let json = place.run(&["decode", &text, "--json"]).code(0).json();
    let finding = &json["findings"][1];
    let names: Vec<&String> = finding.as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "severity", "message", "remedy", "reference"]);
    assert_eq!(
        (&finding["id"], &finding["remedy"], &finding["reference"]),
        (&json!("lifetime-over-a-day"), &json!("Let it end sooner, and refresh it."), &json!("RFC 6750 5.3"))
    );
}

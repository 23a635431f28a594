//! `sign` by the real binary: what is signed is what was written, what is shown is what was signed, and what is amiss is said.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod support;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pretty_assertions::assert_eq;
use support::{Ended, Place};

/// Signs with a secret that no list of guesses has.
fn sign(place: &Place, arguments: &[&str]) -> Ended {
    std::fs::write(place.path().join("secret"), "7c1f0a52e94b46d8a3370b9e5d2c8f61").unwrap();
    place.run(&[&["sign", "--secret-file", "secret"], arguments].concat())
}

/// Header and claims of a token, byte for byte.
fn parts(token: &str) -> [String; 2] {
    let part = |n| String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(token.trim().split('.').nth(n).unwrap()).unwrap());
    [part(0).unwrap(), part(1).unwrap()]
}

#[test]
fn an_option_changes_its_claim_and_no_other_byte() {
    let place = Place::demo();
    for (claims, option, signed) in [
        ("{ \"a\" : 1,\n \"b\":2 }", "a=3", "{ \"a\" : 3,\n \"b\":2 }"),
        (r#"{"\u0065xp":1, "b":"\u0041"}"#, "c=3", r#"{"\u0065xp":1, "b":"\u0041", "c":3}"#),
        (r#"{"role":"admin","role":"user"}"#, "role=guest", r#"{"role":"guest","role":"guest"}"#),
        (r#"{"iat":"1970-01-01","n":1.10}"#, "iat=7", r#"{"iat":7,"n":1.10}"#),
    ] {
        assert_eq!(parts(&sign(&place, &[claims, "--claim", option]).code(0).out)[1], signed);
    }
    let [header, claims] = parts(&sign(&place, &[r#"{"exp":"+1h","exp":1000}"#]).code(0).out);
    assert_eq!(header, r#"{"typ":"JWT","alg":"HS256"}"#);
    assert!(claims.ends_with(r#","exp":1000}"#) && !claims.contains("+1h"), "{claims}");
}

#[test]
fn what_is_shown_is_what_was_signed() {
    let place = Place::demo();
    for claims in [
        r#"{"sub":"admin","sub":"user"}"#,
        r#"{"sub":"\ud800"}"#,
        r#"{"a":1.10,"b":-0,"c":1e2,"d":{"e":1,"e":0.10}}"#,
        "{ \"a\" : \"\\u0041\",\n \"b\":1e400 }",
    ] {
        let ran = sign(&place, &[claims, "--json", "--header", "kid=\"\\u0041\""]).code(0);
        for (name, signed) in [("header", r#"{"typ":"JWT","kid":"\u0041","alg":"HS256"}"#), ("claims", claims)] {
            assert!(ran.out.contains(&format!("  \"{name}\": {signed},\n")), "{signed}: {}", ran.out);
        }
    }
    // A terminal goes back to the beginning of the line, and writes over what it has shown.
    let ran = sign(&place, &["{\"sub\":\"admin\",\r\t\"role\":1}", "--json"]).code(0);
    assert!(ran.out.contains("{\"sub\":\"admin\",  \"role\":1}"), "{:?}", ran.out);
}

#[test]
fn decode_shows_as_signed_what_reading_would_hide() {
    let place = Place::demo();
    for (claims, shown) in [
        (r#"{"sub":"admin","n":1.0,"sub":"user"}"#, true),
        (r#"{"a":[{"b":1,"b":2}]}"#, true),
        (r#"{"sub":"\ud800"}"#, true),
        (r#"{"sub":"user","n":1.10}"#, false),
    ] {
        let token = sign(&place, &[claims]).code(0).out;
        let out = place.run(&["decode", token.trim(), "--json"]).code(0).out;
        assert_eq!(out.contains(&format!("  \"claims\": {claims},\n")), shown, "{out}");
        assert!(
            out.contains("  \"header\": {\n    \"typ\": \"JWT\","),
            "of the part alone that hides something: {out}"
        );
    }
}

#[test]
fn what_readers_may_refuse_is_said_once_and_signed() {
    let place = Place::demo();
    for (arguments, said) in [
        (&[r#"{"sub":"admin","sub":"user"}"#][..], "duplicate-member: The payload has the member \"sub\" twice"),
        (&["{}", "--claim", "aud=7"], "claim-of-wrong-type: aud is a number"),
        (&["{}", "--claim", "exp=soon"], "exp is a string, \"soon\""),
        (&["{}", "--claim", "exp=-1"], "exp is -1, before 1970"),
        (&["{}", "--exp", "-2h", "--iat", "-1h"], "exp-before-iat: "),
        (&["{}", "--header", "crit=[\"x\"]"], "crit-unknown: crit asks for x"),
    ] {
        for json in [&[][..], &["--json"]] {
            let ran = sign(&place, &[arguments, json].concat()).code(0);
            assert_eq!(ran.err.matches(said).count(), 1, "{arguments:?}: {}", ran.err);
            assert_eq!(ran.err.matches("; it is signed as it stands\n").count(), 1, "{arguments:?}: {}", ran.err);
            assert!(!ran.out.contains("signed as it stands"), "{}", ran.out);
        }
    }
    std::fs::write(place.path().join("short"), "sixteen letters!").unwrap();
    let ran = place.run(&["sign", "{}", "--secret-file", "short"]).code(0);
    assert!(ran.err.contains("secret-short: The secret has 128 bits"), "{}", ran.err);
    let ran = sign(&place, &[r#"{"sub":"me","exp":"+1h"}"#]).code(0);
    assert!(ran.err.lines().count() == 1 && ran.err.contains("was made here"), "{}", ran.err);
}

#[test]
fn a_payload_that_is_not_encoded_is_not_signed() {
    let place = Place::demo();
    let ran = sign(&place, &["{}", "--header", "b64=false", "--header", "crit=[\"b64\"]"]).code(2);
    assert!(ran.out.is_empty() && ran.err.contains("(RFC 7797) is not signed here"), "{}", ran.err);
}

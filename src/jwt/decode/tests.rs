//! Tokens from the standards' examples, from other tools, and from nowhere.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::jwt::lint;
use crate::jwt::testing::{NOW, after, b64, keycloak_claims, now, signed, unsigned, with_header};

fn jws(token: &Token) -> &Jws {
    match token.kind() {
        Kind::Jws(jws) => jws,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_signed_token_is_taken_apart_as_written() {
    // RFC 7515 appendix A.1: line breaks inside the JSON are part of what is signed.
    let token = Token::read(
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    );
    assert_eq!(token.json(Part::Header).unwrap(), "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}");
    assert_eq!(
        jws(&token).payload_json.as_deref(),
        Some("{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}")
    );
    assert_eq!(jws(&token).signature.len(), 32);
    assert_eq!((token.alg(), token.kid()), (Some("HS256"), None));
    assert_eq!(token.claim_str("iss"), Some("joe"));
    assert_eq!(token.problems(), []);
    assert_eq!(token.status(now()), Status::Expired);
    assert!(token.raw().reveal().starts_with(token.signing_input().unwrap()));
}

#[test]
fn what_cannot_be_taken_apart_is_opaque() {
    for text in ["", "abc", "a.b", "a.b.c", "a.b.c.d", "ory_at_x.y", "....", "a.b.c.d.e.f", "e30", "W10.e30.x"] {
        let token = Token::read(text);
        assert_eq!(token.kind(), &Kind::Opaque, "{text}");
        assert_eq!(token.status(now()), Status::Opaque);
        assert_eq!(token.raw().reveal(), text);
        assert!(token.header().is_none() && token.claims().is_none());
    }
    assert!(matches!(Token::read("a.b.c").problems(), [Problem::HeaderNotReadable(_)]));
}

/// RFC 7519 section 6.1: an unsigned token ends with a dot.
#[test]
fn a_token_without_its_third_part_is_said_to_be_cut_off() {
    let whole = signed(&keycloak_claims());
    let cut = Token::read(whole.signing_input().unwrap());
    assert_eq!((cut.kind(), cut.problems()), (&Kind::Opaque, &[Problem::CutOff][..]));
    assert_eq!((cut.claim_str("azp"), cut.status(now())), (whole.claim_str("azp"), Status::Opaque));
    assert!(cut.signing_input().is_none() && lint(&cut, now()).is_empty());
    let (half, header) = (whole.signing_input().unwrap().split_at(200).0, "eyJhbGciOiJub25lIn0");
    for text in [half, header, "eyJhbGciOiJub25lIn0.!"] {
        let cut = Token::read(text);
        assert!(
            cut.problems().contains(&Problem::CutOff) && cut.header().is_some() && cut.claims().is_none(),
            "{text}"
        );
    }
    let words = cut.problems()[0].to_string();
    assert!(words.contains("cut off") && words.contains("second dot"), "{words}");
    assert_eq!(Token::read(&format!("{}.", whole.signing_input().unwrap())).problems(), []);
    for text in ["a.b", "ory_at_x.y", "e30.e30"] {
        assert_eq!(Token::read(text).problems(), [], "{text}");
    }
}

#[test]
fn of_an_encrypted_token_the_header_is_readable() {
    let token = Token::read(&format!("{}.a.b.c.d", b64(r#"{"alg":"RSA-OAEP","enc":"A256GCM","kid":"x"}"#)));
    assert_eq!(token.kind(), &Kind::Jwe);
    assert_eq!((token.alg(), token.kid()), (Some("RSA-OAEP"), Some("x")));
    assert_eq!(token.status(now()), Status::Encrypted);
    assert_eq!((token.signing_input(), token.claims()), (None, None));
}

#[test]
fn reading_cleans_and_the_exact_form_does_not() {
    let clean = signed(&keycloak_claims());
    let dirty = format!("Authorization: Bearer {}\n", clean.raw().reveal());
    let token = Token::read(&dirty);
    assert_eq!(token.raw(), clean.raw());
    assert_eq!(token.fingerprint(), clean.fingerprint());
    assert!(token.cleaned().iter().any(|what| what.contains("Bearer")), "{:?}", token.cleaned());
    assert_eq!(Token::of(&Secret::new(dirty)).kind(), &Kind::Opaque);
}

#[test]
fn a_payload_that_is_no_json_is_kept_and_explained() {
    for (payload, why) in [
        (&b"Live long and prosper"[..], "expected value"),
        (b"", "empty"),
        (b"[1,2]", "array"),
        (b"{\"a\":\"\xff\"}", "UTF-8"),
    ] {
        let text = format!("{}.{}.c2ln", b64(r#"{"alg":"RS256"}"#), b64(payload));
        let token = Token::read(&text);
        assert_eq!(jws(&token).payload, payload);
        assert_eq!((jws(&token).payload_json.as_deref(), token.claims()), (None, None));
        let [problem @ Problem::PayloadNotJson(_)] = token.problems() else { panic!("{:?}", token.problems()) };
        assert!(problem.to_string().contains(why), "{problem}");
        assert_eq!(token.status(now()), Status::NoExpiry);
    }
}

#[test]
fn claims_that_strict_readers_refuse_are_read_and_that_is_said() {
    let deep = format!("{{\"exp\":1,\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for (payload, what) in [
        (deep.as_str(), "nested so deep"),
        (r#"{"exp":1,"n":1e400}"#, "more digits"),
        (r#"{"exp":1,"t":"\udc00"}"#, "half a surrogate pair"),
    ] {
        let token = unsigned(payload);
        assert_eq!((token.status(now()), jws(&token).payload_json.as_deref()), (Status::Expired, Some(payload)));
        let [problem] = token.problems() else { panic!("{:?}", token.problems()) };
        assert!(problem.to_string().contains(what), "{problem}");
    }
}

#[test]
fn duplicates_and_lost_digits_are_noted() {
    let token = with_header(
        r#"{"alg":"RS256","alg":"HS256"}"#,
        r#"{"scope":"a","scope":"b","n":123456789012345678901234567890}"#,
    );
    assert_eq!(token.alg(), Some("HS256"));
    assert_eq!(token.claim_str("scope"), Some("b"));
    assert_eq!(
        token.problems(),
        [
            Problem::DuplicateMember(Part::Header, "alg".into()),
            Problem::DuplicateMember(Part::Payload, "scope".into()),
            Problem::RoundedNumber(Part::Payload)
        ]
    );
    assert!(jws(&token).payload_json.as_deref().unwrap().contains("123456789012345678901234567890"));
}

#[test]
fn base64_of_another_kind_is_read_and_noted() {
    // "~~~???" has both letters in which the alphabets differ.
    let standard = base64::prelude::BASE64_STANDARD.encode("{\"a\":\"~~~???~~\"}");
    assert!(standard.contains(['+', '/']) && standard.ends_with('='));
    let token = Token::read(&format!("{}.{standard}.c2ln", b64(r#"{"alg":"RS256"}"#)));
    assert_eq!(token.claim_str("a"), Some("~~~???~~"));
    assert!(matches!(token.problems(), [Problem::Encoding(Part::Payload, _)]));
    assert!(token.signing_input().unwrap().ends_with('='), "the signing input stays as given");
    // "c2k" and "c2l" decode to the same two bytes; only the first is proper.
    let stray = Token::read(&format!("{}.e30.c2l", b64(r#"{"alg":"RS256"}"#)));
    assert_eq!(jws(&stray).signature.as_slice(), b"si");
    assert!(matches!(stray.problems(), [Problem::Encoding(Part::Signature, _)]));
}

#[test]
fn status_follows_the_clock() {
    let status = |claims: &str, seconds| unsigned(claims).status(after(seconds));
    let both = format!("{{\"exp\":{},\"nbf\":{}}}", NOW + 90, NOW - 90);
    for (seconds, expected) in [
        (-91, Status::NotYetValid),
        (-90, Status::Active),
        (89, Status::Active),
        (90, Status::Expired),
        (91, Status::Expired),
    ] {
        assert_eq!(status(&both, seconds), expected, "{seconds}");
    }
    assert_eq!(status("{}", 0), Status::NoExpiry);
    assert_eq!(status(r#"{"exp":"1800000300"}"#, 0), Status::NoExpiry);
    assert_eq!(serde_json::to_value(Status::NotYetValid).unwrap(), json!("not_yet_valid"));
}

#[test]
fn nothing_of_the_token_is_in_its_debug_text() {
    let token = signed(&keycloak_claims());
    let debug = format!("{token:?}");
    assert!(!debug.contains(token.signature_text().unwrap()), "{debug}");
    assert!(debug.contains(&token.fingerprint().to_string().split_off(1)) || debug.contains("Fingerprint"), "{debug}");
}

#[test]
fn large_input_is_bounded() {
    let token = Token::read(&"a.".repeat(600_000));
    assert_eq!((token.kind(), token.problems()), (&Kind::Opaque, &[Problem::TooLong(1_200_000)][..]));
    assert_eq!(Token::read(&"a.".repeat(500_000)).kind(), &Kind::Opaque);
    let kid = "\u{1b}[2J".repeat(25_000);
    let token = with_header(&json!({"alg": "RS256", "kid": kid}).to_string(), "{}");
    assert_eq!(token.kid(), Some(kid.as_str()));
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in any::<String>()) {
        let token = Token::read(&text);
        let _ = (token.scopes(), token.roles(), token.audiences(), token.status(now()), token.token_kind());
    }

    #[test]
    fn any_bytes_can_stand_in_any_part(header in any::<Vec<u8>>(), payload in any::<Vec<u8>>(), signature in any::<Vec<u8>>()) {
        let token = Token::read(&format!("{}.{}.{}", b64(header), b64(&payload), b64(&signature)));
        prop_assert_eq!(token.claims(), None);
        let token = Token::read(&format!("{}.{}.{}", b64("{}"), b64(&payload), b64(&signature)));
        prop_assert_eq!(&jws(&token).payload, &payload);
        prop_assert_eq!(&*jws(&token).signature, &signature);
    }

    #[test]
    fn near_tokens_can_be_read(text in "[eyJ.=+/ \"BearAuthoiz:\n-]{0,64}") {
        let token = Token::read(&text);
        let again = Token::read(token.raw().reveal());
        prop_assert_eq!(again.raw(), token.raw());
        prop_assert_eq!(again.cleaned().len(), 0);
    }
}

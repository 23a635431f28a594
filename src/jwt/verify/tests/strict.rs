//! What the standards have rejected, although the signature itself holds.

use jsonwebtoken::crypto;
use pretty_assertions::assert_eq;

use super::*;
use crate::jwt::testing::signing_key;

/// Signed by the published key as these two parts are written.
fn signed_as_written(header: &str, payload: &str) -> Token {
    let input = format!("{header}.{payload}");
    let signature = crypto::sign(input.as_bytes(), &signing_key(RSA, Algorithm::RS256), Algorithm::RS256).unwrap();
    Token::of(&Secret::new(format!("{input}.{signature}")))
}

/// RFC 7515 sections 2 and 5.2.
#[test]
fn parts_that_are_no_base64url_fail_the_signature() {
    let header = b64(r#"{"alg":"RS256","kid":"k1"}"#);
    let payload = b64(json!({"exp": NOW + 9, "a": "??>>??"}).to_string());
    let standard = payload.replace('-', "+").replace('_', "/");
    assert_ne!(standard, payload);
    // At the end "fQ" is "}", and so, but for strict readers, is "fR".
    let whole = b64(r#"{"exp":1800000009,"b":20}"#);
    let stray = format!("{}R", whole.strip_suffix("fQ").map(|start| format!("{start}f")).unwrap());
    assert_eq!(verdict(&signed_as_written(&header, &payload)).valid, Some(true));
    for (header, payload, words) in [
        (header.as_str(), "!!!", "the payload is not base64url"),
        (&header, &format!("{payload}!"), "the payload is not base64url"),
        (&header, &format!("{payload}="), "the payload has padding"),
        (&header, &standard, "the payload is written in standard base64"),
        (&header, &stray, "the payload ends in bits that mean nothing"),
        (&format!("{header}=="), &payload, "the header has padding"),
    ] {
        let verdict = verdict(&signed_as_written(header, payload));
        assert_eq!((verdict.valid, outcome(&verdict, CheckName::Signature)), (Some(false), Outcome::Fail), "{payload}");
        let said = detail(&verdict, CheckName::Signature);
        assert!(said.contains("strict readers refuse it") && said.contains(words), "{said}");
    }
}

/// RFC 7797 section 3.
#[test]
fn a_payload_that_is_signed_as_it_is_fails_the_signature() {
    let payload = keycloak_claims().to_string();
    for (b64, words) in
        [(json!(false), "b64: false"), (json!("false"), "true or false is wanted"), (Value::Null, "null")]
    {
        let header = json!({"alg": "RS256", "kid": "k1", "b64": b64});
        let verdict = verdict(&Token::read(&signed_text(&header, &payload, RSA, Algorithm::RS256)));
        assert_eq!((verdict.valid, outcome(&verdict, CheckName::Signature)), (Some(false), Outcome::Fail), "{b64}");
        assert!(detail(&verdict, CheckName::Signature).contains(words), "{}", detail(&verdict, CheckName::Signature));
    }
    let header = json!({"alg": "RS256", "kid": "k1", "b64": true});
    assert_eq!(verdict(&Token::read(&signed_text(&header, &payload, RSA, Algorithm::RS256))).valid, Some(true));
}

/// RFC 7515 section 4.1.4.
#[test]
fn a_kid_that_is_no_text_means_no_key() {
    for (kid, words) in [(json!(7), "kid is a number, 7"), (Value::Null, "kid is null"), (json!(["k1"]), "an array")] {
        let header = json!({"alg": "RS256", "kid": kid});
        let token = Token::read(&signed_text(&header, &keycloak_claims().to_string(), RSA, Algorithm::RS256));
        let verdict = verdict(&token);
        assert_eq!((verdict.valid, outcome(&verdict, CheckName::Key)), (Some(false), Outcome::Fail), "{kid}");
        assert!(detail(&verdict, CheckName::Key).contains(words), "{}", detail(&verdict, CheckName::Key));
    }
}

#[test]
fn claims_that_only_other_readers_see_do_not_pass_for_none() {
    let claims = json!({"exp": NOW - 90}).to_string();
    let wide = |unit: fn(u16) -> [u8; 2]| claims.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let widest: Vec<u8> = claims.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    for payload in [
        [b"\xef\xbb\xbf", claims.as_bytes()].concat(),
        [b"\xef\xbb\xbf \n", claims.as_bytes()].concat(),
        wide(u16::to_be_bytes),
        wide(u16::to_le_bytes),
        [&[0xff, 0xfe][..], &wide(u16::to_le_bytes)].concat(),
        [&[0xfe, 0xff][..], &wide(u16::to_be_bytes)].concat(),
        widest,
    ] {
        let token = signed_as_written(&b64(r#"{"alg":"RS256","kid":"k1"}"#), &b64(&payload));
        let verdict = verdict(&token);
        assert_eq!((verdict.valid, outcome(&verdict, CheckName::Exp)), (Some(false), Outcome::Fail), "{payload:?}");
        assert!(detail(&verdict, CheckName::Exp).contains("begins like a JSON object"));
    }
}

/// RFC 7519 section 4.1.3.
#[test]
fn an_audience_beside_something_else_is_none() {
    let policy = Policy { audience: Some("account".into()), ..Policy::default() };
    let token = signed(&with("aud", &json!(["account", 7])));
    let verdict = verify(&token, KeySource::Keys(&published()), &policy, now());
    assert_eq!((verdict.valid, outcome(&verdict, CheckName::Aud)), (Some(false), Outcome::Fail));
    assert_eq!(
        detail(&verdict, CheckName::Aud),
        "aud lists a number, 7, where only texts are wanted; expected account"
    );
}

/// RFC 9068 section 4, RFC 8725 section 3.11.
#[test]
fn where_an_access_token_is_required_it_must_say_that_it_is_one() {
    let policy = Policy { required: vec![CheckName::Typ], ..Policy::default() };
    let held = |header: &Value, claims: &Value| {
        let token = Token::read(&signed_text(header, &claims.to_string(), RSA, Algorithm::RS256));
        let verdict = verify(&token, KeySource::Keys(&published()), &policy, now());
        (verdict.valid, detail(&verdict, CheckName::Typ).to_owned())
    };
    let plain = json!({"alg": "RS256", "kid": "k1", "typ": "JWT"});
    for claims in [
        json!({"typ": "Bearer"}),
        json!({"token_use": "access"}),
        json!({"scp": "a", "azp": "c", "azpacr": "1"}),
        json!({"appid": "c", "appidacr": "0"}),
        json!({"cid": "c", "scp": ["a"]}),
    ] {
        assert_eq!(held(&plain, &claims), (Some(true), "an access token".to_owned()), "{claims}");
    }
    assert_eq!(held(&json!({"alg": "RS256", "kid": "k1", "typ": "at+jwt"}), &json!({})).0, Some(true));
    let logout = json!({"alg": "RS256", "kid": "k1", "typ": "logout+jwt"});
    let unknown = json!({"alg": "RS256", "kid": "k1", "typ": "new+jwt"});
    for (header, claims, words) in [
        (&plain, json!({"scope": "a", "client_id": "c"}), "looks like an access token"),
        (
            &plain,
            json!({"client_id": "c", "response_type": "code", "redirect_uri": "r", "scope": "a"}),
            "a request object",
        ),
        (&plain, json!({"iss": "c", "sub": "c", "client_id": "c", "aud": "as"}), "a client's proof of who it is"),
        (&plain, json!({"sub": "s", "aud": "c", "azp": "c", "sid": "x", "realm_access": {"roles": ["a"]}}), "ID token"),
        (&plain, json!({"typ": "Logout", "events": {}}), "a logout token"),
        (&logout, json!({"scope": "a"}), "a logout token"),
        (&unknown, json!({"scope": "a"}), "its typ is new+jwt"),
    ] {
        let (valid, said) = held(header, &claims);
        assert_eq!(valid, Some(false), "{claims}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_leeway_is_a_year_at_most() {
    assert_eq!(Policy::read_leeway("31536000"), Ok(31_536_000));
    for (text, words) in [("31536001", "at most 31536000, a year"), ("-1", "number of seconds"), ("x", "such as 30")] {
        let error = Policy::read_leeway(text).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

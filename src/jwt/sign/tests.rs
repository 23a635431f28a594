//! What is made here is what was asked for, and holds.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::jwt::testing::{ED25519, NOW, P256, P384, RSA, now};
use crate::jwt::{KeySet, KeySource, Policy, algorithms, verify};

const SEC1: &str = include_str!("../testdata/p256.sec1.pem");

fn valid(token: &Secret, keys: &KeySet) -> Option<bool> {
    verify(&Token::of(token), KeySource::Keys(keys), &Policy::default(), now()).valid
}

#[test]
fn every_algorithm_makes_what_it_checks() {
    for alg in algorithms() {
        let key = SigningKey::generate(alg).unwrap();
        let token = sign(&Draft::of_claims(r#"{"sub":"alice"}"#), &key).unwrap();
        let read = Token::of(&token);
        assert_eq!((read.alg(), read.kid(), read.claim_str("sub")), (Some(alg), key.kid(), Some("alice")));
        assert_eq!(valid(&token, &key.verifying_set()), Some(true), "{alg}");
        let other = SigningKey::generate(alg).unwrap().named_for_test(key.kid());
        assert_eq!(valid(&token, &other.verifying_set()), Some(false), "{alg}");
        // Kept and read again it is the same key.
        let again = match key.kty() {
            KeyType::Secret => SigningKey::from_secret(key.saved()),
            _ => SigningKey::from_contents(key.saved().reveal().as_bytes()),
        };
        assert_eq!(again.unwrap().verifying().jwk(), key.verifying().clone_without_name().jwk(), "{alg}");
    }
    assert!(SigningKey::generate("none").unwrap_err().to_string().contains("ES256K"));
}

#[test]
fn keys_are_read_from_every_form() {
    for (text, alg) in [(RSA, "RS256"), (P256, "ES256"), (SEC1, "ES256"), (P384, "ES384"), (ED25519, "EdDSA")] {
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let key = SigningKey::from_contents(text.as_bytes()).unwrap();
            assert_eq!(key.alg(), alg);
            let token = sign(&Draft::of_claims("{}"), &key).unwrap();
            // The public part read from the same file checks it.
            assert_eq!(valid(&token, &KeySet::from_pem(&text).unwrap()), Some(true), "{alg}");
        }
    }
    let pkcs1 = include_str!("../testdata/rsa.pkcs1.pem");
    assert_eq!(SigningKey::from_contents(pkcs1.as_bytes()).unwrap().kty(), KeyType::Rsa);
}

/// RFC 7515 appendices A.2 and A.3, RFC 8037 appendix A.1: private keys as the standards write them.
#[test]
fn the_private_keys_of_the_standards_sign() {
    let mut rsa = json!({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB","d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ","p":"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc","q":"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc","dp":"BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0","dq":"h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU","qi":"IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U"});
    let ec = json!({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"});
    let es512 = json!({"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2","d":"AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9mE15j2C"});
    let ed = json!({"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    for (jwk, alg) in [(ec, "ES256"), (es512, "ES512"), (ed.clone(), "EdDSA")] {
        let key = SigningKey::from_contents(jwk.to_string().as_bytes()).unwrap();
        assert_eq!(key.alg(), alg);
        let token = sign(&Draft::of_claims("{}"), &key).unwrap();
        // Of a private JWK the public part is used to check.
        let keys = KeySet::from_file_contents(jwk.to_string().as_bytes()).unwrap();
        assert_eq!(valid(&token, &keys), Some(true), "{alg}");
    }
    // Ed25519 makes one signature only: RFC 8037 appendix A.4.
    let key = SigningKey::from_contents(ed.to_string().as_bytes()).unwrap();
    let a4 = key.signature("EdDSA", b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc").unwrap();
    assert_eq!(a4, "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    // As does RSASSA-PKCS1-v1_5: RFC 7515 appendix A.2.
    let key = SigningKey::from_contents(rsa.to_string().as_bytes()).unwrap();
    let a2 = key.signature("RS256", b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ");
    assert_eq!(
        a2.unwrap(),
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
    rsa["qi"] = json!("AQAB");
    let error = SigningKey::from_contents(rsa.to_string().as_bytes()).unwrap_err();
    assert!(error.to_string().contains("do not belong together"), "{error}");
}

#[test]
fn what_cannot_sign_says_why() {
    let public = include_str!("../testdata/rsa.pub.pem");
    let several = format!("{RSA}{P256}");
    for (text, words) in [
        ("", "neither PEM"),
        (public, "no private key in it"),
        (&several, "more than one private key"),
        (r#"{"keys":[]}"#, "key set"),
        ("{}", "no kty"),
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            "public key: it has no d",
        ),
        (r#"{"kty":"oct","k":"c2VjcmV0","use":"enc"}"#, "use is enc"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "no DER"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", "encrypted"),
    ] {
        let error = SigningKey::from_contents(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
}

#[test]
fn what_is_signed_is_what_was_written() {
    let key = SigningKey::from_secret(&Secret::new("a secret")).unwrap();
    let draft = Draft {
        header: "{\"alg\": \"HS256\",\r\n \"typ\":\"JWT\"}".to_owned(),
        claims: r#"{ "n": 123456789012345678901234567890, "n": 2 }"#.to_owned(),
    };
    let token = Token::of(&sign(&draft, &key).unwrap());
    assert_eq!(Draft::of_token(&token).unwrap(), draft);
    let mut changed = draft.clone();
    changed.set_claim("sub", "alice").unwrap();
    changed.set_claim("n", "987654321098765432109876543210").unwrap();
    assert_eq!(
        changed.claims,
        r#"{ "n": 987654321098765432109876543210, "n": 987654321098765432109876543210, "sub": "alice" }"#
    );
}

#[test]
fn times_may_be_relative() {
    let mut draft = Draft::of_claims(r#"{"exp":"+1h","nbf":"-5m","iat":"now","note":"+1h","auth_time":"soon"}"#);
    draft.resolve_times(now()).unwrap();
    let claims: Value = serde_json::from_str(&draft.claims).unwrap();
    assert_eq!(claims, json!({"exp": NOW + 3600, "nbf": NOW - 300, "iat": NOW, "note": "+1h", "auth_time": "soon"}));
}

#[test]
fn a_relative_time_is_resolved_where_it_stands() {
    let later = (NOW + 3600).to_string();
    for claims in [
        r#"{"exp":"+1h","exp":1000}"#,
        r#"{"exp":1000,"exp":"+1h"}"#,
        r#"{"exp":"+1h","exp":"+1h"}"#,
        "{ \"\\u0065xp\" : \"\\u002b1h\",\r\n \"sub\":\"+1h\", \"n\": 1.10 }",
    ] {
        let mut draft = Draft::of_claims(claims);
        draft.resolve_times(now()).unwrap();
        let wanted = if claims.contains("sub") {
            claims.replace("\"\\u002b1h\"", &later)
        } else {
            claims.replace("\"+1h\"", &later)
        };
        assert_eq!(draft.claims, wanted);
    }
}

#[test]
fn what_is_set_leaves_all_else_as_it_is() {
    let mut draft = Draft {
        header: "{ \"typ\" : \"JWT\",\n  \"kid\" : \"old\", \"x\":1.0}".to_owned(),
        claims: r#"{"role":"admin", "\u0061":"\u00e9", "role":"user"}"#.to_owned(),
    };
    draft.set_claim("role", "guest").unwrap();
    assert_eq!(draft.claims, r#"{"role":"guest", "\u0061":"\u00e9", "role":"guest"}"#);
    draft.fit(&SigningKey::from_contents(RSA.as_bytes()).unwrap()).unwrap();
    assert_eq!(draft.header, "{ \"typ\" : \"JWT\", \"x\":1.0, \"alg\":\"RS256\"}");
}

/// RFC 7797: what is signed is then the payload itself, and whoever knows that would find another signature.
#[test]
fn a_payload_that_is_not_encoded_is_refused() {
    let key = SigningKey::from_secret(&Secret::new("a secret")).unwrap();
    let signed = |header: &str| sign(&Draft { header: header.to_owned(), claims: "{}".to_owned() }, &key);
    for (header, said) in [
        (r#"{"b64":false,"crit":["b64"]}"#, "b64 in the header is false: "),
        (r#"{"b64":false}"#, "RFC 7797"),
        (r#"{"b64":false,"b64":true}"#, "is false"),
        (r#"{"\u0062\u0036\u0034":"false"}"#, "is \"false\""),
    ] {
        let error = signed(header).unwrap_err().to_string();
        assert!(error.contains(said), "{header}: {error}");
    }
    assert!(signed(r#"{"b64":true,"crit":["b64"]}"#).is_ok() && signed(r#"{"x":{"b64":false}}"#).is_ok());
}

#[test]
fn a_draft_that_cannot_be_signed_says_where() {
    let key = SigningKey::from_contents(RSA.as_bytes()).unwrap();
    for (header, claims, words) in [
        ("{}", "{\n  \"a\": }", "the claims, line 2, column 8: expected value"),
        ("{", "{}", "the header, line 1, column 1: EOF"),
        ("{}", "[1]", "the claims: it is a JSON array, not an object"),
        ("{}", "", "the claims, line 1, column 0: EOF"),
        (r#"{"alg":"ES256"}"#, "{}", "this key (RSA) signs RS256, RS384, RS512, PS256"),
        (r#"{"alg":"none"}"#, "{}", "not none"),
        (r#"{"alg":7}"#, "{}", "not a text"),
    ] {
        let draft = Draft { header: header.to_owned(), claims: claims.to_owned() };
        let error = sign(&draft, &key).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    let long = Draft::of_claims(format!(r#"{{"a":"{}"}}"#, "a".repeat(LONGEST)));
    assert_eq!(sign(&long, &key).unwrap_err(), SignError::TooLong);
    let mut draft = Draft::of_claims("{}");
    draft.set_header("alg", "ES256").unwrap();
    draft.set_header("kid", "old").unwrap();
    draft.fit(&key).unwrap();
    assert_eq!(draft.header, r#"{"typ":"JWT","alg":"RS256"}"#);
    assert!(sign(&draft, &key).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_made_holds_and_one_flipped_bit_does_not(
        which in 0..15_usize, subject in any::<String>(), place in any::<prop::sample::Index>(), bit in 0..8_u32,
    ) {
        let alg = algorithms().nth(which).unwrap();
        // Making RSA keys takes long.
        let key = if alg.starts_with(['R', 'P']) {
            SigningKey::from_contents(RSA.as_bytes())
        } else {
            SigningKey::generate(alg)
        };
        let key = key.unwrap();
        let mut draft = Draft::of_claims("{}");
        draft.set_header("alg", &format!("\"{alg}\"")).unwrap();
        draft.set_claim("sub", &Value::from(subject).to_string()).unwrap();
        let token = sign(&draft, &key).unwrap();
        prop_assert_eq!(valid(&token, &key.verifying_set()), Some(true));
        let mut bytes = token.reveal().as_bytes().to_vec();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let flipped = Token::of(&Secret::new(String::from_utf8_lossy(&bytes)));
        prop_assert_ne!(verify(&flipped, KeySource::Keys(&key.verifying_set()), &Policy::default(), now()).valid, Some(true));
    }
}

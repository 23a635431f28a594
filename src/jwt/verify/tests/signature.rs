//! Signatures: every algorithm, and every key that must not be accepted.

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;

/// Payload of RFC 7515 appendices A.1 to A.3 and A.5; it ended in 2011.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

#[test]
fn the_examples_of_the_standards_hold() {
    let a1_key = json!({"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"});
    let a2_key = json!({"kty": "RSA", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ", "e": "AQAB"});
    let a3_key = json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    let ed_key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let a4_key = json!({"kty": "EC", "crv": "P-521", "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk", "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"});
    // A.4 and RFC 8037 A.4: payloads that are no JSON have no claims that could be wrong.
    for (name, key, token) in [
        (
            "RFC 7515 A.4",
            a4_key,
            "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
        ),
        (
            "RFC 8037 A.4",
            ed_key,
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        ),
    ] {
        let keys = KeySet::from_file_contents(key.to_string().as_bytes()).unwrap();
        let verdict = verify(&Token::read(token), KeySource::Keys(&keys), &Policy::default(), now());
        assert_eq!((verdict.valid, outcome(&verdict, CheckName::Signature)), (Some(true), Outcome::Pass), "{name}");
        assert_eq!(detail(&verdict, CheckName::Exp), "no exp: the payload is no JSON object, so there are no claims");
    }
    for (name, key, token) in [
        (
            "RFC 7515 A.1",
            a1_key,
            format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        ),
        (
            "RFC 7515 A.2",
            a2_key,
            format!(
                "eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
            ),
        ),
        (
            "RFC 7515 A.3",
            a3_key,
            format!(
                "eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
            ),
        ),
    ] {
        let keys = KeySet::from_file_contents(key.to_string().as_bytes()).unwrap();
        let verdict = verify(&Token::read(&token), KeySource::Keys(&keys), &Policy::default(), now());
        assert_eq!(outcome(&verdict, CheckName::Signature), Outcome::Pass, "{name}: {verdict:?}");
        assert_eq!((verdict.valid, outcome(&verdict, CheckName::Exp)), (Some(false), Outcome::Fail), "{name}");
        let then = Timestamp::from_second(1_300_819_379).unwrap();
        assert_eq!(verify(&Token::read(&token), KeySource::Keys(&keys), &Policy::default(), then).valid, Some(true));
    }
}

#[test]
fn every_algorithm_holds_with_its_key_and_with_no_other() {
    use Algorithm::{ES256, ES384, EdDSA, HS256, HS384, HS512, PS256, PS384, PS512, RS256, RS384, RS512};
    let secret = "a secret of more than sixty-four bytes, as HS512 wants it, for these tests";
    let mut set = KeySet::from_secret(&Secret::new(secret));
    for pem in [RSA, P256, P384, ED25519] {
        set.keys.extend(KeySet::from_pem(pem).unwrap().keys);
    }
    for (algorithm, pem) in [
        (HS256, secret),
        (HS384, secret),
        (HS512, secret),
        (RS256, RSA),
        (RS384, RSA),
        (RS512, RSA),
        (PS256, RSA),
        (PS384, RSA),
        (PS512, RSA),
        (ES256, P256),
        (ES384, P384),
        (EdDSA, ED25519),
    ] {
        let alg = format!("{algorithm:?}");
        let payload = keycloak_claims().to_string();
        let token = Token::read(&signed_text(&json!({"alg": alg}), &payload, pem, algorithm));
        let verdict = verify(&token, KeySource::Keys(&set), &Policy::default(), now());
        assert_eq!(verdict.valid, Some(true), "{alg}: {verdict:?}");
        assert_eq!(verdict.key.as_ref().unwrap().alg, alg);
        for name in ["HS256", "RS256", "RS384", "PS256", "ES256", "ES384", "EdDSA"] {
            if name != alg {
                let lying = Token::read(&signed_text(&json!({"alg": name}), &payload, pem, algorithm));
                let verdict = verify(&lying, KeySource::Keys(&set), &Policy::default(), now());
                assert_eq!(verdict.valid, Some(false), "signed {alg}, says {name}");
            }
        }
    }
    let token = Token::read(&signed_text(&json!({"alg": "Ed25519"}), &keycloak_claims().to_string(), ED25519, EdDSA));
    assert_eq!(verify(&token, KeySource::Keys(&set), &Policy::default(), now()).valid, Some(true));
}

#[test]
fn the_kid_chooses_the_key_and_none_tries_them_all() {
    let payload = keycloak_claims().to_string();
    let sign = |header: Value, pem: &str| Token::read(&signed_text(&header, &payload, pem, Algorithm::RS256));
    let none = verdict(&sign(json!({"alg": "RS256"}), RSA));
    assert_eq!((none.valid, none.key.unwrap().kid.as_deref()), (Some(true), Some("k1")));
    for (kid, reason) in [
        ("k2", "no key k2; there are k1"),
        ("enc1", "the key enc1 cannot be used: use is enc"),
        ("pq", "kty AKP is not known"),
        ("\u{1b}[2Jk1", "no key \\u{1b}[2Jk1"),
    ] {
        let verdict = verdict(&sign(json!({"alg": "RS256", "kid": kid}), RSA));
        assert_eq!(verdict.valid, Some(false));
        assert_eq!(outcome(&verdict, CheckName::Key), Outcome::Fail);
        assert_eq!(outcome(&verdict, CheckName::Signature), Outcome::Skipped);
        assert!(detail(&verdict, CheckName::Key).contains(reason), "{}", detail(&verdict, CheckName::Key));
    }
    // Case 13 of every conformance list: another key, the same kid.
    let foreign = verdict(&sign(json!({"alg": "RS256", "kid": "k1"}), OTHER_RSA));
    assert_eq!((foreign.valid, outcome(&foreign, CheckName::Key)), (Some(false), Outcome::Pass));
    assert_eq!(outcome(&foreign, CheckName::Signature), Outcome::Fail);
    assert_eq!(foreign.key.unwrap().kid.as_deref(), Some("k1"));
    // Two keys of one kid: both are tried.
    let twins = json!({"keys": [
        public_jwk(OTHER_RSA, Algorithm::RS256, &json!({"kid": "k1"})),
        public_jwk(RSA, Algorithm::RS256, &json!({"kid": "k1"})),
    ]});
    let twins = KeySet::parse(twins.to_string().as_bytes()).unwrap();
    let token = sign(json!({"alg": "RS256", "kid": "k1"}), RSA);
    assert_eq!(verify(&token, KeySource::Keys(&twins), &Policy::default(), now()).valid, Some(true));
    // A key given by hand has no kid and is meant all the same; a published key without one is not.
    let given = KeySet::from_pem(RSA_PUBLIC).unwrap();
    assert_eq!(verify(&token, KeySource::Keys(&given), &Policy::default(), now()).valid, Some(true));
    let nameless = public_jwk(RSA, Algorithm::RS256, &json!({})).to_string();
    let nameless = KeySet::parse(nameless.as_bytes()).unwrap();
    let verdict = verify(&token, KeySource::Keys(&nameless), &Policy::default(), now());
    assert_eq!((verdict.valid, outcome(&verdict, CheckName::Key)), (Some(false), Outcome::Fail));
    let empty = KeySet::default();
    let verdict = verify(&token, KeySource::Keys(&empty), &Policy::default(), now());
    assert_eq!((verdict.valid, outcome(&verdict, CheckName::Key)), (None, Outcome::Skipped), "no key is no verdict");
}

#[test]
fn a_public_key_never_serves_as_a_secret() {
    let payload = keycloak_claims().to_string();
    let jwk = public_jwk(RSA, Algorithm::RS256, &json!({"kid": "k1"})).to_string();
    for bytes in [RSA_PUBLIC, RSA_PUBLIC.trim_end(), &jwk] {
        let token = Token::read(&signed_text(&json!({"alg": "HS256", "kid": "k1"}), &payload, bytes, Algorithm::HS256));
        let by_secret = KeySet::from_secret(&Secret::new(bytes));
        for keys in [published(), KeySet::from_pem(RSA_PUBLIC).unwrap(), by_secret] {
            let verdict = verify(&token, KeySource::Keys(&keys), &Policy::default(), now());
            assert_eq!((verdict.valid, outcome(&verdict, CheckName::Key)), (Some(false), Outcome::Fail), "{verdict:?}");
        }
        let verdict = verdict(&token);
        assert_eq!(outcome(&verdict, CheckName::Alg), Outcome::Fail);
        assert!(detail(&verdict, CheckName::Alg).contains("HS256 is not what the key allows"), "{verdict:?}");
    }
}

#[test]
fn the_keys_own_alg_rules() {
    let payload = keycloak_claims().to_string();
    // The same RSA key could make PS256 signatures; its JWK says RS256.
    let token = Token::read(&signed_text(&json!({"alg": "PS256", "kid": "k1"}), &payload, RSA, Algorithm::PS256));
    let verdict = verdict(&token);
    assert_eq!((verdict.valid, outcome(&verdict, CheckName::Alg)), (Some(false), Outcome::Fail));
    let open = public_jwk(RSA, Algorithm::RS256, &json!({"kid": "k1", "alg": null})).to_string();
    let open = KeySet::parse(open.as_bytes()).unwrap();
    assert_eq!(verify(&token, KeySource::Keys(&open), &Policy::default(), now()).valid, Some(true));
}

#[test]
fn unsigned_tokens_are_refused_in_any_spelling() {
    for alg in [json!("none"), json!("None"), json!("nOnE"), json!("NONE"), json!("RS257"), json!(7), Value::Null] {
        let header = if alg.is_null() { json!({}) } else { json!({"alg": alg}) }.to_string();
        let text = format!("{}.{}.", b64(header), b64(keycloak_claims().to_string()));
        let token = Token::read(&text);
        let verdict = verdict(&token);
        assert_eq!((verdict.valid, outcome(&verdict, CheckName::Alg)), (Some(false), Outcome::Fail), "{alg}");
        let unkeyed = verify(&token, KeySource::None, &Policy::default(), now());
        assert_eq!((unkeyed.valid, outcome(&unkeyed, CheckName::Alg)), (None, Outcome::Fail), "{alg}");
    }
    // RFC 7515 appendix A.5.
    let a5 = Token::read(&format!("eyJhbGciOiJub25lIn0.{PAYLOAD}."));
    assert!(detail(&verdict(&a5), CheckName::Alg).contains("not signed"));
    let stripped = signed(&keycloak_claims());
    let stripped = Token::read(&format!("{}.", stripped.signing_input().unwrap()));
    assert_eq!(detail(&verdict(&stripped), CheckName::Signature), "there is no signature");
    assert_eq!(verdict(&stripped).valid, Some(false));
}

#[test]
fn keys_in_the_header_are_never_used() {
    let jwk = public_jwk(OTHER_RSA, Algorithm::RS256, &json!({"kid": "own"}));
    for header in [
        json!({"alg": "RS256", "kid": "own", "jwk": jwk}),
        json!({"alg": "RS256", "kid": "own", "jku": "http://localhost/keys"}),
        json!({"alg": "RS256", "jwk": jwk}),
    ] {
        let token = Token::read(&signed_text(&header, &keycloak_claims().to_string(), OTHER_RSA, Algorithm::RS256));
        let set = KeySet { skipped: Vec::new(), ..published() };
        let verdict = verify(&token, KeySource::Keys(&set), &Policy::default(), now());
        assert_eq!(verdict.valid, Some(false), "{header}");
    }
}

#[test]
fn thousands_of_keys_are_not_all_tried() {
    let jwk = public_jwk(OTHER_RSA, Algorithm::RS256, &json!({}));
    let mut keys = vec![jwk; 10_000];
    keys.push(public_jwk(RSA, Algorithm::RS256, &json!({})));
    let set = KeySet::parse(json!({"keys": keys}).to_string().as_bytes()).unwrap();
    let token = Token::read(&signed_text(&json!({"alg": "RS256"}), "{}", RSA, Algorithm::RS256));
    let verdict = verify(&token, KeySource::Keys(&set), &Policy::default(), now());
    assert_eq!(verdict.valid, None);
    assert!(detail(&verdict, CheckName::Signature).contains("none of the first 64 of 10001 keys that fit"));
}

#[test]
fn where_not_all_keys_were_tried_nothing_is_called_invalid() {
    let other = public_jwk(OTHER_RSA, Algorithm::RS256, &json!({}));
    let own = public_jwk(RSA, Algorithm::RS256, &json!({}));
    let set = |others: usize| {
        let mut keys = vec![other.clone(); others];
        keys.push(own.clone());
        KeySet::parse(json!({"keys": keys}).to_string().as_bytes()).unwrap()
    };
    let sign = |claims: &Value| {
        Token::read(&signed_text(&json!({"alg": "RS256"}), &claims.to_string(), RSA, Algorithm::RS256))
    };
    let held = |token: &Token, set: &KeySet, policy: &Policy| verify(token, KeySource::Keys(set), policy, now());
    let token = sign(&keycloak_claims());
    assert_eq!(held(&token, &set(63), &Policy::default()).valid, Some(true), "the 64th is tried");
    let verdict = held(&token, &set(64), &Policy::default());
    assert_eq!((verdict.valid, &verdict.key), (None, &None));
    assert_eq!(outcome(&verdict, CheckName::Signature), Outcome::Skipped);
    let words = detail(&verdict, CheckName::Signature);
    assert!(words.contains("not tried") && words.contains("kid") && words.contains("--key"), "{words}");
    assert_eq!(verdict.changes_at, Some(after(300)));
    // No key could help these.
    let ended = sign(&with("exp", &json!(NOW - 90)));
    assert_eq!(held(&ended, &set(64), &Policy::default()).valid, Some(false));
    let strict = Policy { required: vec![CheckName::Signature], ..Policy::default() };
    assert_eq!(held(&token, &set(64), &strict).valid, Some(false));
    // One that cannot be read was not tried either.
    let broken = json!({"kty": "RSA", "kid": "lost", "n": "!", "e": "AQAB"});
    let unread = json!({"keys": [other, broken]});
    let verdict = held(&token, &KeySet::parse(unread.to_string().as_bytes()).unwrap(), &Policy::default());
    assert_eq!(verdict.valid, None, "{verdict:?}");
    assert!(detail(&verdict, CheckName::Signature).contains("another lost cannot be used: n is not base64url"));
}

#[test]
fn a_key_that_cannot_be_read_makes_nothing_invalid() {
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
    let pem = |text: &str| KeySet::from_pem(text).unwrap();
    let file = |value: Value| KeySet::from_file_contents(value.to_string().as_bytes()).unwrap();
    let secret = |text: &str| KeySet::from_secret(&Secret::new(text));
    let ended = with("exp", &json!(NOW - 90));
    let rs256 = |claims: &Value| {
        Token::read(&signed_text(&json!({"alg": "RS256", "kid": "k1"}), &claims.to_string(), RSA, Algorithm::RS256))
    };
    let hs256 =
        Token::read(&signed_text(&json!({"alg": "HS256"}), &keycloak_claims().to_string(), "secret", Algorithm::HS256));
    let eddsa =
        Token::read(&signed_text(&json!({"alg": "EdDSA"}), &keycloak_claims().to_string(), ED25519, Algorithm::EdDSA));
    let (token, broken) = (rs256(&keycloak_claims()), json!({"kty": "RSA", "n": "!", "e": "AQAB"}));
    for (name, token, keys, reason) in [
        ("no secret", &hs256, secret(""), "the secret is empty"),
        ("bad base64", &hs256, secret("b64:!!!"), "not base64"),
        ("bad hex", &hs256, secret("hex:0"), "not hexadecimal"),
        ("a secret in a JWK", &hs256, secret(r#"{"kty":"oct","k":"c2VjcmV0"}"#), "this is a JWK"),
        ("PEM in the wrong place", &token, secret(RSA_PUBLIC), "give it as a key"),
        ("broken PEM", &token, pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"), "no DER"),
        ("behind a password", &token, pem(encrypted), "encrypted"),
        ("too small", &token, pem(include_str!("../../testdata/rsa1024.pub.pem")), "1024 bits"),
        ("a broken JWK", &token, file(broken.clone()), "n is not base64url"),
        ("an ended token", &rs256(&ended), file(broken.clone()), "n is not base64url"),
        (
            "Ed448, which EdDSA may be",
            &eddsa,
            file(json!({"kty": "OKP", "crv": "Ed448", "x": "AA"})),
            "Ed448 cannot be checked",
        ),
        (
            "named by a published set",
            &Token::read(&signed_text(&json!({"alg": "RS256", "kid": "broken"}), "{}", RSA, Algorithm::RS256)),
            published(),
            "the key broken cannot be used: n is not base64url",
        ),
    ] {
        let verdict = verify(token, KeySource::Keys(&keys), &Policy::default(), now());
        assert_eq!(verdict.valid, None, "{name}: {verdict:?}");
        assert!(detail(&verdict, CheckName::Key).contains(reason), "{name}: {}", detail(&verdict, CheckName::Key));
        for check in [CheckName::Key, CheckName::Signature, CheckName::Alg] {
            assert_eq!(outcome(&verdict, check), Outcome::Skipped, "{name}");
        }
    }
    // What is known to be for something else refuses the token all the same.
    for (name, token, keys) in [
        ("a broken RSA key for HS256", &hs256, file(broken)),
        ("a broken secret for RS256", &token, file(json!({"kty": "oct", "k": "!"}))),
        ("for encryption", &token, file(json!({"kty": "RSA", "use": "enc"}))),
        ("only signs", &token, file(public_jwk(RSA, Algorithm::RS256, &json!({"key_ops": ["sign"]})))),
        ("X25519 for EdDSA", &eddsa, file(json!({"kty": "OKP", "crv": "X25519", "x": "AA"}))),
        ("PEM of another type as a secret", &eddsa, secret(RSA_PUBLIC)),
        ("a published secret", &hs256, KeySet::parse(br#"{"kty":"oct","k":"c2VjcmV0"}"#).unwrap()),
    ] {
        let verdict = verify(token, KeySource::Keys(&keys), &Policy::default(), now());
        assert_eq!(
            (verdict.valid, outcome(&verdict, CheckName::Key)),
            (Some(false), Outcome::Fail),
            "{name}: {verdict:?}"
        );
    }
    // A broken stray beside it does not excuse a key that the set lacks.
    let stray = KeySet::parse(
        json!({"keys": ["?", public_jwk(RSA, Algorithm::RS256, &json!({"kid": "k2"}))]}).to_string().as_bytes(),
    );
    let verdict = verify(&token, KeySource::Keys(&stray.unwrap()), &Policy::default(), now());
    assert_eq!((verdict.valid, detail(&verdict, CheckName::Key)), (Some(false), "no key k1; there are k2"));
}

#[test]
fn the_rule_that_a_key_does_not_fit_is_named() {
    let held = |alg: &str, keys: &KeySet| {
        let token = with_header(&json!({"alg": alg}).to_string(), "{}");
        let verdict = verify(&token, KeySource::Keys(keys), &Policy::default(), now());
        assert_eq!(verdict.valid, Some(false));
        detail(&verdict, CheckName::Key).to_owned()
    };
    let rsa = public_jwk(RSA, Algorithm::RS512, &json!({"kid": "rsa"})).to_string();
    let rsa = KeySet::parse(rsa.as_bytes()).unwrap();
    let secret = json!({"kty": "oct", "k": b64([7; 40]), "alg": "HS512"}).to_string();
    let secret = KeySet::from_file_contents(secret.as_bytes()).unwrap();
    assert_eq!(
        held("RS256", &rsa),
        "the key's own alg does not fit: rsa (RSA, 2048 bits, for RS512) does not serve RS256 (RFC 7517 4.4)"
    );
    assert_eq!(
        held("HS256", &secret),
        "the key's own alg does not fit: shared secret (320 bits, for HS512) does not serve HS256 (RFC 7517 4.4)"
    );
    assert_eq!(held("ES256", &rsa), "ES256 needs a key of type EC P-256; there is rsa (RSA, 2048 bits, for RS512)");
    let none = KeySet::parse(br#"{"keys":[{"kty":"AKP","kid":"pq"}]}"#).unwrap();
    assert_eq!(held("RS256", &none), "the key pq cannot be used: kty AKP is not known here");
    // RFC 9864 section 2.2: Ed25519 is what EdDSA was with this curve.
    for (own, said) in [("EdDSA", "Ed25519"), ("Ed25519", "EdDSA")] {
        let jwk = public_jwk(ED25519, Algorithm::EdDSA, &json!({"alg": own})).to_string();
        let keys = KeySet::parse(jwk.as_bytes()).unwrap();
        let token = Token::read(&signed_text(&json!({"alg": said}), "{}", ED25519, Algorithm::EdDSA));
        assert_eq!(verify(&token, KeySource::Keys(&keys), &Policy::default(), now()).valid, Some(true), "{own} {said}");
    }
}

proptest! {
    #[test]
    fn one_flipped_bit_spoils_it(part in 0_usize..3, place in any::<prop::sample::Index>(), bit in 0_u32..8) {
        let token = signed(&keycloak_claims());
        let mut parts: Vec<Vec<u8>> =
            token.raw().reveal().split('.').map(|part| crate::jwt::decode::decode_leniently(part).unwrap()).collect();
        let at = place.index(parts[part].len());
        parts[part][at] ^= 1 << bit;
        let text = parts.iter().map(b64).collect::<Vec<_>>().join(".");
        prop_assert_ne!(verdict(&Token::read(&text)).valid, Some(true));
    }

    #[test]
    fn one_changed_letter_spoils_it(place in any::<prop::sample::Index>(), letter in "[A-Za-z0-9_=+/-]") {
        let good = signed(&keycloak_claims()).raw().reveal().to_owned();
        let at = place.index(good.len());
        let mut text = good.clone();
        text.replace_range(at..=at, &letter);
        prop_assume!(text != good);
        prop_assert_ne!(verdict(&Token::of(&Secret::new(text))).valid, Some(true));
    }
}

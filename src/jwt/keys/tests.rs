//! Key sets as providers publish them, PEM and shared secrets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use jsonwebtoken::Algorithm;
use pretty_assertions::assert_eq;
use serde_json::json;

use serde_json::Value;

use super::*;
use crate::exchange::Secret;
use crate::jwt::testing::{P384, RSA, RSA_PUBLIC, b64, keycloak_jwks, public_jwk};

fn parse(value: &Value) -> KeySet {
    KeySet::parse(value.to_string().as_bytes()).unwrap()
}

#[test]
fn thumbprints_are_those_of_the_standards() {
    // RFC 7638 section 3.1.
    let rsa = json!({"kty": "RSA", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"});
    // RFC 8037 appendix A.3.
    let ed25519 = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    for (jwk, thumbprint) in
        [(rsa, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"), (ed25519, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    {
        assert_eq!(parse(&jwk).keys[0].thumbprint.as_deref(), Some(thumbprint));
    }
}

#[test]
fn one_bad_key_does_not_spoil_the_set() {
    let set = parse(&keycloak_jwks());
    let [key] = set.keys.as_slice() else { panic!("{set:?}") };
    assert_eq!(
        (key.kid.as_deref(), key.alg.as_deref(), key.kty, key.size_bits),
        (Some("k1"), Some("RS256"), KeyType::Rsa, 2048)
    );
    let reasons: Vec<(&str, &str)> =
        set.skipped.iter().map(|key| (key.kid.as_deref().unwrap_or_default(), key.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            ("enc1", "use is enc: it is for encryption, not for signatures"),
            ("pq", "kty AKP is not known here"),
            ("broken", "n is not base64url"),
        ]
    );
    assert_eq!(set.skipped[1].alg.as_deref(), Some("ML-DSA-44"));
}

#[test]
fn each_refusal_names_what_is_wrong() {
    let rsa = |over: Value| public_jwk(RSA, Algorithm::RS256, &over);
    let ec = |over: Value| public_jwk(P384, Algorithm::ES384, &over);
    for (jwk, reason) in [
        (json!("a string"), "not a JSON object"),
        (json!({}), "kty is missing"),
        (json!({"kty": 7}), "kty is not a string"),
        (json!({"kty": "RSA", "n": "AQAB"}), "e is missing"),
        (json!({"kty": "RSA", "n": b64([255; 64]), "e": "AQAB"}), "512 bits; at least 2048"),
        (json!({"kty": "RSA", "n": b64([255; 2_000]), "e": "AQAB"}), "16000 bits"),
        (json!({"kty": "RSA", "n": "", "e": "AQAB"}), "0 bits"),
        (rsa(json!({"e": "AQ"})), "no RSA public key"),
        (rsa(json!({"e": "AA"})), "no RSA public key"),
        (rsa(json!({"alg": "ES256"})), "alg ES256 goes with EC P-256, the key is RSA"),
        (rsa(json!({"alg": "RSA-OAEP"})), "alg RSA-OAEP is no signature algorithm"),
        (rsa(json!({"alg": "none"})), "alg none is no signature algorithm"),
        (rsa(json!({"alg": 7})), "alg is not a string"),
        (rsa(json!({"use": "\u{1b}[2J"})), "use is \\u{1b}[2J, not sig"),
        (rsa(json!({"key_ops": ["encrypt"]})), "key_ops does not have verify"),
        (rsa(json!({"key_ops": ["sign"]})), "key_ops does not have verify"),
        (rsa(json!({"key_ops": "verify"})), "key_ops is not a list"),
        (ec(json!({"crv": "P-521"})), "x has 48 bytes; the curve has 66"),
        (ec(json!({"crv": "brainpoolP256r1"})), "curve brainpoolP256r1 cannot be checked"),
        (ec(json!({"crv": "P-256"})), "x has 48 bytes; the curve has 32"),
        (ec(json!({"x": b64([1; 48])})), "no point on the curve"),
        (json!({"kty": "OKP", "crv": "Ed448", "x": "AA"}), "curve Ed448 cannot be checked"),
        (json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"}), "x has 1 bytes"),
        (json!({"kty": "oct", "k": "AAAA"}), "shared secret has no place"),
        (json!({"kty": "oct", "k": ""}), "k is empty"),
    ] {
        let set = parse(&json!({"keys": [jwk]}));
        assert!(set.keys.is_empty(), "{jwk}");
        assert!(set.skipped[0].reason.contains(reason), "{jwk}: {}", set.skipped[0].reason);
    }
}

#[test]
fn forms_that_providers_use_are_read() {
    let rsa = |over: Value| public_jwk(RSA, Algorithm::RS256, &over);
    let plain = rsa(json!({}));
    let thumbprint = parse(&plain).keys[0].thumbprint.clone();
    let modulus = decode_leniently_for_test(plain["n"].as_str().unwrap());
    let zero_first: Vec<u8> = std::iter::once(0).chain(modulus).collect();
    for jwk in [
        rsa(json!({"alg": null, "use": null})),
        rsa(json!({"key_ops": ["verify"]})),
        rsa(json!({"n": b64(zero_first)})),
        rsa(json!({"n": format!("{}==", plain["n"].as_str().unwrap())})),
    ] {
        let set = parse(&jwk);
        assert_eq!(set.keys.len(), 1, "{set:?}");
        assert_eq!(set.keys[0].thumbprint, thumbprint);
    }
    let with_mark = format!("\u{feff}{}", json!({"keys": [plain]}));
    assert_eq!(KeySet::parse(with_mark.as_bytes()).unwrap().keys.len(), 1);
    assert!(parse(&json!({"keys": []})).is_empty());
}

#[test]
fn a_number_that_no_key_holds_spoils_its_key_alone() {
    let good = public_jwk(RSA, Algorithm::RS256, &json!({"kid": "good"}));
    let text =
        format!(r#"{{"n": 1e400, "keys": [{{"kty": "EC", "kid": "bad", "alg": "ES256", "x": 1e400}}, {good}]}}"#);
    let set = KeySet::parse(text.as_bytes()).unwrap();
    let skipped = &set.skipped[0];
    assert_eq!((set.keys[0].kid.as_deref(), skipped.kid.as_deref()), (Some("good"), Some("bad")), "{set:?}");
    assert_eq!((skipped.kty.as_deref(), skipped.fault), (Some("EC"), Fault::Unreadable));
    assert!(skipped.reason.contains("number out of range"), "{skipped:?}");
    let rows = key_rows(text.as_bytes(), crate::jwt::testing::now()).unwrap();
    assert_eq!((rows[0].kid.as_deref(), rows[1].unusable.as_deref()), (Some("bad"), None));
    assert!(rows[0].unusable.as_deref().unwrap().contains("number out of range"));
    let deep = format!("{{\"keys\":[{}{},{good}]}}", "[".repeat(10_000), "]".repeat(10_000));
    let set = KeySet::parse(deep.as_bytes()).unwrap();
    assert_eq!((set.keys.len(), set.skipped.len()), (1, 1));
    let alone = KeySet::parse(br#"{"kty": "RSA", "n": 1e400}"#).unwrap();
    assert_eq!(alone.skipped[0].kty.as_deref(), Some("RSA"));
}

fn decode_leniently_for_test(text: &str) -> Vec<u8> {
    crate::jwt::decode::decode_leniently(text).unwrap()
}

#[test]
fn what_is_no_key_set_is_an_error() {
    for text in ["", "<html>", "{\"keys\":", "\u{0}"] {
        assert!(matches!(KeySet::parse(text.as_bytes()), Err(KeySetError::NotJson(_))), "{text}");
    }
    for text in ["[]", "7", "{}", "{\"keys\":{}}", "{\"error\":\"not found\"}"] {
        assert_eq!(KeySet::parse(text.as_bytes()).unwrap_err(), KeySetError::NotAKeySet, "{text}");
    }
    let deep = format!("{{\"keys\":{}", "[".repeat(10_000));
    assert!(matches!(KeySet::parse(deep.as_bytes()), Err(KeySetError::NotJson(_))));
}

#[test]
fn ten_thousand_keys_are_read_and_more_than_the_bound_are_not() {
    let key = public_jwk(P384, Algorithm::ES384, &json!({"kid": "k"}));
    let set = json!({"keys": vec![json!({"kid": "\u{1b}[2J", "kty": "?"}); 9_999]});
    let mut keys = set["keys"].as_array().unwrap().clone();
    keys.push(key);
    let set = parse(&json!({"keys": keys}));
    assert_eq!((set.keys.len(), set.skipped.len()), (1, 9_999));
    let many = json!({"keys": vec![json!({}); MOST_KEYS + 1]}).to_string();
    assert_eq!(KeySet::parse(many.as_bytes()).unwrap_err(), KeySetError::TooMany(MOST_KEYS + 1));
    assert_eq!(KeySet::parse(&vec![b' '; LONGEST + 1]).unwrap_err(), KeySetError::TooLong(LONGEST + 1));
}

#[test]
fn a_key_has_one_thumbprint_in_every_form() {
    let rsa = [
        include_str!("../testdata/rsa.pem"),
        include_str!("../testdata/rsa.pub.pem"),
        include_str!("../testdata/rsa.pkcs1.pem"),
        include_str!("../testdata/rsa.pkcs1.pub.pem"),
        include_str!("../testdata/rsa.crt.pem"),
    ];
    let p256 = [
        include_str!("../testdata/p256.pem"),
        include_str!("../testdata/p256.pub.pem"),
        include_str!("../testdata/p256.crt.pem"),
        include_str!("../testdata/p256.sec1.pem"),
    ];
    let p384 = [include_str!("../testdata/p384.pem"), include_str!("../testdata/p384.pub.pem")];
    let ed25519 = [include_str!("../testdata/ed25519.pem"), include_str!("../testdata/ed25519.pub.pem")];
    for (kty, forms) in
        [(KeyType::Rsa, &rsa[..]), (KeyType::P256, &p256), (KeyType::P384, &p384), (KeyType::Ed25519, &ed25519)]
    {
        let windows = forms[0].replace('\n', "\r\n");
        let mut thumbprints: Vec<String> = forms
            .iter()
            .copied()
            .chain([windows.as_str()])
            .map(|pem| {
                let set = KeySet::from_pem(pem).unwrap();
                let [key] = set.keys.as_slice() else { panic!("{kty}: {set:?} from {}", pem.lines().next().unwrap()) };
                assert_eq!((key.kty, &key.alg), (kty, &None));
                // Written as PEM it is what openssl writes.
                let public = forms.iter().find(|pem| pem.starts_with("-----BEGIN PUBLIC KEY-----")).unwrap();
                assert_eq!(key.pem().as_deref(), Some(*public));
                let jwk = key.jwk().unwrap();
                assert_eq!(KeySet::parse(jwk.to_string().as_bytes()).unwrap().keys[0].thumbprint, key.thumbprint);
                key.thumbprint.clone().unwrap()
            })
            .collect();
        thumbprints.dedup();
        assert_eq!(thumbprints.len(), 1, "{kty}");
    }
}

/// What a PEM block holds.
fn der_of(pem: &str) -> Vec<u8> {
    let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    base64::Engine::decode(&base64::prelude::BASE64_STANDARD, lines).unwrap()
}

#[test]
fn der_is_read_as_pem_is() {
    for (private, forms) in [
        (
            include_str!("../testdata/rsa.pem"),
            &[
                include_str!("../testdata/rsa.pub.pem"),
                include_str!("../testdata/rsa.pkcs1.pem"),
                include_str!("../testdata/rsa.pkcs1.pub.pem"),
                include_str!("../testdata/rsa.crt.pem"),
            ][..],
        ),
        (
            include_str!("../testdata/p256.pem"),
            &[
                include_str!("../testdata/p256.pub.pem"),
                include_str!("../testdata/p256.crt.pem"),
                include_str!("../testdata/p256.sec1.pem"),
            ],
        ),
        (include_str!("../testdata/ed25519.pem"), &[include_str!("../testdata/ed25519.pub.pem")]),
    ] {
        for pem in forms.iter().copied().chain([private]) {
            let from_pem = KeySet::from_pem(pem).unwrap();
            // OpenSSL writes the curve's name before a SEC 1 key.
            let block =
                pem.split_inclusive("-----\n").skip_while(|part| part.contains("PARAMETERS")).collect::<String>();
            let der = der_of(if pem.contains("EC PARAMETERS") { &block } else { pem });
            let set = KeySet::from_file_contents(&der).unwrap();
            assert_eq!(set.keys.len(), 1, "{set:?} from {}", pem.lines().next().unwrap());
            assert_eq!(set.keys[0].thumbprint, from_pem.keys[0].thumbprint);
            assert!(set.keys[0].given);
            let signs = pem.contains("PRIVATE");
            assert_eq!(SigningKey::from_contents(&der).is_ok(), signs, "{}", pem.lines().next().unwrap());
            // A length that is not its own, and a byte too many.
            assert!(KeySet::from_file_contents(&der[..der.len() - 1]).is_err());
            assert!(KeySet::from_file_contents(&[&der[..], &[0]].concat()).is_err());
        }
    }
    let small = KeySet::from_file_contents(&der_of(include_str!("../testdata/rsa1024.pub.pem"))).unwrap();
    assert!(small.skipped[0].reason.contains("1024 bits"), "{small:?}");
    // RFC 5958 section 3: an algorithm and the encrypted key.
    let locked = KeySet::from_file_contents(&[0x30, 7, 0x30, 2, 6, 0, 4, 1, 0]).unwrap();
    assert!(locked.skipped[0].reason.contains("encrypted"), "{locked:?}");
    let pkcs12 = KeySet::from_file_contents(&[0x30, 5, 2, 1, 3, 0x30, 0]).unwrap();
    assert_eq!(pkcs12.skipped[0].reason, "a PKCS #12 file is no key to verify with");
    let deep = {
        let mut der = vec![0x30, 0];
        while der.len() < 200 {
            der = [&[0x30, 0x81, u8::try_from(der.len()).unwrap()][..], &der].concat();
        }
        [&[0x30, 0x82, 1, 0][..], &der, &[3, 0]].concat()
    };
    assert!(matches!(KeySet::from_file_contents(&deep), Err(KeySetError::NoKey(_))));
}

#[test]
fn pem_is_read_however_its_lines_are_broken() {
    let wanted = KeySet::from_pem(RSA).unwrap().keys[0].thumbprint.clone();
    for pem in [RSA, RSA_PUBLIC, include_str!("../testdata/rsa.crt.pem"), include_str!("../testdata/rsa.pkcs1.pem")] {
        for (how, text) in [
            ("one line", pem.replace('\n', " ")),
            ("nothing at all", pem.replace('\n', "")),
            ("two letters", pem.replace('\n', "\\n")),
            ("two letters for each of two", pem.replace('\n', "\\r\\n")),
            ("JSON of JSON", json!({"key": pem.replace('/', "\\/")}).to_string()),
            ("quoted, as in .env", format!("KEY=\"{}\"", pem.replace('\n', "\\n"))),
            ("carriage returns", pem.replace('\n', "\r")),
            ("indented", pem.replace('\n', "\n    ")),
        ] {
            let set = KeySet::from_file_contents(text.as_bytes()).unwrap();
            assert_eq!(set.keys.first().map(|key| &key.thumbprint), Some(&wanted), "{how}: {set:?}");
            assert_eq!(SigningKey::from_contents(text.as_bytes()).is_ok(), pem.contains("PRIVATE"), "{how}");
        }
    }
    let locked = "-----BEGIN RSA PRIVATE KEY----- Proc-Type: 4,ENCRYPTED DEK-Info: AES-128-CBC,00 AAAA -----END RSA PRIVATE KEY-----";
    assert!(KeySet::from_pem(locked).unwrap().skipped[0].reason.contains("encrypted"));
}

#[test]
fn what_is_no_key_in_any_form_says_so() {
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(RSA_PUBLIC.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (contents, words) in [
        (
            &b"hello"[..],
            "neither PEM (-----BEGIN PUBLIC KEY-----) nor DER, nor a JWK or key set in JSON (RFC 7517): expected",
        ),
        (b"", "it is empty"),
        (&utf16, "it is UTF-16 text; save it as UTF-8"),
        (&[0x30, 0x82, 7, 0xff, 0xfe], "it is not text"),
        (b"{\"keys\":", "EOF while parsing"),
    ] {
        let error = KeySet::from_file_contents(contents).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    assert!(KeySet::parse(b"<html>").unwrap_err().to_string().contains("is this the address of the keys?"));
}

#[test]
fn a_curve_that_the_jwt_library_lacks_is_read() {
    let set = KeySet::from_pem(include_str!("../testdata/p521.pub.pem")).unwrap();
    assert_eq!((set.keys[0].kty, set.keys[0].size_bits), (KeyType::P521, 521), "{set:?}");
    assert_eq!(set.keys[0].pem().unwrap(), include_str!("../testdata/p521.pub.pem"));
}

#[test]
fn pem_that_cannot_be_used_says_why() {
    let broken = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
    for (pem, reason) in [
        (include_str!("../testdata/rsa1024.pub.pem"), "1024 bits; at least 2048"),
        ("-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----", "a DSA PRIVATE KEY is not read"),
        (broken, "no DER"),
        (locked, "encrypted"),
        ("-----BEGIN PUBLIC KEY-----\n!!", "not base64"),
        ("-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----", "no key to verify with"),
    ] {
        let set = KeySet::from_pem(pem).unwrap();
        assert!(set.keys.is_empty(), "{pem}");
        assert!(set.skipped[0].reason.contains(reason), "{pem}: {}", set.skipped[0].reason);
    }
    for text in ["", "no pem at all", "-----BEGIN", "-----BEGIN X"] {
        let outcome = KeySet::from_pem(text);
        assert!(
            matches!(outcome, Err(KeySetError::NoPem)) || outcome.as_ref().is_ok_and(|set| set.keys.is_empty()),
            "{text}"
        );
    }
}

#[test]
fn several_blocks_give_several_keys() {
    let text = format!("Bag Attributes\n{RSA_PUBLIC}\nnoise\n{}", include_str!("../testdata/p256.pub.pem"));
    let kinds: Vec<KeyType> = KeySet::from_pem(&text).unwrap().keys.iter().map(|key| key.kty).collect();
    assert_eq!(kinds, [KeyType::Rsa, KeyType::P256]);
}

#[test]
fn der_nested_as_deep_as_the_bound_allows_does_no_harm() {
    let mut der = vec![0x30, 0];
    while der.len() < 8_900 {
        let length = u16::try_from(der.len()).unwrap().to_be_bytes();
        der = [&[0x30, 0x82, length[0], length[1]][..], &der].concat();
    }
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
        base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &der)
    );
    assert!(pem.len() < 12 << 10);
    assert!(KeySet::from_pem(&pem).unwrap().keys.is_empty());
    let longer = pem.replacen('\n', &"\n".repeat(5_000), 1);
    assert!(KeySet::from_pem(&longer).unwrap().skipped[0].reason.contains("at most"));
}

#[test]
fn a_key_is_never_taken_for_a_secret() {
    let jwk = public_jwk(RSA, Algorithm::RS256, &json!({})).to_string();
    for text in ["", RSA_PUBLIC, RSA, &format!("\n{RSA_PUBLIC}"), &jwk, &keycloak_jwks().to_string()] {
        let set = KeySet::from_secret(&Secret::new(text));
        assert!(set.keys.is_empty() && set.skipped.len() == 1, "{text}");
    }
    // However it is spelt, and whatever stands before it.
    let coded = |bytes: &[u8]| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, bytes);
    for text in [
        format!("text:{RSA_PUBLIC}"),
        format!("b64:{}", coded(RSA_PUBLIC.as_bytes())),
        format!("b64:{}", coded(&der_of(RSA_PUBLIC))),
        format!("b64:{}", coded(jwk.as_bytes())),
        format!("Bag Attributes\n{RSA_PUBLIC}"),
        RSA_PUBLIC.replace('\n', "\\n"),
    ] {
        let set = KeySet::from_secret(&Secret::new(text.as_str()));
        assert!(set.keys.is_empty() && set.skipped[0].kty.as_deref() == Some("RSA"), "{text}: {set:?}");
    }
    let set = KeySet::from_secret(&Secret::new("a shared secret"));
    assert_eq!((set.keys[0].kty, set.keys[0].size_bits, &set.keys[0].thumbprint), (KeyType::Secret, 120, &None));
    assert!(!format!("{set:?}").contains("97, 32"), "the bytes of the secret are in {set:?}");
}

#[test]
fn a_key_file_may_hold_secrets_or_public_keys_but_not_both() {
    let oct = json!({"kty": "oct", "k": "c2VjcmV0"});
    let rsa = public_jwk(RSA, Algorithm::RS256, &json!({}));
    let read = |value: Value| KeySet::from_file_contents(value.to_string().as_bytes());
    assert_eq!(read(oct.clone()).unwrap().keys[0].kty, KeyType::Secret);
    assert_eq!(read(rsa.clone()).unwrap().keys[0].kty, KeyType::Rsa);
    let encrypts = public_jwk(RSA, Algorithm::RS256, &json!({"use": "enc", "alg": "RSA-OAEP"}));
    let broken = json!({"kty": "RSA", "n": "!", "e": "AQAB"});
    for other in [&rsa, &encrypts, &broken, &json!({"kty": "AKP", "pub": "AAAA"})] {
        for secret in [&oct, &json!({"kty": "oct"}), &json!({"kty": "oct", "k": "c2VjcmV0", "use": "enc"})] {
            let both = json!({"keys": [secret, other]});
            assert_eq!(read(both.clone()).unwrap_err(), KeySetError::Mixed, "{both}");
            // Where everybody can read it, it is a leak as well.
            assert_eq!(KeySet::parse(both.to_string().as_bytes()).unwrap_err(), KeySetError::Leaks, "{both}");
        }
    }
    assert!(KeySetError::Leaks.to_string().contains("a published secret is a leak"));
    let secrets = parse(&json!({"keys": [oct, oct]}));
    assert_eq!((secrets.keys.len(), secrets.skipped.len()), (0, 2));
    assert_eq!(read(json!({"keys": [oct, oct]})).unwrap().keys.len(), 2);
    assert_eq!(KeySet::from_file_contents(RSA_PUBLIC.as_bytes()).unwrap().keys[0].kty, KeyType::Rsa);
}

#[test]
fn what_signs_may_say_so_instead_of_verify() {
    let private = json!({"kty": "OKP", "crv": "Ed25519", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "key_ops": ["sign"]});
    let secret = json!({"kty": "oct", "k": "c2VjcmV0", "key_ops": ["sign"]});
    for jwk in [private, secret] {
        let text = jwk.to_string();
        assert_eq!(KeySet::from_file_contents(text.as_bytes()).unwrap().keys.len(), 1, "{text}");
        assert!(SigningKey::from_contents(text.as_bytes()).is_ok());
    }
}

/// RFC 7517: what a JWK says of its purpose holds, whatever else stands in it.
#[test]
fn pem_within_a_jwk_switches_no_rule_off() {
    let own = |over: Value| {
        let mut jwk = public_jwk(RSA, Algorithm::RS256, &over);
        jwk["pem"] = json!(RSA_PUBLIC);
        jwk
    };
    let encrypts = own(json!({"use": "enc", "alg": "RSA-OAEP"}));
    let read = |text: &str| KeySet::from_file_contents(text.as_bytes());
    for text in [encrypts.to_string(), format!("\u{feff}\n {encrypts}"), json!({"keys": [encrypts]}).to_string()] {
        let set = read(&text).unwrap();
        assert!(set.keys.is_empty() && set.skipped[0].reason.contains("use is enc"), "{set:?}");
    }
    assert!(SigningKey::from_contents(encrypts.to_string().as_bytes()).unwrap_err().to_string().contains("use is enc"));
    let mixed = json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}, own(json!({}))]});
    assert_eq!(read(&mixed.to_string()).unwrap_err(), KeySetError::Mixed);
    assert_eq!(read(&json!([encrypts]).to_string()).unwrap_err(), KeySetError::NotAKeySet);
    let named = read(&own(json!({"kid": "z", "alg": "RS512"})).to_string()).unwrap();
    assert_eq!((named.keys[0].kid.as_deref(), named.keys[0].alg.as_deref()), (Some("z"), Some("RS512")));
}

/// RFC 8032 section 5.1: the cofactor is 8, and so many points have an order that divides it.
#[test]
fn points_of_small_order_are_no_keys() {
    let with_last = |first: u8, middle: u8, last: u8| {
        let mut point = [middle; 32];
        (point[0], point[31]) = (first, last);
        b64(point)
    };
    let order_8 = "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU";
    let low = [with_last(0, 0, 0), with_last(1, 0, 0), with_last(0, 0, 0x80), with_last(1, 0, 0x80)];
    let high = [0xec, 0xed, 0xee].map(|first| with_last(first, 0xff, 0x7f));
    let minus = [0xec, 0xed, 0xee].map(|first| with_last(first, 0xff, 0xff));
    for x in low.into_iter().chain(high).chain(minus).chain([order_8.to_owned(), order_8.replace("_AU", "_IU")]) {
        let set = parse(&json!({"kty": "OKP", "crv": "Ed25519", "x": x}));
        assert!(set.keys.is_empty() && set.skipped[0].reason.contains("small order"), "{x}: {set:?}");
    }
}

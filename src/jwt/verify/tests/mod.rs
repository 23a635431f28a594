//! Verification: keys, tokens and policies for the tests beside this file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use jsonwebtoken::Algorithm;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

mod claims;
mod signature;
mod strict;

use super::*;
use crate::exchange::Secret;
use crate::jwt::testing::{
    ED25519, NOW, OTHER_RSA, P256, P384, RSA, RSA_PUBLIC, after, b64, keycloak_claims, keycloak_jwks, now, public_jwk,
    signed, signed_text, unsigned, with_header,
};

fn published() -> KeySet {
    KeySet::parse(keycloak_jwks().to_string().as_bytes()).unwrap()
}

/// Held against the published keys, without a policy.
fn verdict(token: &Token) -> Verdict {
    verify(token, KeySource::Keys(&published()), &Policy::default(), now())
}

fn outcome(verdict: &Verdict, name: CheckName) -> Outcome {
    verdict.checks.iter().find(|check| check.name == name).unwrap().outcome
}

fn detail(verdict: &Verdict, name: CheckName) -> &str {
    &verdict.checks.iter().find(|check| check.name == name).unwrap().detail
}

fn without(name: &str) -> Value {
    with(name, &Value::Null)
}

/// Keycloak's claims with this one changed; null takes it out.
fn with(name: &str, value: &Value) -> Value {
    let mut claims = keycloak_claims();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value.clone();
    }
    claims
}

#[test]
fn a_good_token_passes_and_every_check_is_told() {
    let token = signed(&keycloak_claims());
    let policy = Policy {
        issuer: Some("http://localhost:8001/realms/myorg".into()),
        audience: Some("account".into()),
        ..Policy::default()
    };
    let verdict = verify(&token, KeySource::Keys(&published()), &policy, now());
    assert_eq!(verdict.valid, Some(true), "{verdict:?}");
    let names: Vec<CheckName> = verdict.checks.iter().map(|check| check.name).collect();
    assert_eq!(names, CheckName::ALL);
    let skipped: Vec<CheckName> =
        verdict.checks.iter().filter(|check| check.outcome != Outcome::Pass).map(|check| check.name).collect();
    assert_eq!(skipped, [CheckName::Nbf]);
    let key = verdict.key.unwrap();
    assert_eq!((key.kid.as_deref(), key.alg.as_str(), key.thumbprint.unwrap().len()), (Some("k1"), "RS256", 43));
    assert_eq!(verdict.changes_at, Some(after(300)));
}

#[test]
fn checks_are_written_as_the_contract_has_them() {
    let verdict = verdict(&signed(&keycloak_claims()));
    assert_eq!(
        serde_json::to_value(&verdict.checks[3]).unwrap(),
        json!({"check": "exp", "outcome": "pass", "detail": "ends in 5 min"})
    );
    for name in CheckName::ALL {
        assert_eq!(serde_json::to_value(name).unwrap(), json!(name.as_str()));
        assert_eq!(name.as_str().parse(), Ok(name));
    }
    assert!("Exp".parse::<CheckName>().unwrap_err().to_string().contains("signature"));
}

#[test]
fn without_keys_nothing_is_called_invalid() {
    let token = signed(&with("exp", &json!(NOW - 90)));
    let unreachable = KeySource::Unreachable("nothing listens at localhost:8001\u{1b}[2J".into());
    for source in [KeySource::None, unreachable] {
        let verdict = verify(&token, source, &Policy::default(), now());
        assert_eq!((verdict.valid, &verdict.key), (None, &None));
        assert_eq!(outcome(&verdict, CheckName::Key), Outcome::Skipped);
        assert_eq!(outcome(&verdict, CheckName::Signature), Outcome::Skipped);
        assert_eq!(outcome(&verdict, CheckName::Exp), Outcome::Fail, "claims are judged all the same");
        assert!(detail(&verdict, CheckName::Signature).starts_with("not checked"));
        assert!(!detail(&verdict, CheckName::Key).contains('\u{1b}'));
    }
}

#[test]
fn what_cannot_be_read_has_no_verdict() {
    let policy = Policy { required: CheckName::ALL.into(), ..Policy::default() };
    for text in ["opaque", &format!("{}.a.b.c.d", b64(r#"{"alg":"dir","enc":"A256GCM"}"#))] {
        let verdict = verify(&Token::read(text), KeySource::Keys(&published()), &policy, now());
        assert_eq!((verdict.valid, verdict.checks.len()), (None, 10));
        assert!(verdict.checks.iter().all(|check| check.outcome == Outcome::Skipped));
    }
    let broken = verify(&Token::read("e30x.e30.e30"), KeySource::None, &Policy::default(), now());
    let why = detail(&broken, CheckName::Key);
    assert!(why.contains("the header is not readable JSON") && why.contains("introspection"), "{why}");
    let later = with_header(r#"{"alg":"Ed448","kid":"k1"}"#, &keycloak_claims().to_string());
    let verdict = verify(&later, KeySource::Keys(&published()), &Policy::default(), now());
    assert_eq!(verdict.valid, None, "an algorithm that cannot be checked here is no fault of the token");
    assert_eq!(detail(&verdict, CheckName::Alg), "Ed448 cannot be checked here");
}

#[test]
fn required_checks_may_not_be_skipped() {
    let policy = Policy { required: vec![CheckName::Nbf, CheckName::Aud], ..Policy::default() };
    let verdict = verify(&signed(&keycloak_claims()), KeySource::Keys(&published()), &policy, now());
    let failed: Vec<CheckName> =
        verdict.checks.iter().filter(|check| check.outcome == Outcome::Fail).map(|check| check.name).collect();
    assert_eq!((verdict.valid, failed), (Some(false), vec![CheckName::Nbf, CheckName::Aud]));
}

#[test]
fn the_verdict_says_when_it_will_change() {
    let changes = |claims: &Value, policy: &Policy| {
        verify(&signed(claims), KeySource::Keys(&published()), policy, now()).changes_at
    };
    let lax = Policy::default();
    let leeway = Policy { leeway: 30, ..Policy::default() };
    assert_eq!(changes(&keycloak_claims(), &lax), Some(after(300)));
    assert_eq!(changes(&keycloak_claims(), &leeway), Some(after(330)));
    assert_eq!(changes(&with("nbf", &json!(NOW + 60)), &lax), Some(after(60)));
    assert_eq!(changes(&with("nbf", &json!(NOW + 60)), &leeway), Some(after(30)));
    assert_eq!(changes(&with("nbf", &json!(NOW + 600)), &lax), None, "it begins after its end");
    assert_eq!(changes(&with("exp", &json!(NOW - 1)), &lax), None);
    assert_eq!(changes(&with("exp", &json!(NOW - 1)), &leeway), Some(after(29)));
    assert_eq!(changes(&without("exp"), &lax), None);
    assert_eq!(changes(&with("iat", &json!(NOW + 60)), &lax), Some(after(300)));
    let strict = Policy { required: vec![CheckName::Iat], ..Policy::default() };
    assert_eq!(changes(&with("iat", &json!(NOW + 60)), &strict), Some(after(60)));
    let issuer = Policy { issuer: Some("http://other".into()), ..Policy::default() };
    assert_eq!(changes(&keycloak_claims(), &issuer), None, "a wrong issuer stays wrong");
}

#[test]
fn details_are_short_and_safe_whatever_the_token_says() {
    let hostile = "\u{1b}]52;c;eA==\u{7}\u{202e}\n".repeat(4_000);
    let mut claims = keycloak_claims();
    for name in ["iss", "aud", "exp", "nbf", "iat", "typ", "sub"] {
        claims[name] = json!(hostile);
    }
    let policy = Policy { issuer: Some("a".into()), audience: Some("b".into()), ..Policy::default() };
    for alg in ["RS256", hostile.as_str()] {
        for kid in [hostile.as_str(), "k1"] {
            let header = json!({"alg": alg, "kid": kid, "crit": [hostile, 7]});
            let token = Token::read(&signed_text(&header, &claims.to_string(), RSA, Algorithm::RS256));
            for source in [KeySource::Keys(&published()), KeySource::None, KeySource::Unreachable(hostile.clone())] {
                for check in verify(&token, source, &policy, now()).checks {
                    assert!(check.detail.chars().count() < 260, "{:?} is long", check.name);
                    assert!(!check.detail.chars().any(|c| c.is_control() || c == '\u{202e}'), "{}", check.detail);
                }
            }
        }
    }
}

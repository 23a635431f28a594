//! The checks of claims: times, names, kinds.

use pretty_assertions::assert_eq;

use super::*;

#[test]
fn times_at_the_edge_of_the_leeway() {
    use Outcome::{Fail, Pass, Skipped};
    let at = |claim: &str, value: i64, leeway: u64, required: bool| {
        let name: CheckName = claim.parse().unwrap();
        let policy = Policy { leeway, required: if required { vec![name] } else { vec![] }, ..Policy::default() };
        let token = unsigned(&with(claim, &json!(NOW + value)).to_string());
        outcome(&verify(&token, KeySource::None, &policy, now()), name)
    };
    for leeway in [0, 30] {
        let l = i64::try_from(leeway).unwrap();
        assert_eq!(
            [1 - l, -l, -1 - l].map(|value| at("exp", value, leeway, false)),
            [Pass, Fail, Fail],
            "exp {leeway}"
        );
        assert_eq!([l - 1, l, l + 1].map(|value| at("nbf", value, leeway, false)), [Pass, Pass, Fail], "nbf {leeway}");
        assert_eq!(
            [l - 1, l, l + 1].map(|value| at("iat", value, leeway, false)),
            [Pass, Pass, Skipped],
            "iat {leeway}"
        );
        assert_eq!([l - 1, l, l + 1].map(|value| at("iat", value, leeway, true)), [Pass, Pass, Fail], "iat {leeway}");
    }
    assert_eq!(at("exp", -1, u64::MAX, false), Pass);
}

#[test]
fn times_that_are_none_name_what_they_are() {
    for (value, part) in [
        (json!("1800000300"), "exp is a string, \"1800000300\""),
        (json!(true), "exp is a truth value"),
        (json!(-1), "exp is -1, before 1970"),
        (json!(1e30), "beyond any calendar"),
        (json!(NOW * 1000), "milliseconds"),
        (json!(NOW - 90), "ended 1 min 30 s ago, at 2027-01-15T07:58:30Z"),
    ] {
        let verdict = verdict(&signed(&with("exp", &value)));
        assert_eq!((verdict.valid, outcome(&verdict, CheckName::Exp)), (Some(false), Outcome::Fail), "{value}");
        assert!(detail(&verdict, CheckName::Exp).contains(part), "{}", detail(&verdict, CheckName::Exp));
    }
    let absent = verdict(&signed(&with("exp", &Value::Null)));
    assert_eq!((absent.valid, outcome(&absent, CheckName::Exp)), (Some(true), Outcome::Skipped));
    assert_eq!(detail(&absent, CheckName::Exp), "no exp: the token does not say when it ends");
    let verdict = verdict(&signed(&with("exp", &json!(1_800_000_300.5))));
    assert_eq!(verdict.valid, Some(true));
    let broken = Token::read(&signed_text(&json!({"alg": "RS256"}), "no JSON", RSA, Algorithm::RS256));
    let verdict = super::verify(&broken, KeySource::Keys(&published()), &Policy::default(), now());
    assert_eq!((verdict.valid, outcome(&verdict, CheckName::Signature)), (Some(true), Outcome::Pass));
    assert_eq!(detail(&verdict, CheckName::Exp), "no exp: the payload is no JSON object, so there are no claims");
    let policy = Policy { required: vec![CheckName::Exp], ..Policy::default() };
    assert_eq!(super::verify(&broken, KeySource::Keys(&published()), &policy, now()).valid, Some(false));
}

#[test]
fn issuer_and_audience_are_compared_as_spelt() {
    let policy = |issuer: Option<&str>, audience: Option<&str>| Policy {
        issuer: issuer.map(str::to_owned),
        audience: audience.map(str::to_owned),
        ..Policy::default()
    };
    let held = |token: &Token, policy: &Policy| verify(token, KeySource::Keys(&published()), policy, now());
    let token = signed(&keycloak_claims());
    for (issuer, part) in [
        ("http://localhost:8001/realms/myorg/", "slash at the end"),
        ("https://localhost:8001/realms/myorg", "http and https"),
        ("http://localhost:8001/realms/MyOrg", "capital letters"),
        ("http://other", "expected http://other"),
    ] {
        let verdict = held(&token, &policy(Some(issuer), None));
        assert_eq!((verdict.valid, outcome(&verdict, CheckName::Iss)), (Some(false), Outcome::Fail));
        assert!(detail(&verdict, CheckName::Iss).contains(part), "{}", detail(&verdict, CheckName::Iss));
    }
    let missing = held(&signed(&without("iss")), &policy(Some("http://a"), None));
    assert_eq!(detail(&missing, CheckName::Iss), "no iss; expected http://a");
    let odd = held(&signed(&with("iss", &json!(7))), &policy(Some("http://a"), None));
    assert_eq!(detail(&odd, CheckName::Iss), "iss is a number, 7, expected http://a");
    for (aud, expected, outcome_expected) in [
        (json!("account"), "account", Outcome::Pass),
        (json!(["x", "account"]), "account", Outcome::Pass),
        (json!("account2"), "account", Outcome::Fail),
        (json!([]), "account", Outcome::Fail),
        (json!({"account": true}), "account", Outcome::Fail),
        (Value::Null, "account", Outcome::Fail),
    ] {
        let verdict = held(&signed(&with("aud", &aud)), &policy(None, Some(expected)));
        assert_eq!(outcome(&verdict, CheckName::Aud), outcome_expected, "{aud}");
    }
    let open = held(&token, &policy(None, None));
    assert_eq!(
        detail(&open, CheckName::Iss),
        "no issuer to compare with; the token says http://localhost:8001/realms/myorg"
    );
    assert_eq!(detail(&open, CheckName::Aud), "no audience expected; aud is account");
}

#[test]
fn kind_and_extensions() {
    for (claims, part) in [
        (with("typ", &json!("ID")), "ID token"),
        (with("typ", &json!("Refresh")), "refresh token"),
        (json!({"exp": NOW + 9}), "nothing says"),
    ] {
        let token = signed(&claims);
        let lax = verdict(&token);
        assert_eq!((lax.valid, outcome(&lax, CheckName::Typ)), (Some(true), Outcome::Skipped));
        assert!(detail(&lax, CheckName::Typ).contains(part));
        let policy = Policy { required: vec![CheckName::Typ], ..Policy::default() };
        let strict = verify(&token, KeySource::Keys(&published()), &policy, now());
        assert_eq!((strict.valid, outcome(&strict, CheckName::Typ)), (Some(false), Outcome::Fail));
    }
    for crit in [json!(["x"]), json!(["b64"]), json!([]), json!("x"), json!([7]), Value::Null] {
        let header = json!({"alg": "RS256", "kid": "k1", "crit": crit});
        let token = Token::read(&signed_text(&header, &keycloak_claims().to_string(), RSA, Algorithm::RS256));
        let verdict = verdict(&token);
        assert_eq!((verdict.valid, outcome(&verdict, CheckName::Crit)), (Some(false), Outcome::Fail), "{crit}");
    }
}

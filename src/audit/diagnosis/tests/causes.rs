//! The causes that name what is wrong with the token's claims, kind, keys or way.

use serde_json::json;

use super::super::testing::{Case, NOW};
use super::super::{Cause, Confidence, Remedy};
use super::{AUTHLIB, cause, invalid};
use crate::jwt::{CheckName, Outcome};

fn advice(case: &Case) -> String {
    case.diagnose().unwrap().advice
}

/// An API that wants its own name in `aud`.
fn orders(status: u16) -> Case {
    Case::new(status).with_file(
        "base_url = \"http://localhost:50100\"",
        "base_url = \"http://localhost:50100\"\naudience = \"orders\"",
    )
}

#[test]
fn audience_mismatch() {
    let account = orders(401).claim("aud", json!("account"));
    assert_eq!(cause(&account), (Cause::AudienceMismatch, Confidence::VeryLikely));
    assert_eq!(account.diagnose().unwrap().summary, "This token is for account; the API wants orders.");
    assert!(advice(&account).contains("Included Custom Audience: orders"), "{}", advice(&account));
    let none = orders(401);
    assert_eq!(none.diagnose().unwrap().summary, "This token is for nobody (it has no aud); the API wants orders.");

    let said = Case::new(401).challenge(&invalid("The token is not for this API: its aud does not have orders"));
    assert_eq!(cause(&said), (Cause::AudienceMismatch, Confidence::Certain));
    for words in ["The required audience is missing", "The aud claim is not valid"] {
        assert_eq!(cause(&Case::new(401).challenge(&invalid(words))).0, Cause::AudienceMismatch, "{words}");
    }
    // Nobody says which name the API has: then account alone is a hint.
    let hint = Case::new(401).challenge(&invalid(AUTHLIB)).claim("aud", json!("account"));
    assert_eq!(cause(&hint), (Cause::AudienceMismatch, Confidence::Possible));

    for fine in [json!("orders"), json!(["account", "orders"])] {
        assert_eq!(cause(&orders(401).claim("aud", fine)).0, Cause::Unknown);
    }
    let other_name = orders(401).claim("aud", json!("orders")).challenge(&invalid("Invalid audience"));
    assert!(advice(&other_name).contains("another name than profiles.toml"));
}

#[test]
fn role_missing() {
    let roles = |status| {
        Case::new(status)
            .with_file("requires = [\"test_api_access\"]", "requires = { roles = [\"shipper\", \"packer\"] }")
    };
    let lacks = roles(403).claim("realm_access", json!({ "roles": ["packer", "offline_access"] }));
    assert_eq!(cause(&lacks), (Cause::RoleMissing, Confidence::VeryLikely));
    let diagnosis = lacks.diagnose().unwrap();
    assert_eq!(diagnosis.summary, "The API wants the role shipper; this token has packer (realm).");
    assert!(diagnosis.advice.contains("Service account roles → Assign role"), "{}", diagnosis.advice);
    let alice = lacks.claim("preferred_username", json!("alice"));
    assert!(advice(&alice).contains("Users → alice → Role mapping"), "{}", advice(&alice));
    let as_scope = roles(403).claim("scope", json!("shipper packer"));
    assert!(advice(&as_scope).contains("as a scope, not as a role"));
    let has = roles(401).claim("realm_access", json!({ "roles": ["packer", "shipper"] }));
    assert_eq!(cause(&has).0, Cause::Unknown);

    assert_eq!(cause(&Case::new(403)), (Cause::RoleMissing, Confidence::Possible));
    let said = Case { body: r#"{"message":"Role admin is required"}"#.into(), ..Case::new(403) };
    assert_eq!(cause(&said), (Cause::RoleMissing, Confidence::Certain));
    assert_eq!(cause(&Case::new(401)).0, Cause::Unknown);
}

#[test]
fn algorithm_refused() {
    let none = Case { header: json!({ "alg": "none" }), ..Case::new(401) };
    assert_eq!(cause(&none), (Cause::AlgorithmRefused, Confidence::Certain));
    let shared = Case { header: json!({ "alg": "HS256", "kid": "k" }), ..Case::new(401) };
    assert_eq!(cause(&shared), (Cause::AlgorithmRefused, Confidence::VeryLikely));
    assert!(advice(&shared).contains("Access token signature algorithm"));
    assert_eq!(cause(&Case::new(401).fails(CheckName::Alg)).0, Cause::AlgorithmRefused);
    let said = Case::new(401).challenge(&invalid("The token's alg RS256 is not accepted here; accepted are ES256"));
    assert_eq!(cause(&said), (Cause::AlgorithmRefused, Confidence::Certain));
    let listed = Case {
        discovery: Some(json!({ "issuer": "i", "id_token_signing_alg_values_supported": ["ES256"] })),
        ..Case::new(401).fails(CheckName::Alg)
    };
    assert!(listed.diagnose().unwrap().evidence.iter().any(|row| row.expected == "ES256"));
    assert_ne!(cause(&Case::new(401)).0, Cause::AlgorithmRefused);
}

#[test]
fn keys_unreachable() {
    let said = Case::new(401).challenge(&invalid("Couldn't retrieve remote JWK set"));
    assert_eq!(cause(&said), (Cause::KeysUnreachable, Confidence::Certain));
    // No refusal, and worth a word all the same: the bundled API answers 503 when it has no keys yet.
    let fault = |text: &str| Case { body: json!({ "error_description": text }).to_string(), ..Case::new(503) };
    assert_eq!(
        cause(&fault("The issuer's keys cannot be had yet: refused")),
        (Cause::KeysUnreachable, Confidence::Certain)
    );
    assert_eq!(fault("Database is down").diagnose(), None);
    let unexplained = || Case::new(401).challenge(&invalid(AUTHLIB));
    // Here the detail of every check is the same word, so this is only that the API is elsewhere.
    let elsewhere = unexplained().with_file("http://localhost:50100", "https://api.example");
    let elsewhere = Case {
        discovery: Some(json!({ "issuer": "i", "jwks_uri": "http://localhost:8001/certs" })),
        ..elsewhere.with_file("embedded = true\n\n[[", "\n[[")
    };
    assert_eq!(cause(&elsewhere), (Cause::KeysUnreachable, Confidence::Possible));
    assert!(elsewhere.diagnose().unwrap().summary.contains("http://localhost:8001/certs"));
    assert_ne!(cause(&unexplained()).0, Cause::KeysUnreachable);
    assert_ne!(cause(&unexplained().comes_out(CheckName::Key, Outcome::Skipped)).0, Cause::KeysUnreachable);
}

#[test]
fn wrong_token_kind() {
    let id = Case::new(401).claim("typ", json!("ID")).claim("at_hash", json!("h"));
    assert_eq!(cause(&id), (Cause::WrongTokenKind, Confidence::VeryLikely));
    assert!(advice(&id).contains("send that one"));
    assert_eq!(id.diagnose().unwrap().remedy, Some(Remedy::SendWithToken));
    let said = id.challenge(&invalid("This is not an access token but an ID token"));
    assert_eq!(cause(&said), (Cause::WrongTokenKind, Confidence::Certain));
    let refresh = Case::new(401).claim("typ", json!("Refresh"));
    assert!(refresh.diagnose().unwrap().summary.contains("a refresh token"));
    // Keycloak signs them with a secret of its own: that is a trait of the kind, and not the cause.
    let signed_so = Case { header: json!({ "alg": "HS512", "kid": "x" }), ..refresh };
    assert_eq!(cause(&signed_so).0, Cause::WrongTokenKind);
    let bound = Case::new(401).claim("cnf", json!({ "jkt": "x" }));
    assert_eq!(cause(&bound), (Cause::WrongTokenKind, Confidence::VeryLikely));
    for (token, words) in [("opaque-text", "opaque"), ("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.a.b.c.d", "encrypted")]
    {
        let case = Case { other_token: Some(token), ..Case::new(401) };
        assert_eq!(cause(&case), (Cause::WrongTokenKind, Confidence::Possible), "{token}");
        assert!(case.diagnose().unwrap().summary.contains(words), "{token}");
    }
    // An API that does without scopes lets an ID token in and finds no scope: the kind is the cause.
    let scoped = Case::new(403).claim("typ", json!("ID")).claim("scope", json!(null));
    assert_eq!(cause(&scoped).0, Cause::WrongTokenKind);
    assert_ne!(cause(&Case::new(401).claim("typ", json!("Bearer"))).0, Cause::WrongTokenKind);
}

#[test]
fn missing_claim() {
    let said = Case::new(401).claim("sub", json!(null)).challenge(&invalid("Missing sub claim"));
    assert_eq!(cause(&said), (Cause::MissingClaim, Confidence::Certain));
    assert!(advice(&said).contains("client scope basic"));
    let lacks = Case::new(401).challenge(&invalid("The token lacks the claim client_id"));
    assert!(lacks.diagnose().unwrap().summary.starts_with("The token has no client_id."));
    let header = Case::new(401).challenge(&invalid("typ must be at+jwt"));
    assert_eq!(cause(&header), (Cause::MissingClaim, Confidence::Certain));
    let hint = Case::new(401).claim("sub", json!(null)).challenge(&invalid(AUTHLIB));
    assert_eq!(cause(&hint), (Cause::MissingClaim, Confidence::Possible));
    // The claim is there, so its lack is not the cause.
    assert_ne!(cause(&Case::new(401).challenge(&invalid("The claim sub is required"))).0, Cause::MissingClaim);
    assert_eq!(cause(&Case::new(401).challenge(&invalid(AUTHLIB))).0, Cause::Unknown);
}

#[test]
fn revoked() {
    for words in ["Token was revoked", "Stale token", "The token is not active", "User disabled"] {
        let case = Case::new(401).challenge(&invalid(words));
        assert_eq!(cause(&case), (Cause::Revoked, Confidence::Certain), "{words}");
        assert_eq!(case.diagnose().unwrap().remedy, Some(Remedy::NewToken));
    }
    // An ended token is inactive too.
    let ended = Case::new(401).challenge(&invalid("The token is not active")).claim("exp", json!(NOW - 5));
    assert_eq!(cause(&ended).0, Cause::Expired);
    assert_ne!(cause(&Case::new(401).challenge(&invalid(AUTHLIB))).0, Cause::Revoked);
}

#[test]
fn lost_on_the_way() {
    let gateway = Case::new(401).challenge("Basic realm=\"gateway\"").answers("server", "nginx");
    assert_eq!(cause(&gateway), (Cause::LostOnTheWay, Confidence::VeryLikely));
    let summary = gateway.diagnose().unwrap().summary;
    assert!(summary.contains("nginx") && summary.contains("Basic"), "{summary}");
    let page = Case::new(403).answers("content-type", "text/html; charset=utf-8");
    assert_eq!(cause(&page), (Cause::LostOnTheWay, Confidence::Possible));
    for own in ["Bearer realm=\"myorg\", error=\"invalid_token\"", "DPoP algs=\"ES256\", error=\"invalid_token\""] {
        assert_ne!(cause(&Case::new(401).challenge(own)).0, Cause::LostOnTheWay, "{own}");
    }
    let both = Case::new(401).challenge("Basic realm=\"x\"").challenge("Bearer error=\"invalid_token\"");
    assert_ne!(cause(&both).0, Cause::LostOnTheWay);
}

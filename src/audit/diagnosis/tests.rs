//! Each cause: a refusal that it explains, and one that it must keep quiet about; and what outranks what.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod causes;
mod clocks;

use proptest::prelude::*;
use serde_json::json;

use super::rules::RULES;
use super::testing::{Case, NOW};
use super::{Cause, Confidence, Relation, Remedy};
use crate::jwt::CheckName;
use crate::oauth::ScopeSet;

const AUTHLIB: &str = "The access token provided is expired, revoked, malformed, or invalid for other reasons.";

fn cause(case: &Case) -> (Cause, Confidence) {
    let diagnosis = case.diagnose().unwrap();
    (diagnosis.cause, diagnosis.confidence)
}

fn invalid(description: &str) -> String {
    format!("Bearer realm=\"myorg\", error=\"invalid_token\", error_description=\"{description}\"")
}

#[test]
fn only_a_refusal_is_diagnosed() {
    for status in [200, 204, 302, 404, 500, 503] {
        assert_eq!(Case::new(status).diagnose(), None, "{status}");
    }
}

#[test]
fn no_token_seen() {
    let unsent = Case { send_token: false, ..Case::new(401).challenge("Bearer realm=\"myorg\"") };
    assert_eq!(cause(&unsent), (Cause::NoTokenSeen, Confidence::Certain));
    assert_eq!(unsent.diagnose().unwrap().remedy, Some(Remedy::SendWithToken));

    let lost = Case::new(401).challenge("Bearer realm=\"myorg\"");
    assert_eq!(cause(&lost), (Cause::NoTokenSeen, Confidence::VeryLikely));
    let authlib = Case::new(401).challenge("bearer error=\"missing_authorization\"");
    assert_eq!(cause(&authlib).0, Cause::NoTokenSeen);

    assert_ne!(cause(&Case::new(401).challenge(&invalid("no"))).0, Cause::NoTokenSeen);
}

#[test]
fn expired() {
    let case = Case::new(401).claim("exp", json!(NOW - 180)).challenge(&invalid("The token expired"));
    assert_eq!(cause(&case), (Cause::Expired, Confidence::Certain));
    let diagnosis = case.diagnose().unwrap();
    assert_eq!(diagnosis.summary, "The token ran out 3 min ago.");
    assert_eq!(diagnosis.remedy, Some(Remedy::NewToken));

    // The clock that counts is the API's.
    let ahead = Case { headers: vec![("date".into(), "Mon, 23 Nov 2026 21:00:00 GMT".into())], ..Case::new(401) };
    assert_eq!(cause(&ahead), (Cause::Expired, Confidence::Certain));
    assert!(ahead.diagnose().unwrap().evidence.first().unwrap().source.contains("Date"));

    // One sentence for every refusal says nothing.
    assert_eq!(cause(&Case::new(401).challenge(&invalid(AUTHLIB))).0, Cause::Unknown);
}

#[test]
fn missing_scope() {
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"test_api_access\"";
    let unasked = Case { asked: ScopeSet::empty(), ..Case::new(403).challenge(challenge) };
    let unasked = unasked.claim("scope", json!("profile email"));
    assert_eq!(cause(&unasked), (Cause::MissingScope, Confidence::Certain));
    let diagnosis = unasked.diagnose().unwrap();
    assert_eq!(diagnosis.summary, "The API wants the scope test_api_access; this token has profile email.");
    assert_eq!(diagnosis.remedy, Some(Remedy::AskForScopes(ScopeSet::parse("test_api_access"))));

    // Asked for and not granted: nothing that this program could do.
    let ungranted = Case::new(403).challenge(challenge).claim("scope", json!("profile"));
    assert_eq!(ungranted.diagnose().unwrap().remedy, None);

    // Authlib refuses with a body alone, some APIs with nothing at all.
    let silent = Case::new(403).claim("scope", json!("profile"));
    assert_eq!(cause(&silent), (Cause::MissingScope, Confidence::VeryLikely));

    // A role of that name is no scope.
    let role = Case::new(403).claim("scope", json!("")).claim("realm_access", json!({ "roles": ["test_api_access"] }));
    assert!(role.diagnose().unwrap().advice.contains("as a role"));

    assert_ne!(cause(&Case::new(403)).0, Cause::MissingScope);
}

/// Which of the likely reasons it is, by what was asked for and what the provider lists.
#[test]
fn a_missing_scope_has_its_likely_reason() {
    let lacks = || Case::new(403).claim("scope", json!("profile"));
    let told = |case: &Case| case.diagnose().unwrap().advice;
    let lists = |scopes: &[&str]| Some(json!({ "issuer": "i", "scopes_supported": scopes }));
    let unasked = Case { asked: ScopeSet::empty(), ..lacks() };
    assert!(told(&unasked).contains("Likely it is optional"), "{}", told(&unasked));
    let unknown = Case { discovery: lists(&["openid"]), ..unasked };
    assert!(told(&unknown).contains("likely the provider does not know it"), "{}", told(&unknown));
    let left_out = Case { discovery: lists(&["test_api_access"]), ..lacks() };
    assert!(told(&left_out).contains("Include in token scope"), "{}", told(&left_out));
    let alice = lacks().claim("preferred_username", json!("alice"));
    assert!(told(&alice).contains("alice lacks the roles"), "{}", told(&alice));
    let pinned =
        lacks().with_file("scopes = [\"test_api_access\"]", "scopes = [\"test_api_access\"]\ngranted = [\"profile\"]");
    assert!(told(&pinned).contains("the refusal is meant"), "{}", told(&pinned));
    let drifted = lacks()
        .with_file("scopes = [\"test_api_access\"]", "scopes = [\"test_api_access\"]\ngranted = [\"test_api_access\"]");
    assert!(told(&drifted).contains("something changed there"), "{}", told(&drifted));

    // Of an opaque token the provider's word counts.
    let opaque =
        Case { other_token: Some("opaque"), granted: Some(ScopeSet::parse("test_api_access")), ..Case::new(403) };
    assert_ne!(cause(&opaque).0, Cause::MissingScope);

    let any = lacks().with_file("requires = [\"test_api_access\"]", "requires = { any_scope = [\"a\", \"b\"] }");
    let diagnosis = any.diagnose().unwrap();
    assert_eq!(diagnosis.summary, "The API wants one of the scopes a b; this token has profile.");
    assert_eq!(diagnosis.remedy, Some(Remedy::AskForScopes(ScopeSet::parse("a"))));
    assert_ne!(cause(&any.claim("scope", json!("b"))).0, Cause::MissingScope);
}

#[test]
fn issuer_mismatch() {
    let slash = Case::new(401).claim("iss", json!("http://localhost:8001/realms/myorg/"));
    assert_eq!(cause(&slash), (Cause::IssuerMismatch, Confidence::VeryLikely));
    assert!(slash.diagnose().unwrap().advice.contains("last slash"));
    let host = Case::new(401).claim("iss", json!("http://keycloak:8080/realms/myorg"));
    assert!(host.diagnose().unwrap().advice.contains("under two names"));
    assert!(host.diagnose().unwrap().advice.contains("KC_HOSTNAME=http://localhost:8001"));
    let prefix = Case::new(401).claim("iss", json!("http://localhost:8001/auth/realms/myorg"));
    assert!(prefix.diagnose().unwrap().advice.contains("KC_HTTP_RELATIVE_PATH"));
    let said = Case::new(401).challenge(&invalid("The iss claim is not valid"));
    assert_eq!(cause(&said), (Cause::IssuerMismatch, Confidence::Certain));
    assert_ne!(cause(&Case::new(401)).0, Cause::IssuerMismatch);
}

#[test]
fn unknown_key() {
    assert_eq!(cause(&Case::new(401).fails(CheckName::Key)), (Cause::UnknownKey, Confidence::Certain));
    let stale = Case::new(401).challenge(&invalid("The signature key was not found"));
    assert_eq!(cause(&stale), (Cause::UnknownKey, Confidence::VeryLikely));
    assert!(stale.diagnose().unwrap().advice.contains("old copy"));
    assert!(stale.diagnose().unwrap().advice.contains("fresh key store"));
    let restarted =
        Case::new(401).challenge(&invalid("The token was signed with a key x that the issuer does not publish"));
    assert_eq!(cause(&restarted).0, Cause::UnknownKey);
    assert_ne!(cause(&Case::new(401)).0, Cause::UnknownKey);
}

#[test]
fn bad_signature() {
    assert_eq!(cause(&Case::new(401).fails(CheckName::Signature)), (Cause::BadSignature, Confidence::Certain));
    let only_there = Case::new(401).challenge(&invalid("signature verification failed"));
    assert_eq!(cause(&only_there).0, Cause::BadSignature);
    assert!(only_there.diagnose().unwrap().summary.contains("here it fits"));
    assert_ne!(cause(&Case::new(401)).0, Cause::BadSignature);
}

#[test]
fn unknown_still_says_what_was_looked_at() {
    let mut case = Case::new(401);
    case.headers.push(("x-request-id".into(), "r-17".into()));
    let diagnosis = case.diagnose().unwrap();
    assert_eq!((diagnosis.cause, diagnosis.confidence), (Cause::Unknown, Confidence::Possible));
    assert_eq!(diagnosis.ruled_out.len(), RULES.len());
    assert!(diagnosis.advice.contains("r-17"));
    assert!(diagnosis.evidence.iter().any(|row| row.item == "signature" && row.relation == Relation::Ok));
}

#[test]
fn a_403_puts_the_scope_before_an_equally_sure_cause() {
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"test_api_access\"";
    let both = Case::new(403).challenge(challenge).claim("scope", json!("")).claim("exp", json!(NOW - 5));
    let diagnosis = both.diagnose().unwrap();
    assert_eq!(diagnosis.cause, Cause::MissingScope);
    assert!(diagnosis.also.iter().any(|also| also.starts_with("expired")));
}

#[test]
fn every_cause_but_unknown_has_one_rule_and_every_name_is_its_own() {
    for (cause, name, help) in Cause::TABLE {
        let rules = RULES.iter().filter(|rule| rule.cause == cause).count();
        assert_eq!(rules, usize::from(cause != Cause::Unknown), "{name}");
        assert_eq!(Cause::TABLE.iter().filter(|(_, other, _)| *other == name).count(), 1, "{name}");
        assert!(!help.is_empty());
    }
}

proptest! {
    #[test]
    fn any_answer_is_diagnosed(status in prop::sample::select(vec![401_u16, 403]), header in "\\PC{0,60}", body in "\\PC{0,80}") {
        let case = Case { body, ..Case::new(status).challenge(&header) };
        prop_assert!(case.diagnose().is_some());
    }

    #[test]
    fn nothing_foreign_reaches_a_sentence_unmade_visible(text in "[\\x00-\\x1f\\x7f\u{9b}\u{202e}a-z]{1,40}") {
        let case = Case::new(401).claim("iss", json!(text.clone())).claim("scope", json!(text));
        let diagnosis = case.diagnose().unwrap();
        let rows: Vec<&str> = diagnosis.evidence.iter().flat_map(|row| [row.token.as_str(), &row.expected]).collect();
        let rows = rows.concat();
        let shown = format!("{} {} {rows} {}", diagnosis.summary, diagnosis.advice, diagnosis.also.concat());
        prop_assert!(!shown.chars().any(|c| c.is_control() || c == '\u{202e}'), "{shown:?}");
    }
}

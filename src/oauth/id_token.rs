//! The checks that only an ID token has (OpenID Connect Core 3.1.3.7, 3.1.3.6 and 12.2). Those of every token, its
//! signature among them, are made by `jwt::verify` with the client as the audience.
//!
//! Pure: no network, files, clock or terminal.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;

use super::{ClientId, same_bytes};
use crate::exchange::Secret;
use crate::jwt::{Outcome, Token, shown};

/// Values in a sentence are cut to this many characters.
const SHOWN: usize = 80;

/// What an ID token is held against.
#[derive(Clone, Debug)]
pub struct IdExpected<'a> {
    /// The client it must be for.
    pub client_id: &'a ClientId,
    /// The nonce that was sent; none where none was, as for the device grant.
    pub nonce: Option<&'a str>,
    /// The access token that came with it.
    pub access_token: &'a Secret,
    /// The `sub` it must have: that of the ID token before, when this one came by renewal (section 12.2).
    pub sub: Option<&'a str>,
}

/// One line of the verdict on an ID token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdCheck {
    /// `azp`, `nonce`, `at_hash` or `sub`.
    pub check: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// The values concerned, in one short sentence; safe to show.
    pub detail: String,
}

/// Makes the checks that other tokens do not have.
pub fn check_id_token(token: &Token, expected: &IdExpected<'_>) -> Vec<IdCheck> {
    let check = |check, (outcome, detail): (Outcome, String)| IdCheck { check, outcome, detail };
    vec![
        check("azp", azp(token, expected.client_id)),
        check("nonce", nonce(token, expected.nonce)),
        check("at_hash", at_hash(token, expected.access_token)),
        check("sub", sub(token, expected.sub)),
    ]
}

/// `azp`, when it is there, must be the client; with several audiences it must be there.
fn azp(token: &Token, client: &ClientId) -> (Outcome, String) {
    match token.claim("azp") {
        Some(Value::String(azp)) if azp == client.as_str() => (Outcome::Pass, shown(azp, SHOWN)),
        Some(other) => {
            let found = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            (Outcome::Fail, format!("azp is {}, not this client, {client}", shown(&found, SHOWN)))
        }
        None if token.audiences().len() > 1 => {
            (Outcome::Fail, "aud names several, so azp must say which of them asked".to_owned())
        }
        None => (Outcome::Skipped, "no azp; with one audience none is needed".to_owned()),
    }
}

/// `nonce` must be the one that was sent: it ties the token to this very login.
fn nonce(token: &Token, sent: Option<&str>) -> (Outcome, String) {
    match (sent, token.claim_str("nonce")) {
        (None, _) => (Outcome::Skipped, "none was sent".to_owned()),
        (Some(sent), Some(found)) if same_bytes(sent, found) => (Outcome::Pass, "the one that was sent".to_owned()),
        (Some(_), Some(_)) => {
            (Outcome::Fail, "not the one that was sent: the token belongs to another login".to_owned())
        }
        (Some(_), None) => (Outcome::Fail, "none, though one was sent".to_owned()),
    }
}

/// `at_hash`, when it is there, must be the left half of the access token's hash.
fn at_hash(token: &Token, access_token: &Secret) -> (Outcome, String) {
    let Some(found) = token.claim_str("at_hash") else {
        return (Outcome::Skipped, "no at_hash; with the code grant none is needed".to_owned());
    };
    let algorithm = match token.alg().and_then(|alg| alg.get(alg.len().saturating_sub(3)..)) {
        Some("256") => &digest::SHA256,
        Some("384") => &digest::SHA384,
        Some("512") => &digest::SHA512,
        _ => return (Outcome::Skipped, "the algorithm does not say which hash it is".to_owned()),
    };
    let hash = digest::digest(algorithm, access_token.reveal().as_bytes());
    let half = hash.as_ref().split_at(hash.as_ref().len() / 2).0;
    if same_bytes(&URL_SAFE_NO_PAD.encode(half), found) {
        (Outcome::Pass, "belongs to the access token".to_owned())
    } else {
        (Outcome::Fail, "belongs to another access token".to_owned())
    }
}

/// `sub` must be there, and stay the same over a renewal.
fn sub(token: &Token, before: Option<&str>) -> (Outcome, String) {
    match (token.claim_str("sub"), before) {
        (None, _) => (Outcome::Fail, "no sub: it does not say who logged in".to_owned()),
        (Some(now), Some(before)) if now != before => {
            (Outcome::Fail, format!("{} now, {} before the renewal", shown(now, SHOWN), shown(before, SHOWN)))
        }
        (Some(now), _) => (Outcome::Pass, shown(now, SHOWN)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &serde_json::Value) -> Token {
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = serde_json::json!({"alg": "RS256"});
        Token::of(&Secret::new(format!("{}.{}.c2ln", part(&head), part(claims))))
    }

    fn outcomes(claims: &serde_json::Value, nonce: Option<&str>, sub: Option<&str>) -> Vec<(&'static str, Outcome)> {
        let access_token = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        let client_id = &ClientId::new("web");
        let expected = IdExpected { client_id, nonce, access_token: &access_token, sub };
        check_id_token(&token(claims), &expected).into_iter().map(|check| (check.check, check.outcome)).collect()
    }

    #[test]
    fn all_is_well() {
        // The access token and its at_hash are those of OpenID Connect Core, appendix A.3.
        let claims = serde_json::json!({
            "sub": "1", "aud": ["web", "b"], "azp": "web", "nonce": "n", "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
        });
        let found = outcomes(&claims, Some("n"), Some("1"));
        assert!(found.iter().all(|(_, outcome)| *outcome == Outcome::Pass), "{found:?}");
    }

    #[test]
    fn what_may_be_absent_is_skipped() {
        let found = outcomes(&serde_json::json!({"sub": "1", "aud": "web"}), None, None);
        let skipped: Vec<_> =
            found.iter().filter(|(_, outcome)| *outcome == Outcome::Skipped).map(|one| one.0).collect();
        assert_eq!(skipped, ["azp", "nonce", "at_hash"]);
    }

    #[test]
    fn each_mistake_is_found() {
        for (claims, wrong) in [
            (serde_json::json!({"sub": "1", "nonce": "n", "azp": "other"}), "azp"),
            (serde_json::json!({"sub": "1", "nonce": "n", "azp": 7}), "azp"),
            (serde_json::json!({"sub": "1", "nonce": "n", "aud": ["web", "b"]}), "azp"),
            (serde_json::json!({"sub": "1", "nonce": "m"}), "nonce"),
            (serde_json::json!({"sub": "1"}), "nonce"),
            (serde_json::json!({"sub": "1", "nonce": "n", "at_hash": "77QmUPtjPfzWtF2AnpK9RR"}), "at_hash"),
            (serde_json::json!({"nonce": "n"}), "sub"),
            (serde_json::json!({"sub": "2", "nonce": "n"}), "sub"),
        ] {
            let found = outcomes(&claims, Some("n"), Some("1"));
            let failed: Vec<_> =
                found.iter().filter(|(_, outcome)| *outcome == Outcome::Fail).map(|one| one.0).collect();
            assert_eq!(failed, [wrong], "{claims}");
        }
    }
}

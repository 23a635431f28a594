//! A refusal to take apart in tests: the demo's scoped endpoint, a token of the demo realm, and what the API answered.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Diagnosis, Evidence, diagnose};
use crate::config::{self, Profiles};
use crate::exchange::{Completeness, Exchange, Request, Response, Secret, Text};
use crate::jwt::{Check, CheckName, Outcome, Token, Verdict};
use crate::oauth::ScopeSet;

/// 2026-11-23 20:00:00 UTC.
pub const NOW: i64 = 1_795_464_000;

/// A call that was refused; change what matters and ask for the diagnosis.
pub struct Case {
    pub profiles: Profiles,
    pub endpoint: &'static str,
    pub claims: Value,
    pub send_token: bool,
    pub asked: ScopeSet,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub checks: Vec<(CheckName, Outcome)>,
}

impl Case {
    /// A good token with the scope wanted, which the API refuses without a word.
    pub fn new(status: u16) -> Self {
        Self {
            profiles: config::demo().clone(),
            endpoint: "private-scoped",
            claims: json!({
                "iss": "http://localhost:8001/realms/myorg",
                "iat": NOW - 60,
                "exp": NOW + 240,
                "scope": "profile email test_api_access",
            }),
            send_token: true,
            asked: ScopeSet::parse("test_api_access"),
            status,
            headers: Vec::new(),
            body: String::new(),
            checks: vec![(CheckName::Key, Outcome::Pass), (CheckName::Signature, Outcome::Pass)],
        }
    }

    /// With one claim changed, or taken away by null.
    #[must_use]
    pub fn claim(mut self, name: &str, value: Value) -> Self {
        if let Some(claims) = self.claims.as_object_mut() {
            match value {
                Value::Null => drop(claims.remove(name)),
                value => drop(claims.insert(name.to_owned(), value)),
            }
        }
        self
    }

    /// With this challenge in the answer.
    #[must_use]
    pub fn challenge(mut self, challenge: &str) -> Self {
        self.headers.push(("www-authenticate".into(), challenge.into()));
        self
    }

    /// With this check failed here.
    #[must_use]
    pub fn fails(mut self, name: CheckName) -> Self {
        self.checks.retain(|(check, _)| *check != name);
        self.checks.push((name, Outcome::Fail));
        self
    }

    /// What the table of rules makes of it.
    pub fn diagnose(&self) -> Option<Diagnosis> {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({ "alg": "RS256", "kid": "key-1", "typ": "JWT" });
        let raw = Secret::new(format!("{}.{}.c2lnbmF0dXJl", part(&header), part(&self.claims)));
        let token = Token::of(&raw);
        let mut request = Request::new("GET", "http://localhost:50100/api/private-scoped");
        if self.send_token {
            request = request.header("Authorization", Text::bearer(&raw));
        }
        let exchange = Exchange {
            request,
            outcome: Ok(Response {
                status: self.status,
                headers: self.headers.clone(),
                body: self.body.clone().into_bytes(),
                completeness: Completeness::Whole,
            }),
            started: Timestamp::UNIX_EPOCH,
            elapsed: Duration::from_millis(3),
            to_head: None,
            notes: Vec::new(),
        };
        let checks =
            self.checks.iter().map(|(name, outcome)| Check { name: *name, outcome: *outcome, detail: "detail".into() });
        let verdict = Verdict { valid: Some(true), checks: checks.collect(), key: None, changes_at: None };
        let profile = self.profiles.profile("tester")?;
        let (api, endpoint) =
            self.profiles.endpoints_of(profile).find(|(_, endpoint)| endpoint.name == self.endpoint)?;
        diagnose(&Evidence {
            exchange: &exchange,
            endpoint,
            api,
            provider: self.profiles.provider("demo")?,
            profile,
            token: self.send_token.then_some(&token),
            verdict: self.send_token.then_some(&verdict),
            asked: self.send_token.then_some(&self.asked),
            now: Timestamp::from_second(NOW).ok()?,
        })
    }
}

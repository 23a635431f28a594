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
use crate::oauth::{ScopeSet, read_document};

/// 2026-11-23 20:00:00 UTC.
pub const NOW: i64 = 1_795_464_000;

/// A call that was refused; change what matters and ask for the diagnosis.
pub struct Case {
    pub profiles: Profiles,
    /// The text they came from.
    pub file: String,
    pub endpoint: &'static str,
    pub claims: Value,
    pub send_token: bool,
    pub asked: ScopeSet,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub checks: Vec<(CheckName, Outcome)>,
    pub header: Value,
    /// What is sent in place of a token of these claims.
    pub other_token: Option<&'static str>,
    pub granted: Option<ScopeSet>,
    /// By how many seconds the provider's clock was ahead of this machine's when it answered; none: the call is not known.
    pub provider_ahead: Option<i64>,
    pub discovery: Option<Value>,
}

impl Case {
    /// A good token with the scope wanted, which the API refuses without a word.
    pub fn new(status: u16) -> Self {
        Self {
            profiles: config::demo(),
            file: config::DEMO_TEXT.to_owned(),
            endpoint: "private-scoped",
            claims: json!({
                "iss": "http://localhost:8001/realms/myorg",
                "sub": "6a3f2f4e",
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
            header: json!({ "alg": "RS256", "kid": "key-1", "typ": "JWT" }),
            other_token: None,
            granted: None,
            provider_ahead: None,
            discovery: None,
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
    pub fn fails(self, name: CheckName) -> Self {
        self.comes_out(name, Outcome::Fail)
    }

    /// With this check come out so here.
    #[must_use]
    pub fn comes_out(mut self, name: CheckName, outcome: Outcome) -> Self {
        self.checks.retain(|(check, _)| *check != name);
        self.checks.push((name, outcome));
        self
    }

    /// With this header in the answer.
    #[must_use]
    pub fn answers(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With an API whose clock is so many seconds ahead of this machine's.
    #[must_use]
    pub fn api_ahead(self, seconds: i64) -> Self {
        self.answers("date", &http_date(NOW + seconds))
    }

    /// With a provider whose clock is so many seconds ahead of this machine's, which issued the token just now.
    #[must_use]
    pub fn provider_ahead(mut self, seconds: i64) -> Self {
        self.provider_ahead = Some(seconds);
        self.claim("iat", json!(NOW + seconds)).claim("exp", json!(NOW + seconds + 300))
    }

    /// With one thing in profiles.toml spelt otherwise.
    #[must_use]
    pub fn with_file(mut self, from: &str, to: &str) -> Self {
        assert!(self.file.contains(from), "profiles.toml has no {from}");
        self.file = self.file.replacen(from, to, 1);
        self.profiles = config::parse(&self.file).profiles;
        self
    }

    /// What the table of rules makes of it.
    pub fn diagnose(&self) -> Option<Diagnosis> {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}.c2lnbmF0dXJl", part(&self.header), part(&self.claims));
        let raw = Secret::new(self.other_token.map_or(signed, str::to_owned));
        let token = Token::of(&raw);
        let mut request = Request::new("GET", "http://localhost:50100/api/private-scoped");
        if self.send_token {
            request = request.header("Authorization", Text::bearer(&raw));
        }
        let exchange = call(request, self.status, self.headers.clone(), self.body.clone());
        let token_call = self.provider_ahead.map(|ahead| {
            let request = Request::new("POST", "http://localhost:8001/realms/myorg/protocol/openid-connect/token");
            call(request, 200, vec![("date".into(), http_date(NOW + ahead))], String::new())
        });
        let metadata = self.discovery.as_ref().and_then(|document| {
            let response = Response {
                status: 200,
                headers: Vec::new(),
                body: document.to_string().into_bytes(),
                completeness: Completeness::Whole,
            };
            read_document("u", &response).ok()
        });
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
            granted: self.granted.as_ref(),
            token_call: token_call.as_ref(),
            metadata: metadata.as_ref(),
            now: Timestamp::from_second(NOW).ok()?,
        })
    }
}

fn call(request: Request, status: u16, headers: Vec<(String, String)>, body: String) -> Exchange {
    let response = Response { status, headers, body: body.into_bytes(), completeness: Completeness::Whole };
    Exchange {
        request,
        outcome: Ok(response),
        started: Timestamp::from_second(NOW).unwrap_or_default(),
        elapsed: Duration::from_millis(3),
        to_head: None,
        notes: Vec::new(),
    }
}

/// A second as the `Date` header spells it.
fn http_date(second: i64) -> String {
    let at = Timestamp::from_second(second).unwrap_or_default();
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

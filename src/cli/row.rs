//! One call as a row of `probe` and `matrix`: the documented JSON.

use serde::Serialize;
use serde_json::{Value, json};

use crate::audit::{Basis, Diagnosis};
use crate::config::Expect;
use crate::engine::{Answer, Failure};
use crate::exchange::{Completeness, redact_body};

/// How much of a body is given unless `--body` asks for all of it.
const BODY: usize = 2 * 1024;

/// The documented members, in this order.
#[derive(Debug, Serialize)]
pub struct Row {
    pub profile: String,
    pub env: Option<String>,
    pub endpoint: String,
    pub method: String,
    pub url: String,
    pub status: Option<u16>,
    pub expected: Option<Value>,
    pub basis: Option<Basis>,
    pub as_expected: Option<bool>,
    pub elapsed_ms: Option<u64>,
    pub body: Option<String>,
    pub error: Option<String>,
    pub diagnosis: Option<Diagnosis>,
}

impl Row {
    /// A row for a call that was answered, or that got no answer.
    pub fn answered(answer: Answer, whole_body: bool) -> Self {
        let exchange = &answer.exchange;
        let error = match &exchange.outcome {
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        };
        Self {
            env: answer.environment.clone(),
            endpoint: answer.endpoint.endpoint.clone(),
            method: exchange.request.method.clone(),
            url: exchange.request.url.clone(),
            status: exchange.status(),
            expected: answer.judgement.expected.map(|(what, _)| expected(what)),
            basis: answer.judgement.expected.map(|(_, basis)| basis),
            as_expected: answer.judgement.as_expected,
            elapsed_ms: Some(u64::try_from(exchange.elapsed.as_millis()).unwrap_or(u64::MAX)),
            body: Self::body_of(&answer, whole_body),
            error,
            profile: answer.profile,
            diagnosis: answer.diagnosis,
        }
    }

    /// The body: whole, or with tokens taken out and cut.
    pub fn body_of(answer: &Answer, whole: bool) -> Option<String> {
        let response = answer.exchange.response()?;
        if whole {
            return Some(String::from_utf8_lossy(&response.body).into_owned());
        }
        // Redacting looks at no more than can be shown, plus what a token may be long.
        let looked_at = response.body.get(..BODY * 8).unwrap_or(&response.body);
        let mut text = redact_body(looked_at);
        let cut =
            text.len() > BODY || looked_at.len() < response.body.len() || response.completeness != Completeness::Whole;
        if text.len() > BODY {
            let end = (0..=BODY).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.truncate(end);
        }
        if cut {
            text.push('…');
        }
        Some(text)
    }

    /// A row for a call that was not sent.
    pub fn not_sent(
        profile: &str,
        env: Option<String>,
        endpoint: &str,
        method: &str,
        url: &str,
        failure: &Failure,
    ) -> Self {
        Self {
            profile: profile.to_owned(),
            env,
            endpoint: endpoint.to_owned(),
            method: method.to_owned(),
            url: url.to_owned(),
            status: None,
            expected: None,
            basis: None,
            as_expected: Some(false),
            elapsed_ms: None,
            body: None,
            error: Some(failure.to_string()),
            diagnosis: None,
        }
    }
}

impl Row {
    /// The row of a profile that gets no token, as its `expect_token = "refused"` says.
    pub fn refused_as_meant(self) -> Self {
        let (what, basis) = (Some(expected(Expect::Deny)), Some(Basis::Derived));
        Self { expected: what, basis, as_expected: Some(true), ..self }
    }
}

/// An expectation as JSON: `"allow"`, `"deny"` or a status.
pub fn expected(what: Expect) -> Value {
    match what {
        Expect::Allow => json!("allow"),
        Expect::Deny => json!("deny"),
        Expect::Status(status) => json!(status),
    }
}

/// An expectation in words.
pub fn expected_in_words(what: Expect) -> String {
    match what {
        Expect::Allow => "allow".to_owned(),
        Expect::Deny => "deny".to_owned(),
        Expect::Status(status) => status.to_string(),
    }
}

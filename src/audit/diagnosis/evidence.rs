//! What a diagnosis looks at: the call, the token, and what the API said about it.
//!
//! Pure: no network, files, clock or terminal.

use jiff::Timestamp;
use serde_json::Value;

use super::{EvidenceRow, Relation};
use crate::config::{Api, Endpoint, Profile, Provider};
use crate::exchange::{Exchange, Response};
use crate::jwt::{Check, CheckName, Outcome, Token, Verdict, shown};
use crate::oauth::{Challenge, Metadata, ScopeSet, parse_challenges};

/// How much of a foreign value a sentence quotes.
const QUOTED: usize = 200;

/// A call and everything known about it.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The call.
    pub exchange: &'a Exchange,
    /// What was called.
    pub endpoint: &'a Endpoint,
    /// The resource server.
    pub api: &'a Api,
    /// The authorization server it trusts.
    pub provider: &'a Provider,
    /// The client.
    pub profile: &'a Profile,
    /// The token that was sent; none when it was sent without one.
    pub token: Option<&'a Token>,
    /// What verification here said of it.
    pub verdict: Option<&'a Verdict>,
    /// The scopes that were asked for.
    pub asked: Option<&'a ScopeSet>,
    /// The scopes that the provider said it granted, when it said so.
    pub granted: Option<&'a ScopeSet>,
    /// The call that got the token, when this run made it: the provider's clock shows in it.
    pub token_call: Option<&'a Exchange>,
    /// What the provider says about itself, when it is at hand.
    pub metadata: Option<&'a Metadata>,
    /// When the answer was in.
    pub now: Timestamp,
}

impl<'a> Evidence<'a> {
    /// The answer.
    pub fn response(&self) -> Option<&'a Response> {
        self.exchange.response()
    }

    /// Every challenge of the answer.
    pub fn challenges(&self) -> Vec<Challenge> {
        self.response().map(|response| parse_challenges(response.values("www-authenticate"))).unwrap_or_default()
    }

    /// The bearer challenge, when there is one.
    pub fn bearer(&self) -> Option<Challenge> {
        self.challenges().into_iter().find(Challenge::is_bearer)
    }

    /// The OAuth error code: of the challenge, else of the body.
    pub fn error(&self) -> Option<String> {
        self.bearer().and_then(|challenge| challenge.error().map(str::to_owned)).or_else(|| self.in_body("error"))
    }

    /// The description of the error: of the challenge, else of the body.
    pub fn description(&self) -> Option<String> {
        let in_challenge = self.bearer().and_then(|challenge| challenge.param("error_description").map(str::to_owned));
        in_challenge
            .or_else(|| self.in_body("error_description"))
            .or_else(|| self.in_body("message"))
            .or_else(|| self.in_body("detail"))
    }

    /// What the API gave as its reason, in lower case, for matching; empty when it said nothing of its own. Some
    /// libraries answer every refusal with one sentence that names all causes: that says nothing.
    pub fn reason(&self) -> String {
        let text = self.description().unwrap_or_default().to_lowercase();
        if text.contains("for other reasons") { String::new() } else { text }
    }

    fn in_body(&self, member: &str) -> Option<String> {
        let response = self.response()?;
        let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(&response.body) else { return None };
        match body.get(member)? {
            Value::String(text) => Some(text.clone()),
            Value::Object(nested) => nested.get("message").and_then(Value::as_str).map(str::to_owned),
            _ => None,
        }
    }

    /// The API's clock from its `Date` header, else ours.
    pub fn api_clock(&self) -> (Timestamp, &'static str) {
        let date = self.response().and_then(|response| response.header("date"));
        match date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok()) {
            Some(date) => (date.timestamp(), "the API's Date header"),
            None => (self.now, "this machine's clock"),
        }
    }

    /// The check of this name from the verification here.
    pub fn check(&self, name: CheckName) -> Option<&'a Check> {
        self.verdict?.checks.iter().find(|check| check.name == name)
    }

    /// Whether the check of this name failed here.
    pub fn failed(&self, name: CheckName) -> bool {
        self.check(name).is_some_and(|check| check.outcome == Outcome::Fail)
    }

    /// The token's scopes: what its claims say; of one that cannot be read, what the provider said.
    pub fn token_scopes(&self) -> ScopeSet {
        let Some(token) = self.token else { return ScopeSet::empty() };
        match self.granted {
            Some(granted) if token.claims().is_none() => granted.clone(),
            _ => token.scopes().into_iter().collect(),
        }
    }

    /// The scopes that the endpoint wants all of and the token does not have.
    pub fn lacking_scopes(&self) -> ScopeSet {
        self.token_scopes().missing(&self.endpoint.wanted_scopes())
    }

    /// The client that the token was issued to.
    pub fn client(&self) -> &'a str {
        self.token.and_then(Token::client).unwrap_or(self.profile.client_id.as_str())
    }

    /// Whether the API says no more than that the token is not valid (RFC 6750 section 3.1).
    pub fn is_invalid_token_unexplained(&self) -> bool {
        let is_401 = self.response().is_some_and(|response| response.status == 401);
        is_401 && self.error().as_deref() == Some("invalid_token") && self.reason().is_empty()
    }

    /// Whether the answer is a page for people.
    pub fn is_a_page(&self) -> bool {
        let media = self.response().and_then(Response::media_type);
        media.is_some_and(|media| media == "text/html" || media == "application/xhtml+xml")
    }

    /// Whether the provider is a Keycloak, by the form of its issuer.
    pub fn is_keycloak(&self) -> bool {
        self.provider.issuer.as_str().contains("/realms/")
    }

    /// What the API itself said, on one line.
    pub fn said(&self) -> Option<String> {
        let response = self.response()?;
        let mut said = response.status.to_string();
        for challenge in response.values("www-authenticate") {
            said.push_str("  ");
            said.push_str(&shown(challenge, QUOTED));
        }
        if response.header("www-authenticate").is_none()
            && let Some(error) = self.error()
        {
            said.push_str("  ");
            said.push_str(&shown(&error, QUOTED));
        }
        Some(said)
    }
}

/// A foreign value, made visible and cut, for a sentence or a row.
pub fn quoted(value: &str) -> String {
    shown(value, QUOTED)
}

/// A row of the evidence table.
pub fn row(
    item: &str,
    token: impl Into<String>,
    relation: Relation,
    expected: impl Into<String>,
    source: &str,
) -> EvidenceRow {
    EvidenceRow {
        item: item.to_owned(),
        token: token.into(),
        relation,
        expected: expected.into(),
        source: source.to_owned(),
    }
}

//! Calls an API's endpoint, judges the answer and says why it refused.

use std::sync::Arc;

use jiff::Timestamp;

use super::http::Http;
use super::{Answer, EndpointId, HeldToken};
use crate::audit::{self, Basis, Evidence, Expectation, Judgement, Permissions};
use crate::config::{Api, Endpoint, Expect, ExpectToken, Profile, Provider};
use crate::exchange::{Exchange, Request, Text};
use crate::oauth::Metadata;

/// One call.
pub struct Call<'a> {
    /// The client.
    pub profile: &'a Profile,
    /// Its authorization server.
    pub provider: &'a Provider,
    /// The environment, when there is one.
    pub environment: Option<String>,
    /// The resource server.
    pub api: &'a Api,
    /// What to call.
    pub endpoint: &'a Endpoint,
    /// The token to send; none to send without.
    pub token: Option<Arc<HeldToken>>,
    /// What the provider says about itself, when it is at hand.
    pub metadata: Option<Arc<Metadata>>,
}

impl Call<'_> {
    /// Sends it.
    pub async fn send(self, http: &Http) -> Answer {
        let exchange = http.send(self.request(), &self.api.connection).await;
        self.judge(exchange)
    }

    /// The request (RFC 6750 section 2.1: the token goes into the Authorization header).
    fn request(&self) -> Request {
        let url = format!("{}{}", self.api.base_url.trim_end_matches('/'), self.endpoint.path);
        let mut request = Request::new(&self.endpoint.method, url).header("Accept", "application/json, */*;q=0.5");
        if let Some(held) = &self.token {
            request = request.header("Authorization", Text::bearer(held.token.raw()));
        }
        request
    }

    fn judge(self, exchange: Exchange) -> Answer {
        let at = Timestamp::now();
        let expected = self.expected();
        let mut judgement = match exchange.status() {
            Some(status) => audit::judge(expected, self.endpoint, status),
            None => Judgement { expected, class: None, as_expected: expected.map(|_| false), warning: None },
        };
        if self.token.is_some() && self.profile.expect_token == ExpectToken::Refused {
            // The provider granted what it should have refused: whatever the API makes of it, that is not as expected.
            judgement.as_expected = Some(false);
        }
        let diagnosis = audit::diagnose(&Evidence {
            exchange: &exchange,
            endpoint: self.endpoint,
            api: self.api,
            provider: self.provider,
            profile: self.profile,
            token: self.token.as_ref().map(|held| &held.token),
            verdict: self.token.as_ref().map(|held| &held.verdict),
            asked: self.token.as_ref().map(|held| &held.asked),
            granted: self.token.as_ref().and_then(|held| held.granted.scope.as_ref()),
            token_call: self.token.as_ref().and_then(|held| held.exchange.as_deref()),
            metadata: self.metadata.as_deref(),
            now: at,
        });
        Answer {
            profile: self.profile.name.clone(),
            environment: self.environment,
            endpoint: EndpointId { api: self.api.name.clone(), endpoint: self.endpoint.name.clone() },
            exchange: Arc::new(exchange),
            token: self.token,
            judgement,
            diagnosis,
            at,
        }
    }

    fn expected(&self) -> Expectation {
        let sent = self.token.as_ref().filter(|held| held.seconds_left(Timestamp::now()).is_none_or(|left| left > 0));
        let Some(held) = sent else {
            // Without a token, or with one that has ended, the way in is closed unless the endpoint is public.
            return match audit::expect(self.endpoint, self.profile, None) {
                Some(said) => Some(said),
                None => self.endpoint.requires.as_ref().map(|_| (Expect::Deny, Basis::Derived)),
            };
        };
        let roles: Vec<String> = held.token.roles().into_iter().flat_map(|group| group.roles).collect();
        audit::expect(self.endpoint, self.profile, Some(Permissions { scopes: &held.scopes(), roles: &roles }))
    }
}

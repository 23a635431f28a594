//! The authorization request: the address a browser is sent to (RFC 6749 section 4.1.1, OpenID Connect Core 3.1.2.1,
//! RFC 7636 section 4.3).
//!
//! Pure: no network, files, clock or terminal.

use url::Url;

use super::token::asked;
use super::{ClientId, ScopeSet};

/// What a login asks the authorization endpoint.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest<'a> {
    /// The authorization endpoint's address; a query it has stays.
    pub endpoint: &'a str,
    /// Who asks.
    pub client_id: &'a ClientId,
    /// Where the browser is to come back to.
    pub redirect_uri: &'a str,
    /// What is asked for.
    pub scopes: &'a ScopeSet,
    /// Ties the answer to this login.
    pub state: &'a str,
    /// Ties the ID token to this login; sent when `openid` is asked for.
    pub nonce: &'a str,
    /// The challenge of the code verifier, by S256.
    pub challenge: &'a str,
    /// The `audience` parameter, when the provider wants one.
    pub audience: Option<&'a str>,
    /// Further parameters, such as `prompt` or `login_hint`.
    pub params: &'a [(String, String)],
}

/// The authorization endpoint's address cannot be opened by a browser.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the authorization endpoint {0} is no http or https address")]
pub struct NotAnAddress(pub String);

impl AuthorizationRequest<'_> {
    /// Whether an ID token is asked for.
    pub fn is_openid(&self) -> bool {
        self.scopes.contains("openid")
    }

    /// The whole address. Anything but http and https might start another program than a browser.
    pub fn url(&self) -> Result<String, NotAnAddress> {
        let wrong = || NotAnAddress(self.endpoint.to_owned());
        let mut url = Url::parse(self.endpoint).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(wrong());
        }
        url.set_fragment(None);
        let mut query = url.query_pairs_mut();
        query.append_pair("response_type", "code");
        query.append_pair("client_id", self.client_id.as_str());
        query.append_pair("redirect_uri", self.redirect_uri);
        query.append_pair("state", self.state);
        if self.is_openid() {
            query.append_pair("nonce", self.nonce);
        }
        query.append_pair("code_challenge", self.challenge);
        query.append_pair("code_challenge_method", "S256");
        for (name, value) in asked(self.scopes, self.audience, self.params) {
            query.append_pair(&name, &value);
        }
        drop(query);
        Ok(url.into())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn url(endpoint: &str, scopes: &str) -> Result<String, NotAnAddress> {
        AuthorizationRequest {
            endpoint,
            client_id: &ClientId::new("my client"),
            redirect_uri: "http://127.0.0.1:17801/callback",
            scopes: &ScopeSet::parse(scopes),
            state: "st",
            nonce: "no",
            challenge: "ch",
            audience: Some("api"),
            params: &[("prompt".to_owned(), "login".to_owned())],
        }
        .url()
    }

    #[test]
    fn every_parameter_is_there_once() {
        assert_eq!(
            url("https://h.example/auth?tenant=1", "openid a").unwrap(),
            "https://h.example/auth?tenant=1&response_type=code&client_id=my+client\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A17801%2Fcallback&state=st&nonce=no&code_challenge=ch\
             &code_challenge_method=S256&scope=openid+a&audience=api&prompt=login"
        );
        assert!(!url("https://h.example/auth", "a").unwrap().contains("nonce"));
    }

    #[test]
    fn what_no_browser_should_open_is_refused() {
        for endpoint in ["file:///etc/passwd", "javascript:alert(1)", "auth", "mailto:a@b"] {
            assert_eq!(url(endpoint, ""), Err(NotAnAddress(endpoint.to_owned())));
        }
    }
}

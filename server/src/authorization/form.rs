//! The parameters of a request, from its form or its query: read once, bounded, in order.

use std::collections::HashSet;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
};
use zeroize::Zeroizing;

use super::{error, error::OAuthError, headers};

/// A request is a few hundred bytes; more than this many is refused.
const LARGEST_BODY: usize = 64 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";
/// Keycloak's bound on one parameter, in characters. A longer one counts as not sent.
const LONGEST_VALUE: usize = 4000;
/// Parameters that hold a token, which may be longer.
const TOKENS: [&str; 4] = ["token", "access_token", "refresh_token", "id_token_hint"];

/// Form parameters (RFC 6749 appendix B). Control characters are gone from the values.
pub(super) struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Reads the body of a request. What is no form has no parameters.
    pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Box<Response>> {
        let content_type = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
        let media_type = content_type.map(|value| value.split(';').next().unwrap_or_default().trim());
        let is_form = media_type.is_some_and(|media_type| media_type.eq_ignore_ascii_case(FORM));
        let too_large = |_| Box::new(error::plain(StatusCode::PAYLOAD_TOO_LARGE, "HTTP 413 Request Entity Too Large"));
        let bytes = to_bytes(body, LARGEST_BODY).await.map_err(too_large)?;
        // Taken over to be wiped where nobody else holds the buffer; it may have a secret in it.
        let bytes = Zeroizing::new(bytes.try_into_mut().map_or_else(|shared| shared.to_vec(), Vec::from));
        Ok(Self::parse(if is_form { &bytes } else { &[] }))
    }

    /// Reads form-encoded text: a body, or a query.
    pub(super) fn parse(text: &[u8]) -> Self {
        let without_controls = |value: &str| value.chars().filter(|c| !c.is_control()).collect();
        let fits = |name: &str, value: &str| TOKENS.contains(&name) || value.chars().count() <= LONGEST_VALUE;
        let pairs = form_urlencoded::parse(text).filter(|(name, value)| fits(name, value));
        Self(pairs.map(|(name, value)| (name.into_owned(), Zeroizing::new(without_controls(&value)))).collect())
    }

    /// The first value of a parameter; an empty one is a value.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The same, where an empty value is none.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Whether a parameter comes more than once.
    pub(super) fn is_twice(&self, name: &str) -> bool {
        self.0.iter().filter(|(other, _)| other == name).count() > 1
    }

    /// Whether any parameter comes more than once.
    pub(super) fn has_duplicates(&self) -> bool {
        let mut seen = HashSet::new();
        self.0.iter().any(|(name, _)| !seen.insert(name))
    }

    /// Refuses parameters that come twice (RFC 6749 section 3.2).
    pub(super) fn check(&self) -> Result<(), OAuthError> {
        if self.has_duplicates() {
            return Err(OAuthError::bad_request("invalid_request", "duplicated parameter"));
        }
        Ok(())
    }
}

/// The form of an endpoint that takes POST alone.
pub(super) struct Posted(pub Form);

impl<S: Sync> FromRequest<S> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        match *request.method() {
            Method::POST => posted(request).await.map(Self),
            Method::OPTIONS => Err(headers::preflight("POST, OPTIONS")),
            _ => Err(error::method_not_allowed()),
        }
    }
}

/// The parameters of an endpoint that a browser comes to: by a link, or by a form.
pub(super) struct Asked(pub Form);

impl<S: Sync> FromRequest<S> for Asked {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        match *request.method() {
            Method::GET | Method::HEAD => Ok(Self(Form::parse(request.uri().query().unwrap_or_default().as_bytes()))),
            Method::POST => posted(request).await.map(Self),
            Method::OPTIONS => Err(headers::preflight("GET, HEAD, POST, OPTIONS")),
            _ => Err(error::method_not_allowed()),
        }
    }
}

async fn posted(request: Request) -> Result<Form, Response> {
    let (head, body) = request.into_parts();
    Form::read(&head.headers, body).await.map_err(|answer| *answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_comes_twice_is_found_among_many() {
        let names: Vec<String> = (0..10_000).map(|number| format!("{number:x}")).collect();
        let body = names.join("&");
        assert!(!Form::parse(body.as_bytes()).has_duplicates());
        assert!(Form::parse(format!("{body}&7").as_bytes()).has_duplicates());
    }
}

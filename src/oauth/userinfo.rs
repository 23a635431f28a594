//! The userinfo endpoint (OpenID Connect Core 5.3): who the person behind a token is.
//!
//! Pure: no network, files, clock or terminal.

use serde_json::{Map, Value};

use super::token::{members, refusal_in};
use super::{TokenRefusal, parse_challenges};
use crate::exchange::{Request, Response, Secret, Text};

/// The request (OpenID Connect Core 5.3.1).
pub fn userinfo_request(endpoint: &str, token: &Secret) -> Request {
    Request::new("GET", endpoint).header("Accept", "application/json").header("Authorization", Text::bearer(token))
}

/// Reads the endpoint's answer. A refusal stands in the `WWW-Authenticate` header (section 5.3.3), in the body with some.
pub fn read_userinfo(response: &Response) -> Result<Map<String, Value>, TokenRefusal> {
    let status = response.status;
    if let Some(refusal) = refusal_in(response) {
        return Err(refusal);
    }
    let bearer = parse_challenges(response.values("www-authenticate")).into_iter().find(|one| one.error().is_some());
    if let Some(challenge) = bearer.filter(|_| !response.is_success()) {
        let text = |name| challenge.param(name).map(str::to_owned);
        let error = challenge.error().unwrap_or_default().to_owned();
        return Err(TokenRefusal::Refused { status, error, description: text("error_description"), uri: None });
    }
    let signed = response.media_type().is_some_and(|media| media == "application/jwt");
    members(response).filter(|_| response.is_success()).ok_or_else(|| {
        let what = if signed { "a signed answer, which is not read" } else { "no claims" };
        TokenRefusal::Unusable { status, reason: format!("the userinfo endpoint answered {status} with {what}") }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::exchange::Completeness;

    fn read(status: u16, header: (&str, &str), body: &str) -> Result<Map<String, Value>, TokenRefusal> {
        let headers = vec![(header.0.to_owned(), header.1.to_owned())];
        read_userinfo(&Response { status, headers, body: body.into(), completeness: Completeness::Whole })
    }

    #[test]
    fn the_refusal_stands_in_the_header() {
        let challenge = r#"Bearer realm="myorg", error="insufficient_scope", error_description="Missing openid scope""#;
        let refusal = read(403, ("WWW-Authenticate", challenge), "").unwrap_err();
        assert_eq!(refusal.to_string(), "insufficient_scope: Missing openid scope");
    }

    #[test]
    fn claims_or_nothing_that_can_be_used() {
        let json = ("content-type", "application/json");
        assert_eq!(read(200, json, r#"{"sub":"1"}"#).unwrap().len(), 1);
        let signed = read(200, ("content-type", "application/jwt"), "eyJ.x.y").unwrap_err();
        assert!(signed.to_string().contains("a signed answer"), "{signed}");
        assert!(read(401, json, "").unwrap_err().to_string().contains("answered 401"));
    }
}

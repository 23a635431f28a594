//! The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0 section 2), and Keycloak's way of ending a session
//! without a browser: the refresh token with the client's authentication.
//!
//! Pure: no network, files, clock or terminal.

use super::client::token_field;
use super::token::refusal_in;
use super::{Client, TokenRefusal};
use crate::exchange::{Request, Response, Secret};

/// What says which session.
#[derive(Clone, Copy, Debug)]
pub enum SessionHint<'a> {
    /// The refresh token: Keycloak ends the session at once.
    RefreshToken(&'a Secret),
    /// The ID token: the standard way, for which a browser may have to confirm.
    IdToken(&'a Secret),
}

/// The request; RP-Initiated Logout lets it be a form as well as an address.
pub fn end_session_request(endpoint: &str, client: Client<'_>, hint: SessionHint<'_>) -> Request {
    match hint {
        SessionHint::RefreshToken(token) => client.post(endpoint, vec![("refresh_token".into(), token_field(token))]),
        SessionHint::IdToken(token) => {
            // A browser would send it: no secret goes along.
            let public = Client { secret: None, ..client };
            public.post(endpoint, vec![("id_token_hint".into(), token_field(token))])
        }
    }
}

/// What the endpoint did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// The session is over.
    Over,
    /// A page, or an address to go to: a person has to confirm in a browser.
    AsksPerson,
}

/// Reads the endpoint's answer.
pub fn read_end_session(response: &Response) -> Result<SessionEnd, TokenRefusal> {
    match (refusal_in(response), response.status) {
        (Some(refusal), _) => Err(refusal),
        (None, 204) => Ok(SessionEnd::Over),
        (None, 200..=299) if response.body.is_empty() => Ok(SessionEnd::Over),
        (None, 200..=399) => Ok(SessionEnd::AsksPerson),
        (None, status) => {
            let reason = format!("the end-session endpoint answered {status} without an OAuth error");
            Err(TokenRefusal::Unusable { status, reason })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Completeness;
    use crate::oauth::{ClientAuth, ClientId};

    fn read(status: u16, body: &str) -> Result<SessionEnd, TokenRefusal> {
        let (headers, completeness) = (Vec::new(), Completeness::Whole);
        read_end_session(&Response { status, headers, body: body.into(), completeness })
    }

    #[test]
    fn an_empty_answer_is_the_end_and_a_page_is_not() {
        assert_eq!(read(204, ""), Ok(SessionEnd::Over));
        assert_eq!(read(200, "<html>"), Ok(SessionEnd::AsksPerson));
        assert_eq!(read(302, ""), Ok(SessionEnd::AsksPerson));
        let refused = read(400, r#"{"error":"invalid_grant","error_description":"Invalid refresh token"}"#);
        assert!(matches!(refused, Err(TokenRefusal::Refused { .. })));
        assert!(matches!(read(400, "<html>"), Err(TokenRefusal::Unusable { status: 400, .. })));
    }

    #[test]
    fn the_secret_goes_along_with_the_refresh_token_alone() {
        let (id, secret, token) = (ClientId::new("web"), Secret::new("s"), Secret::new("t"));
        let client = Client { id: &id, secret: Some(&secret), auth: ClientAuth::Basic };
        let by = |hint| end_session_request("http://a/l", client, hint);
        assert!(by(SessionHint::RefreshToken(&token)).values("authorization").next().is_some());
        let standard = by(SessionHint::IdToken(&token));
        assert!(standard.values("authorization").next().is_none());
        assert_eq!(standard.wire_form().unwrap_or_default().as_str(), "id_token_hint=t&client_id=web");
    }
}

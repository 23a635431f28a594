//! The introspection endpoint (RFC 7662): the issuer's own word on a token.
//!
//! Pure: no network, files, clock or terminal.

use serde_json::{Map, Value};

use super::client::token_field;
use super::token::{members, refusal_in};
use super::{Client, TokenRefusal};
use crate::exchange::{Request, Response, Secret};

/// The request (RFC 7662 section 2.1).
pub fn introspection_request(endpoint: &str, client: Client<'_>, token: &Secret, hint: &str) -> Request {
    client.post(endpoint, vec![("token".into(), token_field(token)), ("token_type_hint".into(), hint.into())])
}

/// What the endpoint says of a token (RFC 7662 section 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introspected {
    /// Whether the token holds, for whoever asked.
    pub active: bool,
    /// All members of the answer.
    pub claims: Map<String, Value>,
}

/// Reads the endpoint's answer.
pub fn read_introspection(response: &Response) -> Result<Introspected, TokenRefusal> {
    if let Some(refusal) = refusal_in(response) {
        return Err(refusal);
    }
    let status = response.status;
    let claims = members(response).filter(|_| response.is_success());
    match claims.as_ref().and_then(|claims| claims.get("active")).and_then(Value::as_bool) {
        Some(active) => Ok(Introspected { active, claims: claims.unwrap_or_default() }),
        None => Err(TokenRefusal::Unusable {
            status,
            reason: format!("the introspection endpoint answered {status} without saying whether the token is active"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Completeness;
    use crate::oauth::{ClientAuth, ClientId};

    fn read(status: u16, body: &str) -> Result<Introspected, TokenRefusal> {
        let (headers, completeness) = (Vec::new(), Completeness::Whole);
        read_introspection(&Response { status, headers, body: body.into(), completeness })
    }

    #[test]
    fn the_token_goes_into_the_form_and_is_not_shown() {
        let id = ClientId::new("web");
        let secret = Secret::new("s");
        let client = Client { id: &id, secret: Some(&secret), auth: ClientAuth::Basic };
        let request = introspection_request("http://a/i", client, &Secret::new("abc"), "access_token");
        let form = request.wire_form().unwrap_or_default();
        assert_eq!(form.as_str(), "token=abc&token_type_hint=access_token");
        assert!(!format!("{request:?}").contains("abc"));
    }

    #[test]
    fn active_or_not_or_refused() {
        assert_eq!(read(200, r#"{"active":true,"sub":"1"}"#).map(|said| said.active), Ok(true));
        assert_eq!(read(200, r#"{"active":false}"#).map(|said| said.claims.len()), Ok(1));
        assert!(matches!(read(401, r#"{"error":"invalid_request"}"#), Err(TokenRefusal::Refused { status: 401, .. })));
        assert!(matches!(read(200, r#"{"active":"yes"}"#), Err(TokenRefusal::Unusable { .. })));
        assert!(matches!(read(500, r#"{"active":true}"#), Err(TokenRefusal::Unusable { .. })));
    }
}

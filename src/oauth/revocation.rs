//! The revocation endpoint (RFC 7009).
//!
//! Pure: no network, files, clock or terminal.

use super::client::token_field;
use super::token::refusal_in;
use super::{Client, TokenRefusal};
use crate::exchange::{Request, Response, Secret};

/// The request (RFC 7009 section 2.1).
pub fn revocation_request(endpoint: &str, client: Client<'_>, token: &Secret, hint: &str) -> Request {
    client.post(endpoint, vec![("token".into(), token_field(token)), ("token_type_hint".into(), hint.into())])
}

/// Reads the endpoint's answer: nothing to tell when the token is ended, which is so with 200 alone (RFC 7009 section
/// 2.2). An error in the body of a 200, as Keycloak sends for a token it cannot read, says that nothing was ended.
pub fn read_revocation(response: &Response) -> Result<(), TokenRefusal> {
    match (refusal_in(response), response.status) {
        (Some(refusal), _) => Err(refusal),
        (None, 200..=299) => Ok(()),
        (None, status) => {
            let reason = format!("the revocation endpoint answered {status} without an OAuth error");
            Err(TokenRefusal::Unusable { status, reason })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Completeness;

    fn read(status: u16, body: &str) -> Result<(), TokenRefusal> {
        let (headers, completeness) = (Vec::new(), Completeness::Whole);
        read_revocation(&Response { status, headers, body: body.into(), completeness })
    }

    #[test]
    fn an_error_within_a_200_is_an_error() {
        assert_eq!(read(200, ""), Ok(()));
        let said = read(200, r#"{"error":"invalid_token","error_description":"Invalid token"}"#);
        assert!(matches!(said, Err(TokenRefusal::Refused { status: 200, .. })), "{said:?}");
        assert!(matches!(read(503, ""), Err(TokenRefusal::Unusable { status: 503, .. })));
    }
}

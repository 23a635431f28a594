//! The device authorization endpoint (RFC 8628 sections 3.1 and 3.2).
//!
//! Pure: no network, files, clock or terminal.

use serde_json::Value;

use super::token::{asked, members, refusal_in};
use super::{Client, ScopeSet, TokenRefusal};
use crate::exchange::{Request, Response, Secret, Text};

/// Seconds between two polls when the answer does not say (RFC 8628 section 3.2).
const INTERVAL: u64 = 5;

/// Seconds a code lives when the answer does not say, though it must.
const LIFETIME: u64 = 600;

/// What a client sends to the device authorization endpoint.
#[derive(Clone, Debug)]
pub struct DeviceRequest<'a> {
    /// The endpoint's address.
    pub endpoint: &'a str,
    /// Who asks.
    pub client: Client<'a>,
    /// What is asked for.
    pub scopes: &'a ScopeSet,
    /// The `audience` parameter, when the provider wants one.
    pub audience: Option<&'a str>,
    /// Further parameters.
    pub params: &'a [(String, String)],
    /// The challenge of a code verifier, by S256: RFC 8628 knows none, Keycloak wants one of clients that must use PKCE.
    pub challenge: &'a str,
}

impl DeviceRequest<'_> {
    /// The request as it goes out.
    pub fn build(&self) -> Request {
        let asked = asked(self.scopes, self.audience, self.params);
        let mut form: Vec<(String, Text)> = asked.map(|(name, value)| (name, Text::from(value))).collect();
        form.push(("code_challenge".into(), self.challenge.into()));
        form.push(("code_challenge_method".into(), "S256".into()));
        self.client.post(self.endpoint, form)
    }
}

/// A pair of codes: one for this program, one for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceAuthorization {
    /// What is sent with each poll.
    pub device_code: Secret,
    /// What the person types.
    pub user_code: String,
    /// Where.
    pub verification_uri: String,
    /// The same with the code in it.
    pub complete: Option<String>,
    /// Seconds the codes live.
    pub expires_in: u64,
    /// Seconds between two polls.
    pub interval: u64,
}

/// Reads the endpoint's answer.
pub fn read_device_response(response: &Response) -> Result<DeviceAuthorization, TokenRefusal> {
    if let Some(refusal) = refusal_in(response) {
        return Err(refusal);
    }
    let status = response.status;
    let unusable = |reason: String| TokenRefusal::Unusable { status, reason };
    let members = members(response).filter(|_| response.is_success()).ok_or_else(|| {
        unusable(format!("the device authorization endpoint answered {status} without codes; is its address right?"))
    })?;
    let text = |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let needed = |name: &str| {
        let lacks = || unusable(format!("the device authorization endpoint answered without {name}"));
        text(name).map(str::to_owned).ok_or_else(lacks)
    };
    let number = |name: &str| match members.get(name)? {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64(),
    };
    // An early draft, and Google, spell it with an L.
    let uri = text("verification_uri").or(text("verification_url")).map(str::to_owned);
    Ok(DeviceAuthorization {
        device_code: Secret::new(needed("device_code")?),
        user_code: needed("user_code")?,
        verification_uri: uri.map_or_else(|| needed("verification_uri"), Ok)?,
        complete: text("verification_uri_complete").map(str::to_owned),
        // A code that is to live for years is shown no end of.
        expires_in: number("expires_in").unwrap_or(LIFETIME).min(86_400),
        interval: number("interval").unwrap_or(INTERVAL).clamp(1, 300),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::exchange::Completeness;
    use crate::oauth::{ClientAuth, ClientId};

    fn answer(status: u16, body: &str) -> Result<DeviceAuthorization, TokenRefusal> {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let completeness = Completeness::Whole;
        read_device_response(&Response { status, headers, body: body.into(), completeness })
    }

    #[test]
    fn a_public_client_names_itself_in_the_form() {
        let id = ClientId::new("demo-login");
        let client = Client { id: &id, secret: None, auth: ClientAuth::None };
        let scopes = &ScopeSet::parse("openid");
        let (endpoint, challenge) = ("http://a/d", "ch");
        let request = DeviceRequest { endpoint, client, scopes, audience: None, params: &[], challenge }.build();
        assert_eq!(
            request.wire_form().unwrap().as_str(),
            "scope=openid&code_challenge=ch&code_challenge_method=S256&client_id=demo-login"
        );
    }

    #[test]
    fn what_is_left_out_has_its_usual_value() {
        let body = r#"{"device_code":"d","user_code":"A-B","verification_url":"http://a/device"}"#;
        let codes = answer(200, body).unwrap();
        assert_eq!((codes.interval, codes.expires_in, codes.complete), (5, 600, None));
        assert_eq!(codes.verification_uri, "http://a/device");
        let body = r#"{"device_code":"d","user_code":"A-B","verification_uri":"u","interval":0,"expires_in":"60"}"#;
        let codes = answer(200, body).unwrap();
        assert_eq!((codes.interval, codes.expires_in), (1, 60));
    }

    #[test]
    fn what_cannot_be_used_says_what_is_missing() {
        let refusal = |status, body| answer(status, body).unwrap_err().to_string();
        assert_eq!(refusal(400, r#"{"error":"invalid_grant","error_description":"off"}"#), "invalid_grant: off");
        assert!(refusal(200, r#"{"user_code":"x","verification_uri":"u"}"#).contains("without device_code"));
        assert!(refusal(200, r#"{"user_code":"x","device_code":"d"}"#).contains("without verification_uri"));
        assert!(refusal(404, "<html>").contains("answered 404"));
    }
}

//! Discovery: an authorization server's metadata (RFC 8414, OpenID Connect Discovery 1.0).
//!
//! Pure: no network, files, clock or terminal.

use serde_json::{Map, Value};
use thiserror::Error;

use super::{Issuer, IssuerDifference};
use crate::exchange::{Request, Response};

/// An address that metadata names and profiles.toml may give by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerEndpoint {
    /// Where a browser logs in (RFC 6749 section 3.1).
    Authorization,
    /// Where codes for another device are got (RFC 8628 section 3.1).
    DeviceAuthorization,
    /// Where a token is asked about (RFC 7662).
    Introspection,
    /// Where a token is ended (RFC 7009).
    Revocation,
    /// Where it is asked who the person is (OpenID Connect Core 5.3).
    UserInfo,
    /// Where a session is ended (OpenID Connect RP-Initiated Logout).
    EndSession,
}

impl ServerEndpoint {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Authorization,
        Self::DeviceAuthorization,
        Self::Introspection,
        Self::Revocation,
        Self::UserInfo,
        Self::EndSession,
    ];

    /// The name in the metadata, which is also the key in profiles.toml.
    pub fn name(self) -> &'static str {
        match self {
            Self::Authorization => "authorization_endpoint",
            Self::DeviceAuthorization => "device_authorization_endpoint",
            Self::Introspection => "introspection_endpoint",
            Self::Revocation => "revocation_endpoint",
            Self::UserInfo => "userinfo_endpoint",
            Self::EndSession => "end_session_endpoint",
        }
    }
}

/// What an authorization server says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Its issuer identifier, equal to the one asked for.
    pub issuer: Issuer,
    /// Where tokens are got.
    pub token_endpoint: Option<String>,
    /// Where its keys stand.
    pub jwks_uri: Option<String>,
    /// `scopes_supported`, when it tells.
    pub scopes_supported: Option<Vec<String>>,
    /// The whole document.
    pub document: Map<String, Value>,
}

/// The discovery document cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MetadataError {
    /// Another status than 200.
    #[error("{url} answered {status}; there is no discovery document at this address")]
    Status {
        /// The address asked.
        url: String,
        /// What it answered.
        status: u16,
    },
    /// A redirect, which is not followed.
    #[error("{url} redirects to {target}; discovery follows no redirect")]
    Redirect {
        /// The address asked.
        url: String,
        /// Where it points.
        target: String,
    },
    /// No JSON object, or one without an issuer.
    #[error("{url} answered something that is no discovery document: {reason}")]
    NotADocument {
        /// The address asked.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The document names another issuer (RFC 8414 section 3.3 forbids using it).
    #[error("the discovery document names the issuer {found}, not {asked}")]
    OtherIssuer {
        /// The issuer in profiles.toml.
        asked: Issuer,
        /// The issuer in the document.
        found: String,
    },
}

impl MetadataError {
    /// What to do about it, one sentence.
    pub fn advice(&self) -> String {
        match self {
            Self::Status { .. } => {
                "Check the issuer: the realm's name, and for Keycloak before 17 an /auth before /realms.".into()
            }
            Self::Redirect { target, .. } => format!("Put the final address into profiles.toml, if {target} is yours."),
            Self::NotADocument { .. } => {
                "Check the issuer; in profiles.toml token_endpoint and jwks_uri can be given by hand.".into()
            }
            Self::OtherIssuer { asked, found } => {
                let spell =
                    format!("Write the issuer exactly as the server spells it: {found} (a trailing slash counts).");
                match IssuerDifference::between(found, asked.as_str()) {
                    None | Some(IssuerDifference::Slash | IssuerDifference::Case | IssuerDifference::Other) => spell,
                    Some(difference) => format!("{spell} {}", difference.advice(found, asked.as_str())),
                }
            }
        }
    }
}

/// The request for the metadata of this issuer (OpenID Connect Discovery 1.0 section 4).
pub fn metadata_request(issuer: &Issuer) -> Request {
    let base = issuer.as_str().trim_end_matches('/');
    document_request(format!("{base}/.well-known/openid-configuration"))
}

/// The requests for the metadata of this issuer, to be tried in this order: OpenID Connect Discovery; RFC 8414 section 3
/// with the issuer's path behind the document's, and, as many servers have it, before.
pub fn metadata_requests(issuer: &Issuer) -> Vec<Request> {
    let base = issuer.as_str().trim_end_matches('/');
    let after_scheme = base.find("://").map_or(0, |at| at + 3);
    let path = base.get(after_scheme..).and_then(|rest| rest.find('/')).map_or(base.len(), |at| after_scheme + at);
    let (origin, path) = base.split_at(path);
    let mut requests = vec![
        metadata_request(issuer),
        document_request(format!("{origin}/.well-known/oauth-authorization-server{path}")),
    ];
    if !path.is_empty() {
        requests.push(document_request(format!("{base}/.well-known/oauth-authorization-server")));
    }
    requests
}

fn document_request(url: String) -> Request {
    Request::new("GET", url).header("Accept", "application/json")
}

/// Reads the document and holds its issuer against the one asked for, byte for byte.
pub fn read_metadata(issuer: &Issuer, url: &str, response: &Response) -> Result<Metadata, MetadataError> {
    let metadata = read_document(url, response)?;
    if metadata.issuer == *issuer {
        Ok(metadata)
    } else {
        Err(MetadataError::OtherIssuer { asked: issuer.clone(), found: metadata.issuer.to_string() })
    }
}

/// Reads the document, whatever issuer it names. Who uses what it says must look at that.
pub fn read_document(url: &str, response: &Response) -> Result<Metadata, MetadataError> {
    let url = || url.to_owned();
    match response.status {
        200 => {}
        300..400 => {
            let target = response.header("location").unwrap_or("an address it does not name").to_owned();
            return Err(MetadataError::Redirect { url: url(), target });
        }
        status => return Err(MetadataError::Status { url: url(), status }),
    }
    let document = match serde_json::from_slice(&response.body) {
        Ok(Value::Object(document)) => document,
        Ok(_) => return Err(MetadataError::NotADocument { url: url(), reason: "it is JSON, but no object".into() }),
        Err(_) => {
            let media = response.media_type().unwrap_or_else(|| "nothing it would name".into());
            return Err(MetadataError::NotADocument { url: url(), reason: format!("no JSON, it says it is {media}") });
        }
    };
    let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
    let Some(found) = text("issuer") else {
        return Err(MetadataError::NotADocument { url: url(), reason: "it names no issuer".into() });
    };
    Ok(Metadata {
        issuer: Issuer::new(found),
        token_endpoint: text("token_endpoint"),
        jwks_uri: text("jwks_uri"),
        scopes_supported: texts(&document, "scopes_supported"),
        document,
    })
}

impl Metadata {
    /// One of its further endpoints.
    pub fn endpoint(&self, which: ServerEndpoint) -> Option<String> {
        self.document.get(which.name()).and_then(Value::as_str).map(str::to_owned)
    }

    /// Whether it promises to name itself in the answer to a login (RFC 9207 section 3).
    pub fn names_issuer_in_answers(&self) -> bool {
        self.document.get("authorization_response_iss_parameter_supported").and_then(Value::as_bool) == Some(true)
    }

    /// `grant_types_supported`, when it tells.
    pub fn grants(&self) -> Option<Vec<String>> {
        texts(&self.document, "grant_types_supported")
    }

    /// How clients authenticate at the token endpoint; when it does not tell, `client_secret_basic` is meant (RFC 8414
    /// section 2).
    pub fn authentication(&self) -> Option<Vec<String>> {
        texts(&self.document, "token_endpoint_auth_methods_supported")
    }

    /// What it signs with, as far as it tells: RFC 8414 knows no list for access tokens, so that of ID tokens stands in.
    pub fn signing_algorithms(&self) -> Option<Vec<String>> {
        texts(&self.document, "id_token_signing_alg_values_supported")
    }
}

/// A list of texts in the document.
fn texts(document: &Map<String, Value>, name: &str) -> Option<Vec<String>> {
    let items = document.get(name)?.as_array()?;
    Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::exchange::Completeness;

    fn answer(status: u16, body: &str) -> Response {
        Response { status, headers: Vec::new(), body: body.into(), completeness: Completeness::Whole }
    }

    #[test]
    fn the_address_has_no_double_slash() {
        for issuer in ["http://localhost/realms/a", "http://localhost/realms/a/"] {
            let request = metadata_request(&Issuer::new(issuer));
            assert_eq!(request.url, "http://localhost/realms/a/.well-known/openid-configuration");
        }
    }

    #[test]
    fn the_document_is_looked_for_in_every_place_it_may_stand() {
        let urls = |issuer: &str| {
            let requests = metadata_requests(&Issuer::new(issuer));
            requests.into_iter().map(|request| request.url).collect::<Vec<_>>()
        };
        assert_eq!(
            urls("https://h.example/realms/a/"),
            [
                "https://h.example/realms/a/.well-known/openid-configuration",
                "https://h.example/.well-known/oauth-authorization-server/realms/a",
                "https://h.example/realms/a/.well-known/oauth-authorization-server",
            ]
        );
        assert_eq!(
            urls("https://h.example"),
            [
                "https://h.example/.well-known/openid-configuration",
                "https://h.example/.well-known/oauth-authorization-server",
            ]
        );
    }

    #[test]
    fn the_issuer_must_be_spelt_the_same() {
        let asked = Issuer::new("http://localhost/realms/a");
        let read = |body: &str| read_metadata(&asked, "u", &answer(200, body));
        assert_eq!(read(r#"{"issuer":"http://localhost/realms/a"}"#).unwrap().issuer, asked);
        let other = read(r#"{"issuer":"http://localhost/realms/a/"}"#).unwrap_err();
        assert!(matches!(other, MetadataError::OtherIssuer { .. }), "{other}");
        assert!(other.advice().contains("http://localhost/realms/a/ "), "{}", other.advice());
    }

    #[test]
    fn what_is_no_document_is_said() {
        let asked = Issuer::new("http://localhost");
        for (response, words) in [
            (answer(404, ""), "answered 404"),
            (answer(302, ""), "redirects to"),
            (answer(200, "<html>"), "no JSON"),
            (answer(200, "{}"), "names no issuer"),
        ] {
            let error = read_metadata(&asked, "http://localhost/x", &response).unwrap_err().to_string();
            assert!(error.contains(words), "{error} should say {words}");
        }
    }
}

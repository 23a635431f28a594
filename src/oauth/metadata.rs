//! Discovery: an authorization server's metadata (RFC 8414, OpenID Connect Discovery 1.0).
//!
//! Pure: no network, files, clock or terminal.

use serde_json::{Map, Value};
use thiserror::Error;

use super::Issuer;
use crate::exchange::{Request, Response};

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
                "Check the issuer in profiles.toml: the realm's name, and for Keycloak before 17 an /auth before /realms.".into()
            }
            Self::Redirect { target, .. } => format!("Put the final address into profiles.toml, if {target} is yours."),
            Self::NotADocument { .. } => "Check the issuer in profiles.toml, or give token_endpoint and jwks_uri by hand.".into(),
            Self::OtherIssuer { found, .. } => {
                format!("Write the issuer in profiles.toml exactly as the server spells it: {found} (a trailing slash counts).")
            }
        }
    }
}

/// The request for the metadata of this issuer (OpenID Connect Discovery 1.0 section 4).
pub fn metadata_request(issuer: &Issuer) -> Request {
    let base = issuer.as_str().trim_end_matches('/');
    Request::new("GET", format!("{base}/.well-known/openid-configuration")).header("Accept", "application/json")
}

/// Reads the document and holds its issuer against the one asked for, byte for byte.
pub fn read_metadata(issuer: &Issuer, url: &str, response: &Response) -> Result<Metadata, MetadataError> {
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
    if found != issuer.as_str() {
        return Err(MetadataError::OtherIssuer { asked: issuer.clone(), found });
    }
    let list = |name: &str| {
        let items = document.get(name)?.as_array()?;
        Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    Ok(Metadata {
        issuer: issuer.clone(),
        token_endpoint: text("token_endpoint"),
        jwks_uri: text("jwks_uri"),
        scopes_supported: list("scopes_supported"),
        document,
    })
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

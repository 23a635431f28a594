//! The answer to an authorization request (RFC 6749 sections 4.1.2 and 4.1.2.1) on its way through the browser.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use form_urlencoded::Serializer;

use super::{AuthorizationServer, error::OAuthError};
use crate::pages::FormPost;

/// How the parameters travel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum ResponseMode {
    #[default]
    Query,
    Fragment,
    FormPost,
}

impl ResponseMode {
    /// All names, for discovery.
    pub(super) const NAMES: [&str; 3] = ["query", "fragment", "form_post"];

    /// The mode of this name, query unless given; nothing when there is no such mode.
    pub(super) fn named(name: Option<&str>) -> Option<Self> {
        match name {
            None | Some("query") => Some(Self::Query),
            Some("fragment") => Some(Self::Fragment),
            Some("form_post") => Some(Self::FormPost),
            Some(_) => None,
        }
    }
}

/// Where and how a client is answered. The address is a registered one.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub redirect_uri: String,
    pub mode: ResponseMode,
    pub state: Option<String>,
}

impl Answer {
    /// An error; `iss` tells the client who answers (RFC 9207).
    pub(super) fn error(&self, server: &AuthorizationServer, error: &str, description: Option<&str>) -> Response {
        let mut parameters = vec![("error", error.to_owned())];
        parameters.extend(description.map(|text| ("error_description", text.to_owned())));
        parameters.extend(self.state.clone().map(|state| ("state", state)));
        parameters.push(("iss", server.issuer().to_owned()));
        self.send(&parameters)
    }

    /// A code.
    pub(super) fn code(&self, server: &AuthorizationServer, session: &str, code: &str) -> Response {
        let mut parameters: Vec<_> = self.state.clone().map(|state| ("state", state)).into_iter().collect();
        parameters.push(("session_state", session.to_owned()));
        parameters.push(("iss", server.issuer().to_owned()));
        parameters.push(("code", code.to_owned()));
        self.send(&parameters)
    }

    fn send(&self, parameters: &[(&'static str, String)]) -> Response {
        let sign = match self.mode {
            ResponseMode::FormPost => {
                return FormPost { redirect_uri: &self.redirect_uri, parameters }.page().respond(StatusCode::OK);
            }
            ResponseMode::Fragment => '#',
            ResponseMode::Query if self.redirect_uri.contains('?') => '&',
            ResponseMode::Query => '?',
        };
        let encoded = Serializer::new(String::new()).extend_pairs(parameters).finish();
        redirect(&format!("{}{sign}{encoded}", self.redirect_uri))
    }
}

/// 302, not to be kept anywhere.
pub(super) fn redirect(address: &str) -> Response {
    match HeaderValue::try_from(address) {
        Ok(address) => {
            let no_store = HeaderValue::from_static("no-store");
            (StatusCode::FOUND, [(header::LOCATION, address), (header::CACHE_CONTROL, no_store)]).into_response()
        }
        Err(_) => OAuthError::internal().into_response(),
    }
}

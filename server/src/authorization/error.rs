//! Error answers: `error` and `error_description` (RFC 6749 section 5.2), and those of the HTTP
//! layer below, which have other bodies. Statuses and texts are Keycloak's.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::AuthorizationServer;

/// An OAuth error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OAuthError {
    status: StatusCode,
    error: &'static str,
    /// Nothing where the layer below OAuth answers.
    description: Option<String>,
}

impl OAuthError {
    /// 400 with this code and text.
    pub(super) fn bad_request(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: Some(description.into()) }
    }

    /// 401 with this code and text.
    pub(super) fn unauthorized(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error, description: Some(description.into()) }
    }

    /// 403 with this code and text.
    pub(super) fn forbidden(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, error, description: Some(description.into()) }
    }

    /// An answer of the layer below OAuth: only `error`, in words.
    pub(super) fn of_the_layer_below(status: StatusCode, error: &'static str) -> Self {
        Self { status, error, description: None }
    }

    /// The error code. The description may repeat what was sent.
    pub(super) fn code(&self) -> &'static str {
        self.error
    }

    /// 500: what went wrong stands in the log and nowhere else.
    pub(super) fn internal() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: "unknown_error",
            description: Some("For more on this error consult the server log.".to_owned()),
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        match self.description {
            Some(text) => {
                (self.status, Json(json!({ "error": self.error, "error_description": text }))).into_response()
            }
            None => plain(self.status, self.error),
        }
    }
}

/// An answer of the layer below OAuth: only `error`.
pub(super) fn plain(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

/// 405 without `Allow`, as Keycloak answers it.
pub(super) fn method_not_allowed() -> Response {
    plain(StatusCode::METHOD_NOT_ALLOWED, "HTTP 405 Method Not Allowed")
}

/// 404, with another text where the path is of another realm.
pub(super) async fn unknown_path(State(server): State<AuthorizationServer>, uri: Uri) -> Response {
    let parts: Vec<&str> = uri.path().split('/').skip(1).collect();
    let text = match parts.as_slice() {
        ["realms", realm, ..] if *realm != server.realm().name() => "Realm does not exist",
        ["realms", _, "protocol", protocol, ..] if *protocol != "openid-connect" => "Protocol not found",
        ["realms", _, _, ..] => "HTTP 404 Not Found",
        _ => "Unable to find matching target resource method",
    };
    plain(StatusCode::NOT_FOUND, text)
}

//! The userinfo endpoint (OpenID Connect Core section 5.3). Errors are Keycloak's: an empty body, and all that is to be
//! said in `WWW-Authenticate` (RFC 6750 section 3).

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    AuthorizationServer,
    access_token::{NotValid, Token},
    error,
    form::Form,
    headers, scope,
};

const FAILED: &str = "Token verification failed";

/// Why there is no answer: status, error and description.
type Refused = (StatusCode, Option<(&'static str, &'static str)>);

pub(super) async fn endpoint(
    State(server): State<AuthorizationServer>,
    method: Method,
    request: HeaderMap,
    body: Body,
) -> Response {
    let form = match method {
        Method::GET | Method::HEAD => Form::parse(&[]),
        Method::POST => match Form::read(&request, body).await {
            Ok(form) => form,
            Err(answer) => return *answer,
        },
        Method::OPTIONS => return headers::preflight("GET, HEAD, POST, OPTIONS"),
        _ => return error::method_not_allowed(),
    };
    match token(&request, &form).and_then(|token| claims(&server, token)) {
        Ok(claims) => {
            ([(header::CACHE_CONTROL, "no-cache"), (header::PRAGMA, "no-cache")], Json(claims)).into_response()
        }
        Err(refused) => challenge(server.realm().name(), refused),
    }
}

/// The token, sent in one way (RFC 6750 section 2).
fn token<'a>(request: &'a HeaderMap, form: &'a Form) -> Result<&'a str, Refused> {
    let value = request.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let parts = value.and_then(|value| value.trim().split_once(' '));
    let in_header = parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let bad = |text| Err((StatusCode::BAD_REQUEST, Some(("invalid_request", text))));
    match (in_header, form.get("access_token")) {
        (Some(_), Some(_)) => bad("More than one method used for including an access token"),
        (None, Some(_)) if form.is_twice("access_token") => bad("Duplicate parameter"),
        (Some(token), None) | (None, Some(token)) => Ok(token),
        (None, None) => Err((StatusCode::UNAUTHORIZED, None)),
    }
}

fn claims(server: &AuthorizationServer, token: &str) -> Result<serde_json::Value, Refused> {
    let invalid = |text| (StatusCode::UNAUTHORIZED, Some(("invalid_token", text)));
    let token = Token::signed(server, token).filter(|token| token.text("typ") == Some("Bearer"));
    let token = token.filter(|token| !token.is_over(server)).ok_or_else(|| invalid(FAILED))?;
    if !token.has_scope(scope::OPENID) {
        return Err((StatusCode::FORBIDDEN, Some(("insufficient_scope", "Missing openid scope"))));
    }
    let (client, account) = token.still_counts(server).map_err(|why| {
        invalid(match why {
            NotValid::Verification => FAILED,
            NotValid::ClientNotFound => "Client not found",
            NotValid::ClientDisabled => "Client disabled",
            NotValid::UserDisabled => "User disabled",
            NotValid::NoSession => "user_session_not_found",
        })
    })?;
    token.issued_anew(server, client, account, |issue| Ok(issue.userinfo()))
}

fn challenge(realm: &str, (status, error): Refused) -> Response {
    let said =
        error.map(|(code, text)| format!(", error=\"{code}\", error_description=\"{text}\"")).unwrap_or_default();
    let challenge = HeaderValue::try_from(format!("Bearer realm=\"{realm}\"{said}"));
    let challenge = challenge.unwrap_or_else(|_| HeaderValue::from_static("Bearer"));
    let headers = [
        (header::WWW_AUTHENTICATE, challenge),
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::PRAGMA, HeaderValue::from_static("no-cache")),
    ];
    (status, headers).into_response()
}

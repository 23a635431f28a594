//! The authorization endpoint (RFC 6749 section 3.1): takes a client's request and leads the person through the pages.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};

use super::{
    AuthorizationServer,
    authorization_request::{self, AuthorizationRequest, Refused},
    browser::{self, Browser},
    error,
    error::OAuthError,
    form::Form,
    headers, sign_in,
    stores::Session,
    visit::{self, Purpose, Step},
};
use crate::{
    access_log::{self, Remarks},
    pages::Notice,
};

pub(super) async fn endpoint(
    State(server): State<AuthorizationServer>,
    method: Method,
    uri: Uri,
    request: HeaderMap,
    body: Body,
) -> Response {
    let form = match method {
        Method::GET | Method::HEAD => Form::parse(uri.query().unwrap_or_default().as_bytes()),
        Method::POST => match Form::read(&request, body).await {
            Ok(form) => form,
            Err(answer) => return *answer,
        },
        Method::OPTIONS => return headers::preflight("GET, HEAD, POST, OPTIONS"),
        _ => return error::method_not_allowed(),
    };
    if !server.realm().enabled() {
        return refusal("Realm not enabled");
    }
    match authorization_request::read(server.realm(), &form) {
        Ok(asked) => {
            let client = asked.client.clone();
            let mut response = begin(&server, &request, asked).unwrap_or_else(IntoResponse::into_response);
            access_log::remark(&mut response, || Remarks { client: Some(client), refused: None });
            response
        }
        Err(Refused::Page(text)) => refusal(text),
        Err(Refused::Redirect { answer, error, description }) => {
            let mut response = answer.error(&server, error, description.as_deref());
            access_log::remark(&mut response, || Remarks { client: None, refused: Some(error.to_owned()) });
            response
        }
    }
}

/// Asks the person to sign in, or goes on where she has.
fn begin(
    server: &AuthorizationServer,
    request: &HeaderMap,
    asked: AuthorizationRequest,
) -> Result<Response, OAuthError> {
    let now = server.now();
    let session = browser::session(server, request, now).filter(|session| still_counts(session, &asked, now));
    let prompt = asked.prompt;
    if session.is_none() && prompt.none {
        return Ok(asked.answer.error(server, "login_required", None));
    }
    let browser = Browser::of(request)?;
    let mut found = visit::begin(server, &browser, Purpose::Client(Box::new(asked)), Step::Form)?;
    let mut response = match session {
        None => sign_in::page(server, &found, None, None),
        Some(session) => sign_in::go_on(server, &mut found, &session.id, true)?,
    };
    browser.mark(server, response.headers_mut());
    Ok(response)
}

/// Whether an earlier login is good enough for this request.
fn still_counts(session: &Session, asked: &AuthorizationRequest, now: u64) -> bool {
    let signed_in_at = session.auth_time.unwrap_or(session.started);
    !asked.prompt.login && asked.max_age.is_none_or(|most| now < signed_in_at.saturating_add(most))
}

/// A request that cannot even be refused by redirect.
pub(super) fn refusal(text: &str) -> Response {
    let advice = "Nothing was sent to any application. Whoever set it up needs to compare its client id and redirect \
                  address, letter by letter, with what is registered here.";
    Notice { title: "We are sorry", text, advice, failed: true }.page().respond(StatusCode::BAD_REQUEST)
}

/// A form whose visit is over.
pub(super) fn visit_is_over() -> Response {
    let text = "This page has expired, or was opened in another browser, or cookies are switched off.";
    let advice = "Go back to the application and begin there again.";
    Notice { title: "This page has expired", text, advice, failed: true }.page().respond(StatusCode::BAD_REQUEST)
}

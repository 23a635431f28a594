//! The end of a session: told by a client with a refresh token, or by a browser (OpenID Connect RP-Initiated Logout 1.0).

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use form_urlencoded::Serializer;

use super::{
    AuthorizationServer,
    access_token::Token,
    authorize,
    browser::{self, Browser},
    client_authentication, error,
    error::OAuthError,
    form::Form,
    headers,
    refresh_claims::RefreshClaims,
    response::redirect,
    stores::Kind,
    visit::{self, Purpose, Step},
};
use crate::pages::{Logout, Notice};

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
    if method == Method::POST && form.get("refresh_token").is_some() {
        return match by_client(&server, &request, &form) {
            Ok(()) => (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "no-cache")]).into_response(),
            Err(refusal) => refusal.into_response(),
        };
    }
    by_browser(&server, &request, &form).unwrap_or_else(IntoResponse::into_response)
}

/// A client ends the session of its refresh token.
fn by_client(server: &AuthorizationServer, request: &HeaderMap, form: &Form) -> Result<(), OAuthError> {
    let client = client_authentication::authenticate(server.realm(), request, form)?;
    form.check()?;
    let invalid_grant = |text| OAuthError::bad_request("invalid_grant", text);
    let token = form.get("refresh_token").unwrap_or_default();
    let claims = RefreshClaims::read(server, token, server.now()).map_err(invalid_grant)?;
    if claims.azp != client.id() {
        return Err(invalid_grant("Invalid refresh token. Token client and authorized client don't match"));
    }
    server.stores().sessions.end(claims.kind(), &claims.sid);
    Ok(())
}

/// A client sends the browser here. Without a token that names the session, the person is asked first: otherwise any page
/// could sign her out.
fn by_browser(server: &AuthorizationServer, request: &HeaderMap, form: &Form) -> Result<Response, OAuthError> {
    let hint = form.filled("id_token_hint");
    let token = hint.and_then(|hint| Token::signed(server, hint)).filter(|token| token.text("typ") == Some("ID"));
    if hint.is_some() && token.is_none() {
        return Ok(refusal("Invalid parameter: id_token_hint"));
    }
    let client_id = token.as_ref().and_then(|token| token.text("azp"));
    let named = form.filled("client_id");
    if client_id.zip(named).is_some_and(|(one, other)| one != other) {
        return Ok(refusal("Invalid parameter: client_id"));
    }
    let client = client_id.or(named).and_then(|id| server.realm().client(id));
    let redirect_to = match form.filled("post_logout_redirect_uri") {
        None => None,
        Some(_) if client_id.is_none() && named.is_none() => return Ok(refusal("Missing parameters: id_token_hint")),
        Some(address) if client.is_some_and(|client| client.may_redirect_after_logout(address)) => {
            Some(with_state(address, form.get("state")))
        }
        Some(_) => return Ok(refusal("Invalid redirect uri")),
    };
    let here = browser::session(server, request, server.now()).map(|session| session.id);
    let meant = token.as_ref().and_then(|token| token.text("sid")).map(str::to_owned);
    let is_this_browsers = here.is_none() || here == meant;
    let mut browser = Browser::of(request)?;
    let mut response = if meant.is_some() && is_this_browsers {
        end(server, &mut browser, meant.as_deref(), redirect_to.as_deref())
    } else {
        let purpose = Purpose::Logout { session: here, redirect_to };
        let found = visit::begin(server, &browser, purpose, Step::Form)?;
        let action = server.realm_path("login-actions/logout-confirm");
        Logout { realm: server.realm().display_name(), action: &action, visit: &found.id }
            .page()
            .respond(StatusCode::OK)
    };
    browser.mark(server, response.headers_mut());
    Ok(response)
}

/// The target of the page that asks.
pub(super) async fn confirmed(State(server): State<AuthorizationServer>, request: HeaderMap, body: Body) -> Response {
    let form = match Form::read(&request, body).await {
        Ok(form) => form,
        Err(answer) => return *answer,
    };
    let Some(found) = visit::find(&server, &request, &form) else { return authorize::visit_is_over() };
    let Purpose::Logout { session, redirect_to } = &found.visit.purpose else { return authorize::visit_is_over() };
    match Browser::of(&request) {
        Ok(mut browser) => {
            let mut response = end(&server, &mut browser, session.as_deref(), redirect_to.as_deref());
            browser.mark(&server, response.headers_mut());
            response
        }
        Err(error) => error.into_response(),
    }
}

fn end(
    server: &AuthorizationServer,
    browser: &mut Browser,
    session: Option<&str>,
    redirect_to: Option<&str>,
) -> Response {
    if let Some(session) = session {
        server.stores().sessions.end(Kind::Online, session);
    }
    browser.sign_out(server);
    match redirect_to {
        Some(address) => redirect(address),
        None => {
            let advice = "You may close this page.";
            let notice = Notice { title: "You are signed out", text: "You are signed out.", advice, failed: false };
            notice.page().respond(StatusCode::OK)
        }
    }
}

fn with_state(address: &str, state: Option<&str>) -> String {
    let Some(state) = state else { return address.to_owned() };
    let sign = if address.contains('?') { '&' } else { '?' };
    let encoded = Serializer::new(String::new()).append_pair("state", state).finish();
    format!("{address}{sign}{encoded}")
}

fn refusal(text: &str) -> Response {
    let advice = "You are still signed in. Whoever set up the application needs to look at its logout address.";
    Notice { title: "We are sorry", text, advice, failed: true }.page().respond(StatusCode::BAD_REQUEST)
}

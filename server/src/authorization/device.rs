//! The device grant's two other ends (RFC 8628): the device asks for a code, the person types it.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    AuthorizationServer,
    browser::{self, Browser},
    client_authentication, error,
    error::OAuthError,
    form::Form,
    headers,
    pkce::Challenge,
    sign_in,
    stores::{Device, DeviceAnswer, network, new_user_code},
    token::{Peer, address},
    visit::{self, Found, Purpose, Step},
};
use crate::{pages::EnterCode, random};

/// The answer to a device (RFC 8628 section 3.2), members in Keycloak's order.
#[derive(Serialize)]
struct DeviceAuthorization {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: String,
    expires_in: u64,
    interval: u64,
}

/// The device authorization endpoint. Under the same address Keycloak shows the page for the code.
pub(super) async fn authorization(
    State(server): State<AuthorizationServer>,
    method: Method,
    peer: Peer,
    uri: Uri,
    request: HeaderMap,
    body: Body,
) -> Response {
    match method {
        Method::POST => {}
        Method::GET | Method::HEAD => return page(State(server), method, peer, uri, request, body).await,
        Method::OPTIONS => return headers::preflight("POST, OPTIONS"),
        _ => return error::method_not_allowed(),
    }
    let form = match Form::read(&request, body).await {
        Ok(form) => form,
        Err(answer) => return *answer,
    };
    let mut response = match authorize(&server, &request, &form) {
        Ok(answer) => Json(answer).into_response(),
        Err(refusal) => refusal.into_response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn authorize(
    server: &AuthorizationServer,
    request: &HeaderMap,
    form: &Form,
) -> Result<DeviceAuthorization, OAuthError> {
    let realm = server.realm();
    if !realm.enabled() {
        return Err(OAuthError::forbidden("access_denied", "Realm not enabled"));
    }
    let client = client_authentication::authenticate(realm, request, form)?;
    if form.has_duplicates() {
        return Err(OAuthError::bad_request("invalid_grant", "duplicated parameter"));
    }
    if !client.grants().device {
        let text = "Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client.";
        return Err(OAuthError::bad_request("unauthorized_client", text));
    }
    let challenge = Challenge::read(client, form.get("code_challenge"), form.get("code_challenge_method"));
    let challenge = challenge.map_err(|text| OAuthError::bad_request("invalid_request", text))?;
    let device_code = random::text::<32>().map_err(|_| OAuthError::internal())?;
    let user_code = new_user_code().map_err(|_| OAuthError::internal())?;
    let (now, lives) = (server.now(), realm.lifetimes());
    let device = Device {
        client: client.id().to_owned(),
        // Names that the client may not ask for are left out when it is granted.
        scope: form.get("scope").map(str::to_owned),
        challenge,
        ends: now + lives.device_code,
        last_poll: None,
        answer: DeviceAnswer::Pending,
    };
    server.stores().devices.put(&device_code, &user_code, device, now);
    let verification_uri = format!("{}/device", server.issuer());
    Ok(DeviceAuthorization {
        verification_uri_complete: format!("{verification_uri}?user_code={user_code}"),
        device_code,
        user_code,
        verification_uri,
        expires_in: lives.device_code,
        interval: lives.device_interval,
    })
}

/// The page where the code is typed, and its form's target.
pub(super) async fn page(
    State(server): State<AuthorizationServer>,
    method: Method,
    peer: Peer,
    uri: Uri,
    request: HeaderMap,
    body: Body,
) -> Response {
    match method {
        Method::GET | Method::HEAD => {
            let query = Form::parse(uri.query().unwrap_or_default().as_bytes());
            let code: String = query.get("user_code").unwrap_or_default().chars().take(20).collect();
            enter_code(&server, &request, &code, None).unwrap_or_else(IntoResponse::into_response)
        }
        Method::POST => match Form::read(&request, body).await {
            Ok(form) => typed(&server, peer, &request, &form).unwrap_or_else(IntoResponse::into_response),
            Err(answer) => *answer,
        },
        Method::OPTIONS => headers::preflight("GET, HEAD, POST, OPTIONS"),
        _ => error::method_not_allowed(),
    }
}

fn enter_code(
    server: &AuthorizationServer,
    request: &HeaderMap,
    code: &str,
    error: Option<&str>,
) -> Result<Response, OAuthError> {
    let browser = Browser::of(request)?;
    let found = visit::begin(server, &browser, Purpose::EnterCode, Step::Form)?;
    let action = server.realm_path("device");
    let page = EnterCode { action: &action, visit: &found.id, code, error }.page();
    let mut response = page.respond(StatusCode::OK);
    browser.mark(server, response.headers_mut());
    Ok(response)
}

/// A code was typed: goes on to the login, or to the question for consent.
fn typed(server: &AuthorizationServer, peer: Peer, request: &HeaderMap, form: &Form) -> Result<Response, OAuthError> {
    let code: String = form.get("device_user_code").unwrap_or_default().chars().take(20).collect();
    let wrong = |text| enter_code(server, request, &code, Some(text));
    let Some(found) = visit::find(server, request, form) else {
        return wrong("That took too long, or cookies are switched off. Please send the code once more.");
    };
    let now = server.now();
    let from = network(address(peer));
    let may_try = server.stores().user_codes_from.try_now(&from, now);
    if !may_try {
        return wrong("Too many wrong codes. Please wait half a minute.");
    }
    let device = server.stores().devices.by_user_code(&code, now).cloned();
    let Some(device) = device else {
        return wrong("No device waits for this code. Compare it with what the device shows; it may have expired.");
    };
    server.stores().user_codes_from.uncount(&from, now);
    let mut visit = found.visit;
    visit.purpose = Purpose::Device { user_code: code, client: device.client, scope: device.scope };
    visit.step = Step::Form;
    visit::keep(server, &found.id, visit.clone());
    let mut found = Found { id: found.id, visit };
    match browser::session(server, request, now) {
        None => Ok(sign_in::page(server, &found, None, None)),
        Some(session) => sign_in::go_on(server, &mut found, &session.id, true),
    }
}

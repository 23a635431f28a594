//! The login form, and what follows once it is known who somebody is: the question for consent, or the answer.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::{
    AuthorizationServer, authorize,
    browser::{self, Browser},
    consent,
    error::OAuthError,
    form::Form,
    grants::authorization_code::Code,
    passwords::{self, Outcome},
    stores::{DeviceAnswer, Key, Kind},
    token::{Peer, address},
    visit::{self, Found, Purpose, Step},
};
use crate::{
    pages::{DemoPerson, Login, Notice},
    random,
    realm::{Client, User},
};

/// How long after its end a code is remembered, in seconds, so that its second use is noticed.
const USED_CODES_REMEMBERED: u64 = 600;

/// The login form's target.
pub(super) async fn endpoint(
    State(server): State<AuthorizationServer>,
    peer: Peer,
    request: HeaderMap,
    body: Body,
) -> Response {
    let form = match Form::read(&request, body).await {
        Ok(form) => form,
        Err(answer) => return *answer,
    };
    let Some(mut found) = visit::find(&server, &request, &form) else { return authorize::visit_is_over() };
    if let Step::Done { redirect_to, code } = &found.visit.step {
        return again(&server, redirect_to, *code);
    }
    let wants_login = matches!(found.visit.purpose, Purpose::Client(_) | Purpose::Device { .. });
    if !wants_login {
        return authorize::visit_is_over();
    }
    let name = form.get("username").unwrap_or_default();
    let password = form.get("password").unwrap_or_default();
    let problem = match passwords::check(&server, name, password, address(peer)).await {
        Outcome::Right(user) => {
            let signed_in = sign_in(&server, &request, &mut found, user);
            return signed_in.unwrap_or_else(IntoResponse::into_response);
        }
        Outcome::Wrong => {
            "Invalid user name or password. After some wrong tries in a row each further one has to wait a minute."
        }
        Outcome::Disabled => "This account is disabled. Ask whoever runs this server.",
        Outcome::NotSetUp => "This account is not fully set up. Ask whoever runs this server.",
    };
    page(&server, &found, Some(name), Some(problem))
}

/// The login page of a visit.
pub(super) fn page(server: &AuthorizationServer, found: &Found, name: Option<&str>, error: Option<&str>) -> Response {
    let Some(client) = client_of(server, found) else { return authorize::visit_is_over() };
    let demo = server.realm().demo_people();
    let people: Vec<DemoPerson> = demo
        .map(|(user, password)| DemoPerson {
            name: user.display_name(),
            username: user.username.clone(),
            password: password.to_owned(),
        })
        .collect();
    let hint = match &found.visit.purpose {
        Purpose::Client(asked) => asked.login_hint.as_deref(),
        _ => None,
    };
    let login = Login {
        realm: server.realm().display_name(),
        client: client.display_name(),
        action: &server.realm_path("login-actions/authenticate"),
        visit: &found.id,
        username: name.or(hint).unwrap_or_default(),
        error,
        people: &people,
    };
    let page = login.page();
    let page = match &found.visit.purpose {
        Purpose::Client(asked) => page.leading_to(&asked.answer.redirect_uri),
        _ => page,
    };
    page.respond(StatusCode::OK)
}

/// The client that a visit is for.
pub(super) fn client_of<'a>(server: &'a AuthorizationServer, found: &Found) -> Option<&'a Client> {
    match &found.visit.purpose {
        Purpose::Client(asked) => server.realm().client(&asked.client),
        Purpose::Device { client, .. } => server.realm().client(client),
        Purpose::EnterCode | Purpose::Logout { .. } => None,
    }
}

/// The password was right: the browser gets a session.
fn sign_in(
    server: &AuthorizationServer,
    request: &HeaderMap,
    found: &mut Found,
    user: &User,
) -> Result<Response, OAuthError> {
    let now = server.now();
    let mut browser = Browser::of(request)?;
    let known = browser::session(server, request, now).filter(|session| session.user == user.id);
    let session = match known {
        // The same person once more: the time of the login is a new one.
        Some(session) => {
            if let Some(session) = server.stores().sessions.get(Kind::Online, &session.id, now) {
                session.auth_time = Some(now);
            }
            session.id
        }
        None => {
            let id = random::text::<18>().map_err(|_| OAuthError::internal())?;
            server.stores().sessions.begin(&id, &user.id, Some(now), server.realm().lifetimes(), now);
            id
        }
    };
    browser.sign_in(server, &session, now)?;
    let mut response = go_on(server, found, &session, false)?;
    browser.mark(server, response.headers_mut());
    Ok(response)
}

/// It is known who somebody is: asks for consent where that is needed, else answers.
pub(super) fn go_on(
    server: &AuthorizationServer,
    found: &mut Found,
    session: &str,
    was_signed_in: bool,
) -> Result<Response, OAuthError> {
    let (session, asked_before) = (session.to_owned(), consent::is_given(server, found, session));
    if asked_before {
        return finish(server, found, &session, was_signed_in);
    }
    if let Purpose::Client(asked) = &found.visit.purpose
        && asked.prompt.none
    {
        return Ok(asked.answer.error(server, "interaction_required", None));
    }
    found.visit.step = Step::Consent { session, was_signed_in };
    visit::keep(server, &found.id, found.visit.clone());
    Ok(consent::page(server, found))
}

/// Everything is settled: the client gets its code, or the device its grant.
pub(super) fn finish(
    server: &AuthorizationServer,
    found: &mut Found,
    session: &str,
    was_signed_in: bool,
) -> Result<Response, OAuthError> {
    let now = server.now();
    let lives = server.realm().lifetimes();
    let response = match &found.visit.purpose {
        Purpose::Client(asked) => {
            let text = random::text::<32>().map_err(|_| OAuthError::internal())?;
            let code = Code {
                client: asked.client.clone(),
                redirect_uri: asked.answer.redirect_uri.clone(),
                scope: asked.scope.clone(),
                nonce: asked.nonce.clone(),
                challenge: asked.challenge.clone(),
                session: session.to_owned(),
                was_signed_in,
                ends: now + lives.code,
                used: false,
            };
            let mut stores = server.stores();
            let Some(joined) = stores.sessions.get(Kind::Online, session, now) else {
                return Ok(authorize::visit_is_over());
            };
            joined.join(&asked.client, was_signed_in);
            stores.sessions.touch(Kind::Online, session, lives, now);
            stores.codes.put(Key::of(&text), code, now + lives.code + USED_CODES_REMEMBERED, now);
            drop(stores);
            let response = asked.answer.code(server, session, &text);
            if let Some(address) = response.headers().get(axum::http::header::LOCATION) {
                let redirect_to = address.to_str().unwrap_or_default().to_owned();
                found.visit.step = Step::Done { redirect_to, code: Key::of(&text) };
            }
            response
        }
        Purpose::Device { user_code, client, .. } => {
            let mut stores = server.stores();
            let Some(device) = stores.devices.by_user_code(user_code, now) else {
                return Ok(authorize::visit_is_over());
            };
            device.answer = DeviceAnswer::Granted(session.to_owned());
            if let Some(joined) = stores.sessions.get(Kind::Online, session, now) {
                joined.join(client, was_signed_in);
            }
            drop(stores);
            device_is_connected()
        }
        Purpose::EnterCode | Purpose::Logout { .. } => return Ok(authorize::visit_is_over()),
    };
    visit::keep(server, &found.id, found.visit.clone());
    Ok(response)
}

/// The button was pressed twice: the same answer while nobody has used it.
pub(super) fn again(server: &AuthorizationServer, redirect_to: &str, code: Key) -> Response {
    let now = server.now();
    let unused = server.stores().codes.get(code, now).is_some_and(|code| !code.used && code.ends > now);
    if unused {
        return super::response::redirect(redirect_to);
    }
    let advice = "You may close this page and go back to the application.";
    let text = "The application already has its answer.";
    Notice { title: "You are signed in", text, advice, failed: false }.page().respond(StatusCode::OK)
}

fn device_is_connected() -> Response {
    let text = "You are signed in on your device.";
    let advice = "You may close this page and go back to your device.";
    Notice { title: "Your device is connected", text, advice, failed: false }.page().respond(StatusCode::OK)
}

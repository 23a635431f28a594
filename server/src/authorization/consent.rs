//! Whether a client may have what it wants: asked once, remembered while the server runs. A device asks each time, because
//! only the person can tell whether it is hers (RFC 8628 section 5.4).

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::{
    AuthorizationServer, authorize,
    form::Form,
    scope::{self, Granted},
    sign_in,
    stores::{DeviceAnswer, Key, Kind, Session},
    visit::{self, Found, Purpose, Step},
};
use crate::{
    pages::{Consent, Notice},
    realm::User,
};

/// Consents are kept this long, in seconds: until the end of the process, as far as anybody is concerned.
const KEPT: u64 = 10 * 365 * 86_400;

/// The consent form's target.
pub(super) async fn endpoint(State(server): State<AuthorizationServer>, request: HeaderMap, body: Body) -> Response {
    let form = match Form::read(&request, body).await {
        Ok(form) => form,
        Err(answer) => return *answer,
    };
    let Some(mut found) = visit::find(&server, &request, &form) else { return authorize::visit_is_over() };
    match found.visit.step.clone() {
        Step::Done { redirect_to, code } => sign_in::again(&server, &redirect_to, code),
        Step::Form => authorize::visit_is_over(),
        Step::Consent { .. } if form.get("accept").is_none() => deny(&server, &found),
        Step::Consent { session, was_signed_in } => {
            remember(&server, &found, &session);
            let answer = sign_in::finish(&server, &mut found, &session, was_signed_in);
            answer.unwrap_or_else(IntoResponse::into_response)
        }
    }
}

/// Whether nothing needs to be asked.
pub(super) fn is_given(server: &AuthorizationServer, found: &Found, session: &str) -> bool {
    let Purpose::Client(asked) = &found.visit.purpose else { return false };
    let Some(client) = server.realm().client(&asked.client) else { return false };
    if !client.grants().asks_for_consent {
        return true;
    }
    let Some((user, granted)) = wanted(server, found, session) else { return false };
    let asked_for = names(&granted);
    let before = server.stores().consents.get(of(user, client.id()), server.now()).cloned().unwrap_or_default();
    !asked.prompt.consent && asked_for.iter().all(|name| before.contains(name))
}

/// The consent page of a visit.
pub(super) fn page(server: &AuthorizationServer, found: &Found) -> Response {
    let Step::Consent { session, .. } = &found.visit.step else { return authorize::visit_is_over() };
    let (Some(client), Some((user, granted))) = (sign_in::client_of(server, found), wanted(server, found, session))
    else {
        return authorize::visit_is_over();
    };
    let texts: Vec<String> = granted.scopes.iter().filter_map(|scope| scope.consent_text.clone()).collect();
    let user_code = match &found.visit.purpose {
        Purpose::Device { user_code, .. } => Some(user_code.as_str()),
        _ => None,
    };
    let consent = Consent {
        client: client.display_name(),
        person: &user.display_name(),
        action: &server.realm_path("login-actions/consent"),
        visit: &found.id,
        wanted: &texts,
        user_code,
    };
    let page = consent.page();
    let page = match &found.visit.purpose {
        Purpose::Client(asked) => page.leading_to(&asked.answer.redirect_uri),
        _ => page,
    };
    page.respond(StatusCode::OK)
}

fn deny(server: &AuthorizationServer, found: &Found) -> Response {
    server.stores().visits.remove(Key::of(&found.id));
    match &found.visit.purpose {
        Purpose::Client(asked) => asked.answer.error(server, "access_denied", None),
        Purpose::Device { user_code, .. } => {
            if let Some(device) = server.stores().devices.by_user_code(user_code, server.now()) {
                device.answer = DeviceAnswer::Denied;
            }
            let text = "The device was not connected.";
            let advice = "You may close this page. The device will say that it was refused.";
            Notice { title: "You said no", text, advice, failed: false }.page().respond(StatusCode::OK)
        }
        Purpose::EnterCode | Purpose::Logout { .. } => authorize::visit_is_over(),
    }
}

/// The person of a session and what she would grant.
fn wanted<'a>(server: &'a AuthorizationServer, found: &Found, session: &str) -> Option<(&'a User, Granted)> {
    let client = sign_in::client_of(server, found)?;
    let session: Session = server.stores().sessions.get(Kind::Online, session, server.now())?.clone();
    let user = server.realm().user(&session.user)?;
    let requested = match &found.visit.purpose {
        Purpose::Client(asked) => asked.scope.as_deref(),
        Purpose::Device { scope, .. } => scope.as_deref(),
        Purpose::EnterCode | Purpose::Logout { .. } => None,
    };
    Some((user, scope::grant(client, &user.roles, requested)))
}

fn remember(server: &AuthorizationServer, found: &Found, session: &str) {
    let (Some(client), Some((user, granted))) = (sign_in::client_of(server, found), wanted(server, found, session))
    else {
        return;
    };
    let (now, key) = (server.now(), of(user, client.id()));
    let mut stores = server.stores();
    let mut all = stores.consents.get(key, now).cloned().unwrap_or_default();
    for name in names(&granted) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    stores.consents.put(key, all, now + KEPT, now);
}

/// The scopes that have to be asked for.
fn names(granted: &Granted) -> Vec<String> {
    granted.scopes.iter().filter(|scope| scope.consent_text.is_some()).map(|scope| scope.name.clone()).collect()
}

fn of(user: &User, client: &str) -> Key {
    Key::of(&format!("{}\n{client}", user.id))
}

//! A visit: the pages that one browser goes through for one purpose.
//!
//! Its id stands in every form, and the browser's cookie must fit it: that is the protection against forms that another
//! site sends (RFC 6749 section 10.12). Two tabs are two visits, and neither disturbs the other.

use axum::http::HeaderMap;

use super::{
    AuthorizationServer, authorization_request::AuthorizationRequest, browser::Browser, error::OAuthError, form::Form,
    stores::Key,
};
use crate::random;

/// What somebody is doing.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    browser: Key,
    pub purpose: Purpose,
    pub step: Step,
}

/// What the pages lead to.
#[derive(Debug, Clone)]
pub(super) enum Purpose {
    /// A client's authorization request.
    Client(Box<AuthorizationRequest>),
    /// A person wants to connect a device and has not said which.
    EnterCode,
    /// A device waits for consent.
    Device { user_code: String, client: String, scope: Option<String> },
    /// The end of a session, and where the browser goes then.
    Logout { session: Option<String>, redirect_to: Option<String> },
}

/// How far it has come.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Somebody shall type something.
    Form,
    /// Somebody has signed in and shall be asked.
    Consent { session: String, was_signed_in: bool },
    /// The answer was given: a second press of the button gives it again while the code is unused.
    Done { redirect_to: String, code: Key },
}

/// A visit with its id.
pub(super) struct Found {
    pub id: String,
    pub visit: Visit,
}

/// Begins a visit.
pub(super) fn begin(
    server: &AuthorizationServer,
    browser: &Browser,
    purpose: Purpose,
    step: Step,
) -> Result<Found, OAuthError> {
    let id = random::text::<32>().map_err(|_| OAuthError::internal())?;
    let visit = Visit { browser: browser.key(), purpose, step };
    keep(server, &id, visit.clone());
    Ok(Found { id, visit })
}

/// Puts a visit at another step.
pub(super) fn keep(server: &AuthorizationServer, id: &str, visit: Visit) {
    let now = server.now();
    server.stores().visits.put(Key::of(id), visit, now + server.realm().lifetimes().login, now);
}

/// The visit that a form belongs to; nothing when it has ended, or was another browser's.
pub(super) fn find(server: &AuthorizationServer, request: &HeaderMap, form: &Form) -> Option<Found> {
    let id = form.get("visit")?;
    let browser = Browser::of(request).ok()?;
    let mut stores = server.stores();
    let visit = stores.visits.get(Key::of(id), server.now()).filter(|visit| visit.browser == browser.key())?;
    Some(Found { id: id.to_owned(), visit: visit.clone() })
}

//! What ties a form to the browser it was shown in, and a browser to a session: two cookies.
//!
//! Their names are not Keycloak's: one of those may run on this machine under the same realm, and cookies know no ports.

use axum::http::{HeaderMap, HeaderValue, header};

use super::{AuthorizationServer, error::OAuthError, stores::Key};
use crate::random;

/// Tells browsers apart while they are on the pages. No secret leads to anything with this one alone.
const BROWSER: &str = "tokenscope_browser";
/// That somebody has signed in.
const SESSION: &str = "tokenscope_session";

/// One browser.
pub(super) struct Browser {
    value: String,
    is_new: bool,
    session_cookie: Option<HeaderValue>,
}

impl Browser {
    /// The browser that sent this request, or a new one.
    pub(super) fn of(request: &HeaderMap) -> Result<Self, OAuthError> {
        let known = cookie(request, BROWSER).filter(|value| value.len() == 43).map(str::to_owned);
        let is_new = known.is_none();
        let value = match known {
            Some(value) => value,
            None => random::text::<32>().map_err(|_| OAuthError::internal())?,
        };
        Ok(Self { value, is_new, session_cookie: None })
    }

    pub(super) fn key(&self) -> Key {
        Key::of(&self.value)
    }

    /// Lets the browser have a session from now on; what it had before does not lead to this one.
    pub(super) fn sign_in(&mut self, server: &AuthorizationServer, session: &str, now: u64) -> Result<(), OAuthError> {
        let secret = random::text::<32>().map_err(|_| OAuthError::internal())?;
        let ends = now + server.realm().lifetimes().session_max;
        server.stores().signed_in.put(Key::of(&secret), session.to_owned(), ends, now);
        self.session_cookie = server.cookie(SESSION, &secret, None);
        Ok(())
    }

    /// Takes the session from the browser.
    pub(super) fn sign_out(&mut self, server: &AuthorizationServer) {
        self.session_cookie = server.cookie(SESSION, "", Some(0));
    }

    /// Sets the cookies of an answer.
    pub(super) fn mark(&self, server: &AuthorizationServer, answer: &mut HeaderMap) {
        let browser = if self.is_new { server.cookie(BROWSER, &self.value, None) } else { None };
        for cookie in browser.into_iter().chain(self.session_cookie.clone()) {
            answer.append(header::SET_COOKIE, cookie);
        }
    }
}

/// The session that the browser has a cookie for, if it has not ended. Sessions of people who may no longer sign in count
/// as ended.
pub(super) fn session(server: &AuthorizationServer, request: &HeaderMap, now: u64) -> Option<super::stores::Session> {
    let secret = cookie(request, SESSION)?;
    let mut stores = server.stores();
    let id = stores.signed_in.get(Key::of(secret), now)?.clone();
    let session = stores.sessions.get(super::stores::Kind::Online, &id, now)?.clone();
    server.realm().user(&session.user).filter(|user| user.enabled).map(|_| session)
}

/// The value of a cookie (RFC 6265 section 4.2).
fn cookie<'a>(request: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let fields = request.get_all(header::COOKIE).iter().filter_map(|field| field.to_str().ok());
    let mut pairs = fields.flat_map(|field| field.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

impl AuthorizationServer {
    /// A cookie that no script reads and no other site sends along, for the realm's pages alone.
    fn cookie(&self, name: &str, value: &str, max_age: Option<u32>) -> Option<HeaderValue> {
        let secure = if self.issuer().starts_with("https:") { "; Secure" } else { "" };
        let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let realm = self.realm().name();
        let text = format!("{name}={value}; Path=/realms/{realm}/; HttpOnly; SameSite=Lax{secure}{age}");
        HeaderValue::try_from(text).ok()
    }
}

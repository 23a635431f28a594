//! The grants of the token endpoint, one file each, and the answer that they share.

pub(super) mod authorization_code;
pub(super) mod client_credentials;
pub(super) mod device_code;
pub(super) mod password;
pub(super) mod refresh_token;

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    claims::{Issue, Login, TokenKind},
    error::OAuthError,
    scope::Granted,
    stores::Kind,
    token::TokenRequest,
};
use crate::{
    random,
    realm::{KeyError, User},
};

pub(super) const AUTHORIZATION_CODE: &str = "authorization_code";
pub(super) const CLIENT_CREDENTIALS: &str = "client_credentials";
pub(super) const PASSWORD: &str = "password";
pub(super) const REFRESH_TOKEN: &str = "refresh_token";
pub(super) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// All grant types, in Keycloak's order.
pub(super) const TYPES: [&str; 5] = [AUTHORIZATION_CODE, CLIENT_CREDENTIALS, PASSWORD, REFRESH_TOKEN, DEVICE_CODE];

/// The answer to a granted request (RFC 6749 section 5.1), members in Keycloak's order.
#[derive(Serialize)]
pub(super) struct Answer {
    access_token: String,
    /// Seconds.
    expires_in: u64,
    /// Seconds; 0 where there is no refresh token, or one that does not end by itself.
    refresh_expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(rename = "not-before-policy")]
    not_before_policy: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_state: Option<String>,
    scope: String,
}

/// The refresh token to come.
pub(super) struct Refresh {
    /// Its `jti`.
    pub id: String,
    /// Which login it goes back to, where refresh tokens work once.
    pub family: Option<String>,
    /// When it ends; nothing when not by itself.
    pub ends: Option<u64>,
    /// What was granted in the beginning.
    pub scope: String,
}

/// Signs the tokens of a person.
pub(super) fn for_person(
    request: &TokenRequest<'_>,
    user: &User,
    granted: &Granted,
    login: &Login,
    refresh: &Refresh,
    grant: &'static str,
) -> Result<Answer, OAuthError> {
    let session_ends = refresh.ends.unwrap_or(u64::MAX);
    let ends = (request.now + u64::from(request.client.access_token_lifespan())).min(session_ends);
    let issue = issue(request, user, granted, Some(login), ends, grant);
    let refresh_token = request.server.refresh_key().and_then(|key| key.sign(&refresh_claims(&issue, login, refresh)));
    let refresh_token = refresh_token.map_err(|error| failed(&error))?;
    Ok(Answer {
        refresh_expires_in: refresh.ends.map_or(0, |ends| ends.saturating_sub(request.now)),
        refresh_token: Some(refresh_token),
        session_state: Some(login.session.clone()),
        ..sign(request, &issue).map_err(|error| failed(&error))?
    })
}

fn issue<'a>(
    request: &TokenRequest<'a>,
    account: &'a User,
    granted: &'a Granted,
    login: Option<&'a Login>,
    ends: u64,
    grant: &'static str,
) -> Issue<'a> {
    let (issuer, client, now, peer) = (request.server.issuer(), request.client, request.now, request.peer);
    Issue { issuer, client, account, granted, now, ends, login, grant, peer }
}

/// Access token and, where it was asked for, ID token.
fn sign(request: &TokenRequest<'_>, issue: &Issue<'_>) -> Result<Answer, KeyError> {
    let keys = request.server.keys();
    let access_token = keys.sign(&issue.claims(TokenKind::Access)?)?;
    let id_token = if issue.granted.openid {
        // Half of the access token's hash ties the two together (OpenID Connect Core 3.1.3.6).
        let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
        let half = hash.as_ref().get(..16).unwrap_or_default();
        let kind = TokenKind::Id { access_token_hash: URL_SAFE_NO_PAD.encode(half) };
        Some(keys.sign(&issue.claims(kind)?)?)
    } else {
        None
    };
    Ok(Answer {
        access_token,
        expires_in: issue.ends.saturating_sub(issue.now),
        refresh_expires_in: 0,
        refresh_token: None,
        token_type: "Bearer",
        id_token,
        not_before_policy: request.server.realm().not_before(),
        session_state: None,
        scope: issue.granted.text(),
    })
}

fn refresh_claims(issue: &Issue<'_>, login: &Login, refresh: &Refresh) -> Value {
    let mut claims = Map::new();
    if let Some(ends) = refresh.ends {
        claims.insert("exp".into(), json!(ends));
    }
    let typ = if login.kind == Kind::Offline { "Offline" } else { "Refresh" };
    for (name, value) in [
        ("iat", json!(issue.now)),
        ("jti", json!(refresh.id)),
        ("iss", json!(issue.issuer)),
        ("aud", json!(issue.issuer)),
        ("sub", json!(issue.account.id)),
        ("typ", json!(typ)),
        ("azp", json!(issue.client.id())),
        ("sid", json!(login.session)),
        ("scope", json!(refresh.scope)),
    ] {
        claims.insert(name.into(), value);
    }
    if let Some(family) = &refresh.family {
        claims.insert("reuse_id".into(), json!(family));
    }
    Value::Object(claims)
}

/// What went wrong stands in the log and nowhere else.
fn failed(error: &KeyError) -> OAuthError {
    tracing::error!(%error, "no token could be made");
    OAuthError::internal()
}

/// A new id for a token.
fn new_id() -> Result<String, OAuthError> {
    random::uuid().map_err(|_| failed(&KeyError::Library("give random bytes")))
}

/// The first refresh token of a login, remembered in the session; the session becomes an offline one where that was
/// granted. Nothing when the session has ended meanwhile.
fn first_refresh(
    request: &TokenRequest<'_>,
    login: &mut Login,
    granted: &Granted,
) -> Result<Option<Refresh>, OAuthError> {
    let lives = request.server.realm().lifetimes();
    let (id, client, now) = (new_id()?, request.client.id(), request.now);
    let family = lives.refresh_token_uses.map(|_| new_id()).transpose()?;
    let mut stores = request.server.stores();
    if granted.offline() {
        stores.sessions.take_offline(&login.session, client, lives, now);
        login.kind = Kind::Offline;
    }
    let Some(session) = stores.sessions.client(login.kind, &login.session, client, now) else { return Ok(None) };
    if let Some(family) = &family {
        session.begin_family(family, &id);
    }
    let ends = stores.sessions.touch(login.kind, &login.session, lives, now);
    Ok(Some(Refresh { id, family, ends, scope: granted.whole_text() }))
}

//! Asks the token endpoint, and tells a token from a refusal.

use std::sync::Arc;

use jiff::Timestamp;

use super::Wanted;
use super::under_way::UnderWay;
use crate::audit::token_advice_knowing;
use crate::config::Profile;
use crate::engine::echo::Sent;
use crate::engine::http::Http;
use crate::engine::provider::Directory;
use crate::engine::{Failure, Gained, HeldToken};
use crate::exchange::{Exchange, Request, Secret};
use crate::oauth::{Client, Grant, Granted, Metadata, TokenBy, TokenRefusal, TokenRequest, read_token_response};

/// What a token is asked for by.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// What the profile's own grant has to show: nobody is needed.
    Grant,
    /// A refresh token.
    RefreshToken(&'a Secret),
    /// What a login brought.
    Login(TokenBy<'a>),
}

/// A token as it came.
pub struct Got {
    /// The provider's answer.
    pub granted: Granted,
    /// When it came.
    pub received: Timestamp,
    /// The call that got it; none when it was kept by an earlier run.
    pub exchange: Option<Arc<Exchange>>,
    /// How it was got.
    pub gained: Gained,
    /// The nonce of the login.
    pub nonce: Option<String>,
    /// The token it was renewed from, when that is known.
    pub renewed: Option<Arc<HeldToken>>,
}

impl Got {
    /// One that an earlier run kept.
    pub fn kept(granted: Granted, received: Timestamp) -> Self {
        Self { granted, received, exchange: None, gained: Gained::Kept, nonce: None, renewed: None }
    }

    /// The same as what a renewal brought: the refresh token stays unless another one came (RFC 6749 section 6).
    pub fn renewed_from(mut self, refresh: &Secret, before: Option<Arc<HeldToken>>) -> Self {
        let rotated = self.granted.refresh_token.as_ref().is_some_and(|new| new != refresh);
        self.granted.refresh_token.get_or_insert_with(|| refresh.clone());
        Self { gained: Gained::Renewed { rotated }, renewed: before, ..self }
    }
}

/// Gets a token from the provider.
pub async fn fetch(http: &Arc<Http>, directory: &Directory, wanted: &Wanted<'_>, by: By<'_>) -> Result<Got, Failure> {
    fetch_in(http, directory, wanted, by, &mut UnderWay::default()).await
}

/// Renews a token; should this be dropped while the provider is asked, its answer waits in `under_way` for the next time.
pub async fn renew(
    http: &Arc<Http>,
    directory: &Directory,
    wanted: &Wanted<'_>,
    refresh: &Secret,
    under_way: &mut UnderWay,
) -> Result<Got, Failure> {
    fetch_in(http, directory, wanted, By::RefreshToken(refresh), under_way).await
}

async fn fetch_in(
    http: &Arc<Http>,
    directory: &Directory,
    wanted: &Wanted<'_>,
    by: By<'_>,
    under_way: &mut UnderWay,
) -> Result<Got, Failure> {
    let Wanted { profile, provider, .. } = wanted;
    let secret = wanted.desk.resolve(profile).await?;
    let password = match by {
        By::Grant if profile.grant == Grant::Password => wanted.desk.password(profile).await?,
        _ => None,
    };
    let endpoint = directory.token_endpoint(http, provider, wanted.reach).await?;
    let (shown, gained) = match (by, &password) {
        (By::RefreshToken(token), _) => (TokenBy::RefreshToken(token), Gained::Renewed { rotated: false }),
        (By::Login(shown @ TokenBy::DeviceCode { .. }), _) => (shown, Gained::Device),
        (By::Login(shown), _) => (shown, Gained::Browser),
        (By::Grant, Some(password)) => {
            let username = profile.username.as_deref().unwrap_or_default();
            (TokenBy::Password { username, password }, Gained::Password)
        }
        (By::Grant, None) => (TokenBy::ClientCredentials, Gained::ClientCredentials),
    };
    let request = TokenRequest {
        endpoint: &endpoint,
        client: Client { id: &profile.client_id, secret: secret.as_ref(), auth: profile.auth },
        by: shown,
        scopes: &profile.scopes,
        audience: profile.audience.as_deref(),
        params: &profile.params,
    };
    let sent = Sent::new(profile, secret.as_ref());
    let sent = match shown {
        TokenBy::ClientCredentials => sent,
        TokenBy::AuthorizationCode { code, verifier, .. } | TokenBy::DeviceCode { code, verifier } => {
            sent.and(Some(code)).and(Some(verifier))
        }
        TokenBy::RefreshToken(token) => sent.and(Some(token)),
        TokenBy::Password { password, .. } => sent.and(Some(password)),
    };
    let (request, connection) = (request.build(), &provider.connection);
    let exchange = match by {
        By::RefreshToken(refresh) => under_way.send(http, refresh, request, connection).await,
        By::Grant | By::Login(_) => http.send(request, connection).await,
    };
    let (exchange, read) = read_without_secrets(exchange, &sent, read_token_response);
    let metadata = directory.metadata_at_hand(provider, wanted.reach);
    let granted = granted(&exchange, read, profile, metadata.as_deref()).inspect_err(|failure| {
        if is_wrong_client(failure) || (password.is_some() && is_wrong_password(failure)) {
            // The next attempt asks for the secret again, where it would else be the same one.
            wanted.desk.secrets.forget(profile);
        }
    })?;
    Ok(Got { granted, received: Timestamp::now(), exchange: Some(exchange), gained, nonce: None, renewed: None })
}

/// Sends a request in which the client authenticates, to another endpoint than that of tokens, and reads the answer. The
/// token that it is about is taken out of a refusal, too.
pub async fn send_as_client<T>(
    http: &Http,
    wanted: &Wanted<'_>,
    about: Option<&Secret>,
    request: impl FnOnce(Client<'_>) -> Request,
    read: impl FnOnce(&crate::exchange::Response) -> Result<T, TokenRefusal>,
) -> Result<(Arc<Exchange>, Result<T, TokenRefusal>), Failure> {
    let profile = wanted.profile;
    let secret = wanted.desk.resolve(profile).await?;
    let request = request(Client { id: &profile.client_id, secret: secret.as_ref(), auth: profile.auth });
    let sent = Sent::new(profile, secret.as_ref()).and(about);
    answered(call(http, wanted, request, &sent, read).await)
}

/// Sends a request in which a token alone says who asks.
pub async fn send_with_token<T>(
    http: &Http,
    wanted: &Wanted<'_>,
    token: &Secret,
    request: Request,
    read: impl FnOnce(&crate::exchange::Response) -> Result<T, TokenRefusal>,
) -> Result<(Arc<Exchange>, Result<T, TokenRefusal>), Failure> {
    answered(call(http, wanted, request, &Sent::new(wanted.profile, None).and(Some(token)), read).await)
}

fn answered<T>(
    (exchange, read): (Arc<Exchange>, Option<Result<T, TokenRefusal>>),
) -> Result<(Arc<Exchange>, Result<T, TokenRefusal>), Failure> {
    match (read, &exchange.outcome) {
        (Some(read), _) => Ok((exchange, read)),
        (None, Err(error)) => Err(Failure::NoAnswer { error: error.clone(), exchange }),
        (None, Ok(_)) => Err(Failure::Fault { message: "an answer was not read".to_owned() }),
    }
}

async fn call<T>(
    http: &Http,
    wanted: &Wanted<'_>,
    request: Request,
    sent: &Sent,
    read: impl FnOnce(&crate::exchange::Response) -> Result<T, TokenRefusal>,
) -> (Arc<Exchange>, Option<Result<T, TokenRefusal>>) {
    read_without_secrets(http.send(request, &wanted.provider.connection).await, sent, read)
}

/// Reads the answer; what was sent in secret is taken out of a refusal before anybody sees it.
fn read_without_secrets<T>(
    mut exchange: Exchange,
    sent: &Sent,
    read: impl FnOnce(&crate::exchange::Response) -> Result<T, TokenRefusal>,
) -> (Arc<Exchange>, Option<Result<T, TokenRefusal>>) {
    let read = exchange.response().map(|response| read(response).map_err(|no| sent.out_of_refusal(no)));
    if let (Some(Err(_)), Ok(response)) = (&read, &mut exchange.outcome) {
        sent.out_of_response(response);
    }
    (Arc::new(exchange), read)
}

fn granted(
    exchange: &Arc<Exchange>,
    read: Option<Result<Granted, TokenRefusal>>,
    profile: &Profile,
    metadata: Option<&Metadata>,
) -> Result<Granted, Failure> {
    let exchange = Arc::clone(exchange);
    match (read, &exchange.outcome) {
        (_, Err(error)) => Err(Failure::NoAnswer { error: error.clone(), exchange }),
        (Some(read), Ok(_)) => read.map_err(|refusal| {
            let advice = token_advice_knowing(&refusal, profile, metadata);
            Failure::TokenRefused { exchange, refusal, advice }
        }),
        (None, Ok(_)) => Err(Failure::Fault { message: "an answer was not read".to_owned() }),
    }
}

/// Whether the provider did not take the client for who it says it is. Keycloak says `unauthorized_client`.
fn is_wrong_client(failure: &Failure) -> bool {
    let Failure::TokenRefused { refusal: TokenRefusal::Refused { error, .. }, .. } = failure else { return false };
    matches!(error.as_str(), "invalid_client" | "unauthorized_client")
}

/// Whether the provider did not take the name and password.
fn is_wrong_password(failure: &Failure) -> bool {
    let Failure::TokenRefused { refusal: TokenRefusal::Refused { error, .. }, .. } = failure else { return false };
    error == "invalid_grant"
}

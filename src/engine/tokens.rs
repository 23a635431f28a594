//! The token source: a token for each profile, got once, kept while it lives, verified when it comes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use jiff::Timestamp;
use tokio::sync::Mutex as AsyncMutex;

use super::echo::Sent;
use super::http::Http;
use super::provider::{Directory, FetchedKeys, Reach};
use super::secrets::Desk;
use super::token_store::{Entry, TokenStore};
use super::{Failure, Gained, HeldToken, Which};
use crate::audit::token_advice;
use crate::config::{Changes, Profile, Provider, TokenCache};
use crate::exchange::Exchange;
use crate::jwt::{self, KeySource, Kind, Policy, Token, Verdict};
use crate::oauth::{Granted, TokenRefusal, TokenRequest, read_token_response};

/// What a token depends on: change any of these and it is another token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    environment: Option<String>,
    profile: String,
    issuer: String,
    token_endpoint: Option<String>,
    client_id: String,
    auth: &'static str,
    grant: &'static str,
    scopes: Vec<String>,
    audience: Option<String>,
    params: Vec<(String, String)>,
}

impl Key {
    fn new(wanted: &Wanted<'_>) -> Self {
        let Wanted { profile, provider, environment, .. } = wanted;
        let mut scopes: Vec<String> = profile.scopes.iter().map(str::to_owned).collect();
        scopes.sort();
        Self {
            environment: environment.map(str::to_owned),
            profile: profile.name.clone(),
            issuer: provider.issuer.to_string(),
            token_endpoint: provider.token_endpoint.clone(),
            client_id: profile.client_id.to_string(),
            auth: profile.auth.name(),
            grant: profile.grant.name(),
            scopes,
            audience: profile.audience.clone(),
            params: profile.params.clone(),
        }
    }

    /// The name under which a token of this key is kept between runs: it tells nothing of what it is made from. Where
    /// profiles.toml lies counts too, so that a file of another folder gets no token that this one was granted, and so
    /// does what there is to know of the secret.
    async fn name(&self, wanted: &Wanted<'_>) -> String {
        let folder = wanted.desk.folder.to_string_lossy();
        let secret = wanted.desk.hint(wanted.profile).await;
        // Each part stands between quotes, so that two keys never run together to the same text.
        let text = format!("{self:?} {folder:?} {secret:?}");
        let hash = digest::digest(&digest::SHA256, text.as_bytes());
        hash.as_ref().iter().fold(String::new(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        })
    }
}

/// One cached token; whoever needs it while it is being fetched waits for the same fetch.
type Slot = Arc<AsyncMutex<Option<Arc<HeldToken>>>>;

/// The tokens in hand.
#[derive(Default)]
pub struct Tokens {
    slots: Mutex<HashMap<Key, Slot>>,
    store: TokenStore,
}

/// What getting a token needs.
pub struct Wanted<'a> {
    /// The client, as this session wants it.
    pub profile: &'a Profile,
    /// Its authorization server.
    pub provider: &'a Provider,
    /// How far its discovery may lead.
    pub reach: Reach,
    /// In which environment, when there is one.
    pub environment: Option<&'a str>,
    /// In what this session changed it.
    pub changes: &'a Changes,
    /// The `aud` the APIs behind it expect, when they say so.
    pub audience: Option<String>,
    /// Where its secret comes from.
    pub desk: Desk<'a>,
    /// Get a new one even if the one in hand is good.
    pub fresh: bool,
    /// What it is for.
    pub purpose: Purpose,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Purpose {
    /// It is only passed on: nobody looks at a verdict, so no keys are fetched to verify it.
    pub passed_on: bool,
    /// One that lives shorter than this many seconds from now is replaced.
    pub min_ttl: Option<u64>,
}

impl Wanted<'_> {
    /// Whether this token will do.
    fn is_served_by(&self, token: &HeldToken) -> bool {
        let now = Timestamp::now();
        let wanted = self.purpose.min_ttl.map_or(0, |seconds| i64::try_from(seconds).unwrap_or(i64::MAX));
        !token.is_due(now) && token.seconds_left(now).is_none_or(|left| left >= wanted)
    }
}

impl Tokens {
    /// Forgets the tokens of the environments and profiles that this does not hold for.
    pub fn keep(&self, holds: impl Fn(Option<&str>, &str) -> bool) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|key, _| holds(key.environment.as_deref(), &key.profile));
    }

    /// The token in hand while it lives, else a new one.
    pub async fn get(
        &self,
        http: &Http,
        directory: &Directory,
        wanted: &Wanted<'_>,
    ) -> Result<Arc<HeldToken>, Failure> {
        let key = Key::new(wanted);
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(key).or_default())
        };
        let mut held = slot.lock().await;
        if !wanted.fresh
            && let Some(token) = &*held
            && wanted.is_served_by(token)
        {
            return Ok(Arc::clone(token));
        }
        let cache = wanted.profile.token_cache;
        let name = if cache == TokenCache::Off { String::new() } else { Key::new(wanted).name(wanted).await };
        if !wanted.fresh
            && let Some(entry) = self.store.get(cache, &name, wanted.desk.notices).await
            && let Some(received) = entry.received()
        {
            let token =
                finish(http, directory, wanted, Got { granted: entry.granted(), received, exchange: None }).await;
            if wanted.is_served_by(&token) {
                return Ok(Arc::clone(held.insert(Arc::new(token))));
            }
        }
        let before = held.as_ref().map(|token| token.token.fingerprint());
        let got = fetch(http, directory, wanted).await?;
        let mut token = finish(http, directory, wanted, got).await;
        token.before = before;
        if let Some(entry) = Entry::new(&token.granted, token.received, token.ends_at()) {
            self.store.put(cache, &name, entry, wanted.desk.notices).await;
        }
        Ok(Arc::clone(held.insert(Arc::new(token))))
    }
}

/// A token as it came.
struct Got {
    granted: Granted,
    received: Timestamp,
    /// The call that got it; none when it was kept by an earlier run.
    exchange: Option<Arc<Exchange>>,
}

/// Gets a token from the provider.
async fn fetch(http: &Http, directory: &Directory, wanted: &Wanted<'_>) -> Result<Got, Failure> {
    let Wanted { profile, provider, .. } = wanted;
    let secret = wanted.desk.resolve(profile).await?;
    let endpoint = directory.token_endpoint(http, provider, wanted.reach).await?;
    let request = TokenRequest {
        endpoint: &endpoint,
        client_id: &profile.client_id,
        secret: secret.as_ref(),
        auth: profile.auth,
        grant: profile.grant,
        scopes: &profile.scopes,
        audience: profile.audience.as_deref(),
        params: &profile.params,
    };
    let mut exchange = http.send(request.build(), &provider.connection).await;
    let sent = Sent::new(profile, secret.as_ref());
    let read = exchange.response().map(|response| read_token_response(response).map_err(|no| sent.out_of_refusal(no)));
    if let (Some(Err(_)), Ok(response)) = (&read, &mut exchange.outcome) {
        sent.out_of_response(response);
    }
    let exchange = Arc::new(exchange);
    let granted = granted(&exchange, read, profile).inspect_err(|failure| {
        if is_wrong_client(failure) {
            // The next attempt asks for the secret again, where it would else be the same one.
            wanted.desk.secrets.forget(profile);
        }
    })?;
    Ok(Got { granted, received: Timestamp::now(), exchange: Some(exchange) })
}

/// Decodes and verifies it.
async fn finish(http: &Http, directory: &Directory, wanted: &Wanted<'_>, got: Got) -> HeldToken {
    let Wanted { profile, provider, .. } = wanted;
    let Got { granted, received, exchange } = got;
    let token = Token::of(&granted.access_token);
    let keys = if wanted.purpose.passed_on { Ok(None) } else { keys_for(http, directory, wanted, &token).await };
    let policy =
        Policy { issuer: Some(provider.issuer.to_string()), audience: wanted.audience.clone(), ..Policy::default() };
    let verdict = verify(&token, &keys, &policy, Timestamp::now());
    let kept = exchange.is_none();
    HeldToken {
        profile: profile.name.clone(),
        provider: provider.name.clone(),
        environment: wanted.environment.map(str::to_owned),
        token,
        granted,
        asked: profile.scopes.clone(),
        changes: wanted.changes.clone(),
        received,
        exchange,
        verdict,
        keys_fetched: keys.ok().flatten().map(|keys| keys.fetched),
        before: None,
        which: Which::Access,
        gained: if kept { Gained::Kept } else { Gained::ClientCredentials },
        id_token: None,
    }
}

fn granted(
    exchange: &Arc<Exchange>,
    read: Option<Result<Granted, TokenRefusal>>,
    profile: &Profile,
) -> Result<Granted, Failure> {
    let exchange = Arc::clone(exchange);
    match (read, &exchange.outcome) {
        (_, Err(error)) => Err(Failure::NoAnswer { error: error.clone(), exchange }),
        (Some(read), Ok(_)) => read.map_err(|refusal| {
            let advice = token_advice(&refusal, profile);
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

/// The keys for this token; nothing to fetch for one that no public key can verify.
async fn keys_for(
    http: &Http,
    directory: &Directory,
    wanted: &Wanted<'_>,
    token: &Token,
) -> Result<Option<FetchedKeys>, String> {
    if !matches!(token.kind(), Kind::Jws(_)) {
        return Ok(None);
    }
    match directory.keys(http, wanted.provider, wanted.reach, token.kid()).await {
        Ok(keys) => Ok(Some(keys)),
        Err(failure) => Err(failure.to_string()),
    }
}

fn verify(token: &Token, keys: &Result<Option<FetchedKeys>, String>, policy: &Policy, now: Timestamp) -> Verdict {
    let source = match keys {
        Ok(Some(fetched)) => KeySource::Keys(&fetched.keys),
        Ok(None) => KeySource::None,
        Err(reason) => KeySource::Unreachable(reason.clone()),
    };
    jwt::verify(token, source, policy, now)
}

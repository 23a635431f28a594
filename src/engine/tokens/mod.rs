//! The token source: a token for each profile, got once, kept while it lives, verified when it comes.

mod fetch;
mod finish;
mod under_way;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use jiff::Timestamp;
use tokio::sync::Mutex as AsyncMutex;

use super::http::Http;
use super::provider::{Directory, Reach};
use super::secrets::Desk;
use super::token_store::{Entry, TokenStore};
use super::{Failure, Gained, HeldToken};
use crate::config::{Changes, Profile, Provider, TokenCache};
use crate::exchange::Secret;
use crate::oauth::Renewal;
use finish::{by_refresh, finish};
use under_way::UnderWay;

pub use fetch::{By, Got, fetch, send_as_client, send_with_token};
pub use finish::not_got;

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
    username: Option<String>,
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
            username: profile.username.clone(),
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

/// What is known for one key; whoever needs its token while it is being got waits for the same call.
type Shared = Arc<AsyncMutex<Slot>>;

/// The token in hand, and what the next one may be got by.
#[derive(Default)]
struct Slot {
    held: Option<Arc<HeldToken>>,
    /// The refresh token, until it is found to be of no use. The token it came with is kept all the same.
    refresh: Option<Secret>,
    /// The renewal by it that was cancelled while the provider was asked.
    under_way: UnderWay,
    /// Whether the keyring was asked for one that an earlier run kept.
    asked_keyring: bool,
}

/// The tokens in hand.
#[derive(Default)]
pub struct Tokens {
    slots: Mutex<HashMap<Key, Shared>>,
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

    /// The token in hand while it lives, else a new one: by the refresh token where there is one, else by the grant
    /// itself, where that needs no person.
    pub async fn get(
        &self,
        http: &Arc<Http>,
        directory: &Directory,
        wanted: &Wanted<'_>,
    ) -> Result<Arc<HeldToken>, Failure> {
        let shared = self.slot(wanted);
        let mut slot = shared.lock().await;
        if !wanted.fresh
            && let Some(token) = &slot.held
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
            let token = finish(http, directory, wanted, Got::kept(entry.granted(), received)).await?;
            if wanted.is_served_by(&token) {
                return Ok(Arc::clone(slot.held.insert(Arc::new(token))));
            }
        }
        if wanted.profile.remember && (slot.refresh.is_some() || !slot.asked_keyring) {
            slot.asked_keyring = true;
            // Another tokenscope may have renewed the login since: then the refresh token at hand is used up.
            let kept = self.store.remembered(&Key::new(wanted).name(wanted).await, wanted.desk.notices).await;
            slot.refresh = kept.or(slot.refresh.take());
        }
        let got = self.renew(http, directory, wanted, &mut slot).await?;
        self.keep_token(http, directory, wanted, &mut slot, got).await
    }

    /// A token that a login brought: it is the one in hand from now on.
    pub async fn put(
        &self,
        http: &Http,
        directory: &Directory,
        wanted: &Wanted<'_>,
        got: Got,
    ) -> Result<Arc<HeldToken>, Failure> {
        let shared = self.slot(wanted);
        let mut slot = shared.lock().await;
        self.keep_token(http, directory, wanted, &mut slot, got).await
    }

    /// Forgets every token of this profile, also what the keyring keeps of its logins. Gives the newest token there was,
    /// and whether the keyring had something.
    pub async fn forget(&self, wanted: &Wanted<'_>) -> (Option<Arc<HeldToken>>, Result<bool, String>) {
        let own = Key::new(wanted);
        let mut taken = vec![own.clone()];
        {
            let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            let is_of_it =
                |key: &&Key| key.profile == own.profile && key.environment == own.environment && **key != own;
            taken.extend(slots.keys().filter(is_of_it).cloned());
        }
        let (mut newest, mut removed) = (None::<Arc<HeldToken>>, Ok(false));
        for key in taken {
            let shared = {
                let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
                slots.get(&key).map(Arc::clone)
            };
            let name = key.name(wanted).await;
            let mut refresh = None;
            if let Some(shared) = shared {
                let mut slot = shared.lock().await;
                refresh = slot.refresh.take();
                let held = std::mem::take(&mut *slot).held;
                newest = [newest, held].into_iter().flatten().max_by_key(|held| held.received);
                // What was removed on purpose is not looked for again.
                slot.asked_keyring = true;
            }
            if wanted.profile.remember {
                if refresh.is_none() {
                    refresh = self.store.remembered(&name, wanted.desk.notices).await;
                }
                let gone = self.store.forget_remembered(&name).await;
                removed = removed.and_then(|before| gone.map(|now| before || now));
            }
            self.store.remove(wanted.profile.token_cache, &name).await;
            newest = refresh.map_or(newest.clone(), |refresh| Some(with_refresh(wanted, newest, refresh)));
        }
        (newest, removed)
    }

    fn slot(&self, wanted: &Wanted<'_>) -> Shared {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(Key::new(wanted)).or_default())
    }

    /// Gets the next token. A refresh token that is of no use any more is forgotten; the token it came with is not.
    async fn renew(
        &self,
        http: &Arc<Http>,
        directory: &Directory,
        wanted: &Wanted<'_>,
        slot: &mut Slot,
    ) -> Result<Got, Failure> {
        let grant = wanted.profile.grant;
        let mut next = Renewal::first(grant, slot.refresh.is_some(), wanted.fresh);
        let mut ended = None;
        if next == Renewal::Refresh
            && let Some(refresh) = slot.refresh.clone()
        {
            let failure = match fetch::renew(http, directory, wanted, &refresh, &mut slot.under_way).await {
                Ok(got) => return Ok(got.renewed_from(&refresh, slot.held.clone())),
                Err(failure) => failure,
            };
            let Failure::TokenRefused { refusal, exchange, .. } = &failure else { return Err(failure) };
            let Some(then) = Renewal::after_refusal(grant, refusal) else { return Err(failure) };
            let refused = slot.refresh.take();
            if wanted.profile.remember {
                let name = Key::new(wanted).name(wanted).await;
                // One that came there meanwhile is another. Should the refused one stay, it is refused again next time.
                if self.store.remembered(&name, wanted.desk.notices).await == refused {
                    let _ = self.store.forget_remembered(&name).await;
                }
            }
            next = then;
            ended = Some((format!("the provider does not renew the token any more ({refusal})"), Arc::clone(exchange)));
        }
        match next {
            Renewal::Anew => fetch(http, directory, wanted, By::Grant).await,
            Renewal::Refresh | Renewal::Person => {
                let (why, exchange) = ended.map_or((None, None), |(why, exchange)| (Some(why), Some(exchange)));
                let lapsed = "the token in hand cannot be renewed, since no refresh token came with it";
                let why = why.or_else(|| slot.held.as_ref().map(|_| lapsed.to_owned()));
                Err(Failure::LoginNeeded { profile: wanted.profile.name.clone(), why, exchange })
            }
        }
    }

    /// Decodes and verifies what came, and takes it in hand.
    async fn keep_token(
        &self,
        http: &Http,
        directory: &Directory,
        wanted: &Wanted<'_>,
        slot: &mut Slot,
        got: Got,
    ) -> Result<Arc<HeldToken>, Failure> {
        // A refresh token that was replaced is of no use any more, whatever comes of the ID token.
        if matches!(got.gained, Gained::Renewed { .. }) {
            self.keep_refresh(wanted, slot, got.granted.refresh_token.clone()).await;
        }
        let mut token = finish(http, directory, wanted, got).await?;
        if !matches!(token.gained, Gained::Renewed { .. }) {
            self.keep_refresh(wanted, slot, token.granted.refresh_token.clone()).await;
        }
        token.before = slot.held.as_ref().map(|before| before.token.fingerprint());
        let cache = wanted.profile.token_cache;
        if cache != TokenCache::Off
            && let Some(entry) = Entry::new(&token.granted, token.received, token.ends_at())
        {
            let name = Key::new(wanted).name(wanted).await;
            self.store.put(cache, &name, entry, wanted.desk.notices).await;
        }
        Ok(Arc::clone(slot.held.insert(Arc::new(token))))
    }

    async fn keep_refresh(&self, wanted: &Wanted<'_>, slot: &mut Slot, refresh: Option<Secret>) {
        slot.refresh = refresh;
        if !wanted.profile.remember {
            return;
        }
        let name = Key::new(wanted).name(wanted).await;
        match &slot.refresh {
            Some(refresh) => self.store.remember(&name, refresh, wanted.desk.notices).await,
            // That of the login before is somebody else's, perhaps.
            None => _ = self.store.forget_remembered(&name).await,
        }
    }
}

/// The token with the refresh token that its session can be ended by.
fn with_refresh(wanted: &Wanted<'_>, token: Option<Arc<HeldToken>>, refresh: Secret) -> Arc<HeldToken> {
    match token {
        Some(token) if token.granted.refresh_token.is_some() => token,
        Some(token) => {
            let mut token = HeldToken::clone(&token);
            token.granted.refresh_token = Some(refresh);
            Arc::new(token)
        }
        None => by_refresh(wanted, refresh),
    }
}

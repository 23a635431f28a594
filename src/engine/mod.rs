//! The only place with network, files and clock: profiles, secrets, tokens, keys, probes, the bundled server.
//!
//! Imports `config`, `audit`, `oauth`, `jwt` and `exchange` of this crate; never `tui` or `cli`. Terminal and stdout
//! belong to the faces.

mod acts;
mod aside;
mod asked;
mod demo;
mod echo;
mod held;
mod http;
mod introduce;
mod keys;
mod login;
mod made;
mod matrix;
mod outcome;
mod paths;
mod places;
mod private_file;
mod probe;
mod provider;
mod provider_page;
pub mod qr;
mod save;
mod secrets;
mod session;
mod source;
mod standing;
mod token_store;
mod tokens;
mod trust_store;
mod watch;
mod zone;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use tokio::sync::mpsc;

pub use acts::{Acted, LoggedOut, kind_of};
pub use asked::asked_and_granted;
pub use held::{Gained, HeldToken, IdToken};
pub use http::BODY_BOUND;
pub use introduce::{Introduction, Proposal, Remark, Unmet};
pub use keys::{KeyFileError, KeyOrigin, KeysFrom, PolicyAsk, Verification, VerifyError, read_bounded};
pub use login::{LoginAsk, LoginInput, LoginStep, LoginWay, TokenAct, Which};
pub use made::{SignWith, signing_key};
pub use matrix::Cell;
pub use outcome::{Answer, EndpointId, Failure, Notice, ProbeAsk, SendAs, TokenAsk, Weight, age};
pub use paths::{Kept, kept, looked_for};
pub use places::Places;
pub use private_file::write_new;
pub use provider_page::{ProviderOf, ProviderPage, PublishedKeys};
pub use save::{SaveError, SavePlan, Saved};
pub use secrets::{SecretState, Whereabouts, secret_in};
pub use session::{AdditionError, Reloaded, TrustError, same_client};
pub use source::{Ask, Choice, Source, SourceError, Trust};
pub use standing::Standing;
pub use trust_store::{TrustStore, TrustStoreError};
pub use watch::Watch;
pub use zone::time_zone;

use crate::config::{Addition, Api, Changes, Endpoint, Profile, Profiles, Provider, is_safe};
use crate::exchange::NoAnswer;
use demo::{Demo, Moved};
use http::Http;
use made::Made;
use probe::Call;
use provider::Directory;
use secrets::{Secrets, folder_of};
use tokens::{Purpose, Tokens, Wanted};

/// How often in one call another process that runs the bundled server may be found to have ended.
const OWNERS: usize = 4;

/// What a token depends on beside its profile.
struct Bench {
    /// The `aud` the APIs behind it expect, when they say so.
    audience: Option<String>,
    /// The folder that paths in profiles.toml begin from.
    folder: PathBuf,
}

impl Bench {
    fn of(standing: &Standing, profile: &Profile) -> Self {
        Self {
            audience: standing.profiles.apis_of(profile).find_map(|api| api.audience.clone()),
            folder: folder_of(standing.source.path.as_deref()),
        }
    }
}

/// Everything both faces do, behind one handle that is cheap to clone. Cancel a call by dropping its future.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    standing: RwLock<Standing>,
    /// Held while what stands is being changed, so that no change is lost.
    changing: Mutex<()>,
    /// Whether the files could not be used when they were read last.
    broken: AtomicBool,
    /// Where the bundled server had to move.
    moved: Mutex<Vec<Moved>>,
    /// What was added in this session and is not saved.
    additions: Mutex<Vec<Addition>>,
    http: Arc<Http>,
    directory: Directory,
    secrets: Secrets,
    tokens: Tokens,
    /// The tokens that were signed here.
    made: Made,
    demo: Demo,
    notices: mpsc::UnboundedSender<Notice>,
    unread: Mutex<Option<mpsc::UnboundedReceiver<Notice>>>,
}

impl Engine {
    /// An engine over these profiles. Touches neither network nor files yet.
    pub fn new(source: Source) -> Self {
        let (notices, unread) = mpsc::unbounded_channel();
        let profiles = Arc::new(source.profiles.clone());
        Self {
            inner: Arc::new(Inner {
                standing: RwLock::new(Standing { turn: 1, source: Arc::new(source), profiles }),
                changing: Mutex::default(),
                broken: AtomicBool::default(),
                moved: Mutex::default(),
                additions: Mutex::default(),
                http: Arc::default(),
                directory: Directory::default(),
                secrets: Secrets::default(),
                tokens: Tokens::default(),
                made: Made::default(),
                demo: Demo::default(),
                notices,
                unread: Mutex::new(Some(unread)),
            }),
        }
    }

    /// The profiles as they are now: a bundled server that had to move changes addresses.
    pub fn profiles(&self) -> Arc<Profiles> {
        self.standing().profiles
    }

    /// Where the profiles came from, and what is wrong with them.
    pub fn source(&self) -> Arc<Source> {
        self.standing().source
    }

    /// Both at one moment.
    pub fn standing(&self) -> Standing {
        self.inner.standing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The notices from now on; the first caller gets them, later ones an empty channel.
    pub fn take_notices(&self) -> mpsc::UnboundedReceiver<Notice> {
        let taken = self.inner.unread.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.unwrap_or_else(|| mpsc::unbounded_channel().1)
    }

    /// Starts the bundled server, if any profile wants it and it does not run yet. The first call does so by itself;
    /// this is for a face that has time to spare.
    pub async fn warm_up(&self) -> Result<(), Failure> {
        let profiles = self.profiles();
        match profiles.providers.iter().find(|provider| has_bundled_part(&profiles, provider)) {
            Some(provider) if self.source().trust.unreviewed().is_none() => self.ready(&provider.name).await,
            _ => Ok(()),
        }
    }

    /// Rotates the signing keys of the bundled server, when this process runs it.
    pub async fn rotate_keys(&self) -> Result<(), Failure> {
        self.inner.demo.rotate_keys().await
    }

    /// Whether the bundled server, or a part of it, runs in this process.
    pub async fn runs_bundled_server(&self) -> bool {
        self.inner.demo.is_here().await
    }

    /// Lets the bundled server finish its running requests and end.
    pub async fn shut_down(&self) {
        self.inner.demo.shut_down().await;
    }

    /// The profile's token: the one in hand while it lives, else a new one.
    pub async fn token(&self, ask: TokenAsk) -> Result<Arc<HeldToken>, Failure> {
        self.token_for(&ask, Purpose::default()).await
    }

    /// A token to be passed on to another program: nobody looks at a verdict here, so no keys are fetched to verify it.
    /// One with fewer seconds left than `min_ttl` is replaced.
    pub async fn token_to_pass_on(&self, ask: TokenAsk, min_ttl: Option<u64>) -> Result<Arc<HeldToken>, Failure> {
        self.token_for(&ask, Purpose { passed_on: true, min_ttl }).await
    }

    async fn token_for(&self, ask: &TokenAsk, purpose: Purpose) -> Result<Arc<HeldToken>, Failure> {
        for _ in 0..OWNERS {
            let turn = self.inner.demo.turn();
            let result = self.token_once(ask, purpose).await;
            let gone = matches!(&result, Err(Failure::NoAnswer { error, .. }) if error.is_gone());
            if !gone || !self.may_have_a_new_owner(&ask.profile, turn).await {
                return result;
            }
        }
        self.token_once(ask, purpose).await
    }

    async fn token_once(&self, ask: &TokenAsk, purpose: Purpose) -> Result<Arc<HeldToken>, Failure> {
        let standing = self.ready_for(&ask.profile, ask.environment.as_deref()).await?;
        let (profile, provider) = standing.usable(&ask.profile, ask.environment.as_deref())?;
        let profile = &profile.with(&ask.changes);
        self.token_of(&standing, profile, provider, &ask.changes, ask.fresh, purpose).await
    }

    /// Calls an endpoint, getting a token first when one is needed and none is in hand.
    pub async fn probe(&self, ask: ProbeAsk) -> Result<Answer, Failure> {
        for _ in 0..OWNERS {
            let turn = self.inner.demo.turn();
            let result = self.probe_once(&ask).await;
            let gone = match &result {
                // What may have changed something is not sent a second time.
                Ok(answer) if !is_safe(&answer.exchange.request.method) => false,
                Ok(answer) => answer.exchange.outcome.as_ref().is_err_and(NoAnswer::is_gone),
                Err(Failure::NoAnswer { error, .. }) => error.is_gone(),
                Err(_) => false,
            };
            if !gone || !self.may_have_a_new_owner(&ask.profile, turn).await {
                return result;
            }
        }
        self.probe_once(&ask).await
    }

    /// Whether a server of the profile is the bundled one and another process ran it when the call began, which may just
    /// have ended: then the next call finds its successor or becomes it.
    async fn may_have_a_new_owner(&self, profile: &str, turn: u64) -> bool {
        let profiles = self.profiles();
        let provider = profiles.profile(profile).and_then(|profile| profiles.provider(&profile.provider));
        let Some(provider) = provider.filter(|provider| has_bundled_part(&profiles, provider)) else { return false };
        self.inner.demo.lost_at(&provider.name, turn).await
    }

    async fn probe_once(&self, ask: &ProbeAsk) -> Result<Answer, Failure> {
        let standing = self.ready_for(&ask.profile, ask.environment.as_deref()).await?;
        let (profile, provider) = standing.usable(&ask.profile, ask.environment.as_deref())?;
        let (profile, profiles) = (&profile.with(&ask.changes), &*standing.profiles);
        let (api, endpoint) = find_endpoint(profiles, profile, &ask.endpoint)?;
        if !endpoint.is_safe() && !ask.unsafe_allowed {
            let url = format!("{}{}", api.base_url, endpoint.path);
            return Err(Failure::Unsafe { method: endpoint.method.clone(), url });
        }
        let token = match &ask.send_as {
            SendAs::Nothing => None,
            SendAs::Token(held) => Some(Arc::clone(held)),
            SendAs::Profile if endpoint.is_public() => None,
            SendAs::Profile => {
                Some(self.token_of(&standing, profile, provider, &ask.changes, false, Purpose::default()).await?)
            }
        };
        let environment = profiles.environment.clone();
        let metadata = self.inner.directory.metadata_at_hand(provider, standing.reach(provider));
        Ok(Call { profile, provider, environment, api, endpoint, token, metadata }.send(&self.inner.http).await)
    }

    async fn token_of(
        &self,
        standing: &Standing,
        profile: &Profile,
        provider: &Provider,
        changes: &Changes,
        fresh: bool,
        purpose: Purpose,
    ) -> Result<Arc<HeldToken>, Failure> {
        let bench = Bench::of(standing, profile);
        let wanted = self.wanted(&bench, standing, (profile, provider), changes, fresh, purpose);
        self.inner.tokens.get(&self.inner.http, &self.inner.directory, &wanted).await
    }

    fn wanted<'a>(
        &'a self,
        bench: &'a Bench,
        standing: &'a Standing,
        (profile, provider): (&'a Profile, &'a Provider),
        changes: &'a Changes,
        fresh: bool,
        purpose: Purpose,
    ) -> Wanted<'a> {
        Wanted {
            profile,
            provider,
            reach: standing.reach(provider),
            environment: standing.profiles.environment.as_deref(),
            changes,
            audience: bench.audience.clone(),
            desk: self.desk(&bench.folder),
            fresh,
            purpose,
        }
    }

    /// What holds once the bundled server runs, when the profile needs it. Whether the profile may be used is looked at
    /// before and after: files change while one waits.
    async fn ready_for(&self, name: &str, environment: Option<&str>) -> Result<Standing, Failure> {
        let provider = self.standing().usable(name, environment)?.1.name.clone();
        self.ready(&provider).await?;
        let standing = self.standing();
        standing.usable(name, environment)?;
        Ok(standing)
    }

    /// Sees to it that the bundled server runs, when it plays this provider or an API that trusts it.
    async fn ready(&self, provider: &str) -> Result<(), Failure> {
        let profiles = self.profiles();
        let Some(provider) = profiles.provider(provider).filter(|provider| has_bundled_part(&profiles, provider))
        else {
            return Ok(());
        };
        let api = bundled_api(&profiles, provider);
        let moved = self.inner.demo.ensure(&self.inner.http, provider, api, &self.inner.notices).await?;
        if let Some(moved) = moved {
            self.keep_moved(moved);
        }
        Ok(())
    }

    /// The bundled server had to move: what stands now gets its addresses, and so does whatever comes to stand later.
    fn keep_moved(&self, moved: Moved) {
        let _one_at_a_time = self.inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = self.inner.moved.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(moved);
        let mut standing = self.inner.standing.write().unwrap_or_else(PoisonError::into_inner);
        let profiles = Arc::make_mut(&mut standing.profiles);
        all.iter().for_each(|moved| moved.rewrite(profiles));
        standing.turn += 1;
        drop(standing);
        self.inner.directory.forget();
    }
}

/// The API of this provider that the bundled server plays.
fn bundled_api<'a>(profiles: &'a Profiles, provider: &Provider) -> Option<&'a Api> {
    profiles.apis.iter().find(|api| api.embedded && api.provider == provider.name)
}

/// Whether the bundled server plays the provider, or an API that trusts it.
fn has_bundled_part(profiles: &Profiles, provider: &Provider) -> bool {
    provider.embedded || bundled_api(profiles, provider).is_some()
}

fn find_endpoint<'a>(
    profiles: &'a Profiles,
    profile: &'a Profile,
    id: &EndpointId,
) -> Result<(&'a Api, &'a Endpoint), Failure> {
    profiles
        .endpoints_of(profile)
        .find(|(api, endpoint)| api.name == id.api && endpoint.name == id.endpoint)
        .ok_or_else(|| unknown_endpoint(profiles, profile, &id.endpoint))
}

fn unknown_endpoint(profiles: &Profiles, profile: &Profile, name: &str) -> Failure {
    Failure::UnknownEndpoint {
        profile: profile.name.clone(),
        name: name.to_owned(),
        nearest: nearest(name, profiles.endpoints_of(profile).map(|(_, endpoint)| endpoint.name.as_str())),
    }
}

/// The endpoints of these names that the profile sees, all of them when none is named.
pub fn endpoints_named(profiles: &Profiles, profile: &Profile, names: &[String]) -> Result<Vec<EndpointId>, Failure> {
    let id = |(api, endpoint): (&Api, &Endpoint)| EndpointId { api: api.name.clone(), endpoint: endpoint.name.clone() };
    if names.is_empty() {
        return Ok(profiles.endpoints_of(profile).map(id).collect());
    }
    names
        .iter()
        .map(|name| {
            let mut seen = profiles.endpoints_of(profile);
            // `api/endpoint` tells two endpoints of one name apart.
            let found = seen.find(|(api, endpoint)| {
                endpoint.name == *name || name.split_once('/') == Some((api.name.as_str(), endpoint.name.as_str()))
            });
            found.map(id).ok_or_else(|| unknown_endpoint(profiles, profile, name))
        })
        .collect()
}

/// The nearest of the names, when one is near enough to be meant.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let scored = names.map(|other| (strsim::damerau_levenshtein(name, other), other));
    scored.min().filter(|(distance, _)| *distance <= 1 + name.len() / 3).map(|(_, other)| other.to_owned())
}

/// The time now, for faces that hand it to pure code.
pub fn now() -> Timestamp {
    Timestamp::now()
}

//! The issuer's keys, as they are now: fetched when first needed, kept while the issuer is away,
//! and fetched anew when a token names an unknown key, but at most once per cool-down.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{fetch::Fetch, key_set::KeySet, refusal::Refusal, remembered::Remembered};
use crate::clock::Clock;

/// A key set and what was found good with it. Replaced as a whole, so that nothing outlives its keys.
pub(super) struct Trusted {
    pub keys: KeySet,
    pub remembered: Remembered,
}

/// The keys of one issuer.
pub(super) struct KeySource {
    fetch: Fetch,
    clock: Clock,
    cool_down: Duration,
    max_age: Duration,
    current: RwLock<Option<Current>>,
    /// Whoever holds it fetches; all others wait for what comes of it.
    turn: Arc<Mutex<Attempts>>,
}

#[derive(Clone)]
struct Current {
    trusted: Arc<Trusted>,
    fetched: Duration,
}

#[derive(Default)]
struct Attempts {
    /// When a token's unknown key last caused a fetch.
    for_unknown_key: Option<Duration>,
    /// When the last fetch failed, and why.
    failure: Option<(Duration, String)>,
}

impl KeySource {
    pub(super) fn new(fetch: Fetch, clock: Clock, cool_down: Duration, max_age: Duration) -> Arc<Self> {
        Arc::new(Self { fetch, clock, cool_down, max_age, current: RwLock::new(None), turn: Arc::default() })
    }

    /// The keys, fetched if there are none yet.
    pub(super) async fn current(self: &Arc<Self>) -> Result<Arc<Trusted>, Refusal> {
        if let Some(current) = self.read() {
            if self.is_over(current.fetched, self.max_age) {
                self.renew_in_background();
            }
            return Ok(current.trusted);
        }
        let turn = Arc::clone(&self.turn).lock_owned().await;
        if let Some(current) = self.read() {
            return Ok(current.trusted);
        }
        if let Some((at, why)) = turn.failure.clone()
            && !self.is_over(at, self.cool_down)
        {
            return Err(self.unavailable(at, why));
        }
        self.fetch(turn).await;
        if let Some(current) = self.read() {
            return Ok(current.trusted);
        }
        let failure = self.turn.lock().await.failure.clone();
        let (at, why) = failure.unwrap_or_else(|| (self.clock.now(), "the fetch was given up".to_owned()));
        Err(self.unavailable(at, why))
    }

    /// Newer keys than `known`, when there are any and the cool-down lets them be looked for.
    pub(super) async fn newer_than(self: &Arc<Self>, known: &Arc<Trusted>) -> Option<Arc<Trusted>> {
        let is_newer = |current: &Current| !Arc::ptr_eq(&current.trusted, known);
        let mut turn = Arc::clone(&self.turn).lock_owned().await;
        // Somebody else may have fetched them while this request waited for its turn.
        if let Some(current) = self.read().filter(is_newer) {
            return Some(current.trusted);
        }
        if turn.for_unknown_key.is_some_and(|at| !self.is_over(at, self.cool_down)) {
            return None;
        }
        turn.for_unknown_key = Some(self.clock.now());
        self.fetch(turn).await;
        self.read().filter(is_newer).map(|current| current.trusted)
    }

    fn renew_in_background(self: &Arc<Self>) {
        let Ok(turn) = Arc::clone(&self.turn).try_lock_owned() else {
            return;
        };
        let failed_lately = turn.failure.as_ref().is_some_and(|(at, _)| !self.is_over(*at, self.cool_down));
        if !failed_lately {
            drop(self.spawn_fetch(turn));
        }
    }

    async fn fetch(self: &Arc<Self>, turn: OwnedMutexGuard<Attempts>) {
        // Only a panic or the runtime's end can make this fail; then there simply are no new keys.
        let _ = self.spawn_fetch(turn).await;
    }

    /// Fetches in a task of its own: a request that goes away while it waits must not end the
    /// fetch, or a flood of such requests would keep new keys out for ever.
    fn spawn_fetch(self: &Arc<Self>, mut turn: OwnedMutexGuard<Attempts>) -> tokio::task::JoinHandle<()> {
        let source = Arc::clone(self);
        tokio::spawn(async move {
            match source.fetch.key_set().await {
                Ok(keys) => {
                    turn.failure = None;
                    source.replace(keys);
                }
                Err(error) => {
                    tracing::warn!("no new keys: {error}");
                    turn.failure = Some((source.clock.now(), error.to_string()));
                }
            }
        })
    }

    fn replace(&self, keys: KeySet) {
        for (id, why) in keys.set_aside() {
            tracing::debug!("key {:?} is not used: {why}", id.unwrap_or("without a kid"));
        }
        let fetched = self.clock.now();
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        match current.as_mut() {
            Some(same) if same.trusted.keys.same_as(&keys) => same.fetched = fetched,
            _ => {
                let trusted = Arc::new(Trusted { keys, remembered: Remembered::default() });
                *current = Some(Current { trusted, fetched });
            }
        }
    }

    fn read(&self) -> Option<Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether `span` has passed since `at`. A clock that was set back counts as passed.
    fn is_over(&self, at: Duration, span: Duration) -> bool {
        self.clock.now().checked_sub(at).is_none_or(|age| age >= span)
    }

    fn unavailable(&self, failed_at: Duration, why: String) -> Refusal {
        let waited = self.clock.now().saturating_sub(failed_at);
        let retry_after = self.cool_down.saturating_sub(waited).as_secs().max(1);
        Refusal::KeysUnavailable { why, retry_after }
    }
}

//! Tokens whose signature was found good, so that it is not checked again for the next request.
//!
//! Belongs to one key set and is gone with it. Bounded: of two generations the older is dropped
//! when the younger is full, so what is used stays.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::digest;

use super::claims::Principal;

/// Tokens in one generation.
const GENERATION: usize = 2048;

/// A token's SHA-256. The token itself is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TokenHash([u8; 32]);

impl TokenHash {
    pub(super) fn of(token: &[u8]) -> Self {
        let hash = digest::digest(&digest::SHA256, token);
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
        Self(bytes)
    }
}

/// The tokens found good with one key set.
#[derive(Default)]
pub(super) struct Remembered(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: Generation,
    old: Generation,
}

type Generation = HashMap<TokenHash, Arc<Principal>>;

impl Remembered {
    /// What is known of this token. The caller still has to look at the time.
    pub(super) fn get(&self, token: &TokenHash) -> Option<Arc<Principal>> {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = generations.young.get(token) {
            return Some(Arc::clone(found));
        }
        let found = generations.old.remove(token)?;
        let dropped = generations.insert(*token, Arc::clone(&found));
        drop(generations);
        drop(dropped);
        Some(found)
    }

    pub(super) fn insert(&self, token: TokenHash, principal: Arc<Principal>) {
        let dropped = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(token, principal);
        // Thousands of principals: nobody waits for them to be taken apart.
        drop(dropped);
    }

    pub(super) fn forget(&self, token: &TokenHash) {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        generations.young.remove(token);
        generations.old.remove(token);
    }
}

impl Generations {
    /// The generation that had to make room is given to the caller, to be dropped when the lock is free.
    fn insert(&mut self, token: TokenHash, principal: Arc<Principal>) -> Option<Generation> {
        let outdated = (self.young.len() >= GENERATION).then(|| {
            let full = mem::replace(&mut self.young, Generation::with_capacity(GENERATION));
            mem::replace(&mut self.old, full)
        });
        self.young.insert(token, principal);
        outdated
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test may stop at the first surprise")]

    use super::*;
    use crate::resource::Policy;

    fn principal() -> Arc<Principal> {
        match Principal::from_payload(br#"{ "iss": "i", "exp": 10 }"#.to_vec(), &Policy::new("i"), 0) {
            Ok(principal) => Arc::new(principal),
            Err(refusal) => panic!("{refusal}"),
        }
    }

    #[test]
    fn what_is_used_stays_and_the_rest_is_bounded() {
        let remembered = Remembered::default();
        let (principal, used) = (principal(), TokenHash::of(b"used"));
        remembered.insert(used, Arc::clone(&principal));
        for index in 0..10 * GENERATION {
            remembered.insert(TokenHash::of(&index.to_be_bytes()), Arc::clone(&principal));
            assert!(remembered.get(&used).is_some(), "forgotten after {index}");
        }
        let kept = Arc::strong_count(&principal) - 1;
        assert!((GENERATION..=2 * GENERATION).contains(&kept), "{kept} kept");
        assert!(remembered.get(&TokenHash::of(&0_usize.to_be_bytes())).is_none());
    }

    #[test]
    fn what_is_forgotten_is_gone() {
        let remembered = Remembered::default();
        let hash = TokenHash::of(b"token");
        remembered.insert(hash, principal());
        remembered.forget(&hash);
        assert!(remembered.get(&hash).is_none());
    }
}

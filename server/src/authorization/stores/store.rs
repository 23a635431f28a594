//! A store that forgets by the clock and never grows beyond a bound.
//!
//! What is looked up is a secret that somebody sends: only its digest is kept, so the time a look-up takes tells nothing of
//! it, and neither does the memory.

use std::collections::HashMap;

use aws_lc_rs::digest;

/// The digest of what an entry is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::authorization) struct Key([u8; 32]);

impl Key {
    pub(in crate::authorization) fn of(secret: &str) -> Self {
        let mut key = [0; 32];
        key.iter_mut()
            .zip(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref())
            .for_each(|(to, from)| *to = *from);
        Self(key)
    }
}

/// How often ended entries are looked for, in seconds.
const BETWEEN_SWEEPS: u64 = 60;

/// Values by the digest of a secret, each until its time.
pub(in crate::authorization) struct Store<V> {
    most: usize,
    entries: HashMap<Key, Entry<V>>,
    next_sweep: u64,
    put_so_far: u64,
}

struct Entry<V> {
    /// Of two that end together the older goes first.
    number: u64,
    /// Seconds since 1970.
    ends: u64,
    value: V,
}

impl<V> Store<V> {
    /// A store of at most `most` entries.
    pub(in crate::authorization) fn new(most: usize) -> Self {
        Self { most, entries: HashMap::new(), next_sweep: 0, put_so_far: 0 }
    }

    /// Keeps `value` until `ends`. When the store is full, what would have ended first goes.
    pub(in crate::authorization) fn put(&mut self, key: Key, value: V, ends: u64, now: u64) {
        if now >= self.next_sweep || self.entries.len() >= self.most {
            self.entries.retain(|_, entry| entry.ends > now);
            self.next_sweep = now + BETWEEN_SWEEPS;
        }
        if self.entries.len() >= self.most && !self.entries.contains_key(&key) {
            let first = self.entries.iter().min_by_key(|(_, entry)| (entry.ends, entry.number)).map(|(key, _)| *key);
            first.and_then(|key| self.entries.remove(&key));
        }
        self.put_so_far += 1;
        self.entries.insert(key, Entry { number: self.put_so_far, ends, value });
    }

    pub(in crate::authorization) fn get(&mut self, key: Key, now: u64) -> Option<&mut V> {
        self.entries.get_mut(&key).filter(|entry| entry.ends > now).map(|entry| &mut entry.value)
    }

    pub(in crate::authorization) fn remove(&mut self, key: Key) -> Option<V> {
        self.entries.remove(&key).map(|entry| entry.value)
    }

    /// Lets an entry live until another time.
    pub(in crate::authorization) fn keep_until(&mut self, key: Key, ends: u64) {
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.ends = ends;
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_end_by_the_clock() {
        let mut store = Store::new(10);
        store.put(Key::of("a"), 1, 100, 0);
        assert_eq!(store.get(Key::of("a"), 99), Some(&mut 1));
        assert_eq!(store.get(Key::of("a"), 100), None);
        assert_eq!(store.get(Key::of("b"), 0), None);
        store.keep_until(Key::of("a"), 200);
        assert_eq!(store.get(Key::of("a"), 199), Some(&mut 1));
        store.put(Key::of("c"), 3, 500, 200);
        assert_eq!(store.len(), 1, "what has ended is gone, not only hidden");
    }

    #[test]
    fn a_full_store_gives_up_what_ends_first() {
        let mut store = Store::new(3);
        for (name, ends) in [("a", 300), ("b", 100), ("c", 200), ("d", 400)] {
            store.put(Key::of(name), name, ends, 0);
        }
        assert_eq!(store.len(), 3);
        assert_eq!(store.get(Key::of("b"), 0), None);
        store.put(Key::of("a"), "again", 300, 0);
        assert_eq!((store.len(), store.get(Key::of("c"), 0)), (3, Some(&mut "c")), "replacing needs no room");
    }
}

//! A brake on guessing: after a number of tries in a row that were all wrong, one more only after a pause.

use std::net::IpAddr;

use super::{Key, Store};

/// For this many seconds without a try, wrong ones are remembered.
const REMEMBERED: u64 = 900;
/// Whoever guesses under so many names pushes out the counts of others; guessing many names is braked by address.
const MOST_COUNTS: usize = 10_000;

/// Counts of tries, by whom or from where they come.
pub(in crate::authorization) struct Brake {
    /// So many tries are free.
    free: u32,
    /// Seconds between those that follow.
    pause: u64,
    counts: Store<Count>,
}

struct Count {
    tries: u32,
    last: u64,
}

impl Brake {
    pub(in crate::authorization) fn new(free: u32, pause: u64) -> Self {
        Self { free, pause, counts: Store::new(MOST_COUNTS) }
    }

    /// Counts a try before its outcome is known, so that many at once are no way around; false when it must wait.
    pub(in crate::authorization) fn try_now(&mut self, who: &str, now: u64) -> bool {
        let key = Key::of(who);
        let Some(count) = self.counts.get(key, now) else {
            self.counts.put(key, Count { tries: 1, last: now }, now + REMEMBERED, now);
            return true;
        };
        if count.tries >= self.free && now < count.last + self.pause {
            return false;
        }
        count.tries += 1;
        count.last = now;
        self.counts.keep_until(key, now + REMEMBERED);
        true
    }

    /// The try was right: all before it are forgotten.
    pub(in crate::authorization) fn forget(&mut self, who: &str) {
        self.counts.remove(Key::of(who));
    }

    /// The try was right and counts no longer, but those before it do: who has one right guess may make as many as he
    /// likes of them.
    pub(in crate::authorization) fn uncount(&mut self, who: &str, now: u64) {
        if let Some(count) = self.counts.get(Key::of(who), now) {
            count.tries = count.tries.saturating_sub(1);
        }
    }
}

/// Where a try comes from. Of an IPv6 address the network counts: whoever has one address of it has all of them (RFC 6177).
pub(in crate::authorization) fn network(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}/64")
        }
        Some(address) => address.to_string(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_count_together() {
        let network = |text: &str| network(text.parse().ok());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.2"), network("192.0.2.1"));
    }

    #[test]
    fn after_some_wrong_tries_each_further_one_waits() {
        let mut brake = Brake::new(3, 60);
        assert_eq!([(); 5].map(|()| brake.try_now("alice", 1000)), [true, true, true, false, false]);
        assert!(brake.try_now("bob", 1000));
        assert!(!brake.try_now("alice", 1059));
        assert!(brake.try_now("alice", 1060));
        assert!(!brake.try_now("alice", 1061), "one more, not three");
        brake.forget("alice");
        assert!(brake.try_now("alice", 1061));
        for _ in 0..10 {
            assert!(brake.try_now("carol", 1000));
            brake.uncount("carol", 1000);
        }
        assert!(brake.try_now("bob", 1000 + REMEMBERED));
    }
}

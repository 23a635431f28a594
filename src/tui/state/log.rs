//! What happened, in words: the bottom line shows the last of it for a while, the messages popup all of it.
//!
//! Values only.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// More entries than this are not kept.
const LONGEST: usize = 200;
/// How long an entry stands on the bottom line.
const SHOWN: SignedDuration = SignedDuration::from_secs(8);

/// How much an entry matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something was done as asked.
    Done,
    /// Something is not as it should be.
    Warning,
    /// Something failed.
    Error,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// How much it matters.
    pub level: Level,
    /// What happened, one line. May hold foreign text: drawing makes it safe.
    pub text: String,
    /// What to do about it, a line each.
    pub advice: Vec<String>,
}

/// The entries, the newest last.
#[derive(Clone, Debug, Default)]
pub struct Log {
    entries: VecDeque<Entry>,
    /// How many of the newest came since the bottom line was last cleared.
    fresh: usize,
}

impl Log {
    /// Adds an entry.
    pub fn say(&mut self, at: Timestamp, level: Level, text: impl Into<String>) {
        self.add(Entry { at, level, text: text.into(), advice: Vec::new() });
    }

    /// Adds an entry with advice.
    pub fn add(&mut self, entry: Entry) {
        if self.entries.len() == LONGEST {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
        self.fresh = LONGEST.min(self.fresh + 1);
    }

    /// All entries, the oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }

    /// The entry that the bottom line shows now: the newest, except that what is merely good to know covers nothing that
    /// went wrong.
    pub fn current(&self, now: Timestamp) -> Option<&Entry> {
        let mut fresh = self.entries.iter().rev().take(self.fresh).filter(|entry| now < Self::end(entry));
        let newest = fresh.next()?;
        let wrong = |entry: &&Entry| matches!(entry.level, Level::Warning | Level::Error);
        let covered = (newest.level == Level::Info).then(|| fresh.find(wrong)).flatten();
        Some(covered.unwrap_or(newest))
    }

    /// When the bottom line loses its entry.
    pub fn current_ends(&self, now: Timestamp) -> Option<Timestamp> {
        self.current(now).map(Self::end)
    }

    /// Takes the entry off the bottom line; it stays in the log.
    pub fn dismiss(&mut self) {
        self.fresh = 0;
    }

    fn end(entry: &Entry) -> Timestamp {
        entry.at.checked_add(SHOWN).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(second)
    }

    fn said(log: &Log, second: i64) -> Option<&str> {
        log.current(at(second)).map(|entry| entry.text.as_str())
    }

    #[test]
    fn the_bottom_line_shows_the_newest_but_nothing_minor_over_what_went_wrong() {
        let mut log = Log::default();
        let say = |log: &mut Log, second, level, text: &str| log.say(at(second), level, text);
        say(&mut log, 0, Level::Warning, "a key is wrong");
        say(&mut log, 1, Level::Info, "the server runs");
        assert_eq!(said(&log, 2), Some("a key is wrong"));
        assert_eq!(said(&log, 8), Some("the server runs"), "each for its own time");
        assert_eq!(said(&log, 9), None);
        say(&mut log, 10, Level::Error, "refused");
        say(&mut log, 11, Level::Done, "fetched");
        assert_eq!(said(&log, 11), Some("fetched"));
        log.dismiss();
        assert_eq!(said(&log, 11), None);
        say(&mut log, 12, Level::Info, "cancelled");
        assert_eq!(said(&log, 12), Some("cancelled"), "what was taken off does not come back");
    }
}

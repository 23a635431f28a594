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
    dismissed: bool,
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
        self.dismissed = false;
    }

    /// All entries, the oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }

    /// The entry that the bottom line shows now.
    pub fn current(&self, now: Timestamp) -> Option<&Entry> {
        self.entries.back().filter(|entry| !self.dismissed && now < Self::end(entry))
    }

    /// When the bottom line loses its entry.
    pub fn current_ends(&self, now: Timestamp) -> Option<Timestamp> {
        self.current(now).map(Self::end)
    }

    /// Takes the entry off the bottom line; it stays in the log.
    pub fn dismiss(&mut self) {
        self.dismissed = true;
    }

    fn end(entry: &Entry) -> Timestamp {
        entry.at.checked_add(SHOWN).unwrap_or(Timestamp::MAX)
    }
}

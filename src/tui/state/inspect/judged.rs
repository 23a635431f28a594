//! Whether to believe a token: the verdict, what it rests on, and how it changes while time goes on.
//!
//! Pure: the time is handed in.

use std::sync::Arc;

use jiff::Timestamp;

use crate::jwt::{CheckName, Finding, KeySet, KeySource, Outcome, Policy, Token, Verdict, verify};

/// A verdict and what it rests on.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Every check.
    pub verdict: Verdict,
    /// Where the keys came from.
    pub keys: KeysAt,
    /// What the claims were held against.
    pub policy: Policy,
    /// The second the claims were judged at.
    at: i64,
}

/// Where the keys of a verdict came from.
#[derive(Clone, Debug, Default)]
pub enum KeysAt {
    /// None was named.
    #[default]
    Nowhere,
    /// Fetched from this address.
    Fetched {
        /// The address, or whose keys they are.
        from: String,
        /// When.
        at: Timestamp,
    },
    /// Given here: a file, a variable, a paste.
    Here(String),
    /// They could not be had, and why.
    Unreachable(String),
}

/// What came of holding a token against keys.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Every check.
    pub verdict: Verdict,
    /// Where the keys came from.
    pub keys: KeysAt,
    /// All the keys there, when they are known.
    pub set: Option<Arc<KeySet>>,
    /// What the claims were held against.
    pub policy: Policy,
    /// What was found about the keys.
    pub findings: Vec<Finding>,
}

impl Judged {
    /// Without any key: the claims alone.
    pub fn unchecked(token: &Token, now: Timestamp) -> Self {
        let policy = Policy::default();
        let verdict = verify(token, KeySource::None, &policy, now);
        Self { verdict, keys: KeysAt::Nowhere, policy, at: now.as_second() }
    }

    /// With what was found elsewhere.
    pub fn of(verdict: Verdict, keys: KeysAt, policy: Policy, now: Timestamp) -> Self {
        Self { verdict, keys, policy, at: now.as_second() }
    }

    /// Judges the claims anew when a second has passed; what was found about key and signature stays.
    pub fn refresh(&mut self, token: &Token, now: Timestamp) {
        if self.at == now.as_second() {
            return;
        }
        self.at = now.as_second();
        let was_judged = self.verdict.valid.is_some();
        let mut fresh = verify(token, KeySource::None, &self.policy, now);
        let signed = [CheckName::Key, CheckName::Signature, CheckName::Alg];
        for check in &mut fresh.checks {
            if let Some(kept) = self.verdict.checks.iter().find(|kept| kept.name == check.name)
                && signed.contains(&check.name)
            {
                check.clone_from(kept);
            }
        }
        let failed = |check: &crate::jwt::Check| check.outcome == Outcome::Fail;
        let unsigned = fresh.checks.iter().any(|check| signed.contains(&check.name) && failed(check));
        let fails = fresh.checks.iter().any(failed);
        let comes_out = |name: CheckName, outcome: Outcome| {
            fresh.checks.iter().any(|check| check.name == name && check.outcome == outcome)
        };
        // Held against some keys in vain: it may be of another, so that only another check decides.
        let in_part = comes_out(CheckName::Key, Outcome::Pass) && comes_out(CheckName::Signature, Outcome::Skipped);
        self.verdict.valid = if in_part { fails.then_some(false) } else { was_judged.then_some(!fails) };
        self.verdict.changes_at = fresh.changes_at.filter(|_| !unsigned);
        self.verdict.checks = fresh.checks;
    }
}

//! What is known of a token's truth, in three words for three things: VERIFIED, NOT CHECKED, FAILED. And DECODED only,
//! where nothing was checked.

use jiff::Timestamp;

use super::words::age;
use crate::engine::{HeldToken, Which};
use crate::jwt::times::in_words;
use crate::jwt::{Check, CheckName, Kind, Outcome};
use crate::oauth::IdCheck;
use crate::tui::text::Strip;
use crate::tui::theme::Role;

/// Failed checks that have a line of their own.
const MOST_FAILED: usize = 2;

/// The lines of the verdict, each within so many columns: what failed first, then what holds, and on the right what was
/// not checked.
pub(super) fn lines(empty: &Strip, held: &HeldToken, now: Timestamp, columns: usize) -> Vec<Strip> {
    if held.which == Which::Refresh {
        let line = empty.clone().text(Role::Warn, "NOT CHECKED");
        return vec![line.text(Role::Text, ": only the provider that gave it can say what it is worth")];
    }
    match held.token.kind() {
        Kind::Jws(_) => {}
        kind => return vec![unreadable(empty, kind)],
    }
    let facts = Facts::of(held, now);
    let mut lines = Vec::new();
    for (nth, failed) in facts.failed.iter().enumerate().take(MOST_FAILED) {
        let more = facts.failed.len().saturating_sub(MOST_FAILED);
        let line = empty.clone().text(Role::Bad, "FAILED ").text(Role::Text, failed);
        let note = format!("   and {more} more");
        let last = more > 0 && nth + 1 == MOST_FAILED;
        let line = line.cut(columns.saturating_sub(if last { note.len() } else { 0 }));
        lines.push(if last { line.text(Role::Bad, note) } else { line });
    }
    let unchecked = facts.unchecked(empty);
    let fits = |line: &Strip| line.width() + 2 + unchecked.width() <= columns;
    let [full, short] = [true, false].map(|full| facts.holds(empty, held, now, full));
    let holds = if fits(&full) { full } else { short };
    if holds.width() == 0 {
        lines.extend((unchecked.width() > 0).then(|| unchecked.cut(columns)));
    } else if unchecked.width() == 0 || fits(&holds) {
        lines.push(holds.cut(columns).flush_right(unchecked, columns));
    } else {
        lines.push(holds.cut(columns));
        lines.push(unchecked.cut(columns));
    }
    lines
}

fn unreadable(empty: &Strip, kind: &Kind) -> Strip {
    let (decoded, why) = match kind {
        Kind::Jwe => ("HEADER DECODED only", "encrypted: only the API it is for can read it"),
        _ => ("OPAQUE", "only the provider can say what it means"),
    };
    empty.clone().text(Role::Warn, decoded).gap(3).text(Role::Warn, "NOT CHECKED").text(Role::Text, format!(": {why}"))
}

/// A verdict sorted by what is said of it.
struct Facts {
    /// Whether the signature holds.
    signed: bool,
    /// What holds besides.
    holds: Vec<&'static str>,
    failed: Vec<String>,
    unchecked: Vec<String>,
}

impl Facts {
    fn of(held: &HeldToken, now: Timestamp) -> Self {
        let mut facts = Self { signed: false, holds: Vec::new(), failed: Vec::new(), unchecked: Vec::new() };
        for check in &held.verdict.checks {
            facts.add(check);
        }
        if let Some(id) = held.id_token.as_ref().filter(|_| held.which == Which::Id) {
            for check in &id.also {
                facts.add_own(check);
            }
        }
        facts.holds.sort_by_key(|name| {
            ["issuer", "time", "audience", "nonce", "at_hash"].iter().position(|known| known == name)
        });
        // The verdict is as old as the token; time has gone on since.
        if let Some(end) = held.token.expires_at().filter(|end| *end <= now) {
            facts.holds.retain(|held| *held != "time");
            facts.failed.retain(|failed| !failed.starts_with("time:"));
            facts.failed.insert(0, format!("time: ended {}", in_words(now, end)));
        }
        facts
    }

    /// A check that only ID tokens have.
    fn add_own(&mut self, check: &IdCheck) {
        // These two go without saying unless they fail.
        let quiet = matches!(check.check, "azp" | "sub");
        match check.outcome {
            Outcome::Fail => self.failed.push(format!("{}: {}", check.check, check.detail)),
            _ if quiet => {}
            Outcome::Pass => self.holds.push(check.check),
            Outcome::Skipped => self.unchecked.push(check.check.to_owned()),
        }
    }

    fn add(&mut self, check: &Check) {
        let Some(name) = name(check.name) else {
            if check.outcome == Outcome::Fail {
                self.failed.push(format!("{}: {}", check.name, check.detail));
            }
            return;
        };
        match check.outcome {
            Outcome::Pass if name == "signature" => self.signed = true,
            Outcome::Pass if self.holds.contains(&name) => {}
            Outcome::Pass => self.holds.push(name),
            Outcome::Fail => self.failed.push(format!("{name}: {}", check.detail)),
            // Tokens need not say when they begin or were issued.
            Outcome::Skipped if name == "time" => {}
            Outcome::Skipped if name == "signature" => {
                let why = check.detail.strip_prefix("not checked: ").unwrap_or(&check.detail);
                self.unchecked.insert(0, format!("signature: {why}"));
            }
            Outcome::Skipped => self.unchecked.push(name.to_owned()),
        }
    }

    /// `VERIFIED signature (key 7Qx2, keys 12 s old), issuer, time`; without a signature nothing is verified.
    fn holds(&self, empty: &Strip, held: &HeldToken, now: Timestamp, full: bool) -> Strip {
        if !self.signed && !self.failed.is_empty() {
            return empty.clone();
        }
        if !self.signed {
            let decoded = empty.clone().text(Role::Warn, "DECODED only");
            return match self.holds.as_slice() {
                [] => decoded,
                some if full => decoded.text(Role::Text, format!("; {} as expected", some.join(", "))),
                _ => decoded,
            };
        }
        let mut words = String::from("signature");
        let key = held.verdict.key.as_ref().and_then(|key| key.kid.as_deref());
        let keys = held.keys_fetched.map(|at| format!("keys {} old", age(at, now)));
        match (key.map(short), keys.filter(|_| full)) {
            (Some(key), Some(keys)) => words = format!("signature (key {key}, {keys})"),
            (Some(key), None) => words = format!("signature (key {key})"),
            (None, Some(keys)) => words = format!("signature ({keys})"),
            (None, None) => {}
        }
        for name in &self.holds {
            words.push_str(", ");
            words.push_str(name);
        }
        empty.clone().text(Role::Good, "VERIFIED ").text(Role::Text, words)
    }

    fn unchecked(&self, empty: &Strip) -> Strip {
        if self.unchecked.is_empty() {
            return empty.clone();
        }
        empty.clone().text(Role::Warn, "NOT CHECKED ").text(Role::Text, self.unchecked.join("; "))
    }
}

/// What people call the check; none for those that go without saying unless they fail.
fn name(check: CheckName) -> Option<&'static str> {
    match check {
        CheckName::Signature => Some("signature"),
        CheckName::Iss => Some("issuer"),
        CheckName::Exp | CheckName::Nbf | CheckName::Iat => Some("time"),
        CheckName::Aud => Some("audience"),
        CheckName::Key | CheckName::Alg | CheckName::Typ | CheckName::Crit => None,
    }
}

/// A key's name, as much as tells it from others.
fn short(kid: &str) -> String {
    if kid.chars().count() <= 8 { kid.to_owned() } else { kid.chars().take(4).collect() }
}

//! The keys that the token was held against: each with what it is, and whether it can be used.
//!
//! Pure.

use super::{Row, origin, provider};
use crate::jwt::{Key, SkippedKey};
use crate::tui::action::Action;
use crate::tui::rows::Tone;
use crate::tui::state::{Inspect, KeysAt, State, Subject};

/// More keys than this are counted, not shown.
const MOST: usize = 500;

/// kid, kty, alg, use, size, thumbprint, and whether it is the one, or why it cannot be used.
pub(super) fn rows(state: &State, subject: Option<&Subject>) -> Vec<Row> {
    if let Some(page) = &state.inspect.page {
        return provider::keys(state, subject, page);
    }
    let Some(set) = &state.inspect.set else {
        let (choose, show) = (state.key(Action::VerifyWith), state.key(Action::AboutProvider));
        let fetched = subject.map(|subject| &subject.judged.keys).filter(|keys| matches!(keys, KeysAt::Fetched { .. }));
        let words = match fetched {
            Some(keys) => format!("It was held against {}: {show} shows them.", origin(keys, state.now)),
            None => format!("No keys are at hand: {choose} chooses where they come from."),
        };
        return vec![Row::text(words).tone(Tone::Quiet)];
    };
    let mut rows = vec![heading()];
    let used = subject.and_then(|subject| subject.judged.verdict.key.as_ref());
    let kid = subject.and_then(|subject| subject.token.kid());
    rows.extend(set.keys.iter().take(MOST).map(|key| {
        let is_it = used.is_some_and(|used| used.thumbprint == key.thumbprint && used.kid == key.kid);
        usable(key, is_it, kid.is_some() && key.kid.as_deref() == kid)
    }));
    rows.extend(set.skipped.iter().take(MOST.saturating_sub(set.keys.len())).map(unusable));
    if set.len() > MOST {
        rows.push(Row::text(format!("… and {} more", set.len() - MOST)).tone(Tone::Quiet));
    }
    rows
}

/// What stands above the keys.
pub(super) fn heading() -> Row {
    Row::new(["kid", "type", "alg", "use", "size", "state", "thumbprint (RFC 7638), remarks"]).tone(Tone::Heading)
}

/// The key of this row.
pub fn key_at(inspect: &Inspect, line: usize) -> Option<&Key> {
    let place = line.checked_sub(1)?;
    if let Some(page) = &inspect.page {
        return page.keys.as_ref().ok()?.rows.get(place)?.key.as_ref();
    }
    inspect.set.as_ref()?.keys.iter().take(MOST).nth(place)
}

fn or_none(text: Option<&String>) -> String {
    text.cloned().unwrap_or_else(|| "–".to_owned())
}

fn usable(key: &Key, is_it: bool, named: bool) -> Row {
    let (words, tone) = match (is_it, named) {
        (true, _) => ("● this one", Tone::Good),
        (false, true) => ("○ named", Tone::Warning),
        (false, false) => ("usable", Tone::Plain),
    };
    let size = format!("{} bits", key.size_bits);
    let print = key.thumbprint.clone().unwrap_or_else(|| "a secret's is not shown".to_owned());
    let [kid, alg, use_] = [&key.kid, &key.alg, &key.use_].map(|text| or_none(text.as_ref()));
    Row::new([kid, key.kty.to_string(), alg, use_, size, words.to_owned(), print]).tone(tone)
}

fn unusable(key: &SkippedKey) -> Row {
    let [kid, kty, alg, use_] = [&key.kid, &key.kty, &key.alg, &key.use_].map(|text| or_none(text.as_ref()));
    Row::new([kid, kty, alg, use_, String::new(), "✖ left out".to_owned(), key.reason.clone()]).tone(Tone::Bad)
}

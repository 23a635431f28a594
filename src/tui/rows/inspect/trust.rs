//! Whether to believe the token: checks, findings, keys, the issuer's own words.
//!
//! Pure.

use jiff::Timestamp;

use super::{Row, keys, provider};
use crate::jwt::times::span_in_words;
use crate::jwt::{CheckName, Kind, Outcome, Severity};
use crate::tui::action::Action;
use crate::tui::rows::Tone;
use crate::tui::state::{Judged, KeysAt, State, Subject, TrustTab};

pub(super) fn rows(state: &State, subject: &Subject) -> Vec<Row> {
    match state.inspect.trust_tab {
        TrustTab::Verdict => checks(subject),
        TrustTab::Findings => findings(subject),
        TrustTab::Keys => keys::rows(state, Some(subject)),
        TrustTab::Provider => provider::rows(state),
    }
}

pub(super) fn rows_without_token(state: &State) -> Vec<Row> {
    match state.inspect.trust_tab {
        TrustTab::Keys => keys::rows(state, None),
        TrustTab::Provider => provider::rows(state),
        TrustTab::Verdict | TrustTab::Findings => {
            vec![Row::text("There is no token here: only its provider is looked at.").tone(Tone::Quiet)]
        }
    }
}

/// Outcome, check, detail.
fn checks(subject: &Subject) -> Vec<Row> {
    match subject.token.kind() {
        Kind::Jws(_) => {}
        Kind::Jwe => {
            return vec![
                Row::text("There is nothing to check: a JWE is not signed, it is encrypted.").tone(Tone::Quiet),
            ];
        }
        Kind::Opaque => return vec![Row::text("There is nothing to check: it is no JWT.").tone(Tone::Quiet)],
    }
    let row = |check: &crate::jwt::Check| {
        let (symbol, tone) = match check.outcome {
            Outcome::Pass => ("✔ pass", Tone::Good),
            Outcome::Fail => ("✖ FAIL", Tone::Bad),
            Outcome::Skipped => ("○ skipped", Tone::Plain),
        };
        Row::new([symbol.to_owned(), check.name.to_string(), check.detail.clone()]).tone(tone)
    };
    subject.judged.verdict.checks.iter().map(row).collect()
}

/// Severity and finding; below each what to do about it, its rule and where that is written.
fn findings(subject: &Subject) -> Vec<Row> {
    if subject.findings.is_empty() {
        let words = match subject.token.kind() {
            Kind::Jws(_) => "Nothing was found.",
            _ => "There is nothing to look at: it is no signed token.",
        };
        return vec![Row::text(words).tone(Tone::Quiet)];
    }
    let rows = |finding: &crate::jwt::Finding| {
        let (symbol, tone) = match finding.severity {
            Severity::Error => ("✖ error", Tone::Bad),
            Severity::Warning => ("! warning", Tone::Warning),
            Severity::Info => ("· info", Tone::Plain),
        };
        [
            Row::new([symbol, &finding.message]).tone(tone),
            Row::new([String::new(), format!("→ {} ({}, {})", finding.remedy, finding.id, finding.reference)])
                .tone(Tone::Quiet),
        ]
    };
    subject.findings.iter().flat_map(rows).collect()
}

/// Where the keys came from, and how old they are.
pub fn origin(keys: &KeysAt, now: Timestamp) -> String {
    match keys {
        KeysAt::Nowhere => "none was named".to_owned(),
        KeysAt::Here(place) => place.clone(),
        KeysAt::Unreachable(why) => format!("not to be had: {why}"),
        KeysAt::Fetched { from, at } => {
            let age = u64::try_from(now.duration_since(*at).as_secs()).unwrap_or(0);
            format!("{from}, fetched {} ago", span_in_words(age))
        }
    }
}

/// Checks that fail already without a key.
fn failing(judged: &Judged) -> String {
    let checks = judged.verdict.checks.iter().filter(|check| check.outcome == Outcome::Fail);
    let names: Vec<String> = checks.map(|check| check.name.to_string()).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!("; {one} fails already"),
        several => format!("; {} fail already", several.join(", ")),
    }
}

/// Why there are keys and no verdict: the key cannot be used, or the signature was held against some of them in vain.
fn why_not_checked(judged: &Judged) -> String {
    let skipped = |name: CheckName| {
        judged.verdict.checks.iter().find(|check| check.name == name && check.outcome == Outcome::Skipped)
    };
    let check = skipped(CheckName::Key).or_else(|| skipped(CheckName::Signature));
    check.map_or_else(|| "the signature was not checked".to_owned(), |check| check.detail.clone())
}

/// What the verdict comes to: a word, how it is meant, and what to know beside it.
pub fn headline(state: &State, subject: &Subject) -> (&'static str, Tone, String) {
    let judged = &subject.judged;
    let key = state.key(Action::VerifyWith);
    match (subject.token.kind(), judged.verdict.valid) {
        (Kind::Jwe, _) => ("NOT CHECKED", Tone::Warning, "encrypted: only whom it is for can check it".to_owned()),
        (Kind::Opaque, _) => ("NOT CHECKED", Tone::Warning, "opaque: only its issuer can say".to_owned()),
        (_, Some(true)) => ("VALID", Tone::Good, String::new()),
        (_, Some(false)) => ("NOT VALID", Tone::Bad, String::new()),
        (_, None) => match &judged.keys {
            KeysAt::Unreachable(why) => ("NOT CHECKED", Tone::Warning, format!("no keys: {why}")),
            KeysAt::Here(_) | KeysAt::Fetched { .. } => ("NOT CHECKED", Tone::Warning, why_not_checked(judged)),
            KeysAt::Nowhere => {
                ("NOT CHECKED", Tone::Warning, format!("no key was named: {key} chooses one{}", failing(judged)))
            }
        },
    }
}

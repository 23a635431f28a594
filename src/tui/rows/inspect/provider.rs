//! What an issuer says of itself: endpoints, what it offers, and what is odd about the document; and its keys, with their
//! certificates.
//!
//! Pure.

use super::Row;
use crate::engine::ProviderPage;
use crate::jwt::times::in_words;
use crate::jwt::{KeyRow, Severity};
use crate::tui::action::Action;
use crate::tui::rows::{Tone, time};
use crate::tui::state::{State, Subject};

/// More keys than this are counted, not shown.
const MOST: usize = 500;

/// Name and value: endpoints, lists, remarks.
pub(super) fn rows(state: &State) -> Vec<Row> {
    let Some(page) = &state.inspect.page else {
        let key = state.key(Action::AboutProvider);
        if let Some(why) = &state.inspect.no_page {
            return vec![Row::text(why.as_str()).tone(Tone::Bad), Row::text(format!("{key} asks once more."))];
        }
        let words = format!("Nothing was asked of its issuer yet: {key} gets its discovery document and its keys.");
        return vec![Row::text(words).tone(Tone::Quiet)];
    };
    let mut rows = vec![Row::new(["issuer".to_owned(), page.asked.to_string()])];
    rows.push(Row::new(["document".to_owned(), page.exchange.request.url.clone()]));
    rows.push(Row::new(["fetched".to_owned(), time(page.exchange.started, state.now, &state.zone)]));
    rows.extend(page.findings.iter().flat_map(finding));
    rows.push(Row::text("addresses").tone(Tone::Heading));
    rows.extend(addresses(page));
    rows.push(Row::text("what it offers").tone(Tone::Heading));
    rows.extend(page.offers.iter().map(|offer| match &offer.values {
        Some(values) if values.is_empty() => Row::new([offer.of, "none"]),
        Some(values) => Row::new([offer.of.to_owned(), values.join("  ")]),
        None => Row::new([offer.of, "it does not say"]).tone(Tone::Quiet),
    }));
    rows
}

fn finding(finding: &crate::oauth::DocumentFinding) -> Vec<Row> {
    let (symbol, tone) = match finding.severity {
        Severity::Error => ("✖ error", Tone::Bad),
        Severity::Warning => ("! warning", Tone::Warning),
        Severity::Info => ("· info", Tone::Plain),
    };
    let words = format!("{} {} ({})", finding.message, finding.remedy, finding.reference);
    vec![Row::new([symbol.to_owned(), words]).tone(tone)]
}

fn addresses(page: &ProviderPage) -> impl Iterator<Item = Row> + '_ {
    let members = page.metadata.document.iter();
    let addresses = members.filter(|(name, _)| name.ends_with("_endpoint") || name.ends_with("_uri"));
    addresses.filter_map(|(name, value)| {
        let name = name.trim_end_matches("_endpoint").replace('_', " ");
        Some(Row::new([name, value.as_str()?.to_owned()]))
    })
}

/// kid, type, alg, use, size, whether it is the one or why it cannot be used, certificate, thumbprint.
pub(super) fn keys(state: &State, subject: Option<&Subject>, page: &ProviderPage) -> Vec<Row> {
    let published = match &page.keys {
        Ok(published) => published,
        Err(failure) => return vec![Row::text(format!("Its keys could not be had: {failure}")).tone(Tone::Bad)],
    };
    let mut rows = vec![super::keys::heading()];
    rows.extend(published.rows.iter().take(MOST).map(|key| row(state, subject, key)));
    if published.rows.len() > MOST {
        rows.push(Row::text(format!("… and {} more", published.rows.len() - MOST)).tone(Tone::Quiet));
    }
    rows
}

fn row(state: &State, subject: Option<&Subject>, key: &KeyRow) -> Row {
    let named = key.kid.is_some() && key.kid.as_deref() == subject.and_then(|subject| subject.token.kid());
    let used = subject.and_then(|subject| subject.judged.verdict.key.as_ref());
    let used = used.is_some_and(|used| used.thumbprint == key.thumbprint);
    let (words, tone) = match (&key.unusable, used, named) {
        (Some(_), ..) => ("✖ left out", Tone::Bad),
        (None, true, _) => ("● this one", Tone::Good),
        (None, false, true) => ("○ named", Tone::Warning),
        (None, false, false) => ("usable", Tone::Plain),
    };
    let mut more: Vec<String> = key.unusable.iter().chain(&key.remarks).cloned().collect();
    more.extend(key.thumbprint.clone());
    more.extend(key.certificate.as_ref().and_then(|certificate| certificate.ends).map(|end| {
        let ends = if end > state.now { "ends" } else { "ended" };
        format!("certificate {ends} {}", in_words(state.now, end))
    }));
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let kind = [&key.kty, &key.crv].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let size = key.size_bits.map_or_else(String::new, |bits| format!("{bits} bits"));
    let cells =
        [or_none(&key.kid), kind, or_none(&key.alg), or_none(&key.use_), size, words.to_owned(), more.join(" · ")];
    Row::new(cells).tone(tone)
}

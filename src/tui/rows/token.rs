//! The rows of the token pane, tab by tab.
//!
//! Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Row, Tone, exchange, roles};
use crate::audit::scope_fate;
use crate::engine::{Failure, HeldToken, Which};
use crate::exchange::Secret;
use crate::jwt::times::{NumericDate, in_words, is_time_claim};
use crate::jwt::{Kind, is_plain_note, meaning_of_claim, meaning_of_header, note_on_claim};
use crate::oauth::ScopeSet;
use crate::tui::action::Action;
use crate::tui::state::{State, TokenTab};

/// The rows of the tab that is open.
pub(super) fn rows(state: &State) -> Vec<Row> {
    let Some(view) = state.view() else { return Vec::new() };
    if state.token_tab == TokenTab::Exchange {
        return state.token_exchange().map_or_else(Vec::new, |call| exchange(call, None, state.is_revealed()));
    }
    if let (Some(failed), None) = (&view.token.failed, &view.token.held) {
        return failure(&failed.failure);
    }
    let Some(held) = state.shown_token() else { return Vec::new() };
    match state.token_tab {
        TokenTab::Claims => claims(&held, state),
        TokenTab::Scopes => scopes(&held, state),
        TokenTab::Roles => roles::rows(&held.token),
        TokenTab::Header => header(&held),
        TokenTab::Raw => raw(&held, state),
        TokenTab::Exchange => Vec::new(),
    }
}

/// What went wrong, word for word, and under it what to do.
pub fn failure(failure: &Failure) -> Vec<Row> {
    let mut rows = vec![Row::text(failure.to_string()).tone(Tone::Bad)];
    rows.push(Row::text(""));
    let advice = failure.advice().into_iter().enumerate();
    rows.extend(advice.map(|(at, line)| Row::new([if at == 0 { "do" } else { "" }.to_owned(), line])));
    rows
}

/// The token itself, of whichever kind it is.
pub fn text_of(held: &HeldToken) -> Option<&Secret> {
    match held.which {
        Which::Access => Some(&held.granted.access_token),
        Which::Id => held.granted.id_token.as_ref(),
        Which::Refresh => held.granted.refresh_token.as_ref(),
    }
}

/// A point in time as a clock shows it, with the day when it is another one, and how far it is.
pub fn time(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (then, today) = (at.to_zoned_datetime(zone.clone()), now.to_zoned_datetime(zone.clone()));
    let form = if then.date() == today.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    format!("{}, {}", then.strftime(form), in_words(now, at))
}

fn claims(held: &HeldToken, state: &State) -> Vec<Row> {
    let token = &held.token;
    let Some(claims) = token.claims() else {
        return match token.kind() {
            Kind::Jwe => vec![
                Row::text("It is encrypted: only its header can be read here.").tone(Tone::Warning),
                Row::text("The API that it is for has the key."),
            ],
            _ if held.which == Which::Refresh => vec![
                Row::text("It is opaque: no JWT, so it has no claims to show.").tone(Tone::Warning),
                Row::text("It is for the provider alone, which gives new access tokens for it."),
            ],
            _ => vec![
                Row::text("It is opaque: no JWT, so it has no claims to show.").tone(Tone::Warning),
                Row::text("It can be sent all the same; the provider's introspection endpoint knows what it means."),
            ],
        };
    };
    let whose = token.holder().map(|holder| Row::text(holder.to_string()).tone(Tone::Quiet));
    let rows = claims.iter().map(|(name, value)| {
        let meaning = meaning_of_claim(name).map_or("", |meaning| meaning.meaning);
        let note = note_on_claim(token, name);
        let (remark, tone) = match note {
            Some(note) if is_plain_note(token, name) || is_as_it_should_be(held, name) => (note, Tone::Plain),
            Some(note) => (format!("! {note}"), Tone::Warning),
            None => (meaning.to_owned(), Tone::Plain),
        };
        Row::new([name.clone(), claim_value(name, value, state), remark]).tone(tone)
    });
    whose.into_iter().chain(rows).collect()
}

/// Whether what would be odd in an access token is right in one that is looked at as another.
fn is_as_it_should_be(held: &HeldToken, name: &str) -> bool {
    match name {
        "typ" => held.which != Which::Access,
        "aud" => held.which == Which::Id,
        _ => false,
    }
}

pub(super) fn claim_value(name: &str, value: &Value, state: &State) -> String {
    if is_time_claim(name)
        && let NumericDate::At(at) = NumericDate::read(Some(value))
    {
        return time(at, state.now, &state.zone);
    }
    in_one_line(value)
}

/// A string bare, all else as JSON.
pub(super) fn in_one_line(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Every scope that was asked for, granted or is wanted by the selected endpoint.
fn scopes(held: &HeldToken, state: &State) -> Vec<Row> {
    if held.which == Which::Id {
        let text = "An ID token allows nothing: it says who logged in, and to whom. Scopes are for the access token.";
        return vec![Row::text(text).tone(Tone::Quiet)];
    }
    let granted = held.scopes();
    let wanted = state.selected_endpoint().map_or_else(ScopeSet::empty, |view| view.endpoint.wanted_scopes());
    let all = held.asked.with(&granted).with(&wanted);
    let yes = |has: bool| if has { "✔" } else { "–" };
    let mut rows = vec![Row::new(["scope", "asked", "granted", "endpoint wants"]).tone(Tone::Heading)];
    rows.extend(all.iter().map(|scope| {
        let (asked, has, wants) = (held.asked.contains(scope), granted.contains(scope), wanted.contains(scope));
        let tone = match (asked, has, wants) {
            (_, false, true) => Tone::Bad,
            (_, true, true) => Tone::Good,
            (true, false, _) => Tone::Warning,
            _ => Tone::Plain,
        };
        let granted = match (asked, has, wants) {
            (_, true, _) => "✔",
            (_, false, true) => "missing",
            (true, false, false) => "not granted",
            (false, false, false) => "–",
        };
        Row::new([scope, yes(asked), granted, yes(wants)]).tone(tone)
    }));
    let missing = granted.missing(&held.asked.with(&wanted));
    rows.extend(missing.iter().map(|scope| {
        // What the provider lists is not at hand here; the diagnosis of a refusal has it.
        let fate = scope_fate(scope, &held.asked, None);
        Row::text(format!("{scope}: {}", fate.words())).tone(Tone::Quiet)
    }));
    if all.is_empty() {
        rows.push(Row::text("none asked for, none granted, none wanted").tone(Tone::Quiet));
    }
    rows
}

fn header(held: &HeldToken) -> Vec<Row> {
    let Some(header) = held.token.header() else {
        return vec![Row::text("It is opaque: no JWT, so it has no header.").tone(Tone::Quiet)];
    };
    header
        .iter()
        .map(|(name, value)| {
            let meaning = meaning_of_header(name).map_or("", |meaning| meaning.meaning);
            Row::new([name.clone(), in_one_line(value), meaning.to_owned()])
        })
        .collect()
}

/// The token's parts; without revealing, the signature is left out, or the whole of an opaque token and of a refresh
/// token.
fn raw(held: &HeldToken, state: &State) -> Vec<Row> {
    let revealed = state.is_revealed();
    let Some(text) = text_of(held).map(Secret::reveal) else { return Vec::new() };
    let words = format!("‹masked; {} shows it for 30 s›", state.key(Action::Reveal));
    if held.which == Which::Refresh && !revealed {
        return vec![
            Row::new(["token".to_owned(), format!("‹token {}›", held.token.fingerprint())]),
            Row::new([String::new(), words]).tone(Tone::Quiet),
        ];
    }
    if !matches!(held.token.kind(), Kind::Jws(_)) {
        let shown = if revealed { text.to_owned() } else { format!("‹token {}›", held.token.fingerprint()) };
        return vec![Row::new(["token".to_owned(), shown])];
    }
    let mut parts = text.splitn(3, '.');
    let mut part = |name: &str| Row::new([name.to_owned(), parts.next().unwrap_or_default().to_owned()]);
    let (header, payload, signature) = (part("header"), part("payload"), part("signature"));
    let masked = Row::new(["signature".to_owned(), words]).tone(Tone::Quiet);
    vec![header, payload, if revealed { signature } else { masked }]
}

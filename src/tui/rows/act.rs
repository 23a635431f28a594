//! What came of something done with a token at its provider, row by row.
//!
//! Pure.

use serde_json::{Map, Value};

use super::token::{claim_value, failure};
use super::{Row, Tone};
use crate::engine::{Acted, LoggedOut, TokenAct};
use crate::jwt::meaning_of_claim;
use crate::tui::state::{ActOutcome, ActView, State};

/// From so many columns of the terminal on, each value is explained.
const WIDE: u16 = 100;

/// The rows: name, value, meaning; or text alone.
pub(super) fn rows(state: &State, view: &ActView) -> Vec<Row> {
    match &view.outcome {
        None => vec![Row::text(waiting(view.act)).tone(Tone::Quiet)],
        Some(ActOutcome::Failed(failed)) => failure(failed),
        Some(ActOutcome::Acted(acted)) => self::acted(state, acted),
        Some(ActOutcome::LoggedOut(out)) => logged_out(state, out),
    }
}

fn waiting(act: TokenAct) -> &'static str {
    match act {
        TokenAct::EndSession => "The login is being ended…",
        _ => "The provider is being asked…",
    }
}

fn acted(state: &State, acted: &Acted) -> Vec<Row> {
    let tone = if acted.ok { Tone::Good } else { Tone::Bad };
    let mut rows = vec![Row::text(acted.summary.as_str()).tone(tone)];
    rows.extend(acted.remarks.iter().map(|remark| Row::text(remark.as_str())));
    if let Some(claims) = &acted.claims {
        rows.push(Row::text(""));
        rows.extend(told(state, claims));
    }
    rows.push(Row::text(""));
    rows.push(call(acted));
    rows
}

/// What the provider told, each with what it means.
fn told(state: &State, claims: &Map<String, Value>) -> Vec<Row> {
    if claims.is_empty() {
        return vec![Row::text("It told nothing more.").tone(Tone::Quiet)];
    }
    // Where there is no room beside the values, meanings would double the rows.
    let wide = state.size.width >= WIDE;
    let row = |(name, value): (&String, &Value)| {
        let meaning = match name.as_str() {
            "active" => "whether it still holds",
            name => meaning_of_claim(name).map_or("", |meaning| meaning.meaning),
        };
        let meaning = if wide { meaning } else { "" };
        Row::new([name.clone(), claim_value(name, value, state), meaning.to_owned()])
    };
    claims.iter().map(row).collect()
}

/// The call in one line; the whole of it is a key away.
fn call(acted: &Acted) -> Row {
    let call = &acted.exchange;
    let status = call.status().map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let text = format!("{} {} · {status} · {}", call.request.method, call.request.url, call.took());
    Row::text(text).tone(Tone::Quiet)
}

fn logged_out(state: &State, out: &LoggedOut) -> Vec<Row> {
    let mut rows = Vec::new();
    if !out.was_in {
        rows.push(Row::text("There was nothing to end and nothing to forget.").tone(Tone::Quiet));
    }
    for one in &out.acts {
        rows.extend(acted(state, one));
        rows.push(Row::text(""));
    }
    if out.was_in {
        rows.push(Row::text("Its tokens are gone from here.").tone(Tone::Good));
    }
    if out.forgotten {
        rows.push(Row::text("The remembered refresh token is gone from the keyring.").tone(Tone::Good));
    }
    for failed in &out.failures {
        rows.push(Row::text(""));
        rows.extend(failure(failed));
    }
    rows
}

//! A call in full, both sides, secrets masked.
//!
//! Pure.

use super::{Row, Tone};
use crate::exchange::{Completeness, Exchange, Request, Response, Text};
use crate::tui::body::Body;

/// More of a body than this is not shown beside the headers; the Body tab has the rest.
const MOST_ROWS: usize = 400;

/// The rows of a call. The body is prepared here unless it is handed in; one that is large and was not handed in is
/// only named. `revealed`: what the request held is shown in clear.
pub fn rows(exchange: &Exchange, body: Option<&Body>, revealed: bool) -> Vec<Row> {
    let mut rows = request(&exchange.request, revealed);
    rows.push(Row::text(""));
    match &exchange.outcome {
        Ok(response) => {
            let took = exchange.took();
            rows.push(Row::text(format!("{} in {took}", response.status)).tone(Tone::Heading));
            rows.extend(headers(response));
            rows.push(Row::text(""));
            rows.extend(body_rows(response, body));
        }
        Err(error) => {
            rows.push(Row::text(format!("no answer: {error}")).tone(Tone::Bad));
            rows.push(Row::text(error.advice()));
        }
    }
    rows.extend(exchange.notes.iter().map(|note| Row::text(note.as_str()).tone(Tone::Quiet)));
    rows
}

/// The request as it went out: first line, headers, form fields.
pub(super) fn request(request: &Request, revealed: bool) -> Vec<Row> {
    let shown = |value: &Text| if revealed { value.revealed().to_string() } else { value.shown() };
    let mut rows = vec![Row::text(format!("{} {}", request.method, request.url)).tone(Tone::Heading)];
    rows.extend(request.headers.iter().map(|(name, value)| Row::new([name.clone(), shown(value)])));
    if let Some(form) = &request.form {
        rows.push(Row::text(""));
        rows.extend(form.iter().map(|(name, value)| Row::new([name.clone(), shown(value)])));
    }
    rows
}

/// The response's headers, as they came. Tokens in them are masked.
pub(super) fn headers(response: &Response) -> Vec<Row> {
    response.headers.iter().map(|(name, value)| Row::new([name.clone(), crate::exchange::redact_text(value)])).collect()
}

fn body_rows(response: &Response, body: Option<&Body>) -> Vec<Row> {
    const PREPARED: usize = 64 * 1024;
    let made;
    let body = match body {
        Some(body) => body,
        None if response.body.len() <= PREPARED => {
            made = Body::of(response);
            &made
        }
        None => return vec![Row::text(format!("a body of {} bytes", response.body.len())).tone(Tone::Quiet)],
    };
    let mut rows: Vec<Row> = (0..body.len().min(MOST_ROWS)).map(|index| Row::text(body.row(index))).collect();
    if body.len() > MOST_ROWS {
        rows.push(Row::text(format!("{} more rows: see the Body tab", body.len() - MOST_ROWS)).tone(Tone::Quiet));
    }
    rows.extend(incomplete(response));
    rows
}

/// A line that says so when the body is not all there.
pub(super) fn incomplete(response: &Response) -> Option<Row> {
    match &response.completeness {
        Completeness::Whole => None,
        Completeness::CutAtBound => {
            Some(Row::text(format!("cut at {} bytes: there was more", response.body.len())).tone(Tone::Warning))
        }
        Completeness::BrokenOff(why) => Some(Row::text(format!("broken off: {why}")).tone(Tone::Warning)),
    }
}

//! The rows of the answer pane, tab by tab.
//!
//! Pure.

use std::time::Duration;

use super::{Row, Tone, exchange, token};
use crate::audit::{Basis, Diagnosis, EvidenceRow, Relation};
use crate::config::Expect;
use crate::engine::Answer;
use crate::tui::state::{AnswerTab, CallResult, State};

/// The rows of this tab for what the last call came to.
pub(super) fn rows(state: &State, tab: AnswerTab, result: &CallResult) -> Vec<Row> {
    let answer = match result {
        CallResult::Answered { answer, .. } => answer,
        CallResult::Cancelled { .. } => return vec![Row::text("Cancelled; nothing came back.").tone(Tone::Quiet)],
        CallResult::Failed(failed) => {
            return match (tab, failed.failure.exchange()) {
                (AnswerTab::Why, _) | (_, None) => token::failure(&failed.failure),
                (_, Some(call)) => exchange::rows(call, None, state.is_revealed()),
            };
        }
    };
    match tab {
        AnswerTab::Why => why(answer),
        AnswerTab::Body => body(answer),
        AnswerTab::Headers => match answer.exchange.response() {
            Some(response) => exchange::headers(response),
            None => no_answer(answer),
        },
        AnswerTab::Request => exchange::request(&answer.exchange.request, state.is_revealed()),
        AnswerTab::Timing => timing(state, answer),
    }
}

fn why(answer: &Answer) -> Vec<Row> {
    let mut rows = no_answer(answer);
    if let Some(diagnosis) = &answer.diagnosis {
        rows.extend(evidence(diagnosis));
    }
    rows.push(Row::new(["expected".to_owned(), expected(answer)]));
    if let Some(warning) = &answer.judgement.warning {
        rows.push(Row::new(["warning", warning]).tone(Tone::Warning));
    }
    rows
}

/// How long advice may get before it is told in full among the evidence too.
const ADVICE_SHOWN: usize = 120;

/// What was compared, what the API said, what else was noticed, what was ruled out.
fn evidence(diagnosis: &Diagnosis) -> Vec<Row> {
    let mut rows = Vec::new();
    if !diagnosis.evidence.is_empty() {
        rows.push(Row::new(["", "token", "", "expected", "from"]).tone(Tone::Heading));
    }
    rows.extend(diagnosis.evidence.iter().map(compared));
    if diagnosis.advice.chars().count() > ADVICE_SHOWN {
        // Above, there is room for two lines of it only.
        rows.push(Row::new(["do", &diagnosis.advice]));
    }
    if let Some(said) = &diagnosis.said {
        rows.push(Row::new(["API said", said]));
    }
    rows.extend(diagnosis.also.iter().map(|also| Row::new(["also", also])));
    if !diagnosis.ruled_out.is_empty() {
        let names = diagnosis.ruled_out.iter().map(ToString::to_string).collect::<Vec<_>>();
        rows.push(Row::new(["ruled out".to_owned(), names.join(", ")]).tone(Tone::Quiet));
    }
    rows
}

fn compared(row: &EvidenceRow) -> Row {
    let (sign, tone) = match row.relation {
        Relation::Equal => ("=", Tone::Plain),
        Relation::Differs => ("≠", Tone::Bad),
        Relation::Ok => ("ok", Tone::Plain),
        Relation::Unknown => ("?", Tone::Quiet),
    };
    Row::new([&row.item, &row.token, sign, &row.expected, &row.source]).tone(tone)
}

fn expected(answer: &Answer) -> String {
    let Some((expect, basis)) = answer.judgement.expected else {
        return "nothing was expected: say `requires` or `expect` on the endpoint in profiles.toml".to_owned();
    };
    let what = match expect {
        Expect::Allow => "allow".to_owned(),
        Expect::Deny => "deny".to_owned(),
        Expect::Status(status) => status.to_string(),
    };
    match basis {
        Basis::Declared => format!("{what} (`expect` in profiles.toml says so)"),
        Basis::Derived => format!("{what} (from `requires` and what the token was granted)"),
    }
}

/// Why nothing came, and what to do; empty when something came.
fn no_answer(answer: &Answer) -> Vec<Row> {
    match &answer.exchange.outcome {
        Ok(_) => Vec::new(),
        Err(error) => {
            let do_this = Row::new(["do".to_owned(), error.advice()]);
            vec![Row::text(error.to_string()).tone(Tone::Bad), Row::text(""), do_this]
        }
    }
}

/// The body's place when there is none to show.
fn body(answer: &Answer) -> Vec<Row> {
    match answer.exchange.response() {
        Some(response) => std::iter::once(Row::text("The body is empty.").tone(Tone::Quiet))
            .chain(exchange::incomplete(response))
            .collect(),
        None => no_answer(answer),
    }
}

fn timing(state: &State, answer: &Answer) -> Vec<Row> {
    let call = &answer.exchange;
    let in_ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    let mut rows = vec![Row::new(["sent".to_owned(), token::time(call.started, state.now, &state.zone)])];
    if let Some(head) = call.to_head {
        rows.push(Row::new(["until the response head".to_owned(), in_ms(head)]));
        rows.push(Row::new(["the body after that".to_owned(), in_ms(call.elapsed.saturating_sub(head))]));
    }
    rows.push(Row::new(["in all".to_owned(), in_ms(call.elapsed)]));
    if let Some(response) = call.response() {
        rows.push(Row::new(["size of the body".to_owned(), format!("{} B", response.body.len())]));
        rows.extend(exchange::incomplete(response));
    }
    rows.extend(call.notes.iter().map(|note| Row::new(["note", note]).tone(Tone::Quiet)));
    rows
}

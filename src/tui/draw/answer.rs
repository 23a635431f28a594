//! The answer pane: whose token was sent where, what came of it in words, why, and what to do.

use jiff::Timestamp;
use ratatui::layout::Rect;

use super::{coach, failure, hint, pane, words};
use crate::audit::{Class, Confidence, Diagnosis, Judgement};
use crate::config::Expect;
use crate::engine::Answer;
use crate::tui::action::Action;
use crate::tui::body::size;
use crate::tui::state::{AnswerTab, Call, CallResult, Pane, State, Waiting};
use crate::tui::text::{Strip, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::{Canvas, Column, Table, tabs};

/// `3 GET /api/private-scoped, as tester #77ab, 8 s ago`, and `403 · 3 ms · 94 B`.
///
/// Where both do not fit, the title names the endpoint in place of its path, then the figures say less.
pub(super) fn title(
    empty: &Strip,
    state: &State,
    now: Timestamp,
    role: Role,
    columns: usize,
) -> (Strip, Option<Strip>) {
    let (Some(view), Some(call)) = (state.selected_endpoint(), state.selected_call()) else {
        return (empty.clone().text(role, "Answer"), None);
    };
    let number = if state.endpoint < 9 { format!("{} ", state.endpoint + 1) } else { String::new() };
    let (method, path, name) = (&view.endpoint.method, &view.endpoint.path, &view.endpoint.name);
    let full = empty.clone().text(role, format!("{number}{method} {path}"));
    let Some(result) = &call.result else { return (full, None) };
    let ago = words::ago(result.at(), now);
    let CallResult::Answered { answer, .. } = result else {
        return (full.text(Role::Text, format!(", {ago}")), None);
    };
    let whose = format!(", {}, {ago}", whose(answer));
    let full = full.text(Role::Text, &whose);
    let short = empty.clone().text(role, format!("{number}{name}")).text(Role::Text, &whose);
    let [most, some, least] = [2, 1, 0].map(|much| figures(empty, answer, much));
    let choices = [(&full, &most), (&short, &most), (&short, &some), (&short, &least)];
    // Blanks, two columns of rule between, and one at each end.
    let fits = |(title, figures): &(&Strip, &Strip)| title.width() + figures.width() + 8 <= columns;
    let (title, figures) = choices.into_iter().find(fits).unwrap_or((&short, &least));
    (title.clone(), Some(figures.clone()))
}

/// Whose token was sent.
fn whose(answer: &Answer) -> String {
    match &answer.token {
        None => "without a token".to_owned(),
        Some(token) if token.profile == answer.profile => {
            format!("as {} {}", answer.profile, token.token.fingerprint())
        }
        Some(token) => format!("with the token of {} {}", token.profile, token.token.fingerprint()),
    }
}

/// Status, time and size; or as much of that.
fn figures(empty: &Strip, answer: &Answer, much: usize) -> Strip {
    let (status, bytes) = match answer.exchange.response() {
        Some(response) => (response.status.to_string(), Some(size(response.body.len()))),
        None => ("no answer".to_owned(), None),
    };
    let line = empty.clone().text(class_role(&answer.judgement), status);
    let took = Some(answer.exchange.took());
    let figures = [took, bytes].into_iter().flatten().take(much);
    figures.fold(line, |line, figure| line.text(Role::Muted, format!(" · {figure}")))
}

fn class_role(judgement: &Judgement) -> Role {
    match (judgement.as_expected, judgement.class) {
        (Some(true), _) | (None, Some(Class::Allowed)) => Role::Good,
        (Some(false), _) | (_, None) => Role::Bad,
        (None, Some(_)) => Role::Warn,
    }
}

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    if area.is_empty() {
        return;
    }
    let Some(call) = state.selected_call().filter(|call| call.running.is_some() || call.result.is_some()) else {
        coach::draw(canvas, state, area);
        return;
    };
    let columns = usize::from(area.width).saturating_sub(2);
    let mut head = running(canvas, call);
    if let Some(result) = &call.result {
        head.extend(headline(canvas, state, result, columns));
    }
    // However much there is to say, tabs and a few rows stay.
    let most = usize::from(area.height).saturating_sub(3).max(1);
    let head: Vec<Strip> = head.into_iter().take(most).map(|line| canvas.strip().gap(1).then(line)).collect();
    let line = canvas.put_all(area, 0, head);
    let Some(result) = &call.result else { return };
    let titles = AnswerTab::ALL.map(|tab| (tab.title(), tab == state.answer_tab));
    let mut tab_line = canvas.strip().gap(1).then(tabs(&canvas.strip(), titles));
    if let (AnswerTab::Body, CallResult::Answered { answer, body }) = (state.answer_tab, result) {
        let media = answer.exchange.response().and_then(crate::exchange::Response::media_type).unwrap_or_default();
        let about = body.remark().unwrap_or(media);
        tab_line = tab_line.flush_right(canvas.strip().text(Role::Muted, about), columns + 1);
    }
    canvas.put(area, line, tab_line);
    canvas.note_tabs(area, line, Pane::Answer, AnswerTab::ALL.map(|tab| tab.title().len()));
    match (state.answer_tab, result) {
        (AnswerTab::Body, CallResult::Answered { body, answer }) if !body.is_empty() => {
            let cut = incomplete(canvas, answer);
            let above = canvas.put_all(area, line + 1, cut);
            pane::body(canvas, state, area, above, body);
        }
        (tab, result) => {
            let words = !matches!(result, CallResult::Answered { answer, .. } if answer.exchange.response().is_some());
            pane::table(
                canvas,
                state,
                Pane::Answer,
                area,
                line + 1 + usize::from(words),
                table(tab),
                words && tab != AnswerTab::Request,
            );
        }
    }
}

/// A line that says so when the body is not all there.
fn incomplete(canvas: &Canvas<'_>, answer: &Answer) -> Option<Strip> {
    use crate::exchange::Completeness;
    let response = answer.exchange.response()?;
    let words = match &response.completeness {
        Completeness::Whole => return None,
        Completeness::CutAtBound => format!("cut at {}: there was more", size(response.body.len())),
        Completeness::BrokenOff(why) => format!("broken off after {}: {why}", size(response.body.len())),
    };
    Some(canvas.strip().gap(1).text(Role::Warn, words))
}

fn running(canvas: &Canvas<'_>, call: &Call) -> Vec<Strip> {
    let Some((running, waiting)) = &call.running else { return Vec::new() };
    let what = match waiting {
        Waiting::Token => "waiting for the token…",
        Waiting::Answer => "sending…",
    };
    let age = words::age(running.since, canvas.now);
    let line = canvas.strip().text(Role::Accent, format!("{what} {age}"));
    vec![line.gap(3).then(hint(&canvas.strip(), "Esc", "cancels"))]
}

/// What the call came to, the cause and the remedy: the lines that never scroll.
fn headline(canvas: &Canvas<'_>, state: &State, result: &CallResult, columns: usize) -> Vec<Strip> {
    match result {
        CallResult::Failed(failed) => vec![failure::call_headline(&canvas.strip(), failed)],
        CallResult::Cancelled { .. } => vec![canvas.strip().text(Role::Muted, "CANCELLED")],
        CallResult::Answered { answer, .. } => {
            let (role, words) = verdict(answer);
            let mut line = canvas.strip().text(role, words);
            let mut lines = Vec::new();
            if let Some(diagnosis) = &answer.diagnosis {
                let column = (line.width() + 3).max(27);
                line = line.to(column).then(cause(&canvas.strip(), diagnosis));
                lines.extend(cause_and_remedy(canvas, state, diagnosis, columns));
            } else if answer.judgement.class == Some(Class::Allowed) && answer.judgement.as_expected == Some(false) {
                lines.extend(let_through(canvas, state, answer, columns));
            } else if let Some(warning) = &answer.judgement.warning {
                line = line.gap(3).text(Role::Warn, warning);
            } else if answer.judgement.class == Some(Class::Inconclusive) {
                line = line.gap(3).text(Role::Text, "neither allowed nor refused");
            }
            lines.insert(0, line.cut(columns));
            lines
        }
    }
}

/// What is wrong with an answer that should have been a refusal, and where to look.
fn let_through(canvas: &Canvas<'_>, state: &State, answer: &Answer, columns: usize) -> Vec<Strip> {
    let wanted = state.selected_endpoint().map(|view| view.endpoint.wanted_scopes()).unwrap_or_default();
    let what = match &answer.token {
        None => format!("No token was sent, and the API answered {} all the same.", status(answer)),
        Some(token) if !token.scopes().missing(&wanted).is_empty() => {
            let missing = token.scopes().missing(&wanted);
            format!("The endpoint wants the scope {missing}; this token has {}, and was let in.", token.scopes())
        }
        Some(_) => format!("The API answered {} where something else was due.", status(answer)),
    };
    let look = "Look at this endpoint's guard: is it there, and does it ask for what profiles.toml says?";
    let lines = wrap(&what, columns).into_iter().chain(wrap(look, columns));
    lines.map(|line| canvas.strip().text(Role::Text, line)).collect()
}

/// The outcome in words.
fn verdict(answer: &Answer) -> (Role, String) {
    let judgement = &answer.judgement;
    let due_refusal = matches!(judgement.expected, Some((Expect::Deny | Expect::Status(401 | 403), _)));
    let role = class_role(judgement);
    let words = match (judgement.class, judgement.as_expected) {
        (None, _) => "NO ANSWER".to_owned(),
        (Some(Class::Inconclusive), Some(true)) => format!("{}, as expected", status(answer)),
        (Some(Class::Inconclusive), _) => format!("INCONCLUSIVE {}", status(answer)),
        (Some(Class::Allowed), Some(true)) => "ALLOWED, as expected".to_owned(),
        (Some(Class::Allowed), Some(false)) if due_refusal => "LET THROUGH, should be refused".to_owned(),
        (Some(Class::Allowed), Some(false)) => "ALLOWED, not as expected".to_owned(),
        (Some(Class::Allowed), None) => "ALLOWED".to_owned(),
        (Some(Class::Denied), Some(true)) => "REFUSED, as expected".to_owned(),
        (Some(Class::Denied), Some(false)) => "REFUSED, not as expected".to_owned(),
        (Some(Class::Denied), None) => "REFUSED".to_owned(),
    };
    (role, words)
}

fn status(answer: &Answer) -> u16 {
    answer.exchange.status().unwrap_or_default()
}

fn cause(empty: &Strip, diagnosis: &Diagnosis) -> Strip {
    let line = empty.clone().text(Role::Title, diagnosis.cause.name());
    let line = line.text(Role::Text, format!(", {}", diagnosis.confidence));
    match diagnosis.confidence {
        Confidence::Certain => line,
        Confidence::VeryLikely | Confidence::Possible => {
            line.text(Role::Muted, " (the API did not say; compared here)")
        }
    }
}

/// The cause in a sentence, and under it what to do, with the key that does it.
fn cause_and_remedy(canvas: &Canvas<'_>, state: &State, diagnosis: &Diagnosis, columns: usize) -> Vec<Strip> {
    let text = |text: &str, most: usize| {
        let mut lines = wrap(text, columns);
        let over = lines.len() > most;
        lines.truncate(most);
        if let Some(last) = lines.last_mut().filter(|_| over) {
            *last = crate::tui::text::cut(&format!("{last} …"), columns).into_owned();
        }
        lines.into_iter().map(|line| canvas.strip().text(Role::Text, line)).collect::<Vec<_>>()
    };
    let mut lines = text(&diagnosis.summary, 2);
    let mut advice = text(&diagnosis.advice, 2);
    if let Some(remedy) = &diagnosis.remedy {
        let key = hint(&canvas.strip(), &state.key(Action::Fix), &remedy.to_string());
        match advice.pop() {
            Some(last) if last.width() + 3 + key.width() <= columns => {
                let column = (last.width() + 3).max(27);
                let column = if column + key.width() <= columns { column } else { last.width() + 3 };
                advice.push(last.to(column).then(key));
            }
            last => {
                advice.extend(last);
                advice.push(key);
            }
        }
    }
    lines.extend(advice);
    lines
}

const WHY: &[Column] = &[
    Column::new(Role::Name, 16),
    Column::new(Role::Text, 400),
    Column::new(Role::Text, 2),
    Column::new(Role::Text, 40),
    Column::new(Role::Muted, 36).from(84),
];
const PAIRS: &[Column] = &[Column::new(Role::Name, 28), Column::new(Role::Text, 4_000)];

fn table(tab: AnswerTab) -> Table<'static> {
    match tab {
        AnswerTab::Why => Table { toned: 2, ..Table::of(WHY, 1) },
        _ => Table::of(PAIRS, 1),
    }
}

//! What stands in panes and popups, row by row, as values: drawing styles and cuts them, `update` moves among them,
//! finds in them and explains them.
//!
//! Pure. The texts are as they came: drawing makes foreign text safe. Secrets are masked here.

mod act;
mod answer;
mod exchange;
pub mod inspect;
mod lists;
mod login;
mod popups;
mod roles;
mod session;
mod token;

use std::ops::Range;

use super::body::Body;
use super::state::{AnswerTab, CallResult, Find, Pane, State};
pub use exchange::rows as exchange;
pub use popups::{count_in, diff, found, help, keys_of, messages, popup};
pub use token::{failure, text_of, time};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The columns. By place: claims: name, value, meaning. Scopes: name, asked, granted, wanted. Roles: role, whose
    /// it is, and on a heading group, claim. Header and headers: name, value. Evidence: item, token, relation, expected,
    /// source. Help: keys, sentence. Messages: time, text. Else one column of text.
    pub cells: Vec<String>,
    /// How it is meant.
    pub tone: Tone,
}

/// How a row is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Tone {
    /// As any other.
    #[default]
    Plain,
    /// A heading above the rows that follow.
    Heading,
    /// As it should be.
    Good,
    /// Worth a second look.
    Warning,
    /// Not as it should be.
    Bad,
    /// Beside the point.
    Quiet,
}

impl Row {
    /// A plain row of these columns.
    pub fn new<S: Into<String>>(cells: impl IntoIterator<Item = S>) -> Self {
        Self { cells: cells.into_iter().map(Into::into).collect(), tone: Tone::Plain }
    }

    /// One column of text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new([text.into()])
    }

    /// The same, meant so.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
}

/// What a pane holds: rows made now, or a body whose rows are looked up one by one.
enum Content<'a> {
    Rows(Vec<Row>),
    Body(&'a Body),
}

fn content(state: &State, pane: Pane) -> Content<'_> {
    match pane {
        Pane::Profiles => Content::Rows(lists::profiles(state)),
        Pane::Endpoints => Content::Rows(lists::endpoints(state)),
        Pane::Token => Content::Rows(token::rows(state)),
        Pane::Answer => match (state.answer_tab, state.selected_call().and_then(|call| call.result.as_ref())) {
            (AnswerTab::Body, Some(CallResult::Answered { body, .. })) if !body.is_empty() => Content::Body(body),
            (tab, Some(result)) => Content::Rows(answer::rows(state, tab, result)),
            (_, None) => Content::Rows(Vec::new()),
        },
        Pane::Inspect(pane) => Content::Rows(inspect::rows(state, pane)),
    }
}

/// How many rows the pane has.
pub fn count(state: &State, pane: Pane) -> usize {
    match content(state, pane) {
        Content::Rows(rows) => rows.len(),
        Content::Body(body) => body.len(),
    }
}

/// The pane's rows in this range.
pub fn rows(state: &State, pane: Pane, range: Range<usize>) -> Vec<Row> {
    match content(state, pane) {
        Content::Rows(rows) => rows.into_iter().skip(range.start).take(range.len()).collect(),
        Content::Body(body) => {
            (range.start..range.end.min(body.len())).map(|index| Row::text(body.row(index))).collect()
        }
    }
}

/// The row under the pane's cursor.
pub fn current(state: &State, pane: Pane) -> Option<Row> {
    let cursor = cursor(state, pane);
    rows(state, pane, cursor..cursor + 1).into_iter().next()
}

/// Where the pane's cursor is: in the lists, the selection.
pub fn cursor(state: &State, pane: Pane) -> usize {
    match pane {
        Pane::Profiles => state.selected,
        Pane::Endpoints => state.endpoint,
        Pane::Token => state.token_view.cursor,
        Pane::Answer => state.answer_view.cursor,
        Pane::Inspect(pane) => state.inspect.view(pane).cursor,
    }
}

/// The first row from `from` on, in this direction and round the end, that holds what is looked for.
pub fn find(state: &State, find: &Find, from: usize, forward: bool) -> Option<usize> {
    match content(state, find.pane) {
        Content::Body(body) => body.find(from, forward, |text| find.hits(text)),
        Content::Rows(rows) => {
            let len = rows.len();
            (0..len)
                .map(|step| if forward { (from + step) % len } else { (from + len - step) % len })
                .find(|index| rows.get(*index).is_some_and(|row| find.hits(&row.cells.join(" "))))
        }
    }
}

/// Rows of a pane that are looked through to count hits; beyond, it would take too long for a frame.
const COUNTED: usize = 3_000;

/// Which hit the cursor is on, from 1, and how many there are; none when there is none, or the pane is too long.
pub fn hits(state: &State, find: &Find) -> Option<(usize, usize)> {
    let count = count(state, find.pane);
    if count > COUNTED {
        return None;
    }
    let cursor = cursor(state, find.pane);
    let all = rows(state, find.pane, 0..count);
    let hits: Vec<usize> =
        all.iter().enumerate().filter(|(_, row)| find.hits(&row.cells.join(" "))).map(|(index, _)| index).collect();
    let place = hits.iter().position(|index| *index >= cursor)?;
    Some((place + 1, hits.len()))
}

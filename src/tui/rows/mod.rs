//! What stands in panes and popups, row by row, as values: drawing styles and cuts them, `update` moves among them,
//! finds in them and explains them.
//!
//! Pure. The texts are as they came: drawing makes foreign text safe. Secrets are masked here.

use std::ops::Range;

use super::state::{Pane, State};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The columns. By place: claims: name, value, meaning. Scopes: name, asked, granted, wanted. Roles: role, where it
    /// stands. Header and headers: name, value. Evidence: item, token, relation, expected, source. Help: keys, sentence.
    /// Messages: time, text. Else one column of text.
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

/// How many rows the pane has.
pub fn count(state: &State, pane: Pane) -> usize {
    let _ = (state, pane);
    0
}

/// The pane's rows in this range.
pub fn rows(state: &State, pane: Pane, range: Range<usize>) -> Vec<Row> {
    let _ = (state, pane, range);
    Vec::new()
}

//! Where the reading of profiles.toml writes down what is wrong.
//!
//! Pure. Imports siblings only.

use std::ops::Range;

use super::lines::Lines;
use super::{Place, Problem, Severity};

/// How many problems are kept; of more, only the number.
const KEPT: usize = 200;

/// The problems found so far, and the text they are found in.
pub(super) struct Notes<'t> {
    lines: Lines<'t>,
    problems: Vec<Problem>,
    more: usize,
}

/// What to say of a problem besides its place.
pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) what: String,
    pub(super) hint: Option<String>,
    pub(super) subject: Option<String>,
}

impl<'t> Notes<'t> {
    /// Nothing found in this text so far.
    pub(super) fn on(text: &'t str) -> Self {
        Self { lines: Lines::of(text), problems: Vec::new(), more: 0 }
    }

    /// Where the byte at this offset stands.
    pub(super) fn place(&self, offset: usize) -> Place {
        self.lines.place(offset)
    }

    /// Whether further problems are only counted.
    pub(super) fn is_full(&self) -> bool {
        self.problems.len() >= KEPT
    }

    /// Writes down a problem with the part of the text that these bytes are.
    pub(super) fn add(&mut self, span: &Range<usize>, finding: Finding) {
        if self.is_full() {
            self.more += 1;
            return;
        }
        let Finding { severity, what, hint, subject } = finding;
        let length = self.lines.length(span.start, span.end);
        self.problems.push(Problem { place: self.place(span.start), length, severity, what, hint, subject });
    }

    /// Writes down a problem of the file as a whole.
    pub(super) fn add_unplaced(&mut self, what: String, hint: Option<String>) {
        self.problems.push(Problem::of_file(what, hint));
    }

    /// All of them, in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
        if self.more > 0 {
            let what = format!("{} more problems are not shown; mend these first", self.more);
            self.problems.push(Problem::of_file(what, None));
        }
        self.problems
    }
}

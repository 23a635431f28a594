//! Where the reading of profiles.toml writes down what is wrong.
//!
//! Pure. Imports siblings only.

use std::ops::Range;

use super::resolve::{Fault, Faults};
use super::texts::Texts;
use super::{Layer, Place, Problem, Severity};

/// How many problems are kept; of more, only the number.
pub(super) const KEPT: usize = 200;

/// The problems found so far, and the texts they are found in.
pub(super) struct Notes<'t> {
    texts: &'t Texts<'t>,
    faults: Faults,
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
    /// Nothing found so far in these texts, of which these values could not be resolved.
    pub(super) fn on(texts: &'t Texts<'t>, faults: Faults) -> Self {
        Self { texts, faults, problems: Vec::new(), more: 0 }
    }

    /// Why the value that begins at this offset could not be resolved, when it could not.
    pub(super) fn fault(&self, offset: usize) -> Option<Fault> {
        self.faults.get(&offset).cloned()
    }

    /// Where the byte at this offset stands.
    pub(super) fn place(&self, offset: usize) -> Place {
        self.texts.place(offset)
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
        let length = self.texts.length(span);
        self.problems.push(Problem { place: self.place(span.start), length, severity, what, hint, subject });
    }

    /// Writes down an error that makes nothing in particular unusable.
    pub(super) fn error(&mut self, span: &Range<usize>, what: String, hint: Option<String>) {
        self.add(span, Finding { severity: Severity::Error, what, hint, subject: None });
    }

    /// Writes down a problem of the file as a whole.
    pub(super) fn add_unplaced(&mut self, what: String, hint: Option<String>) {
        self.problems.push(Problem::of_file(Layer::Shared, what, hint));
    }

    /// All of them, and how many more there are.
    pub(super) fn finish(self) -> (Vec<Problem>, usize) {
        (self.problems, self.more)
    }
}

//! The rows of the Inspect screen's panes.
//!
//! Pure.

mod content;
mod encoded;
mod tree;
mod trust;

use super::Row;
use crate::tui::state::{InspectPane, State};

pub use content::time_as;
pub use encoded::part_of;
pub use tree::{Node, Section, node_at};
pub use trust::{headline, origin};

/// What stands in this pane; nothing without a token.
pub(super) fn rows(state: &State, pane: InspectPane) -> Vec<Row> {
    let Some(subject) = &state.inspect.subject else { return Vec::new() };
    match pane {
        InspectPane::Encoded => encoded::rows(state, subject),
        InspectPane::Content => content::rows(state, subject),
        InspectPane::Trust => trust::rows(state, subject),
    }
}

//! The rows of the Inspect screen's panes.
//!
//! Pure.

mod content;
mod difference;
mod encoded;
mod keys;
mod provider;
mod trust;

use super::Row;
use crate::tui::state::{InspectPane, InspectPopup, State};

pub use content::time_as;
pub use encoded::part_of;
pub use keys::key_at;
pub use trust::{headline, origin};

/// The rows of a popup of this screen.
pub(super) fn popup(popup: &InspectPopup) -> Vec<Row> {
    match popup {
        InspectPopup::Compare(compare) => compare.choices.iter().map(|(words, _)| Row::text(words.as_str())).collect(),
        InspectPopup::Consent(_) | InspectPopup::Maker(_) => Vec::new(),
    }
}

/// What stands in this pane; nothing without a token.
pub(super) fn rows(state: &State, pane: InspectPane) -> Vec<Row> {
    let Some(subject) = &state.inspect.subject else { return Vec::new() };
    match pane {
        InspectPane::Encoded => encoded::rows(state, subject),
        InspectPane::Content => content::rows(state, subject),
        InspectPane::Trust => trust::rows(state, subject),
    }
}

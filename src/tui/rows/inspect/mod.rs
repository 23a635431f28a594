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
        InspectPopup::Compare(menu) => menu.choices.iter().map(|(words, _)| Row::text(words.as_str())).collect(),
        InspectPopup::Introspect(menu) => {
            menu.choices.iter().map(|(words, profile)| Row::new([profile, words])).collect()
        }
        InspectPopup::Consent(_) | InspectPopup::Maker(_) => Vec::new(),
    }
}

/// What stands in this pane; without a token only what a provider says of itself.
pub(super) fn rows(state: &State, pane: InspectPane) -> Vec<Row> {
    match (pane, &state.inspect.subject) {
        (InspectPane::Encoded, Some(subject)) => encoded::rows(state, subject),
        (InspectPane::Content, Some(subject)) => content::rows(state, subject),
        (InspectPane::Trust, Some(subject)) => trust::rows(state, subject),
        (InspectPane::Trust, None) if state.has_something_to_inspect() => trust::rows_without_token(state),
        _ => Vec::new(),
    }
}

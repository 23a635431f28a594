//! Profiles and endpoints as text: what `/` finds in the lists.
//!
//! Pure.

use super::Row;
use crate::tui::state::State;

/// A row a profile: title and name.
pub(super) fn profiles(state: &State) -> Vec<Row> {
    state.profiles.profiles.iter().map(|profile| Row::new([&profile.title, &profile.name])).collect()
}

/// A row an endpoint: method, name and path.
pub(super) fn endpoints(state: &State) -> Vec<Row> {
    state
        .endpoints()
        .iter()
        .map(|view| Row::new([&view.endpoint.method, &view.endpoint.name, &view.endpoint.path]))
        .collect()
}

//! The screens.

use jiff::Timestamp;
use ratatui::Frame;

use super::state::State;

/// Draws the screen.
pub fn draw(state: &State, now: Timestamp, frame: &mut Frame<'_>) {
    let _ = (state, now, frame);
}

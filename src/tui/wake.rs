//! When the screen must be drawn again though nothing happened: a countdown's next second, the end of something shown.
//!
//! Pure.

use jiff::Timestamp;

use super::state::State;

/// The next moment at which the screen looks different by itself; none when it never does.
pub(super) fn next(state: &State) -> Option<Timestamp> {
    let second = counts(state).then(|| next_second(state.now)).flatten();
    [second, state.log.current_ends(state.now), state.revealed_until].into_iter().flatten().min()
}

/// Whether something on the screen counts seconds: a token's life, an answer's age, a wait.
fn counts(state: &State) -> bool {
    let living = |view: &super::state::ProfileView| view.token.held.is_some() || view.running() > 0;
    state.views.iter().any(living)
        || state.shown_answer().is_some()
        || (state.inspects() && state.inspect.counts(state.now))
}

/// The start of the next second: then the shown one changes.
fn next_second(now: Timestamp) -> Option<Timestamp> {
    Timestamp::from_second(now.as_second().checked_add(1)?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::tui::update::tests::Explorer;

    #[test]
    fn an_idle_screen_never_wakes() {
        assert_eq!(next(&Explorer::demo().state), None);
    }

    #[test]
    fn a_countdown_wakes_when_its_second_changes() {
        let mut explorer = Explorer::demo();
        explorer.fetch_token();
        explorer.state.log.dismiss();
        explorer.state.now = "2026-11-23T22:00:00.3Z".parse().unwrap();
        assert_eq!(next(&explorer.state), Some("2026-11-23T22:00:01Z".parse().unwrap()));
    }

    #[test]
    fn a_message_wakes_when_it_goes() {
        let mut explorer = Explorer::demo();
        explorer.press("f");
        let end = next(&explorer.state).unwrap();
        assert!(explorer.state.log.current(explorer.state.now).is_some());
        assert!(explorer.state.log.current(end).is_none());
    }
}

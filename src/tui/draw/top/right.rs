//! The right of the top line: the screens, and the keys of palette and help; as much of it as there is room for.

use crate::tui::action::Action;
use crate::tui::state::{Screen, State};
use crate::tui::text::Strip;
use crate::tui::theme::Role;
use crate::tui::widgets::{Canvas, tabs};

/// What stands on the right, and what its columns do.
pub(super) struct Right {
    pub(super) strip: Strip,
    /// From which column to which, counted from the start of the strip.
    pub(super) places: Vec<(usize, usize, Action)>,
}

impl Right {
    /// Nothing.
    pub(super) fn none(canvas: &Canvas<'_>) -> Self {
        Self { strip: canvas.strip(), places: Vec::new() }
    }
}

/// The most that fits beside so many columns: screens and keys with words, with bare keys, else the keys alone.
pub(super) fn choose(canvas: &Canvas<'_>, state: &State, columns: usize, taken: usize) -> Right {
    let full = [(true, true), (true, false)].map(|(screens, words)| build(canvas, state, screens, words));
    let fitting = full.into_iter().find(|right| taken + 2 + right.strip.width() <= columns);
    fitting.unwrap_or_else(|| build(canvas, state, false, true))
}

fn build(canvas: &Canvas<'_>, state: &State, screens: bool, words: bool) -> Right {
    let mut right = Right::none(canvas);
    if screens {
        let mut from = 0;
        for screen in Screen::ALL {
            let to = from + screen.title().len();
            right.places.push((from, to, screen.action()));
            from = to + 2;
        }
        let titles = Screen::ALL.map(|screen| (screen.title(), screen == state.screen));
        right.strip = tabs(&canvas.strip(), titles).gap(if words { 4 } else { 3 });
    }
    let palette = state.keys.palette().replace("Ctrl-", "^");
    for (key, does, action) in [(palette, " find", Action::Palette), (state.key(Action::Help), " help", Action::Help)] {
        let from = right.strip.width();
        let strip = right.strip.text(Role::Accent, key);
        right.strip = if words { strip.text(Role::Muted, does) } else { strip };
        right.places.push((from, right.strip.width(), action));
        right.strip = right.strip.gap(if action == Action::Palette { 2 } else { 1 });
    }
    right
}

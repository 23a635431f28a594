//! A popup with a field: the scopes asked for.

use ratatui::layout::{Position, Rect};
use tui_input::Input;

use crate::oauth::ScopeSet;
use crate::tui::state::State;
use crate::tui::text::{split_at_width, visible, width};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Canvas};

pub(super) fn scopes(canvas: &mut Canvas<'_>, state: &State, screen: Rect, input: &Input) -> Option<Position> {
    let wanted = state.endpoints().iter().fold(ScopeSet::empty(), |all, view| all.with(&view.endpoint.wanted_scopes()));
    let wants = widgets::Popup {
        title: "Scopes to ask for, this session",
        keys: "Enter asks for them from now on   Esc closes",
        columns: 64,
        lines: 4,
    };
    let area = widgets::popup(canvas, screen, wants);
    let about = canvas.strip().text(Role::Muted, "separated by blanks; none asks for the client's defaults");
    canvas.put(area, 2, about);
    if !wanted.is_empty() {
        let strip = canvas.strip().text(Role::Muted, "the endpoints want ").text(Role::Text, wanted.to_string());
        canvas.put(area, 3, strip);
    }
    field(canvas, area, input)
}

/// The text being typed, moved so that the cursor is seen; returns where the cursor is.
pub(super) fn field(canvas: &mut Canvas<'_>, area: Rect, input: &Input) -> Option<Position> {
    let room = usize::from(area.width).saturating_sub(3);
    let before: String = input.value().chars().take(input.cursor()).collect();
    let before = width(&visible(&before));
    let text = visible(input.value()).into_owned();
    let (_, seen) = split_at_width(&text, before.saturating_sub(room));
    let column = 2 + before.min(room);
    let strip = canvas.strip().text(Role::Accent, "› ").text(Role::Text, seen);
    canvas.put(area, 0, strip);
    let x = u16::try_from(column).ok().filter(|x| *x < area.width && area.height > 0)?;
    Some(Position::new(area.x + x, area.y))
}

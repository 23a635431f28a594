//! The bottom line: the keys that apply now, and the last result in words; or the field of a search.

use ratatui::layout::{Position, Rect};

use crate::tui::action;
use crate::tui::rows;
use crate::tui::state::{Level, State};
use crate::tui::text::{Strip, visible, width};
use crate::tui::theme::Role;
use crate::tui::widgets::Canvas;

/// Blanks between keys.
const GAP: usize = 3;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Option<Position> {
    let columns = usize::from(area.width);
    if let Some(find) = &state.find {
        let field = canvas.strip().gap(1).text(Role::Accent, "/").text(Role::Text, find.input.value());
        let before: String = find.input.value().chars().take(find.input.cursor()).collect();
        let column = 2 + width(&visible(&before));
        let hint = canvas.strip().text(Role::Muted, finding(state)).gap(1);
        canvas.put(area, 0, field.flush_right(hint, columns));
        let x = u16::try_from(column).ok().filter(|x| *x < area.width && find.typing);
        return x.map(|x| Position::new(area.x + x, area.y));
    }
    // A message goes before the keys, which help lists as well.
    let result = result(canvas, state).cut(columns.saturating_sub(16).max(columns / 2));
    let room = columns.saturating_sub(result.width() + if result.width() > 0 { 3 } else { 1 });
    let keys = keys(canvas, state, room);
    let line = keys.flush_right(result, columns);
    canvas.put(area, 0, line);
    None
}

/// As many keys as there is room for, the most useful first.
fn keys(canvas: &Canvas<'_>, state: &State, room: usize) -> Strip {
    if let Some(prefix) = &state.prefix {
        return canvas
            .strip()
            .gap(1)
            .text(Role::Accent, prefix)
            .text(Role::Muted, " …then the next key; Esc forgets it");
    }
    let mut line = canvas.strip().gap(1);
    for (key, row) in action::footer(state) {
        let gap = if line.width() > 1 { GAP } else { 0 };
        if line.width() + gap + width(&key) + 1 + width(row.label) > room {
            continue;
        }
        line = line.gap(gap).text(Role::Accent, key).gap(1).text(Role::Text, row.label);
    }
    line
}

fn result(canvas: &Canvas<'_>, state: &State) -> Strip {
    let Some(entry) = state.log.current(canvas.now) else { return canvas.strip() };
    let role = match entry.level {
        Level::Info => Role::Text,
        Level::Done => Role::Good,
        Level::Warning => Role::Warn,
        Level::Error => Role::Bad,
    };
    canvas.strip().text(role, &entry.text).gap(1)
}

/// What the search has come to.
fn finding(state: &State) -> &'static str {
    let Some(find) = &state.find else { return "" };
    if find.input.value().is_empty() {
        return "type what to find in this pane; Esc ends it";
    }
    let hit = rows::current(state, find.pane).is_some_and(|row| find.hits(&row.cells.join(" ")));
    match (hit, find.typing) {
        (true, true) => "Enter keeps it; Esc ends it",
        (true, false) => "n next   N before   Esc ends it",
        (false, _) => "not found",
    }
}

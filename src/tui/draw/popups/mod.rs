//! What lies over the panes: help, palette, menus, questions and fields.

mod fields;
mod form;
mod found;
mod lists;

use ratatui::layout::{Position, Rect};

use crate::tui::action::{Context, TABLE};
use crate::tui::state::{Popup, State, Target};
use crate::tui::text::wrap;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Canvas};

const PALETTE: found::Look =
    found::Look { title: "Find an action", enter: "Enter does it   Esc closes", columns: 92, profiles: false };
const PROFILES: found::Look =
    found::Look { title: "Profiles", enter: "Enter selects   Esc closes", columns: 76, profiles: true };

/// Draws the popup; returns where the terminal's cursor belongs when it is a field.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, screen: Rect, popup: &Popup) -> Option<Position> {
    match popup {
        Popup::Palette(palette) => return found::draw(canvas, state, screen, palette, &PALETTE),
        Popup::Profiles(picker) => return found::draw(canvas, state, screen, picker, &PROFILES),
        Popup::Scopes(input) => return fields::scopes(canvas, state, screen, input),
        Popup::Form(form) => return form::draw(canvas, screen, form),
        Popup::Copy => copy(canvas, state, screen),
        Popup::Confirm { method, url, host, .. } => confirm(canvas, screen, method, url, host),
        list => lists::draw(canvas, state, screen, list),
    }
    None
}

/// One key each; what cannot be copied now is said, not hidden.
fn copy(canvas: &mut Canvas<'_>, state: &State, screen: Rect) {
    let rows: Vec<_> = TABLE.iter().filter(|row| row.context == Context::Copy).collect();
    let wants = widgets::Popup { title: "Copy", keys: "Esc closes", columns: 62, lines: rows.len() };
    let area = widgets::popup(canvas, screen, wants);
    for (line, row) in rows.into_iter().enumerate() {
        let applies = (row.applies)(state);
        let (key, text) = if applies { (Role::Accent, Role::Text) } else { (Role::Muted, Role::Muted) };
        let strip = canvas.strip().cell(key, state.keys.in_words(row), 3).cell(text, row.label, 16);
        let strip = strip.text(Role::Muted, if applies { row.help } else { "none here" });
        canvas.put(area, line, strip);
        if applies {
            canvas.note(area, line, 1, Target::PopupRow(line));
        }
    }
}

fn confirm(canvas: &mut Canvas<'_>, screen: Rect, method: &str, url: &str, host: &str) {
    let columns = 64.min(usize::from(screen.width).saturating_sub(6));
    let mut lines = vec![
        canvas
            .strip()
            .text(Role::Warn, method)
            .gap(1)
            .text(Role::Text, "may change something at")
            .gap(1)
            .text(Role::Title, host),
        canvas.strip(),
    ];
    lines.extend(wrap(url, columns).into_iter().map(|line| canvas.strip().text(Role::Text, line)));
    let wants = widgets::Popup { title: "Send it?", keys: "Enter sends   Esc does not", columns, lines: lines.len() };
    let area = widgets::popup(canvas, screen, wants);
    canvas.put_all(area, 0, lines);
}

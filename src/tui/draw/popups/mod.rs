//! What lies over the panes: help, palette, menus, questions and fields.

mod fields;
mod form;
mod lists;

use ratatui::layout::{Position, Rect};

use crate::tui::action::{Context, TABLE};
use crate::tui::state::{Explanation, Popup, State};
use crate::tui::text::{Strip, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Canvas};

/// Draws the popup; returns where the terminal's cursor belongs when it is a field.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, screen: Rect, popup: &Popup) -> Option<Position> {
    match popup {
        Popup::Palette(palette) => return fields::palette(canvas, state, screen, popup, palette),
        Popup::Scopes(input) => return fields::scopes(canvas, state, screen, input),
        Popup::Form(form) => return form::draw(canvas, screen, form),
        Popup::Copy => copy(canvas, state, screen),
        Popup::Confirm { method, url, host, .. } => confirm(canvas, screen, method, url, host),
        Popup::Explain(explanation) => explain(canvas, screen, explanation),
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
        let strip = canvas.strip().cell(key, row.keys_in_words(), 3).cell(text, row.label, 16);
        let strip = strip.text(Role::Muted, if applies { row.help } else { "none here" });
        canvas.put(area, line, strip);
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

fn explain(canvas: &mut Canvas<'_>, screen: Rect, explanation: &Explanation) {
    let columns = 68.min(usize::from(screen.width).saturating_sub(6));
    let lines: Vec<Strip> = explanation
        .lines
        .iter()
        .flat_map(|line| wrap(line, columns))
        .map(|line| canvas.strip().text(Role::Text, line))
        .collect();
    let wants = widgets::Popup { title: &explanation.title, keys: "Esc closes", columns, lines: lines.len() };
    let area = widgets::popup(canvas, screen, wants);
    canvas.put_all(area, 0, lines);
}

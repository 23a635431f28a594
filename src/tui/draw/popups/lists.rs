//! Popups that are a list one moves in.

use ratatui::layout::Rect;

use crate::tui::draw::lists::token_state;
use crate::tui::rows::{self, Row, Tone};
use crate::tui::state::{Popup, State};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Canvas, Column, Table, visible_rows};

const HELP: &[Column] = &[Column::new(Role::Accent, 16), Column::new(Role::Text, 90)];
const PLAIN: &[Column] = &[Column::new(Role::Name, 28), Column::new(Role::Text, 4_000)];
const DIFF: &[Column] = &[Column::new(Role::Name, 20), Column::new(Role::Text, 48), Column::new(Role::Text, 48)];
const PROFILES: &[Column] = &[Column::new(Role::Text, 24), Column::new(Role::Muted, 32), Column::new(Role::Text, 12)];
pub(super) const PALETTE: &[Column] =
    &[Column::new(Role::Text, 26), Column::new(Role::Muted, 90), Column::new(Role::Accent, 12)];

/// Title, keys, columns, and whether the cursor is seen: where nothing can be chosen, it only scrolls.
struct Look {
    title: &'static str,
    keys: &'static str,
    table: Table<'static>,
    chosen: bool,
    wide: usize,
}

fn look(popup: &Popup) -> Look {
    let table = |columns: &'static [Column]| Table { columns, wide: 1, toned: 1 };
    let scrolls = "arrows scroll   Esc closes";
    let look = |title, columns, wide| Look { title, keys: scrolls, table: table(columns), chosen: false, wide };
    match popup {
        Popup::Help(_) => look("Keys", HELP, 92),
        Popup::Messages(_) => look("Messages, the newest first", PLAIN, 100),
        Popup::Diff { .. } => Look {
            table: Table { columns: DIFF, wide: 1, toned: 2 },
            ..look("This token and the one before", DIFF, 100)
        },
        Popup::Exchange { .. } => look("The exchange, secrets masked", PLAIN, 110),
        Popup::SendAs { .. } => Look { keys: "Enter sends   Esc closes", chosen: true, ..look("Send as", PLAIN, 56) },
        _ => Look { keys: "Enter selects   Esc closes", chosen: true, ..look("Profiles", PROFILES, 60) },
    }
}

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, screen: Rect, popup: &Popup) {
    let look = look(popup);
    let rows = with_states(canvas, state, popup, rows::popup(state, popup));
    let wants = widgets::Popup { title: look.title, keys: look.keys, columns: look.wide, lines: rows.len().max(1) };
    let area = widgets::popup(canvas, screen, wants);
    if rows.is_empty() {
        let strip = canvas.strip().text(Role::Muted, "Nothing yet.");
        canvas.put(area, 0, strip);
    }
    let cursor = match popup {
        Popup::Help(list) | Popup::Profiles(list) | Popup::Messages(list) => list.cursor,
        Popup::SendAs { list, .. } | Popup::Diff { list, .. } | Popup::Exchange { list, .. } => list.cursor,
        _ => 0,
    };
    list(canvas, area, 0, &rows, look.table, cursor, look.chosen);
}

/// Rows from so many lines below the area's top, the one under the cursor marked when one can be chosen.
pub(super) fn list(
    canvas: &mut Canvas<'_>,
    area: Rect,
    from: usize,
    rows: &[Row],
    table: Table<'_>,
    cursor: usize,
    chosen: bool,
) {
    let room = usize::from(area.width).saturating_sub(if chosen { 2 } else { 0 });
    let measured = table.measure(rows, room, canvas.theme);
    let height = usize::from(area.height).saturating_sub(from);
    // Without a choice the cursor is the first row that is seen, so that each key press scrolls.
    let shown = if chosen {
        visible_rows(rows.len(), 0, cursor, height, |_| 1)
    } else {
        let top = cursor.min(rows.len().saturating_sub(height));
        top..rows.len().min(top + height)
    };
    for (line, index) in shown.clone().enumerate() {
        let Some(row) = rows.get(index) else { break };
        let here = chosen && index == cursor;
        let strip = measured.folded(row);
        let marked = match (chosen, here) {
            (false, _) => strip,
            (true, true) => canvas.strip().text(Role::Accent, "▸ ").then(strip),
            (true, false) => canvas.strip().gap(2).then(strip),
        };
        canvas.put(area, from + line, marked);
        if here {
            let y = area.y.saturating_add(u16::try_from(from + line).unwrap_or(0));
            canvas.over(Rect { y, height: 1, ..area }, Role::Selected);
        }
    }
    let hidden = rows.len() - shown.end.min(rows.len());
    if hidden > 0 && height > 2 {
        let text = format!(" {hidden} more ");
        let width = u16::try_from(text.len()).unwrap_or(0).min(area.width);
        let corner = Rect { x: area.right() - width, y: area.bottom(), width, height: 1 };
        let strip = canvas.strip().text(Role::Muted, text);
        canvas.put(corner, 0, strip);
    }
}

/// In the list of profiles, each one's token beside it.
fn with_states(canvas: &Canvas<'_>, state: &State, popup: &Popup, mut rows: Vec<Row>) -> Vec<Row> {
    if matches!(popup, Popup::Profiles(_)) {
        for (row, view) in rows.iter_mut().zip(&state.views) {
            row.cells.push(token_state(&view.token, canvas.now).1);
        }
    }
    if matches!(popup, Popup::Help(_)) {
        // A blank line between groups lets the eye find them.
        let headings: Vec<usize> =
            rows.iter().enumerate().skip(1).filter(|(_, row)| row.tone == Tone::Heading).map(|(at, _)| at).collect();
        for at in headings.into_iter().rev() {
            rows.insert(at, Row::text(""));
        }
    }
    rows
}

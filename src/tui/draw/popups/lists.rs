//! Popups that are a list one moves in.

use ratatui::layout::Rect;

use crate::tui::rows::{self, Row, Tone};
use crate::tui::state::{Explanation, InspectPopup, Menu, Popup, ReviewView, SaveView, State, Target};
use crate::tui::text::Strip;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Canvas, Column, Table, visible_rows};

const HELP: &[Column] = &[Column::new(Role::Accent, 16), Column::new(Role::Text, 90)];
const PLAIN: &[Column] = &[Column::new(Role::Name, 28), Column::new(Role::Text, 4_000)];
const DIFF: &[Column] = &[Column::new(Role::Name, 36), Column::new(Role::Text, 48), Column::new(Role::Text, 48)];

/// What stands before the keys of a popup that is longer than the screen.
const SCROLLS: &str = "arrows scroll   ";
/// Columns of an explanation.
const EXPLANATION: usize = 68;

const ENVIRONMENTS: &[Column] =
    &[Column::new(Role::Text, 24), Column::new(Role::Warn, 32), Column::new(Role::Muted, 12)];
const FACTS: &[Column] =
    &[Column::new(Role::Name, 22), Column::new(Role::Text, 4_000), Column::new(Role::Muted, 24).from(70)];
const ACT: &[Column] =
    &[Column::new(Role::Name, 20), Column::new(Role::Text, 4_000), Column::new(Role::Muted, 40).from(84)];
const CHANGES: &[Column] = &[Column::new(Role::Muted, 1), Column::new(Role::Text, 4_000)];

/// Title, keys, columns, and whether the cursor is seen: where nothing can be chosen, it only scrolls.
struct Look {
    title: &'static str,
    keys: &'static str,
    table: Table<'static>,
    chosen: bool,
    wide: usize,
}

fn look(popup: &Popup) -> Look {
    let table = |columns: &'static [Column]| Table::of(columns, 1);
    let look = |title, columns, wide| Look {
        title,
        keys: "arrows scroll   Esc closes",
        table: table(columns),
        chosen: false,
        wide,
    };
    match popup {
        Popup::Help(_) => look("Keys", HELP, 92),
        Popup::Messages(_) => look("Messages, the newest first", PLAIN, 100),
        Popup::Diff { .. } => {
            Look { table: Table { toned: 2, ..Table::of(DIFF, 1) }, ..look("This token and the one before", DIFF, 100) }
        }
        Popup::Exchange { .. } => look("The exchange", PLAIN, 110),
        Popup::Explain(_) => look("", PLAIN, EXPLANATION),
        Popup::Act(view) if view.exchange().is_some() => {
            Look { keys: "x the exchange   arrows scroll   Esc closes", ..look("", ACT, 104) }
        }
        Popup::Act(view) if view.outcome.is_none() => Look { keys: "Esc cancels", ..look("", ACT, 60) },
        Popup::Act(_) => look("", ACT, 76),
        Popup::Environments(_) => {
            Look { keys: "Enter chooses   Esc closes", chosen: true, ..look("Environment", ENVIRONMENTS, 66) }
        }
        Popup::Review(_) => Look {
            keys: "y trusts it as long as it does just this   arrows scroll   Esc does not",
            ..look("What this file would do", FACTS, 92)
        },
        Popup::Save(save) if save.outdated => Look {
            title: "Outdated: the file changed meanwhile",
            keys: "Enter shows the new difference   arrows scroll   Esc closes",
            ..look("", CHANGES, 92)
        },
        Popup::Save(save) => Look {
            title: if save.plan.new { "Save as a new file" } else { "Save in the file" },
            keys: "Enter writes it   arrows scroll   Esc does not",
            ..look("", CHANGES, 92)
        },
        Popup::Inspect(InspectPopup::Introspect(_)) => Look {
            keys: "Enter sends it the token   Esc does not",
            chosen: true,
            ..look("Ask about this token", PLAIN, 92)
        },
        Popup::Inspect(_) => {
            Look { keys: "Enter compares   Esc closes", chosen: true, ..look("Compare with", PLAIN, 66) }
        }
        _ => Look { keys: "Enter sends   Esc closes", chosen: true, ..look("Send as", PLAIN, 56) },
    }
}

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, screen: Rect, popup: &Popup) {
    let look = look(popup);
    let rows = spaced(popup, rows::popup(state, popup));
    // What is read is wrapped and may need more lines than it has rows.
    let room = look.wide.min(usize::from(screen.width).saturating_sub(6));
    let measured = look.table.measure(&rows, room, canvas.theme);
    let of = |row: &Row| if look.chosen { 1 } else { measured.unfolded(row, room).len() };
    let lines = rows.iter().map(of).sum::<usize>().max(1);
    let title = match popup {
        Popup::Explain(explanation) => explanation.title.clone(),
        Popup::Act(view) => view.title(),
        _ => look.title.to_owned(),
    };
    // What need not scroll does not say how.
    let keys = look.keys.to_owned();
    let keys = if lines + 4 > usize::from(screen.height) { keys } else { keys.replace(SCROLLS, "") };
    let wants = widgets::Popup { title: &title, keys: &keys, columns: look.wide, lines };
    let area = widgets::popup(canvas, screen, wants);
    if rows.is_empty() {
        let strip = canvas.strip().text(Role::Muted, "Nothing yet.");
        canvas.put(area, 0, strip);
    }
    let cursor = match popup {
        Popup::Help(list)
        | Popup::Messages(list)
        | Popup::Environments(list)
        | Popup::Review(ReviewView { list, .. })
        | Popup::Save(SaveView { list, .. })
        | Popup::SendAs { list, .. }
        | Popup::Diff { list, .. }
        | Popup::Exchange { list, .. }
        | Popup::Inspect(InspectPopup::Compare(Menu { list, .. }) | InspectPopup::Introspect(Menu { list, .. }))
        | Popup::Explain(Explanation { list, .. }) => list.cursor,
        Popup::Act(view) => view.list.cursor,
        _ => 0,
    };
    if look.chosen {
        choices(canvas, area, 0, &rows, look.table, cursor);
    } else {
        text(canvas, area, &rows, look.table, cursor);
    }
}

/// Rows to choose from, from so many lines below the area's top: a line each, the one under the cursor marked.
pub(super) fn choices(canvas: &mut Canvas<'_>, area: Rect, from: usize, rows: &[Row], table: Table<'_>, cursor: usize) {
    let measured = table.measure(rows, usize::from(area.width).saturating_sub(2), canvas.theme);
    let height = usize::from(area.height).saturating_sub(from);
    let shown = visible_rows(rows.len(), 0, cursor, height, |_| 1);
    for (line, (index, row)) in rows.iter().enumerate().skip(shown.start).take(shown.len()).enumerate() {
        let here = index == cursor.min(rows.len() - 1);
        let strip = measured.folded(row);
        let strip = if here {
            // One look for the whole line: a bar of several colours is hard to read.
            let columns = usize::from(area.width).saturating_sub(2);
            let strip = strip.cut(columns);
            let blanks = " ".repeat(columns - strip.width());
            canvas.strip().text(Role::Selected, format!("▸ {}{blanks}", strip.plain()))
        } else {
            canvas.strip().gap(2).then(strip)
        };
        canvas.put(area, from + line, strip);
        canvas.note(area, from + line, 1, Target::PopupRow(index));
    }
    canvas.seen.heights.push((None, height));
    hidden(canvas, area, rows.len() - shown.end);
}

/// Rows to read: each in full, the one under the cursor first, but never so far that the last page is half empty.
pub(super) fn text(canvas: &mut Canvas<'_>, area: Rect, rows: &[Row], table: Table<'_>, cursor: usize) {
    let room = usize::from(area.width);
    let height = usize::from(area.height);
    let measured = table.measure(rows, room, canvas.theme);
    let lines: Vec<Vec<Strip>> = rows.iter().map(|row| measured.unfolded(row, room)).collect();
    let mut last_page = rows.len();
    let mut used = 0;
    while let Some(above) = last_page.checked_sub(1) {
        used += lines.get(above).map_or(0, Vec::len);
        if used > height {
            break;
        }
        last_page = above;
    }
    let top = cursor.min(last_page);
    let below: Vec<Strip> = lines.into_iter().skip(top).flatten().collect();
    let unseen = below.len().saturating_sub(height);
    canvas.put_all(area, 0, below.into_iter().take(height));
    canvas.seen.heights.push((None, height));
    hidden(canvas, area, unseen);
}

/// How much is not seen below, in the frame's lower edge.
pub(super) fn hidden(canvas: &mut Canvas<'_>, area: Rect, count: usize) {
    if count > 0 {
        let text = format!(" ▾ {count} more ");
        let width = u16::try_from(crate::tui::text::width(&text)).unwrap_or(0).min(area.width);
        let corner = Rect { x: area.right() - width, y: area.bottom(), width, height: 1 };
        let strip = canvas.strip().text(Role::Muted, text);
        canvas.put(corner, 0, strip);
    }
}

/// In help, a blank line between groups lets the eye find them.
fn spaced(popup: &Popup, mut rows: Vec<Row>) -> Vec<Row> {
    if matches!(popup, Popup::Help(_)) {
        let headings: Vec<usize> =
            rows.iter().enumerate().skip(1).filter(|(_, row)| row.tone == Tone::Heading).map(|(at, _)| at).collect();
        for at in headings.into_iter().rev() {
            rows.insert(at, Row::text(""));
        }
    }
    rows
}

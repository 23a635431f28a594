//! The rows of a pane below its head: in columns, with a cursor, folded or unfolded.

use ratatui::layout::Rect;

use crate::tui::body::Body;
use crate::tui::rows::{self, Row};
use crate::tui::state::{Find, Pane, State, Target};
use crate::tui::text::{Strip, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::{Canvas, Table, visible_rows};

/// Draws the pane's rows as this table from so many lines below the area's top.
///
/// With `wrapped`, every row is unfolded: for words one must be able to read.
pub(super) fn table(
    canvas: &mut Canvas<'_>,
    state: &State,
    pane: Pane,
    area: Rect,
    from: usize,
    table: Table<'_>,
    wrapped: bool,
) {
    let all = rows::rows(state, pane, 0..rows::count(state, pane));
    let room = usize::from(area.width).saturating_sub(2);
    let measured = table.measure(&all, room, canvas.theme);
    let lines = |row: &Row, unfolded: bool| {
        if unfolded || wrapped { measured.unfolded(row, room) } else { vec![measured.folded(row)] }
    };
    let text = |row: &Row| row.cells.join(" ");
    scrolled(canvas, state, pane, area, from, all.len(), |index, unfolded| {
        all.get(index).map_or_else(|| (Vec::new(), String::new()), |row| (lines(row, unfolded), text(row)))
    });
}

/// Draws the body's lines; only those that are seen are laid out.
pub(super) fn body(canvas: &mut Canvas<'_>, state: &State, area: Rect, from: usize, body: &Body) {
    let room = usize::from(area.width).saturating_sub(2);
    let reveal = state.is_revealed();
    let empty = canvas.strip();
    scrolled(canvas, state, Pane::Answer, area, from, body.len(), |index, unfolded| {
        let Some(line) = body.window(index, 1, reveal).into_iter().next() else { return (Vec::new(), String::new()) };
        let text = line.plain();
        if unfolded {
            let lines = wrap(&text, room).into_iter().map(|line| empty.clone().text(Role::Text, line));
            return (lines.collect(), text);
        }
        let strip = line.pieces.iter().fold(empty.clone(), |strip, (role, piece)| strip.text(*role, piece));
        let strip = match line.more {
            0 => strip,
            more => {
                let more = format!(" … {} more", crate::tui::body::size(more));
                strip.cut(room.saturating_sub(more.len())).text(Role::Muted, more)
            }
        };
        (vec![strip], text)
    });
}

/// Draws the rows that are seen, as everywhere. `row` gives a row's lines, folded or not, and its text.
pub(super) fn scrolled(
    canvas: &mut Canvas<'_>,
    state: &State,
    pane: Pane,
    area: Rect,
    from: usize,
    count: usize,
    row: impl Fn(usize, bool) -> (Vec<Strip>, String),
) {
    let Some(view) = state.pane_view(pane) else { return };
    let height = usize::from(area.height).saturating_sub(from);
    let is_unfolded = |index: usize| view.unfolded.contains(&index);
    let height_of = |index: usize| row(index, is_unfolded(index)).0.len().max(1);
    let focused = state.focus == pane;
    let find = state.find.as_ref().filter(|find| find.pane == pane);
    let shown = visible_rows(count, view.top, view.cursor, height, height_of);
    let more = more_below(canvas, shown.end, count);
    canvas.seen.tops.push((pane, shown.start));
    canvas.seen.heights.push((Some(pane), height));
    let mut line = from;
    for index in shown {
        let (strips, text) = row(index, is_unfolded(index));
        canvas.note(area, line, strips.len(), Target::Row(pane, index));
        let here = focused && index == view.cursor.min(count.saturating_sub(1));
        let hit = find.is_some_and(|find| find.hits(&text));
        for (nth, strip) in strips.into_iter().enumerate() {
            let strip = match find.filter(|_| hit) {
                Some(find) => marked(strip, find, nth == 0),
                None => strip,
            };
            let mark = if here && nth == 0 { "▸" } else { " " };
            let start = canvas.strip().text(Role::Accent, mark);
            let last = line + 1 == usize::from(area.height) && more.width() > 0 && line > from;
            let room = usize::from(area.width).saturating_sub(if last { more.width() + 4 } else { 2 });
            let strip = start.then(strip.cut(room));
            let strip = if last { strip.flush_right(more.clone(), usize::from(area.width) - 1) } else { strip };
            canvas.put(area, line, strip);
            line += 1;
        }
    }
}

/// Marks what is looked for; where it stands in a part that is cut off, the whole of the first line.
fn marked(strip: Strip, find: &Find, first: bool) -> Strip {
    let places = find.places(&strip.plain());
    match (places.is_empty(), first) {
        (true, true) => strip.over(Role::Hit),
        _ => strip.marked(&places, Role::Hit),
    }
}

/// How many rows are not seen below the last; empty when all are.
fn more_below(canvas: &Canvas<'_>, end: usize, count: usize) -> Strip {
    match count.saturating_sub(end) {
        0 => canvas.strip(),
        hidden => canvas.strip().text(Role::Muted, format!("▾ {hidden} more")),
    }
}

//! Rows of values in columns, with a cursor, folded to one line each or unfolded.

use std::ops::Range;

use crate::tui::rows::{Row, Tone};
use crate::tui::text::{Strip, visible, width, wrap};
use crate::tui::theme::{Role, Theme};

/// Blanks between columns.
const GAP: usize = 2;

/// One column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// How it looks.
    pub role: Role,
    /// It is never wider than this; the wide column takes what is left.
    pub most: usize,
    /// It is left out when the table has fewer columns of the screen than this.
    pub from: usize,
}

impl Column {
    /// A column that is always there.
    pub const fn new(role: Role, most: usize) -> Self {
        Self { role, most, from: 0 }
    }

    /// The same, left out in narrow tables.
    #[must_use]
    pub const fn from(self, from: usize) -> Self {
        Self { from, ..self }
    }
}

/// How the rows of one pane are laid out.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// From left to right; cells beyond them are appended to the last.
    pub columns: &'a [Column],
    /// Which column takes the room that is left; the one that unfolds.
    pub wide: usize,
    /// Which column shows the row's tone.
    pub toned: usize,
    /// Rows whose first cell is this show their wide column so.
    pub by_name: &'a [(&'a str, Role)],
}

/// A table measured for some rows and a width.
#[derive(Clone, Debug)]
pub struct Measured<'a> {
    table: Table<'a>,
    widths: Vec<usize>,
    theme: Theme,
}

impl<'a> Table<'a> {
    /// A table whose wide column shows the tone.
    pub const fn of(columns: &'a [Column], wide: usize) -> Self {
        Self { columns, wide, toned: wide, by_name: &[] }
    }

    /// Finds the columns' widths for these rows in so many columns of the screen.
    pub fn measure(self, rows: &[Row], room: usize, theme: Theme) -> Measured<'a> {
        let mut widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let natural = rows.iter().filter(|row| !self.spans(row, index)).filter_map(|row| row.cells.get(index));
                let natural = natural.map(|cell| width(&visible(cell))).max().unwrap_or(0).min(column.most);
                if room < column.from { 0 } else { natural }
            })
            .collect();
        // What stands behind the wide column has a third of the room at most, all told.
        let behind = widths.get_mut(self.wide + 1..).unwrap_or_default();
        let (most, count) = (room * 36 / 100, behind.iter().filter(|width| **width > 4).count());
        let share = most / count.clamp(1, 2);
        // What a narrow one does not need of its share, the others may have.
        let unused = behind.iter().filter(|width| **width > 4).map(|width| share.saturating_sub(*width)).sum::<usize>();
        for width in behind {
            *width = (*width).min(if *width > share { share + unused } else { share });
        }
        let others: usize = widths
            .iter()
            .enumerate()
            .filter(|(index, width)| *index != self.wide && **width > 0)
            .map(|(_, width)| width + GAP)
            .sum();
        // However wide the others are, the wide column keeps a third.
        let left = room.saturating_sub(others).max(room / 3);
        let last = widths.iter().rposition(|width| *width > 0).unwrap_or(0);
        if let Some(wide) = widths.get_mut(self.wide) {
            *wide = if self.wide >= last { left } else { (*wide).max(12).min(left) };
        }
        Measured { table: self, widths, theme }
    }

    /// Whether this cell is the last of a row with fewer cells than columns: it may use all the room behind it.
    fn spans(&self, row: &Row, index: usize) -> bool {
        index + 1 == row.cells.len() && row.cells.len() < self.columns.len()
    }
}

impl Measured<'_> {
    /// The row on one line.
    pub fn folded(&self, row: &Row) -> Strip {
        let mut strip = Strip::new(self.theme);
        if let [text] = row.cells.as_slice() {
            return strip.text(alone(row.tone), text);
        }
        let last = self.shown().last().map_or(0, |(index, ..)| index).min(row.cells.len().saturating_sub(1));
        for (index, column, columns) in self.shown().take_while(|(index, ..)| *index <= last) {
            let cell = row.cells.get(index).map(String::as_str).unwrap_or_default();
            let role = self.role(row, index, column);
            let remark = self.remark(row).filter(|_| index == self.table.wide);
            let own = remark.map_or(columns, |remark| width(cell).min(columns.saturating_sub(width(remark) + GAP)));
            strip =
                if index == last && remark.is_none() { strip.text(role, cell) } else { strip.cell(role, cell, own) };
            if let Some(remark) = remark {
                let tone = toned_role(row.tone).unwrap_or(role);
                strip = strip.gap(GAP).cell(tone, remark, columns.saturating_sub(own + GAP));
            }
            strip = if index == last { strip } else { strip.gap(GAP) };
        }
        strip
    }

    /// Whether one line holds every cell in full.
    fn shows_all(&self, row: &Row) -> bool {
        row.cells.iter().enumerate().all(|(index, cell)| {
            let room = self.widths.get(index).copied().unwrap_or(0);
            self.table.spans(row, index) || width(&visible(cell)) <= room
        })
    }

    /// What the toned column would say, when it matters and the column is not there.
    fn remark<'r>(&self, row: &'r Row) -> Option<&'r str> {
        let dropped = self.widths.get(self.table.toned).is_some_and(|width| *width == 0);
        let matters = !matches!(row.tone, Tone::Plain | Tone::Quiet | Tone::Heading);
        row.cells.get(self.table.toned).map(String::as_str).filter(|text| dropped && matters && !text.is_empty())
    }

    /// The row on as many lines as its wide column needs; the columns behind that follow below it.
    pub fn unfolded(&self, row: &Row, room: usize) -> Vec<Strip> {
        if row.cells.len() == 1 {
            let role = alone(row.tone);
            let lines = wrap_long(row.cells.first().map(String::as_str).unwrap_or_default(), room);
            return lines.into_iter().map(|line| Strip::new(self.theme).text(role, line)).collect();
        }
        let folded = self.folded(row);
        if folded.width() <= room && self.shows_all(row) {
            return vec![folded];
        }
        let mut head = Strip::new(self.theme);
        for (index, column, columns) in self.shown().take_while(|(index, ..)| *index < self.table.wide) {
            let cell = row.cells.get(index).map(String::as_str).unwrap_or_default();
            head = head.cell(self.role(row, index, column), cell, columns).gap(GAP);
        }
        let indent = head.width().min(room / 2);
        let mut strips = Vec::new();
        let behind = row.cells.iter().enumerate().skip(self.table.wide);
        for (index, cell) in behind.filter(|(index, cell)| *index == self.table.wide || !cell.is_empty()) {
            let role = self.table.columns.get(index).map_or(Role::Muted, |column| self.role(row, index, *column));
            for line in wrap_long(cell, room.saturating_sub(indent)) {
                let start = if strips.is_empty() { head.clone() } else { Strip::new(self.theme).gap(indent) };
                strips.push(start.text(role, line));
            }
        }
        strips
    }

    fn shown(&self) -> impl Iterator<Item = (usize, Column, usize)> + '_ {
        let columns = self.table.columns.iter().zip(&self.widths).enumerate();
        columns.filter(|(_, (_, width))| **width > 0).map(|(index, (column, width))| (index, *column, *width))
    }

    fn role(&self, row: &Row, index: usize, column: Column) -> Role {
        // Where the toned column has no room, the wide one shows the tone.
        let there = self.widths.get(self.table.toned).is_some_and(|width| *width > 0);
        let toned = if there && row.cells.len() > self.table.toned { self.table.toned } else { self.table.wide };
        let remarked = self.remark(row).is_some();
        let own = if index == self.table.wide { self.named(row).unwrap_or(column.role) } else { column.role };
        match row.tone {
            Tone::Quiet | Tone::Heading => Role::Muted,
            tone if index == toned && !remarked => toned_role(tone).unwrap_or(own),
            _ => own,
        }
    }

    fn named(&self, row: &Row) -> Option<Role> {
        let name = row.cells.first()?;
        self.table.by_name.iter().find(|(known, _)| known == name).map(|(_, role)| *role)
    }
}

fn toned_role(tone: Tone) -> Option<Role> {
    match tone {
        Tone::Plain => None,
        Tone::Heading => Some(Role::Title),
        Tone::Good => Some(Role::Good),
        Tone::Warning => Some(Role::Warn),
        Tone::Bad => Some(Role::Bad),
        Tone::Quiet => Some(Role::Muted),
    }
}

/// The look of a row that is one piece of text.
fn alone(tone: Tone) -> Role {
    toned_role(tone).unwrap_or(Role::Text)
}

/// Lines of a value: at its own blanks where that helps, and never more than would fill a few screens.
fn wrap_long(text: &str, room: usize) -> Vec<String> {
    const MOST: usize = 200;
    let mut lines = wrap(text, room.max(4));
    if lines.len() > MOST {
        lines.truncate(MOST);
        lines.push("…".to_owned());
    }
    lines
}

/// Which rows a pane shows: from the hint on, but so that the row under the cursor is among them.
///
/// `height_of` says how many lines a row takes; it is asked of few rows, however many there are.
pub fn visible_rows(
    count: usize,
    hint: usize,
    cursor: usize,
    height: usize,
    height_of: impl Fn(usize) -> usize,
) -> Range<usize> {
    if count == 0 || height == 0 {
        return 0..0;
    }
    let cursor = cursor.min(count - 1);
    let mut top = hint.min(cursor).max((cursor + 1).saturating_sub(height));
    let mut used: usize = (top..=cursor).map(&height_of).sum();
    while used > height && top < cursor {
        used -= height_of(top);
        top += 1;
    }
    let mut end = cursor + 1;
    while end < count && used < height {
        used += height_of(end);
        end += 1;
    }
    // Nothing below: show more above instead of blank lines.
    while end == count && top > 0 && used + height_of(top - 1) <= height {
        top -= 1;
        used += height_of(top);
    }
    top..end
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;

    const TABLE: Table<'static> = Table {
        columns: &[Column::new(Role::Name, 10), Column::new(Role::Text, 60), Column::new(Role::Muted, 20).from(40)],
        toned: 2,
        ..Table::of(&[], 1)
    };

    fn rows() -> Vec<Row> {
        vec![
            Row::new(["iss", "http://localhost:8001/realms/myorg", "who issued it"]),
            Row::new(["scope", "profile email", "what it may do"]),
        ]
    }

    #[test]
    fn columns_line_up_and_the_last_is_dropped_first() {
        let rows = rows();
        let folded = |room| {
            let measured = TABLE.measure(&rows, room, Theme::default());
            rows.iter().map(|row| measured.folded(row).cut(room).plain()).collect::<Vec<_>>()
        };
        assert_eq!(
            folded(60),
            [
                "iss    http://localhost:8001/realms/myorg  who issued it",
                "scope  profile email                       what it may do"
            ]
        );
        assert_eq!(folded(30), ["iss    http://localhost:8001/…", "scope  profile email"]);
    }

    #[test]
    fn a_remark_that_matters_outlives_its_column() {
        let rows = [Row::new(["aud", "account", "! Keycloak's own"]).tone(Tone::Warning), Row::new(["x", "y", "z"])];
        let measured = TABLE.measure(&rows, 39, Theme::default());
        assert_eq!(measured.folded(&rows[0]).plain().trim_end(), "aud  account  ! Keycloak's own");
        assert_eq!(measured.folded(&rows[1]).plain(), "x    y");
    }

    #[test]
    fn the_last_cell_of_a_short_row_has_the_rest_of_the_line() {
        let rows = [Row::new(["a", "b", "c"]), Row::new(["API said", "401 and so on, on and on"])];
        let measured = TABLE.measure(&rows, 60, Theme::default());
        assert_eq!(measured.folded(&rows[0]).plain(), "a         b             c");
        assert_eq!(measured.folded(&rows[1]).plain(), "API said  401 and so on, on and on");
    }

    #[test]
    fn unfolded_values_stay_in_their_column() {
        let rows = rows();
        let measured = TABLE.measure(&rows, 30, Theme::default());
        let lines: Vec<_> = measured.unfolded(&rows[0], 30).into_iter().map(|strip| strip.plain()).collect();
        assert_eq!(lines, ["iss    http://localhost:8001/r", "       ealms/myorg", "       who issued it"]);
    }

    #[test]
    fn the_cursor_is_always_among_the_rows() {
        assert_eq!(visible_rows(100, 0, 0, 10, |_| 1), 0..10);
        assert_eq!(visible_rows(100, 0, 50, 10, |_| 1), 41..51);
        assert_eq!(visible_rows(100, 45, 50, 10, |_| 1), 45..55);
        assert_eq!(visible_rows(100, 95, 99, 10, |_| 1), 90..100);
        assert_eq!(visible_rows(3, 9, 9, 10, |_| 1), 0..3);
        assert_eq!(visible_rows(10, 0, 5, 4, |row| if row == 5 { 9 } else { 1 }), 5..6);
    }

    proptest! {
        #[test]
        fn few_rows_are_looked_at_and_the_cursor_is_there(
            count in 1_usize..2_000_000, hint in 0_usize..2_000_000, cursor in 0_usize..2_000_000, height in 1_usize..60,
        ) {
            let asked = std::cell::Cell::new(0);
            let shown = visible_rows(count, hint, cursor, height, |row| { asked.set(asked.get() + 1); 1 + row % 3 });
            prop_assert!(shown.contains(&cursor.min(count - 1)));
            prop_assert!(asked.get() <= 6 * height, "{} rows asked for", asked.get());
        }
    }
}

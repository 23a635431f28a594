//! The buffer of a frame, with what every piece of drawing needs beside it.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::state::{Pane, Seen, Target};
use crate::tui::text::Strip;
use crate::tui::theme::{Role, Theme};

/// Where a screen is drawn.
#[derive(Debug)]
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    /// How things look.
    pub theme: Theme,
    /// The time that ages and countdowns go by.
    pub now: Timestamp,
    /// What stands where.
    pub seen: Seen,
}

impl<'a> Canvas<'a> {
    /// A canvas over the buffer.
    pub fn new(buffer: &'a mut Buffer, theme: Theme, now: Timestamp) -> Self {
        Self { buffer, theme, now, seen: Seen::default() }
    }

    /// An empty line to build on.
    pub fn strip(&self) -> Strip {
        Strip::new(self.theme)
    }

    /// Writes the line into the area, so many lines below its top, cut at its right edge. Outside, nothing is written.
    pub fn put(&mut self, area: Rect, line: usize, strip: Strip) {
        let area = area.intersection(self.buffer.area);
        let Some(y) = u16::try_from(line).ok().filter(|line| *line < area.height).map(|line| area.y + line) else {
            return;
        };
        let strip = strip.cut(usize::from(area.width));
        self.buffer.set_line(area.x, y, &strip.line(), area.width);
    }

    /// Writes the lines one below the other, from so many lines below the area's top; returns the line behind the last.
    pub fn put_all(&mut self, area: Rect, from: usize, strips: impl IntoIterator<Item = Strip>) -> usize {
        let mut line = from;
        for strip in strips {
            self.put(area, line, strip);
            line += 1;
        }
        line
    }

    /// Notes that so many lines of the area, from this one on, are this.
    pub fn note(&mut self, area: Rect, line: usize, lines: usize, target: Target) {
        let size = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let y = area.y.saturating_add(size(line));
        self.seen.note(Rect { y, height: size(lines), ..area }.intersection(area), target);
    }

    /// Notes where the tabs of a line stand: their widths, from one blank after the area's left edge on.
    pub fn note_tabs(&mut self, area: Rect, line: usize, pane: Pane, widths: impl IntoIterator<Item = usize>) {
        let mut x = area.x.saturating_add(1);
        for (place, width) in widths.into_iter().enumerate() {
            let width = u16::try_from(width).unwrap_or(u16::MAX);
            self.note(Rect { x, width, ..area }.intersection(area), line, 1, Target::Tab(pane, place));
            x = x.saturating_add(width).saturating_add(2);
        }
    }

    /// Makes the area blank.
    pub fn clear(&mut self, area: Rect) {
        for position in area.intersection(self.buffer.area).positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
            }
        }
    }

    /// Gives every cell of the area this role on top of its own.
    pub fn over(&mut self, area: Rect, role: Role) {
        let area = area.intersection(self.buffer.area);
        self.buffer.set_style(area, self.theme.style(role));
    }
}

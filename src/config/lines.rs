//! From a byte offset in the text to line and column, without walking the text each time.
//!
//! Pure. Imports the siblings `Place` and `Layer`; nothing else of this crate.

use std::ops::Range;

use super::{Layer, Place};

/// Characters are counted ahead of time up to every so many bytes.
const STEP: usize = 256;

/// Where the lines of a text begin.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// The offset of the first byte of each line.
    starts: Vec<usize>,
    /// How many characters begin before byte 0, `STEP`, 2 x `STEP`, …
    characters: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Reads the text once. A byte order mark at its start belongs to no line.
    pub(super) fn of(text: &'t str) -> Self {
        let begin = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut starts = vec![begin];
        let mut characters = Vec::with_capacity(text.len() / STEP + 1);
        let mut count = 0;
        for (at, byte) in text.bytes().enumerate() {
            if at % STEP == 0 {
                characters.push(count);
            }
            if begins_character(byte) {
                count += 1;
            }
            if byte == b'\n' {
                starts.push(at + 1);
            }
        }
        Self { text, starts, characters }
    }

    /// The part of the text that these bytes are; nothing when they are none.
    pub(super) fn slice(&self, span: Range<usize>) -> &'t str {
        self.text.get(span).unwrap_or_default()
    }

    /// The place of the byte at this offset; an offset beyond the text is its end.
    pub(super) fn place(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        Place { layer: Layer::Shared, line, column: self.before(offset).saturating_sub(self.before(start)) + 1 }
    }

    /// How many characters of the first line it covers, from `start` to `end`; at least 1.
    pub(super) fn length(&self, start: usize, end: usize) -> usize {
        let line_end = self
            .starts
            .get(self.starts.partition_point(|begin| *begin <= start))
            .map_or(self.text.len(), |next| next.saturating_sub(1));
        self.before(end.min(line_end)).saturating_sub(self.before(start)).max(1)
    }

    /// How many characters begin before the offset.
    fn before(&self, offset: usize) -> usize {
        let step = (offset / STEP).min(self.characters.len().saturating_sub(1));
        let counted = self.characters.get(step).copied().unwrap_or(0);
        let rest = self.text.as_bytes().get(step * STEP..offset.min(self.text.len())).unwrap_or_default();
        counted + rest.iter().filter(|byte| begins_character(**byte)).count()
    }
}

/// Whether the byte is the first of a character in UTF-8.
fn begins_character(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_a_reader_would_count() {
        let text = format!("\u{feff}añb\n{}x\r\n", "日".repeat(700));
        let lines = Lines::of(&text);
        let (mut line, mut column) = (1, 1);
        for (offset, c) in text.char_indices().skip(1) {
            assert_eq!(lines.place(offset), Place { line, column, ..Place::default() }, "at {offset}");
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        assert_eq!(lines.place(usize::MAX), Place { line, column, ..Place::default() });
        assert_eq!(Lines::of("").place(0), Place { line: 1, column: 1, ..Place::default() });
    }

    #[test]
    fn a_length_ends_with_its_line() {
        let lines = Lines::of("ab日cd\nef");
        assert_eq!(lines.length(1, 5), 2);
        assert_eq!(lines.length(1, 9), 4);
        assert_eq!(lines.length(3, 3), 1);
    }
}

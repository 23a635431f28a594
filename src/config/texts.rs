//! The texts that are laid over one another, as one: a byte's offset tells which of them it stands in.
//!
//! Pure. Imports siblings only.

use std::ops::Range;

use super::lines::Lines;
use super::{Layer, Place};

/// The texts of all layers. The offsets of a text begin where those of the one before end.
pub(super) struct Texts<'t>(Vec<Text<'t>>);

struct Text<'t> {
    layer: Layer,
    base: usize,
    lines: Lines<'t>,
}

impl<'t> Texts<'t> {
    /// No text so far.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// Adds the text of a layer, of which so many bytes are there to be counted; gives the offset of its first byte.
    pub(super) fn add(&mut self, layer: Layer, text: &'t str, base: usize) {
        self.0.push(Text { layer, base, lines: Lines::of(text) });
    }

    /// The text that this offset is in, and the offset within it.
    fn at(&self, offset: usize) -> Option<(&Text<'t>, usize)> {
        let after = self.0.partition_point(|text| text.base <= offset);
        let text = self.0.get(after.saturating_sub(1))?;
        Some((text, offset.saturating_sub(text.base)))
    }

    /// Where the byte at this offset stands.
    pub(super) fn place(&self, offset: usize) -> Place {
        self.at(offset).map_or_else(Place::default, |(text, at)| Place { layer: text.layer, ..text.lines.place(at) })
    }

    /// How many characters of the first line these bytes cover; at least 1.
    pub(super) fn length(&self, span: &Range<usize>) -> usize {
        self.at(span.start).map_or(1, |(text, at)| text.lines.length(at, span.end.saturating_sub(text.base)))
    }

    /// The bytes themselves.
    pub(super) fn slice(&self, span: &Range<usize>) -> &'t str {
        self.at(span.start).map_or("", |(text, at)| text.lines.slice(at..span.end.saturating_sub(text.base)))
    }
}

//! A response body as lines to look at: JSON laid out, other text as it is, anything else as a hex excerpt.
//!
//! Pure. Reading a body once finds where its lines begin, in a sparse index beside the bytes; a frame then lays out
//! only the lines it shows. So a body of 10 MB costs a few kilobytes more and no frame waits for it.

mod json;

use std::ops::Range;

use serde::de::IgnoredAny;

use super::theme::Role;
use crate::exchange::{Response, redact_text};

/// A mark is set at the first line that begins so many lines, or bytes, behind the last mark.
const STRIDE_LINES: usize = 64;
const STRIDE_BYTES: usize = 16 * 1024;

/// Bytes of one line that are laid out; longer JSON says how much more there is, a longer line of text is broken.
const LONGEST_LINE: usize = 4 * 1024;

/// Bytes of a binary body that are shown.
const EXCERPT: usize = 512;

/// Bytes in one line of the excerpt.
const HEX_LINE: usize = 16;

/// What a body is, as far as showing it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    /// No bytes at all.
    #[default]
    Empty,
    /// JSON, laid out anew.
    Json,
    /// Text, line by line.
    Text,
    /// Neither: an excerpt in hexadecimal.
    Binary,
}

/// A response body, ready to be shown.
#[derive(Debug, Default)]
pub struct Body {
    kind: Kind,
    bytes: Vec<u8>,
    lines: usize,
    marks: Vec<Mark>,
}

/// Where a line begins, and how deep in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    line: usize,
    place: Place,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    offset: usize,
    depth: usize,
}

/// One line found in the bytes: what it spans, how far it is indented, and where the next begins.
struct Found {
    span: Range<usize>,
    indent: usize,
    next: Place,
}

/// One line to show: pieces with their roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BodyLine {
    /// From left to right; not yet made visible.
    pub pieces: Vec<(Role, String)>,
    /// Bytes of the line that are not in the pieces.
    pub more: usize,
}

impl BodyLine {
    /// The text without its roles.
    pub fn plain(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }
}

impl Body {
    /// Reads the body once, from end to end. For a large body this belongs off the thread that draws.
    pub fn of(response: &Response) -> Self {
        let kind = kind_of(&response.body, response.media_type().as_deref());
        let mut body = Self { kind, bytes: response.body.clone(), ..Self::default() };
        match kind {
            Kind::Empty => {}
            Kind::Binary => body.lines = body.bytes.len().min(EXCERPT).div_ceil(HEX_LINE),
            Kind::Json | Kind::Text => body.read(),
        }
        body
    }

    fn read(&mut self) {
        let mut place = Place::default();
        let mut marked = Mark { line: 0, place };
        self.marks.push(marked);
        while let Some(found) = self.line_at(place) {
            let far = self.lines - marked.line >= STRIDE_LINES || place.offset - marked.place.offset >= STRIDE_BYTES;
            if far {
                marked = Mark { line: self.lines, place };
                self.marks.push(marked);
            }
            self.lines += 1;
            place = found.next;
        }
        self.marks.shrink_to_fit();
    }

    /// The line that begins at the place.
    fn line_at(&self, place: Place) -> Option<Found> {
        match self.kind {
            Kind::Json => json::line_at(&self.bytes, place),
            _ => text_line(&self.bytes, place),
        }
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// Lays out the lines from `first` on, `count` at most. Tokens and credentials are masked unless `reveal`.
    pub fn window(&self, first: usize, count: usize, reveal: bool) -> Vec<BodyLine> {
        if self.kind == Kind::Binary {
            let lines = self.bytes.chunks(HEX_LINE).enumerate().take(self.lines);
            return lines.skip(first).take(count).map(|(at, chunk)| hex_line(at * HEX_LINE, chunk)).collect();
        }
        let lines = self.found_from(first).take(count);
        lines.map(|found| self.lay_out(&found, reveal)).collect()
    }

    /// One line without its roles, masked; empty when there is none.
    pub fn row(&self, index: usize) -> String {
        self.window(index, 1, false).first().map(BodyLine::plain).unwrap_or_default()
    }

    /// The first line from `from` on, in the given direction and round the end, whose masked text fits.
    pub fn find(&self, from: usize, forward: bool, fits: impl Fn(&str) -> bool) -> Option<usize> {
        let fitting = |lines: Range<usize>| {
            let count = lines.len();
            let window = self.each_from(lines.start).take(count).zip(lines);
            window.filter(|(line, _)| fits(&line.plain())).map(|(_, index)| index)
        };
        let from = from.min(self.lines);
        if forward {
            fitting(from..self.lines).next().or_else(|| fitting(0..from).next())
        } else {
            let end = (from + 1).min(self.lines);
            fitting(0..end).last().or_else(|| fitting(end..self.lines).last())
        }
    }

    fn each_from(&self, first: usize) -> Box<dyn Iterator<Item = BodyLine> + '_> {
        if self.kind == Kind::Binary {
            return Box::new((first..self.lines).flat_map(|line| self.window(line, 1, false)));
        }
        Box::new(self.found_from(first).map(|found| self.lay_out(&found, false)))
    }

    /// The lines from `first` on, found from the nearest mark before it.
    fn found_from(&self, first: usize) -> impl Iterator<Item = Found> + '_ {
        let nearest = self.marks.partition_point(|mark| mark.line <= first).checked_sub(1);
        let mark = nearest.and_then(|index| self.marks.get(index)).copied();
        let skip = mark.map_or(0, |mark| first - mark.line);
        let mut next = mark.map(|mark| (mark.line, mark.place));
        std::iter::from_fn(move || {
            let (line, place) = next?;
            let found = self.found(line, place)?;
            next = Some((line + 1, found.next));
            Some(found)
        })
        .skip(skip)
    }

    /// As `line_at`, but the end of a long line is taken from the index, not looked for.
    fn found(&self, line: usize, place: Place) -> Option<Found> {
        let next = self.marks.partition_point(|mark| mark.line <= line);
        match self.marks.get(next) {
            Some(mark) if mark.line == line + 1 && mark.place.offset - place.offset >= STRIDE_BYTES => Some(Found {
                span: place.offset..mark.place.offset,
                indent: place.depth.min(mark.place.depth),
                next: mark.place,
            }),
            _ => self.line_at(place),
        }
    }

    fn lay_out(&self, found: &Found, reveal: bool) -> BodyLine {
        let line = self.bytes.get(found.span.clone()).unwrap_or_default();
        let (head, more) = head(line);
        match self.kind {
            Kind::Json => BodyLine { pieces: json::pieces(line, head, found.indent, reveal), more },
            _ => {
                let text = String::from_utf8_lossy(head.strip_suffix(b"\r").unwrap_or(head)).replace('\t', "    ");
                let text = if reveal { text } else { redact_text(&text) };
                BodyLine { pieces: vec![(Role::Text, text)], more }
            }
        }
    }

    /// What the lines do not say, in words: an excerpt's size. None when they say it all.
    pub fn remark(&self) -> Option<String> {
        match self.kind {
            Kind::Binary if self.bytes.len() > EXCERPT => {
                Some(format!("binary, {}; the first {EXCERPT} bytes are shown", size(self.bytes.len())))
            }
            Kind::Binary => Some(format!("binary, {}", size(self.bytes.len()))),
            _ => None,
        }
    }
}

/// A number of bytes in words: `94 B`, `1.4 kB`, `10.0 MB`.
pub fn size(bytes: usize) -> String {
    let tenths = |unit: usize| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        _ => format!("{} MB", tenths(1_000_000)),
    }
}

fn kind_of(bytes: &[u8], media: Option<&str>) -> Kind {
    if bytes.is_empty() {
        return Kind::Empty;
    }
    let declared_text = media.is_some_and(|media| media.starts_with("text/"));
    let is_text = !bytes.contains(&0) && (declared_text || is_utf8(bytes));
    if !is_text {
        return Kind::Binary;
    }
    let begins = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(begins, Some(b'{' | b'[')) {
        match serde_json::from_slice::<IgnoredAny>(bytes) {
            Ok(_) => return Kind::Json,
            // A body cut at the bound is JSON as far as it goes.
            Err(error) if error.is_eof() => return Kind::Json,
            Err(_) => {}
        }
    }
    Kind::Text
}

/// Whether it is UTF-8, but for a letter cut in two at the end.
fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

fn text_line(bytes: &[u8], place: Place) -> Option<Found> {
    let rest = bytes.get(place.offset..).filter(|rest| !rest.is_empty())?;
    let length = rest.iter().take(2 * STRIDE_BYTES).position(|byte| *byte == b'\n');
    let (line, after) = match length {
        Some(length) => (rest.get(..length).unwrap_or_default(), 1),
        None => (rest, 0),
    };
    // A line that is long beyond looking at is broken.
    let (head, more) = head(line);
    let end = place.offset + head.len();
    let next = Place { offset: if more == 0 { end + after } else { end }, depth: 0 };
    Some(Found { span: place.offset..end, indent: 0, next })
}

/// The start of a line that is laid out, and how many bytes are left out. It never ends within something that may be a
/// token, so that masking sees the whole of it, nor within a letter.
fn head(line: &[u8]) -> (&[u8], usize) {
    let token_like = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte) || !byte.is_ascii();
    let tail = line.get(LONGEST_LINE..).unwrap_or_default();
    let extra = tail.iter().take(STRIDE_BYTES).take_while(|byte| token_like(byte)).count();
    let (head, rest) = line.split_at(line.len().min(LONGEST_LINE + extra));
    (head, rest.len())
}

fn hex_line(offset: usize, chunk: &[u8]) -> BodyLine {
    let pairs = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let (first, second) = chunk.split_at(chunk.len().min(HEX_LINE / 2));
    let letters: String =
        chunk.iter().map(|byte| if (b' '..=b'~').contains(byte) { char::from(*byte) } else { '.' }).collect();
    BodyLine {
        pieces: vec![
            (Role::Muted, format!("{offset:06x}  ")),
            (Role::Text, format!("{:<23}  {:<23}  ", pairs(first), pairs(second))),
            (Role::Muted, letters),
        ],
        more: 0,
    }
}

#[cfg(test)]
mod tests;

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

/// Bytes of one line that are laid out; a longer line says how much more there is.
const LONGEST_LINE: usize = 4 * 1024;

/// Bytes of a binary body that are shown.
const EXCERPT: usize = 512;

/// Bytes in one line of the excerpt.
const HEX_LINE: usize = 16;

/// What a body is, as far as showing it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// No bytes at all.
    Empty,
    /// JSON, laid out anew.
    Json,
    /// Text, line by line.
    Text,
    /// Neither: an excerpt in hexadecimal.
    Binary,
}

/// The lines of one body. It does not hold the bytes: they are handed in again for each look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyLines {
    form: Form,
    lines: usize,
    bytes: usize,
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

impl BodyLines {
    /// Reads the body once, from end to end. For a large body this belongs off the thread that draws.
    pub fn of(response: &Response) -> Self {
        let bytes = response.body.as_slice();
        let form = form(bytes, response.media_type().as_deref());
        let mut index = Self { form, lines: 0, bytes: bytes.len(), marks: Vec::new() };
        match form {
            Form::Empty => {}
            Form::Binary => index.lines = bytes.len().min(EXCERPT).div_ceil(HEX_LINE),
            Form::Json | Form::Text => index.read(bytes),
        }
        index
    }

    fn read(&mut self, bytes: &[u8]) {
        let mut place = Place::default();
        let mut marked = Mark { line: 0, place };
        self.marks.push(marked);
        while let Some(found) = self.find(bytes, place) {
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
    fn find(&self, bytes: &[u8], place: Place) -> Option<Found> {
        match self.form {
            Form::Json => json::find(bytes, place),
            _ => text_line(bytes, place),
        }
    }

    /// What it is.
    pub fn form(&self) -> Form {
        self.form
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// Lays out the lines from `first` on, `count` at most. `bytes` must be the body this was read from; of any other
    /// it shows nonsense, and never panics. Tokens and credentials are masked unless `reveal`.
    pub fn window(&self, bytes: &[u8], first: usize, count: usize, reveal: bool) -> Vec<BodyLine> {
        if self.form == Form::Binary {
            let lines = bytes.chunks(HEX_LINE).enumerate().take(self.lines);
            return lines.skip(first).take(count).map(|(at, chunk)| hex_line(at * HEX_LINE, chunk)).collect();
        }
        let Some(mark) = self.marks.partition_point(|mark| mark.line <= first).checked_sub(1) else {
            return Vec::new();
        };
        let Some(Mark { line, place }) = self.marks.get(mark).copied() else { return Vec::new() };
        let (mut place, mut skip, mut out) = (place, first - line, Vec::new());
        let mut at = line;
        while out.len() < count {
            let Some(found) = self.find_marked(bytes, at, place) else { break };
            place = found.next;
            at += 1;
            if skip > 0 {
                skip -= 1;
            } else {
                out.push(self.lay_out(bytes, &found, reveal));
            }
        }
        out
    }

    /// As `find`, but the end of a long line is taken from the index, not looked for.
    fn find_marked(&self, bytes: &[u8], line: usize, place: Place) -> Option<Found> {
        let next = self.marks.partition_point(|mark| mark.line <= line);
        match self.marks.get(next) {
            Some(mark) if mark.line == line + 1 && mark.place.offset - place.offset >= STRIDE_BYTES => Some(Found {
                span: place.offset..mark.place.offset,
                indent: place.depth.min(mark.place.depth),
                next: mark.place,
            }),
            _ => self.find(bytes, place),
        }
    }

    fn lay_out(&self, bytes: &[u8], found: &Found, reveal: bool) -> BodyLine {
        let line = bytes.get(found.span.clone()).unwrap_or_default();
        let (head, more) = head(line);
        match self.form {
            Form::Json => BodyLine { pieces: json::pieces(line, head, found.indent, reveal), more },
            _ => {
                let text = String::from_utf8_lossy(head.strip_suffix(b"\r").unwrap_or(head)).replace('\t', "    ");
                let text = if reveal { text } else { redact_text(&text) };
                BodyLine { pieces: vec![(Role::Text, text)], more }
            }
        }
    }

    /// What the lines do not say, in words: an excerpt's size. None when they say it all.
    pub fn remark(&self) -> Option<String> {
        match self.form {
            Form::Binary if self.bytes > EXCERPT => {
                Some(format!("binary, {}; the first {EXCERPT} bytes are shown", size(self.bytes)))
            }
            Form::Binary => Some(format!("binary, {}", size(self.bytes))),
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

fn form(bytes: &[u8], media: Option<&str>) -> Form {
    if bytes.is_empty() {
        return Form::Empty;
    }
    let declared_text = media.is_some_and(|media| media.starts_with("text/"));
    let is_text = !bytes.contains(&0) && (declared_text || is_utf8(bytes));
    if !is_text {
        return Form::Binary;
    }
    let begins = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(begins, Some(b'{' | b'[')) {
        match serde_json::from_slice::<IgnoredAny>(bytes) {
            Ok(_) => return Form::Json,
            // A body cut at the bound is JSON as far as it goes.
            Err(error) if error.is_eof() => return Form::Json,
            Err(_) => {}
        }
    }
    Form::Text
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
    let length = rest.iter().position(|byte| *byte == b'\n');
    let end = place.offset + length.unwrap_or(rest.len());
    let next = Place { offset: length.map_or(end, |_| end + 1), depth: 0 };
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

//! A response body made ready to be shown, once, when it comes: tokens in it masked, JSON indented, cut into rows.
//!
//! Pure. Rows are looked up by number, so that a body of 10 MB costs a key press no more than a small one.

use std::ops::Range;

use serde::de::IgnoredAny;

use crate::exchange::{Response, redact_body, redact_text};

/// A longer line is broken, so that no row is ever long to look at.
const LONGEST_LINE: usize = 2_000;
/// Up to this size credentials are looked for by member name as well as by shape.
const SEARCHED: usize = 256 * 1024;
/// Bytes in a row of a binary body.
const BYTES: usize = 16;

/// A response body, ready to be shown.
#[derive(Debug, Default)]
pub struct Body {
    kind: Kind,
    /// The text to show; empty for a binary body.
    text: String,
    /// Where each row of `text` begins and ends.
    rows: Vec<Range<u32>>,
    /// The bytes, when they are no text.
    bytes: Vec<u8>,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    /// Nothing in it.
    #[default]
    Empty,
    /// JSON, indented.
    Json,
    /// Text as it came.
    Text,
    /// No text: shown as bytes.
    Binary,
}

impl Body {
    /// Prepares the body of a response.
    pub fn of(response: &Response) -> Self {
        let bytes = &response.body;
        if bytes.is_empty() {
            return Self::default();
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            if looks_binary(bytes) {
                return Self { kind: Kind::Binary, bytes: bytes.clone(), ..Self::default() };
            }
            return Self::from_text(Kind::Text, redact_text(&String::from_utf8_lossy(bytes)));
        };
        if looks_binary(bytes) {
            return Self { kind: Kind::Binary, bytes: bytes.clone(), ..Self::default() };
        }
        let masked = if bytes.len() <= SEARCHED { redact_body(bytes) } else { redact_text(text) };
        if serde_json::from_str::<IgnoredAny>(&masked).is_ok() {
            Self::from_text(Kind::Json, indented(&masked))
        } else {
            Self::from_text(Kind::Text, masked)
        }
    }

    fn from_text(kind: Kind, text: String) -> Self {
        let mut rows = Vec::new();
        let mut start = 0;
        for line in text.split('\n') {
            push_rows(&mut rows, line, start);
            start += line.len() + 1;
        }
        if text.ends_with('\n') {
            rows.pop();
        }
        Self { kind, text, rows, bytes: Vec::new() }
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        match self.kind {
            Kind::Binary => self.bytes.len().div_ceil(BYTES),
            _ => self.rows.len(),
        }
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One row: text as it came, not yet safe to show; or sixteen bytes in hexadecimal.
    pub fn row(&self, index: usize) -> String {
        if self.kind == Kind::Binary {
            return self.bytes.chunks(BYTES).nth(index).map_or_else(String::new, |chunk| hex(index * BYTES, chunk));
        }
        self.slice(index).to_owned()
    }

    fn slice(&self, index: usize) -> &str {
        self.rows
            .get(index)
            .and_then(|range| self.text.get(range.start as usize..range.end as usize))
            .unwrap_or_default()
    }

    /// The first row from `from` on, in the given direction and round the end, whose text fits.
    pub fn find(&self, from: usize, forward: bool, fits: impl Fn(&str) -> bool) -> Option<usize> {
        let len = self.len();
        let binary = self.kind == Kind::Binary;
        (0..len)
            .map(|step| if forward { (from + step) % len } else { (from + len - step % len) % len })
            .find(|index| if binary { fits(&self.row(*index)) } else { fits(self.slice(*index)) })
    }
}

/// Adds the line that starts at `start`, in pieces that are not too long.
fn push_rows(rows: &mut Vec<Range<u32>>, line: &str, start: usize) {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let mut rest = line;
    let mut at = start;
    loop {
        let mut cut = rest.len().min(LONGEST_LINE);
        while !rest.is_char_boundary(cut) {
            cut -= 1;
        }
        let (piece, after) = rest.split_at(cut);
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        rows.push(place(at)..place(at + piece.len()));
        at += piece.len();
        rest = after;
        if rest.is_empty() {
            return;
        }
    }
}

/// Whether the start of it holds bytes that no text has.
fn looks_binary(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(4_096)).unwrap_or(bytes);
    let odd =
        start.iter().filter(|byte| **byte == 0 || **byte == 0xff || (**byte < 0x20 && !b"\t\n\r\x1b".contains(byte)));
    odd.count() * 20 > start.len() || start.contains(&0)
}

fn hex(offset: usize, chunk: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = format!("{offset:08x} ");
    for index in 0..BYTES {
        match chunk.get(index) {
            Some(byte) => _ = write!(out, " {byte:02x}"),
            None => out.push_str("   "),
        }
    }
    out.push_str("  ");
    out.extend(chunk.iter().map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' }));
    out
}

/// Valid JSON with a line a member, every value spelt as it came.
fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 4);
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    let mut opened = false;
    for c in json.chars() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        if c.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(c, '}' | ']');
        if closes {
            depth = depth.saturating_sub(1);
        }
        // An empty object or array stays on its line.
        if (opened && !closes) || (closes && !opened) {
            new_line(&mut out, depth);
        }
        opened = matches!(c, '{' | '[');
        depth += usize::from(opened);
        out.push(c);
        match c {
            ',' => new_line(&mut out, depth),
            ':' => out.push(' '),
            '"' => in_string = true,
            _ => {}
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    // Deeper nesting than this is told by the brackets alone.
    out.extend(std::iter::repeat_n("  ", depth.min(32)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::exchange::Completeness;

    fn body(bytes: &[u8]) -> Body {
        Body::of(&Response { status: 200, headers: vec![], body: bytes.to_vec(), completeness: Completeness::Whole })
    }

    fn rows(body: &Body) -> Vec<String> {
        (0..body.len()).map(|index| body.row(index)).collect()
    }

    #[test]
    fn json_is_indented_and_keeps_its_spelling() {
        let body = body(br#"{"a":1.0,"b":[ ],"c":[{"d":"x, {y}\"]"}],"e":{}}"#);
        assert_eq!(body.kind(), Kind::Json);
        assert_eq!(
            rows(&body),
            [
                "{",
                "  \"a\": 1.0,",
                "  \"b\": [],",
                "  \"c\": [",
                "    {",
                "      \"d\": \"x, {y}\\\"]\"",
                "    }",
                "  ],",
                "  \"e\": {}",
                "}"
            ]
        );
    }

    #[test]
    fn text_and_bytes() {
        assert_eq!(rows(&body(b"<p>\r\nhi\n")), ["<p>", "hi"]);
        assert_eq!(body(b"").kind(), Kind::Empty);
        let binary = body(&[0x89, b'P', b'N', b'G', 0, 0, 0, 1]);
        assert_eq!(binary.kind(), Kind::Binary);
        assert!(binary.row(0).starts_with("00000000  89 50 4e 47"), "{}", binary.row(0));
        assert!(rows(&body(br#"{"access_token":"hush-hush"}"#)).iter().all(|row| !row.contains("hush")));
    }

    #[test]
    fn a_long_line_is_broken() {
        let long = "ä".repeat(5_000);
        let body = body(long.as_bytes());
        assert_eq!(body.len(), 5);
        assert_eq!(rows(&body).concat(), long);
    }

    #[test]
    fn find_goes_round() {
        let body = body(b"a\nb\na\nc");
        assert_eq!(body.find(1, true, |row| row == "a"), Some(2));
        assert_eq!(body.find(3, true, |row| row == "a"), Some(0));
        assert_eq!(body.find(1, false, |row| row == "a"), Some(0));
        assert_eq!(body.find(1, false, |row| row == "c"), Some(3));
        assert_eq!(body.find(1, true, |row| row == "z"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_have_rows(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let body = body(&bytes);
            prop_assert_eq!(rows(&body).len(), body.len());
        }

        #[test]
        fn indenting_changes_no_value(text in r#"[\[\]{}:,"a\\ 0-9]{0,40}"#) {
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                prop_assert_eq!(serde_json::from_str::<Value>(&indented(&text)).ok(), Some(value));
            }
        }
    }
}

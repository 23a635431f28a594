//! JSON laid out line by line, without ever holding it as a tree: where each line ends, and its pieces.
//!
//! Pure. The bytes are known to be JSON, or the start of JSON; whatever they are, nothing here panics.

use super::{Found, Place};
use crate::exchange::{Fingerprint, is_credential, redact_text};
use crate::tui::theme::Role;

/// Columns of one level.
const STEP: usize = 2;

/// Deeper levels are not indented further.
const DEEPEST: usize = 24;

/// The line that begins at the place: a member, an item, or a bracket, with the comma behind it.
pub(super) fn line_at(bytes: &[u8], place: Place) -> Option<Found> {
    let start = skip_blanks(bytes, place.offset);
    let mut depth = place.depth;
    let mut at = start;
    let first = *bytes.get(start)?;
    let indent;
    if matches!(first, b'}' | b']') {
        depth = depth.saturating_sub(1);
        indent = depth;
        at += 1;
    } else {
        indent = depth;
        loop {
            match bytes.get(at) {
                None | Some(b',' | b'}' | b']') => break,
                Some(b'"') => at = after_string(bytes, at),
                Some(b'{' | b'[') => {
                    let inside = skip_blanks(bytes, at + 1);
                    if matches!(bytes.get(inside), Some(b'}' | b']')) {
                        at = inside + 1;
                        break;
                    }
                    return Some(Found {
                        span: start..at + 1,
                        indent,
                        next: Place { offset: at + 1, depth: depth + 1 },
                    });
                }
                Some(_) => at += 1,
            }
        }
    }
    let comma = skip_blanks(bytes, at);
    if bytes.get(comma) == Some(&b',') {
        at = comma + 1;
    }
    let offset = skip_blanks(bytes, at);
    Some(Found { span: start..at, indent, next: Place { offset, depth } })
}

fn skip_blanks(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The offset behind the string that begins at the offset.
fn after_string(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The pieces of a line: indentation, the member's name, the value. `head` is what is shown of `line`.
pub(super) fn pieces(line: &[u8], head: &[u8], indent: usize, reveal: bool) -> Vec<(Role, String)> {
    let mut pieces = vec![(Role::Text, " ".repeat(indent.min(DEEPEST) * STEP))];
    let mut name: Option<String> = None;
    let mut at = 0;
    while let Some(byte) = head.get(at) {
        match byte {
            b'"' => {
                let end = after_string(head, at);
                let text = lossy(head.get(at..end));
                let behind = skip_blanks(head, end);
                if name.is_none() && head.get(behind) == Some(&b':') {
                    name = Some(text.trim_matches('"').to_owned());
                    pieces.push((Role::JsonName, text));
                } else {
                    let whole = lossy(line.get(at..after_string(line, at)));
                    pieces.push((Role::JsonString, masked(name.as_deref(), text, &whole, reveal)));
                }
                at = end;
            }
            b':' => {
                pieces.push((Role::Muted, ": ".to_owned()));
                at += 1;
            }
            b'{' | b'}' | b'[' | b']' | b',' => {
                pieces.push((Role::Muted, char::from(*byte).to_string()));
                at += 1;
            }
            byte if byte.is_ascii_whitespace() => at += 1,
            _ => {
                let rest = head.get(at..).unwrap_or_default();
                let length = rest.iter().take_while(|byte| !b"\"{}[],: \t\r\n".contains(byte)).count().max(1);
                pieces.push((Role::JsonOther, lossy(head.get(at..at + length))));
                at += length;
            }
        }
    }
    pieces
}

fn masked(name: Option<&str>, text: String, whole: &str, reveal: bool) -> String {
    match name {
        _ if reveal => text,
        Some(name) if is_credential(name) => {
            format!("\"‹{name} {}›\"", Fingerprint::of(whole.trim_matches('"')))
        }
        _ => redact_text(&text),
    }
}

fn lossy(bytes: Option<&[u8]>) -> String {
    String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
}

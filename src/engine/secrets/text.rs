//! From bytes to a secret: one line of text, or what is wrong with it. Never repeats any of it.
//!
//! Imports `exchange` of this crate.

use std::fmt;

use crate::exchange::Secret;

/// What is no secret, in words that fit behind "it".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing, or a line break alone.
    Empty,
    /// Bytes that are no text.
    NotUtf8,
    /// So many lines.
    Lines(usize),
    /// A character that no secret has.
    Control(char),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::NotUtf8 => f.write_str("is not UTF-8 text"),
            Self::Lines(count) => write!(f, "has {count} lines, where one is expected"),
            Self::Control(c) => write!(f, "has the control character U+{:04X}", u32::from(*c)),
        }
    }
}

/// The secret in these bytes, without the one line break (LF or CRLF) that may end them.
pub fn secret(bytes: &[u8]) -> Result<Secret, Wrong> {
    let text = std::str::from_utf8(bytes).map_err(|_| Wrong::NotUtf8)?;
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() {
        return Err(Wrong::Empty);
    }
    if line.contains('\n') {
        return Err(Wrong::Lines(line.split('\n').count()));
    }
    match line.chars().find(|c| c.is_control()) {
        Some(c) => Err(Wrong::Control(c)),
        None => Ok(Secret::new(line)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn one_line_break_at_the_end_is_not_part_of_it() {
        for text in ["p+ / %&:é", "p+ / %&:é\n", "p+ / %&:é\r\n"] {
            assert_eq!(secret(text.as_bytes()).unwrap().reveal(), "p+ / %&:é");
        }
        assert_eq!(secret(b" spaces stay \n").unwrap().reveal(), " spaces stay ");
    }

    #[test]
    fn what_is_no_secret() {
        assert_eq!(secret(b""), Err(Wrong::Empty));
        assert_eq!(secret(b"\n"), Err(Wrong::Empty));
        assert_eq!(secret(b"\r\n"), Err(Wrong::Empty));
        assert_eq!(secret(b"a\nb"), Err(Wrong::Lines(2)));
        assert_eq!(secret(b"a\n\n"), Err(Wrong::Lines(2)));
        assert_eq!(secret(b"a\xe9"), Err(Wrong::NotUtf8));
        assert_eq!(secret(b"\x1b[31ma"), Err(Wrong::Control('\u{1b}')));
        assert_eq!(secret(b"a\0"), Err(Wrong::Control('\0')));
        assert_eq!(secret(b"a\r"), Err(Wrong::Control('\r')));
    }
}

//! A token in the making: header and claims as text that is edited, and what keeps them from being signed.
//!
//! Values only.

use ratatui_textarea::TextArea;

use crate::jwt::{Draft, DraftProblem, Part};

/// Claims to begin with where there is no token to begin with.
const FRESH: &str = "{\n  \"iss\": \"https://issuer.example\",\n  \"sub\": \"someone\",\n  \"aud\": \"an-api\",\n  \"iat\": \"now\",\n  \"exp\": \"+1h\"\n}";

/// Longer text is not taken into a field.
pub const LONGEST: usize = 256 * 1024;

/// A token in the making.
#[derive(Clone, Debug)]
pub struct Maker {
    /// The header's text.
    pub header: TextArea<'static>,
    /// The claims' text.
    pub claims: TextArea<'static>,
    /// Whether the header has the keys.
    pub in_header: bool,
    /// Whether header and claims came with lines of their own, which are kept.
    own: (bool, bool),
    /// What keeps it from being signed.
    pub problems: Vec<DraftProblem>,
}

impl Maker {
    /// Header and claims of this draft, each spread over lines so that it can be read.
    pub fn of(draft: &Draft) -> Self {
        let area = |json: &str| TextArea::from(spread(json).lines().map(str::to_owned));
        let (header, claims) = (area(&draft.header), area(&draft.claims));
        let own = (has_lines(&draft.header), has_lines(&draft.claims));
        Self { header, claims, in_header: false, own, problems: draft.problems() }
    }

    /// A token to begin with.
    pub fn fresh() -> Self {
        Self { own: (false, false), ..Self::of(&Draft::of_claims(FRESH)) }
    }

    /// The draft as it stands.
    pub fn draft(&self) -> Draft {
        Draft { header: self.header.lines().join("\n"), claims: self.claims.lines().join("\n") }
    }

    /// The draft to be signed: what was spread over lines only to be read is closed up again.
    pub fn to_sign(&self) -> Draft {
        let Draft { header, claims } = self.draft();
        let closed = |text: String, own: bool| if own { text } else { closed_up(&text) };
        Draft { header: closed(header, self.own.0), claims: closed(claims, self.own.1) }
    }

    /// The text that has the keys.
    pub fn area(&mut self) -> &mut TextArea<'static> {
        if self.in_header { &mut self.header } else { &mut self.claims }
    }

    /// Puts this text in place of the one that has the keys.
    pub fn replace(&mut self, text: &str) {
        *self.area() = TextArea::from(text.lines().map(str::to_owned));
        self.look();
    }

    /// Looks anew at what keeps it from being signed.
    pub fn look(&mut self) {
        self.problems = self.draft().problems();
    }

    /// What is wrong with this part.
    pub fn problem(&self, part: Part) -> Option<&DraftProblem> {
        self.problems.iter().find(|problem| problem.part == part)
    }
}

fn has_lines(json: &str) -> bool {
    json.trim().contains('\n')
}

/// JSON without the blanks between its pieces.
fn closed_up(json: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let mut stays = |letter: &char| {
        let (was, is) = (quoted, *letter == '"' && !escaped);
        quoted ^= is;
        escaped = was && *letter == '\\' && !escaped;
        was || is || !letter.is_ascii_whitespace()
    };
    json.chars().filter(|letter| stays(letter)).collect()
}

/// JSON with a line for each member, every value as it is written; what could hide or drive a terminal as an escape, which
/// means the same within a text. Text with lines of its own keeps them.
fn spread(json: &str) -> String {
    let (mut out, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    let own = has_lines(json);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth.min(40)));
    };
    let mut letters = json.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        if quoted {
            push_safe(&mut out, letter);
            quoted = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
            continue;
        }
        match letter {
            '"' => {
                quoted = true;
                out.push(letter);
            }
            '{' | '[' if !own && !matches!(letters.peek(), Some('}' | ']')) => {
                depth += 1;
                out.push(letter);
                line(&mut out, depth);
            }
            '}' | ']' if !own && !out.ends_with(['{', '[']) => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(letter);
            }
            ',' if !own => {
                out.push(letter);
                line(&mut out, depth);
            }
            ':' if !own => out.push_str(": "),
            ' ' | '\t' if !own => {}
            '\r' => {}
            other => out.push(other),
        }
    }
    out
}

fn push_safe(out: &mut String, letter: char) {
    use std::fmt::Write as _;
    if crate::jwt::shown(letter.encode_utf8(&mut [0; 4]), 16).chars().eq([letter]) {
        out.push(letter);
    } else {
        for unit in letter.encode_utf16(&mut [0; 2]) {
            _ = write!(out, "\\u{unit:04x}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_spread_over_lines_and_every_value_stays_as_written() {
        let json = r#"{"a":1.10,"list":[{"x":"y, {z}: \" "},[]],"e":{}}"#;
        let wide = "{\n  \"a\": 1.10,\n  \"list\": [\n    {\n      \"x\": \"y, {z}: \\\" \"\n    },\n    []\n  ],\n  \"e\": {}\n}";
        assert_eq!(spread(json), wide);
        assert_eq!(spread(wide), wide);
        assert_eq!(closed_up(wide), json);
        assert_eq!(spread("{\"a\":\"\u{202e}\u{e0001}\"}"), "{\n  \"a\": \"\\u202e\\udb40\\udc01\"\n}");
    }

    #[test]
    fn what_is_wrong_is_known_while_one_types() {
        let mut maker = Maker::fresh();
        assert!(maker.problems.is_empty(), "{:?}", maker.problems);
        maker.area().insert_char('x');
        maker.look();
        assert!(maker.problem(Part::Payload).is_some() && maker.problem(Part::Header).is_none());
    }
}

//! One thing that is wrong with profiles.toml, and how it is put before people.
//!
//! Pure. Imports the siblings that mask and spell out text; nothing else of this crate.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::{Layer, Place, mask, names};

/// How wide a quoted line may be, in terminal columns.
const WINDOW: usize = 100;
/// How much of a long line is kept before the marked part, in terminal columns.
const BEFORE: usize = 40;

/// Something wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it begins.
    pub place: Place,
    /// How many characters of that line it covers; at least 1.
    pub length: usize,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, naming the text concerned. One line, without control characters or secrets.
    pub what: String,
    /// What to do about it, when there is something to say. May have several lines.
    pub hint: Option<String>,
    /// What cannot be used because of it, such as `profiles.tester`.
    pub subject: Option<String>,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; everything works all the same.
    Warning,
    /// Its subject cannot be used.
    Error,
}

impl Problem {
    /// An error of the file as a whole, without a place.
    pub(super) fn of_file(layer: Layer, what: String, hint: Option<String>) -> Self {
        let place = Place { layer, ..Place::default() };
        Self { place, length: 1, severity: Severity::Error, what, hint, subject: None }
    }

    /// The problem with its place, the line concerned with a mark under it, and the hint.
    ///
    /// `named` gives how the text of a layer is called, and the text as it was parsed. Values that may be secret are
    /// masked and control characters spelt out. Ends without a newline.
    pub fn render<'a>(&self, named: impl FnOnce(Layer) -> (&'a str, &'a str)) -> String {
        let (file, text) = named(self.place.layer);
        // Writing to a string cannot fail.
        let mut out = names::shown(file);
        let Place { line, column, .. } = self.place;
        if line > 0 {
            let _ = write!(out, ":{line}:{column}");
        }
        if self.severity == Severity::Warning {
            out.push_str(": warning");
        }
        out.push_str(": ");
        out.push_str(&self.what);
        if line > 0
            && let Some(quoted) = mask::line(text, line)
        {
            let (column, length) = match quoted.masked_from {
                Some(before) if column > before => (before + 1, mask::MASK.len()),
                _ => (column, self.length),
            };
            let (quoted, before, marked) = excerpt(&quoted.text, column, length);
            let number = line.to_string();
            let gutter = " ".repeat(number.len());
            let (space, marks) = (" ".repeat(before), "^".repeat(marked));
            let _ = write!(out, "\n  {number} | {quoted}\n  {gutter} | {space}{marks}");
        }
        for line in self.hint.iter().flat_map(|hint| hint.lines()) {
            out.push('\n');
            if !line.is_empty() {
                out.push_str("  ");
                out.push_str(line);
            }
        }
        out
    }
}

/// The line as shown, cut to the window; how many terminal columns stand before the mark, and how many it takes.
fn excerpt(line: &str, column: usize, length: usize) -> (String, usize, usize) {
    let mut parts = [String::new(), String::new(), String::new()];
    let [before, marked, after] = &mut parts;
    for (at, c) in line.chars().enumerate() {
        let part = if at + 1 < column {
            &mut *before
        } else if at + 1 < column.saturating_add(length) {
            &mut *marked
        } else {
            &mut *after
        };
        if c == '\t' { part.push_str("    ") } else { names::push_shown(part, c) }
    }
    let before =
        if before.width() > BEFORE { format!("…{}", last_columns(before, BEFORE - 1)) } else { before.clone() };
    let room = WINDOW.saturating_sub(before.width());
    let marked = first_columns(marked, room);
    let rest = format!("{marked}{after}");
    let kept = first_columns(&rest, room);
    let end = if kept.len() < rest.len() { "…" } else { "" };
    let quoted = format!("{before}{kept}{end}");
    (quoted.trim_end().to_owned(), before.width(), marked.width().max(1))
}

/// As much of the start as fits.
fn first_columns(text: &str, columns: usize) -> &str {
    let fits = |end: usize| text.get(..end).is_some_and(|start| start.width() <= columns);
    if fits(text.len()) {
        return text;
    }
    // A character takes two columns at most and some take none, so the end is looked for among the near ones only.
    let end = text.char_indices().map(|(at, _)| at).take(columns + 1).take_while(|at| fits(*at)).last().unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// As much of the end as fits.
fn last_columns(text: &str, columns: usize) -> &str {
    let starts = text.char_indices().rev().map(|(at, _)| at).take(columns);
    let start = starts.take_while(|at| text.get(*at..).is_some_and(|end| end.width() <= columns)).last();
    start.and_then(|start| text.get(start..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn problem(line: usize, column: usize, length: usize) -> Problem {
        Problem {
            place: Place { line, column, ..Place::default() },
            length,
            severity: Severity::Error,
            what: "wrong".into(),
            hint: None,
            subject: None,
        }
    }

    #[test]
    fn the_mark_stands_under_the_text() {
        let mut problem = problem(2, 9, 5);
        problem.hint = Some("one\ntwo".into());
        let rendered = problem.render(|_| ("profiles.toml", "# x\ntitle = \"abc\"  # comment\n"));
        insta::assert_snapshot!(rendered, @r#"
        profiles.toml:2:9: wrong
          2 | title = "abc"
            |         ^^^^^
          one
          two
        "#);
    }

    #[test]
    fn wide_characters_and_controls_keep_the_mark_in_place() {
        let rendered = problem(1, 14, 1).render(|_| ("p", "title = \"日本\u{1b}\tx\""));
        let lines: Vec<_> = rendered.lines().collect();
        assert_eq!(lines.get(1).unwrap(), &"  1 | title = \"日本␛    x\"");
        // Four columns for the two wide characters, one for the escape, four for the tab.
        assert_eq!(lines.get(2).unwrap().find('^').unwrap(), "  1 | title = \"".len() + 4 + 1 + 4);
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let text = format!("title = \"{}HERE{}\"", "é".repeat(5_000), "日".repeat(5_000));
        let rendered = problem(1, 10 + 5_000, 4).render(|_| ("p", &text));
        let lines: Vec<_> = rendered.lines().collect();
        assert!(lines.iter().all(|line| line.width() < 120), "{rendered}");
        let mark = lines.get(2).unwrap().find('^').unwrap();
        let before: String = lines.get(1).unwrap().chars().take(mark).collect();
        assert!(lines.get(1).unwrap().get(before.len()..).unwrap().starts_with("HERE"), "{rendered}");
    }

    #[test]
    fn a_place_beyond_the_text_is_only_named() {
        assert_eq!(problem(9, 1, 1).render(|_| ("p", "a = 1")), "p:9:1: wrong");
        assert_eq!(problem(0, 0, 1).render(|_| ("p", "a = 1")), "p: wrong");
    }
}

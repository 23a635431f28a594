//! The one place where words become cells: makes foreign text safe, cuts and pads it by display width, wraps it, and
//! puts lines together.
//!
//! Pure: no network, files, clock or terminal. Every string the screens show goes through a [`Strip`] or [`visible`],
//! so nothing foreign can drive the terminal or shift a column.

use std::borrow::Cow;
use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

use super::theme::{Role, Theme};
use crate::jwt;

/// Characters of one value that are looked at for one screen; what is longer is cut.
const LONGEST: usize = 16_384;

/// The text with everything that could drive a terminal, reorder its neighbours or hide written as an escape.
///
/// Presentation selectors go: terminals disagree on the width of what they make. Marks piled on one letter go but for
/// three.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let safe = jwt::shown(text, LONGEST);
    let mut out = String::with_capacity(safe.len());
    for grapheme in safe.graphemes(true) {
        out.extend(grapheme.chars().filter(|c| !matches!(c, '\u{fe00}'..='\u{fe0f}')).take(4));
    }
    Cow::Owned(out)
}

/// The text with a capital at its beginning and a full stop at its end, unless it has another.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let mut sentence: String =
        chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
    if !sentence.is_empty() && !sentence.ends_with(['.', '!', '?', ':', ';']) {
        sentence.push('.');
    }
    sentence
}

/// How many columns the text takes. The text must be visible.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The start of the text that fits, with `…` where something was cut off. The text must be visible.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let (head, _) = split_at_width(text, room);
    Cow::Owned(format!("{head}…"))
}

/// The most that fits into so many columns, and the rest.
pub fn split_at_width(text: &str, columns: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > columns {
            return text.split_at(at);
        }
    }
    (text, "")
}

/// The text in lines of at most so many columns, broken at blanks where there are any.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let safe = visible(text);
    // An indented line stays so; where there is hardly room, the words need it more.
    let text = safe.trim_start_matches(' ');
    let indent = (safe.len() - text.len()).min(columns / 2);
    let mut lines = Vec::new();
    let mut line = " ".repeat(indent);
    for word in text.split(' ') {
        let mut word = word;
        let gap = usize::from(!line.trim_start().is_empty());
        if width(&line) + gap + width(word) <= columns {
            line.push_str(if gap == 1 { " " } else { "" });
            line.push_str(word);
            continue;
        }
        if gap == 1 {
            lines.push(std::mem::take(&mut line));
        }
        line.clear();
        loop {
            let (head, tail) = split_at_width(word, columns);
            // It fits; or it is a letter wider than the line, which cannot be shown here.
            if tail.is_empty() || head.is_empty() {
                break;
            }
            lines.push(head.to_owned());
            word = tail;
        }
        line.push_str(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// One line of the screen under construction, from left to right. It makes everything put into it visible.
#[derive(Clone, Debug)]
pub struct Strip {
    theme: Theme,
    spans: Vec<Span<'static>>,
    width: usize,
}

impl Strip {
    /// An empty row.
    pub fn new(theme: Theme) -> Self {
        Self { theme, spans: Vec::new(), width: 0 }
    }

    /// How its pieces look.
    pub fn theme(&self) -> Theme {
        self.theme
    }

    /// Columns used so far.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Appends the text.
    #[must_use]
    pub fn text(self, role: Role, text: impl AsRef<str>) -> Self {
        let style = self.theme.style(role);
        self.styled(style, text)
    }

    /// Appends the text in a style of its own.
    #[must_use]
    pub fn styled(mut self, style: Style, text: impl AsRef<str>) -> Self {
        let text = visible(text.as_ref());
        self.width += width(&text);
        match self.spans.last_mut().filter(|last| last.style == style) {
            Some(last) => last.content.to_mut().push_str(&text),
            None => self.spans.push(Span::styled(text.into_owned(), style)),
        }
        self
    }

    /// Appends the text, cut or padded to exactly so many columns.
    #[must_use]
    pub fn cell(self, role: Role, text: impl AsRef<str>, columns: usize) -> Self {
        let text = visible(text.as_ref());
        let text = cut(&text, columns);
        let blanks = columns - width(&text);
        self.text(role, &text).gap(blanks)
    }

    /// Appends the text, cut or padded on the left to exactly so many columns.
    #[must_use]
    pub fn right(self, role: Role, text: impl AsRef<str>, columns: usize) -> Self {
        let text = visible(text.as_ref());
        let text = cut(&text, columns);
        let blanks = columns - width(&text);
        self.gap(blanks).text(role, &text)
    }

    /// Appends blanks.
    #[must_use]
    pub fn gap(mut self, columns: usize) -> Self {
        if columns > 0 {
            self.width += columns;
            self.spans.push(Span::raw(" ".repeat(columns)));
        }
        self
    }

    /// Appends blanks up to the column, at least one when the row is not empty and already beyond it.
    #[must_use]
    pub fn to(self, column: usize) -> Self {
        let gap = column.saturating_sub(self.width).max(usize::from(self.width > 0 && self.width >= column));
        self.gap(gap)
    }

    /// Appends another row.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.width += other.width;
        self.spans.extend(other.spans);
        self
    }

    /// Appends the other row, flush with the right edge, when both fit with a blank between them.
    #[must_use]
    pub fn flush_right(self, other: Self, columns: usize) -> Self {
        match columns.checked_sub(self.width + other.width) {
            Some(gap) if gap > 0 || self.width == 0 => self.gap(gap).then(other),
            _ => self,
        }
    }

    /// The row cut to so many columns.
    #[must_use]
    pub fn cut(mut self, columns: usize) -> Self {
        while self.width > columns && self.spans.last().is_some_and(|span| span.content.trim().is_empty()) {
            self.width -= self.spans.pop().map_or(0, |span| width(&span.content));
        }
        if self.width <= columns {
            return self;
        }
        let mut left = columns;
        let mut spans = Vec::with_capacity(self.spans.len());
        for span in self.spans {
            let wide = width(&span.content);
            // A span that just fills the line, with more behind it, must give way to the mark as well.
            if wide < left {
                left -= wide;
                spans.push(span);
            } else {
                let (head, _) = split_at_width(&span.content, left.saturating_sub(1));
                let mark = if left == 0 { "" } else { "…" };
                spans.push(Span::styled(format!("{head}{mark}"), span.style));
                break;
            }
        }
        self.width = spans.iter().map(|span| width(&span.content)).sum();
        self.spans = spans;
        self
    }

    /// The same with a style laid over every piece.
    #[must_use]
    pub fn over(mut self, role: Role) -> Self {
        let style = self.theme.style(role);
        for span in &mut self.spans {
            span.style = span.style.patch(style);
        }
        self
    }

    /// The same with a style laid over these pieces of its text, given in bytes and in order.
    #[must_use]
    pub fn marked(mut self, ranges: &[Range<usize>], role: Role) -> Self {
        let style = self.theme.style(role);
        let mut at = 0;
        let mut spans = Vec::with_capacity(self.spans.len() + 2 * ranges.len());
        for span in std::mem::take(&mut self.spans) {
            let (start, end) = (at, at + span.content.len());
            at = end;
            let mut from = start;
            for range in ranges.iter().filter(|range| range.start < end && range.end > start) {
                let (begin, stop) = (range.start.max(start), range.end.min(end));
                push_piece(&mut spans, &span, from - start..begin - start, span.style);
                push_piece(&mut spans, &span, begin - start..stop - start, span.style.patch(style));
                from = stop;
            }
            push_piece(&mut spans, &span, from - start..end - start, span.style);
        }
        self.spans = spans;
        self
    }

    /// The row as ratatui draws it.
    pub fn line(self) -> Line<'static> {
        Line::from(self.spans)
    }

    /// The row's text.
    pub fn plain(&self) -> String {
        self.spans.iter().map(|span| span.content.as_ref()).collect()
    }
}

fn push_piece(spans: &mut Vec<Span<'static>>, span: &Span<'static>, range: Range<usize>, style: Style) {
    if let Some(piece) = span.content.get(range).filter(|piece| !piece.is_empty()) {
        spans.push(Span::styled(piece.to_owned(), style));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sentence_has_a_capital_and_one_full_stop() {
        assert_eq!(sentence("port 17801 is taken"), "Port 17801 is taken.");
        assert_eq!(sentence("Is another login open?"), "Is another login open?");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn cutting_goes_by_columns() {
        assert_eq!(cut("private-scoped", 12), "private-sco…");
        assert_eq!(cut("漢字漢字", 5), "漢字…");
        assert_eq!(cut("漢字漢字", 4), "漢…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(cut("ab", 0), "");
    }

    #[test]
    fn wrapping_breaks_at_blanks_and_through_long_words() {
        assert_eq!(wrap("the API wants a scope", 9), ["the API", "wants a", "scope"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("漢字", 1), ["漢字"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("    \"scope\": 1", 20), ["    \"scope\": 1"]);
        assert_eq!(wrap("  abcdefgh", 4), ["abcd", "efgh"]);
    }

    #[test]
    fn nothing_foreign_reaches_a_row_raw() {
        let row = Strip::new(Theme::default()).cell(Role::Text, "\u{1b}]52;c;x\u{7}\u{9b}\u{202e}", 60);
        assert_eq!(row.width(), 60);
        assert!(row.plain().starts_with("\\u{1b}]52;c;x\\u{7}\\u{9b}\\u{202e}"), "{}", row.plain());
    }

    #[test]
    fn marks_do_not_pile_up() {
        let zalgo = format!("a{}b", "\u{301}".repeat(200));
        assert_eq!(visible(&zalgo), "a\u{301}\u{301}\u{301}b");
        assert_eq!(visible("❤\u{fe0f}"), "❤");
    }

    #[test]
    fn a_cut_row_keeps_its_styles_and_says_that_it_was_cut() {
        let row = Strip::new(Theme::default()).text(Role::Bad, "abc").text(Role::Good, "def");
        assert_eq!(row.clone().cut(4).plain(), "abc…");
        assert_eq!(row.clone().cut(3).plain(), "ab…");
        assert_eq!(row.cut(6).plain(), "abcdef");
    }

    proptest! {
        #[test]
        fn a_cell_has_exactly_its_columns(text in any::<String>(), columns in 0_usize..40) {
            let row = Strip::new(Theme::default()).cell(Role::Text, &text, columns);
            prop_assert_eq!(width(&row.plain()), columns);
        }

        #[test]
        fn wrapped_lines_fit(text in "[a-z漢é\u{301} ]{0,60}", columns in 2_usize..20) {
            for line in wrap(&text, columns) {
                prop_assert!(width(&line) <= columns, "{line:?}");
            }
        }
    }
}

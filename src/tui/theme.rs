//! How things look: roles, not colours; [`styles`] says which colours a terminal has for them.
//!
//! Pure: imports nothing of this crate. Nothing is told by colour alone: wherever a role carries meaning, a word or a
//! symbol stands beside it.

pub mod styles;

use ratatui::buffer::Buffer;
use ratatui::style::Style;
pub use styles::Styles;

/// What a piece of text is, from which follows how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Text,
    /// What a pane or popup is called.
    Title,
    /// The title of the pane that has the focus.
    TitleFocused,
    /// What one need not read: rules, meanings, ages.
    Muted,
    /// The name beside a value.
    Name,
    /// As it should be.
    Good,
    /// The same, where many stand in a list: without raising its voice.
    Calm,
    /// Not as it should be.
    Bad,
    /// Worth a look.
    Warn,
    /// A key to press, or the thing the eye should find.
    Accent,
    /// The row under the cursor.
    Selected,
    /// A row that holds what is looked for.
    Hit,
    /// The tab that is open.
    TabActive,
    /// A tab that is not.
    Tab,
    /// A mark in the top line that stays: DEMO, PLAIN TEXT.
    Mark,
    /// A mark that warns.
    MarkBad,
    /// A JSON member's name.
    JsonName,
    /// A JSON string.
    JsonString,
    /// A JSON number, `true`, `false`, `null`.
    JsonOther,
    /// The first part of a raw token.
    TokenHeader,
    /// The second part.
    TokenClaims,
    /// The third part.
    TokenSignature,
}

/// What this terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Whether colours are used; `NO_COLOR` turns them off.
    pub colour: bool,
    /// Whether only ASCII symbols are used; `--ascii` turns that on.
    pub ascii: bool,
    /// The colours and modifiers of each role.
    pub styles: &'static Styles,
}

impl Default for Theme {
    fn default() -> Self {
        Self { colour: true, ascii: false, styles: &Styles::OWN }
    }
}

impl Theme {
    /// The style of a role.
    pub fn style(self, role: Role) -> Style {
        // Without colour a bar of colour would be nothing: the terminal's own look says it by other means.
        let styles = if self.colour { self.styles } else { &Styles::OWN };
        styles.paint(role).style(self.colour)
    }

    /// The last step of drawing: takes the symbols out of the buffer that an ASCII terminal does not have.
    pub fn finish(self, buffer: &mut Buffer) {
        if self.ascii {
            to_ascii(buffer);
        }
    }
}

/// Every symbol the screens use, with what stands for it on an ASCII terminal. A second character is written only
/// where the cell behind the symbol is blank.
pub const SYMBOLS: [(&str, &str); 27] = [
    ("●", "*"),
    ("○", "o"),
    ("•", "*"),
    ("◐", "%"),
    ("✖", "x"),
    ("✔", "+"),
    ("▸", ">"),
    ("▾", "v"),
    ("─", "-"),
    ("━", "="),
    ("│", "|"),
    ("┬", "+"),
    ("┴", "+"),
    ("┼", "+"),
    ("├", "+"),
    ("┤", "+"),
    ("┌", "+"),
    ("┐", "+"),
    ("└", "+"),
    ("┘", "+"),
    ("‹", "<"),
    ("›", ">"),
    ("…", "~"),
    ("·", "."),
    ("≠", "!="),
    ("→", "->"),
    ("–", "-"),
];

fn to_ascii(buffer: &mut Buffer) {
    let mut rest: Option<char> = None;
    for cell in &mut buffer.content {
        if let Some(second) = rest.take().filter(|_| cell.symbol() == " ") {
            cell.set_char(second);
            continue;
        }
        if let Some((_, ascii)) = SYMBOLS.iter().find(|(symbol, _)| *symbol == cell.symbol()) {
            let mut letters = ascii.chars();
            cell.set_char(letters.next().unwrap_or('?'));
            rest = letters.next();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
    use ratatui::layout::Rect;
    use ratatui::style::Modifier;
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    #[test]
    fn without_colour_only_modifiers_remain() {
        let dark = Styles::of(styles::Depth::True, styles::Background::Dark).keep();
        for styles in [&Styles::OWN, dark] {
            let plain = Theme { colour: false, ascii: false, styles };
            for (role, name) in styles::ROLES {
                let style = plain.style(role);
                assert_eq!((style.fg, style.bg), (None, None), "{name}");
            }
            assert!(plain.style(Role::Selected).add_modifier.contains(Modifier::REVERSED));
        }
    }

    #[test]
    fn symbols_are_one_column_wide_and_their_stand_ins_are_ascii() {
        for (symbol, ascii) in SYMBOLS {
            assert_eq!(symbol.width(), 1, "{symbol}");
            assert!(ascii.is_ascii() && (1..=2).contains(&ascii.len()), "{ascii}");
        }
    }

    #[test]
    fn a_second_letter_goes_only_into_a_blank() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        buffer.set_string(0, 0, "a ≠ b≠c…", Style::new());
        Theme { ascii: true, ..Theme::default() }.finish(&mut buffer);
        let text: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(text, "a !=b!c~");
    }
}

//! A QR code as text, for an address that is to be opened on another device.
//!
//! Pure: imports nothing of this crate.

use qrcode::{Color, EcLevel, QrCode};

/// What is filled, so that the code is dark on light whatever it is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    /// The dark squares: to be drawn black on white.
    Dark,
    /// The light squares: for light text on a dark ground, where no colour can be set.
    Light,
}

/// Squares of margin on each side; the standard asks for four, and readers are content with two.
const MARGIN: usize = 2;

/// The code as lines, two rows of squares in each by half blocks; with `ascii` one row in each, `##` for what is filled.
/// None when the text is too long for any code.
pub fn lines(text: &str, filled: Filled, ascii: bool) -> Option<Vec<String>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let side = code.width();
    let colors = code.to_colors();
    let is_dark = |x: usize, y: usize| {
        let (Some(x), Some(y)) = (x.checked_sub(MARGIN), y.checked_sub(MARGIN)) else { return false };
        x < side && y < side && colors.get(y * side + x) == Some(&Color::Dark)
    };
    let is_filled = |x, y| is_dark(x, y) == (filled == Filled::Dark);
    let whole = side + 2 * MARGIN;
    let row = |y: usize| -> String {
        let square = |x| match (ascii, is_filled(x, y), is_filled(x, y + 1)) {
            (true, true, _) => "##",
            (true, false, _) => "  ",
            (false, true, true) => "█",
            (false, true, false) => "▀",
            (false, false, true) => "▄",
            (false, false, false) => " ",
        };
        (0..whole).map(square).collect()
    };
    Some((0..whole).step_by(if ascii { 1 } else { 2 }).map(row).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn the_corner_stands_within_the_margin() {
        let text = "http://localhost:8001/realms/myorg/device?user_code=ABCD-EFGH";
        let code = lines(text, Filled::Dark, false).unwrap();
        let width = code.first().unwrap().chars().count();
        assert!(code.iter().all(|line| line.chars().count() == width), "{code:#?}");
        assert!(code.len() <= 19 && width <= 37, "{} x {width}", code.len());
        // Two rows of margin, then the upper edge of the mark in the corner: seven dark squares.
        assert_eq!(code.first().unwrap().trim(), "");
        assert!(code.get(1).unwrap().starts_with("  █▀▀▀▀▀█ "), "{code:#?}");
        let light = lines(text, Filled::Light, false).unwrap();
        assert!(light.first().unwrap().chars().all(|c| c == '█'));
        let ascii = lines(text, Filled::Dark, true).unwrap();
        assert!(ascii.get(2).unwrap().starts_with("    ##############  ") && ascii.iter().all(|line| line.is_ascii()));
    }

    #[test]
    fn too_long_a_text_has_no_code() {
        assert_eq!(lines(&"x".repeat(8000), Filled::Dark, false), None);
    }
}

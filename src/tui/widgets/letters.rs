//! Letters large enough to be read across a desk, made of quarter blocks; on an ASCII terminal of number signs.
//!
//! Pure.

use font8x8::{BASIC_FONTS, UnicodeFonts as _};

/// Rows of dots in a letter.
const ROWS: usize = 8;
/// Blank dots between two letters.
const GAP: usize = 1;

/// What stands for four dots: upper left is 1, upper right 2, lower left 4, lower right 8.
const QUARTERS: [char; 16] = [' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'];

/// The text in large letters, a line each; none when it holds a letter that there is no large one for.
pub fn large(text: &str, ascii: bool) -> Option<Vec<String>> {
    let dots = dots(text)?;
    let columns = dots.iter().map(Vec::len).max().unwrap_or(0);
    let is_set = |x: usize, y: usize| dots.get(y).and_then(|row| row.get(x)) == Some(&true);
    if ascii {
        let row = |y| (0..columns).map(|x| if is_set(x, y) { '#' } else { ' ' }).collect();
        return Some((0..ROWS).map(row).collect());
    }
    let quarter = |x: usize, y: usize| {
        let set = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(right, down)| is_set(x + right, y + down));
        let number = set.iter().rev().fold(0, |number, set| number * 2 + usize::from(*set));
        QUARTERS.get(number).copied().unwrap_or(' ')
    };
    let row = |y| (0..columns).step_by(2).map(|x| quarter(x, y)).collect();
    Some((0..ROWS).step_by(2).map(row).collect())
}

/// The letters side by side as rows of dots, each as wide as it is drawn.
fn dots(text: &str) -> Option<[Vec<bool>; ROWS]> {
    let mut rows: [Vec<bool>; ROWS] = Default::default();
    for letter in text.chars() {
        let glyph = BASIC_FONTS.get(letter).filter(|_| letter == ' ' || letter.is_ascii_graphic())?;
        let used = glyph.iter().fold(0_u8, |used, row| used | row);
        // A blank is drawn as wide as half a letter.
        let (from, to) = if used == 0 { (0, 4) } else { (used.trailing_zeros(), 8 - used.leading_zeros()) };
        for (row, bits) in rows.iter_mut().zip(glyph) {
            if !row.is_empty() {
                row.extend([false; GAP]);
            }
            row.extend((from..to).map(|column| bits >> column & 1 == 1));
        }
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn letters_are_drawn_dot_by_dot() {
        assert_eq!(
            large("L1", true).unwrap(),
            [
                "####      ##  ",
                " ##      ###  ",
                " ##       ##  ",
                " ##       ##  ",
                " ##   #   ##  ",
                " ##  ##   ##  ",
                "####### ######",
                "              "
            ]
        );
    }

    #[test]
    fn a_code_of_nine_letters_leaves_room_for_a_qr_code_beside_it() {
        let code = large("WWWW-WWWW", false).unwrap();
        assert_eq!((code.len(), code.iter().map(|line| line.chars().count()).max().unwrap()), (4, 35));
        assert_eq!(large("WÄ", false), None, "no large letter for it");
        assert_eq!(large("\u{1b}[2J", false), None);
    }
}

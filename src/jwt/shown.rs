//! Makes text from a token, a key set or a server safe to show: nothing in it can drive a terminal or hide.
//!
//! Pure: imports nothing of this crate.

/// The text with control characters, bidirectional overrides and invisible characters written as escapes, cut to at
/// most `max` characters; what was cut is marked by `…`. Reads no more of the text than it shows.
pub fn shown(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let piece = if unsafe_to_show(c) { escape(c) } else { c.to_string() };
        let width = piece.chars().count();
        if used + width > max {
            out.push('…');
            return out;
        }
        out.push_str(&piece);
        used += width;
    }
    out
}

/// How many of what there are, in the number that fits: `1 mistake`, `2 mistakes`.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Whether the character could move the cursor, reorder its neighbours or go unseen.
fn unsafe_to_show(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

fn escape(c: char) -> String {
    match c {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        other => format!("\\u{{{:x}}}", u32::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_could_drive_a_terminal_becomes_visible() {
        assert_eq!(shown("\u{1b}]52;c;eA==\u{7}", 99), "\\u{1b}]52;c;eA==\\u{7}");
        assert_eq!(shown("a\u{9b}2J\nb\u{202e}c\u{200b}", 99), "a\\u{9b}2J\\nb\\u{202e}c\\u{200b}");
        assert_eq!(shown("Grüße 漢字 😀", 99), "Grüße 漢字 😀");
    }

    #[test]
    fn it_is_cut_and_says_so() {
        assert_eq!(shown("abcdef", 6), "abcdef");
        assert_eq!(shown("abcdefg", 6), "abcdef…");
        assert_eq!(shown("ab\u{1b}", 4), "ab…");
        assert_eq!(shown(&"x".repeat(100_000), 8).chars().count(), 9);
    }

    proptest! {
        #[test]
        fn nothing_unsafe_remains(text in any::<String>(), max in 0_usize..80) {
            let safe = shown(&text, max);
            prop_assert!(!safe.chars().any(unsafe_to_show));
            prop_assert!(safe.chars().count() <= max + 1);
        }
    }
}

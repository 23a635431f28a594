//! Takes off what a paste brings along: white space, `Authorization:`, `Bearer`, quotes, line breaks inside.
//!
//! Pure: imports nothing of this crate.

use zeroize::Zeroizing;

/// Longer text is left as it is, but for the white space around it.
const LONGEST: usize = super::decode::LONGEST;

/// The cleaned text and, in words, what was removed, each kind once. Cleaning it again removes nothing.
pub(super) fn clean(text: &str) -> (Zeroizing<String>, Vec<String>) {
    let mut removed = Vec::new();
    let bare = unwrap(text, &mut removed);
    let (joined, breaks) = join_lines(bare);
    if breaks > 0 {
        removed.push(if breaks == 1 {
            "a line break inside".to_owned()
        } else {
            format!("{breaks} line breaks inside")
        });
    }
    let bare = Zeroizing::new(unwrap(&joined, &mut removed).to_owned());
    (bare, removed)
}

/// Peels prefixes and quotes off until there are none.
fn unwrap<'a>(text: &'a str, removed: &mut Vec<String>) -> &'a str {
    let mut note = |what: &str| {
        if !removed.iter().any(|noted| noted == what) {
            removed.push(what.to_owned());
        }
    };
    let mut rest = text;
    loop {
        let before = rest.len();
        rest = rest.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
        if rest.len() < before {
            note("white space around it");
        }
        if rest.len() > LONGEST {
            return rest;
        }
        if let Some(after) = strip_word(rest, "authorization").and_then(|after| after.trim_start().strip_prefix(':')) {
            note("the header name Authorization");
            rest = after;
        } else if let Some(after) = strip_word(rest, "bearer").filter(|after| after.starts_with(char::is_whitespace)) {
            note("the scheme Bearer");
            rest = after;
        } else if let Some(inner) = strip_quotes(rest) {
            note("quotes around it");
            rest = inner;
        } else {
            return rest;
        }
    }
}

/// The text after the word, compared without regard to case.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (start, after) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(after)
}

fn strip_quotes(text: &str) -> Option<&str> {
    [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

/// The text without line breaks and the blanks beside them, and how many breaks there were.
fn join_lines(text: &str) -> (Zeroizing<String>, usize) {
    if text.len() > LONGEST || !text.contains(['\n', '\r']) {
        return (Zeroizing::new(text.to_owned()), 0);
    }
    let mut joined = Zeroizing::new(String::with_capacity(text.len()));
    let mut breaks = 0;
    for (index, line) in text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).enumerate() {
        breaks = index;
        joined.push_str(line.trim());
    }
    (joined, breaks)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dirty_forms_come_out_the_same() {
        for (dirty, noted) in [
            ("  eyJh.eyJz.c2ln\n", vec!["white space around it"]),
            ("Bearer eyJh.eyJz.c2ln", vec!["the scheme Bearer", "white space around it"]),
            (
                "authorization: BEARER  eyJh.eyJz.c2ln",
                vec!["the header name Authorization", "white space around it", "the scheme Bearer"],
            ),
            ("\"eyJh.eyJz.c2ln\"", vec!["quotes around it"]),
            (
                "'Authorization: Bearer eyJh.eyJz.c2ln'",
                vec!["quotes around it", "the header name Authorization", "white space around it", "the scheme Bearer"],
            ),
            ("eyJh.\r\n  eyJz\n.c2ln", vec!["2 line breaks inside"]),
            ("Bearer\neyJh.eyJz.c2ln", vec!["the scheme Bearer", "white space around it"]),
        ] {
            let (token, removed) = clean(dirty);
            assert_eq!(token.as_str(), "eyJh.eyJz.c2ln", "{dirty:?}");
            assert_eq!(removed, noted, "{dirty:?}");
        }
        assert_eq!(clean("eyJh.eyJz.c2ln").1, Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn cleaning_is_idempotent(text in "(Bearer |bearer\n|Authorization|:|\"|'|\r\n| |\t|a|\\.|“|”|\u{feff}){0,24}") {
            let (once, _) = clean(&text);
            let (twice, removed) = clean(&once);
            prop_assert_eq!(once, twice);
            prop_assert_eq!(removed, Vec::<String>::new());
        }

        #[test]
        fn cleaning_any_text_is_idempotent(text in any::<String>()) {
            let (once, _) = clean(&text);
            prop_assert_eq!(&*clean(&once).0, &*once);
        }
    }
}

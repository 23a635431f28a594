//! Takes off what a paste brings along: white space, `Authorization:`, `Bearer`, quotes, line breaks inside, and the JSON,
//! the address or the command that a token stands in.
//!
//! Pure: imports only the `jwt` module's own files.

mod found;
mod not_a_token;

use zeroize::Zeroizing;

pub use found::FoundToken;
use found::{found_in, is_bare};
pub use not_a_token::not_a_token;

/// Longer text is left as it is, but for the white space around it.
const LONGEST: usize = super::decode::LONGEST;

/// The cleaned text and, in words, what was removed, each kind once. Cleaning it again removes nothing.
pub(super) fn clean(text: &str) -> (Zeroizing<String>, Vec<String>) {
    let (bare, removed, _) = take_apart(text);
    (bare, removed)
}

/// All tokens in a text, the one that [`Token::read`](crate::jwt::Token::read) takes first; empty when the text holds
/// nothing but the one, or none.
pub fn tokens_in(text: &str) -> Vec<FoundToken> {
    take_apart(text).2
}

fn take_apart(text: &str) -> (Zeroizing<String>, Vec<String>, Vec<FoundToken>) {
    let mut removed = Vec::new();
    let bare = unwrap(text, &mut removed);
    if let Some((token, tokens)) = first_in(bare, &mut removed) {
        return (token, removed, tokens);
    }
    let (joined, breaks) = join_lines(bare);
    if breaks > 0 {
        removed.push(if breaks == 1 {
            "a line break inside".to_owned()
        } else {
            format!("{breaks} line breaks inside")
        });
    }
    let bare = unwrap(&joined, &mut removed);
    match first_in(bare, &mut removed) {
        Some((token, tokens)) => (token, removed, tokens),
        None => (Zeroizing::new(bare.to_owned()), removed, Vec::new()),
    }
}

/// The token meant among those in a text that is more than a token.
fn first_in(text: &str, removed: &mut Vec<String>) -> Option<(Zeroizing<String>, Vec<FoundToken>)> {
    if text.len() > LONGEST || is_bare(text) {
        return None;
    }
    let (around, tokens) = found_in(text)?;
    removed.push(around);
    let token = Zeroizing::new(tokens.first()?.token.reveal().to_owned());
    Some((token, tokens))
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
        } else if let Some(before) = rest.strip_suffix("...").or_else(|| rest.strip_suffix('…'))
            && before.starts_with("eyJ")
        {
            note("dots at its end");
            rest = before;
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

    const A: &str = "eyJhbGciOiJub25lIn0.e30.";
    const B: &str = "eyJhbGciOiJub25lIn0.e30.Yg";

    #[test]
    fn tokens_are_found_in_what_holds_them() {
        for (text, token, noted) in [
            (
                format!("{{\"token_type\": \"Bearer\",\r\n \"access_token\": \"{A}\"}}\n"),
                A,
                "the JSON around it, where it is access_token",
            ),
            (
                format!("{{\"refresh_token\":\"r\",\"id_token\":\"{B}\",\"access_token\":\"opaque\"}}"),
                "opaque",
                "the JSON around it, where it is access_token; left out: id_token, refresh_token",
            ),
            (format!("{{\"data\":{{\"token\":\"{A}\"}}}}"), A, "the JSON around it, where it is token"),
            (format!("http://localhost/cb#state=x&id_token={A}"), A, "the address around it, where it is id_token"),
            (
                format!("https://app.example/cb?code=1#access_token=a%2Bb&id_token={A}"),
                "a+b",
                "the address around it, where it is access_token; left out: id_token",
            ),
            (format!("access_token={A}"), A, "the form around it, where it is access_token"),
            (format!("export TOKEN={B}"), B, "the text around it"),
            (format!("TOKEN={B}"), B, "the text around it"),
            (format!("grant_type=x&assertion={B}"), B, "the form around it, where it is assertion"),
            (
                format!("curl -s http://localhost:50100/api \\\n  -H 'Authorization: Bearer {A}' -d '{{}}'"),
                A,
                "the curl command around it",
            ),
            (
                "curl -H \"authorization: bearer ory_at_x.y\" http://localhost".to_owned(),
                "ory_at_x.y",
                "the curl command around it",
            ),
            (format!("the old one is {A} and the new one {B}."), A, "the text around it; it is the first of 2 tokens"),
            (format!("see {B}."), B, "the text around it"),
            (format!("{B}\n{A}\n"), B, "the other lines; it is the first of 2 tokens"),
            (format!("let token = \"{B}\";"), B, "the text around it"),
        ] {
            let (found, removed) = clean(&text);
            assert_eq!(found.as_str(), token, "{text}");
            assert!(removed.iter().any(|what| what == noted), "{text}: {removed:?}");
            assert_eq!(clean(&found).1, Vec::<String>::new(), "{text}");
            assert!(removed.iter().all(|what| !what.contains(B)), "{removed:?} tells the token");
        }
        let names: Vec<Option<&str>> =
            tokens_in(&format!("a?id_token={B}&access_token={A}")).iter().map(|found| found.name).collect();
        assert_eq!(names, [Some("access_token"), Some("id_token")]);
        assert!(tokens_in(B).is_empty() && tokens_in("").is_empty());
    }

    #[test]
    fn what_holds_no_token_stays() {
        for text in [
            "a bearer of bad news",
            "{\"error\":\"x\"}",
            "http://localhost/?a=b",
            "{\"access_token\":7}",
            "Live long",
            "a=b",
        ] {
            assert_eq!(clean(text).0.as_str(), text);
        }
        // One token broken over lines is one, wherever the break is.
        for at in 1..B.len() {
            let (start, end) = B.split_at(at);
            assert_eq!(clean(&format!("{start}\r\n{end}")).0.as_str(), B, "broken at {at}");
        }
    }

    #[test]
    fn long_and_hostile_text_does_no_harm() {
        for text in [
            "a.".repeat(500_000),
            "eyJ.".repeat(250_000),
            format!("curl {}", "eyJ.a.b ".repeat(120_000)),
            format!("{{\"a\":{}", "[".repeat(900_000)),
            "x?token=".repeat(120_000),
            "\"'".repeat(500_000),
        ] {
            let (once, _) = clean(&text);
            assert_eq!(*clean(&once).0, *once);
        }
    }

    proptest! {
        #[test]
        fn cleaning_what_holds_tokens_is_idempotent(
            text in "(curl |Bearer |Authorization: |\\{|\\}|\"|'|access_token|id_token|=|:|&|\\?|#|http://a|\n| |%2E|eyJhbGciOiJub25lIn0|\\.|e30|a){0,24}"
        ) {
            let (once, _) = clean(&text);
            let (twice, removed) = clean(&once);
            prop_assert_eq!(once, twice);
            prop_assert_eq!(removed, Vec::<String>::new());
        }

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

//! A command line taken apart as a shell would: quotes, backslashes, lines that go on. Nothing is expanded.
//!
//! Pure. Imports nothing of this crate.

use std::iter::Peekable;
use std::str::Chars;

use zeroize::Zeroizing;

/// How many words are read at most.
const WORDS: usize = 2_000;

/// The words of the first command in the text: it ends at a pipe, a semicolon, a redirection or a closing bracket.
pub(super) fn words(text: &str) -> Vec<Zeroizing<String>> {
    let text = if is_cmd(text) { without_carets(text) } else { Zeroizing::new(text.to_owned()) };
    let mut words = Vec::new();
    let mut word: Option<Zeroizing<String>> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('\r') if rest.peek() == Some(&'\n') => _ = rest.next(),
                Some('\n') | None => {}
                Some(other) => push(&mut word, other),
            },
            // PowerShell goes on in the next line behind a backtick; in a shell one ends a substitution.
            '`' if matches!(rest.peek(), Some('\n' | '\r')) => {}
            '\'' => single(&mut rest, open(&mut word)),
            '"' => double(&mut rest, open(&mut word)),
            '$' if rest.peek() == Some(&'\'') => {
                rest.next();
                ansi(&mut rest, open(&mut word));
            }
            c if c.is_whitespace() => words.extend(word.take()),
            '|' | ';' | ')' | '`' => break,
            '&' if word.is_none() || rest.peek() == Some(&'&') => break,
            '>' | '<' => {
                // What stands before it is the number of a stream.
                word = word.filter(|word| !word.chars().all(|c| c.is_ascii_digit() || c == '&'));
                break;
            }
            c => push(&mut word, c),
        }
        if words.len() >= WORDS {
            return words;
        }
    }
    words.extend(word);
    words
}

fn open(word: &mut Option<Zeroizing<String>>) -> &mut Zeroizing<String> {
    word.get_or_insert_with(Zeroizing::default)
}

fn push(word: &mut Option<Zeroizing<String>>, c: char) {
    open(word).push(c);
}

fn single(rest: &mut Peekable<Chars<'_>>, word: &mut String) {
    for c in rest.by_ref().take_while(|c| *c != '\'') {
        word.push(c);
    }
}

fn double(rest: &mut Peekable<Chars<'_>>, word: &mut String) {
    while let Some(c) = rest.next() {
        match c {
            '"' => return,
            '\\' => match rest.next() {
                Some('\n') | None => {}
                Some(escaped @ ('"' | '\\' | '$' | '`')) => word.push(escaped),
                Some(other) => word.extend(['\\', other]),
            },
            c => word.push(c),
        }
    }
}

/// `$'…'`, as browsers copy requests: C's escapes.
fn ansi(rest: &mut Peekable<Chars<'_>>, word: &mut String) {
    while let Some(c) = rest.next() {
        match c {
            '\'' => return,
            '\\' => match rest.next() {
                Some('n') => word.push('\n'),
                Some('r') => word.push('\r'),
                Some('t') => word.push('\t'),
                Some('x') => number(rest, 2, word),
                Some('u') => number(rest, 4, word),
                Some('U') => number(rest, 8, word),
                Some(other) => word.push(other),
                None => {}
            },
            c => word.push(c),
        }
    }
}

fn number(rest: &mut Peekable<Chars<'_>>, most: usize, word: &mut String) {
    let mut value = 0u32;
    for _ in 0..most {
        let Some(digit) = rest.peek().and_then(|c| c.to_digit(16)) else { break };
        value = (value << 4) | digit;
        rest.next();
    }
    word.extend(char::from_u32(value));
}

/// Whether it was written for Windows' cmd, which escapes with `^`.
fn is_cmd(text: &str) -> bool {
    ["^\n", "^\r\n", "^\""].iter().any(|mark| text.contains(mark))
}

fn without_carets(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '^' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('\n') | None => out.push(' '),
            Some('\r') if rest.peek() == Some(&'\n') => {
                rest.next();
                out.push(' ');
            }
            Some(other) => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_taken_apart_as_a_shell_does() {
        for (text, expected) in [
            ("curl  a 'b c' \"d e\"", vec!["curl", "a", "b c", "d e"]),
            (r#"a'b'"c"\ d"#, vec!["abc d"]),
            (r#""it's \"x\" \$y \n""#, vec![r#"it's "x" $y \n"#]),
            ("a \\\n  b \\\r\n c", vec!["a", "b", "c"]),
            ("$'it\\'s\\x41\\u00e9\\n'", vec!["it'sAé\n"]),
            ("curl ^\"http://x/?a=1^&b=2^\" ^\r\n  -d ^\"x^\"", vec!["curl", "http://x/?a=1&b=2", "-d", "x"]),
            ("curl `\r\n x", vec!["curl", "x"]),
            ("curl x | jq .", vec!["curl", "x"]),
            ("curl x)", vec!["curl", "x"]),
            ("curl x 2>/dev/null", vec!["curl", "x"]),
            ("curl x?a=1&b=2 && y", vec!["curl", "x?a=1&b=2"]),
            ("'never closed", vec!["never closed"]),
            ("''", vec![""]),
            ("", vec![]),
        ] {
            let words = words(text);
            assert_eq!(words.iter().map(|word| word.as_str()).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}

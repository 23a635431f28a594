//! What is looked for in a pane.
//!
//! Values only.

use std::ops::Range;

use tui_input::Input;

use super::Pane;

/// A search within one pane.
#[derive(Clone, Debug)]
pub struct Find {
    /// The pane that is searched.
    pub pane: Pane,
    /// What is looked for, as typed. Capitals in it make the search tell capitals apart.
    pub input: Input,
    /// Whether the field is still being typed in.
    pub typing: bool,
    /// The row the search began at: where the cursor goes back to when nothing is found.
    pub from: usize,
}

impl Find {
    /// Whether the text holds what is looked for; never when nothing is.
    pub fn hits(&self, text: &str) -> bool {
        let wanted = self.input.value();
        if wanted.is_empty() {
            return false;
        }
        if wanted.chars().any(char::is_uppercase) {
            text.contains(wanted)
        } else {
            text.to_lowercase().contains(wanted)
        }
    }

    /// Where in the text it stands, in bytes.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let wanted = self.input.value();
        let exact = wanted.chars().any(char::is_uppercase);
        let mut found = Vec::new();
        let mut from = 0;
        while let Some((at, letter)) =
            text.get(from..).and_then(|rest| rest.chars().next()).map(|letter| (from, letter))
        {
            let end = text.get(at..).and_then(|rest| end_of_match(rest, wanted, exact)).filter(|end| *end > 0);
            match end {
                Some(end) => {
                    found.push(at..at + end);
                    from = at + end;
                }
                None => from = at + letter.len_utf8(),
            }
        }
        found
    }
}

/// How many bytes of the text's start are what is wanted; none when it starts otherwise.
fn end_of_match(text: &str, wanted: &str, exact: bool) -> Option<usize> {
    if exact {
        return text.starts_with(wanted).then_some(wanted.len());
    }
    let mut wanted = wanted.chars().peekable();
    for (at, letter) in text.char_indices() {
        if wanted.peek().is_none() {
            return Some(at);
        }
        for small in letter.to_lowercase() {
            if wanted.next() != Some(small) {
                return None;
            }
        }
    }
    wanted.peek().is_none().then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(wanted: &str, text: &str) -> Vec<Range<usize>> {
        let input = Input::new(wanted.to_owned());
        Find { pane: Pane::Token, input, typing: false, from: 0 }.places(text)
    }

    #[test]
    fn what_is_looked_for_is_found_where_it_stands() {
        assert_eq!(places("scope", "Scope, a scope"), [0..5, 9..14]);
        assert_eq!(places("Scope", "Scope, a scope"), std::slice::from_ref(&(0..5)));
        assert_eq!(places("é", "caféÉ"), [3..5, 5..7]);
        assert_eq!(places("aa", "aaaa"), [0..2, 2..4]);
        assert!(places("", "a").is_empty() && places("x", "").is_empty());
    }
}

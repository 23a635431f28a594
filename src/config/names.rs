//! Names as people type them: which are allowed, which was probably meant, and how to show one that came from outside.
//!
//! Pure. Pure. Imports the sibling model.

use std::fmt::Write as _;

use super::Profiles;

/// How many names are looked through for the nearest one.
const CANDIDATES: usize = 2_000;
/// The longest name that can be meant or allowed, in bytes.
const LONGEST: usize = 64;
/// How much of a value is quoted, in characters.
const QUOTED: usize = 80;

/// Whether this can be the name of a provider, API, endpoint or profile: ASCII letters, digits, `-` and `_`, beginning
/// with a letter or digit, 64 at most.
pub fn is_slug(name: &str) -> bool {
    name.len() <= LONGEST
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(is_slug_character)
}

/// Whether it may stand in a slug.
pub(super) fn is_slug_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// What a slug is, for hints.
pub(super) const SLUG_RULE: &str =
    "a name is letters, digits, - and _, begins with a letter or digit, and has 64 at most";

/// A name for something new that nothing in the file has: the wish as a slug, and with a number when it is taken.
pub fn free_name(profiles: &Profiles, wish: &str) -> String {
    let taken = |name: &str| {
        let provider = profiles.providers.iter().any(|provider| provider.name == name);
        let api = profiles.apis.iter().any(|api| api.name == name);
        provider || api || profiles.profiles.iter().any(|profile| profile.name == name)
    };
    let name = slug(wish);
    if !taken(&name) {
        return name;
    }
    let room = LONGEST - "-999999".len();
    let start = name.get(..name.len().min(room)).unwrap_or_default();
    (2..1_000_000).map(|number| format!("{start}-{number}")).find(|name| !taken(name)).unwrap_or(name)
}

/// The text as a slug: what cannot stand in one becomes a single `-`.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().take(4 * LONGEST) {
        if slug.len() == LONGEST {
            break;
        }
        if c.is_ascii_alphanumeric() || (c == '_' && !slug.is_empty()) {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches(['-', '_']);
    if slug.is_empty() { "new".to_owned() } else { slug.to_owned() }
}

/// The candidate that was probably meant by `typed`, when one is near.
pub(super) fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if typed.is_empty() || typed.len() > LONGEST {
        return None;
    }
    let plain = fold(typed);
    // One slip in three letters, but never so many that nothing of the name is left.
    let length = plain.chars().count();
    let allowed = (length / 3).max(1).min(length - 1);
    candidates
        .into_iter()
        .take(CANDIDATES)
        .filter(|candidate| candidate.len() <= LONGEST)
        .filter_map(|candidate| Some((distance(&plain, &fold(candidate), allowed)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How far apart two folded names are, unless it is too far. A name that is the other's last word is near:
/// `secret` and `client_secret`.
fn distance(typed: &str, candidate: &str, allowed: usize) -> Option<usize> {
    if typed.chars().count().abs_diff(candidate.chars().count()) <= allowed {
        let distance = strsim::osa_distance(typed, candidate);
        if distance <= allowed {
            return Some(distance);
        }
    }
    let (long, short) = if typed.len() > candidate.len() { (typed, candidate) } else { (candidate, typed) };
    let is_last_word = short.len() >= 3 && long.strip_suffix(short).is_some_and(|start| start.ends_with('_'));
    is_last_word.then_some(allowed + 1)
}

/// Without the differences that people do not see: case, and `-` against `_`.
fn fold(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "_")
}

/// "did you mean `x`?", when something near is there; else the choice, when it is short.
pub(super) fn meant<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str, IntoIter: Clone>) -> Option<String> {
    let candidates = candidates.into_iter();
    if let Some(name) = nearest(typed, candidates.clone()) {
        return Some(format!("did you mean `{}`?", shown(name)));
    }
    let few: Vec<_> = candidates.take(7).map(|name| format!("`{}`", shown(name))).collect();
    match few.as_slice() {
        [] => None,
        [only] => Some(format!("there is only {only}")),
        _ if few.len() < 7 => Some(format!("there are {}", few.join(", "))),
        _ => None,
    }
}

/// The text as it may be put before people: control and invisible characters spelt out, cut when long.
pub(super) fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(4 * QUOTED));
    for (count, c) in text.chars().enumerate() {
        if count == QUOTED {
            out.push('…');
            break;
        }
        push_shown(&mut out, c);
    }
    out
}

/// The whole text as it may be put before people, however long.
pub(super) fn spelt_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| if c == '\t' { out.push_str("    ") } else { push_shown(&mut out, c) });
    out
}

/// One character, spelt out when it would not be seen as itself.
pub(super) fn push_shown(out: &mut String, c: char) {
    match c {
        '\u{0}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('?')),
        '\u{7f}' => out.push('␡'),
        c if is_unseen(c) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "<U+{:04X}>", u32::from(c));
        }
        c => out.push(c),
    }
}

/// C1 controls, line separators, and the characters that hide, or turn the direction of what follows.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_only_when_it_is_near() {
        let keys = ["client_id", "client_secret", "scopes", "title"];
        for (typed, meant) in [
            ("client_idd", Some("client_id")),
            ("clientid", Some("client_id")),
            ("Client-ID", Some("client_id")),
            ("secret", Some("client_secret")),
            ("scope", Some("scopes")),
            ("tilte", Some("title")),
            ("colour", None),
            ("", None),
            ("x", None),
            ("titl", Some("title")),
        ] {
            assert_eq!(nearest(typed, keys), meant, "{typed}");
        }
        assert_eq!((nearest("q", ["p"]), nearest("P", ["p"])), (None, Some("p")));
        assert_eq!(nearest("client_secret_basic", ["basic", "post"]), Some("basic"));
    }

    #[test]
    fn slugs() {
        for good in ["a", "tester-no-scope", "9_x", "Tester", &"a".repeat(64)] {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "-a", "_a", "a b", "a.b", "ä", "a/b", &"a".repeat(65)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_spelt_out() {
        assert_eq!(shown("a\u{1b}[31m\n\u{7f}"), "a␛[31m␊␡");
        assert_eq!(shown("a\u{202e}b"), "a<U+202E>b");
        assert_eq!(shown(&"x".repeat(200)).chars().count(), 81);
    }
}

//! `WWW-Authenticate`: what a protected resource says when it refuses (RFC 9110 section 11.6.1, RFC 6750 section 3).
//!
//! Pure: no network, files, clock or terminal.

use super::ScopeSet;

/// One challenge: a scheme and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// `Bearer`, `Basic`, …, as spelt.
    pub scheme: String,
    /// Parameters in order; names in lower case, values without their quotes.
    pub params: Vec<(String, String)>,
}

impl Challenge {
    /// The first value of the parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether it asks for a bearer token.
    pub fn is_bearer(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("bearer")
    }

    /// The `error` parameter of a bearer challenge.
    pub fn error(&self) -> Option<&str> {
        self.param("error")
    }

    /// The scopes it says are needed.
    pub fn scope(&self) -> Option<ScopeSet> {
        self.param("scope").map(ScopeSet::parse)
    }
}

/// Reads every challenge of these header values, leniently: what makes no sense is passed over, never an error.
pub fn parse_challenges<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<Challenge> {
    let mut challenges: Vec<Challenge> = Vec::new();
    for value in values {
        let mut open = false;
        for item in split_outside_quotes(value) {
            let item = item.trim();
            let (word, rest) = item.split_once(char::is_whitespace).unwrap_or((item, ""));
            if word.is_empty() {
                continue;
            }
            let param = if is_param(item) {
                Some(item)
            } else {
                challenges.push(Challenge { scheme: word.to_owned(), params: Vec::new() });
                open = true;
                Some(rest.trim()).filter(|rest| is_param(rest))
            };
            if let (true, Some((name, value)), Some(last)) =
                (open, param.and_then(|text| text.split_once('=')), challenges.last_mut())
            {
                last.params.push((name.trim().to_ascii_lowercase(), unquote(value.trim())));
            }
        }
    }
    challenges
}

/// Whether the item is `name=value` rather than a scheme.
fn is_param(item: &str) -> bool {
    item.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim();
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
    })
}

/// The text cut at commas that stand outside quotes.
fn split_outside_quotes(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                items.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    items.extend(text.get(start..));
    items
}

/// A quoted-string's content (RFC 9110 section 5.6.4); anything else as it is.
fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.to_owned() };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let (mut out, mut escaped) = (String::with_capacity(inner.len()), false);
    for c in inner.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            _ => {
                out.push(c);
                escaped = false;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bearer_challenge_with_everything() {
        let text =
            r#"Bearer realm="my, org", error="insufficient_scope", error_description="say \"please\"", scope="a b""#;
        let challenges = parse_challenges([text]);
        assert_eq!(challenges.len(), 1);
        let challenge = &challenges[0];
        assert_eq!(challenge.param("realm"), Some("my, org"));
        assert_eq!(challenge.error(), Some("insufficient_scope"));
        assert_eq!(challenge.param("error_description"), Some("say \"please\""));
        assert_eq!(challenge.scope(), Some(ScopeSet::parse("a b")));
    }

    #[test]
    fn several_challenges_in_one_header_and_in_several() {
        let challenges = parse_challenges([r#"Negotiate, Basic realm="x", bearer"#, r#"DPoP algs="ES256", error="e""#]);
        let schemes: Vec<_> = challenges.iter().map(|c| c.scheme.as_str()).collect();
        assert_eq!(schemes, ["Negotiate", "Basic", "bearer", "DPoP"]);
        assert!(challenges[2].is_bearer() && challenges[2].error().is_none());
        assert_eq!(challenges[3].error(), Some("e"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,80}") {
            parse_challenges([text.as_str()]);
        }
    }
}

//! Single values out of a pasted text: whether they are meant, or stand for something that was not pasted.
//!
//! Pure. Imports nothing of this crate.

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// Itself.
    Plain(&'a str),
    /// A variable of the environment.
    Variable(&'a str),
    /// A blank to be filled in: `<client-id>`, `{{secret}}`, `YOUR_SECRET`.
    Blank,
}

/// What the value is.
pub(super) fn meaning(text: &str) -> Value<'_> {
    let text = text.trim();
    if let Some(name) = variable(text) {
        return Value::Variable(name);
    }
    let wrapped = |open: &str, close: &str| text.starts_with(open) && text.ends_with(close) && text.len() > open.len();
    let shouted = text.to_ascii_uppercase();
    let stars = !text.is_empty() && text.chars().all(|c| matches!(c, '*' | '.' | '…' | '•'));
    if text.is_empty() || stars || wrapped("{{", "}}") || wrapped("<", ">") || wrapped("[", "]") || wrapped("{", "}") {
        return Value::Blank;
    }
    if shouted.starts_with("YOUR_") || shouted.starts_with("YOUR-") || shouted == "CHANGEME" {
        return Value::Blank;
    }
    Value::Plain(text)
}

/// The variable that the whole text is: `$NAME`, `${NAME}`, `%NAME%`, `$env:NAME`.
fn variable(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let inner = inner.or_else(|| text.strip_prefix("$env:"));
    let inner = inner.or_else(|| text.strip_prefix('$'));
    let inner = inner.or_else(|| text.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')))?;
    is_variable_name(inner).then_some(inner)
}

/// Whether a variable of the environment can have this name.
pub(in crate::config) fn is_variable_name(name: &str) -> bool {
    name.len() <= 128
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether the text looks like a compact JWS or JWE.
pub(super) fn is_token(text: &str) -> bool {
    let text = text.trim();
    let text = text.strip_prefix("Authorization:").unwrap_or(text).trim();
    let text = text.strip_prefix("Bearer ").unwrap_or(text).trim();
    text.starts_with("eyJ") && text.matches('.').count() >= 2 && !text.contains([' ', '/', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_and_a_blank_are_no_values() {
        for (text, name) in [("$SECRET", "SECRET"), ("${A_1}", "A_1"), ("%SECRET%", "SECRET"), ("$env:S", "S")] {
            assert_eq!(meaning(text), Value::Variable(name), "{text}");
        }
        for text in ["", "***", "{{secret}}", "<secret>", "YOUR_CLIENT_SECRET", "[secret]", "..."] {
            assert_eq!(meaning(text), Value::Blank, "{text}");
        }
        for text in ["s3cret", "$", "a$B", "%", "%41", "pa**", "$pa ss", "$1"] {
            assert_eq!(meaning(text), Value::Plain(text), "{text}");
        }
    }
}

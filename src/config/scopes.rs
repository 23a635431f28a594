//! Lists of scopes, as profiles ask for them and endpoints want them.
//!
//! Pure. Imports siblings and `oauth`.

use super::names::shown;
use super::reader::Section;
use crate::oauth::ScopeSet;

/// The scopes in a list, when the key is there. Each must be a `scope-token` of RFC 6749 section 3.3.
pub(super) fn read(section: &mut Section<'_, '_, '_>, key: &str) -> Option<ScopeSet> {
    let texts = section.texts(key)?;
    for (scope, span) in &texts {
        if scope.contains(char::is_whitespace) {
            let words: Vec<_> = scope.split_whitespace().map(|word| format!("\"{}\"", shown(word))).collect();
            let hint = format!("write each as its own: {}", words.join(", "));
            section.wrong(key, span, &format!("`{}` is several scopes in one", shown(scope)), Some(hint));
        } else if !scope.chars().all(is_scope_character) {
            let what = format!("`{}` holds a character that no scope may have (RFC 6749 section 3.3)", shown(scope));
            section.wrong(key, span, &what, None);
        }
    }
    Some(texts.iter().map(|(scope, _)| scope).collect())
}

/// `NQCHAR` of RFC 6749 appendix A: printable ASCII without space, `"` and `\`.
fn is_scope_character(c: char) -> bool {
    c.is_ascii_graphic() && c != '"' && c != '\\'
}

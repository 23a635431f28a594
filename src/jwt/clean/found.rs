//! Finds the tokens in a longer text: a token response, a callback address, a form, a curl command, a list.
//!
//! Pure: imports only `exchange` and the `jwt` module's own files.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::exchange::Secret;

/// Under these names tokens stand in JSON, addresses and forms; the first that is there is the one meant.
const NAMES: [&str; 12] = [
    "access_token",
    "id_token",
    "token",
    "jwt",
    "logout_token",
    "id_token_hint",
    "subject_token",
    "actor_token",
    "assertion",
    "client_assertion",
    "request",
    "refresh_token",
];
/// More tokens than this are not looked for.
const MOST: usize = 32;

/// No more words of a text than this are tried as tokens.
const MOST_WORDS: usize = 1_000;

/// A token found in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundToken {
    /// The name it stands under, such as `id_token`; none when it stands alone.
    pub name: Option<&'static str>,
    /// The token.
    pub token: Secret,
}

/// What stood around the tokens, in words, and the tokens, the one most likely meant first. All of them are of letters
/// that a token is made of.
pub(super) fn found_in(text: &str) -> Option<(String, Vec<FoundToken>)> {
    let lines: Vec<&str> = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.iter().all(|line| is_bare(line)) && !lines.iter().all(|line| is_compact(line)) {
        // One token broken over lines.
        return None;
    }
    let (around, mut tokens) = in_lines(&lines)
        .map(|tokens| ("the other lines", tokens))
        .or_else(|| Some(("the JSON around it", in_json(text)?)))
        .or_else(|| in_parameters(text))
        .or_else(|| Some((around(text), in_text(text)?)))?;
    tokens.truncate(MOST);
    Some((in_words(around, &tokens), tokens))
}

fn in_words(around: &str, tokens: &[FoundToken]) -> String {
    let name = |token: &FoundToken| token.name.unwrap_or("a token");
    match tokens {
        [FoundToken { name: Some(name), .. }] => format!("{around}, where it is {name}"),
        [first, rest @ ..] if !rest.is_empty() && first.name.is_some() => {
            let rest = rest.iter().map(name).collect::<Vec<_>>().join(", ");
            format!("{around}, where it is {}; left out: {rest}", name(first))
        }
        [_, rest @ ..] if !rest.is_empty() => {
            format!("{around}; it is the first of {} tokens", rest.len() + 1)
        }
        _ => around.to_owned(),
    }
}

fn around(text: &str) -> &'static str {
    if text.trim_start().starts_with("curl ") { "the curl command around it" } else { "the text around it" }
}

/// Whether it has the letters and the form of a bearer token (RFC 6750 section 2.1): `=` stands only at the end.
pub(super) fn is_bare(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

/// Several whole tokens, each on its own line. A single one broken over lines is none of these.
fn in_lines(lines: &[&str]) -> Option<Vec<FoundToken>> {
    let whole = lines.len() > 1 && lines.iter().all(|line| is_bare(line) && is_compact(line));
    whole.then(|| lines.iter().copied().map(alone).collect())
}

fn alone(token: &str) -> FoundToken {
    FoundToken { name: None, token: Secret::new(token) }
}

/// The tokens of a JSON object, also of one that lies in it.
fn in_json(text: &str) -> Option<Vec<FoundToken>> {
    if !text.starts_with('{') {
        return None;
    }
    let Ok(Value::Object(object)) = serde_json::from_str::<Value>(text) else { return None };
    let inner = object.values().filter_map(Value::as_object);
    std::iter::once(&object).chain(inner).find_map(in_object)
}

fn in_object(object: &Map<String, Value>) -> Option<Vec<FoundToken>> {
    let find = |name: &'static str| {
        let token = object.get(name)?.as_str()?.trim();
        is_bare(token).then(|| FoundToken { name: Some(name), token: Secret::new(token) })
    };
    let tokens: Vec<FoundToken> = NAMES.into_iter().filter_map(find).collect();
    (!tokens.is_empty()).then_some(tokens)
}

/// The tokens among the parameters of an address or a form.
fn in_parameters(text: &str) -> Option<(&'static str, Vec<FoundToken>)> {
    if text.contains(char::is_whitespace) || !text.contains('=') {
        return None;
    }
    let is_address = text.contains("://") || text.starts_with(['/', '?', '#']);
    let parameters: Vec<(String, String)> = text
        .split(['?', '#'])
        .skip(usize::from(is_address && !text.starts_with(['?', '#'])))
        .flat_map(|part| form_urlencoded::parse(part.as_bytes()))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let find = |name: &'static str| {
        let (_, token) = parameters.iter().find(|(known, token)| known == name && is_bare(token))?;
        Some(FoundToken { name: Some(name), token: Secret::new(token.as_str()) })
    };
    let tokens: Vec<FoundToken> = NAMES.into_iter().filter_map(find).collect();
    let around = if is_address { "the address around it" } else { "the form around it" };
    (!tokens.is_empty()).then_some((around, tokens))
}

/// The JWTs anywhere in a text; when there are none, what follows `Authorization: Bearer`.
fn in_text(text: &str) -> Option<Vec<FoundToken>> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut tokens: Vec<FoundToken> = Vec::new();
    for word in text.split(|c| !is_letter(c)).filter(|word| word.starts_with("eyJ")).take(MOST_WORDS) {
        // A full stop after it is the sentence's.
        let word = if is_compact(word) { word } else { word.trim_end_matches('.') };
        if is_compact(word) && tokens.iter().all(|known| known.token.reveal() != word) && tokens.len() <= MOST {
            tokens.push(alone(word));
        }
    }
    if tokens.is_empty() { Some(vec![alone(after_bearer(text)?)]) } else { Some(tokens) }
}

/// The opaque token of an `Authorization` header inside the text.
fn after_bearer(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let header = lower.find("authorization")? + "authorization".len();
    let rest = lower.get(header..)?.trim_start().strip_prefix(':')?.trim_start();
    let rest = rest.strip_prefix("bearer")?.strip_prefix([' ', '\t'])?.trim_start();
    let token = text.get(text.len() - rest.len()..)?;
    let end = token.find(|c: char| !c.is_ascii() || !is_bare(c.encode_utf8(&mut [0; 4]))).unwrap_or(token.len());
    token.get(..end).filter(|token| !token.is_empty())
}

/// Whether it is a JWS or JWE in compact form: as many parts, and the first is a JSON object.
fn is_compact(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').take(6).collect();
    let (&[header, ..], 3 | 5) = (parts.as_slice(), parts.len()) else { return false };
    let header = BASE64_URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
    serde_json::from_slice::<Map<String, Value>>(&header).is_ok()
}

//! JSON with everything that is written: digits that no number keeps, names that stand twice, halves of surrogate pairs,
//! nesting of any depth. Strict readers refuse some of it, other programs read it; so it must be seen and judged here.
//!
//! Pure: imports only the `jwt` module's own files.

use std::collections::HashSet;

use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use super::number::loses_digits;
use super::raw::{JsonType, items, raw_members, type_of};

/// What lies deeper is kept as it is written, and not looked into.
const DEEPEST: usize = 64;
/// More names that stand twice are not listed.
const MOST_DUPLICATES: usize = 16;

/// A JSON value as it is written. Two are equal when no reader can tell them apart.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Exact {
    /// What [`Value`] holds without loss.
    Plain(Value),
    /// A number that would lose digits.
    Number(String),
    /// A text that is no Unicode, with its quotes and escapes.
    Text(String),
    /// An object or a list that lies too deep.
    Deep(String),
    /// A list.
    List(Vec<Exact>),
    /// The members of an object, also those that stand twice, in order.
    Object(Vec<(Name, Exact)>),
}

/// The name of a member.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Name {
    /// With U+FFFD in place of what is no Unicode.
    pub(super) text: String,
    /// As it is written, when it is no Unicode.
    odd: Option<String>,
}

/// What was noticed on the way.
#[derive(Default)]
pub(super) struct Noticed {
    /// Names that stand twice in one object, at any depth; the last value counts (RFC 7519 section 4).
    pub(super) duplicates: Vec<String>,
    /// Whether something lies deeper than is looked into.
    pub(super) deep: bool,
    /// Whether a text or a name is no Unicode.
    pub(super) half_a_pair: bool,
}

/// Reads a JSON object, or says where it is none by the grammar.
pub(super) fn read(json: &str) -> Result<(Exact, Noticed), serde_json::Error> {
    let mut noticed = Noticed::default();
    let object = of_members(raw_members(json)?, 1, &mut noticed);
    Ok((object, noticed))
}

fn of_members(members: Vec<(&RawValue, &RawValue)>, depth: usize, noticed: &mut Noticed) -> Exact {
    let mut seen = HashSet::new();
    let mut read = Vec::with_capacity(members.len());
    for (name, value) in members {
        let (text, odd) = text_of(name.get());
        noticed.half_a_pair |= odd;
        let name = Name { text, odd: odd.then(|| name.get().to_owned()) };
        if !seen.insert(name.clone()) && noticed.duplicates.len() < MOST_DUPLICATES {
            noticed.duplicates.push(name.text.clone());
        }
        read.push((name, of_value(value, depth, noticed)));
    }
    Exact::Object(read)
}

fn of_value(raw: &RawValue, depth: usize, noticed: &mut Noticed) -> Exact {
    let text = raw.get();
    match type_of(text) {
        JsonType::Object | JsonType::Array if depth > DEEPEST => {
            noticed.deep = true;
            Exact::Deep(text.to_owned())
        }
        JsonType::Object => match raw_members(text) {
            Ok(members) => of_members(members, depth + 1, noticed),
            Err(_) => Exact::Deep(text.to_owned()),
        },
        JsonType::Array => {
            Exact::List(items(text).into_iter().map(|item| of_value(item, depth + 1, noticed)).collect())
        }
        JsonType::Number if loses_digits(text) => Exact::Number(text.to_owned()),
        JsonType::String => match text_of(text) {
            (text, false) => Exact::Plain(Value::String(text)),
            (_, true) => {
                noticed.half_a_pair = true;
                Exact::Text(text.to_owned())
            }
        },
        _ => Exact::Plain(serde_json::from_str(text).unwrap_or_default()),
    }
}

/// The text that a JSON string stands for, and whether some of it is no Unicode: U+FFFD stands for that.
pub(super) fn text_of(quoted: &str) -> (String, bool) {
    match serde_json::from_str(quoted) {
        Ok(text) => (text, false),
        Err(_) => (serde_json::from_str(&without_halves(quoted)).unwrap_or_else(|_| quoted.to_owned()), true),
    }
}

/// The JSON string with `\ufffd` in place of each half of a surrogate pair.
fn without_halves(quoted: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(quoted.len()), quoted);
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let length = match (unit(escape), unit(escape.get(6..).unwrap_or_default())) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push_str("\\ufffd");
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            (Some(_), _) => 6,
            (None, _) => 2,
        };
        let (whole, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
        out.push_str(whole);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The number of an escape such as `\ud83d` at the start of the text.
fn unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

impl Exact {
    /// The members, when it is an object.
    pub(super) fn members(&self) -> Option<&[(Name, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// What counts to most readers: numbers as the nearest double, and of a name that stands twice the last value.
    pub(super) fn counts(&self) -> Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::Number(text) => Value::Number(nearest(text)),
            Self::Text(text) => Value::String(text_of(text).0),
            Self::Deep(text) => Value::String(text.clone()),
            Self::List(items) => items.iter().map(Self::counts).collect(),
            Self::Object(members) => Value::Object(counting(members)),
        }
    }

    /// For showing: as [`Exact::counts`], but what that would change as the text that is written.
    pub(super) fn as_written(&self) -> Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::Number(text) | Self::Deep(text) => Value::String(text.clone()),
            Self::Text(text) => Value::String(text.trim_matches('"').to_owned()),
            Self::List(items) => items.iter().map(Self::as_written).collect(),
            Self::Object(members) => {
                members.iter().map(|(name, value)| (name.text.clone(), value.as_written())).collect()
            }
        }
    }
}

impl From<&Value> for Exact {
    fn from(value: &Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Object(members) => Self::of_map(members),
            plain => Self::Plain(plain.clone()),
        }
    }
}

impl Exact {
    /// The members of a map.
    pub(super) fn of_map(members: &Map<String, Value>) -> Self {
        let name = |text: &String| Name { text: text.clone(), odd: None };
        Self::Object(members.iter().map(|(text, value)| (name(text), Self::from(value))).collect())
    }
}

/// The members that count.
pub(super) fn counting(members: &[(Name, Exact)]) -> Map<String, Value> {
    members.iter().map(|(name, value)| (name.text.clone(), value.counts())).collect()
}

fn nearest(text: &str) -> Number {
    let largest = if text.starts_with('-') { f64::MIN } else { f64::MAX };
    serde_json::from_str(text).ok().or_else(|| Number::from_f64(largest)).unwrap_or_else(|| Number::from(0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;

    fn counts(text: &str) -> Value {
        read(text).unwrap().0.counts()
    }

    #[test]
    fn what_a_strict_reader_refuses_is_read() {
        let text = r#"{"exp":1,"n":[1e400,-1e400],"t":"\ud800x","\udc00":{"\ud83d\ude00":"\ud83d\ude00"},"exp":2}"#;
        assert_eq!(
            counts(text),
            json!({"exp": 2, "n": [f64::MAX, f64::MIN], "t": "\u{fffd}x", "\u{fffd}": {"😀": "😀"}})
        );
        let (_, noticed) = read(text).unwrap();
        assert!(noticed.half_a_pair && !noticed.deep && noticed.duplicates == ["exp"]);
        let (_, noticed) = read(r#"{"n":1e999,"r":{"roles":[],"roles":["admin"]}}"#).unwrap();
        assert_eq!(noticed.duplicates, ["roles"]);
        let deep = format!("{{\"exp\":1,\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        let (object, noticed) = read(&deep).unwrap();
        assert!(noticed.deep && object.counts().get("exp") == Some(&json!(1)));
        for text in ["[1]", "{\"a\":1", "", "{\"a\":\"\u{1}\"}"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_written_differently_is_not_equal() {
        for (one, other) in [
            (r#"{"n":1e400}"#, r#"{"n":"1e400"}"#),
            (r#"{"n":1e400}"#, r#"{"n":1e401}"#),
            (r#"{"n":12345678901234567890123}"#, r#"{"n":12345678901234567890124}"#),
            (r#"{"t":"\ud800"}"#, r#"{"t":"\\ud800"}"#),
            (r#"{"t":"\ud800"}"#, r#"{"t":"\ud801"}"#),
            (r#"{"\ud800":1}"#, r#"{"\ud801":1}"#),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
        ] {
            assert_ne!(read(one).unwrap().0, read(other).unwrap().0, "{one} {other}");
        }
        assert_eq!(
            read(r#"{"a":"A","n":1.0}"#).unwrap().0,
            read("{ \"\\u0061\": \"\\u0041\", \"n\": 1.0 }").unwrap().0
        );
    }
}

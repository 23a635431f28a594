//! Reads a part of a token as one JSON object, and says what is odd about it.
//!
//! Pure: imports only the `jwt` module's own files.

use serde_json::{Map, Value};

use super::exact::{self, counting};
use super::number::some_lose_digits;
use super::raw::{JsonType, type_of};

/// A JSON object, and what was noticed while it was read.
pub(super) struct Object {
    pub(super) members: Map<String, Value>,
    /// Names that stand twice in one object, at any depth; the last value won (RFC 7519 section 4).
    pub(super) duplicates: Vec<String>,
    /// Whether a number has digits that were not kept.
    pub(super) rounded: bool,
    /// What strict readers refuse, each as the end of a sentence that begins with the part's name.
    pub(super) odd: Vec<&'static str>,
}

/// Reads text as one JSON object. The error says in a few words why it is none.
pub(super) fn read_object(text: &str) -> Result<Object, String> {
    let start = text.trim_ascii_start();
    if start.is_empty() {
        return Err("it is empty".to_owned());
    }
    let (object, noticed) = match exact::read(text) {
        Ok(read) => read,
        Err(error) => return Err(why_not(start, &error)),
    };
    let deep = "is nested so deep that many readers refuse it; what lies deepest is taken as text";
    let half = "has a text with half a surrogate pair, which is no Unicode";
    let odd = [(noticed.deep, deep), (noticed.half_a_pair, half)];
    Ok(Object {
        members: object.members().map(counting).unwrap_or_default(),
        duplicates: noticed.duplicates,
        rounded: some_lose_digits(text),
        odd: odd.into_iter().filter_map(|(is_so, what)| is_so.then_some(what)).collect(),
    })
}

/// `serde_json`'s error texts name a place and never quote the input.
fn why_not(text: &str, error: &serde_json::Error) -> String {
    let is_json = serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
    match type_of(text) {
        JsonType::Array if is_json => "it is a JSON array, not an object".to_owned(),
        _ if is_json => "it is a single JSON value, not an object".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn the_last_duplicate_wins_and_is_noted() {
        let object = read_object(r#"{"scope":"a","deep":{"x":1,"x":2},"scope":"b"}"#).unwrap();
        assert_eq!(Value::Object(object.members), serde_json::json!({"scope": "b", "deep": {"x": 2}}));
        assert_eq!(object.duplicates, ["x", "scope"]);
    }

    #[test]
    fn lost_digits_are_noted() {
        assert!(read_object(r#"{"n":123456789012345678901234567890}"#).unwrap().rounded);
        assert!(!read_object(r#"{"n":18446744073709551615,"f":1.5,"t":1.10}"#).unwrap().rounded);
        assert!(read_object(r#"{"deep":[{"f":0.12345678901234567890123}]}"#).unwrap().rounded);
    }

    #[test]
    fn what_is_no_object_says_why() {
        for (text, why) in [
            ("", "empty"),
            ("[1]", "array"),
            ("1", "single JSON value"),
            ("{\"a\":1} x", "trailing characters"),
            ("Live long", "expected value"),
        ] {
            let error = read_object(text).err().unwrap();
            assert!(error.contains(why), "{error}");
        }
        let deep = format!("{{\"a\":{}", "[".repeat(10_000));
        assert!(read_object(&deep).err().unwrap().contains("EOF"));
    }

    #[test]
    fn what_strict_readers_refuse_is_read_and_said() {
        let object = read_object(r#"{"n":1e999,"exp":1,"exp":2}"#).unwrap();
        assert_eq!(Value::Object(object.members), serde_json::json!({"n": f64::MAX, "exp": 2}));
        assert_eq!((object.duplicates.as_slice(), object.rounded), (["exp".to_owned()].as_slice(), true));
        let object = read_object(&format!("{{\"a\":{}{}}}", "[".repeat(500), "]".repeat(500))).unwrap();
        assert!(object.odd.iter().any(|odd| odd.contains("nested")), "{:?}", object.odd);
        let object = read_object(r#"{"a":"\ud800"}"#).unwrap();
        assert!(object.odd.iter().any(|odd| odd.contains("surrogate")) && !object.rounded, "{:?}", object.odd);
    }
}

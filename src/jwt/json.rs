//! Reads a JSON object and notices what `serde_json`'s own map would swallow: members that stand twice, numbers that
//! lose digits.
//!
//! Pure: imports nothing of this crate.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// More duplicates than this are not listed.
const MOST_DUPLICATES: usize = 16;

/// A JSON object, and what was noticed while it was read.
pub(super) struct Object {
    pub(super) members: Map<String, Value>,
    /// Names that stand twice in one object, at any depth; the last value won (RFC 7519 section 4).
    pub(super) duplicates: Vec<String>,
    /// Whether a number was too large to keep all its digits.
    pub(super) rounded: bool,
}

/// Reads text as one JSON object. The error says in a few words why it is none.
pub(super) fn read_object(text: &str) -> Result<Object, String> {
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut noticed = Noticed::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Seed(&mut noticed)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| in_words(&error))?;
    match value {
        Value::Object(members) => Ok(Object { members, duplicates: noticed.duplicates, rounded: noticed.rounded }),
        Value::Array(_) => Err("it is a JSON array, not an object".to_owned()),
        _ => Err("it is a single JSON value, not an object".to_owned()),
    }
}

/// `serde_json`'s error texts name a place and never quote the input.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if text.starts_with("recursion limit") { "it is nested too deep (more than 127 levels)".to_owned() } else { text }
}

#[derive(Default)]
struct Noticed {
    duplicates: Vec<String>,
    rounded: bool,
}

/// Builds a [`Value`] and notes what it notices.
struct Seed<'a>(&'a mut Noticed);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        // From 2^53 on a double no longer holds every whole number.
        self.0.rounded |= number.abs() >= 9_007_199_254_740_992.0;
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(Seed(&mut *self.0))? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Seed(&mut *self.0))?;
            if members.contains_key(&name) && self.0.duplicates.len() < MOST_DUPLICATES {
                self.0.duplicates.push(name.clone());
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
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
        assert!(!read_object(r#"{"n":18446744073709551615,"f":1.5}"#).unwrap().rounded);
    }

    #[test]
    fn what_is_no_object_says_why() {
        for (text, why) in [
            ("", "empty"),
            ("[1]", "array"),
            ("1", "single JSON value"),
            ("{\"a\":1} x", "trailing characters"),
            ("{\"n\":1e999}", "number out of range"),
            ("Live long", "expected value"),
        ] {
            let error = read_object(text).err().unwrap();
            assert!(error.contains(why), "{error}");
        }
        let deep = format!("{{\"a\":{}", "[".repeat(10_000));
        assert!(read_object(&deep).err().unwrap().contains("too deep"));
    }
}

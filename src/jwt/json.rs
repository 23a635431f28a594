//! Reads a JSON object and notices what `serde_json`'s own map would swallow: members that stand twice, numbers that
//! lose digits.
//!
//! Pure: imports only the `jwt` module's own files.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::lenient::{self, Keep};
use super::number::some_lose_digits;
use super::raw;

/// More duplicates than this are not listed.
const MOST_DUPLICATES: usize = 16;

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
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut duplicates = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read =
        Seed(&mut duplicates).deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    match read {
        Ok(Value::Object(members)) => {
            Ok(Object { members, duplicates, rounded: some_lose_digits(text), odd: Vec::new() })
        }
        Ok(Value::Array(_)) => Err("it is a JSON array, not an object".to_owned()),
        Ok(_) => Err("it is a single JSON value, not an object".to_owned()),
        Err(error) => leniently(text).ok_or_else(|| in_words(&error)),
    }
}

/// What is JSON by its grammar, but not to a strict reader.
fn leniently(text: &str) -> Option<Object> {
    let (members, found) = lenient::object(text, Keep::WhatCounts)?;
    let mut seen = std::collections::HashSet::new();
    let again = raw::members(text).ok()?.into_iter().map(|(name, _)| name).filter(|name| !seen.insert(name.clone()));
    let duplicates = again.take(MOST_DUPLICATES).collect();
    let deep = "is nested so deep that many readers refuse it; what lies deepest is taken as text";
    let half = "has a text with half a surrogate pair, which is no Unicode";
    let odd = [(found.deep, deep), (found.half_a_pair, half)];
    let odd = odd.into_iter().filter_map(|(is_so, what)| is_so.then_some(what)).collect();
    Some(Object { members, duplicates, rounded: some_lose_digits(text), odd })
}

/// `serde_json`'s error texts name a place and never quote the input.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if text.starts_with("recursion limit") { "it is nested too deep (more than 127 levels)".to_owned() } else { text }
}

/// Builds a [`Value`] and notes the names that stand twice.
struct Seed<'a>(&'a mut Vec<String>);

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
            if members.contains_key(&name) && self.0.len() < MOST_DUPLICATES {
                self.0.push(name.clone());
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
        assert!(read_object(&deep).err().unwrap().contains("too deep"));
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

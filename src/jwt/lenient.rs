//! Reads JSON that is written by its rules and that a strict reader refuses all the same: numbers beyond a double, very deep
//! nesting, half of a surrogate pair. Other programs read such claims, so they must be seen and judged here too.
//!
//! Pure: imports only the `jwt` module's own files.

use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use super::raw::{JsonType, items, members, type_of};

/// Values that lie deeper are taken as one text.
const DEEPEST: usize = 64;

/// How much is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// What counts: numbers as the nearest double, and of a name that stands twice the last value.
    WhatCounts,
    /// Everything: a number that would lose digits as an object with the member [`AS_WRITTEN`], which has the text; of a
    /// name that stands twice the values before as `name (1 of 2)`.
    Everything,
}

/// A name that no provider gives a claim.
pub(super) const AS_WRITTEN: &str = "\0number";

/// What a strict reader would have refused.
#[derive(Default)]
pub(super) struct Odd {
    /// Nested deeper than [`DEEPEST`].
    pub(super) deep: bool,
    /// A text that is no Unicode.
    pub(super) half_a_pair: bool,
}

/// The members of a JSON object, each name once: the last value counts. None when the text is no JSON object.
pub(super) fn object(json: &str, keep: Keep) -> Option<(Map<String, Value>, Odd)> {
    let mut odd = Odd::default();
    let members = members(json).ok()?;
    Some((of_members(members, 1, keep, &mut odd), odd))
}

fn of_members(members: Vec<(String, &RawValue)>, depth: usize, keep: Keep, odd: &mut Odd) -> Map<String, Value> {
    let mut stands: HashMap<String, usize> = HashMap::new();
    if keep == Keep::Everything {
        for (name, _) in &members {
            *stands.entry(name.clone()).or_default() += 1;
        }
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    let member = |(name, raw): (String, &RawValue)| {
        let value = value(raw, depth, keep, odd);
        let count = stands.get(&name).copied().unwrap_or(1);
        if count == 1 {
            return (name, value);
        }
        let place = seen.entry(name.clone()).or_default();
        *place += 1;
        if *place == count { (name, value) } else { (format!("{name} ({place} of {count})"), value) }
    };
    members.into_iter().map(member).collect()
}

fn value(raw: &RawValue, depth: usize, keep: Keep, odd: &mut Odd) -> Value {
    let text = raw.get();
    match type_of(text) {
        JsonType::Object | JsonType::Array if depth > DEEPEST => {
            odd.deep = true;
            Value::from(text)
        }
        JsonType::Object => match members(text) {
            Ok(members) => Value::Object(of_members(members, depth + 1, keep, odd)),
            Err(_) => Value::from(text),
        },
        JsonType::Array => items(text).into_iter().map(|item| value(item, depth + 1, keep, odd)).collect(),
        JsonType::Number => number(text, keep),
        JsonType::String => serde_json::from_str(text).unwrap_or_else(|_| {
            odd.half_a_pair = true;
            Value::from(text.trim_matches('"'))
        }),
        JsonType::Boolean | JsonType::Null => serde_json::from_str(text).unwrap_or_default(),
    }
}

fn number(text: &str, keep: Keep) -> Value {
    if keep == Keep::Everything && super::number::loses_digits(text) {
        return Value::Object(Map::from_iter([(AS_WRITTEN.to_owned(), Value::from(text))]));
    }
    if let Ok(number) = serde_json::from_str::<Number>(text) {
        return Value::Number(number);
    }
    let largest = if text.starts_with('-') { f64::MIN } else { f64::MAX };
    Number::from_f64(largest).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_strict_reader_refuses_is_read() {
        let (read, odd) = object(r#"{"exp":1,"n":[1e400,-1e400],"t":"\ud800x","exp":2}"#, Keep::WhatCounts).unwrap();
        assert_eq!(Value::Object(read), json!({"exp": 2, "n": [f64::MAX, f64::MIN], "t": "\\ud800x"}));
        assert!(odd.half_a_pair && !odd.deep);
        let deep = format!("{{\"exp\":1,\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        let (read, odd) = object(&deep, Keep::WhatCounts).unwrap();
        assert!(odd.deep && read.get("exp") == Some(&json!(1)));
        assert!(object("[1]", Keep::WhatCounts).is_none() && object("{\"a\":1", Keep::WhatCounts).is_none());
    }

    #[test]
    fn digits_are_kept_where_it_is_asked_for() {
        let (read, _) = object(r#"{"a":{"n":[12345678901234567890123]},"b":1.5}"#, Keep::Everything).unwrap();
        assert_eq!(Value::Object(read), json!({"a": {"n": [{AS_WRITTEN: "12345678901234567890123"}]}, "b": 1.5}));
        let (read, _) = object(r#"{"a":1,"b":{"a":1,"a":2,"a":3},"a":2}"#, Keep::Everything).unwrap();
        assert_eq!(
            Value::Object(read),
            json!({"a (1 of 2)": 1, "b": {"a (1 of 3)": 1, "a (2 of 3)": 2, "a": 3}, "a": 2})
        );
    }
}

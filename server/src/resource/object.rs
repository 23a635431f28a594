//! A JSON object of a token, read once: texts are borrowed where they can be, and nothing is built of what nobody asks for.
//!
//! Reads exactly what `serde_json::Value` reads, no more and no less. Knows nothing of tokens.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};

/// The members of an object, in its order.
pub(super) struct Object<'a>(Vec<(Text<'a>, Member<'a>)>);

/// A member's value, as far as anybody asks.
pub(super) enum Member<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    List(Vec<Member<'a>>),
    /// A truth value, null or an object.
    Other,
}

/// A text; without escapes it is a part of the document.
struct Text<'a>(Cow<'a, str>);

impl<'a> Object<'a> {
    /// Reads a document that is one object.
    pub(super) fn parse(document: &'a str) -> Option<Self> {
        serde_json::from_str(document).ok()
    }

    /// The member of this name; of one that is there twice the last one counts (RFC 7515 section 4, RFC 7519 section 4).
    pub(super) fn get(&self, name: &str) -> Option<&Member<'a>> {
        self.0.iter().rev().find(|(other, _)| other.0 == name).map(|(_, member)| member)
    }

    /// The text of a member that is one.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Member::text)
    }
}

impl Member<'_> {
    /// The text, where it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                // As many as an access token usually has.
                let mut members = Vec::with_capacity(16);
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneText;
        impl<'de> Visitor<'de> for OneText {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(OneText)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Member<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

#[expect(clippy::cast_precision_loss, reason = "as serde_json's own as_f64")]
impl<'de> Visitor<'de> for AnyValue {
    type Value = Member<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Member<'de>, E> {
        Ok(Member::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Member<'de>, E> {
        Ok(Member::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Member<'de>, E> {
        Ok(Member::Number(number as f64))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Member<'de>, E> {
        Ok(Member::Number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Member<'de>, E> {
        Ok(Member::Number(number))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Member<'de>, E> {
        Ok(Member::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Member<'de>, E> {
        Ok(Member::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Member<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = list.next_element()? {
            members.push(member);
        }
        Ok(Member::List(members))
    }

    /// Read to the end, for what is wrong inside is wrong outside.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Member<'de>, A::Error> {
        while map.next_entry::<Text<'_>, Member<'_>>()?.is_some() {}
        Ok(Member::Other)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    /// What `Value` makes of a member, said as a [`Member`] says it.
    fn same(member: Option<&Member<'_>>, value: Option<&Value>) -> bool {
        match (member, value) {
            (None, None) | (Some(Member::Other), Some(Value::Null | Value::Bool(_) | Value::Object(_))) => true,
            (Some(Member::Text(one)), Some(Value::String(other))) => one == other,
            (Some(Member::Number(one)), Some(Value::Number(other))) => {
                other.as_f64().is_some_and(|other| one.to_bits() == other.to_bits())
            }
            (Some(Member::List(ones)), Some(Value::Array(others))) => {
                ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| same(Some(one), Some(other)))
            }
            _ => false,
        }
    }

    fn agree(document: &str) {
        let map: Option<Map<String, Value>> = serde_json::from_str(document).ok();
        let object = Object::parse(document);
        assert_eq!(object.is_some(), map.is_some(), "{document}");
        for name in ["a", "b", "a\"b", "nothing"] {
            let (member, value) = (object.as_ref().and_then(|o| o.get(name)), map.as_ref().and_then(|m| m.get(name)));
            assert!(same(member, value), "{name:?} of {document}");
        }
    }

    #[test]
    fn reads_what_value_reads() {
        for document in [
            "{}",
            " { } ",
            "[]",
            "",
            "{",
            "{} x",
            r#"{"a":1}"#,
            r#"{"a":1,"a":"two"}"#,
            r#"{"a":-1.5e3,"b":18446744073709551615}"#,
            r#"{"a":1e999}"#,
            r#"{"a":01}"#,
            r#"{"a":"x\ny","b":"\u00e9","a\"b":"\ud83d\ude00"}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":{"b":"\ud800"}}"#,
            r#"{"a":{"b":[{"b":"\x"}]}}"#,
            r#"{"\u0061":1}"#,
            r#"{"a":["x",1,null,[true],{"a":2}],"b":{"a":3}}"#,
            r#"{"a":true,"b":null}"#,
            "{\"a\":\"a\ttab\"}",
        ] {
            agree(document);
        }
        for depth in [50, 126, 127, 128, 500] {
            agree(&format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth)));
            agree(&format!("{{\"a\":{}1{}}}", "{\"a\":".repeat(depth), "}".repeat(depth)));
        }
    }

    proptest! {
        #[test]
        fn reads_any_text_as_value_does(document in r#"\{("a"|"b"):[\[{"\\u0-9a-f,:.eE+ -]{0,12}[\]}"]{0,3}\}"#) {
            agree(&document);
        }
    }
}

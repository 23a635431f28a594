//! The JSON type that a claim has by its standard, and whether a value is of it.
//!
//! Pure: imports only the `jwt` module's own files.

use serde_json::Value;

use super::times::{NumericDate, described};

/// What JSON type the standard that defines a claim gives it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ClaimType {
    /// No standard says, or it says several.
    Any,
    /// A text.
    Text,
    /// A `NumericDate` (RFC 7519 section 2).
    Time,
    /// A `NumericDate` that no reader decides by, so that some providers write a date for people.
    LooseTime,
    /// `true` or `false`.
    Truth,
    /// A text, or a list of texts (RFC 7519 section 4.1.3).
    TextOrTexts,
    /// Texts in one, with spaces between them (RFC 8693 section 4.2).
    SpacedText,
    /// A list of texts.
    Texts,
    /// A list of anything.
    List,
    /// An object.
    Object,
}

/// How a value stands to the type of its claim; the words end a sentence that begins with the claim's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Fit {
    /// It is of that type.
    Right,
    /// It says the same in a form that some providers use and the standard does not.
    OtherForm(String),
    /// It is of another type.
    Wrong(String),
}

impl ClaimType {
    /// Holds the value against the type.
    pub(super) fn fit(self, value: &Value) -> Fit {
        if self.has(value) {
            return Fit::Right;
        }
        let words = match (self, NumericDate::read(Some(value))) {
            (Self::Time | Self::LooseTime, NumericDate::Absurd(why)) => why,
            _ => format!("is {}, where {} is wanted", described(value), self.wanted()),
        };
        if self.says_the_same(value) { Fit::OtherForm(words) } else { Fit::Wrong(words) }
    }

    fn has(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Text | Self::SpacedText => value.is_string(),
            Self::Time | Self::LooseTime => NumericDate::read(Some(value)).instant().is_some(),
            Self::Truth => value.is_boolean(),
            Self::TextOrTexts => value.is_string() || is_texts(value),
            Self::Texts => is_texts(value),
            Self::List => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    /// Whether a value of another type still says what one of this type would.
    fn says_the_same(self, value: &Value) -> bool {
        match self {
            Self::Truth => matches!(value.as_str(), Some("true" | "false")),
            Self::SpacedText => is_texts(value),
            Self::LooseTime | Self::Texts | Self::List => value.is_string(),
            Self::Any | Self::Text | Self::Time | Self::TextOrTexts | Self::Object => false,
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::Text => "text",
            Self::Time | Self::LooseTime => "a number of seconds",
            Self::Truth => "true or false",
            Self::TextOrTexts => "text or a list of texts",
            Self::SpacedText => "one text with spaces",
            Self::Texts => "a list of texts",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

fn is_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
}

#[cfg(test)]
mod tests {
    use ClaimType::{Any, List, LooseTime, Object, SpacedText, Text, TextOrTexts, Texts, Time, Truth};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_says_the_same_is_told_from_what_is_wrong() {
        let cases = [
            // The type; what is right, what says the same, what is wrong.
            (Any, vec![json!(null), json!(7)], vec![], vec![]),
            (Text, vec![json!("x"), json!("")], vec![], vec![json!(7), json!(["x"]), json!(null)]),
            (Time, vec![json!(0), json!(1.5)], vec![], vec![json!("7"), json!(-1), json!("2027-01-01T00:00:00Z")]),
            (LooseTime, vec![json!(0)], vec![json!("2027-01-01T00:00:00Z"), json!("7")], vec![json!(-1), json!({})]),
            (Truth, vec![json!(true)], vec![json!("true"), json!("false")], vec![json!("yes"), json!(1)]),
            (TextOrTexts, vec![json!("x"), json!([]), json!(["x"])], vec![], vec![json!(7), json!(["x", 7])]),
            (SpacedText, vec![json!("a b"), json!("")], vec![json!(["a"])], vec![json!({}), json!([7])]),
            (Texts, vec![json!(["pwd"])], vec![json!("pwd")], vec![json!([1]), json!(1)]),
            (List, vec![json!([{}])], vec![json!("x")], vec![json!(1), json!({})]),
            (Object, vec![json!({})], vec![], vec![json!("x"), json!([])]),
        ];
        for (claim_type, right, same, wrong) in cases {
            for value in right {
                assert_eq!(claim_type.fit(&value), Fit::Right, "{claim_type:?} {value}");
            }
            for value in same {
                assert!(matches!(claim_type.fit(&value), Fit::OtherForm(_)), "{claim_type:?} {value}");
            }
            for value in wrong {
                assert!(matches!(claim_type.fit(&value), Fit::Wrong(_)), "{claim_type:?} {value}");
            }
        }
    }
}

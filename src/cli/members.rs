//! The members of a header, of claims or of a provider's answer: for people a line each, for programs as they were signed.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::output::table;
use crate::jwt::times::{self, NumericDate};
use crate::jwt::{JsonType, Part, Problem, Token, shown, tree};

/// How much of one value is printed.
const VALUE: usize = 600;

/// A part of a token as JSON.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Written<'a> {
    /// As it was read.
    Members(&'a Map<String, Value>),
    /// Exactly as signed but for line ends and tabs between members.
    AsSigned(Box<RawValue>),
}

impl<'a> Written<'a> {
    /// Header or claims as they were read, or as signed where reading would hide something of them; none when the token has
    /// none that can be read.
    pub fn of(token: &'a Token, part: Part) -> Option<Self> {
        let members = if part == Part::Header { token.header() } else { token.claims() }?;
        Some(Self::as_signed(token, part).filter(|_| hides(token, part)).unwrap_or(Self::Members(members)))
    }

    /// Header or claims as signed.
    pub fn as_signed(token: &Token, part: Part) -> Option<Self> {
        // JSON has these between its values alone (RFC 8259 sections 2 and 7); a terminal would jump back on one.
        let text = token.json(part)?.replace(['\r', '\t'], " ");
        RawValue::from_string(text).ok().map(Self::AsSigned)
    }
}

/// Whether something of the part is not in what is read of it: a name that stands twice, digits, half a surrogate pair.
fn hides(token: &Token, part: Part) -> bool {
    token.problems().iter().any(|problem| match problem {
        Problem::DuplicateMember(of, _) | Problem::RoundedNumber(of) | Problem::OddJson(of, _) => *of == part,
        _ => false,
    })
}

fn loses_digits(token: &Token, part: Part) -> bool {
    token.problems().contains(&Problem::RoundedNumber(part))
}

/// The values of a part that are shown as they are written: numbers with all their digits, and what holds such.
pub fn as_written(token: &Token, part: Part) -> HashMap<String, String> {
    let inside = loses_digits(token, part);
    let kept = |kind| match kind {
        JsonType::Number => true,
        JsonType::Object | JsonType::Array => inside,
        _ => false,
    };
    let nodes = tree(token.json(part).unwrap_or_default());
    nodes.into_iter().filter(|node| node.depth == 0 && kept(node.kind)).map(|node| (node.name, node.raw)).collect()
}

/// A line for each member: name, value, meaning.
pub fn members(
    members: &Map<String, Value>,
    written: &HashMap<String, String>,
    meaning: impl Fn(&str) -> Option<String>,
    here_and_now: (Timestamp, &TimeZone),
) -> String {
    let rows: Vec<Vec<String>> = members
        .iter()
        .map(|(name, value)| {
            let meaning = meaning(name).unwrap_or_default();
            let written = written.get(name).map(String::as_str);
            vec![shown(name, 60), value_text(name, value, written, here_and_now), meaning]
        })
        .collect();
    table(&rows, "  ")
}

/// The value on one line; a time also as a date and in words.
fn value_text(name: &str, value: &Value, written: Option<&str>, (now, zone): (Timestamp, &TimeZone)) -> String {
    let text = match (value, written) {
        (Value::String(text), _) => shown(text, VALUE),
        (_, Some(written)) => shown(written, VALUE),
        (other, None) => shown(&other.to_string(), VALUE),
    };
    match NumericDate::read(Some(value)) {
        NumericDate::At(time) if times::is_time_claim(name) => {
            let local = time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z");
            format!("{text}  {local}, {}", times::in_words(now, time))
        }
        _ => text,
    }
}

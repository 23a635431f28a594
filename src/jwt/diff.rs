//! What differs between two tokens, member by member: scopes, roles and audiences as sets, times as distances.
//!
//! Pure: imports only the `jwt` module's own files.

use std::fmt::{self, Write as _};

use serde::Serialize;
use serde_json::{Map, Value};

use super::decode::{Kind, Part, Token};
use super::raw::members;
use super::shown;
use super::times::{is_time_claim, span_in_words};

/// Objects are compared member by member down to here, and as a whole below.
const DEEPEST: usize = 8;
/// More rows than this are not made.
const MOST: usize = 5_000;
/// Values in words are cut to this many characters.
const SHOWN: usize = 200;

/// One member of two tokens, and how they stand to each other.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Difference {
    /// The part it stands in.
    #[serde(serialize_with = "part_name")]
    pub part: Part,
    /// Its name, with those of the objects it lies in: `realm_access.roles`. Foreign text.
    pub name: String,
    /// What it is in the first token.
    pub left: Option<Value>,
    /// What it is in the second.
    pub right: Option<Value>,
    /// How they differ.
    #[serde(flatten)]
    pub change: Change,
}

/// How a member of two tokens differs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Not at all.
    Same,
    /// It says the same, in another order or form: `"a"` and `["a"]`.
    Form,
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Both have it, with other values.
    Changed,
    /// A set, such as scopes, roles and audiences; a token without it has an empty one.
    Set {
        /// Only in the second.
        added: Vec<String>,
        /// Only in the first.
        removed: Vec<String>,
        /// In both.
        kept: Vec<String>,
    },
    /// A time; so many seconds later in the second token, earlier when negative.
    Time {
        /// How many.
        seconds: i64,
    },
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn part_name<S: serde::Serializer>(part: &Part, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if *part == Part::Header { "header" } else { "claims" })
}

/// All members of both tokens, header first, in the order of the first token and then of the second; also those that are
/// the same.
pub fn diff(left: &Token, right: &Token) -> Vec<Difference> {
    let mut rows = Vec::new();
    for (part, left_part, right_part) in
        [(Part::Header, left.header(), right.header()), (Part::Payload, left.claims(), right.claims())]
    {
        let empty = Map::new();
        let from = rows.len();
        compare_objects(part, "", (left_part.unwrap_or(&empty), right_part.unwrap_or(&empty)), 0, &mut rows);
        tell_lost_digits(part, (left, right), rows.get_mut(from..).unwrap_or_default());
    }
    rows
}

/// All members of two sets of claims, likewise.
pub fn diff_members(left: &Map<String, Value>, right: &Map<String, Value>) -> Vec<Difference> {
    let mut rows = Vec::new();
    compare_objects(Part::Payload, "", (left, right), 0, &mut rows);
    rows
}

/// Whether the tokens say the same.
pub fn says_the_same(rows: &[Difference]) -> bool {
    rows.iter().all(|row| matches!(row.change, Change::Same | Change::Form))
}

fn compare_objects(
    part: Part,
    above: &str,
    (left, right): (&Map<String, Value>, &Map<String, Value>),
    depth: usize,
    rows: &mut Vec<Difference>,
) {
    let names = left.keys().chain(right.keys().filter(|name| !left.contains_key(*name)));
    for name in names {
        if rows.len() >= MOST {
            return;
        }
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        let (left, right) = (left.get(name), right.get(name));
        let empty = Map::new();
        match (left, right) {
            (Some(Value::Object(left)), Some(Value::Object(right))) if depth < DEEPEST => {
                compare_objects(part, &path, (left, right), depth + 1, rows);
            }
            (Some(Value::Object(left)), None) if depth < DEEPEST && !left.is_empty() => {
                compare_objects(part, &path, (left, &empty), depth + 1, rows);
            }
            (None, Some(Value::Object(right))) if depth < DEEPEST && !right.is_empty() => {
                compare_objects(part, &path, (&empty, right), depth + 1, rows);
            }
            _ => {
                let change = change(&path, left, right);
                rows.push(Difference { part, name: path, left: left.cloned(), right: right.cloned(), change });
            }
        }
    }
}

fn change(path: &str, left: Option<&Value>, right: Option<&Value>) -> Change {
    if left == right {
        return Change::Same;
    }
    if let (Some(left), Some(right)) = (seconds(path, left), seconds(path, right)) {
        return Change::Time { seconds: right.saturating_sub(left) };
    }
    if let (Some(before), Some(after)) = (set(path, left), set(path, right)) {
        let only = |of: &[String], other: &[String]| {
            of.iter().filter(|item| !other.contains(item)).cloned().collect::<Vec<String>>()
        };
        let (added, removed) = (only(&after, &before), only(&before, &after));
        if added.is_empty() && removed.is_empty() && left.is_some() && right.is_some() {
            return Change::Form;
        }
        let kept = before.into_iter().filter(|item| after.contains(item)).collect();
        return Change::Set { added, removed, kept };
    }
    match (left, right) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ => Change::Changed,
    }
}

fn seconds(path: &str, value: Option<&Value>) -> Option<i64> {
    value.filter(|_| is_time_claim(path))?.as_i64()
}

/// The value as a set of texts, each once: a list of texts, or what a claim has as one text with spaces.
fn set(path: &str, value: Option<&Value>) -> Option<Vec<String>> {
    let mut items: Vec<String> = match value {
        None => Vec::new(),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()?
        }
        Some(Value::String(text)) if matches!(path, "scope" | "scp") => {
            text.split_whitespace().map(str::to_owned).collect()
        }
        Some(Value::String(text)) if path == "aud" => vec![text.clone()],
        Some(_) => return None,
    };
    if items.len() > MOST {
        return None;
    }
    let mut seen = std::collections::HashSet::new();
    items.retain(|item| seen.insert(item.clone()));
    Some(items)
}

/// Numbers that lost digits when they were read are compared, and given, as they are written.
fn tell_lost_digits(part: Part, tokens: (&Token, &Token), rows: &mut [Difference]) {
    let (left, right) = (text_of(tokens.0, part), text_of(tokens.1, part));
    let (Ok(left), Ok(right)) = (members(left), members(right)) else { return };
    for row in rows.iter_mut().filter(|row| row.change == Change::Same) {
        let written = |members: &[(String, &serde_json::value::RawValue)]| {
            members.iter().rfind(|(name, _)| *name == row.name).map(|(_, raw)| raw.get().to_owned())
        };
        if row.left.as_ref().is_some_and(Value::is_f64) && written(&left) != written(&right) {
            row.change = Change::Changed;
            (row.left, row.right) = (written(&left).map(Value::from), written(&right).map(Value::from));
        }
    }
}

fn text_of(token: &Token, part: Part) -> &str {
    match token.kind() {
        Kind::Jws(jws) if part == Part::Header => &jws.header_json,
        Kind::Jws(jws) => jws.payload_json.as_deref().unwrap_or("{}"),
        _ => "{}",
    }
}

impl fmt::Display for Difference {
    /// The difference in words, without the name: `300 -> 600`, `+ a  - b`, `5 min later`. Safe to show.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |value: &Option<Value>| match value {
            Some(Value::String(text)) => shown(text, SHOWN),
            Some(other) => shown(&other.to_string(), SHOWN),
            None => "absent".to_owned(),
        };
        match &self.change {
            Change::Same => f.write_str(&value(&self.left)),
            Change::Form => write!(f, "the same, written differently: {} -> {}", value(&self.left), value(&self.right)),
            Change::Added => write!(f, "only in the second: {}", value(&self.right)),
            Change::Removed => write!(f, "only in the first: {}", value(&self.left)),
            Change::Changed => write!(f, "{} -> {}", value(&self.left), value(&self.right)),
            Change::Set { added, removed, kept } => {
                let mut out = String::new();
                for (sign, items) in [("+", added), ("-", removed)] {
                    for item in items {
                        let _ = write!(out, "{sign} {}  ", shown(item, SHOWN));
                    }
                }
                let _ = match (added.is_empty() && removed.is_empty(), kept.len()) {
                    (true, _) => write!(out, "{} -> {}", value(&self.left), value(&self.right)),
                    (false, 0) => Ok(()),
                    (false, kept) => write!(out, "({kept} the same)"),
                };
                f.write_str(out.trim_end())
            }
            Change::Time { seconds } => {
                let span = span_in_words(seconds.unsigned_abs());
                write!(f, "{span} {}", if *seconds < 0 { "earlier" } else { "later" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;
    use crate::jwt::testing::{NOW, keycloak_claims, unsigned};

    fn lines(left: &str, right: &str) -> Vec<String> {
        let rows = diff(&unsigned(left), &unsigned(right));
        rows.iter().filter(|row| row.change != Change::Same).map(|row| format!("{}: {row}", row.name)).collect()
    }

    #[test]
    fn the_same_token_says_the_same() {
        let token = unsigned(&keycloak_claims().to_string());
        let rows = diff(&token, &token);
        assert!(says_the_same(&rows) && rows.iter().all(|row| row.change == Change::Same));
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).take(4).collect();
        assert_eq!(names, ["alg", "typ", "kid", "exp"]);
        assert!(rows.iter().any(|row| row.name == "resource_access.account.roles"));
    }

    #[test]
    fn sets_and_times_are_compared_as_such() {
        for (left, right, expected) in [
            (r#"{"scope":"a b c"}"#, r#"{"scope":"c d b"}"#, "scope: + d  - a  (2 the same)"),
            (r#"{"scope":"a b"}"#, r#"{"scope":"b a"}"#, "scope: the same, written differently: a b -> b a"),
            (r#"{"scp":["a"]}"#, r#"{"scp":"a b"}"#, "scp: + b  (1 the same)"),
            (r#"{"aud":"x"}"#, r#"{"aud":["y","x"]}"#, "aud: + y  (1 the same)"),
            ("{}", r#"{"scope":"a"}"#, "scope: only in the second: a"),
            (
                r#"{"realm_access":{"roles":["r1"]}}"#,
                r#"{"realm_access":{"roles":["r2"]}}"#,
                "realm_access.roles: + r2  - r1",
            ),
            ("{}", r#"{"resource_access":{"c":{"roles":["r"]}}}"#, "resource_access.c.roles: + r"),
            (r#"{"exp":1000}"#, r#"{"exp":1300}"#, "exp: 5 min later"),
            (r#"{"iat":1000}"#, r#"{"iat":1}"#, "iat: 16 min 39 s earlier"),
            (r#"{"exp":1000}"#, r#"{"exp":"1300"}"#, "exp: 1000 -> 1300"),
            (r#"{"sub":"a"}"#, r#"{"sub":"b"}"#, "sub: a -> b"),
            (r#"{"sub":"a"}"#, "{}", "sub: only in the first: a"),
            (r#"{"sub":null}"#, "{}", "sub: only in the first: null"),
            (
                r#"{"n":123456789012345678901}"#,
                r#"{"n":123456789012345678902}"#,
                "n: 123456789012345678901 -> 123456789012345678902",
            ),
            (r#"{"sub":"\u001b[2J"}"#, r#"{"sub":"b"}"#, "sub: \\u{1b}[2J -> b"),
        ] {
            let found = lines(left, right);
            let expected = expected.replace("scope: only in the second: a", "scope: + a");
            assert_eq!(found, [expected], "{left} {right}");
        }
    }

    #[test]
    fn it_is_written_as_the_contract_has_it() {
        let rows = diff(
            &unsigned(&json!({"exp": NOW}).to_string()),
            &unsigned(&json!({"exp": NOW + 5, "scope": "a"}).to_string()),
        );
        let last = serde_json::to_value(&rows[rows.len() - 2..]).unwrap();
        assert_eq!(
            last,
            json!([
                {"part": "claims", "name": "exp", "left": NOW, "right": NOW + 5, "change": "time", "seconds": 5},
                {"part": "claims", "name": "scope", "left": null, "right": "a", "change": "set", "added": ["a"], "removed": [], "kept": []},
            ])
        );
        assert!(!says_the_same(&rows));
    }

    #[test]
    fn tokens_without_claims_are_compared_by_what_they_have() {
        use crate::jwt::Token;
        let opaque = Token::read("opaque");
        assert!(diff(&opaque, &opaque).is_empty());
        assert!(diff(&opaque, &unsigned("{}")).iter().all(|row| row.left.is_none()));
    }
}

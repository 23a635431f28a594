//! What differs between two tokens, member by member: scopes, roles and audiences as sets, times as distances.
//!
//! Pure: imports only the `jwt` module's own files.

use std::fmt::{self, Write as _};

use serde::Serialize;
use serde_json::{Map, Value};

use super::decode::{Kind, Part, Token};
use super::lenient::{self, AS_WRITTEN, Keep};
use super::shown;
use super::times::{NumericDate, is_time_claim, span_in_words};

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
/// the same. A payload that is no JSON, and a token that cannot be read, are compared as a whole.
pub fn diff(left: &Token, right: &Token) -> Vec<Difference> {
    let mut rows = Vec::new();
    for part in [Part::Header, Part::Payload] {
        let members = |token| everything(token, part).unwrap_or_default();
        rows.extend(compare(part, &members(left), &members(right)));
    }
    rows.extend(compare_whole(left, right));
    rows
}

/// All members of two sets of claims, likewise.
pub fn diff_members(left: &Map<String, Value>, right: &Map<String, Value>) -> Vec<Difference> {
    compare(Part::Payload, left, right)
}

fn everything(token: &Token, part: Part) -> Option<Map<String, Value>> {
    Some(lenient::object(token.json(part)?, Keep::Everything)?.0)
}

fn compare(part: Part, left: &Map<String, Value>, right: &Map<String, Value>) -> Vec<Difference> {
    let mut found = Compared { part, rows: Vec::new(), more: 0 };
    found.compare("", (left, right), 0);
    if found.more > 0 {
        let name = format!("… and {} more", found.more);
        found.rows.push(Difference { part, name, left: None, right: None, change: Change::Changed });
    }
    found.rows
}

/// The payloads where one is no JSON object; the tokens where one is none of which the parts are seen.
fn compare_whole(left: &Token, right: &Token) -> Option<Difference> {
    let whole = |name: &str, [left, right]: [Option<String>; 2]| {
        let change = if left == right { Change::Same } else { Change::Changed };
        let value = |text: Option<String>| text.map(Value::from);
        Difference { part: Part::Payload, name: name.to_owned(), left: value(left), right: value(right), change }
    };
    match (left.kind(), right.kind()) {
        (Kind::Jws(one), Kind::Jws(other)) => (one.payload_json.is_none() || other.payload_json.is_none())
            .then(|| whole("payload", [one, other].map(|jws| Some(text_or_hex(&jws.payload))))),
        _ => Some(whole("token", [left, right].map(|token| Some(token.fingerprint().to_string())))),
    }
}

fn text_or_hex(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }),
    }
}

/// Whether the tokens say the same.
pub fn says_the_same(rows: &[Difference]) -> bool {
    rows.iter().all(|row| matches!(row.change, Change::Same | Change::Form))
}

/// The rows of one part.
struct Compared {
    part: Part,
    rows: Vec<Difference>,
    /// How many differences found no place.
    more: usize,
}

impl Compared {
    fn compare(&mut self, above: &str, (left, right): (&Map<String, Value>, &Map<String, Value>), depth: usize) {
        let names = left.keys().chain(right.keys().filter(|name| !left.contains_key(*name)));
        let empty = Map::new();
        for name in names {
            let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
            match (left.get(name), right.get(name)) {
                (Some(Value::Object(left)), Some(Value::Object(right)))
                    if depth < DEEPEST && !is_number(left) && !is_number(right) =>
                {
                    self.compare(&path, (left, right), depth + 1);
                }
                (Some(Value::Object(left)), None) if depth < DEEPEST && !left.is_empty() && !is_number(left) => {
                    self.compare(&path, (left, &empty), depth + 1);
                }
                (None, Some(Value::Object(right))) if depth < DEEPEST && !right.is_empty() && !is_number(right) => {
                    self.compare(&path, (&empty, right), depth + 1);
                }
                (left, right) => self.push(path, left, right),
            }
        }
    }

    fn push(&mut self, name: String, left: Option<&Value>, right: Option<&Value>) {
        let change = change(&name, left, right);
        if self.rows.len() < MOST {
            let (left, right) = (left.map(as_written), right.map(as_written));
            self.rows.push(Difference { part: self.part, name, left, right, change });
        } else if !matches!(change, Change::Same | Change::Form) {
            self.more += 1;
        }
    }
}

/// Whether it stands for a number with more digits than can be kept.
fn is_number(object: &Map<String, Value>) -> bool {
    object.len() == 1 && object.contains_key(AS_WRITTEN)
}

/// The value, with such numbers as the texts they are written as.
fn as_written(value: &Value) -> Value {
    match value {
        Value::Object(object) if is_number(object) => object.get(AS_WRITTEN).cloned().unwrap_or_default(),
        Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), as_written(value))).collect(),
        Value::Array(items) => items.iter().map(as_written).collect(),
        other => other.clone(),
    }
}

fn change(path: &str, left: Option<&Value>, right: Option<&Value>) -> Change {
    if left == right {
        return Change::Same;
    }
    if let (Some(left), Some(right)) = (seconds(path, left), seconds(path, right))
        && left != right
    {
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

/// A time; of fractions only the whole seconds count.
fn seconds(path: &str, value: Option<&Value>) -> Option<i64> {
    NumericDate::read(value.filter(|_| is_time_claim(path))).instant().map(jiff::Timestamp::as_second)
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
            Change::Changed if self.left.is_none() && self.right.is_none() => f.write_str("that differ too"),
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
    fn nothing_that_differs_is_passed_over() {
        for (left, right, expected) in [
            (r#"{"a":{"n":[12345678901234567890123]}}"#, r#"{"a":{"n":[12345678901234567890124]}}"#, "a.n"),
            (r#"{"n":1e400}"#, r#"{"n":"1e400"}"#, "n"),
            (r#"{"n":1e400}"#, r#"{"n":1e401}"#, "n: 1e400 -> 1e401"),
            (r#"{"sub":"a","sub":"b"}"#, r#"{"sub":"b"}"#, "sub (1 of 2): only in the first: a"),
            (r#"{"exp":1000.25}"#, r#"{"exp":1000.75}"#, "exp: 1000.25 -> 1000.75"),
            (r#"{"exp":1000.5}"#, r#"{"exp":1301}"#, "exp: 5 min 1 s later"),
            ("hello", "world", "payload: hello -> world"),
            ("hello", "{}", "payload: hello -> {}"),
        ] {
            let found = lines(left, right);
            assert!(found.len() == 1 && found[0].contains(expected), "{left} {right}: {found:?}");
        }
        assert!(lines("hello", "hello").is_empty());
        let many = |admin: u32| {
            let mut claims: Vec<String> = (0..6_000).map(|at| format!("\"c{at}\":1")).collect();
            claims.push(format!("\"admin\":{admin}"));
            format!("{{{}}}", claims.join(","))
        };
        assert_eq!(lines(&many(1), &many(2)), ["… and 1 more: that differ too"]);
        assert!(lines(&many(1), &many(1)).is_empty());
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
        assert!(says_the_same(&diff(&opaque, &opaque)) && !says_the_same(&diff(&opaque, &Token::read("other"))));
        let other = diff(&opaque, &unsigned("{}"));
        assert!(other.iter().filter(|row| row.name != "token").all(|row| row.left.is_none()) && !says_the_same(&other));
    }
}

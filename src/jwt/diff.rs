//! What differs between two tokens, member by member: scopes, roles and audiences as sets, times as distances.
//!
//! Pure: imports only the `jwt` module's own files.

mod compare;

use std::fmt::{self, Write as _};

use serde::Serialize;
use serde_json::{Map, Value};

use super::decode::{Part, Token};
use super::exact::{self, Exact};
use super::shown;
use super::times::span_in_words;

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
        let [left, right] = [left, right].map(|token| exact::read(token.json(part).unwrap_or("{}")).ok());
        let sides =
            [&left, &right].map(|side| side.as_ref().and_then(|(object, _)| object.members()).unwrap_or_default());
        rows.extend(compare::members(part, sides));
    }
    rows.extend(compare::whole(left, right));
    rows
}

/// All members of two sets of claims, likewise.
pub fn diff_members(left: &Map<String, Value>, right: &Map<String, Value>) -> Vec<Difference> {
    let [left, right] = [left, right].map(Exact::of_map);
    compare::members(Part::Payload, [&left, &right].map(|side| side.members().unwrap_or_default()))
}

/// Whether the tokens say the same.
pub fn says_the_same(rows: &[Difference]) -> bool {
    rows.iter().all(|row| matches!(row.change, Change::Same | Change::Form))
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
            (r#"{"sub":"a","sub":"b"}"#, r#"{"sub":"b"}"#, "sub (1 before the last): only in the first: a"),
            (r#"{"a":1,"a":2}"#, r#"{"a (1 before the last)":1,"a":2}"#, "a (1 before the last)"),
            (r#"{"admin":1e400}"#, r#"{"admin":{"\u0000number":"1e400"}}"#, "admin"),
            (r#"{"sub":"\ud800"}"#, r#"{"sub":"\\ud800"}"#, "sub"),
            (r#"{"steps":["grant","revoke"]}"#, r#"{"steps":["revoke","grant"]}"#, "steps"),
            (r#"{"steps":["5","5"]}"#, r#"{"steps":["5"]}"#, "steps"),
            ("{\"scope\":\"read\u{a0}admin\"}", r#"{"scope":"read admin"}"#, "scope"),
            (r#"{"exp":1000.25}"#, r#"{"exp":1000.75}"#, "exp: 1000.25 -> 1000.75"),
            (r#"{"exp":1000.5}"#, r#"{"exp":1301}"#, "exp: 5 min 1 s later"),
            ("hello", "world", "payload: hello -> world"),
            ("hello", "{}", "payload: hello -> {}"),
        ] {
            let found = lines(left, right);
            assert!(!found.is_empty() && found[0].contains(expected), "{left} {right}: {found:?}");
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
    fn what_is_not_looked_into_is_compared_as_it_stands() {
        use crate::jwt::Token;
        let same = |left: &str, right: &str| says_the_same(&diff(&Token::read(left), &Token::read(right)));
        // The short fingerprints of these two are the same.
        assert!(!same("opaque-token-6", "opaque-token-116"));
        let of_payload = |payload: &str| format!("eyJhbGciOiJIUzI1NiJ9.{payload}.c2ln");
        assert!(!same(&of_payload("$1"), &of_payload("$1000")));
        assert!(!same(&of_payload("$1"), &of_payload("")));
        assert!(!same(&of_payload("__4"), &of_payload("ZmZmZQ")), "two bytes, and their digits as text");
        assert!(same(&of_payload("__4"), &of_payload("__4")));
        let deep = |inner: &str| format!("{{\"a\":{}{inner}{}}}", "[".repeat(70), "]".repeat(70));
        assert!(!says_the_same(&diff(&unsigned(&deep("1")), &unsigned(&deep("2")))));
        let x5c = |first: &str, second: &str| {
            crate::jwt::testing::with_header(&format!(r#"{{"alg":"RS256","x5c":["{first}","{second}"]}}"#), "{}")
        };
        assert!(!says_the_same(&diff(&x5c("A", "B"), &x5c("B", "A"))), "the order of a chain counts");
    }

    #[test]
    fn large_tokens_are_compared_in_no_time_and_little_room() {
        let list = |at: usize| (0..5_000).map(|item| format!("\"{at}-{item}\"")).collect::<Vec<_>>().join(",");
        let roles = |first: usize| {
            let claims: Vec<String> =
                (first..first + 15).map(|at| format!("\"c{at}\":{{\"roles\":[{}]}}", list(at))).collect();
            format!("{{{}}}", claims.join(","))
        };
        assert!(!says_the_same(&diff(&unsigned(&roles(0)), &unsigned(&roles(1)))));
        let name = "n".repeat(200_000);
        let many: Vec<String> = (0..4_000).map(|at| format!("\"m{at}\":{at}")).collect();
        let token = unsigned(&format!("{{\"{name}\":{{{}}}}}", many.join(",")));
        let rows = diff(&token, &token);
        assert!(says_the_same(&rows) && rows.iter().map(|row| row.name.len()).sum::<usize>() < 4_000_000);
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

//! Compares two objects member by member. Two members are the same only when they are written so that no reader can tell
//! them apart.
//!
//! Pure: imports only the `jwt` module's own files.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{Change, Difference};
use crate::jwt::decode::{Jws, Kind, Part, Token};
use crate::jwt::exact::{Exact, Name};
use crate::jwt::raw::member_path;
use crate::jwt::times::{NumericDate, is_time_claim};

/// Objects are compared member by member down to here, and as a whole below.
const DEEPEST: usize = 8;
/// More rows than this are not made: the differences that found no place are counted.
const MOST: usize = 5_000;
/// Longer sets are compared as lists.
const MOST_ITEMS: usize = 5_000;
/// The lists of which the order does not count, wherever they stand.
const SETS: [&str; 11] = [
    "scope",
    "scp",
    "scopes",
    "aud",
    "roles",
    "groups",
    "permissions",
    "entitlements",
    "amr",
    "wids",
    "allowed-origins",
];

/// All members of these two objects.
pub(super) fn members(part: Part, [left, right]: [&[(Name, Exact)]; 2]) -> Vec<Difference> {
    let mut found = Compared { part, rows: Vec::new(), more: 0 };
    found.compare("", [left, right], 0);
    if found.more > 0 {
        let name = format!("… and {} more", found.more);
        found.rows.push(Difference { part, name, left: None, right: None, change: Change::Changed });
    }
    found.rows
}

/// The payloads where one is no JSON object; the tokens where one is none of which the parts are seen.
pub(super) fn whole(left: &Token, right: &Token) -> Option<Difference> {
    let row = |name: &str, same: bool, sides: [String; 2]| {
        let [left, right] = sides.map(|text| Some(Value::from(text)));
        let change = if same { Change::Same } else { Change::Changed };
        Difference { part: Part::Payload, name: name.to_owned(), left, right, change }
    };
    match (left.kind(), right.kind()) {
        (Kind::Jws(one), Kind::Jws(other)) if one.payload_json.is_none() || other.payload_json.is_none() => {
            let [before, after] =
                [left, right].map(|token| token.signing_input().and_then(|input| input.split_once('.')));
            let [before, after] = [before, after].map(|parts| parts.map_or("", |(_, payload)| payload));
            // What is not base64url has no bytes to be told.
            let told = |jws: &Jws, encoded: &str| {
                if jws.payload.is_empty() { encoded.to_owned() } else { text_or_hex(&jws.payload) }
            };
            Some(row("payload", before == after, [told(one, before), told(other, after)]))
        }
        (Kind::Jws(_), Kind::Jws(_)) => None,
        _ => {
            let told = |token: &Token| format!("{}, {} characters", token.fingerprint(), token.raw().reveal().len());
            Some(row("token", left.raw() == right.raw(), [left, right].map(told)))
        }
    }
}

fn text_or_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().fold("hex".to_owned(), |mut text, byte| {
            let _ = write!(text, " {byte:02x}");
            text
        }),
    }
}

/// The rows of one part.
struct Compared {
    part: Part,
    rows: Vec<Difference>,
    /// How many differences found no place.
    more: usize,
}

/// A member by its name, and how many of this name come after it: the last one counts.
type Place<'a> = (&'a Name, usize);

fn places(members: &[(Name, Exact)]) -> Vec<(Place<'_>, &Exact)> {
    let mut after: HashMap<&Name, usize> = HashMap::new();
    let mut placed: Vec<(Place<'_>, &Exact)> = Vec::with_capacity(members.len());
    for (name, value) in members.iter().rev() {
        let count = after.entry(name).or_default();
        placed.push(((name, *count), value));
        *count += 1;
    }
    placed.reverse();
    placed
}

impl Compared {
    fn compare(&mut self, above: &str, [left, right]: [&[(Name, Exact)]; 2], depth: usize) {
        let (left, right) = (places(left), places(right));
        let by_place: HashMap<Place<'_>, &Exact> = right.iter().copied().collect();
        let known: HashSet<Place<'_>> = left.iter().map(|(place, _)| *place).collect();
        for (place, value) in &left {
            self.member(above, *place, [Some(value), by_place.get(place).copied()], depth);
        }
        for (place, value) in right.iter().filter(|(place, _)| !known.contains(place)) {
            self.member(above, *place, [None, Some(value)], depth);
        }
    }

    fn member(&mut self, above: &str, (name, after): Place<'_>, sides: [Option<&Exact>; 2], depth: usize) {
        let step = match after {
            0 => name.text.clone(),
            more => format!("{} ({more} before the last)", name.text),
        };
        let path = member_path(above, &step);
        let objects = sides.map(|side| side.and_then(Exact::members));
        let inside = match (sides, objects) {
            _ if depth >= DEEPEST => None,
            (_, [Some(left), Some(right)]) => Some([left, right]),
            ([_, None], [Some(left), _]) if !left.is_empty() => Some([left, &[]]),
            ([None, _], [_, Some(right)]) if !right.is_empty() => Some([&[], right]),
            _ => None,
        };
        match inside {
            Some(objects) => self.compare(&path, objects, depth + 1),
            None => self.push(path, &name.text, sides),
        }
    }

    fn push(&mut self, path: String, name: &str, [left, right]: [Option<&Exact>; 2]) {
        let change = change(&path, name, left, right);
        if self.rows.len() < MOST {
            let (left, right) = (left.map(Exact::as_written), right.map(Exact::as_written));
            self.rows.push(Difference { part: self.part, name: path, left, right, change });
        } else if !matches!(change, Change::Same | Change::Form) {
            self.more += 1;
        }
    }
}

fn change(path: &str, name: &str, left: Option<&Exact>, right: Option<&Exact>) -> Change {
    if left == right {
        return Change::Same;
    }
    if let (Some(left), Some(right)) = (seconds(path, left), seconds(path, right))
        && left != right
    {
        return Change::Time { seconds: right.saturating_sub(left) };
    }
    if let (Some(before), Some(after)) = (set(name, left), set(name, right)) {
        let only = |of: &[String], other: &[String]| {
            let other: HashSet<&String> = other.iter().collect();
            of.iter().filter(|item| !other.contains(item)).cloned().collect::<Vec<String>>()
        };
        let (added, removed) = (only(&after, &before), only(&before, &after));
        if added.is_empty() && removed.is_empty() && left.is_some() && right.is_some() {
            return Change::Form;
        }
        let gone: HashSet<&String> = removed.iter().collect();
        let kept = before.iter().filter(|item| !gone.contains(item)).cloned().collect();
        return Change::Set { added, removed, kept };
    }
    match (left, right) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ => Change::Changed,
    }
}

/// A time; of fractions only the whole seconds count.
fn seconds(path: &str, value: Option<&Exact>) -> Option<i64> {
    let value = value.filter(|_| is_time_claim(path))?.counts();
    NumericDate::read(Some(&value)).instant().map(jiff::Timestamp::as_second)
}

/// The value as a set of texts, each once: a list of texts, or what a claim has as one text with blanks between
/// (RFC 6749 section 3.3).
fn set(name: &str, value: Option<&Exact>) -> Option<Vec<String>> {
    if !SETS.contains(&name) {
        return None;
    }
    let text = |item: &Exact| match item {
        Exact::Plain(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    let mut items: Vec<String> = match value {
        None => Vec::new(),
        Some(Exact::List(items)) => items.iter().map(text).collect::<Option<_>>()?,
        Some(Exact::Plain(Value::String(text))) if matches!(name, "scope" | "scp") => {
            text.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
        }
        Some(Exact::Plain(Value::String(text))) if name == "aud" => vec![text.clone()],
        Some(_) => return None,
    };
    if items.len() > MOST_ITEMS {
        return None;
    }
    let mut seen = HashSet::new();
    items.retain(|item| seen.insert(item.clone()));
    Some(items)
}

//! JSON as it is written: an object's members with their text, so that nothing of a token is lost by reading it. The tree
//! for looking.
//!
//! Pure: imports only the `jwt` module's own files.

use std::fmt;

use super::exact::text_of;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Deeper values are shown as one text.
const DEEPEST: usize = 64;
/// More nodes than this are not made.
const MOST_NODES: usize = 20_000;
/// A path is not told further than this many bytes: each node has its own.
const LONGEST_PATH: usize = 1_000;
/// Of each name in a path so many characters are told.
const LONGEST_STEP: usize = 200;

/// What sort of JSON value it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JsonType {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// A text.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`
    Null,
}

impl fmt::Display for JsonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object => "object",
            Self::Array => "list",
            Self::String => "text",
            Self::Number => "number",
            Self::Boolean => "truth value",
            Self::Null => "null",
        })
    }
}

/// One line of the tree of a JSON object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// How deep it stands; the object's own members are at 0.
    pub depth: usize,
    /// Where it stands, cut where it is long: `realm_access.roles[0]`. Foreign text: show it through [`shown`](crate::jwt::shown).
    pub path: String,
    /// The member's name, or the index in a list. Foreign text.
    pub name: String,
    /// What sort of value it is.
    pub kind: JsonType,
    /// The value exactly as written: a number with all its digits, a text with its quotes and escapes. Foreign text.
    pub raw: String,
    /// Whether it is an item of a list.
    pub item: bool,
    /// How many values an object or a list holds.
    pub holds: usize,
    /// Whether an earlier member of the same object has this name; the last one counts (RFC 7519 section 4).
    pub again: bool,
}

/// The object's members at all depths, in the order they are written; none when the text is no JSON object.
pub fn tree(json: &str) -> Vec<Node> {
    let mut nodes = Vec::new();
    if let Ok(members) = members(json) {
        add_members(&members, 0, "", &mut nodes);
    }
    nodes
}

fn add_members(members: &[(String, &RawValue)], depth: usize, above: &str, nodes: &mut Vec<Node>) {
    let mut seen = std::collections::HashSet::new();
    for (name, raw) in members {
        if nodes.len() >= MOST_NODES {
            return;
        }
        let again = !seen.insert(name);
        add(raw, Node { again, ..node(depth, member_path(above, name), name.clone(), raw) }, nodes);
    }
}

/// The path of a member of the object that stands there.
pub(super) fn member_path(above: &str, name: &str) -> String {
    let step = match name.char_indices().nth(LONGEST_STEP) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    };
    match above {
        "" => step,
        above if above.len() > LONGEST_PATH => above.to_owned(),
        above => format!("{above}.{step}"),
    }
}

fn add(raw: &RawValue, mut node: Node, nodes: &mut Vec<Node>) {
    let (depth, path, at) = (node.depth, node.path.clone(), nodes.len());
    match node.kind {
        JsonType::Object if depth < DEEPEST => {
            let members = members(raw.get()).unwrap_or_default();
            node.holds = members.len();
            nodes.push(node);
            add_members(&members, depth + 1, &path, nodes);
        }
        JsonType::Array if depth < DEEPEST => {
            let items = items(raw.get());
            node.holds = items.len();
            nodes.push(node);
            for (index, item) in items.into_iter().enumerate() {
                if nodes.len() >= MOST_NODES {
                    return;
                }
                let node = self::node(depth + 1, format!("{path}[{index}]"), index.to_string(), item);
                add(item, Node { item: true, ..node }, nodes);
            }
        }
        _ => nodes.push(node),
    }
    debug_assert!(nodes.len() > at);
}

fn node(depth: usize, path: String, name: String, raw: &RawValue) -> Node {
    Node { depth, path, name, kind: type_of(raw.get()), raw: raw.get().to_owned(), item: false, holds: 0, again: false }
}

/// What sort of value a JSON text without blanks before it is.
pub(super) fn type_of(json: &str) -> JsonType {
    match json.bytes().next() {
        Some(b'{') => JsonType::Object,
        Some(b'[') => JsonType::Array,
        Some(b'"') => JsonType::String,
        Some(b't' | b'f') => JsonType::Boolean,
        Some(b'n') => JsonType::Null,
        _ => JsonType::Number,
    }
}

/// The members of a JSON object in order, each value as written; what in a name is no Unicode as U+FFFD.
pub(super) fn members(json: &str) -> Result<Vec<(String, &RawValue)>, serde_json::Error> {
    let members = raw_members(json)?;
    Ok(members.into_iter().map(|(name, value)| (text_of(name.get()).0, value)).collect())
}

/// The members of a JSON object in order, names and values as written.
pub(super) fn raw_members(json: &str) -> Result<Vec<(&RawValue, &RawValue)>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let members = serde::Deserializer::deserialize_map(&mut deserializer, Members)?;
    deserializer.end()?;
    Ok(members)
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(&'de RawValue, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            members.push(entry);
        }
        Ok(members)
    }
}

/// The values of a JSON array, each as written.
pub(super) fn items(json: &str) -> Vec<&RawValue> {
    struct Items;

    impl<'de> Visitor<'de> for Items {
        type Value = Vec<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = entries.next_element()? {
                items.push(item);
            }
            Ok(items)
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(json);
    serde::Deserializer::deserialize_seq(&mut deserializer, Items).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn the_tree_keeps_order_digits_and_what_stands_twice() {
        let json = r#"{"b":12345678901234567890.10,"a":{"x":[1e400,"\u0041"]},"b":null}"#;
        let nodes = tree(json);
        let lines: Vec<(usize, &str, &str, JsonType)> =
            nodes.iter().map(|node| (node.depth, node.path.as_str(), node.raw.as_str(), node.kind)).collect();
        assert_eq!(
            lines,
            [
                (0, "b", "12345678901234567890.10", JsonType::Number),
                (0, "a", r#"{"x":[1e400,"\u0041"]}"#, JsonType::Object),
                (1, "a.x", r#"[1e400,"\u0041"]"#, JsonType::Array),
                (2, "a.x[0]", "1e400", JsonType::Number),
                (2, "a.x[1]", r#""\u0041""#, JsonType::String),
                (0, "b", "null", JsonType::Null),
            ]
        );
        let again: Vec<bool> = nodes.iter().map(|node| node.again).collect();
        assert_eq!(again, [false, false, false, false, false, true]);
        assert_eq!(nodes[2].holds, 2);
        assert!(tree("[1]").is_empty() && tree("{\"a\":").is_empty());
    }

    #[test]
    fn what_is_deep_or_wide_is_bounded() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(tree(&deep).len(), DEEPEST + 1);
        let wide = format!("{{\"a\":[{}0]}}", "0,".repeat(300_000));
        assert_eq!(tree(&wide).len(), MOST_NODES);
    }
}

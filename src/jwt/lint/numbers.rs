//! The rule about numbers that readers round.
//!
//! Pure: imports only the `jwt` module's own files.

use jiff::Timestamp;

use crate::jwt::decode::{Part, Token};
use crate::jwt::number::{is_rounded, some_are_rounded};
use crate::jwt::shown;
use crate::jwt::{JsonType, Node, tree};

pub(super) fn too_large(token: &Token, _: Timestamp) -> Option<String> {
    let parts = [Part::Header, Part::Payload].into_iter().filter_map(|part| token.json(part));
    // Most tokens have none, and need no second reading.
    let nodes = parts.filter(|json| some_are_rounded(json)).flat_map(tree);
    let rounded = |node: &Node| node.kind == JsonType::Number && is_rounded(&node.raw);
    let found: Vec<String> = nodes.filter(rounded).take(3).map(|node| told(&node)).collect();
    (!found.is_empty()).then(|| format!("{}: more digits than most readers keep.", found.join(", ")))
}

fn told(node: &Node) -> String {
    format!("{} is {}", shown(&node.path, 40), shown(&node.raw, 40))
}

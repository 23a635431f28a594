//! Header and claims as one tree: every member a node, objects and long lists with their children below them.
//!
//! Pure.

use serde_json::{Map, Value};

use crate::jwt::Token;

/// More nodes than this are not shown; the JSON has them all.
pub(super) const MOST: usize = 2_000;
/// A list whose JSON is no longer than this stands on one line.
const INLINE: usize = 60;
/// So many items of a list are looked at to find out whether it fits on a line.
const FEW: usize = 24;

/// Which half of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The header.
    Header,
    /// The claims.
    Claims,
}

/// One line of the tree.
#[derive(Clone, Debug)]
pub enum Node<'a> {
    /// The name of a half.
    Heading(Section),
    /// A member or an item.
    Member {
        /// In which half.
        section: Section,
        /// How deep: 0 at the top.
        depth: usize,
        /// Its name, or its place in a list as `[2]`.
        name: String,
        /// Its value.
        value: &'a Value,
        /// Whether its members follow below.
        open: bool,
    },
    /// There is more, which is not shown.
    More,
}

/// The tree of this token, at most so many lines of it.
pub(super) fn tree(token: &Token) -> Vec<Node<'_>> {
    let mut nodes = Vec::new();
    for (section, members) in [(Section::Header, token.header()), (Section::Claims, token.claims())] {
        let Some(members) = members else { continue };
        nodes.push(Node::Heading(section));
        add(&mut nodes, section, 0, members);
    }
    if nodes.len() > MOST {
        nodes.truncate(MOST);
        nodes.push(Node::More);
    }
    nodes
}

/// The node at this line.
pub fn node_at(token: &Token, line: usize) -> Option<Node<'_>> {
    tree(token).into_iter().nth(line)
}

fn add<'a>(nodes: &mut Vec<Node<'a>>, section: Section, depth: usize, members: &'a Map<String, Value>) {
    for (name, value) in members {
        node(nodes, section, depth, name.clone(), value);
        if nodes.len() > MOST {
            return;
        }
    }
}

fn node<'a>(nodes: &mut Vec<Node<'a>>, section: Section, depth: usize, name: String, value: &'a Value) {
    let open = !fits(value);
    nodes.push(Node::Member { section, depth, name, value, open });
    match value {
        Value::Object(members) => add(nodes, section, depth + 1, members),
        Value::Array(items) if open => {
            for (place, item) in items.iter().enumerate() {
                node(nodes, section, depth + 1, format!("[{place}]"), item);
                if nodes.len() > MOST {
                    return;
                }
            }
        }
        _ => {}
    }
}

/// Whether the value stands on its own line.
fn fits(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => {
            let plain = |item: &Value| !matches!(item, Value::Object(_) | Value::Array(_));
            items.len() <= FEW && items.iter().all(plain) && value.to_string().len() <= INLINE
        }
        _ => true,
    }
}

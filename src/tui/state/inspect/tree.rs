//! Header and claims as lines of one tree, made once when the token comes: every value as it is written, short lists on one
//! line, objects and long lists with what they hold below them.
//!
//! Pure.

use crate::jwt::{JsonType, Node, Part, Token, tree};

/// More lines than this are not made; the JSON has everything.
const MOST: usize = 2_000;
/// A list that is written no longer than this stands on one line.
const INLINE: usize = 60;

/// Which half of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The header.
    Header,
    /// The claims.
    Claims,
}

/// One line of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeLine {
    /// The name of a half.
    Heading(Section),
    /// A member or an item.
    Member(Box<Member>),
    /// There is more, which is not shown.
    More,
}

/// A member of an object or an item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// In which half.
    pub section: Section,
    /// How deep: 0 at the top.
    pub depth: usize,
    /// Where it stands: `cnf.jkt`.
    pub path: String,
    /// Its name, or its place in a list as `[2]`.
    pub name: String,
    /// What sort of value it is.
    pub kind: JsonType,
    /// The value: a text bare, all else as it is written. Empty when what it holds follows below.
    pub value: String,
    /// How many values it holds, when they follow below.
    pub open: Option<usize>,
    /// Whether the name stood there before; the last one counts.
    pub again: bool,
}

/// The tree of this token.
pub(super) fn lines(token: &Token) -> Vec<TreeLine> {
    let mut lines = Vec::new();
    let (header, claims) = (token.json(Part::Header), token.json(Part::Payload));
    for (section, json) in [(Section::Header, header), (Section::Claims, claims)] {
        let Some(json) = json else { continue };
        lines.push(TreeLine::Heading(section));
        add(&mut lines, section, tree(json));
        if lines.len() > MOST {
            lines.truncate(MOST);
            lines.push(TreeLine::More);
            break;
        }
    }
    lines
}

fn add(lines: &mut Vec<TreeLine>, section: Section, nodes: Vec<Node>) {
    // What lies in a list that stands on one line is not told again.
    let mut within = None;
    for node in nodes {
        if within.is_some_and(|depth| node.depth > depth) {
            continue;
        }
        within = is_inline(&node).then_some(node.depth);
        let open = (node.holds > 0 && within.is_none()).then_some(node.holds);
        let value = match (node.kind, open) {
            (_, Some(_)) => String::new(),
            (JsonType::String, _) => serde_json::from_str(&node.raw).unwrap_or(node.raw),
            _ => node.raw,
        };
        let Node { depth, name, kind, again, path, item, .. } = node;
        let name = if item { format!("[{name}]") } else { name };
        lines.push(TreeLine::Member(Box::new(Member { section, depth, path, name, kind, value, open, again })));
        if lines.len() > MOST {
            return;
        }
    }
}

fn is_inline(node: &Node) -> bool {
    let plain = |raw: &str| !raw.contains(['{', '\n']) && raw.matches('[').count() == 1;
    node.kind == JsonType::Array && node.raw.len() <= INLINE && plain(&node.raw)
}

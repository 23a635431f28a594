//! What an edit changes, line by line, for a person to look at before it is written.
//!
//! Pure. Imports siblings only.

use similar::{Algorithm, ChangeTag, DiffOp, capture_diff_slices, group_diff_ops};

use crate::config::{mask, names};

/// How many lines around a change are shown.
const CONTEXT: usize = 2;

/// One line of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// `+` for a line that is new, `-` for one that goes, a space for one that stays.
    pub sign: char,
    /// As it may be shown: comments and values that may be secret are masked, control characters spelt out. `…` stands
    /// for lines that are left out.
    pub text: String,
}

/// What differs between two texts of profiles.toml, with two lines around each change.
pub fn diff(before: &str, after: &str) -> Vec<DiffLine> {
    let [old, new]: [Vec<&str>; 2] = [before, after].map(|text| text.lines().collect());
    let [old_shown, new_shown] = [before, after].map(mask::lines);
    let operations: Vec<DiffOp> = capture_diff_slices(Algorithm::Myers, &old, &new);
    let mut lines = Vec::new();
    for (at, group) in group_diff_ops(operations, CONTEXT).iter().enumerate() {
        if at > 0 {
            lines.push(DiffLine { sign: ' ', text: "…".to_owned() });
        }
        for change in group.iter().flat_map(|operation| operation.iter_changes(&old, &new)) {
            let (sign, index, shown) = match change.tag() {
                ChangeTag::Equal => (' ', change.new_index(), &new_shown),
                ChangeTag::Insert => ('+', change.new_index(), &new_shown),
                ChangeTag::Delete => ('-', change.old_index(), &old_shown),
            };
            let text = index.and_then(|index| shown.get(index)).map(|line| names::spelt_out(line)).unwrap_or_default();
            lines.push(DiffLine { sign, text });
        }
    }
    lines
}

//! The rows of the token pane's tab Roles: group by group, one's own before those the provider gives everybody.
//!
//! Pure.

use super::{Row, Tone};
use crate::jwt::{GroupedRoles, Token};

/// A heading a group, and under it its roles; what is Keycloak's own is said so and stands back.
pub(super) fn rows(token: &Token) -> Vec<Row> {
    let groups = token.grouped_roles();
    if groups.is_empty() {
        return vec![Row::text("The token names no roles.").tone(Tone::Quiet)];
    }
    groups.into_iter().flat_map(group).collect()
}

fn group(group: GroupedRoles) -> impl Iterator<Item = Row> {
    let heading = Row::new([group.title, group.claim]).tone(Tone::Heading);
    let roles = group.roles.into_iter().map(|role| match role.note {
        None => Row::new([role.name, String::new()]),
        Some(note) => Row::new([role.name, note.to_owned()]).tone(Tone::Quiet),
    });
    std::iter::once(heading).chain(roles)
}

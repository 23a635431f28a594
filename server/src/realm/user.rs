//! People, and the users that stand for clients.

use std::collections::BTreeMap;

use super::{Password, Roles};

/// A user of the realm: a person, or what stands for a client when it asks for itself.
#[derive(Debug, Clone)]
pub(crate) struct User {
    /// The `sub` claim.
    pub id: String,
    /// In lower case.
    pub username: String,
    pub enabled: bool,
    pub email: Option<String>,
    pub email_verified: bool,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub attributes: BTreeMap<String, Vec<String>>,
    pub roles: Roles,
    /// Whoever has none cannot sign in.
    pub password: Option<Password>,
    /// Something must be done first that is not built here, such as choosing another password.
    pub is_set_up: bool,
}

impl User {
    /// First and last name, as far as they are known.
    pub(crate) fn full_name(&self) -> String {
        [&self.first_name, &self.last_name].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// What the person is called on a page.
    pub(crate) fn display_name(&self) -> String {
        let name = self.full_name();
        if name.is_empty() { self.username.clone() } else { name }
    }
}

//! The people of an export, and the users that stand for clients.

use std::collections::BTreeMap;

use aws_lc_rs::digest;

use crate::{
    random,
    realm::{
        Password, RealmError, Roles, User,
        export::{ClientExport, RealmExport, UserExport},
        roles::RoleBook,
    },
};

/// Everybody who is not the user behind a client.
pub(super) fn people(export: &RealmExport, roles: &RoleBook) -> Result<Vec<User>, RealmError> {
    let mut people: Vec<User> = Vec::new();
    for user in export.users.iter().filter(|user| user.service_account_client_id.is_none()) {
        let place = format!("user \"{}\"", user.username);
        let passwords = user.credentials.iter().filter_map(|credential| Password::read(&place, credential).transpose());
        let password = passwords.collect::<Result<Vec<_>, _>>()?.into_iter().next();
        let person = listed(&export.realm, user, roles.of_user(user), password);
        if people.iter().any(|other| other.username == person.username || other.id == person.id) {
            return Err(RealmError::Twice { kind: "user", name: person.username });
        }
        people.push(person);
    }
    Ok(people)
}

/// The user behind the client: the listed one, else the one that Keycloak creates.
pub(super) fn service_account(export: &RealmExport, client: &ClientExport, roles: &RoleBook) -> User {
    let id = &client.client_id;
    match export.users.iter().find(|user| user.service_account_client_id.as_ref() == Some(id)) {
        Some(user) => listed(&export.realm, user, roles.of_user(user), None),
        None => User {
            id: stable_id(&export.realm, &format!("service-account-{id}")),
            username: format!("service-account-{}", id.to_lowercase()),
            enabled: true,
            email: None,
            email_verified: false,
            first_name: None,
            last_name: None,
            attributes: BTreeMap::new(),
            roles: roles.of_new_user(),
            password: None,
            is_set_up: true,
        },
    }
}

fn listed(realm: &str, user: &UserExport, roles: Roles, password: Option<Password>) -> User {
    User {
        id: user.id.clone().unwrap_or_else(|| stable_id(realm, &user.username)),
        username: user.username.to_lowercase(),
        enabled: user.enabled.unwrap_or(false),
        email: user.email.clone(),
        email_verified: user.email_verified,
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        attributes: user.attributes.clone(),
        roles,
        password,
        is_set_up: user.required_actions.is_empty() && !user.credentials.iter().any(|credential| credential.temporary),
    }
}

/// An id of a UUID's shape that is the same at every start.
fn stable_id(realm: &str, username: &str) -> String {
    let hash = digest::digest(&digest::SHA256, format!("{realm}/{username}").as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
    random::uuid_shape(bytes)
}

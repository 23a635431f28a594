//! Roles: what a user effectively has once composite roles are taken apart.

use std::collections::{BTreeMap, BTreeSet};

use super::export::{RolesExport, UserExport};

/// The roles a user has, composites taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roles {
    /// Roles of the realm.
    pub realm: BTreeSet<String>,
    /// Roles of clients, by client id.
    pub client: BTreeMap<String, BTreeSet<String>>,
}

/// A role and what it contains. `client` is `None` for a role of the realm.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct RoleName {
    client: Option<String>,
    name: String,
}

/// All roles of a realm with what each contains.
#[derive(Debug)]
pub(super) struct RoleBook {
    contents: BTreeMap<RoleName, Vec<RoleName>>,
    default_role: RoleName,
}

impl RoleBook {
    /// The realm's roles; where the export defines no default role, the ones Keycloak itself creates.
    pub(super) fn new(realm: &str, default_role: Option<&str>, export: Option<&RolesExport>) -> Self {
        let default_role = realm_role(default_role.map_or_else(|| format!("default-roles-{realm}"), str::to_owned));
        let mut contents = BTreeMap::new();
        for role in export.iter().flat_map(|roles| &roles.realm) {
            contents.insert(realm_role(role.name.clone()), parts(&role.composites.realm, &role.composites.client));
        }
        for (client, roles) in export.iter().flat_map(|roles| &roles.client) {
            for role in roles {
                contents
                    .insert(client_role(client, &role.name), parts(&role.composites.realm, &role.composites.client));
            }
        }
        contents.entry(default_role.clone()).or_insert_with(|| {
            vec![
                realm_role("offline_access".to_owned()),
                realm_role("uma_authorization".to_owned()),
                client_role("account", "manage-account"),
                client_role("account", "view-profile"),
            ]
        });
        contents
            .entry(client_role("account", "manage-account"))
            .or_insert_with(|| vec![client_role("account", "manage-account-links")]);
        Self { contents, default_role }
    }

    /// The roles of a user that the export lists.
    pub(super) fn of_user(&self, user: &UserExport) -> Roles {
        self.expand(parts(&user.realm_roles, &user.client_roles))
    }

    /// The roles that every new user gets.
    pub(super) fn of_new_user(&self) -> Roles {
        self.expand(vec![self.default_role.clone()])
    }

    fn expand(&self, mut open: Vec<RoleName>) -> Roles {
        let mut seen = BTreeSet::new();
        let mut roles = Roles::default();
        while let Some(role) = open.pop() {
            if !seen.insert(role.clone()) {
                continue;
            }
            open.extend(self.contents.get(&role).into_iter().flatten().cloned());
            match role.client {
                None => roles.realm.insert(role.name),
                Some(client) => roles.client.entry(client).or_default().insert(role.name),
            };
        }
        roles
    }
}

fn realm_role(name: String) -> RoleName {
    RoleName { client: None, name }
}

fn client_role(client: &str, name: &str) -> RoleName {
    RoleName { client: Some(client.to_owned()), name: name.to_owned() }
}

fn parts(realm: &[String], client: &BTreeMap<String, Vec<String>>) -> Vec<RoleName> {
    let of_realm = realm.iter().cloned().map(realm_role);
    let of_clients = client.iter().flat_map(|(client, names)| names.iter().map(move |name| client_role(client, name)));
    of_realm.chain(of_clients).collect()
}

//! The roles of a token, group by group, so that one's own are seen beside those a provider gives everybody.
//!
//! Pure: imports only the `jwt` module's own files.

use super::decode::Token;
use super::keycloak::{is_own_realm_role, own_client};

/// The roles of the realm, of one client, or of one list such as `groups`; one's own first, each part in order of letters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupedRoles {
    /// What the group is called: `realm`, `client orders`, `groups`.
    pub title: String,
    /// The claim they stand in: `realm_access.roles`, `resource_access.orders.roles`, `groups`.
    pub claim: String,
    /// The roles.
    pub roles: Vec<Role>,
}

/// One role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Role {
    /// As spelt.
    pub name: String,
    /// Whose it is, when the provider gives it to everybody or it is about the provider itself.
    pub note: Option<&'static str>,
}

impl GroupedRoles {
    /// Whether there is a role in it that somebody gave on purpose.
    fn has_ones_own(&self) -> bool {
        self.roles.iter().any(|role| role.note.is_none())
    }
}

impl Token {
    /// The roles from every claim that names some: groups with roles of one's own first; the realm, then clients by name,
    /// then lists as they stand in the token.
    pub fn grouped_roles(&self) -> Vec<GroupedRoles> {
        let mut groups: Vec<GroupedRoles> =
            self.roles().into_iter().map(|group| grouped(group.source, group.roles)).collect();
        let rank = |group: &GroupedRoles| match group.claim.as_str() {
            "realm_access.roles" => (0, String::new()),
            claim if claim.starts_with("resource_access.") => (1, group.title.clone()),
            _ => (2, String::new()),
        };
        groups.sort_by_key(|group| (!group.has_ones_own(), rank(group)));
        groups
    }
}

fn grouped(source: String, names: Vec<String>) -> GroupedRoles {
    let client = source.strip_prefix("resource_access.").map(str::to_owned);
    let is_realm = source == "realm_access";
    let note = |role: &str| match &client {
        Some(client) => own_client(client),
        None => (is_realm && is_own_realm_role(role)).then_some("Keycloak's own"),
    };
    let mut roles: Vec<Role> = names.into_iter().map(|name| Role { note: note(&name), name }).collect();
    roles.sort_by(|one, other| (one.note.is_some(), &one.name).cmp(&(other.note.is_some(), &other.name)));
    roles.dedup();
    let (title, claim) = match &client {
        Some(client) => (format!("client {client}"), format!("{source}.roles")),
        None if is_realm => ("realm".to_owned(), format!("{source}.roles")),
        None => (source.clone(), source),
    };
    GroupedRoles { title, claim, roles }
}

#[cfg(test)]
mod tests {
    use crate::jwt::testing::unsigned;

    /// Each group as one line: title, claim, roles, those of the provider in brackets.
    fn told(claims: &str) -> Vec<String> {
        unsigned(claims)
            .grouped_roles()
            .into_iter()
            .map(|group| {
                let roles: Vec<String> = group
                    .roles
                    .into_iter()
                    .map(|role| if role.note.is_some() { format!("({})", role.name) } else { role.name })
                    .collect();
                format!("{} | {} | {}", group.title, group.claim, roles.join(" "))
            })
            .collect()
    }

    #[test]
    fn ones_own_roles_stand_before_keycloaks() {
        let claims = r#"{"realm_access":{"roles":["offline_access","shipper","default-roles-shop","buyer"]},
            "resource_access":{"account":{"roles":["view-profile","manage-account"]},"orders":{"roles":["write","read","read"]},
            "billing":{"roles":["pay"]},"realm-management":{"roles":["view-users"]}},"groups":["/staff"]}"#;
        assert_eq!(
            told(claims),
            [
                "realm | realm_access.roles | buyer shipper (default-roles-shop) (offline_access)",
                "client billing | resource_access.billing.roles | pay",
                "client orders | resource_access.orders.roles | read write",
                "groups | groups | /staff",
                "client account | resource_access.account.roles | (manage-account) (view-profile)",
                "client realm-management | resource_access.realm-management.roles | (view-users)",
            ]
        );
    }

    #[test]
    fn other_providers_lists_are_groups_too() {
        for (claims, line) in [
            (r#"{"roles":["Orders.Read.All"]}"#, "roles | roles | Orders.Read.All"),
            (r#"{"permissions":["write:x","read:x"]}"#, "permissions | permissions | read:x write:x"),
            (r#"{"cognito:groups":["admins"]}"#, "cognito:groups | cognito:groups | admins"),
            (r#"{"https://a.example/roles":["x"]}"#, "https://a.example/roles | https://a.example/roles | x"),
            // A role of that name is Keycloak's only where Keycloak puts it.
            (r#"{"groups":["offline_access"]}"#, "groups | groups | offline_access"),
        ] {
            assert_eq!(told(claims), [line], "{claims}");
        }
        assert_eq!(told("{}"), Vec::<String>::new());
    }
}

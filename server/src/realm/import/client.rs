//! One client of an export: its scopes resolved, its settings judged, and the user behind it.

use std::{collections::BTreeMap, sync::Arc};

use aws_lc_rs::digest;

use super::{Scopes, is_openid_connect, mappers, scope_names, text};
use crate::{
    random,
    realm::{
        Client, ClientKind, ClientScope, RealmError, Roles, ServiceAccount,
        export::{ClientExport, RealmExport, UserExport},
        roles::RoleBook,
    },
    secret::Secret,
};

/// Keycloak's life of an access token in seconds where the realm says nothing.
const DEFAULT_LIFESPAN: i64 = 300;

/// Client attributes that would change tokens or their handling, with the values that do not.
const CHANGING_ATTRIBUTES: [(&str, &[&str]); 10] = [
    ("client_credentials.use_refresh_token", &["false"]),
    ("token.response.type.bearer.lower-case", &["false"]),
    ("client.use.lightweight.access.token.enabled", &["false"]),
    ("access.token.signed.response.alg", &["RS256"]),
    ("access.token.header.type.rfc9068", &["false"]),
    ("id.token.signed.response.alg", &["RS256"]),
    ("id.token.encrypted.response.alg", &[]),
    ("dpop.bound.access.tokens", &["false"]),
    ("tls.client.certificate.bound.access.tokens", &["false"]),
    ("client.secret.expiration.time", &["0"]),
];

/// Judges one client of `export`.
pub(super) fn client(
    export: &RealmExport,
    client: &ClientExport,
    scopes: &Scopes,
    roles: &RoleBook,
) -> Result<Client, RealmError> {
    let place = format!("client \"{}\"", client.client_id);
    let openid_connect = is_openid_connect(client.protocol.as_deref());
    let usable = openid_connect && client.service_accounts_enabled;
    if usable {
        refuse_client_settings(export, client, &place)?;
    }
    let resolve = |names: &[String]| -> Result<Vec<Arc<ClientScope>>, RealmError> {
        names.iter().filter_map(|name| resolve_scope(export, client, scopes, name).transpose()).collect()
    };
    let [default, optional] = scope_names(export, client);
    Ok(Client {
        id: client.client_id.clone(),
        enabled: client.enabled.unwrap_or(true),
        openid_connect,
        kind: match (client.bearer_only, client.public_client) {
            (true, _) => ClientKind::BearerOnly,
            (false, true) => ClientKind::Public,
            (false, false) => ClientKind::Confidential,
        },
        secret: client.secret.as_deref().filter(|secret| !secret.is_empty()).map(Secret::new),
        default_scopes: if openid_connect { resolve(default)? } else { Vec::new() },
        optional_scopes: if openid_connect { resolve(optional)? } else { Vec::new() },
        mappers: if usable { mappers(&place, &client.protocol_mappers)? } else { Vec::new() },
        service_account: usable.then(|| service_account(export, client, roles)),
        access_token_lifespan: lifespan(export, client, &place)?,
        web_origins: web_origins(client),
    })
}

/// The scope of this name; none when it is one of SAML.
fn resolve_scope(
    export: &RealmExport,
    client: &ClientExport,
    scopes: &Scopes,
    name: &str,
) -> Result<Option<Arc<ClientScope>>, RealmError> {
    let is_listed = || export.client_scopes.iter().flatten().any(|scope| scope.name == name);
    match scopes.get(name) {
        Some(scope) => Ok(Some(Arc::clone(scope))),
        None if is_listed() => Ok(None),
        None => Err(RealmError::UnknownScope { client: client.client_id.clone(), scope: name.to_owned() }),
    }
}

fn refuse_client_settings(export: &RealmExport, client: &ClientExport, place: &str) -> Result<(), RealmError> {
    let unsupported = |setting: &str, value: &str, remedy| {
        let value = format!("\"{value}\"");
        Err(RealmError::Unsupported { place: place.to_owned(), setting: setting.to_owned(), value, remedy })
    };
    match client.client_authenticator_type.as_deref() {
        None | Some("client-secret") => {}
        Some(other) => {
            return unsupported("clientAuthenticatorType", other, "use \"client-secret\"");
        }
    }
    if client.secret.as_deref().is_some_and(|secret| secret.starts_with("***") || secret.contains("${")) {
        return Err(RealmError::MaskedSecret { client: client.client_id.clone() });
    }
    if !client.full_scope_allowed.unwrap_or(!client.consent_required) {
        return unsupported("fullScopeAllowed", "false", "write true: roles are not filtered here");
    }
    let of_this = |name: Option<&String>| name == Some(&client.client_id);
    let mut mappings = export.scope_mappings.iter().chain(export.client_scope_mappings.values().flatten());
    if mappings.any(|mapping| of_this(mapping.client.as_ref())) {
        return unsupported("scopeMappings", "roles", "remove them: roles are not filtered here");
    }
    for (attribute, harmless) in CHANGING_ATTRIBUTES {
        match text(client.attributes.get(attribute)) {
            Some(value) if !value.is_empty() && !harmless.contains(&value.as_str()) => {
                return unsupported(attribute, &value, "remove the attribute");
            }
            _ => {}
        }
    }
    Ok(())
}

/// The client's own life of a token, else the realm's.
fn lifespan(export: &RealmExport, client: &ClientExport, place: &str) -> Result<u32, RealmError> {
    let own = text(client.attributes.get("access.token.lifespan")).filter(|value| !value.is_empty());
    let (place, setting, value) = match own {
        Some(value) => (place.to_owned(), "access.token.lifespan", value),
        None => (
            format!("realm \"{}\"", export.realm),
            "accessTokenLifespan",
            export.access_token_lifespan.unwrap_or(DEFAULT_LIFESPAN).to_string(),
        ),
    };
    let refusal = || RealmError::Unsupported {
        place,
        setting: setting.to_owned(),
        value: format!("\"{value}\""),
        remedy: "write a number of seconds from 1 to 315360000",
    };
    value.parse().ok().filter(|seconds| (1..=315_360_000).contains(seconds)).ok_or_else(refusal)
}

/// The user behind the client: the listed one, else the one that Keycloak creates.
fn service_account(export: &RealmExport, client: &ClientExport, roles: &RoleBook) -> ServiceAccount {
    let id = &client.client_id;
    match export.users.iter().find(|user| user.service_account_client_id.as_ref() == Some(id)) {
        Some(user) => listed_account(&export.realm, user, roles.of_user(user)),
        None => ServiceAccount {
            id: stable_id(&export.realm, &format!("service-account-{id}")),
            username: format!("service-account-{}", id.to_lowercase()),
            enabled: true,
            email: None,
            email_verified: false,
            first_name: None,
            last_name: None,
            attributes: BTreeMap::new(),
            roles: roles.of_new_user(),
        },
    }
}

fn listed_account(realm: &str, user: &UserExport, roles: Roles) -> ServiceAccount {
    ServiceAccount {
        id: user.id.clone().unwrap_or_else(|| stable_id(realm, &user.username)),
        username: user.username.to_lowercase(),
        enabled: user.enabled.unwrap_or(false),
        email: user.email.clone(),
        email_verified: user.email_verified,
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        attributes: user.attributes.clone(),
        roles,
    }
}

/// An id of a UUID's shape that is the same at every start.
fn stable_id(realm: &str, username: &str) -> String {
    let hash = digest::digest(&digest::SHA256, format!("{realm}/{username}").as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
    random::uuid_shape(bytes)
}

/// The origins in which browsers may use the client's tokens; `+` stands for those of its
/// redirect URIs.
fn web_origins(client: &ClientExport) -> Vec<String> {
    let mut origins: Vec<String> = Vec::new();
    for origin in &client.web_origins {
        let meant = if origin == "+" {
            client.redirect_uris.iter().filter_map(|uri| origin_of(uri)).collect()
        } else {
            vec![origin.clone()]
        };
        for new in meant {
            if !origins.contains(&new) {
                origins.push(new);
            }
        }
    }
    origins
}

fn origin_of(uri: &str) -> Option<String> {
    let origin = url::Url::parse(uri).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

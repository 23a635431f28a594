//! From the shapes of an export to a realm that can be trusted: every name resolved, every
//! setting that is not supported refused.

use std::{collections::BTreeMap, sync::Arc};

use aws_lc_rs::digest;
use serde_json::Value;

use super::{
    Client, ClientKind, ClientScope, Realm, RealmError, Roles, ServiceAccount,
    export::{ClientExport, ClientScopeExport, MapperExport, RealmExport, UserExport},
    mapper::{self, Mapper},
    roles::RoleBook,
};
use crate::secret::Secret;

/// Keycloak's life of an access token in seconds where the realm says nothing.
const DEFAULT_LIFESPAN: i64 = 300;

/// Client attributes that would change tokens or their handling, with the values that do not.
const CHANGING_ATTRIBUTES: [(&str, &[&str]); 9] = [
    ("client_credentials.use_refresh_token", &["false"]),
    ("token.response.type.bearer.lower-case", &["false"]),
    ("client.use.lightweight.access.token.enabled", &["false"]),
    ("access.token.signed.response.alg", &["RS256"]),
    ("id.token.signed.response.alg", &["RS256"]),
    ("id.token.encrypted.response.alg", &[]),
    ("dpop.bound.access.tokens", &["false"]),
    ("tls.client.certificate.bound.access.tokens", &["false"]),
    ("client.secret.expiration.time", &["0"]),
];

type Scopes = BTreeMap<String, Arc<ClientScope>>;

/// Judges a whole export.
pub(super) fn realm(export: &RealmExport) -> Result<Realm, RealmError> {
    let enabled = export.enabled.ok_or(RealmError::Missing {
        key: "enabled",
        why: "Keycloak would import the realm switched off; write \"enabled\": true",
    })?;
    refuse_realm_settings(export)?;
    let scopes = client_scopes(export)?;
    let by_name: Scopes = scopes.iter().map(|scope| (scope.name.clone(), Arc::clone(scope))).collect();
    let roles = RoleBook::new(
        &export.realm,
        export.default_role.as_ref().map(|role| role.name.as_str()),
        export.roles.as_ref(),
    );
    let mut clients: Vec<Client> = Vec::new();
    for client_export in &export.clients {
        let client = client(export, client_export, &by_name, &roles)?;
        if clients.iter().any(|other| other.id == client.id) {
            return Err(RealmError::Twice { kind: "client", name: client.id });
        }
        clients.push(client);
    }
    Ok(Realm { name: export.realm.clone(), enabled, not_before: export.not_before.unwrap_or(0), scopes, clients })
}

fn refuse_realm_settings(export: &RealmExport) -> Result<(), RealmError> {
    let unsupported = |setting: &str, value: &str, remedy| RealmError::Unsupported {
        place: format!("realm \"{}\"", export.realm),
        setting: setting.to_owned(),
        value: format!("\"{value}\""),
        remedy,
    };
    let name_is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
    if export.realm.is_empty() || !export.realm.chars().all(name_is_plain) {
        let remedy = "the name is part of every address; use letters, digits and - _ . ~";
        return Err(unsupported("realm", &export.realm, remedy));
    }
    if let Some("all") = export.ssl_required.as_deref() {
        let remedy = "this server speaks plain HTTP on loopback only; write \"external\" or \"none\"";
        return Err(unsupported("sslRequired", "all", remedy));
    }
    match export.default_signature_algorithm.as_deref() {
        None | Some("RS256" | "") => Ok(()),
        Some(other) => Err(unsupported("defaultSignatureAlgorithm", other, "this server signs with RS256")),
    }
}

/// The scopes of `OpenID` Connect; those of SAML concern nobody here.
fn client_scopes(export: &RealmExport) -> Result<Vec<Arc<ClientScope>>, RealmError> {
    let listed = export.client_scopes.as_ref().ok_or(RealmError::Missing {
        key: "clientScopes",
        why: "Keycloak would create its built-in scopes, which are not built into this server; list them in the file",
    })?;
    let mut scopes: Vec<Arc<ClientScope>> = Vec::new();
    for scope in listed.iter().filter(|scope| is_openid_connect(scope.protocol.as_deref())) {
        if scopes.iter().any(|other| other.name == scope.name) {
            return Err(RealmError::Twice { kind: "client scope", name: scope.name.clone() });
        }
        scopes.push(Arc::new(client_scope(export, scope)?));
    }
    Ok(scopes)
}

fn client_scope(export: &RealmExport, scope: &ClientScopeExport) -> Result<ClientScope, RealmError> {
    let place = format!("client scope \"{}\"", scope.name);
    let is_of_this = |name: Option<&String>| name == Some(&scope.name);
    if export.client_scope_mappings.values().flatten().any(|mapping| is_of_this(mapping.client_scope.as_ref())) {
        return Err(RealmError::Unsupported {
            place,
            setting: "clientScopeMappings".to_owned(),
            value: "roles of a client".to_owned(),
            remedy: "restrict the scope by roles of the realm, or not at all",
        });
    }
    let roles = export.scope_mappings.iter().filter(|mapping| is_of_this(mapping.client_scope.as_ref()));
    Ok(ClientScope {
        name: scope.name.clone(),
        in_token_scope: text(scope.attributes.get("include.in.token.scope")).is_none_or(|on| on == "true"),
        mappers: attached_mappers(export, scope, &place)?,
        roles: roles.flat_map(|mapping| mapping.roles.iter().cloned()).collect(),
    })
}

/// The mappers of a scope. One that is not known matters only where a usable client has the scope.
fn attached_mappers(export: &RealmExport, scope: &ClientScopeExport, place: &str) -> Result<Vec<Mapper>, RealmError> {
    let attached = export.clients.iter().filter(|client| client.service_accounts_enabled).any(|client| {
        let [default, optional] = scope_names(export, client);
        default.contains(&scope.name) || optional.contains(&scope.name)
    });
    match mappers(place, &scope.protocol_mappers) {
        Err(_) if !attached => Ok(Vec::new()),
        result => result,
    }
}

fn mappers(place: &str, exports: &[MapperExport]) -> Result<Vec<Mapper>, RealmError> {
    exports.iter().map(|export| mapper::read(place, export)).collect()
}

/// Default and optional scopes; a client that lists neither gets the realm's.
fn scope_names<'a>(export: &'a RealmExport, client: &'a ClientExport) -> [&'a [String]; 2] {
    match (&client.default_client_scopes, &client.optional_client_scopes) {
        (None, None) => [&export.default_default_client_scopes, &export.default_optional_client_scopes],
        (default, optional) => [default.as_deref().unwrap_or_default(), optional.as_deref().unwrap_or_default()],
    }
}

fn client(
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
    crate::random::uuid_shape(bytes)
}

/// The origins in which browsers may use the client's tokens; `+` stands for those of its redirect URIs.
fn web_origins(client: &ClientExport) -> Vec<String> {
    let origin_of = |uri: &String| url::Url::parse(uri).ok().map(|url| url.origin()).filter(url::Origin::is_tuple);
    let of_redirects = || client.redirect_uris.iter().filter_map(origin_of).map(|o| o.ascii_serialization());
    let mut origins: Vec<String> = Vec::new();
    for origin in &client.web_origins {
        let meant = if origin == "+" { of_redirects().collect() } else { vec![origin.clone()] };
        meant
            .into_iter()
            .filter(|new| !origins.contains(new))
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|new| origins.push(new));
    }
    origins
}

fn is_openid_connect(protocol: Option<&str>) -> bool {
    protocol.is_none_or(|protocol| protocol == "openid-connect")
}

/// Attributes are strings, but hand-written files have bare numbers and booleans too.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

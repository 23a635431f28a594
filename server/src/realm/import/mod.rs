//! From the shapes of an export to a realm that can be trusted: every name resolved, every
//! setting that is not supported refused.

mod client;
mod user;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{
    Client, ClientScope, Lifetimes, Realm, RealmError,
    export::{ClientExport, ClientScopeExport, MapperExport, RealmExport},
    mapper::{self, Mapper},
    roles::RoleBook,
};

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
        let client = client::client(export, client_export, &by_name, &roles)?;
        if clients.iter().any(|other| other.id == client.id) {
            return Err(RealmError::Twice { kind: "client", name: client.id });
        }
        clients.push(client);
    }
    Ok(Realm {
        name: export.realm.clone(),
        enabled,
        not_before: export.not_before.unwrap_or(0),
        display_name: export.display_name.clone(),
        scopes,
        clients,
        users: user::people(export, &roles)?,
        lifetimes: Lifetimes::read(export)?,
        email_signs_in: export.login_with_email_allowed.unwrap_or(false),
        is_built_in: false,
    })
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
        consent_text: consent_text(scope),
    })
}

/// What the consent page says about a scope, where it shows it (Keycloak's messages are in its theme, hence the table).
fn consent_text(scope: &ClientScopeExport) -> Option<String> {
    let attribute = |name: &str| text(scope.attributes.get(name)).filter(|text| !text.is_empty());
    if attribute("display.on.consent.screen").is_some_and(|shown| shown != "true") {
        return None;
    }
    let own = attribute("consent.screen.text").unwrap_or_else(|| scope.name.clone());
    let Some(message) = own.strip_prefix("${").and_then(|name| name.strip_suffix('}')) else {
        return Some(own);
    };
    let known = match message {
        "profileScopeConsentText" => "User profile",
        "emailScopeConsentText" => "E-mail address",
        "addressScopeConsentText" => "Address",
        "phoneScopeConsentText" => "Phone number",
        "offlineAccessScopeConsentText" => "Access while you are away",
        "rolesScopeConsentText" => "User roles",
        "organizationScopeConsentText" => "Organization",
        _ => &scope.name,
    };
    Some(known.to_owned())
}

/// The mappers of a scope. One that is not known matters only where a usable client has the scope.
fn attached_mappers(export: &RealmExport, scope: &ClientScopeExport, place: &str) -> Result<Vec<Mapper>, RealmError> {
    let attached = export.clients.iter().filter(|client| client::is_usable(client)).any(|client| {
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

//! One client of an export: its scopes resolved, its settings judged.

use std::sync::Arc;

use super::{Scopes, is_openid_connect, mappers, scope_names, text, user};
use crate::{
    realm::{
        Client, ClientKind, ClientScope, PersonGrants, RealmError,
        export::{ClientExport, RealmExport},
        redirect,
        roles::RoleBook,
    },
    secret::Secret,
};

/// Keycloak's life of an access token in seconds where the realm says nothing.
const DEFAULT_LIFESPAN: i64 = 300;

/// Client attributes that would change tokens or their handling, with the values that do not.
const CHANGING_ATTRIBUTES: [(&str, &[&str]); 13] = [
    ("client_credentials.use_refresh_token", &["false"]),
    ("use.refresh.tokens", &["true"]),
    ("pkce.code.challenge.method", &["S256", "plain"]),
    ("require.pushed.authorization.requests", &["false"]),
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

/// Keycloak's own clients, which stand in every export. Its consoles are not built here, so nobody signs in to them.
const KEYCLOAKS_OWN: [&str; 6] =
    ["account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"];
const DEVICE_GRANT: &str = "oauth2.device.authorization.grant.enabled";

/// Whether anybody can get a token with this client.
pub(super) fn is_usable(client: &ClientExport) -> bool {
    let grants = person_grants(client);
    let any = client.service_accounts_enabled || grants.code || grants.password || grants.device;
    is_openid_connect(client.protocol.as_deref()) && any
}

/// Judges one client of `export`.
pub(super) fn client(
    export: &RealmExport,
    client: &ClientExport,
    scopes: &Scopes,
    roles: &RoleBook,
) -> Result<Client, RealmError> {
    let place = format!("client \"{}\"", client.client_id);
    let openid_connect = is_openid_connect(client.protocol.as_deref());
    let usable = is_usable(client);
    if usable {
        refuse_client_settings(export, client, &place)?;
    }
    let grants = if usable { person_grants(client) } else { PersonGrants::default() };
    let redirect_uris = if grants.code { redirect_uris(client, &place)? } else { Vec::new() };
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
        service_account: (usable && client.service_accounts_enabled)
            .then(|| user::service_account(export, client, roles)),
        access_token_lifespan: lifespan(export, client, &place)?,
        web_origins: web_origins(client),
        display_name: client.name.clone().filter(|name| !name.starts_with("${")),
        grants,
        post_logout_redirect_uris: post_logout_redirect_uris(client, &redirect_uris, &place)?,
        redirect_uris,
    })
}

/// Which grants with a person in them the client may use.
fn person_grants(client: &ClientExport) -> PersonGrants {
    if KEYCLOAKS_OWN.contains(&client.client_id.as_str()) || client.bearer_only {
        return PersonGrants::default();
    }
    let attribute = |name: &str| text(client.attributes.get(name)).filter(|value| !value.is_empty());
    PersonGrants {
        // Without a redirect URI it cannot be used.
        code: client.standard_flow_enabled.unwrap_or(true) && !client.redirect_uris.is_empty(),
        password: client.direct_access_grants_enabled,
        device: attribute(DEVICE_GRANT).is_some_and(|on| on == "true"),
        asks_for_consent: client.consent_required,
        challenge_method: attribute("pkce.code.challenge.method"),
    }
}

fn redirect_uris(client: &ClientExport, place: &str) -> Result<Vec<String>, RealmError> {
    plain_addresses("redirectUris", client.redirect_uris.clone(), place)
}

/// Addresses after a logout, by Keycloak's attribute: several are parted by `##`, `+` stands for the redirect URIs.
fn post_logout_redirect_uris(
    client: &ClientExport,
    redirect_uris: &[String],
    place: &str,
) -> Result<Vec<String>, RealmError> {
    const ATTRIBUTE: &str = "post.logout.redirect.uris";
    let listed = text(client.attributes.get(ATTRIBUTE)).unwrap_or_default();
    let (same, own): (Vec<&str>, Vec<&str>) = listed
        .split("##")
        .filter(|address| !address.is_empty() && *address != "-")
        .partition(|address| *address == "+");
    let mut all = plain_addresses(ATTRIBUTE, own.into_iter().map(str::to_owned).collect(), place)?;
    if !same.is_empty() {
        all.extend_from_slice(redirect_uris);
    }
    Ok(all)
}

fn plain_addresses(setting: &str, addresses: Vec<String>, place: &str) -> Result<Vec<String>, RealmError> {
    match addresses.iter().find(|address| !redirect::is_plain(address)) {
        None => Ok(addresses),
        Some(odd) => Err(RealmError::Unsupported {
            place: place.to_owned(),
            setting: setting.to_owned(),
            value: format!("\"{odd}\""),
            remedy: "write each address in full: they are compared letter by letter here, without wildcards",
        }),
    }
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

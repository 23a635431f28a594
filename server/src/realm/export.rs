//! The shapes of Keycloak's realm export, as far as they are read. Unknown keys are ignored.
//!
//! Nothing is judged here; that is `import`'s work.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RealmExport {
    pub realm: String,
    pub enabled: Option<bool>,
    pub ssl_required: Option<String>,
    pub access_token_lifespan: Option<i64>,
    pub access_code_lifespan: Option<u64>,
    pub access_code_lifespan_login: Option<u64>,
    pub sso_session_idle_timeout: Option<u64>,
    pub sso_session_max_lifespan: Option<u64>,
    pub offline_session_idle_timeout: Option<u64>,
    pub oauth2_device_code_lifespan: Option<u64>,
    pub oauth2_device_polling_interval: Option<u64>,
    pub revoke_refresh_token: Option<bool>,
    pub refresh_token_max_reuse: Option<u32>,
    pub login_with_email_allowed: Option<bool>,
    pub display_name: Option<String>,
    pub not_before: Option<i64>,
    pub default_signature_algorithm: Option<String>,
    pub default_role: Option<NamedExport>,
    pub roles: Option<RolesExport>,
    pub client_scopes: Option<Vec<ClientScopeExport>>,
    #[serde(default)]
    pub default_default_client_scopes: Vec<String>,
    #[serde(default)]
    pub default_optional_client_scopes: Vec<String>,
    #[serde(default)]
    pub scope_mappings: Vec<ScopeMappingExport>,
    #[serde(default)]
    pub client_scope_mappings: BTreeMap<String, Vec<ScopeMappingExport>>,
    #[serde(default)]
    pub clients: Vec<ClientExport>,
    #[serde(default)]
    pub users: Vec<UserExport>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NamedExport {
    pub name: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct RolesExport {
    #[serde(default)]
    pub realm: Vec<RoleExport>,
    #[serde(default)]
    pub client: BTreeMap<String, Vec<RoleExport>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RoleExport {
    pub name: String,
    #[serde(default)]
    pub composites: CompositesExport,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct CompositesExport {
    #[serde(default)]
    pub realm: Vec<String>,
    #[serde(default)]
    pub client: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientScopeExport {
    pub name: String,
    pub protocol: Option<String>,
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    #[serde(default)]
    pub protocol_mappers: Vec<MapperExport>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MapperExport {
    pub name: String,
    pub protocol_mapper: String,
    #[serde(default)]
    pub config: BTreeMap<String, Value>,
}

/// Which roles a user needs for a scope to be granted (by scope), or may pass to a client (by client).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScopeMappingExport {
    pub client: Option<String>,
    pub client_scope: Option<String>,
    #[serde(default)]
    pub roles: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the format is Keycloak's")]
pub(super) struct ClientExport {
    pub client_id: String,
    pub enabled: Option<bool>,
    pub protocol: Option<String>,
    pub client_authenticator_type: Option<String>,
    pub secret: Option<String>,
    #[serde(default)]
    pub public_client: bool,
    #[serde(default)]
    pub bearer_only: bool,
    #[serde(default)]
    pub service_accounts_enabled: bool,
    pub standard_flow_enabled: Option<bool>,
    #[serde(default)]
    pub direct_access_grants_enabled: bool,
    #[serde(default)]
    pub consent_required: bool,
    pub name: Option<String>,
    pub full_scope_allowed: Option<bool>,
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    #[serde(default)]
    pub web_origins: Vec<String>,
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    pub default_client_scopes: Option<Vec<String>>,
    pub optional_client_scopes: Option<Vec<String>>,
    #[serde(default)]
    pub protocol_mappers: Vec<MapperExport>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserExport {
    pub id: Option<String>,
    pub username: String,
    pub enabled: Option<bool>,
    #[serde(default)]
    pub email_verified: bool,
    pub email: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    #[serde(default)]
    pub attributes: BTreeMap<String, Vec<String>>,
    pub service_account_client_id: Option<String>,
    #[serde(default)]
    pub credentials: Vec<CredentialExport>,
    #[serde(default)]
    pub required_actions: Vec<String>,
    #[serde(default)]
    pub realm_roles: Vec<String>,
    #[serde(default)]
    pub client_roles: BTreeMap<String, Vec<String>>,
}

/// A password: in plain text in files written by hand, hashed in exports.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CredentialExport {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub value: Option<String>,
    #[serde(default)]
    pub temporary: bool,
    /// JSON in a string: `value` and `salt`.
    pub secret_data: Option<String>,
    /// JSON in a string: `algorithm` and `hashIterations`.
    pub credential_data: Option<String>,
}

impl fmt::Debug for CredentialExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialExport").field("kind", &self.kind).finish_non_exhaustive()
    }
}

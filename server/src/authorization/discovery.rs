//! `/.well-known/openid-configuration` (`OpenID` Connect Discovery 1.0 section 3), members in
//! Keycloak's order. It names only what answers.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{AuthorizationServer, grants, headers, response::ResponseMode};

const CLIENT_AUTHENTICATION: [&str; 2] = ["client_secret_basic", "client_secret_post"];

pub(super) async fn endpoint(State(server): State<AuthorizationServer>, request: HeaderMap) -> Response {
    let mut scopes = vec!["openid"];
    scopes.extend(server.realm().scope_names());
    let at = |path: &str| format!("{}/protocol/openid-connect/{path}", server.issuer());
    let document = json!({
        "issuer": server.issuer(),
        "authorization_endpoint": at("auth"),
        "token_endpoint": server.token_endpoint(),
        "introspection_endpoint": at("token/introspect"),
        "userinfo_endpoint": at("userinfo"),
        "end_session_endpoint": at("logout"),
        "jwks_uri": server.jwks_uri(),
        "grant_types_supported": grants::TYPES,
        "acr_values_supported": ["0", "1"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "prompt_values_supported": ["none", "login", "consent"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "userinfo_signing_alg_values_supported": ["none"],
        "response_modes_supported": ResponseMode::NAMES,
        "token_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "introspection_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "name", "given_name", "family_name", "preferred_username",
            "email", "acr", "azp", "nonce"
        ],
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": false,
        "scopes_supported": scopes,
        "request_parameter_supported": false,
        // Unlike the others it counts as true where it is not named.
        "request_uri_parameter_supported": false,
        "code_challenge_methods_supported": ["plain", "S256"],
        "revocation_endpoint": at("revoke"),
        "revocation_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "device_authorization_endpoint": at("auth/device"),
        "authorization_response_iss_parameter_supported": true,
    });
    let caching = [(header::CACHE_CONTROL, "no-cache, must-revalidate, no-transform, no-store")];
    let mut response = (caching, Json(document)).into_response();
    headers::allow_any_origin(&request, &mut response);
    response
}

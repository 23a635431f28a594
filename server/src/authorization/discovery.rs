//! `/.well-known/openid-configuration` (`OpenID` Connect Discovery 1.0 section 3). It names only
//! what answers.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{AuthorizationServer, headers};

pub(super) async fn endpoint(State(server): State<AuthorizationServer>, request: HeaderMap) -> Response {
    let mut scopes = vec!["openid"];
    scopes.extend(server.realm().scope_names());
    let document = json!({
        "issuer": server.issuer(),
        "token_endpoint": server.token_endpoint(),
        "jwks_uri": server.jwks_uri(),
        "grant_types_supported": ["client_credentials"],
        // There is no authorization endpoint, but the member is required.
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "preferred_username", "email", "acr", "azp"
        ],
        "claim_types_supported": ["normal"],
        "scopes_supported": scopes,
    });
    let caching = [(header::CACHE_CONTROL, "no-cache, must-revalidate, no-transform, no-store")];
    let mut response = (caching, Json(document)).into_response();
    headers::allow_any_origin(&request, &mut response);
    response
}

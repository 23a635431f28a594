//! The key set (RFC 7517 section 5): public keys only.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::{AuthorizationServer, headers};

const JWK_SET: &str = "application/jwk-set+json";

pub(super) async fn endpoint(State(server): State<AuthorizationServer>, request: HeaderMap) -> Response {
    let keys = server.keys().key_set(server.0.clock.seconds());
    let mut response = ([(header::CACHE_CONTROL, "no-cache")], Json(keys)).into_response();
    if request.get(header::ACCEPT).is_some_and(|accept| accept == JWK_SET) {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JWK_SET));
    }
    headers::allow_any_origin(&request, &mut response);
    response
}

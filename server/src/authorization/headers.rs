//! Header fields that Keycloak puts on every answer, and what it refuses before it looks at a path.

use axum::{
    extract::Request,
    handler::Handler,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::MethodRouter,
};

use super::{AuthorizationServer, authorize, error, error::OAuthError};

const ON_EVERY_ANSWER: [(HeaderName, &str); 5] = [
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
    (HeaderName::from_static("x-robots-tag"), "none"),
];

/// Adds Keycloak's security headers, and `no-store` to errors that say nothing about caching.
pub(super) async fn add_security_headers(mut response: Response) -> Response {
    let failed = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    for (name, value) in ON_EVERY_ANSWER {
        // A page may have a stricter one.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if failed && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Refuses paths with `//`, `..` or `;`, as Keycloak does since 26.5.
pub(super) async fn refuse_odd_paths(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let odd = if path.contains("//") || path.split('/').any(|part| part == "..") {
        ("missingNormalization", "Request path not normalized")
    } else if path.contains(';') {
        ("invalidCharacter", "Request path contains invalid character ';'")
    } else {
        return next.run(request).await;
    };
    OAuthError::bad_request(odd.0, odd.1).into_response()
}

/// A document that is only read: GET and HEAD, OPTIONS for browsers, else Keycloak's 405.
pub(super) fn get_only<H, T>(handler: H) -> MethodRouter<AuthorizationServer>
where
    H: Handler<T, AuthorizationServer>,
    T: 'static,
{
    axum::routing::any(|method: Method| async move {
        if method == Method::OPTIONS { preflight("GET, HEAD, OPTIONS") } else { error::method_not_allowed() }
    })
    .get(handler)
}

/// The target of a form on a page: whoever opens its address, or loads it again, has to begin anew.
pub(super) fn post_only<H, T>(handler: H) -> MethodRouter<AuthorizationServer>
where
    H: Handler<T, AuthorizationServer>,
    T: 'static,
{
    axum::routing::any(|method: Method| async move {
        if method == Method::GET || method == Method::HEAD {
            authorize::visit_is_over()
        } else {
            error::method_not_allowed()
        }
    })
    .post(handler)
}

/// The answer to OPTIONS.
pub(super) fn preflight(methods: &'static str) -> Response {
    let headers = [(header::ALLOW, methods), (header::ACCESS_CONTROL_ALLOW_METHODS, methods)];
    (StatusCode::OK, headers).into_response()
}

/// `Access-Control-Allow-Origin: *` on a public document when a browser asks for it.
pub(super) fn allow_any_origin(request: &HeaderMap, response: &mut Response) {
    if request.contains_key(header::ORIGIN) {
        let any = HeaderValue::from_static("*");
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    }
}

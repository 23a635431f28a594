//! The API: its endpoints as one router, with JSON answers also where nothing is to be had.

use axum::{
    Json, Router,
    handler::Handler,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use serde_json::json;

use super::{RequireAuth, Validator, endpoints};
use crate::access_log;

/// One endpoint of the API: where it is, what it requires, who answers.
pub struct Endpoint {
    path: &'static str,
    allow: &'static str,
    route: MethodRouter,
    requires: Option<RequireAuth>,
}

impl Endpoint {
    /// An endpoint for GET (and HEAD), open to everybody.
    pub fn get<H, T>(path: &'static str, handler: H) -> Self
    where
        H: Handler<T, ()>,
        T: 'static,
    {
        Self { path, allow: "GET, HEAD, OPTIONS", route: get(handler), requires: None }
    }

    /// An endpoint for POST, open to everybody.
    pub fn post<H, T>(path: &'static str, handler: H) -> Self
    where
        H: Handler<T, ()>,
        T: 'static,
    {
        Self { path, allow: "POST, OPTIONS", route: post(handler), requires: None }
    }

    /// The same endpoint, open only to callers whose token satisfies this.
    #[must_use]
    pub fn requires(mut self, requirement: RequireAuth) -> Self {
        self.requires = Some(requirement);
        self
    }

    /// Its path.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// What it requires; nothing when it is open to everybody.
    pub fn requirement(&self) -> Option<&RequireAuth> {
        self.requires.as_ref()
    }
}

/// The protected API.
#[derive(Debug, Clone)]
pub struct Api {
    validator: Validator,
}

impl Api {
    /// The API, guarded by this validator.
    pub fn new(validator: Validator) -> Self {
        Self { validator }
    }

    /// The issuer whose tokens open it.
    pub fn issuer(&self) -> &str {
        self.validator.issuer()
    }

    /// Everything the API answers.
    pub fn router(&self) -> Router {
        let mut router = Router::new();
        for endpoint in endpoints() {
            let allow = endpoint.allow;
            let guarded = match endpoint.requires {
                Some(requirement) => self.validator.protect(requirement, endpoint.route),
                None => endpoint.route,
            };
            // After the guard: a browser's preflight carries no token, and a wrong method needs none.
            let route = guarded
                .options(move || async move { [(header::ALLOW, allow)] })
                .fallback(move || async move { method_not_allowed(allow) });
            router = router.route(endpoint.path, route);
        }
        router.fallback(not_found).layer(middleware::from_fn(access_log::one_line))
    }
}

fn method_not_allowed(allow: &'static str) -> Response {
    let text = "This endpoint does not take this method; see the Allow header";
    let mut response = failed(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", text);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    response
}

async fn not_found() -> Response {
    failed(StatusCode::NOT_FOUND, "not_found", "There is no endpoint at this path")
}

fn failed(status: StatusCode, error: &str, description: &str) -> Response {
    let caching = [(header::CACHE_CONTROL, "no-store")];
    (status, caching, Json(json!({ "error": error, "error_description": description }))).into_response()
}

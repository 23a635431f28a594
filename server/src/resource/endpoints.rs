//! The endpoints. To guard an API of your own, change this file and nothing else.

use axum::Json;
use serde_json::{Value, json};

use super::{Authenticated, Endpoint, RequireAuth};

/// All endpoints and what each requires.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/public", public),
        Endpoint::get("/api/private", private).requires(RequireAuth::any()),
        Endpoint::get("/api/private-scoped", private_scoped).requires(RequireAuth::scope("test_api_access")),
    ]
}

async fn public() -> Json<Value> {
    Json(json!({ "message": "Hello from a public endpoint! Nobody looked for a token." }))
}

async fn private(caller: Authenticated) -> Json<Value> {
    Json(json!({
        "message": "Hello from a private endpoint! Your access token is valid.",
        "client": caller.client(),
        "sub": caller.subject(),
    }))
}

async fn private_scoped(caller: Authenticated) -> Json<Value> {
    Json(json!({
        "message": "Hello from a private endpoint! Your access token has the scope test_api_access.",
        "client": caller.client(),
        "sub": caller.subject(),
        "scopes": caller.scopes(),
    }))
}

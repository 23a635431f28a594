//! The endpoints. To guard an API of your own, change this file and nothing else.

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use serde::Serialize;

use super::{Authenticated, Endpoint, RequireAuth};

/// All endpoints and what each requires.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/public", public),
        Endpoint::get("/api/private", private).requires(RequireAuth::any()),
        Endpoint::get("/api/private-scoped", private_scoped).requires(RequireAuth::scope("test_api_access")),
    ]
}

async fn public() -> Json<Greeting<'static>> {
    Json(Greeting { message: "Hello from a public endpoint! Nobody looked for a token.", client: None, sub: None })
}

async fn private(caller: Authenticated) -> Response {
    Greeting::to(&caller, "Hello from a private endpoint! Your access token is valid.")
}

async fn private_scoped(caller: Authenticated) -> Response {
    Greeting::to(&caller, "Hello from a private endpoint! Your access token has the scope test_api_access.")
}

/// What the endpoints of the demo say, and to whom.
#[derive(Serialize)]
struct Greeting<'a> {
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
}

impl Greeting<'_> {
    fn to(caller: &Authenticated, message: &'static str) -> Response {
        Json(Greeting { message, client: caller.client(), sub: caller.subject() }).into_response()
    }
}

//! The endpoints. To guard an API of your own, change this file and nothing else.

use axum::Json;
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

async fn public() -> Json<Greeting> {
    Json(Greeting { message: "Hello from a public endpoint! Nobody looked for a token.", caller: None })
}

async fn private(caller: Authenticated) -> Json<Greeting> {
    Json(Greeting {
        message: "Hello from a private endpoint! Your access token is valid.",
        caller: Some(caller.into()),
    })
}

async fn private_scoped(caller: Authenticated) -> Json<Greeting> {
    Json(Greeting {
        message: "Hello from a private endpoint! Your access token has the scope test_api_access.",
        caller: Some(caller.into()),
    })
}

/// What the endpoints of the demo say.
#[derive(Serialize)]
struct Greeting {
    message: &'static str,
    #[serde(flatten)]
    caller: Option<Caller>,
}

/// Whom they say it to.
#[derive(Serialize)]
struct Caller {
    client: Option<String>,
    sub: Option<String>,
}

impl From<Authenticated> for Caller {
    fn from(caller: Authenticated) -> Self {
        Self { client: caller.client().map(str::to_owned), sub: caller.subject().map(str::to_owned) }
    }
}

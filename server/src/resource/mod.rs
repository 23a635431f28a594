//! The protected API, and what protects it.
//!
//! It knows the authorization server by issuer and key set alone, so the same code guards an API
//! behind any provider of JWT access tokens. Must never import `authorization` or `realm`.
//!
//! To guard an API of your own, change `endpoints` and nothing else:
//!
//! ```
//! use axum::{Router, routing::get};
//! use tokenscope_server::resource::{Authenticated, RequireAuth, Validator, ValidatorOptions};
//!
//! async fn orders(caller: Authenticated) -> String {
//!     format!("orders of {}", caller.subject().unwrap_or("nobody"))
//! }
//!
//! let validator = Validator::new(ValidatorOptions {
//!     audience: Some("orders-api".to_owned()),
//!     ..ValidatorOptions::new("https://login.example.com/realms/shop")
//! });
//! let app: Router = Router::new()
//!     .route("/orders", validator.protect(RequireAuth::scope("orders.read"), get(orders)));
//! ```

mod api;
mod claims;
mod decision;
mod endpoints;
mod fetch;
mod jws;
mod key_set;
mod key_source;
mod object;
mod refusal;
mod remembered;
mod require_auth;
mod validator;

pub use api::{Api, Endpoint};
pub use claims::Principal;
pub use decision::{Policy, decide};
pub use endpoints::endpoints;
pub use key_set::{KeySet, KeySetError};
pub use refusal::Refusal;
pub use require_auth::{Authenticated, Guarded, RequireAuth, RequireAuthLayer};
pub use validator::{Validator, ValidatorOptions};

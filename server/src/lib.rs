//! A protected API and a Keycloak-shaped authorization server, for trying things offline and for
//! guarding APIs of one's own.
//!
//! | module | what is there |
//! | --- | --- |
//! | [`realm`] | clients, people, scopes and signing keys, read from Keycloak's realm export format |
//! | [`authorization`] | the authorization server: tokens, logins, and what can be done with a token |
//! | `pages` | what people see of it: login, consent, device and error pages |
//! | [`resource`] | the API and its guard; knows the authorization server by issuer and key set alone |
//! | [`serve`] | serving a router on both loopback families, bounded, with a gentle end |
//! | [`run`] | both servers together, as the binary starts them |
//!
//! `authorization` builds on `realm` and `pages`, which know nothing of each other; `resource` imports none of them. A test
//! holds that.

mod access_log;
mod args;
mod banner;
mod clock;
mod listen;
mod pages;
mod process;
mod random;
mod run;
mod secret;
mod serve;

pub mod authorization;
pub mod realm;
pub mod resource;

pub use args::ServeArgs;
pub use banner::{DemoClient, DemoPerson, Serving};
pub use clock::Clock;
pub use listen::bind_loopback;
pub use process::{asked_to_end, log_to_stderr};
pub use run::{ServeError, ServeOptions, run};
pub use secret::Secret;
pub use serve::{Limits, serve, serve_with};

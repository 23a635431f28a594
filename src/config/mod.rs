//! profiles.toml: from text to model, every mistake named with its place.
//!
//! [`parse`] takes the text and gives the [`Profiles`] that can be used together with all [`Problem`]s; [`trust`] says
//! whether a file may be acted on before a person has looked at it; [`demo`] is the file that is built in.
//!
//! Pure: no network, files, clock or terminal. Imports `oauth` and `exchange` of this crate, nothing else.

mod address;
mod api;
mod clashes;
mod client_secret;
mod demo;
mod endpoint;
mod known;
mod lines;
mod mask;
mod model;
mod names;
mod notes;
mod parse;
mod problem;
mod profile;
mod provider;
mod reader;
mod scopes;
pub mod trust;
mod words;

pub use address::is_loopback;
pub use demo::{DEMO_TEXT, demo};
pub use model::{
    Api, Changes, Connection, Endpoint, Environment, Expect, ExpectToken, Layer, Place, Profile, Profiles, Provider,
    Proxy, Requirement, SecretSource, TokenCache, is_safe,
};
pub use names::is_slug;
pub use parse::{Parsed, parse, parse_bytes};
pub use problem::{Problem, Severity};

#[cfg(test)]
mod tests;

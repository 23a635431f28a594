//! profiles.toml: from text to model, every mistake named with its place.
//!
//! [`parse`] takes the text and gives the [`Profiles`] that can be used together with all [`Problem`]s; [`trust`] says
//! whether a file may be acted on before a person has looked at it; [`demo`] is the file that is built in.
//!
//! Pure: no network, files, clock or terminal. Imports `oauth` and `exchange` of this crate, nothing else.

mod addition;
mod address;
mod api;
mod clashes;
mod client_secret;
mod demo;
mod draft;
pub mod edit;
mod endpoint;
mod environments;
mod known;
mod layers;
mod lines;
mod mask;
mod model;
mod names;
mod notes;
mod parse;
pub mod pasted;
mod problem;
mod profile;
mod provider;
mod reader;
mod resolve;
mod root;
mod scopes;
mod sections;
mod texts;
pub mod trust;
mod words;

pub use addition::{Addition, NewApi, NewEndpoint, NewProfile, NewProvider, NewSecret};
pub use address::is_loopback;
pub use demo::{DEMO_TEXT, demo};
pub use draft::{Draft, DraftClient, DraftProvider, Fault, Keep};
pub use layers::Layers;
pub use model::{
    Api, Changes, Connection, Endpoint, Environment, Expect, ExpectToken, Layer, Place, Profile, Profiles, Provider,
    Proxy, Requirement, SecretSource, TokenCache, is_safe,
};
pub use names::{free_name, is_slug};
pub use parse::{Parsed, environment_names, parse, parse_bytes, parse_layers};
pub use problem::{Problem, Severity};
pub use words::key_table_markdown;

#[cfg(test)]
mod tests;

//! profiles.toml: from text to model, every mistake named with its place.
//!
//! Pure: no network, files, clock or terminal. Imports `oauth` and `exchange` of this crate, nothing else.

mod model;

pub use model::{
    Api, Connection, Endpoint, Expect, ExpectToken, Place, Profile, Profiles, Provider, Requirement, SecretSource,
};

//! One file for each endpoint of an authorization server: each builds a request and reads a response.
//!
//! Pure: no network, files, clock or terminal. Imports `exchange` and `jwt` of this crate, nothing else.

mod names;

pub use names::{ClientId, Issuer, ScopeSet};

//! One file for each endpoint of an authorization server: each builds a request and reads a response.
//!
//! Pure: no network, files, clock or terminal. Imports `exchange` and `jwt` of this crate, nothing else.

mod client;
mod names;

pub use client::{ClientAuth, Grant};
pub use names::{ClientId, Issuer, ScopeSet};

//! One file for each endpoint of an authorization server: each builds a request and reads a response.
//!
//! Pure: no network, files, clock or terminal. Imports `exchange` and `jwt` of this crate, nothing else.

mod challenge;
mod client;
mod id_token;
mod metadata;
mod names;
mod pkce;
mod token;

pub use challenge::{Challenge, parse_challenges};
pub use client::{ClientAuth, Grant};
pub use id_token::{IdCheck, IdExpected, check_id_token};
pub use metadata::{Metadata, MetadataError, metadata_request, metadata_requests, read_document, read_metadata};
pub use pkce::{RANDOM, code_challenge, code_verifier, same_bytes, unguessable};
pub use names::{ClientId, Issuer, ScopeSet};
pub use token::{Granted, TokenRefusal, TokenRequest, read_token_response};

//! One file for each endpoint of an authorization server: each builds a request and reads a response.
//!
//! Pure: no network, files, clock or terminal. Imports `exchange` and `jwt` of this crate, nothing else.

mod challenge;
mod client;
mod document;
mod metadata;
mod names;
mod token;

pub use challenge::{Challenge, parse_challenges};
pub use client::{ClientAuth, Grant};
pub use document::{DocumentFinding, Offer, check_document, offers};
pub use metadata::{Metadata, MetadataError, metadata_request, metadata_requests, read_document, read_metadata};
pub use names::{ClientId, Issuer, ScopeSet};
pub use token::{Granted, TokenRefusal, TokenRequest, read_token_response};

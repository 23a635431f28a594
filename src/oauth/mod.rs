//! One file for each endpoint of an authorization server: each builds a request and reads a response.
//!
//! Pure: no network, files, clock or terminal. Imports `exchange` and `jwt` of this crate, nothing else.

mod authorize;
mod browser_login;
mod callback;
mod challenge;
mod client;
mod device;
mod device_login;
mod document;
mod end_session;
mod id_token;
mod introspection;
mod issuer_difference;
mod metadata;
mod names;
mod pkce;
mod renewal;
mod revocation;
mod token;
mod userinfo;

pub use authorize::{AuthorizationRequest, NotAnAddress};
pub use browser_login::{BROWSER_LIMIT, BrowserEffect, BrowserEnd, BrowserEvent, BrowserLogin, BrowserReply};
pub use callback::{Callback, CallbackExpected, CallbackFault, pasted_query, read_callback};
pub use challenge::{Challenge, parse_challenges};
pub use client::{Client, ClientAuth, DEVICE_CODE, Grant};
pub use device::{DeviceAuthorization, DeviceRequest, read_device_response};
pub use device_login::{DeviceEffect, DeviceEnd, DeviceEvent, DeviceLogin};
pub use document::{DocumentFinding, Offer, check_document, check_keys, offers};
pub use end_session::{SessionEnd, SessionHint, end_session_request, read_end_session};
pub use id_token::{IdCheck, IdExpected, check_id_token};
pub use introspection::{Introspected, introspection_request, read_introspection};
pub use issuer_difference::IssuerDifference;
pub use metadata::{
    Metadata, MetadataError, ServerEndpoint, metadata_request, metadata_requests, read_document, read_metadata,
};
pub use names::{ClientId, Issuer, ScopeSet};
pub use pkce::{RANDOM, code_challenge, code_verifier, same_bytes, unguessable};
pub use renewal::Renewal;
pub use revocation::{read_revocation, revocation_request};
pub use token::{Granted, TokenBy, TokenRefusal, TokenRequest, read_token_response};
pub use userinfo::{read_userinfo, userinfo_request};

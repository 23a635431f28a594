//! The only place with network, files and clock: profiles, secrets, tokens, keys, probes, the bundled server.
//!
//! Imports `config`, `audit`, `oauth`, `jwt` and `exchange` of this crate; never `tui` or `cli`. Terminal and stdout
//! belong to the faces.

mod outcome;

pub use outcome::{Answer, EndpointId, Failure, HeldToken, Notice, ProbeAsk, SendAs, TokenAsk, age};

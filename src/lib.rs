//! tokenscope: fetch a token, look inside, fire it at an API, and be told why the API said no.
//!
//! One engine, two faces. The map of the house, from the faces down; each room imports only what stands below it:
//!
//! - [`tui`] and [`cli`]: the explorer's screens and the headless commands, thin faces over the same engine;
//! - [`engine`]: the only place with network, files and clock;
//! - [`config`]: profiles.toml, from text to model; [`audit`]: judges exchanges against expectations and says why a
//!   token was refused;
//! - [`oauth`]: builds requests and reads responses, one file for each endpoint; [`jwt`]: decodes, verifies, explains;
//! - [`exchange`]: an HTTP request and its response as plain values.
//!
//! All but the faces and the engine are functions from values to values: time and randomness are handed in.

pub mod audit;
pub mod cli;
pub mod config;
pub mod engine;
pub mod exchange;
pub mod jwt;
pub mod oauth;
pub mod tui;

//! The program and its bundled servers beside a real Keycloak, which `tests/keycloak/run` starts:
//!
//! ```text
//! tests/keycloak/run with -- cargo test --test keycloak [-- PART..]
//! ```
//!
//! Without one, as in a plain `cargo test`, nothing is done, and it says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may stop at the first surprise, and this one reports for itself"
)]

mod admin;
mod bundled;
mod commands;
mod http;
mod parity;
mod person;
mod restart;
mod rotation;
mod seen;
#[path = "../support/mod.rs"]
mod support;
mod table;

use std::process::ExitCode;

use bundled::Bundled;
use http::Server;

/// Names the issuer of a running Keycloak that has server/realm.json as its realm.
const ISSUER: &str = "TOKENSCOPE_KEYCLOAK";

#[tokio::main]
async fn main() -> ExitCode {
    let Ok(issuer) = std::env::var(ISSUER) else {
        println!(
            "keycloak: nothing is done, since ${ISSUER} names no running Keycloak; `bash .ci/keycloak` starts one"
        );
        return ExitCode::SUCCESS;
    };
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|name| name == part);
    let keycloak = Server::at(&issuer);
    let mut failed = false;
    if wanted("parity") {
        let bundled = Bundled::both().await;
        failed |= told("parity", &parity::compare(&keycloak, &Server::at(&bundled.issuer)).await);
    }
    if wanted("commands") {
        failed |= told("commands", &Ok(commands::all(&issuer)));
    }
    if wanted("rotation") {
        failed |= told("rotation", &rotation::under_load(&keycloak).await);
    }
    if wanted("restart") {
        failed |= told("restart", &restart::mid_session(&keycloak).await);
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Says how a part went; true when it failed.
fn told(part: &str, outcome: &Result<String, String>) -> bool {
    match outcome {
        Ok(summary) => println!("{part}: {summary}"),
        Err(problem) => println!("{part}: FAILED\n{problem}"),
    }
    outcome.is_err()
}

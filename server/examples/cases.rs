//! Prints the cases of `tests/cases.json` as ready-made requests, one JSON object a line, so that
//! another server which trusts the same keys can be asked the same things.
//!
//! ```text
//! cargo run -p tokenscope-server --example cases -- KEY_FILE ISSUER
//! ```
//!
//! A line has `id`, `what`, `method`, `target`, `headers`, `audience`, `expect` and, where Authlib
//! is known to answer something else, `authlib`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool for tests may stop at the first surprise"
)]

#[path = "../tests/support/mint.rs"]
mod mint;

use std::{env, path::PathBuf, time::UNIX_EPOCH};

use serde_json::json;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [key_file, issuer] = arguments.as_slice() else {
        panic!("give the server's key file and its issuer");
    };
    let now = UNIX_EPOCH.elapsed().expect("a time after 1970").as_secs();
    // Port 9 discards: whoever follows an address from a token's header learns nothing there.
    let sentinel = "http://127.0.0.1:9/keys";
    let mint = mint::Mint::new(&PathBuf::from(key_file), issuer, sentinel, i64::try_from(now).unwrap());
    for case in mint::cases() {
        let ready = mint.request(&case);
        let headers: Vec<[&str; 2]> =
            ready.authorization.iter().map(|value| ["Authorization", value.as_str()]).collect();
        let line = json!({
            "id": case.id,
            "what": case.what,
            "method": ready.method,
            "target": ready.target,
            "headers": headers,
            "audience": case.audience,
            "expect": case.expect,
            "authlib": case.authlib,
        });
        println!("{line}");
    }
}

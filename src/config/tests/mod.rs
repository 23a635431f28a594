#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
//! The whole of `config` from the outside: texts in, models and rendered problems out.

mod any_text;
mod bad_input;
mod good_input;

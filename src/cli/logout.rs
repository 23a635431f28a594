//! `tokenscope logout PROFILE`: ends the login that `remember` kept, at the provider and here.

use std::fmt::Write as _;

use clap::Args;

use super::output::{self, Paint, complain, print};
use super::{Exit, fail};
use crate::engine::Engine;
use crate::jwt::shown;

#[derive(Args, Debug)]
pub struct LogoutArguments {
    /// The profile
    pub profile: String,
}

pub async fn run(engine: &Engine, arguments: &LogoutArguments) -> anyhow::Result<Exit> {
    let done = match engine.logout(&arguments.profile).await {
        Ok(done) => done,
        Err(failure) => return Ok(fail(&failure)),
    };
    let name = &done.profile;
    let mut out = String::new();
    // Writing to a string cannot fail.
    for act in &done.acts {
        let _ = writeln!(out, "{name}: {}", shown(&act.summary, 1000));
        for remark in &act.remarks {
            let _ = writeln!(out, "  {}", shown(remark, 1000));
        }
    }
    if done.forgotten {
        let _ = writeln!(out, "{name}: the remembered login was removed from the keyring");
    }
    if out.is_empty() && done.failures.is_empty() {
        let _ = writeln!(out, "{name}: nobody is logged in");
    }
    print(&out)?;
    for failure in &done.failures {
        complain(&output::failure(failure, Paint::for_stderr()));
    }
    let ended = done.acts.last().is_none_or(|act| act.ok);
    let failed = done.failures.first().map_or(Exit::Fine, |failure| failure.weight().into());
    Ok(failed.or(if ended { Exit::Fine } else { Exit::No }))
}

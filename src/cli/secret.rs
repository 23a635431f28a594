//! `tokenscope secret set|rm|where PROFILE`: keeps a client secret where profiles.toml says it comes from, removes it, or
//! says where that is. Never prints one.

use clap::{Args, Subcommand};

use super::asking::given;
use super::output::{self, Paint, print};
use super::{Exit, fail};
use crate::engine::{Engine, SecretState};

#[derive(Args, Debug)]
pub struct SecretArguments {
    #[command(subcommand)]
    #[allow(missing_docs, reason = "a doc comment here would become help text")]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    /// Keep it where profiles.toml says it comes from: asked for on the terminal, or read from standard input
    Set {
        /// The profile
        profile: String,
    },
    /// Remove it from there
    Rm {
        /// The profile
        profile: String,
    },
    /// Say where it comes from and whether it is there; exit with 1 when it is not
    Where {
        /// The profile
        profile: String,
    },
}

pub async fn run(engine: &Engine, arguments: &SecretArguments) -> anyhow::Result<Exit> {
    match &arguments.what {
        What::Set { profile } => {
            // First of all whether it can be kept: nobody types a secret for nothing.
            if let Err(failure) = engine.can_store_secret(profile) {
                return Ok(fail(&failure));
            }
            let Some(secret) = given(profile).await else { return Ok(Exit::Usage) };
            match engine.store_secret(profile, secret).await {
                Ok(place) => print(&format!("{profile}: kept in {place}\n"))?,
                Err(failure) => return Ok(fail(&failure)),
            }
        }
        What::Rm { profile } => match engine.forget_secret(profile).await {
            Ok(Some(place)) => print(&format!("{profile}: removed from {place}\n"))?,
            Ok(None) => print(&format!("{profile}: there was none\n"))?,
            Err(failure) => return Ok(fail(&failure)),
        },
        What::Where { profile } => return whereabouts(engine, profile).await,
    }
    Ok(Exit::Fine)
}

async fn whereabouts(engine: &Engine, profile: &str) -> anyhow::Result<Exit> {
    let found = match engine.where_secret(profile).await {
        Ok(found) => found,
        Err(failure) => return Ok(fail(&failure)),
    };
    let (state, exit) = match &found.state {
        SecretState::There => ("it is there".to_owned(), Exit::Fine),
        SecretState::NotNeeded | SecretState::WillBeAsked => (String::new(), Exit::Fine),
        SecretState::NotLookedAt => ("not looked at: the file is not trusted yet".to_owned(), Exit::Usage),
        SecretState::Missing(_) => ("it is not there".to_owned(), Exit::No),
    };
    let state = if state.is_empty() { state } else { format!(": {state}") };
    print(&format!("{profile}: {}{state}\n", found.place))?;
    if let SecretState::Missing(failure) = &found.state {
        output::complain(&output::failure(failure, Paint::for_stderr()));
    }
    Ok(exit)
}

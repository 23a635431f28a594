//! Asks for a secret on the terminal, unseen, when profiles.toml says that it is asked for.

use std::io::{self, IsTerminal as _, Read as _};

use super::output::{Paint, complain};
use crate::config::{Profile, SecretSource};
use crate::engine::{Engine, Failure, SecretState, Whereabouts, secret_in};
use crate::exchange::Secret;
use zeroize::Zeroizing;

/// More than this on standard input is no secret.
const BOUND: u64 = 64 * 1024;

/// Makes the call; when it wants a secret first, asks for it and makes the call again. Without a terminal to ask on, the
/// failure says what else can be done.
pub async fn asking<T>(engine: &Engine, call: impl AsyncFn() -> Result<T, Failure>) -> Result<T, Failure> {
    match call().await {
        Err(Failure::SecretWanted { profile }) => {
            let Some(secret) = typed(&profile) else { return Err(Failure::SecretWanted { profile }) };
            engine.give_secret(&profile, secret);
            call().await
        }
        other => other,
    }
}

/// Asks for the secrets of these profiles that are asked for, before anything is sent; of all when none is named.
pub async fn ask_ahead(engine: &Engine, names: &[String]) {
    let profiles = engine.profiles();
    let meant = |profile: &&Profile| names.is_empty() || names.contains(&profile.name);
    for profile in profiles.profiles.iter().filter(meant) {
        if profile.disabled.is_none()
            && profile.secret == Some(SecretSource::Prompt)
            && let Ok(Whereabouts { state: SecretState::WillBeAsked, .. }) = engine.where_secret(&profile.name).await
            && let Some(secret) = typed(&profile.name)
        {
            engine.give_secret(&profile.name, secret);
        }
    }
}

/// The secret as typed on the terminal; none without a terminal, or when nothing usable was typed.
pub fn typed(profile: &str) -> Option<Secret> {
    // What is typed is not shown. Ctrl-C ends the program as it always does, with the terminal as it was.
    let line = Zeroizing::new(rpassword::prompt_password(format!("Client secret of {profile}: ")).ok()?);
    said(secret_in(line.as_bytes()).map_err(|wrong| format!("what was typed {wrong}")))
}

/// A secret to be kept: typed on the terminal, or read from standard input when that is none.
pub fn given(profile: &str) -> Option<Secret> {
    if io::stdin().is_terminal() {
        return typed(profile);
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(BOUND).unwrap_or_default() + 1));
    if let Err(error) = io::stdin().lock().take(BOUND + 1).read_to_end(&mut bytes) {
        return said(Err(format!("standard input cannot be read: {error}")));
    }
    if bytes.len() as u64 > BOUND {
        return said(Err(format!("standard input is longer than {BOUND} bytes, which no secret is")));
    }
    said(secret_in(&bytes).map_err(|wrong| format!("standard input {wrong}")))
}

fn said(secret: Result<Secret, String>) -> Option<Secret> {
    secret.map_err(|reason| complain(&format!("{} {reason}\n", Paint::for_stderr().bad("error:")))).ok()
}

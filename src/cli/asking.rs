//! Asks for a secret on the terminal, unseen, when profiles.toml says that it is asked for.

use std::io::{self, IsTerminal as _, Read as _};

use super::output::{Paint, complain};
use crate::config::{Profile, SecretSource};
use crate::engine::{Engine, Failure, SecretState, Whereabouts, secret_in};
use crate::exchange::Secret;
use crate::jwt::shown;
use zeroize::Zeroizing;

/// More than this on standard input is no secret.
const BOUND: u64 = 64 * 1024;

/// Makes the call; when it wants a secret first, asks for it and makes the call again. Without a terminal to ask on, the
/// failure says what else can be done.
pub async fn asking<T>(engine: &Engine, call: impl AsyncFn() -> Result<T, Failure>) -> Result<T, Failure> {
    match call().await {
        Err(Failure::SecretWanted { profile }) => {
            let Some(secret) = typed(&profile).await else { return Err(Failure::SecretWanted { profile }) };
            engine.give_secret(&profile, secret);
            // The password may be next.
            with_password(engine, &call, call().await).await
        }
        other => with_password(engine, &call, other).await,
    }
}

async fn with_password<T>(
    engine: &Engine,
    call: &impl AsyncFn() -> Result<T, Failure>,
    came: Result<T, Failure>,
) -> Result<T, Failure> {
    match came {
        Err(Failure::PasswordWanted { profile, username }) => {
            let asked = format!("Password of {}", shown(&username, 100));
            let Some(password) = typed_as(&asked).await else {
                return Err(Failure::PasswordWanted { profile, username });
            };
            engine.give_password(&profile, password);
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
            && let Some(secret) = typed(&profile.name).await
        {
            engine.give_secret(&profile.name, secret);
        }
    }
}

/// The secret as typed on the terminal; none without a terminal, or when nothing usable was typed.
pub async fn typed(profile: &str) -> Option<Secret> {
    typed_as(&format!("Client secret of {profile}")).await
}

async fn typed_as(asked: &str) -> Option<Secret> {
    let asked = {
        // From before the question is there, so that nothing typed early is seen.
        #[cfg(unix)]
        let _unseen = Unseen::begin();
        rpassword::prompt_password(format!("{asked}: "))
    };
    let line = match asked {
        Ok(line) => Zeroizing::new(line),
        // Ctrl-C, which whoever runs this has heard of as well and is about to act on.
        Err(error) if error.kind() == io::ErrorKind::Interrupted => std::future::pending().await,
        Err(_) => return None,
    };
    said(secret_in(line.as_bytes()).map_err(|wrong| format!("what was typed {wrong}")))
}

/// While this lives the terminal shows nothing of what is typed.
#[cfg(unix)]
struct Unseen {
    terminal: std::fs::File,
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl Unseen {
    fn begin() -> Option<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
        let before = tcgetattr(&terminal).ok()?;
        let mut unseen = before.clone();
        // As it is while one types: a Ctrl-C that comes early is read like any other.
        unseen.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(&terminal, OptionalActions::Now, &unseen).ok()?;
        Some(Self { terminal, before })
    }
}

#[cfg(unix)]
impl Drop for Unseen {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing given back.
        let _ = rustix::termios::tcsetattr(&self.terminal, rustix::termios::OptionalActions::Now, &self.before);
    }
}

/// A secret to be kept: typed on the terminal, or read from standard input when that is none.
pub async fn given(profile: &str) -> Option<Secret> {
    if io::stdin().is_terminal() {
        return typed(profile).await;
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

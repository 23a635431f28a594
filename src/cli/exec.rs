//! `tokenscope exec PROFILE -- CMD ARGS..`: runs a program with the token in its environment, and nowhere else: never in
//! an argument list, which every user of the machine can read.

use std::ffi::OsString;
use std::io;
use std::sync::Arc;

use clap::Args;

use super::login::{LoginArguments, token_or_login};
use super::output::{Paint, complain};
use super::token::warn_if_short;
use super::{Exit, fail};
use crate::config::Changes;
use crate::engine::{Engine, HeldToken, TokenAsk};
use crate::jwt::shown;
use crate::oauth::ScopeSet;

#[derive(Args, Debug)]
pub struct ExecArguments {
    /// The profile
    pub profile: String,
    /// The variable that holds the token
    #[arg(long, value_name = "NAME", default_value = "TOKEN", value_parser = variable)]
    pub env_var: String,
    /// Ask for this scope instead of the profile's own (repeatable)
    #[arg(long, value_name = "SCOPE")]
    pub scope: Vec<String>,
    /// Get a new token when the one in hand has fewer seconds left
    #[arg(long, value_name = "SECONDS")]
    pub min_ttl: Option<u64>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would become help text")]
    pub login: LoginArguments,
    /// The program and its arguments, after --
    #[arg(last = true, required = true, num_args = 1.., value_name = "CMD")]
    pub command: Vec<OsString>,
}

fn variable(name: &str) -> Result<String, String> {
    let fits = !name.is_empty() && !name.contains(['=', '\0']);
    if fits { Ok(name.to_owned()) } else { Err("this cannot be the name of a variable".to_owned()) }
}

/// The token to pass on; what went wrong has been said when there is none.
pub async fn token(engine: &Engine, arguments: &ExecArguments) -> Result<Arc<HeldToken>, Exit> {
    let scopes: ScopeSet = arguments.scope.iter().flat_map(|text| text.split_whitespace()).collect();
    let ask = TokenAsk {
        profile: arguments.profile.clone(),
        environment: None,
        changes: Changes { scopes: (!arguments.scope.is_empty()).then_some(scopes), ..Changes::default() },
        fresh: false,
    };
    // What is typed on the terminal is for the program.
    let got = token_or_login(engine, &ask, arguments.min_ttl, arguments.login, false).await;
    got.inspect(|held| warn_if_short(held, arguments.min_ttl)).map_err(|failure| fail(&failure))
}

/// Runs the program to its end. Where nothing of this process is needed any more the program takes its place, so that
/// signals and the terminal are its own; the bundled server, when it runs here, goes on until the program has ended.
pub async fn run(engine: &Engine, arguments: &ExecArguments, token: &HeldToken) -> Exit {
    let Some((program, rest)) = arguments.command.split_first() else { return Exit::Usage };
    let mut command = std::process::Command::new(program);
    command.args(rest).env(&arguments.env_var, token.token.raw().reveal());
    #[cfg(unix)]
    if !engine.runs_bundled_server().await {
        let error = std::os::unix::process::CommandExt::exec(&mut command);
        return not_run(program, &error);
    }
    let exit = match tokio::process::Command::from(command).spawn() {
        Ok(child) => wait(child).await,
        Err(error) => not_run(program, &error),
    };
    engine.shut_down().await;
    exit
}

/// As shells say it: 127 when there is no such program, 126 when it cannot be run.
fn not_run(program: &OsString, error: &io::Error) -> Exit {
    let name = shown(&program.to_string_lossy(), 200);
    let (reason, code) = match error.kind() {
        io::ErrorKind::NotFound => ("there is no such program".to_owned(), 127),
        io::ErrorKind::PermissionDenied => ("it may not be run".to_owned(), 126),
        _ => (error.to_string(), 126),
    };
    complain(&format!("{} {name}: {reason}\n", Paint::for_stderr().bad("error:")));
    Exit::Program(code)
}

/// Waits for the program, passing on the signals that ask it to end. What the terminal sends it gets by itself.
async fn wait(mut child: tokio::process::Child) -> Exit {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds =
            [SignalKind::terminate(), SignalKind::hangup(), SignalKind::user_defined1(), SignalKind::user_defined2()];
        let [Ok(mut terminate), Ok(mut hangup), Ok(mut first), Ok(mut second)] = kinds.map(signal) else {
            return child.wait().await.map_or(Exit::NoAnswer, ended);
        };
        // Being listened to, they no longer end this program before the other has ended.
        let (interrupt, quit) = (signal(SignalKind::interrupt()), signal(SignalKind::quit()));
        let exit = loop {
            let number = tokio::select! {
                status = child.wait() => break status.map_or(Exit::NoAnswer, ended),
                _ = terminate.recv() => rustix::process::Signal::TERM,
                _ = hangup.recv() => rustix::process::Signal::HUP,
                _ = first.recv() => rustix::process::Signal::USR1,
                _ = second.recv() => rustix::process::Signal::USR2,
            };
            let pid = child.id().and_then(|id| rustix::process::Pid::from_raw(id.try_into().ok()?));
            if let Some(pid) = pid {
                // It may have ended in this moment.
                let _ = rustix::process::kill_process(pid, number);
            }
        };
        drop((interrupt, quit));
        exit
    }
    #[cfg(not(unix))]
    child.wait().await.map_or(Exit::NoAnswer, ended)
}

fn ended(status: std::process::ExitStatus) -> Exit {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Exit::Program(u8::try_from(128 + signal).unwrap_or(u8::MAX));
    }
    Exit::Program(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX))
}

//! The headless face: one file a command, thin over the engine. Nothing here that the engine does not offer the explorer.

mod add;
mod args;
mod asking;
mod check;
mod completions;
mod config;
mod decode;
mod diff;
mod exec;
mod exit;
mod introspect;
mod login;
mod logout;
mod man;
mod matrix;
mod members;
mod output;
mod probe;
mod provider;
mod row;
mod secret;
mod serve;
mod sign;
mod token;
mod token_argument;
mod trust;
mod verify;

pub use args::{Arguments, Command};
pub use exit::Exit;

use add::AddArguments;

use crate::config::Severity;
use crate::engine::{Ask, Choice, Engine, Notice, Places, Source};
use crate::jwt::shown;
use output::{Paint, complain, wrong_usage};
use tokio::sync::mpsc::UnboundedReceiver;

/// Runs a command and says how it ended.
pub fn run(arguments: &Arguments, command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Completions(arguments) => return completions::run(arguments),
        Command::Config(config::ConfigArguments { what: config::What::Path }) => {
            return config::run(&arguments.profiles.ask().choice, arguments.config.as_deref());
        }
        Command::Man(arguments) => return man::run(arguments),
        Command::Trust(arguments) => return trust::run(arguments),
        Command::Decode(arguments) if arguments.rules => return decode::rules(arguments.json),
        Command::Decode(arguments) if !token_argument::may_be_a_profile(arguments.token()) => {
            return decode::run_alone(arguments);
        }
        Command::Sign(arguments) => return sign::run(arguments),
        Command::Diff(arguments) if !arguments.may_name_a_profile() => return diff::run_alone(arguments),
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if let Command::Serve(options) = command {
        return Ok(runtime.block_on(serve::run(options)));
    }
    let read = match command {
        Command::Add(AddArguments { to: Some(path), .. }) if !path.exists() => Ok(Source::to_be_made(path)),
        Command::Add(AddArguments { to: Some(path), .. }) => {
            load(&Ask { choice: Choice::File(path.clone()), ..arguments.profiles.ask() })
        }
        _ => profiles(arguments),
    };
    let source = match read {
        Ok(source) => source,
        Err(exit) => return Ok(exit),
    };
    if !matches!(command, Command::Check | Command::Decode(_) | Command::Diff(_) | Command::Add(_)) {
        complain(&mistakes(&source));
    }
    let engine = Engine::new(source);
    let mut notices = engine.take_notices();
    if let Command::Exec(arguments) = command {
        let got = runtime.block_on(or_cancelled(exec::token(&engine, arguments)));
        say(&mut notices);
        return Ok(match got {
            Some(Ok(token)) => runtime.block_on(exec::run(&engine, arguments, &token)),
            Some(Err(exit)) => exit,
            None => Exit::Cancelled,
        });
    }
    let exit = runtime.block_on(async {
        let ended = or_cancelled(Box::pin(dispatch(&engine, command))).await.unwrap_or(Ok(Exit::Cancelled));
        engine.shut_down().await;
        ended
    });
    say(&mut notices);
    exit
}

/// Waits for the work, or for ctrl-c, which gives none.
async fn or_cancelled<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        // Listened for before anything is asked on the terminal.
        biased;
        _ = tokio::signal::ctrl_c() => {
            complain("cancelled\n");
            None
        }
        done = work => Some(done),
    }
}

/// What the engine did by itself and people should know.
fn say(notices: &mut UnboundedReceiver<Notice>) {
    while let Ok(notice) = notices.try_recv() {
        if let Notice::BundledMoved { what } | Notice::Remark(what) = notice {
            complain(&format!("{} {}\n", Paint::for_stderr().warn(" note:"), shown(&what, 4096)));
        }
    }
}

/// The profiles that were asked for; says on stderr why not when they cannot be read.
pub fn profiles(arguments: &Arguments) -> Result<Source, Exit> {
    load(&arguments.profiles.ask())
}

fn load(ask: &Ask) -> Result<Source, Exit> {
    Source::load(ask, &Places::of_this_process())
        .map_err(|error| wrong_usage(&error.to_string(), Some(&error.advice())))
}

/// The first mistake of profiles.toml and how many there are; nothing when there is none.
fn mistakes(source: &Source) -> String {
    let mut wrong = source.problems.iter().filter(|problem| problem.severity == Severity::Error);
    let Some(first) = wrong.next() else { return String::new() };
    let paint = Paint::for_stderr();
    let more = match wrong.count() {
        0 => String::new(),
        more => format!("{} {more} more; `tokenscope check` lists them all\n", paint.warn(" note:")),
    };
    format!("{} {}\n{more}", paint.warn("warning:"), first.render(|layer| source.named(layer)))
}

async fn dispatch(engine: &Engine, command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Token(arguments) => token::run(engine, arguments).await,
        Command::Decode(arguments) => decode::run(engine, arguments).await,
        Command::Diff(arguments) => diff::run(engine, arguments).await,
        Command::Verify(arguments) => verify::run(engine, arguments).await,
        Command::Introspect(arguments) => introspect::run(engine, arguments).await,
        Command::Provider(arguments) => provider::run(engine, arguments).await,
        Command::Probe(arguments) => probe::run(engine, arguments).await,
        Command::Matrix(arguments) => matrix::run(engine, arguments).await,
        Command::Check => check::run(engine).await,
        Command::Add(arguments) => add::run(engine, arguments).await,
        Command::Logout(arguments) => logout::run(engine, arguments).await,
        Command::Secret(arguments) => secret::run(engine, arguments).await,
        Command::Serve(options) => Ok(serve::run(options).await),
        // These were carried out before, without an engine or after it.
        Command::Exec(_)
        | Command::Completions(_)
        | Command::Config(_)
        | Command::Man(_)
        | Command::Sign(_)
        | Command::Trust(_) => Ok(Exit::Fine),
    }
}

/// Whether the config.toml that was named is a file; says on stderr when it is not.
pub fn config_is_there(arguments: &Arguments) -> bool {
    let Some(path) = arguments.config.as_deref().filter(|path| !path.exists()) else { return true };
    let what = format!("there is no file {}", shown(&path.to_string_lossy(), 1000));
    wrong_usage(&what, Some("--config names a config.toml; `tokenscope config path` shows where they lie."));
    false
}

/// Says what `check` found in config.toml.
pub fn said_of_config(label: &str, problems: &[String]) {
    let paint = Paint::for_stdout();
    let words = if problems.is_empty() { "ready".to_owned() } else { problems.join("\n  ") };
    // A pipe nobody reads any more is no failure of this command.
    _ = output::print(&format!("\n{}\n  {words}\n", paint.bold(label)));
}

/// Says an error of this program itself on stderr, with everything beneath it.
pub fn report(error: &anyhow::Error) {
    complain(&format!("{} {error:#}\n", Paint::for_stderr().bad("error:")));
}

/// Says what went wrong on stderr, and how that counts.
fn fail(failure: &crate::engine::Failure) -> Exit {
    complain(&output::failure(failure, Paint::for_stderr()));
    failure.weight().into()
}

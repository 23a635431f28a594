//! Parses the arguments, chooses a face, and turns the outcome into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use tokenscope::cli::{self, Arguments, Exit};
use tokenscope::engine::Engine;
use tokenscope::tui::{self, Ended, Options};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match &arguments.command {
        Some(command) => cli::run(&arguments, command).map(ExitCode::from),
        None => explore(&arguments),
    };
    ended.unwrap_or_else(|error| {
        cli::report(&error);
        Exit::NoAnswer.into()
    })
}

/// Opens the explorer.
fn explore(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let source = match cli::profiles(arguments) {
        Ok(source) => source,
        Err(exit) => return Ok(exit.into()),
    };
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let options = Options { profile: arguments.profile.clone(), ascii: arguments.ascii, colour: !no_color };
    Ok(match tui::run(Engine::new(source), options) {
        Ok(Ended::Quit) => ExitCode::SUCCESS,
        Ok(Ended::Signal(number)) => ExitCode::from(128_u8.saturating_add(u8::try_from(number).unwrap_or(0))),
        Err(error @ (tui::Error::UnknownProfile(_) | tui::Error::NoTerminal(_))) => {
            cli::report(&error.into());
            Exit::Usage.into()
        }
        Err(error) => return Err(error.into()),
    })
}

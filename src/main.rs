//! Parses the arguments, chooses a face, and turns the outcome into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use tokenscope::cli::{self, Arguments, Command, Exit};
use tokenscope::engine::Engine;
use tokenscope::tui::settings::file::load;
use tokenscope::tui::{self, Ended};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Some(command) = &arguments.command else {
        return explore(&arguments);
    };
    match cli::run(&arguments, command) {
        Ok(exit) if matches!(command, Command::Check) => check_config(&arguments, exit).into(),
        Ok(exit) => exit.into(),
        Err(error) => {
            cli::report(&error);
            Exit::NoAnswer.into()
        }
    }
}

/// `check` looks at config.toml as well, when there is one.
fn check_config(arguments: &Arguments, exit: Exit) -> Exit {
    let config = load(arguments.config.as_deref());
    let Some(label) = config.label else { return exit };
    cli::said_of_config(&label, &config.problems);
    if config.problems.is_empty() { exit } else { Exit::Usage }
}

/// The explorer. Its terminal is given back before anything is said here.
fn explore(arguments: &Arguments) -> ExitCode {
    let source = match cli::profiles(arguments) {
        Ok(source) => source,
        Err(exit) => return exit.into(),
    };
    if !cli::config_is_there(arguments) {
        return Exit::Usage.into();
    }
    let colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let config = load(arguments.config.as_deref());
    let options = tui::Options { profile: arguments.profile.clone(), ascii: arguments.ascii, colour, config };
    match tui::run(&Engine::new(source), &options) {
        Ok(Ended::Quit) => ExitCode::SUCCESS,
        // As shells tell it: 128 and the signal's number.
        Ok(Ended::Signal(number)) => u8::try_from(128 + number).unwrap_or(u8::MAX).into(),
        Err(error) => {
            let wrong_usage = matches!(error, tui::Error::NoTerminal(_) | tui::Error::UnknownProfile(_));
            cli::report(&error.into());
            if wrong_usage { Exit::Usage.into() } else { Exit::NoAnswer.into() }
        }
    }
}

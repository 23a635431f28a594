//! Parses the arguments, chooses a face, and turns the outcome into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use tokenscope::cli::{self, Arguments};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Some(command) = &arguments.command else {
        return ExitCode::SUCCESS;
    };
    match cli::run(&arguments, command) {
        Ok(exit) => exit.into(),
        Err(error) => {
            cli::report(&error);
            cli::Exit::NoAnswer.into()
        }
    }
}

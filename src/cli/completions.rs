//! `tokenscope completions SHELL`: what a shell needs to complete the command line, from the one definition of it.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::output::print;
use super::{Arguments, Exit};

#[derive(Args, Debug)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

pub fn run(arguments: &CompletionsArguments) -> anyhow::Result<Exit> {
    let mut out = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "tokenscope", &mut out);
    print(&String::from_utf8_lossy(&out))?;
    Ok(Exit::Fine)
}

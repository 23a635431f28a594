//! `tokenscope man`: the manual page, from the one definition of the command line.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _};

use super::output::print;
use super::{Arguments, Exit};

#[derive(Args, Debug)]
pub struct ManArguments {
    /// Write the pages of all commands into this folder instead
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
}

pub fn run(arguments: &ManArguments) -> anyhow::Result<Exit> {
    let mut command = Arguments::command();
    let Some(folder) = &arguments.dir else {
        let mut out = Vec::new();
        clap_mangen::Man::new(command).render(&mut out)?;
        print(&String::from_utf8_lossy(&out))?;
        return Ok(Exit::Fine);
    };
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    // A page on `help` says nothing that the others do not.
    command = command.disable_help_subcommand(true);
    command.build();
    clap_mangen::generate_to(command, folder).with_context(|| format!("cannot write into {}", folder.display()))?;
    print(&format!("written to {}: read one with man -l {}/tokenscope.1\n", folder.display(), folder.display()))?;
    Ok(Exit::Fine)
}

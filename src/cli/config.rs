//! `tokenscope config path`: which files are read, in which order, and where the others lie.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Args, Subcommand};

use super::Exit;
use super::output::{Paint, print, table};
use crate::engine::{Choice, Kept, Places, kept, looked_for};
use crate::jwt::shown;

#[derive(Args, Debug)]
pub struct ConfigArguments {
    #[command(subcommand)]
    #[allow(missing_docs, reason = "a doc comment here would become help text")]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    /// Which files are read, in order, which is in use, and where the other files of the program lie
    Path,
}

pub fn run(choice: &Choice, settings: Option<&Path>) -> anyhow::Result<Exit> {
    let (paint, places) = (Paint::for_stdout(), Places::of_this_process());
    let mut out = format!("{}\n", paint.bold("Profiles, the first that is there:"));
    out.push_str(&rows(&looked_for(choice, &places)));
    let _ = write!(out, "\n{}\n{}", paint.bold("Besides:"), rows(&kept(&places, settings)));
    print(&out)?;
    Ok(Exit::Fine)
}

fn rows(files: &[Kept]) -> String {
    let rows: Vec<Vec<String>> = files
        .iter()
        .map(|file| {
            let state = match (file.in_use, file.there, &file.path) {
                (true, true, _) => "in use",
                (true, false, _) => "in use, but not there",
                (false, true, Some(_)) => "there",
                (false, false, Some(_)) => "not there",
                (false, ..) => "",
            };
            let path = file.path.as_ref().map_or_else(|| "-".to_owned(), |path| shown(&path.to_string_lossy(), 1000));
            vec![file.what.clone(), state.to_owned(), path]
        })
        .collect();
    table(&rows, "  ")
}

//! `tokenscope trust FILE`: shows what a profiles.toml would do, and after a yes remembers it.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::output::{Paint, complain, print, table, wrong_usage};
use crate::config::trust::{Fact, FactKind, Facts};
use crate::engine::{Engine, Places, Source, Trust};
use crate::jwt::shown;

/// How much of one line is shown. Nothing that is agreed to may be cut, so it is longer than any file.
const LINE: usize = usize::MAX;

#[derive(Args, Debug)]
pub struct TrustArguments {
    /// The profiles.toml; profiles.local.toml beside it is reviewed with it
    #[arg(default_value = "profiles.toml", value_name = "FILE")]
    pub file: PathBuf,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

pub fn run(arguments: &TrustArguments) -> anyhow::Result<Exit> {
    let paint = Paint::for_stderr();
    let source = match Source::for_review(&arguments.file, &Places::of_this_process()) {
        Ok(source) => source,
        Err(error) => {
            complain(&format!("{} {error}\n", paint.bad("error:")));
            return Ok(Exit::Usage);
        }
    };
    let label = shown(&source.label, LINE);
    if !source.readable {
        for problem in source.rendered_problems() {
            complain(&format!("{} {problem}\n", paint.bad("error:")));
        }
        return Ok(Exit::Usage);
    }
    let facts = match &source.trust {
        Trust::Unreviewed(facts) => facts.clone(),
        Trust::Reviewed => {
            print(&format!("{label} is trusted already.\n"))?;
            return Ok(Exit::Fine);
        }
        _ => {
            print(&format!("{label} needs no review: it runs and reads nothing, and calls this machine only.\n"))?;
            return Ok(Exit::Fine);
        }
    };
    print(&review(&label, &facts, Paint::for_stdout()))?;
    if !arguments.yes {
        match confirmed() {
            Some(true) => {}
            Some(false) => {
                complain("It is not trusted.\n");
                return Ok(Exit::No);
            }
            None => {
                let hint = "Read the lines above, then say --yes.";
                return Ok(wrong_usage("there is no terminal to ask on", Some(hint)));
            }
        }
    }
    match Engine::new(source).trust_reviewed(&facts.digest()) {
        Ok(_) => {
            let store = Places::of_this_process().store.map(|store| store.path().display().to_string());
            let kept = store.unwrap_or_default();
            print(&format!("{label} is trusted as long as it does just that; written down in {kept}\n"))?;
            Ok(Exit::Fine)
        }
        Err(error) => {
            complain(&format!("{} {error}\n", paint.bad("error:")));
            Ok(Exit::Usage)
        }
    }
}

/// What it would do, one fact in a row.
fn review(label: &str, facts: &Facts, paint: Paint) -> String {
    let mut out = format!("What {} does, in all of its environments together:\n\n", paint.bold(label));
    // What may be long stands last, so that it moves nothing else out of sight.
    let rows: Vec<Vec<String>> = facts.iter().flat_map(rows).collect();
    out.push_str(&table(&rows, "  "));
    let _ = writeln!(out);
    out
}

fn rows(fact: &Fact) -> Vec<Vec<String>> {
    let verb = match fact.kind {
        FactKind::Command => "runs",
        FactKind::Variable => "reads the variable",
        FactKind::File => "reads the file",
        FactKind::Keyring => "reads the keyring's entry",
        FactKind::Prompt => "asks for its secret",
        FactKind::Host => "sends to",
        FactKind::Proxy => "sends through",
        FactKind::Ca => "trusts the certificates in",
        FactKind::Insecure => "checks no certificate",
        FactKind::Plaintext => "sends over plain http",
        FactKind::Header => "sends the header",
    };
    let line = |subject: &str, verb: &str, text: &str| [subject, verb, text].map(|cell| shown(cell, LINE)).to_vec();
    let mut rows = vec![line(&fact.subject, verb, &fact.text)];
    rows.extend(fact.goes_to.iter().map(|address| line("", "for", address)));
    rows
}

/// The answer; none without a terminal.
fn confirmed() -> Option<bool> {
    if !io::stdin().is_terminal() {
        return None;
    }
    complain("Trust it to do just that? [y/N] ");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).ok()?;
    Some(matches!(answer.trim(), "y" | "Y" | "yes"))
}

//! `tokenscope check`: every mistake of profiles.toml with its place, and whether secrets resolve. Asks nobody.

use std::fmt::Write as _;

use super::Exit;
use super::output::{Paint, print, table};
use crate::config::Severity;
use crate::engine::Engine;

pub fn run(engine: &Engine) -> anyhow::Result<Exit> {
    let paint = Paint::for_stdout();
    let source = engine.source();
    let profiles = &source.profiles;
    let mut out = format!(
        "{}: {} providers, {} APIs, {} profiles\n\n",
        paint.bold(&source.label),
        profiles.providers.len(),
        profiles.apis.len(),
        profiles.profiles.len()
    );
    let mut wrong = source.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    for problem in &source.problems {
        let _ = writeln!(out, "{}\n", problem.render(|layer| source.named(layer)));
    }
    let mut rows = Vec::new();
    for profile in &profiles.profiles {
        let state = match (&profile.disabled, engine.secret_resolves(&profile.name)) {
            (Some(reason), _) => format!("cannot be used: {reason}"),
            (None, Err(failure)) => {
                wrong += 1;
                format!("{failure}. {}", failure.advice().join(" "))
            }
            (None, Ok(())) => "ready".to_owned(),
        };
        rows.push(vec![profile.name.clone(), profile.client_id.to_string(), profile.provider.clone(), state]);
    }
    out.push_str(&table(&rows, "  "));
    if let Some(reasons) = &source.untrusted {
        let _ = writeln!(
            out,
            "\n{} comes with this folder and reaches beyond this machine, so nothing is resolved or sent until you name it:\n  \
             tokenscope --profiles {}",
            source.label, source.label
        );
        for reason in reasons {
            let _ = writeln!(out, "  - {reason}");
        }
    }
    print(&out)?;
    Ok(if wrong == 0 { Exit::Fine } else { Exit::Usage })
}

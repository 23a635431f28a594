//! `tokenscope check`: every mistake of profiles.toml with its place, and whether secrets resolve. Asks nobody.

use std::fmt::Write as _;

use super::Exit;
use super::output::{self, Paint, print, table};
use crate::config::Severity;
use crate::engine::{Engine, Failure, SecretState, Whereabouts};
use crate::jwt::counted;

pub async fn run(engine: &Engine) -> anyhow::Result<Exit> {
    let paint = Paint::for_stdout();
    let source = engine.source();
    let profiles = &source.profiles;
    let mut out = format!(
        "{}: {}, {}, {}\n\n",
        paint.bold(&source.label),
        counted(profiles.providers.len(), "provider", "providers"),
        counted(profiles.apis.len(), "API", "APIs"),
        counted(profiles.profiles.len(), "profile", "profiles")
    );
    let wrong = source.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    for problem in &source.problems {
        let _ = writeln!(out, "{}\n", problem.render(|layer| source.named(layer)));
    }
    let (mut rows, mut missing) = (Vec::new(), Vec::new());
    for profile in &profiles.profiles {
        let (state, secret) = match engine.where_secret(&profile.name).await {
            Err(Failure::Disabled { reason, .. }) => (format!("cannot be used: {reason}"), String::new()),
            Err(failure) => (failure.to_string(), String::new()),
            Ok(Whereabouts { place, state }) => {
                let state = match state {
                    SecretState::There | SecretState::NotNeeded => "ready",
                    SecretState::WillBeAsked => "asks you",
                    SecretState::NotLookedAt => "not trusted",
                    SecretState::Missing(failure) => {
                        missing.push(failure);
                        "no secret"
                    }
                };
                (state.to_owned(), format!("secret: {place}"))
            }
        };
        let (state, secret) = match engine.where_password(&profile.name).await {
            None => (state, secret),
            Some(Whereabouts { place, state: of_password }) => {
                let state = match of_password {
                    SecretState::Missing(failure) => {
                        missing.push(failure);
                        "no password".to_owned()
                    }
                    SecretState::WillBeAsked if state == "ready" => "asks you".to_owned(),
                    _ => state,
                };
                (state, format!("{secret}; password (legacy grant): {place}"))
            }
        };
        rows.push(vec![profile.name.clone(), profile.client_id.to_string(), profile.provider.clone(), state, secret]);
    }
    out.push_str(&table(&rows, "  "));
    for failure in &missing {
        let _ = write!(out, "\n{}", output::failure(failure, paint));
    }
    if let Some(facts) = source.trust.unreviewed() {
        let _ = writeln!(
            out,
            "\n{} comes with this folder and does more than call this machine, so nothing is resolved or sent until you \
             trust it:\n  tokenscope trust {}",
            source.label, source.label
        );
        for fact in facts.iter() {
            let _ = writeln!(out, "  - {fact}");
        }
    }
    print(&out)?;
    Ok(if wrong == 0 && missing.is_empty() { Exit::Fine } else { Exit::Usage })
}

//! profiles.toml as people write it and as they get it wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
//! The whole of `config` from the outside: texts in, models and rendered problems out.

mod any_text;
mod bad_profiles;
mod bad_text;
mod bad_values;
mod edits;
mod environments;
mod good_input;
mod large;
mod layers;
mod random_edits;
mod trust;

use pretty_assertions::assert_eq;

use crate::config::{Layers, Parsed, Severity, parse, parse_layers};

/// What stands before each bad piece: four lines, all sound.
const BEFORE: &str = "providers.p.issuer = 'http://localhost'\n\
                      apis.a = { provider = 'p', base_url = 'http://localhost', endpoints = [] }\n\
                      apis.b = { provider = 'other', base_url = 'http://localhost' }\n\
                      providers.other.issuer = 'http://localhost:2'\n";

/// A sound profile, so that what is tested is the only thing wrong.
const CLIENT: &str = "[profiles.x]\nprovider = 'p'\nclient_id = 'c'\nclient_secret = 's'\n";

/// The problems of a text, one line each: place, what, and the first line of the hint.
fn problems(text: &str) -> Vec<String> {
    problems_of(&parse(text))
}

/// The same of what was parsed.
fn problems_of(parsed: &Parsed) -> Vec<String> {
    parsed
        .problems
        .iter()
        .map(|problem| {
            let place = format!("{}:{}", problem.place.line, problem.place.column);
            let warning = if problem.severity == Severity::Warning { "warning: " } else { "" };
            let hint = problem.hint.iter().filter_map(|hint| hint.lines().next()).map(|hint| format!(" | {hint}"));
            format!("{place} {warning}{}{}", problem.what, hint.collect::<String>())
        })
        .collect()
}

/// Asserts what is said of pieces that each stand on line 5 and on, before a sound profile.
fn table(rows: &[(&str, &[&str])]) {
    for (bad, expected) in rows {
        let client = if bad.contains("[profiles.") { "" } else { CLIENT };
        assert_eq!(problems(&format!("{BEFORE}{bad}\n{client}")), *expected, "{bad}");
    }
}

/// What three texts laid over one another come to.
fn layered(shared: &str, local: &str, session: &str) -> Parsed {
    let layers = Layers { shared: shared.as_bytes(), local: Some(local.as_bytes()), session: Some(session) };
    parse_layers(&layers, None)
}

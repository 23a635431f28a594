//! Rows of what concerns the session and the file: environments, what an untrusted file would do, what saving writes.
//!
//! Pure.

use super::{Row, Tone};
use crate::config::trust::{FactKind, Facts};
use crate::engine::SavePlan;
use crate::tui::state::State;

/// The environments: which holds, name, what is special.
pub fn environments(state: &State) -> Vec<Row> {
    let now = state.profiles.environment.as_deref();
    let row = |environment: &crate::config::Environment| {
        let holds = if now == Some(environment.name.as_str()) { "holds now" } else { "" };
        let protected = if environment.protected { "protected: asks before sending" } else { "" };
        Row::new([environment.name.as_str(), protected, holds])
    };
    state.profiles.environments.iter().map(row).collect()
}

/// What an untrusted file would do: the gravest first.
pub fn facts(facts: &Facts) -> Vec<Row> {
    let mut all: Vec<_> = facts.iter().collect();
    all.sort_by_key(|fact| fact.kind);
    let grave = |kind| matches!(kind, FactKind::Command | FactKind::Insecure | FactKind::Plaintext);
    all.into_iter()
        .map(|fact| {
            let text = match fact.goes_to.as_slice() {
                [] => fact.text.clone(),
                hosts => format!("{} → {}", fact.text, hosts.join(", ")),
            };
            let row = Row::new([in_words(fact.kind).to_owned(), text, fact.subject.clone()]);
            if grave(fact.kind) { row.tone(Tone::Warning) } else { row }
        })
        .collect()
}

/// What kind of thing it is, as the start of a sentence about the file.
fn in_words(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Command => "runs",
        FactKind::Variable => "reads the variable",
        FactKind::File => "reads the file",
        FactKind::Keyring => "reads the keyring's",
        FactKind::Prompt => "asks for its secret",
        FactKind::Host => "sends to",
        FactKind::Proxy => "goes through the proxy",
        FactKind::Ca => "trusts certificates of",
        FactKind::Insecure => "checks no certificate",
        FactKind::Plaintext => "sends in plain text",
        FactKind::Header => "sends the header",
    }
}

/// What saving would write, line by line, told by sign and tone.
pub fn changes(plan: &SavePlan) -> Vec<Row> {
    let row = |line: &crate::config::edit::DiffLine| {
        let tone = match line.sign {
            '+' => Tone::Good,
            '-' => Tone::Bad,
            _ => Tone::Plain,
        };
        Row::new([line.sign.to_string(), line.text.clone()]).tone(tone)
    };
    let path = plan.path.display();
    let place = if plan.new {
        format!("{path}: a new file, read from then on in place of the demo (--demo has it still)")
    } else {
        path.to_string()
    };
    let head = [Row::new([String::new(), place]).tone(Tone::Quiet), Row::text("")];
    head.into_iter().chain(plan.diff.iter().map(row)).collect()
}

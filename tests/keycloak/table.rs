//! The requests as a table: stories, and in each the steps that follow one from another.

use base64::Engine as _;

/// What is asked of both servers.
const REQUESTS: &str = include_str!("requests.txt");

/// Steps that share what earlier ones learned: tokens, codes, addresses.
pub struct Story {
    pub name: &'static str,
    pub steps: Vec<Step>,
}

/// One line: a name, what is done, with which credentials or headers, with which form.
#[derive(Debug, Clone)]
pub struct Step {
    pub name: &'static str,
    pub act: Act,
    pub sent_with: &'static str,
    pub form: Option<&'static str>,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Act {
    /// Sends one request. A target without a slash in front is one of the realm's OpenID Connect endpoints.
    Send { method: &'static str, target: &'static str },
    /// A person opens an address in an empty browser and does what the pages ask.
    Person { name: &'static str, consents: bool, address: &'static str },
    /// Keeps what a variable holds under another name, before a later answer changes it.
    Copy { from: &'static str, to: &'static str },
}

/// All stories of the table.
pub fn stories() -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    for line in REQUESTS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        match line.strip_prefix("# ") {
            Some(name) => stories.push(Story { name, steps: Vec::new() }),
            None => stories.last_mut().expect("a story before its steps").steps.push(step(line)),
        }
    }
    stories
}

fn step(line: &'static str) -> Step {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [name, act, sent_with, form] = cells[..] else { panic!("four cells: {line}") };
    let (first, rest) = act.split_once(' ').unwrap_or_else(|| panic!("a method and a target: {line}"));
    let act = match first.chars().next() {
        _ if first == "COPY" => {
            let (from, to) = rest.split_once(' ').unwrap_or_else(|| panic!("two names: {line}"));
            Act::Copy { from, to }
        }
        Some('A'..='Z') => Act::Send { method: first, target: rest },
        _ => {
            let (answer, address) =
                rest.split_once(' ').unwrap_or_else(|| panic!("a person, an answer, a place: {line}"));
            assert!(["consents", "refuses"].contains(&answer), "{line}");
            Act::Person { name: first, consents: answer == "consents", address }
        }
    };
    Step { name, act, sent_with, form: (form != "-").then_some(form) }
}

/// Header fields that a cell stands for: `id:secret` for Basic, `Name: value` for itself.
pub fn headers(cell: &str) -> Vec<(String, String)> {
    let parts = cell.split("&&").map(str::trim).filter(|part| *part != "-");
    parts
        .map(|part| match part.split_once(": ") {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => {
                let encoded = base64::engine::general_purpose::STANDARD.encode(part);
                ("authorization".to_owned(), format!("Basic {encoded}"))
            }
        })
        .collect()
}

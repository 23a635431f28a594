//! `tokenscope diff TOKEN TOKEN`: what differs between two tokens. Asks nobody, unless one is the name of a profile.

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use super::Exit;
use super::output::{Paint, complain, print, table};
use super::token_argument::{may_be_a_profile, read, resolve};
use crate::engine::Engine;
use crate::jwt::{Change, Difference, Kind, Part, Token, counted, diff, says_the_same, shown};

#[derive(Args, Debug)]
pub struct DiffArguments {
    /// - (standard input), @FILE, the name of a profile, or the token itself
    pub first: String,
    /// The other one, likewise
    pub second: String,
    /// Print JSON: same, differences
    #[arg(long)]
    pub json: bool,
}

impl DiffArguments {
    /// Whether a profile may have to be known.
    pub fn may_name_a_profile(&self) -> bool {
        may_be_a_profile(&self.first) || may_be_a_profile(&self.second)
    }
}

/// With tokens of profiles, or such as may be.
pub async fn run(engine: &Engine, arguments: &DiffArguments) -> anyhow::Result<Exit> {
    if let Some(exit) = both_from_stdin(arguments) {
        return Ok(exit);
    }
    let first = match resolve(engine, &arguments.first).await? {
        Ok(token) => token,
        Err(exit) => return Ok(exit),
    };
    match resolve(engine, &arguments.second).await? {
        Ok(second) => show(&first, &second, arguments.json),
        Err(exit) => Ok(exit),
    }
}

/// With any others: reads no profiles.
pub fn run_alone(arguments: &DiffArguments) -> anyhow::Result<Exit> {
    if let Some(exit) = both_from_stdin(arguments) {
        return Ok(exit);
    }
    match (read(&arguments.first)?, read(&arguments.second)?) {
        (Ok(first), Ok(second)) => show(&first, &second, arguments.json),
        (Err(exit), _) | (_, Err(exit)) => Ok(exit),
    }
}

fn both_from_stdin(arguments: &DiffArguments) -> Option<Exit> {
    (arguments.first == "-" && arguments.second == "-").then(|| {
        complain(&format!("{} only one of the two can come from standard input\n", Paint::for_stderr().bad("error:")));
        Exit::Usage
    })
}

fn show(first: &Token, second: &Token, as_json: bool) -> anyhow::Result<Exit> {
    let rows = diff(first, second);
    // What cannot be read cannot be compared claim by claim.
    let readable = [first, second].iter().all(|token| matches!(token.kind(), Kind::Jws(_)));
    let same = if readable { says_the_same(&rows) } else { first.raw() == second.raw() };
    if as_json {
        let differences: Vec<&Difference> = rows.iter().filter(|row| row.change != Change::Same).collect();
        print(&format!("{:#}\n", json!({ "same": same, "differences": differences })))?;
    } else {
        print(&for_people((first, second), &rows, same, Paint::for_stdout()))?;
    }
    if !readable {
        complain(&format!(
            "{} a token that is encrypted or opaque is compared as a whole\n",
            Paint::for_stderr().warn(" note:")
        ));
    }
    Ok(if same { Exit::Fine } else { Exit::No })
}

fn for_people((first, second): (&Token, &Token), rows: &[Difference], same: bool, paint: Paint) -> String {
    let mut out = String::new();
    let (one, other) = (first.fingerprint(), second.fingerprint());
    let headline = match (same, first.raw() == second.raw()) {
        (true, true) => format!("{}: it is the same token, {one}", paint.good("No difference")),
        (true, false) => format!("{}: {one} and {other} say the same", paint.good("No difference")),
        (false, _) => format!("{} from {one} to {other}", paint.warn("What differs")),
    };
    let _ = writeln!(out, "{headline}");
    for (part, title) in [(Part::Header, "Header"), (Part::Payload, "Claims")] {
        let lines: Vec<Vec<String>> = rows
            .iter()
            .filter(|row| row.part == part && row.change != Change::Same)
            .map(|row| vec![sign(row).to_owned(), shown(&row.name, 80), value(row)])
            .collect();
        if !lines.is_empty() {
            let _ = write!(out, "\n{}\n{}", paint.bold(title), table(&lines, "  "));
        }
    }
    let unchanged = rows.iter().filter(|row| row.change == Change::Same).count();
    if unchanged > 0 && !same {
        let _ = writeln!(out, "\n{} the same", counted(unchanged, "member is", "members are"));
    }
    out
}

/// As `diff` marks lines: what only the second has, what only the first has, what changed.
fn sign(row: &Difference) -> &'static str {
    match (&row.change, &row.left, &row.right) {
        (Change::Same | Change::Form, ..) => "=",
        (_, None, _) => "+",
        (_, _, None) => "-",
        _ => "~",
    }
}

fn value(row: &Difference) -> String {
    let as_is = |value: &Value| match value {
        Value::String(text) => shown(text, 200),
        other => shown(&other.to_string(), 200),
    };
    match (&row.change, &row.left, &row.right) {
        (Change::Added, _, Some(value)) | (Change::Removed, Some(value), _) => as_is(value),
        _ => row.to_string(),
    }
}

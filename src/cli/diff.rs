//! `tokenscope diff TOKEN TOKEN`: what differs between two tokens. Asks nobody, unless one is the name of a profile. A
//! profile alone: what it asked for and what it was granted.

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use super::output::{Paint, complain, print, table, wrong_usage};
use super::token_argument::{held_by, may_be_a_profile, read, resolve};
use super::{Exit, fail};
use crate::engine::{Engine, asked_and_granted};
use crate::jwt::{Change, Difference, Kind, Part, Token, counted, diff, says_the_same, shown};

#[derive(Args, Debug)]
pub struct DiffArguments {
    /// - (standard input), @FILE, the name of a profile, or the token itself
    pub first: String,
    /// The other one, likewise; without it, what the first's profile asked for and what it was granted
    pub second: Option<String>,
    /// Print JSON: same, differences
    #[arg(long)]
    pub json: bool,
}

impl DiffArguments {
    /// Whether a profile may have to be known.
    pub fn may_name_a_profile(&self) -> bool {
        may_be_a_profile(&self.first) || self.second.as_deref().is_some_and(may_be_a_profile)
    }
}

/// With tokens of profiles, or such as may be.
pub async fn run(engine: &Engine, arguments: &DiffArguments) -> anyhow::Result<Exit> {
    let Some(second) = &arguments.second else { return asked(engine, arguments).await };
    if arguments.first == "-" && second == "-" {
        return Ok(wrong_usage("only one of the two can come from standard input", None));
    }
    let first = match resolve(engine, &arguments.first).await? {
        Ok(token) => token,
        Err(exit) => return Ok(exit),
    };
    match resolve(engine, second).await? {
        Ok(second) => show(&first, &second, arguments.json),
        Err(exit) => Ok(exit),
    }
}

/// With any others: reads no profiles.
pub fn run_alone(arguments: &DiffArguments) -> anyhow::Result<Exit> {
    let Some(second) = &arguments.second else { return Ok(wrong_usage(ALONE, None)) };
    if arguments.first == "-" && second == "-" {
        return Ok(wrong_usage("only one of the two can come from standard input", None));
    }
    match (read(&arguments.first)?, read(second)?) {
        (Ok(first), Ok(second)) => show(&first, &second, arguments.json),
        (Err(exit), _) | (_, Err(exit)) => Ok(exit),
    }
}

/// What to do about one token that no profile stands behind.
const ALONE: &str = "one token alone has nothing to be compared with: name another one, or a profile, whose token is compared \
                     with what it asked for";

/// What the profile asked for, and what it was granted.
async fn asked(engine: &Engine, arguments: &DiffArguments) -> anyhow::Result<Exit> {
    if engine.profiles().profile(&arguments.first).is_none() {
        return Ok(wrong_usage(ALONE, None));
    }
    let held = match held_by(engine, &arguments.first).await {
        Ok(held) => held,
        Err(failure) => return Ok(fail(&failure)),
    };
    let Some(rows) = asked_and_granted(&held, &engine.profiles()) else { return Ok(wrong_usage(ALONE, None)) };
    let same = says_the_same(&rows);
    if arguments.json {
        print_json(&rows, same)?;
    } else {
        let paint = Paint::for_stdout();
        let (profile, token) = (&held.profile, held.token.fingerprint());
        let headline = if same {
            format!("{}: {profile} was granted what it asked for, as {token}", paint.good("No difference"))
        } else {
            format!("{} between what {profile} asked for and what {token} grants", paint.warn("What differs"))
        };
        print(&for_people(headline, &rows, same, paint))?;
    }
    Ok(if same { Exit::Fine } else { Exit::No })
}

fn print_json(rows: &[Difference], same: bool) -> anyhow::Result<()> {
    let differences: Vec<&Difference> = rows.iter().filter(|row| row.change != Change::Same).collect();
    Ok(print(&format!("{:#}\n", json!({ "same": same, "differences": differences })))?)
}

fn show(first: &Token, second: &Token, as_json: bool) -> anyhow::Result<Exit> {
    let rows = diff(first, second);
    let same = says_the_same(&rows);
    if as_json {
        print_json(&rows, same)?;
    } else {
        let paint = Paint::for_stdout();
        print(&for_people(headline((first, second), same, paint), &rows, same, paint))?;
    }
    if [first, second].iter().any(|token| !matches!(token.kind(), Kind::Jws(_))) {
        complain(&format!(
            "{} a token that is encrypted or opaque is compared as a whole\n",
            Paint::for_stderr().warn(" note:")
        ));
    }
    Ok(if same { Exit::Fine } else { Exit::No })
}

fn headline((first, second): (&Token, &Token), same: bool, paint: Paint) -> String {
    let (one, other) = (first.fingerprint(), second.fingerprint());
    match (same, first.raw() == second.raw()) {
        (true, true) => format!("{}: it is the same token, {one}", paint.good("No difference")),
        (true, false) => format!("{}: {one} and {other} say the same", paint.good("No difference")),
        (false, _) => format!("{} from {one} to {other}", paint.warn("What differs")),
    }
}

fn for_people(headline: String, rows: &[Difference], same: bool, paint: Paint) -> String {
    let mut out = headline;
    out.push('\n');
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

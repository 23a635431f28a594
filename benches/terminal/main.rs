//! How fast the explorer opens and answers keys, what it does when idle and how much memory it takes, in a
//! pseudo-terminal, beside the least that a ratatui program can be.
//!
//! `cargo bench --bench terminal` measures the release program. `-- --json` writes JSON, `-- --quick` does little, to see
//! that it works. Wake-ups and memory are known on Linux only. Nothing is asserted about time: a budget missed is said,
//! and no failure.

#![allow(clippy::print_stdout, reason = "a report for the one who runs it")]

mod bare;
mod explorer;
mod headless;
mod place;
mod pty;
#[path = "../report/mod.rs"]
#[allow(dead_code, reason = "the other bench uses the rest")]
mod report;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use explorer::{FirstFrames, Idle, Programs};
use place::LargeBody;
use report::process::Process;
use report::spread::Spread;
use report::{Budget, Cell, Report, Section, machine};

/// Arguments with which the bench is the bare program, or writes one line and ends.
const BARE: &str = "bare";
const ONE_LINE: &str = "one-line";
const LINE: &str = "one line and no more";

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    runs: usize,
    presses: usize,
    idle: Duration,
}

const FULL: Effort = Effort { runs: 30, presses: 300, idle: Duration::from_secs(10) };
const QUICK: Effort = Effort { runs: 3, presses: 10, idle: Duration::from_secs(1) };

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = |word: &str| arguments.iter().any(|argument| argument == word);
    match arguments.first().map(String::as_str) {
        Some(ONE_LINE) => {
            println!("{LINE}");
            return Ok(());
        }
        Some(BARE) => return bare::run(),
        _ => {}
    }
    let effort = if asked("--quick") || !asked("--bench") { QUICK } else { FULL };
    let report = tokio::runtime::Runtime::new()?.block_on(measure(effort))?;
    report.print(asked("--json"));
    Ok(())
}

async fn measure(effort: Effort) -> anyhow::Result<Report> {
    let large = LargeBody::serve().await?;
    let (demo, plain) = (place::with_bundled_server(&large), place::without_server());
    // Makes the key file: later starts find it, as they do from the second one on.
    demo.run(&["token", "tester"]).code(0);
    let itself = |word: &str| -> anyhow::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(word);
        Ok(command)
    };
    let (bare, one_line) = (itself(BARE)?, itself(ONE_LINE)?);
    let programs = Programs { explorer: plain.command(&[]), demo: demo.command(&[]), bare, one_line };
    let mut report = Report::new("tokenscope in a pseudo-terminal of 120 x 40");
    report.add(machine::noise(effort.runs));
    report.add(tokio::task::block_in_place(|| first_frames(&programs, effort))?);
    for section in tokio::task::block_in_place(|| use_it(&programs, &large, effort))? {
        report.add(section);
    }
    report.add(headless::measure(effort.runs).await?);
    report.add(binary()?);
    Ok(report)
}

fn first_frames(programs: &Programs, effort: Effort) -> anyhow::Result<Section> {
    let frames = FirstFrames::measure(programs, effort.runs)?;
    let columns = ["what", "min", "median", "p90", "beside bare (budget)"];
    let mut section = Section::new("exec to first full frame", &columns);
    let times = |times: &Spread| [0.0, 0.5, 0.9].map(|share| Cell::number(times.at(share), "ms"));
    let beside = |times: &Spread| Cell::judged(times.median() / frames.bare.median(), "x", Budget::AtMost(2.0));
    let mut row = |what, spread: &Spread, judged| section.row(what, times(spread).into_iter().chain([judged]));
    row("tokenscope", &frames.explorer, beside(&frames.explorer));
    row("tokenscope, which will serve the demo", &frames.demo, beside(&frames.demo));
    row("bare ratatui on tokio", &frames.bare, Cell::Nothing);
    row("one line written, no screen", &frames.one_line, Cell::Nothing);
    Ok(section)
}

/// One life of each program, from the first frame to the large body.
fn use_it(programs: &Programs, large: &LargeBody, effort: Effort) -> anyhow::Result<[Section; 4]> {
    let mut keys = Section::new("key to repainted screen", &["what", "median", "p99 (budget)"]);
    let mut memory = Section::new("resident memory", &["what", "now (budget)", "peak"]);
    let mut idle = Section::new("idle", &["what", "wake-ups a second (budget)", "of a core"]);

    let mut bare = explorer::open_bare(&programs.bare)?;
    memory.row("bare, first frame", resident(bare.process()?, None));
    keys.row("bare, any key", repaint(&explorer::press_bare(&mut bare, effort.presses)?, None));
    idle.row("bare", wakes(explorer::idle(&mut bare, effort.idle)?, None));
    bare.quit()?;

    let mut plain = explorer::open(&programs.explorer)?;
    memory.row("tokenscope, first frame", resident(plain.process()?, Some(12.0)));
    idle.row("tokenscope", wakes(explorer::idle(&mut plain, effort.idle)?, Some(0.0)));
    plain.quit()?;

    let mut demo = explorer::open(&programs.demo)?;
    idle.row("tokenscope serving the demo", wakes(explorer::idle(&mut demo, effort.idle)?, Some(0.0)));
    keys.row("tokenscope, ] and [", press(&mut demo, explorer::PROFILE, effort)?);
    keys.row("tokenscope, ? and Esc", press(&mut demo, explorer::HELP, effort)?);
    explorer::get_token(&mut demo)?;
    memory.row("tokenscope serving the demo, with a token", resident(demo.process()?, Some(20.0)));
    idle.row("the same with a countdown", wakes(explorer::idle(&mut demo, effort.idle)?, Some(1.0)));
    let body = large_body(&mut demo, large)?;
    memory.row("the same with the large body", resident(demo.process()?, None));
    explorer::focus_answer(&mut demo)?;
    keys.row("with the large body, ? and Esc", press(&mut demo, explorer::HELP, effort)?);
    keys.row("with the large body, G and gg", press(&mut demo, explorer::END_OF_LARGE_BODY, effort)?);
    demo.quit()?;
    Ok([keys, idle, memory, body])
}

fn press(terminal: &mut pty::Terminal, keys: explorer::Keys, effort: Effort) -> anyhow::Result<[Cell; 2]> {
    Ok(repaint(&explorer::press_in_turn(terminal, keys, effort.presses)?, Some(4.0)))
}

fn repaint(times: &Spread, budget: Option<f64>) -> [Cell; 2] {
    let p99 = match budget {
        Some(limit) => Cell::judged(times.at(0.99), "ms", Budget::AtMost(limit)),
        None => Cell::number(times.at(0.99), "ms"),
    };
    [Cell::number(times.median(), "ms"), p99]
}

fn wakes(idle: Idle, budget: Option<f64>) -> [Cell; 2] {
    let wakes = match budget {
        Some(limit) => Cell::judged_if(idle.wakes, "", Budget::AtMost(limit)),
        None => Cell::some(idle.wakes, ""),
    };
    [wakes, Cell::some(idle.core, "%")]
}

fn resident(process: Process, budget: Option<f64>) -> [Cell; 2] {
    let now = match budget {
        Some(limit) => Cell::judged_if(process.resident_mb(), "MB", Budget::AtMost(limit)),
        None => Cell::some(process.resident_mb(), "MB"),
    };
    [now, Cell::some(process.peak_mb(), "MB")]
}

/// From the key to the body's first lines, and what memory it took at most.
fn large_body(terminal: &mut pty::Terminal, large: &LargeBody) -> anyhow::Result<Section> {
    let process = terminal.process()?;
    let before = process.resident_mb();
    let shown = explorer::show_large_body(terminal)?;
    let growth = |after: Option<f64>| before.zip(after).map(|(before, after)| (after - before) / large.megabytes);
    let mut section = Section::new("large JSON body", &["what", "measured (budget)"]);
    section.row("its size", [Cell::number(large.megabytes, "MB")]);
    section.row("key to shown", [Cell::judged(shown.as_secs_f64() * 1000.0, "ms", Budget::AtMost(150.0))]);
    let most = Cell::judged_if(growth(process.peak_mb()), "x the body", Budget::AtMost(4.0));
    section.row("memory it took at most", [most]);
    section.row("memory it keeps", [Cell::some(growth(process.resident_mb()), "x the body")]);
    Ok(section)
}

#[allow(clippy::cast_precision_loss, reason = "some megabytes")]
fn binary() -> anyhow::Result<Section> {
    let path = env!("CARGO_BIN_EXE_tokenscope");
    let size = std::fs::metadata(path).with_context(|| path.to_owned())?.len() as f64 / 1e6;
    let mut section = Section::new("release program", &["what", "size (budget)"]);
    section.row("tokenscope", [Cell::judged(size, "MB", Budget::AtMost(15.0))]);
    Ok(section)
}

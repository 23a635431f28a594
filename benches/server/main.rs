//! How fast the bundled server answers, beside what the machine can do at most.
//!
//! `cargo bench --bench server` starts the release program as `tokenscope serve` on free ports and sends it requests over
//! loopback, in rounds, so that the machine's noise falls on all alike. `-- --json` writes JSON, `-- --quick` does little,
//! to see that it works. Nothing is asserted about time: a budget missed is said, and no failure.

#![allow(clippy::print_stdout, reason = "a report for the one who runs it")]

mod limits;
mod load;
#[path = "../report/mod.rs"]
#[allow(dead_code, reason = "the other bench uses the rest")]
mod report;
mod served;

use std::net::SocketAddr;
use std::time::Duration;

use limits::{Limits, Measured};
use load::{Answers, Load, Requests};
use report::spread::Spread;
use report::{Budget, Cell, Report, Section, machine};
use served::{Served, token_in};

/// How many requests are on their way at once.
const CONNECTIONS: usize = 16;
const PROTECTED: &str = "/api/private-scoped";
const OPEN: &str = "/api/public";

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    rounds: usize,
    /// For each kind of request, and each limit, in each round.
    time: Duration,
    noise_runs: usize,
}

/// Many short rounds: what else the machine does falls on all alike.
const FULL: Effort = Effort { rounds: 25, time: Duration::from_millis(300), noise_runs: 100 };
const QUICK: Effort = Effort { rounds: 1, time: Duration::from_millis(200), noise_runs: 10 };

fn main() -> anyhow::Result<()> {
    let asked = |word: &str| std::env::args().any(|argument| argument == word);
    let effort = if asked("--quick") || !asked("--bench") { QUICK } else { FULL };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(generators()).enable_all().build()?;
    let rounds = runtime.block_on(measure(effort))?;
    let mut report = Report::new("tokenscope serve, over loopback");
    report.add(machine::noise(effort.noise_runs));
    report.add(rates(&rounds));
    report.add(ceilings(&rounds));
    report.print(asked("--json"));
    Ok(())
}

/// Half of the cores send, the other half is left to the server.
fn generators() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
}

/// One kind of request in one round.
struct Measure {
    per_second: f64,
    latencies: Vec<f64>,
    /// Time that the server spent on a core for one request, in microseconds.
    core_time: f64,
}

/// Everything once.
struct Round {
    limits: Measured,
    tokens: Measure,
    open: Measure,
    repeated: Measure,
    fresh: Measure,
}

async fn measure(effort: Effort) -> anyhow::Result<Vec<Round>> {
    let served = Served::start()?;
    let token = served.token().await?;
    let limits = Limits::new(&token)?;
    // The first protected request makes the API fetch the key set.
    let warm_up = Load { time: Duration::from_millis(100), ..load(served.api, effort) };
    warm_up.run(&same(served.get(PROTECTED, &token))).await?;
    let mut rounds = Vec::new();
    for _ in 0..effort.rounds {
        rounds.push(round(&served, &limits, effort).await?);
    }
    Ok(rounds)
}

async fn round(served: &Served, limits: &Limits, effort: Effort) -> anyhow::Result<Round> {
    let limits = tokio::task::block_in_place(|| limits.measure(effort.time / 3))?;
    let asking = Load { keep_bodies: true, ..load(served.authorization, effort) };
    let (tokens, answers) = run(served, asking, &Requests::Repeated(served.token_request())).await?;
    // Each was made a moment ago and is sent once, so that the server has never seen it.
    let fresh: Vec<String> = answers.bodies.iter().map(|body| token_in(body)).collect::<anyhow::Result<_>>()?;
    let fresh = fresh.iter().map(|token| served.get(PROTECTED, token)).collect();
    let repeated = served.token().await?;
    let calling = load(served.api, effort);
    // The same bytes to both: what is compared is the looking at them, not the sending.
    let (open, _) = run(served, calling, &same(served.get(OPEN, &repeated))).await?;
    let (repeated, _) = run(served, calling, &same(served.get(PROTECTED, &repeated))).await?;
    let (fresh, _) = run(served, calling, &Requests::Once(fresh)).await?;
    Ok(Round { limits, tokens, open, repeated, fresh })
}

fn load(address: SocketAddr, effort: Effort) -> Load {
    Load { address, connections: CONNECTIONS, time: effort.time, keep_bodies: false }
}

fn same(request: Vec<u8>) -> Requests {
    Requests::Repeated(request.into())
}

#[allow(clippy::cast_precision_loss, reason = "a count of requests")]
async fn run(served: &Served, load: Load, requests: &Requests) -> anyhow::Result<(Measure, Answers)> {
    let before = served.process().core_time();
    let mut answers = load.run(requests).await?;
    let after = served.process().core_time();
    let used = before.zip(after).map(|(before, after)| after.saturating_sub(before));
    // Where the system does not tell, all cores were busy all the time: too much by what the sender used.
    let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
    let used = used.unwrap_or(answers.elapsed.mul_f64(cores));
    let latencies = std::mem::take(&mut answers.latencies);
    let core_time = used.as_secs_f64() * 1e6 / latencies.len() as f64;
    let per_second = latencies.len() as f64 / answers.elapsed.as_secs_f64();
    Ok((Measure { per_second, latencies, core_time }, answers))
}

fn rates(rounds: &[Round]) -> Section {
    let connections = format!("{CONNECTIONS} connections");
    let columns = ["what", "requests/s", "p50", "p99", "server core time", "beside the limit (budget)"];
    let mut section = Section::new(connections, &columns);
    section.row("open, a token sent that nobody looks at", measured(rounds, |round| &round.open, Cell::Nothing));
    let share = median(rounds, |round| round.repeated.per_second / round.open.per_second);
    let share = Cell::judged(share, "x open", Budget::AtLeast(0.85));
    section.row("protected, one token again and again", measured(rounds, |round| &round.repeated, share));
    let cost = median(rounds, |round| round.fresh.core_time / (round.open.core_time + round.limits.check));
    let cost = Cell::judged(cost, "x (open + check)", Budget::AtMost(1.1));
    section.row("protected, a new token each time", measured(rounds, |round| &round.fresh, cost));
    let share = median(rounds, |round| round.limits.signature / round.tokens.core_time);
    let share = Cell::judged(share, "x the signing limit", Budget::AtLeast(0.8));
    section.row("token endpoint", measured(rounds, |round| &round.tokens, share));
    section
}

fn measured(rounds: &[Round], which: impl Fn(&Round) -> &Measure, judged: Cell) -> [Cell; 5] {
    let latencies = Spread::of(rounds.iter().flat_map(|round| which(round).latencies.iter().copied()).collect());
    [
        Cell::number(median(rounds, |round| which(round).per_second).round(), ""),
        Cell::number(latencies.median(), "µs"),
        Cell::number(latencies.at(0.99), "µs"),
        Cell::number(median(rounds, |round| which(round).core_time), "µs"),
        judged,
    ]
}

fn ceilings(rounds: &[Round]) -> Section {
    let columns = ["what", "core time", "a second at most"];
    let mut section = Section::new("limits of one core", &columns);
    let mut row = |what: &str, which: fn(&Measured) -> f64| {
        let each = median(rounds, |round| which(&round.limits));
        section.row(what, [Cell::number(each, "µs"), Cell::number((1e6 / each).round(), "")]);
    };
    row("RS256 check, key parsed once", |limits| limits.check);
    row("RS256 check by jsonwebtoken", |limits| limits.library_check);
    row("RS256 signature, key parsed once", |limits| limits.signature);
    section
}

fn median(rounds: &[Round], value: impl Fn(&Round) -> f64) -> f64 {
    Spread::of(rounds.iter().map(value).collect()).median()
}

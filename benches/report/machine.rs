//! The machine and its noise, so that a reader can judge the other numbers.

use std::fs;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::spread::Spread;
use super::{Cell, Section};

/// Times the same work again and again: on a quiet machine all times are alike.
pub fn noise(runs: usize) -> Section {
    let mut section = Section::new("machine", &["what", "min", "median", "p90", "max", "p90 / min"]);
    section.row("a fixed loop", spread(&Spread::of_times(&repeat(runs, fixed_loop))));
    section.row("exec of `true` to its end", spread(&Spread::of_times(&repeat(runs, exec_true))));
    section.row(description(), []);
    section
}

fn spread(times: &Spread) -> [Cell; 5] {
    let ms = |share| Cell::number(times.at(share), "ms");
    [ms(0.0), ms(0.5), ms(0.9), ms(1.0), Cell::number(times.at(0.9) / times.min(), "x")]
}

fn repeat(runs: usize, work: fn()) -> Vec<Duration> {
    let timed = |()| {
        let began = Instant::now();
        work();
        began.elapsed()
    };
    std::iter::repeat_n((), runs).map(timed).collect()
}

/// A few milliseconds that need nothing but a core.
fn fixed_loop() {
    let mut state = 1_u64;
    for _ in 0..2_000_000 {
        state = black_box(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    }
}

fn exec_true() {
    // Where there is none, the time of not finding it tells as much about the noise.
    let _ = Command::new("true").stdin(Stdio::null()).stdout(Stdio::null()).status();
}

fn description() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let model = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        line.split_once(':').map(|(_, name)| name.trim().to_owned())
    });
    let load = fs::read_to_string("/proc/loadavg").ok();
    let load = load.as_deref().and_then(|text| text.split_whitespace().next()).map(|load| format!(", load {load}"));
    format!(
        "{} {}, {cores} cores, {}{}",
        std::env::consts::OS,
        std::env::consts::ARCH,
        model.as_deref().unwrap_or("unknown processor"),
        load.unwrap_or_default(),
    )
}

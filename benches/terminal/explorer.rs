//! The explorer, driven as a person would, and the bare program beside it.

use std::process::Command;
use std::time::{Duration, Instant};

use super::bare;
use super::place::{LARGE_BODY_BEGINS, LARGE_BODY_ENDS};
use super::pty::Terminal;
use super::report::spread::Spread;

/// A message in the bottom line has gone by then, work that began with the program is done, and connections that were
/// kept for another call are closed: that takes ten seconds and a little.
const UNTIL_QUIET: Duration = Duration::from_secs(12);

/// The programs, ready to be started.
pub struct Programs {
    /// The explorer on profiles without a bundled server.
    pub explorer: Command,
    /// The explorer on the demo's profiles, with the bundled server in its process.
    pub demo: Command,
    /// The bare program.
    pub bare: Command,
    /// A program that writes one line: what is left is starting it and the pseudo-terminal.
    pub one_line: Command,
}

/// Whether a whole frame stands on the screen.
type Shown = fn(&str) -> bool;

const EXPLORER_SHOWN: Shown = |text| text.contains("1-9 send") && text.contains("? help");
const LINE_SHOWN: Shown = |text| text.contains(super::LINE);
const BARE_SHOWN: Shown = |text| text.contains(bare::FOOTER);

/// Starts the explorer and waits for its first frame.
pub fn open(command: &Command) -> anyhow::Result<Terminal> {
    Ok(first_frame(command, EXPLORER_SHOWN)?.0)
}

/// Starts the bare program and waits for its first frame.
pub fn open_bare(command: &Command) -> anyhow::Result<Terminal> {
    Ok(first_frame(command, BARE_SHOWN)?.0)
}

fn first_frame(command: &Command, shown: Shown) -> anyhow::Result<(Terminal, Duration)> {
    let mut terminal = Terminal::start(command)?;
    let at = terminal.wait("the first frame", shown)?;
    let took = at.saturating_duration_since(terminal.began);
    Ok((terminal, took))
}

/// Exec to first full frame of each program, one after the other, so many times.
pub struct FirstFrames {
    pub explorer: Spread,
    pub demo: Spread,
    pub bare: Spread,
    pub one_line: Spread,
}

impl FirstFrames {
    pub fn measure(programs: &Programs, runs: usize) -> anyhow::Result<Self> {
        let mut times = [const { Vec::new() }; 4];
        for _ in 0..runs {
            let all = [
                (&programs.explorer, EXPLORER_SHOWN),
                (&programs.demo, EXPLORER_SHOWN),
                (&programs.bare, BARE_SHOWN),
                (&programs.one_line, LINE_SHOWN),
            ];
            for ((command, shown), times) in all.into_iter().zip(&mut times) {
                let (terminal, took) = first_frame(command, shown)?;
                terminal.quit()?;
                times.push(took);
            }
        }
        let [explorer, demo, bare, one_line] = times.map(|times| Spread::of_times(&times));
        Ok(Self { explorer, demo, bare, one_line })
    }
}

/// Two keys that undo each other, and how to see that each was obeyed.
pub type Keys = [(&'static str, Shown); 2];

pub const HELP: Keys = [
    ("?", |text| text.contains("Esc closes")),
    ("\u{1b}", |text| !text.contains("Esc closes") && EXPLORER_SHOWN(text)),
];
pub const PROFILE: Keys =
    [("]", |text| top_line(text).contains(" tester-no-scope @")), ("[", |text| top_line(text).contains(" tester @"))];
pub const END_OF_LARGE_BODY: Keys =
    [("G", |text| text.contains(LARGE_BODY_ENDS)), ("gg", |text| text.contains(LARGE_BODY_BEGINS))];

fn top_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Presses the keys in turn, so many times in all.
pub fn press_in_turn(terminal: &mut Terminal, keys: Keys, count: usize) -> anyhow::Result<Spread> {
    let times = keys.iter().cycle().take(count).map(|(key, shown)| terminal.press(key, shown));
    Ok(Spread::of_times(&times.collect::<anyhow::Result<Vec<_>>>()?))
}

/// Presses any key in the bare program, so many times.
pub fn press_bare(terminal: &mut Terminal, count: usize) -> anyhow::Result<Spread> {
    let count = u32::try_from(count)?;
    let times = (1..=count).map(|number| {
        let footer = format!(" {} ", bare::presses(number));
        terminal.press("j", |text| text.contains(&footer) && BARE_SHOWN(text))
    });
    Ok(Spread::of_times(&times.collect::<anyhow::Result<Vec<_>>>()?))
}

/// Gets a token and waits until its signature is found good.
pub fn get_token(terminal: &mut Terminal) -> anyhow::Result<()> {
    terminal.press("t", |text| text.contains("VERIFIED")).map(drop)
}

/// Calls the endpoint with the large body: from the key until its first lines are shown.
pub fn show_large_body(terminal: &mut Terminal) -> anyhow::Result<Duration> {
    terminal.press("4", |text| text.contains(LARGE_BODY_BEGINS))
}

/// Moves the focus from the profiles, where it is at first, back round the end to the answer.
pub fn focus_answer(terminal: &mut Terminal) -> anyhow::Result<()> {
    const SHIFT_TAB: &str = "\u{1b}[Z";
    let [(end, at_end), (start, at_start)] = END_OF_LARGE_BODY;
    // The body's last line is there only when the answer obeys.
    terminal.press(&format!("{SHIFT_TAB}{end}"), at_end)?;
    terminal.press(start, at_start).map(drop)
}

/// What a program does while nobody presses a key.
#[derive(Clone, Copy)]
pub struct Idle {
    /// How often any of its threads went to sleep again, a second; where the system tells.
    pub wakes: Option<f64>,
    /// Share of one core, in percent; where the system tells.
    pub core: Option<f64>,
}

/// Waits until all is quiet, then looks on for so long.
pub fn idle(terminal: &mut Terminal, time: Duration) -> anyhow::Result<Idle> {
    let process = terminal.process()?;
    terminal.take_in_for(UNTIL_QUIET);
    let (wakes, core, began) = (process.voluntary_switches(), process.core_time(), Instant::now());
    terminal.take_in_for(time);
    let seconds = began.elapsed().as_secs_f64();
    let woken = wakes.zip(process.voluntary_switches()).map(|(before, after)| after.saturating_sub(before));
    let worked = core.zip(process.core_time()).map(|(before, after)| after.saturating_sub(before));
    Ok(Idle {
        wakes: woken.and_then(|count| u32::try_from(count).ok()).map(|count| f64::from(count) / seconds),
        core: worked.map(|time| time.as_secs_f64() / seconds * 100.0),
    })
}

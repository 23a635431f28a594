//! A login without the explorer: says on stderr what the person has to do, and waits. Nothing of it goes to stdout.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _};
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::asking::asking;
use super::output::{Paint, complain};
use crate::engine::qr::{self, Filled};
use crate::engine::{Engine, Failure, HeldToken, LoginAsk, LoginInput, LoginStep, LoginWay, TokenAsk, time_zone};
use crate::exchange::Secret;
use crate::jwt::shown;

/// How much of a foreign text is shown.
const SHOWN: usize = 4096;

/// How a person is asked to log in, when that is needed.
#[derive(Args, Clone, Copy, Debug)]
pub struct LoginArguments {
    /// Log in by a code that is typed on another device
    #[arg(long)]
    pub device: bool,
    /// Open no browser; the address is printed
    #[arg(long)]
    pub no_browser: bool,
}

/// The token; when a person has to log in for it, they are asked to. What they paste is read from the terminal, unless
/// that is for somebody else.
pub async fn token_or_login(
    engine: &Engine,
    ask: &TokenAsk,
    min_ttl: Option<u64>,
    arguments: LoginArguments,
    reads_terminal: bool,
) -> Result<Arc<HeldToken>, Failure> {
    let got = asking(engine, async || engine.token_to_pass_on(ask.clone(), min_ttl).await).await;
    let Err(Failure::LoginNeeded { why, .. }) = &got else { return got };
    if let Some(why) = why {
        complain(&format!("{} log in again: {}\n", Paint::for_stderr().warn(" note:"), shown(why, SHOWN)));
    }
    let way = arguments.device.then_some(LoginWay::Device);
    let login = LoginAsk {
        profile: ask.profile.clone(),
        environment: ask.environment.clone(),
        changes: ask.changes.clone(),
        way,
        open_browser: !arguments.no_browser,
    };
    asking(engine, async || log_in(engine, login.clone(), reads_terminal).await).await
}

async fn log_in(engine: &Engine, ask: LoginAsk, reads_terminal: bool) -> Result<Arc<HeldToken>, Failure> {
    let (told, mut steps) = mpsc::unbounded_channel();
    let (person, input) = mpsc::unbounded_channel();
    let pastes = reads_terminal && io::stdin().is_terminal() && ask.way != Some(LoginWay::Device);
    let mut talk = Talk { paint: Paint::for_stderr(), pastes, interval: None, person: pastes.then_some(person) };
    let login = engine.login(ask, told, input);
    let mut login = std::pin::pin!(login);
    loop {
        tokio::select! {
            // What was told comes before what came of it.
            biased;
            Some(step) = steps.recv() => talk.say(&step),
            done = &mut login => return done,
        }
    }
}

/// Tells a person what to do.
struct Talk {
    paint: Paint,
    /// Whether what is typed on the terminal is read.
    pastes: bool,
    /// The interval of polls that was told last.
    interval: Option<u64>,
    /// Where what is typed goes, until it is read.
    person: Option<mpsc::UnboundedSender<LoginInput>>,
}

impl Talk {
    fn say(&mut self, step: &LoginStep) {
        match step {
            LoginStep::Browser { .. } => {
                complain(&in_browser(step, self.pastes, self.paint));
                if let Some(person) = self.person.take() {
                    read_lines(person);
                }
            }
            LoginStep::Device { interval, .. } => {
                match self.interval {
                    None => complain(&on_device(step, self.paint)),
                    Some(before) if before != *interval => {
                        complain(&format!(
                            "{} the provider wants to be asked less often: every {interval} s now\n",
                            self.paint.warn(" note:")
                        ));
                    }
                    Some(_) => {}
                }
                self.interval = Some(*interval);
            }
            LoginStep::Exchanging => complain("The login is done; getting the token.\n"),
            LoginStep::Remark(words) => {
                complain(&format!("{} {}\n", self.paint.warn(" note:"), shown(words, SHOWN)));
            }
        }
    }
}

fn in_browser(step: &LoginStep, pastes: bool, paint: Paint) -> String {
    let LoginStep::Browser { url, redirect_uri, registered, opened, forward, device_offered, ends } = step else {
        return String::new();
    };
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = match opened {
        Ok(()) => writeln!(out, "Log in with the browser that was opened, or with another one at:\n\n  {url}\n"),
        Err(why) => writeln!(out, "Log in with a browser ({}) at:\n\n  {url}\n", shown(why, 300)),
    };
    if let Some(forward) = forward {
        let _ = writeln!(
            out,
            "The browser comes back to this machine: to lead it here, run on your own\n\n  {}\n",
            paint.bold(&shown(forward, 300))
        );
    }
    let _ = writeln!(out, "Waiting until {} for it to come back to {redirect_uri}; Ctrl-C cancels.", clock(*ends));
    let _ = writeln!(
        out,
        "If it complains of the redirect address, {} must be registered with the provider.",
        registered.join(", ")
    );
    if pastes {
        out.push_str("If it cannot come back, paste the address it was sent to here, and press Enter.\n");
    }
    if *device_offered {
        out.push_str("Another way: --device\n");
    }
    out
}

fn on_device(step: &LoginStep, paint: Paint) -> String {
    let LoginStep::Device { user_code, verification_uri, complete, ends, .. } = step else { return String::new() };
    let mut out = String::new();
    let _ = writeln!(
        out,
        "On any device, open\n\n  {}\n\nand type the code\n\n  {}\n",
        shown(verification_uri, SHOWN),
        paint.bold(&shown(user_code, 100))
    );
    if let Some(code) = io::stderr().is_terminal().then(|| qr_code(complete.as_ref().unwrap_or(verification_uri))) {
        out.push_str(&code);
    }
    let _ = writeln!(out, "Waiting until {}; Ctrl-C cancels.", clock(*ends));
    out
}

/// Dark on light where colours can be set, else for light text on a dark ground.
fn qr_code(text: &str) -> String {
    let colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let filled = if colour { Filled::Dark } else { Filled::Light };
    let lines = qr::lines(text, filled, false).unwrap_or_default();
    let line = |line: &String| if colour { format!("  \x1b[30;107m{line}\x1b[0m\n") } else { format!("  {line}\n") };
    lines.iter().map(line).chain(["\n".to_owned()]).collect()
}

fn clock(at: Timestamp) -> String {
    at.to_zoned_datetime(time_zone()).strftime("%H:%M:%S").to_string()
}

/// Passes on every line that is typed. The thread ends with the program: a terminal that is being read cannot be told to
/// stop.
fn read_lines(person: mpsc::UnboundedSender<LoginInput>) {
    let reading = move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            let line = zeroize::Zeroizing::new(line);
            let pasted = LoginInput::Pasted(Secret::new(line.trim()));
            if !line.trim().is_empty() && person.send(pasted).is_err() {
                return;
            }
        }
    };
    // Without it everything works but pasting.
    let _ = std::thread::Builder::new().name("typed".into()).spawn(reading);
}

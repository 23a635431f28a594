//! A program in a pseudo-terminal of 120 x 40, and when it had shown what.

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::report::process::Process;

const ROWS: u16 = 40;
const COLUMNS: u16 = 120;
/// What has not come by then does not come.
const DEADLINE: Duration = Duration::from_secs(20);
/// A frame is whole when nothing follows for so long.
const FRAME_END: Duration = Duration::from_millis(3);
/// Between two key presses; more than the time between two frames at sixty a second.
const BETWEEN_KEYS: Duration = Duration::from_millis(20);

/// A running program and the screen that it has drawn.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    /// Right before the program was executed.
    pub began: Instant,
}

impl Terminal {
    /// Starts the program with this command's arguments, folder and environment.
    pub fn start(command: &Command) -> anyhow::Result<Self> {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size)?;
        let mut reader = pair.master.try_clone_reader()?;
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                let chunk = (Instant::now(), buffer.get(..length).unwrap_or_default().to_vec());
                if sender.send(chunk).is_err() {
                    return;
                }
            }
        });
        let keyboard = pair.master.take_writer()?;
        let builder = builder(command);
        let began = Instant::now();
        let child = pair.slave.spawn_command(builder)?;
        let [rows, columns] = [ROWS, COLUMNS].map(|size| NonZeroU16::new(size).unwrap_or(NonZeroU16::MIN));
        let screen = vt100::Parser::new(rows, columns, 0);
        Ok(Self { child, _master: pair.master, keyboard, output, screen, began })
    }

    pub fn process(&self) -> anyhow::Result<Process> {
        self.child.process_id().map(Process).context("the program has no process id")
    }

    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until the screen shows this and the frame is whole. Answers when its last part came.
    pub fn wait(&mut self, what: &str, shown: impl Fn(&str) -> bool) -> anyhow::Result<Instant> {
        let deadline = Instant::now() + DEADLINE;
        let mut last = Instant::now();
        while !shown(&self.text()) {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok((at, bytes)) => {
                    self.screen.process(&bytes);
                    last = at;
                }
                Err(RecvTimeoutError::Timeout) => bail!("{what} is not shown:\n{}", self.text()),
                Err(RecvTimeoutError::Disconnected) => {
                    bail!("the program ended before {what} was shown:\n{}", self.text())
                }
            }
        }
        while let Ok((at, bytes)) = self.output.recv_timeout(FRAME_END) {
            self.screen.process(&bytes);
            last = at;
        }
        Ok(last)
    }

    /// Presses keys and waits until the screen shows this. Answers how long it took.
    pub fn press(&mut self, keys: &str, shown: impl Fn(&str) -> bool) -> anyhow::Result<Duration> {
        self.take_in_for(BETWEEN_KEYS);
        let pressed = Instant::now();
        self.keyboard.write_all(keys.as_bytes())?;
        self.keyboard.flush()?;
        let repainted = self.wait(&format!("what {keys:?} does"), shown)?;
        Ok(repainted.saturating_duration_since(pressed))
    }

    /// Takes in what the program draws for so long.
    pub fn take_in_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Ok((_, bytes)) = self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.screen.process(&bytes);
        }
    }

    /// Presses q and waits for the end.
    pub fn quit(mut self) -> anyhow::Result<()> {
        // Nobody reads it where the program has ended already.
        let _ = self.keyboard.write_all(b"q");
        let deadline = Instant::now() + DEADLINE;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                bail!("q does not end the program:\n{}", self.text());
            }
            self.take_in_for(Duration::from_millis(1));
        }
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn builder(command: &Command) -> CommandBuilder {
    let mut builder = CommandBuilder::new(command.get_program());
    builder.args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        builder.cwd(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => builder.env(name, value),
            None => builder.env_remove(name),
        }
    }
    builder.env("TERM", "xterm-256color");
    builder.env_remove("TMUX");
    builder
}

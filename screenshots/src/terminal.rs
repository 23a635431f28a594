//! The explorer in a pseudo-terminal: press keys, wait for what is on the screen.

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::{Parser, Screen};

/// How long anything may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// A screen that has not changed for so long is drawn to its end. Shorter than the second in which a countdown changes.
const SETTLED: Duration = Duration::from_millis(300);

/// A running explorer.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    screen: Arc<(Mutex<Parser>, Condvar)>,
    // Dropping it would hang up.
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Starts the command in a terminal of this size.
    pub fn start(command: CommandBuilder, columns: NonZeroU16, rows: NonZeroU16) -> anyhow::Result<Self> {
        let size = PtySize { rows: rows.get(), cols: columns.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size)?;
        let child = pair.slave.spawn_command(command)?;
        drop(pair.slave);
        let screen = Arc::new((Mutex::new(Parser::new(rows, columns, 0)), Condvar::new()));
        let mut output = pair.master.try_clone_reader()?;
        let shared = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                let (parser, changed) = &*shared;
                let mut parser = parser.lock().unwrap_or_else(PoisonError::into_inner);
                parser.process(bytes.get(..count).unwrap_or_default());
                changed.notify_all();
            }
        });
        Ok(Self { child, keys: pair.master.take_writer()?, screen, _master: pair.master })
    }

    /// Types the keys.
    pub fn press(&mut self, keys: &str) -> anyhow::Result<()> {
        self.keys.write_all(keys.as_bytes())?;
        Ok(self.keys.flush()?)
    }

    /// Waits until the words are on the screen.
    pub fn wait(&self, words: &str) -> anyhow::Result<()> {
        let (parser, changed) = &*self.screen;
        let mut parser = parser.lock().unwrap_or_else(PoisonError::into_inner);
        let deadline = Instant::now() + PATIENCE;
        while !parser.screen().contents().contains(words) {
            let left = deadline.checked_duration_since(Instant::now());
            let Some(left) = left else { bail!("no {words:?} on the screen:\n{}", parser.screen().contents()) };
            parser = changed.wait_timeout(parser, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        // The words may stand in a frame of which the rest is still to come.
        loop {
            let (after, quiet) = changed.wait_timeout(parser, SETTLED).unwrap_or_else(PoisonError::into_inner);
            if quiet.timed_out() {
                return Ok(());
            }
            parser = after;
        }
    }

    /// Looks at the screen.
    pub fn look<T>(&self, at: impl FnOnce(&Screen) -> T) -> T {
        at(self.screen.0.lock().unwrap_or_else(PoisonError::into_inner).screen())
    }

    /// Presses Ctrl-C until it ends: that cancels what is under way, and then quits.
    pub fn leave(mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().context("the explorer cannot be waited for")? {
                return if status.success() { Ok(()) } else { bail!("the explorer ended with {status}") };
            }
            if Instant::now() > deadline {
                bail!("the explorer did not end");
            }
            // It may have ended meanwhile.
            _ = self.press("\x03");
            std::thread::sleep(SETTLED);
        }
    }
}

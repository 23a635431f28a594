//! The terminal while the explorer has it, and as it was before, however the program ends.
//!
//! What was switched on is switched off exactly once: by leaving, by dropping the guard, or by the panic hook.

use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write as _};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

/// Whether the terminal is ours at the moment.
static OURS: AtomicBool = AtomicBool::new(false);

type Backend = CrosstermBackend<BufWriter<Stdout>>;

/// The terminal while it is ours. Dropping it gives it back.
pub(super) struct Screen {
    terminal: Terminal<Backend>,
}

impl Screen {
    /// Takes the terminal over: raw mode, a screen of its own, mouse, pastes in one piece, no cursor.
    pub(super) fn take(mouse: bool) -> io::Result<Self> {
        if !io::stdout().is_terminal() {
            return Err(io::Error::other("standard output is no terminal"));
        }
        hook();
        let screen =
            Self { terminal: Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(1 << 16, io::stdout())))? };
        switch_on(mouse)?;
        Ok(screen)
    }

    /// Draws a frame: only what changed goes to the terminal.
    pub(super) fn draw<T: Default>(&mut self, paint: impl FnOnce(&mut ratatui::Frame<'_>) -> T) -> io::Result<T> {
        let mut painted = T::default();
        self.terminal.draw(|frame| painted = paint(frame))?;
        Ok(painted)
    }

    /// Gives the terminal back while `work` runs, and takes it again. The next frame is drawn in full.
    pub(super) fn lend<T>(&mut self, mouse: bool, work: impl FnOnce() -> T) -> io::Result<T> {
        give_back();
        let done = work();
        switch_on(mouse)?;
        // Not `clear`: that asks the terminal where its cursor is, and not every terminal answers.
        self.terminal = blank()?;
        Ok(done)
    }

    /// Captures the mouse, or leaves it to the terminal.
    pub(super) fn mouse(&mut self, capture: bool) -> io::Result<()> {
        let out = self.out();
        if capture { execute!(out, EnableMouseCapture) } else { execute!(out, DisableMouseCapture) }
    }

    /// Where bytes for the terminal go.
    pub(super) fn out(&mut self) -> &mut impl io::Write {
        self.terminal.backend_mut()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// A terminal that believes its screen to be empty, as a new alternate screen is.
fn blank() -> io::Result<Terminal<Backend>> {
    Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(1 << 16, io::stdout())))
}

fn switch_on(mouse: bool) -> io::Result<()> {
    // From here on there is something to undo, also when the next line fails half-way.
    OURS.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    let mut out = io::stdout();
    queue!(out, EnterAlternateScreen, EnableBracketedPaste, Hide)?;
    if mouse {
        queue!(out, EnableMouseCapture)?;
    }
    out.flush()
}

/// Undoes everything, once, from whatever thread. Errors have nowhere to go: the terminal may be the very thing that is gone.
pub(super) fn give_back() {
    if OURS.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        _ = execute!(out, DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show);
        _ = disable_raw_mode();
    }
}

/// A panic on this thread gives the terminal back first, so that its message can be read. A panic on another thread
/// belongs to an effect and becomes a message: it must not write over the screen.
fn hook() {
    let ui: ThreadId = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == ui {
            give_back();
            before(info);
        } else if !OURS.load(Ordering::SeqCst) {
            before(info);
        }
    }));
}

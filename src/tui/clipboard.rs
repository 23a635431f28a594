//! Offers text to a clipboard this program cannot see: through tmux when there is one, else by asking the terminal.
//! Says what was done, never that it arrived.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use crossterm::clipboard::CopyToClipboard;

use super::state::Level;
use crate::exchange::Secret;

/// Many terminals drop a longer OSC 52 sequence.
const SAFE: usize = 74_000;

/// How the text can be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// `tmux load-buffer -w -`, which hands it on to the terminal's clipboard too.
    Tmux,
    /// The escape sequence OSC 52.
    Osc52,
}

/// The way in this environment.
pub(super) fn way() -> Way {
    if std::env::var_os("TMUX").is_some_and(|value| !value.is_empty()) { Way::Tmux } else { Way::Osc52 }
}

/// Hands the text to tmux. Waits for it: not for the thread that draws.
pub(super) fn through_tmux(what: &str, text: &Secret) -> (Level, String) {
    match load_buffer(text) {
        Ok(()) => (Level::Done, format!("Handed {what} to tmux (load-buffer -w): paste with its prefix ].")),
        Err(error) => (Level::Error, format!("tmux did not take {what}: {error}. y w writes a file instead.")),
    }
}

fn load_buffer(text: &Secret) -> io::Result<()> {
    let mut tmux = Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = tmux.stdin.take() {
        stdin.write_all(text.reveal().as_bytes())?;
    }
    let status = tmux.wait()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("load-buffer ended with {status}"))) }
}

/// Sends the text to the terminal as OSC 52.
pub(super) fn through_terminal(out: &mut impl io::Write, what: &str, text: &Secret) -> (Level, String) {
    match crossterm::execute!(out, CopyToClipboard::to_clipboard_from(text.reveal())) {
        Ok(()) if text.reveal().len() > SAFE => (
            Level::Warning,
            format!(
                "Sent {what} to the terminal's clipboard (OSC 52); it is long, many terminals drop it. y w writes a file."
            ),
        ),
        Ok(()) => (Level::Done, format!("Sent {what} to the terminal's clipboard (OSC 52).")),
        Err(error) => (Level::Error, format!("The terminal did not take {what}: {error}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_goes_out_and_nothing_is_claimed() {
        let mut out = Vec::new();
        let (_, said) = through_terminal(&mut out, "the token #ba78", &Secret::new("abc"));
        assert_eq!(out, b"\x1b]52;c;YWJj\x1b\\");
        assert_eq!(said, "Sent the token #ba78 to the terminal's clipboard (OSC 52).");
        assert!(!said.contains("opied"));
    }
}

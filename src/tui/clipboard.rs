//! Offers text to a clipboard this program cannot see: through tmux when there is one, else by asking the terminal.
//! Says what was done, never that it arrived.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use crossterm::clipboard::CopyToClipboard;

use super::state::Level;
use super::text::{cut, visible};
use crate::exchange::Secret;

/// Many terminals drop a longer OSC 52 sequence.
const SAFE: usize = 74_000;

/// GNU screen hands no longer a piece on.
const SCREEN_PIECE: usize = 240;

/// How the text can be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// `tmux load-buffer -w -`, which hands it on to the terminal's clipboard too.
    Tmux,
    /// The escape sequence OSC 52.
    Osc52(Through),
}

/// What stands between the program and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Through {
    /// Nothing, or ssh, which hands everything on.
    Nothing,
    /// GNU screen, which hands on only what is wrapped for it.
    Screen,
    /// This is no terminal with a clipboard: the console of the machine.
    Console,
}

/// The way in this environment.
pub(super) fn way() -> Way {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    way_of(set("TMUX"), set("STY"), std::env::var("TERM").ok().as_deref())
}

fn way_of(tmux: bool, screen: bool, term: Option<&str>) -> Way {
    match term {
        _ if tmux => Way::Tmux,
        _ if screen => Way::Osc52(Through::Screen),
        Some("linux" | "dumb") => Way::Osc52(Through::Console),
        _ => Way::Osc52(Through::Nothing),
    }
}

/// Hands the text to tmux. Waits for it: not for the thread that draws. `instead` says what else there is.
pub(super) fn through_tmux(what: &str, text: &Secret, instead: &str) -> (Level, String) {
    match load_buffer(text) {
        Ok(()) => (Level::Done, format!("Handed {what} to tmux (load-buffer -w): paste with its prefix ].")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            (Level::Error, format!("There is no program tmux, though $TMUX is set; {instead} with {what}."))
        }
        Err(error) => (Level::Error, format!("tmux did not take {what}: {error}; {instead}.")),
    }
}

fn load_buffer(text: &Secret) -> io::Result<()> {
    let mut tmux = Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let given = match tmux.stdin.take() {
        Some(mut stdin) => stdin.write_all(text.reveal().as_bytes()),
        None => Ok(()),
    };
    // What it says of its end explains a pipe that broke.
    let ended = tmux.wait_with_output()?;
    if ended.status.success() {
        return given;
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let line = said.lines().find(|line| !line.trim().is_empty()).map(|line| cut(&visible(line), 60).into_owned());
    Err(io::Error::other(line.unwrap_or_else(|| format!("load-buffer ended with {}", ended.status))))
}

/// Sends the text to the terminal as OSC 52. `instead` says what else there is.
pub(super) fn through_terminal(
    out: &mut impl io::Write,
    through: Through,
    what: &str,
    text: &Secret,
    instead: &str,
) -> (Level, String) {
    let sent = match through {
        Through::Console => {
            return (Level::Warning, format!("This console has no clipboard for {what}; {instead}."));
        }
        Through::Nothing => crossterm::execute!(out, CopyToClipboard::to_clipboard_from(text.reveal())),
        Through::Screen => out.write_all(for_screen(text).reveal().as_bytes()).and_then(|()| out.flush()),
    };
    let whose = if through == Through::Screen { "through GNU screen to the terminal's" } else { "to the terminal's" };
    match sent {
        Ok(()) if text.reveal().len() > SAFE => (
            Level::Warning,
            format!("Sent {what} {whose} clipboard (OSC 52); it is long, many terminals drop it: {instead}."),
        ),
        Ok(()) => (Level::Done, format!("Sent {what} {whose} clipboard (OSC 52).")),
        Err(error) => (Level::Error, format!("The terminal did not take {what}: {error}.")),
    }
}

/// OSC 52 in the pieces that GNU screen hands on.
fn for_screen(text: &Secret) -> Secret {
    let encoded = BASE64_STANDARD.encode(text.reveal());
    let mut rest = format!("\x1b]52;c;{encoded}\x07");
    let mut out = String::with_capacity(rest.len() * 2);
    while !rest.is_empty() {
        let tail = rest.split_off(rest.len().min(SCREEN_PIECE));
        _ = write!(out, "\x1bP{rest}\x1b\\");
        rest = tail;
    }
    Secret::new(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(through: Through, text: &str) -> (String, String) {
        let mut out = Vec::new();
        let (_, said) = through_terminal(&mut out, through, "the token #ba78", &Secret::new(text), "y w writes a file");
        assert!(!said.contains("opied"), "{said}");
        (String::from_utf8_lossy(&out).into_owned(), said)
    }

    #[test]
    fn the_sequence_goes_out_and_nothing_is_claimed() {
        let (out, said) = sent(Through::Nothing, "abc");
        assert_eq!(out, "\x1b]52;c;YWJj\x1b\\");
        assert_eq!(said, "Sent the token #ba78 to the terminal's clipboard (OSC 52).");
        assert!(sent(Through::Nothing, &"x".repeat(80_000)).1.contains("y w writes a file"));
    }

    #[test]
    fn gnu_screen_gets_it_in_pieces_and_a_console_gets_nothing() {
        let (out, said) = sent(Through::Screen, &"x".repeat(1_000));
        assert!(said.contains("through GNU screen"));
        let inner: String = out.split("\x1bP").map(|piece| piece.trim_end_matches("\x1b\\")).collect();
        assert_eq!(inner, format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode("x".repeat(1_000))));
        assert!(out.split("\x1bP").all(|piece| piece.len() <= SCREEN_PIECE + 2));
        let (out, said) = sent(Through::Console, "abc");
        assert_eq!((out.as_str(), said.contains("y w writes a file")), ("", true));
    }

    #[test]
    fn the_way_follows_the_environment() {
        assert_eq!(way_of(true, true, Some("screen")), Way::Tmux);
        assert_eq!(way_of(false, true, Some("screen")), Way::Osc52(Through::Screen));
        assert_eq!(way_of(false, false, Some("linux")), Way::Osc52(Through::Console));
        assert_eq!(way_of(false, false, Some("xterm-256color")), Way::Osc52(Through::Nothing));
    }
}

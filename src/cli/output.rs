//! Results to stdout, all else to stderr; colour where a terminal is; a broken pipe is quiet.
//!
//! Wording: what happened first, with the value concerned; then, each on a line of its own, what to do.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};

use super::Exit;
use crate::engine::Failure;
use crate::exchange::redact_body;
use crate::jwt::shown;
use crate::oauth::TokenRefusal;

/// How much of one foreign line is printed.
const LINE: usize = 4096;

/// Paints words, when there is a terminal that wants it.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// Whether stdout is a terminal and `NO_COLOR` is not set.
    pub fn for_stdout() -> Self {
        Self { on: std::io::stdout().is_terminal() && !no_color() }
    }

    /// Whether stderr is a terminal and `NO_COLOR` is not set.
    pub fn for_stderr() -> Self {
        Self { on: std::io::stderr().is_terminal() && !no_color() }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// As it should be.
    pub fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Not as it should be.
    pub fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    /// Worth a look.
    pub fn warn(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// A heading.
    pub fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Less important.
    pub fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }
}

fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Writes a result. A reader that went away is no error; any other failure to write is.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes to stderr. There is nowhere left to report a failure of that.
pub fn complain(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Says on stderr what is wrong with how the program was called, and what to do.
pub fn wrong_usage(what: &str, hint: Option<&str>) -> Exit {
    let paint = Paint::for_stderr();
    complain(&format!("{} {what}\n", paint.bad("error:")));
    if let Some(hint) = hint {
        complain(&format!("{} {hint}\n", paint.warn(" hint:")));
    }
    Exit::Usage
}

/// A failure for people: what happened, the provider's own words, what to do.
pub fn failure(failure: &Failure, paint: Paint) -> String {
    let mut out = String::new();
    let _ = match failure {
        Failure::TokenRefused {
            exchange, refusal: TokenRefusal::Refused { status, error, description, uri }, ..
        } => {
            let _ = writeln!(out, "{} no token: {} answered {status}", paint.bad("error:"), exchange.request.url);
            let _ = writeln!(out, "  error              {}", shown(error, LINE));
            if let Some(uri) = uri {
                let _ = writeln!(out, "  error_uri          {}", shown(uri, LINE));
            }
            writeln!(out, "  error_description  {}", shown(description.as_deref().unwrap_or("(none)"), LINE))
        }
        Failure::TokenRefused { refusal: TokenRefusal::Unusable { reason, .. }, exchange, .. } => {
            let _ = writeln!(out, "{} no token: {}", paint.bad("error:"), shown(reason, LINE));
            match exchange.response().map(|response| redact_body(&response.body)).filter(|body| !body.is_empty()) {
                Some(body) => writeln!(out, "  it said  {}", shown(&body, 300)),
                None => Ok(()),
            }
        }
        other => writeln!(out, "{} {}", paint.bad("error:"), shown(&other.to_string(), LINE)),
    };
    for advice in failure.advice() {
        let _ = writeln!(out, "{} {}", paint.warn(" hint:"), shown(&advice, LINE));
    }
    out
}

/// A body for people: control characters made visible, line breaks kept.
pub fn body_text(text: &str) -> String {
    text.lines().map(|line| shown(line, LINE)).collect::<Vec<_>>().join("\n")
}

/// No cell wider than this widens its column: one long value is not to push the next column off the screen in all rows.
const WIDEST: usize = 64;

/// Rows of cells, each column as wide as its widest cell that is no wider than [`WIDEST`], by display width.
pub fn table(rows: &[Vec<String>], indent: &str) -> String {
    use unicode_width::UnicodeWidthStr as _;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let widths = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width());
        widths.filter(|width| *width <= WIDEST).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = indent.to_owned();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_cell_widens_no_other_row() {
        let long = "k".repeat(3_000);
        let rows = [["alg", "RS256", "how"], ["kid", &long, "the key"], ["typ", "漢字漢字", "what"]];
        let rows: Vec<Vec<String>> = rows.into_iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let table = table(&rows, "  ");
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines, ["  alg  RS256     how", &format!("  kid  {long}  the key"), "  typ  漢字漢字  what"]);
    }
}

//! What both programs that serve do with their process: log to stderr, and end when asked to.

use std::{
    fmt,
    io::{self, IsTerminal as _},
};

use jiff::Timestamp;
use tracing::Level;
use tracing_subscriber::{
    filter::Targets,
    fmt::{format::Writer, time::FormatTime},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// Logs one line a request to stderr, coloured on a terminal that wants it; `RUST_LOG` asks for more or less, and is told
/// where each line comes from: `debug`, or `info,tokenscope_server=trace`.
pub fn log_to_stderr() {
    let asked = std::env::var("RUST_LOG").ok().and_then(|asked| asked.parse::<Targets>().ok());
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    // Somebody else may log already; then that stays.
    let lines = tracing_subscriber::fmt::layer()
        .with_target(asked.is_some())
        .with_timer(WholeSeconds)
        .with_writer(io::stderr)
        .with_ansi(colour);
    let filter = asked.unwrap_or_else(|| Targets::new().with_default(Level::INFO));
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

/// The time as it stands before each line: a person reads it.
struct WholeSeconds;

impl FormatTime for WholeSeconds {
    fn format_time(&self, line: &mut Writer<'_>) -> fmt::Result {
        write!(line, "{:.0}", Timestamp::now())
    }
}

/// Waits for ctrl-c or, where there is such a thing, SIGTERM.
#[cfg(unix)]
pub async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

/// Waits for ctrl-c.
#[cfg(not(unix))]
pub async fn asked_to_end() {
    drop(tokio::signal::ctrl_c().await);
}

//! `tokenscope-server`: the bundled authorization server and the protected API.

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use clap::Parser;
use tokenscope_server::{ServeArgs, run};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// A Keycloak-shaped authorization server and an API that it protects, on loopback
#[derive(Debug, Parser)]
#[command(name = "tokenscope-server", version)]
struct Cli {
    #[command(flatten)]
    serve: ServeArgs,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .init();
    let shutdown = CancellationToken::new();
    tokio::spawn(end_on_signal(shutdown.clone()));
    let served = match cli.serve.into_options() {
        Ok(options) => run(options, shutdown, |serving| say(&serving.to_string())).await,
        Err(error) => Err(error),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "tokenscope-server: {error}");
            ExitCode::from(2)
        }
    }
}

/// A closed stdout is no reason to stop serving.
fn say(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// The first ctrl-c (or SIGTERM) lets running requests finish.
async fn end_on_signal(shutdown: CancellationToken) {
    asked_to_end().await;
    shutdown.cancel();
}

#[cfg(unix)]
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    let _ = tokio::signal::ctrl_c().await;
}

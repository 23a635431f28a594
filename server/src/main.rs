//! `tokenscope-server`: the bundled authorization server and the protected API.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Parser;
use tokenscope_server::{ServeArgs, asked_to_end, log_to_stderr, run};
use tokio_util::sync::CancellationToken;

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
    log_to_stderr();
    let shutdown = CancellationToken::new();
    tokio::spawn(end_when_asked(shutdown.clone()));
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
async fn end_when_asked(shutdown: CancellationToken) {
    asked_to_end().await;
    shutdown.cancel();
}

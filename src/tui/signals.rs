//! The signals that end the program, and the one that stops it.

use std::io;

#[cfg(unix)]
pub(super) use unix::{Signals, last_resort, stop};

#[cfg(not(unix))]
pub(super) use other::{Signals, last_resort, stop};

#[cfg(unix)]
mod unix {
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::io;

    /// Longer than the loop and the bundled server take to end by themselves.
    const PATIENCE: Duration = Duration::from_secs(2);

    /// SIGTERM, SIGHUP and SIGINT.
    pub(in crate::tui) struct Signals {
        term: Signal,
        hup: Signal,
        int: Signal,
    }

    impl Signals {
        /// Listens from now on. Must be called within the runtime.
        pub(in crate::tui) fn listen() -> io::Result<Self> {
            Ok(Self {
                term: signal(SignalKind::terminate())?,
                hup: signal(SignalKind::hangup())?,
                int: signal(SignalKind::interrupt())?,
            })
        }

        /// The number of the next one that comes.
        pub(in crate::tui) async fn next(&mut self) -> i32 {
            tokio::select! {
                _ = self.term.recv() => SIGTERM,
                _ = self.hup.recv() => SIGHUP,
                _ = self.int.recv() => SIGINT,
            }
        }

        /// Forgets an interrupt that was meant for another program in this terminal.
        pub(in crate::tui) fn forget_interrupt(&mut self) {
            while self.int.recv().now_or_never().flatten().is_some() {}
        }
    }

    /// Ends the process when it was asked to by SIGHUP or SIGTERM and has not ended by itself in a while.
    ///
    /// A terminal that is gone reads as an endless nothing, and crossterm's reader never comes back from that: the loop
    /// would neither see the signal nor end, and turn for ever. Must run on a thread that is not the loop's.
    pub(in crate::tui) async fn last_resort(give_back: fn()) {
        let (Ok(mut term), Ok(mut hup)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) else {
            return;
        };
        let number = tokio::select! {
            _ = term.recv() => SIGTERM,
            _ = hup.recv() => SIGHUP,
        };
        tokio::time::sleep(PATIENCE).await;
        give_back();
        std::process::exit(128 + number);
    }

    /// Stops this process until the shell continues it.
    pub(in crate::tui) fn stop() -> io::Result<()> {
        signal_hook::low_level::raise(SIGTSTP)
    }
}

#[cfg(not(unix))]
mod other {
    use super::io;

    /// Ctrl-C from outside.
    pub(in crate::tui) struct Signals;

    impl Signals {
        /// Listens from now on.
        pub(in crate::tui) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        /// The number of the next one that comes.
        pub(in crate::tui) async fn next(&mut self) -> i32 {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            2
        }

        /// Nothing to forget here.
        pub(in crate::tui) fn forget_interrupt(&mut self) {}
    }

    /// This platform has no such signals.
    pub(in crate::tui) async fn last_resort(_: fn()) {}

    /// This platform's shells cannot stop a program.
    pub(in crate::tui) fn stop() -> io::Result<()> {
        Ok(())
    }
}

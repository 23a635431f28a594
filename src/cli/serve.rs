//! `tokenscope serve`: the bundled authorization server and API, until ctrl-c.

use tokenscope_server::{ServeArgs, run as serve};
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::output::{Paint, complain, print};

pub async fn run(arguments: &ServeArgs) -> anyhow::Result<Exit> {
    let shutdown = CancellationToken::new();
    let served = async {
        let options = arguments.clone().into_options()?;
        serve(options, shutdown.clone(), |serving| {
            // Without a reader there is nobody to tell; serving goes on.
            let _ = print(&serving.to_string());
        })
        .await
    };
    let stop = async {
        ended_by_signal().await;
        shutdown.cancel();
    };
    let (served, ()) = tokio::join!(
        async {
            let served = served.await;
            shutdown.cancel();
            served
        },
        async {
            tokio::select! { () = stop => {}, () = shutdown.cancelled() => {} }
        }
    );
    match served {
        Ok(()) => Ok(Exit::Fine),
        Err(error) => {
            complain(&format!("{} {error}\n", Paint::for_stderr().bad("error:")));
            Ok(Exit::Usage)
        }
    }
}

/// Waits for ctrl-c, or where there is such a thing, SIGTERM.
async fn ended_by_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

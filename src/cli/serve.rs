//! `tokenscope serve`: the bundled authorization server and API, until ctrl-c; one line a request on stderr.

use tokenscope_server::{ServeArgs, ServeError, asked_to_end, log_to_stderr, run as serve};
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::output::{Paint, complain, print};

pub async fn run(arguments: &ServeArgs) -> Exit {
    log_to_stderr();
    match until_asked_to_end(arguments).await {
        Ok(()) => Exit::Fine,
        Err(error) => {
            complain(&format!("{} {error}\n", Paint::for_stderr().bad("error:")));
            Exit::Usage
        }
    }
}

async fn until_asked_to_end(arguments: &ServeArgs) -> Result<(), ServeError> {
    let shutdown = CancellationToken::new();
    let options = arguments.clone().into_options()?;
    let served = serve(options, shutdown.clone(), |serving| {
        // Without a reader there is nobody to tell; serving goes on.
        let _ = print(&serving.to_string());
    });
    tokio::pin!(served);
    tokio::select! {
        ended = &mut served => return ended,
        () = asked_to_end() => shutdown.cancel(),
    }
    // Running requests finish first.
    served.await
}

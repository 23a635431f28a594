//! Work that may block, such as a keyring behind D-Bus or a file on a share that is gone, in a thread of its own: the
//! one who waits can give up, and nobody else stands still.
//!
//! Imports nothing of this crate.

use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

/// It did not come back in time, or could not even begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GaveUp;

/// Does the work in a thread of its own and waits for it, but no longer than this. A thread that was given up ends with
/// the program.
pub async fn aside<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> T + Send + 'static) -> Result<T, GaveUp> {
    let (done, wait) = oneshot::channel();
    let begun = thread::Builder::new().name("aside".into()).spawn(move || {
        // Nobody listens any more when the wait was given up.
        let _ = done.send(work());
    });
    if begun.is_err() {
        return Err(GaveUp);
    }
    match tokio::time::timeout(limit, wait).await {
        Ok(Ok(result)) => Ok(result),
        _ => Err(GaveUp),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_takes_too_long_is_given_up() {
        assert_eq!(aside(Duration::from_secs(20), || 7).await, Ok(7));
        let (held, until) = std::sync::mpsc::channel::<()>();
        assert_eq!(aside(Duration::from_millis(20), move || until.recv().is_ok()).await, Err(GaveUp));
        drop(held);
    }
}

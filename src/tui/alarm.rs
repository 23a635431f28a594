//! Waits for the moment at which the screen looks different by itself, and wakes nothing else on the way there.
//!
//! The runtime's own timers wake a thread several times for one wait: their wheel turns in steps.

use std::time::Duration;

#[cfg(not(target_os = "linux"))]
pub(super) use other::Alarm;
#[cfg(target_os = "linux")]
pub(super) use timer::Alarm;

#[cfg(target_os = "linux")]
mod timer {
    use std::io;
    use std::os::fd::OwnedFd;

    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
    };
    use tokio::io::unix::AsyncFd;

    use super::Duration;

    /// A timer of the system that the loop waits for as for a key.
    pub(in crate::tui) struct Alarm {
        /// None where the system gives none; then the runtime's own timers do.
        timer: Option<AsyncFd<OwnedFd>>,
        /// Whether it is set at the moment.
        set: bool,
    }

    impl Alarm {
        /// Not set. Must be called within the runtime.
        pub(in crate::tui) fn new() -> Self {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let timer = timerfd_create(TimerfdClockId::Monotonic, flags).ok().and_then(watched);
            Self { timer, set: false }
        }

        /// Waits so long; for ever without an end. Dropped while it waits, it is forgotten.
        pub(in crate::tui) async fn ring(&mut self, wait: Option<Duration>) {
            let Some(timer) = &self.timer else { return super::sleep(wait).await };
            let set = wait.map(|wait| wait.max(Duration::from_nanos(1)));
            if (set.is_some() || self.set) && set_to(timer.get_ref(), set.unwrap_or_default()).is_err() {
                return super::sleep(wait).await;
            }
            self.set = set.is_some();
            if wait.is_none() {
                return std::future::pending().await;
            }
            loop {
                let Ok(mut ready) = timer.readable().await else { return super::sleep(wait).await };
                // What a wait that was forgotten left behind is not there any more: this says so.
                let mut count = [0; 8];
                let rang = ready.try_io(|fd| rustix::io::read(fd.get_ref(), &mut count).map_err(io::Error::from));
                if rang.is_ok() {
                    self.set = false;
                    return;
                }
            }
        }
    }

    /// What this owns stays open for as long as it is watched, which is all that the constructor could get wrong; the one
    /// that took its place is unsafe code.
    #[allow(deprecated, reason = "an owned descriptor cannot be closed by somebody else")]
    fn watched(fd: OwnedFd) -> Option<AsyncFd<OwnedFd>> {
        AsyncFd::new(fd).ok()
    }

    /// Nothing at all turns it off.
    fn set_to(timer: &OwnedFd, wait: Duration) -> rustix::io::Result<()> {
        let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
        let once = Timespec { tv_sec: seconds, tv_nsec: i64::from(wait.subsec_nanos()) };
        let never = Timespec { tv_sec: 0, tv_nsec: 0 };
        let spec = Itimerspec { it_interval: never, it_value: once };
        timerfd_settime(timer, TimerfdTimerFlags::empty(), &spec).map(|_| ())
    }
}

#[cfg(not(target_os = "linux"))]
mod other {
    use super::Duration;

    /// The runtime's own timers.
    pub(in crate::tui) struct Alarm;

    impl Alarm {
        /// Not set.
        pub(in crate::tui) fn new() -> Self {
            Self
        }

        /// Waits so long; for ever without an end.
        pub(in crate::tui) async fn ring(&mut self, wait: Option<Duration>) {
            super::sleep(wait).await;
        }
    }
}

async fn sleep(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use std::time::Instant;

    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn it_rings_when_it_is_due_also_after_waits_that_were_forgotten() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut alarm = Alarm::new();
            // Forgotten before it was due, and after.
            assert!(alarm.ring(Some(Duration::from_secs(999))).now_or_never().is_none());
            for _ in 0..3 {
                _ = alarm.ring(Some(Duration::from_nanos(1))).now_or_never();
                tokio::time::timeout(Duration::from_secs(5), alarm.ring(Some(Duration::from_millis(1)))).await.unwrap();
            }
            let began = Instant::now();
            alarm.ring(Some(Duration::from_millis(30))).await;
            assert!(began.elapsed() >= Duration::from_millis(30));
            assert!(alarm.ring(None).now_or_never().is_none());
        });
    }
}

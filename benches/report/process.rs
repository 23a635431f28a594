//! What the system tells about a running process. On Linux, from /proc; elsewhere nothing.

use std::fs;
use std::time::Duration;

/// A running process.
#[derive(Clone, Copy, Debug)]
pub struct Process(pub u32);

impl Process {
    /// Time that its living threads have spent on a core.
    pub fn core_time(self) -> Option<Duration> {
        let of_thread = |text: String| text.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse().ok());
        self.sum_over_threads("schedstat", of_thread).map(Duration::from_nanos)
    }

    /// How often its living threads have gone to sleep of their own: each time something had to wake them.
    pub fn voluntary_switches(self) -> Option<u64> {
        self.sum_over_threads("status", |text| field(&text, "voluntary_ctxt_switches:"))
    }

    /// Memory it has in RAM, in MB.
    pub fn resident_mb(self) -> Option<f64> {
        self.megabytes("VmRSS:")
    }

    /// The most memory it ever had in RAM, in MB.
    pub fn peak_mb(self) -> Option<f64> {
        self.megabytes("VmHWM:")
    }

    fn megabytes(self, name: &str) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).ok()?;
        let kib = u32::try_from(field(&status, name)?).ok()?;
        Some(f64::from(kib) * 1024.0 / 1e6)
    }

    fn sum_over_threads(self, file: &str, value: impl Fn(String) -> Option<u64>) -> Option<u64> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.0)).ok()?;
        // A thread may end meanwhile.
        let texts = threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join(file)).ok());
        Some(texts.filter_map(value).sum())
    }
}

/// Time that the calling thread has spent on a core.
pub fn own_core_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// The number behind a name at the start of a line.
fn field(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

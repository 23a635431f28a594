//! Values in words: how long something took, how old it is, what is under way.

use std::time::Duration;

use jiff::Timestamp;

use crate::jwt::times::span_in_words;

/// How long something took: `3 ms`, `1.2 s`.
pub(super) fn took(time: Duration) -> String {
    match time.as_millis() {
        0 => "under 1 ms".to_owned(),
        ms @ 1..1_000 => format!("{ms} ms"),
        ms => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
    }
}

/// How long ago something was: `8 s`, `2 min 5 s`.
pub(super) fn age(since: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(since.as_second()).max(0);
    span_in_words(seconds.unsigned_abs())
}

/// The same, told: `just now`, `8 s ago`.
pub(super) fn ago(since: Timestamp, now: Timestamp) -> String {
    if now.as_second() <= since.as_second() { "just now".to_owned() } else { format!("{} ago", age(since, now)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        assert_eq!(took(Duration::from_micros(300)), "under 1 ms");
        assert_eq!(took(Duration::from_millis(3)), "3 ms");
        assert_eq!(took(Duration::from_millis(1_249)), "1.2 s");
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(ago(now, now), "just now");
        assert_eq!(ago(now, now + Duration::from_secs(125)), "2 min 5 s ago");
    }
}

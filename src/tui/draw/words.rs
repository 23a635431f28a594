//! Values in words: how old something is.

use jiff::Timestamp;

use crate::jwt::times::span_in_words;

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
    use std::time::Duration;

    use super::*;

    #[test]
    fn spans() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(ago(now, now), "just now");
        assert_eq!(ago(now, now + Duration::from_secs(125)), "2 min 5 s ago");
    }
}

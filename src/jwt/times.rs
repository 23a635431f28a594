//! Times in tokens: reading a `NumericDate`, and saying in words how far away an instant is.
//!
//! Pure: "now" is always handed in. Imports nothing of this crate but [`shown`].

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::shown;

/// The claims whose value is a `NumericDate` (RFC 7519 section 2): seconds since 1970.
const TIME_CLAIMS: [&str; 7] = ["exp", "iat", "nbf", "auth_time", "updated_at", "toe", "xms_tcdt"];

/// The first second after the year 9999. The calendar here ends a day before, so that it is never beyond it in any zone.
const END_OF_9999: f64 = 253_402_300_800.0;

/// Whether the claim holds a time.
pub fn is_time_claim(name: &str) -> bool {
    TIME_CLAIMS.contains(&name)
}

/// What a claim says about an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumericDate {
    /// There is no such claim.
    Absent,
    /// A number of seconds within the years 1970 to 9999; fractions are kept. The last day of 9999, which is as much as to
    /// say never, is taken for the last instant that can be reckoned with.
    At(Timestamp),
    /// Something that is no such number; why, as the end of a sentence that begins with the claim's name.
    Absurd(String),
}

impl NumericDate {
    /// Reads the claim's value. A number must be neither negative nor beyond the year 9999 (RFC 3339 section 1).
    pub fn read(value: Option<&Value>) -> Self {
        match value {
            None => Self::Absent,
            Some(Value::Number(number)) => {
                let seconds = number.as_f64().unwrap_or(f64::NAN);
                let instant = match number.as_i64() {
                    Some(whole) => Timestamp::from_second(whole).ok(),
                    None => SignedDuration::try_from_secs_f64(seconds)
                        .ok()
                        .and_then(|since| Timestamp::from_duration(since).ok()),
                };
                match instant {
                    Some(instant) if seconds >= 0.0 => Self::At(instant),
                    None if (0.0..END_OF_9999).contains(&seconds) => Self::At(Timestamp::MAX),
                    _ if seconds < 0.0 => Self::Absurd(format!("is {number}, before 1970")),
                    _ if seconds >= f64::MAX => Self::Absurd("is a number beyond any calendar".to_owned()),
                    _ if seconds < 1e15 => Self::Absurd(format!(
                        "is {number}, after the year 9999: milliseconds, where seconds are wanted?"
                    )),
                    _ => Self::Absurd(format!("is {number}, beyond any calendar")),
                }
            }
            Some(other) => Self::Absurd(format!("is {}, where a number of seconds is wanted", described(other))),
        }
    }

    /// The instant, when there is one.
    pub fn instant(&self) -> Option<Timestamp> {
        match self {
            Self::At(instant) => Some(*instant),
            Self::Absent | Self::Absurd(_) => None,
        }
    }
}

/// A JSON value's type with the value itself, cut: `a string, "tomorrow"`.
pub(super) fn described(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => format!("a truth value, {truth}"),
        Value::Number(number) => format!("a number, {number}"),
        Value::String(text) => format!("a string, \"{}\"", shown(text, 40)),
        Value::Array(items) if items.len() == 1 => "an array of one value".to_owned(),
        Value::Array(items) => format!("an array of {} values", items.len()),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// How far `to` is from `now`: `in 4 min 31 s`, `1 min 30 s ago`, `now`. The two largest units, never rounded up.
pub fn in_words(now: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(now).as_secs();
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {}", span_in_words(seconds.unsigned_abs())),
        _ => format!("{} ago", span_in_words(seconds.unsigned_abs())),
    }
}

/// A length of time by its two largest units: `4 min 31 s`, `1 h`, `2 years 12 d`. A year has 365 days.
pub fn span_in_words(seconds: u64) -> String {
    let units = [
        (seconds / 31_536_000, "year"),
        (seconds / 86_400 % 365, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let words: Vec<String> = units
        .into_iter()
        .skip_while(|(count, _)| *count == 0)
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(
            |(count, unit)| {
                if unit == "year" && count > 1 { format!("{count} years") } else { format!("{count} {unit}") }
            },
        )
        .collect();
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}

/// The text is no time.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0} is no time: write now, +1h, -5m30s (s, m, h, d, w, y), 2026-11-23T20:00:00Z, or seconds since 1970")]
pub struct NoTime(String);

/// Reads a time as people write it: `now`, `+1h`, `-5m30s`, an RFC 3339 time, or seconds since 1970.
pub fn parse(text: &str, now: Timestamp) -> Result<Timestamp, NoTime> {
    let text = text.trim();
    let no_time = || NoTime(shown(text, 40));
    if let Some(instant) = parse_relative(text, now) {
        return Ok(instant);
    }
    let instant = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok().and_then(|second| Timestamp::from_second(second).ok())
    } else {
        text.parse().ok()
    };
    instant.ok_or_else(no_time)
}

/// Reads `now`, `+1h`, `-5m30s`: a time by its distance from now. Weeks have 7 days, years 365.
pub fn parse_relative(text: &str, now: Timestamp) -> Option<Timestamp> {
    if text == "now" {
        return Some(now);
    }
    let (sign, mut rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let mut seconds = 0_i64;
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at_checked(digits)?;
        let unit = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(unit)?;
        let unit = match unit {
            "s" => 1,
            "m" | "min" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "w" => 7 * 86_400,
            "y" => 365 * 86_400,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        if after.is_empty() {
            return now.checked_add(SignedDuration::from_secs(sign * seconds)).ok();
        }
        rest = after;
    }
}

/// Seconds left as a clock shows them: `0:07`, `4:31`, `2:03:04`, from a day on `3 d`. Below zero is `0:00`.
pub fn countdown(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{rest:02}"),
        1..24 => format!("{hours}:{minutes:02}:{rest:02}"),
        _ => format!("{} d", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use serde_json::json;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn distances_in_words() {
        const EXP: i64 = 1_800_000_000;
        let day = 86_400;
        for (now, words) in [
            (EXP - 90, "in 1 min 30 s"),
            (EXP, "now"),
            (EXP + 90, "1 min 30 s ago"),
            (EXP - 271, "in 4 min 31 s"),
            (EXP - 1, "in 1 s"),
            (EXP + 59, "59 s ago"),
            (EXP - 300, "in 5 min"),
            (EXP - 3_601, "in 1 h"),
            (EXP - 7_260, "in 2 h 1 min"),
            (EXP + 3 * day + 4 * 3_600, "3 d 4 h ago"),
            (EXP - 365 * day, "in 1 year"),
            (EXP - 2 * 365 * day - 12 * day, "in 2 years 12 d"),
        ] {
            assert_eq!(in_words(at(now), at(EXP)), words);
        }
    }

    #[test]
    fn times_as_people_write_them() {
        const NOW: i64 = 1_800_000_000;
        for (text, second) in [
            ("now", NOW),
            ("+1h", NOW + 3_600),
            ("-5m30s", NOW - 330),
            ("+90min", NOW + 5_400),
            ("+1w1d", NOW + 8 * 86_400),
            (" 1700000000 ", 1_700_000_000),
            ("2026-11-23T20:00:00Z", 1_795_464_000),
            ("2026-11-23T21:00:00+01:00", 1_795_464_000),
        ] {
            assert_eq!(parse(text, at(NOW)), Ok(at(second)), "{text}");
        }
        for text in
            ["", "+", "+h", "+1", "+1x", "1h", "tomorrow", "+99999999999999999999h", "+999999999y", "-1", "+1h "]
        {
            let outcome = parse(text, at(NOW));
            assert_eq!(outcome.is_ok(), text == "+1h ", "{text}: {outcome:?}");
        }
    }

    #[test]
    fn countdowns() {
        for (seconds, shown) in [
            (271, "4:31"),
            (7, "0:07"),
            (0, "0:00"),
            (-5, "0:00"),
            (7_384, "2:03:04"),
            (86_399, "23:59:59"),
            (3 * 86_400 + 5, "3 d"),
        ] {
            assert_eq!(countdown(seconds), shown);
        }
    }

    #[test]
    fn numeric_dates() {
        assert_eq!(NumericDate::read(None), NumericDate::Absent);
        assert_eq!(NumericDate::read(Some(&json!(1_300_819_380))), NumericDate::At(at(1_300_819_380)));
        // 9999-12-31T23:59:59Z.
        for never in [json!(253_402_300_799_i64), json!(253_402_300_799.5), json!(253_402_207_201_i64)] {
            assert_eq!(NumericDate::read(Some(&never)), NumericDate::At(Timestamp::MAX), "{never}");
        }
        let half = NumericDate::read(Some(&json!(1.5))).instant().unwrap();
        assert_eq!(half.as_millisecond(), 1_500);
        for (value, word) in [
            (json!("1300819380"), "a string, \"1300819380\""),
            (json!(true), "a truth value, true"),
            (json!(null), "null"),
            (json!([1]), "an array of one value"),
            (json!({}), "an object"),
            (json!(-1), "before 1970"),
            (json!(1e300), "beyond any calendar"),
            (json!(1_700_000_000_000_i64), "milliseconds"),
            (json!(253_402_300_800_i64), "253402300800, after the year 9999"),
        ] {
            match NumericDate::read(Some(&value)) {
                NumericDate::Absurd(why) => assert!(why.contains(word), "{why}"),
                other => unreachable!("{value} gave {other:?}"),
            }
        }
    }
}

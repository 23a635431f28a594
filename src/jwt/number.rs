//! Numbers as they are written in JSON: whether a reader keeps all their digits.
//!
//! Pure: imports nothing of this crate.

/// Whether a number in this JSON text has digits that a double, or a whole number of 64 bits, does not keep.
pub(super) fn some_lose_digits(json: &str) -> bool {
    numbers(json).any(loses_digits)
}

/// The largest whole number up to which a double holds all of them: 2^53 - 1 (RFC 7493 section 2.2).
const LARGEST: &str = "9007199254740991";

/// Whether a number in this JSON text is another one to a reader that keeps numbers as doubles.
pub(super) fn some_are_rounded(json: &str) -> bool {
    numbers(json).any(is_rounded)
}

/// Whether a reader that keeps numbers as doubles cannot be sure to have this one.
pub(super) fn is_rounded(number: &str) -> bool {
    let digits = number.trim_start_matches('-');
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.len() > LARGEST.len() || digits.len() == LARGEST.len() && digits > LARGEST;
    }
    loses_digits(number)
}

/// The numbers of a JSON text, as they are written.
fn numbers(json: &str) -> impl Iterator<Item = &str> {
    // What lies between quotes is no number; a quote behind a backslash is none.
    let mut quoted = false;
    let mut escaped = false;
    let outside = move |c: char| {
        let quote = c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        quoted ^= quote;
        let of_number = c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        quoted || quote || !of_number
    };
    // `true` and `false` leave an `e` behind.
    json.split(outside).filter(|word| word.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
}

/// Whether reading this number loses digits. `1.10` and `1e2` lose nothing; `1e400` cannot be kept at all.
pub(super) fn loses_digits(number: &str) -> bool {
    if number.len() < 16 && !number.contains(['e', 'E']) {
        return false;
    }
    if number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok() {
        return false;
    }
    match number.parse::<f64>() {
        Ok(kept) if kept.is_finite() => significant(number) != significant(&format!("{kept:e}")),
        _ => true,
    }
}

/// The digits from the first to the last that is not 0, and the power of ten of the first; none of 0.
fn significant(number: &str) -> Option<(bool, String, i64)> {
    let (negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(i64::MAX / 2);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let first = digits.find(|c| c != '0')?;
    let power = exponent.saturating_add(i64::try_from(whole.len()).unwrap_or(i64::MAX / 2)).saturating_sub(1);
    let power = power.saturating_sub(i64::try_from(first).unwrap_or(0));
    Some((negative, digits.trim_matches('0').to_owned(), power))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_lost_only_where_they_are() {
        for kept in [
            "0",
            "-1",
            "18446744073709551615",
            "-9223372036854775808",
            "1.10",
            "1e2",
            "1E+2",
            "0.1",
            "100000000000000000000000",
            "1e23",
            "-1.5e-10",
            "0.000000000000000000000000000000",
            "123456789012345.6",
            "1.7976931348623157e308",
            "5e-324",
            "0e9999999999999999999999",
        ] {
            assert!(!loses_digits(kept), "{kept}");
        }
        for lost in [
            "12345678901234567890123",
            "0.12345678901234567890123",
            "1e400",
            "-1e400",
            "1e-400",
            "123456789012345678901.5",
            "1e99999999999999999999999",
        ] {
            assert!(loses_digits(lost), "{lost}");
        }
    }

    #[test]
    fn a_double_keeps_them_or_not() {
        for (number, rounded) in [
            ("9007199254740991", false),
            ("-9007199254740991", false),
            ("9007199254740992", true),
            ("9007199254740993", true),
            ("-9007199254740993", true),
            ("10000000000000000", true),
            ("1800000000", false),
            ("1.5", false),
            ("0.10", false),
            ("1e300", false),
            ("1E400", true),
            ("1800000000.123456", false),
            ("0.1234567890123456789", true),
            ("123456789012345678.5", true),
        ] {
            assert_eq!(is_rounded(number), rounded, "{number}");
        }
    }

    #[test]
    fn numbers_are_found_outside_of_texts() {
        let json = r#"{"a\"12345678901234567890123":true,"b":[1,-2.5e3,{"c":false}],"d\\":"9e999","e":1e400}"#;
        assert_eq!(numbers(json).collect::<Vec<_>>(), ["1", "-2.5e3", "1e400"]);
        assert!(some_lose_digits(json) && !some_lose_digits(r#"{"d\\":"9e999"}"#));
    }
}

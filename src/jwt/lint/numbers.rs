//! The rule about numbers that readers round.
//!
//! Pure: imports only the `jwt` module's own files.

use jiff::Timestamp;

use crate::jwt::decode::{Kind, Token};
use crate::jwt::shown;
use crate::jwt::{JsonType, Node, tree};

/// The largest whole number up to which a double holds all of them: 2^53 - 1 (RFC 7493 section 2.2).
const LARGEST: &str = "9007199254740991";
/// So many digits every double keeps.
const KEPT: usize = 15;

pub(super) fn too_large(token: &Token, _: Timestamp) -> Option<String> {
    let Kind::Jws(jws) = token.kind() else { return None };
    let parts = [jws.header_json.as_str(), jws.payload_json.as_deref().unwrap_or_default()];
    let nodes = parts.into_iter().filter(|json| has_long_number(json)).flat_map(tree);
    let found: Vec<String> = nodes.filter(is_rounded).take(3).map(|node| told(&node)).collect();
    (!found.is_empty()).then(|| format!("{}: more digits than most readers keep.", found.join(", ")))
}

fn told(node: &Node) -> String {
    format!("{} is {}", shown(&node.path, 40), shown(&node.raw, 40))
}

/// Whether there can be such a number: most tokens have none, and need no second reading.
fn has_long_number(json: &str) -> bool {
    json.split(|c: char| !c.is_ascii_digit() && c != '.').any(|digits| digits.len() > KEPT)
}

/// Whether a reader that keeps numbers as doubles has another one in its hands afterwards.
fn is_rounded(node: &Node) -> bool {
    if node.kind != JsonType::Number {
        return false;
    }
    let number = node.raw.trim_start_matches('-');
    if number.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.len() > LARGEST.len() || number.len() == LARGEST.len() && number > LARGEST;
    }
    let double: f64 = number.parse().unwrap_or(f64::INFINITY);
    digits(number) != digits(&format!("{double:e}"))
}

/// The digits that count of a number with a fraction or an exponent.
fn digits(number: &str) -> String {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let nodes = tree(&format!("{{\"n\":{number}}}"));
            assert_eq!(nodes.iter().any(is_rounded), rounded, "{number}");
        }
    }
}

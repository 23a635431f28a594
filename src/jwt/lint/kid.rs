//! The rule about a `kid` that looks like an attempt on whoever looks the key up with it.
//!
//! Pure: imports only the `jwt` module's own files.

use jiff::Timestamp;

use crate::jwt::decode::{Token, decode_leniently};
use crate::jwt::shown;

/// How names of files with keys end, and of what else is read by way of a kid.
const FILES: [&str; 12] =
    [".pem", ".der", ".crt", ".cer", ".p12", ".pfx", ".jks", ".key", ".jwk", ".json", ".conf", ".env"];
/// Of those, what can also end a plain name.
const NAMES_TOO: [&str; 5] = [".key", ".jwk", ".json", ".conf", ".env"];

pub(super) fn suspicious(token: &Token, _: Timestamp) -> Option<String> {
    let kid = token.header()?.get("kid")?;
    let Some(kid) = kid.as_str() else { return Some("kid is not a string.".to_owned()) };
    let lower: String = kid.chars().take(1_000).collect::<String>().to_ascii_lowercase();
    let looks_like = if is_path(kid, &unescaped(&lower)) {
        "a path"
    } else if is_sql(&lower) {
        "SQL"
    } else if lower.contains(['|', ';', '`']) || lower.contains("$(") || lower.contains("&&") {
        "a command"
    } else if lower.starts_with("http:") || lower.starts_with("https:") {
        "an address"
    } else if kid.chars().any(char::is_control) {
        "something for a terminal"
    } else if kid.len() > 256 {
        "no name: it is longer than 256 bytes"
    } else {
        return None;
    };
    Some(format!("kid looks like {looks_like}: {}", shown(kid, 60)))
}

/// What it says once `%2f` and the like are undone, also when they were written as `%252f`.
fn unescaped(lower: &str) -> String {
    lower.replace("%25", "%").replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\").replace("%00", "\0")
}

fn is_path(kid: &str, lower: &str) -> bool {
    let has_slash = lower.contains(['/', '\\']);
    let ends_as_file =
        |end: &&&str| lower.ends_with(**end) && lower.len() > end.len() && (has_slash || !NAMES_TOO.contains(*end));
    let drive = lower.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && lower.get(1..).is_some_and(|rest| rest.starts_with(":\\") || rest.starts_with(":/") && !rest.contains("//"));
    lower.contains("../")
        || lower.contains("..\\")
        || lower.contains('\0')
        || lower.contains("file:")
        || lower.starts_with("\\\\")
        || drive
        || lower.starts_with('/') && !is_thumbprint(kid)
        || !lower.starts_with("http") && FILES.iter().any(|end| ends_as_file(&end))
}

/// Whether it is a hash in base64: in the standard alphabet one of 64 begins with a slash.
fn is_thumbprint(kid: &str) -> bool {
    let is_mixed = kid.contains(|c: char| c.is_ascii_uppercase()) && kid.contains(|c: char| c.is_ascii_digit());
    is_mixed && decode_leniently(kid).is_ok_and(|bytes| matches!(bytes.len(), 20 | 32 | 48 | 64))
}

fn is_sql(lower: &str) -> bool {
    let compares = lower.split_whitespace().any(|word| matches!(word, "or" | "and"))
        && (lower.contains('=') || lower.contains(" like ") || lower.ends_with(" true"));
    let comment = lower.contains("--") && lower.contains(' ') || lower.contains("/*");
    lower.contains('\'') || comment || compares || lower.contains("union select") || lower.contains("drop table")
}

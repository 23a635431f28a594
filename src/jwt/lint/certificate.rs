//! The rule about the certificates of the keys that a token may be signed with.
//!
//! Pure: imports only the `jwt` module's own files.

use jiff::Timestamp;

use crate::jwt::algorithm::{Named, named};
use crate::jwt::decode::Token;
use crate::jwt::keys::{Key, KeySet};
use crate::jwt::shown;

/// Only keys that the token may mean are looked at.
pub(super) fn odd(token: &Token, keys: &KeySet, now: Timestamp) -> Option<String> {
    let Named::Checkable(_, wanted) = named(token.alg()?) else { return None };
    let is_meant = |key: &&Key| key.kty == wanted && key.answers_to(token.kid());
    keys.keys.iter().filter(is_meant).find_map(|key| {
        let remarks = key.certificate_remarks(now);
        let name = key.kid.as_deref().or(key.thumbprint.as_deref()).unwrap_or_default();
        (!remarks.is_empty()).then(|| format!("Of the key {}: {}.", shown(name, 60), remarks.join("; ")))
    })
}

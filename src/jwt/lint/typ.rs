//! Rules about the header's `typ`.
//!
//! Pure: imports only the `jwt` module's own files.

use jiff::Timestamp;
use serde_json::Value;

use crate::jwt::decode::Token;
use crate::jwt::shown;
use crate::jwt::times::described;
use crate::jwt::typ::{self, OtherKind, media_type};

/// The kind of JWT that the header says, when it is none for an API.
pub(super) fn other_kind(token: &Token) -> Option<&'static OtherKind> {
    typ::other_kind(&media_type(token.header()?.get("typ")?.as_str()?))
}

pub(super) fn missing(token: &Token, _: Timestamp) -> Option<String> {
    token
        .header()?
        .get("typ")
        .is_none()
        .then(|| "The header has no typ to tell this token from other kinds.".to_owned())
}

pub(super) fn wrong(token: &Token, _: Timestamp) -> Option<String> {
    match token.header()?.get("typ")? {
        Value::String(typ) => {
            (!typ::is_of_a_jwt(&media_type(typ))).then(|| format!("typ is {}, which is no JWT's.", shown(typ, 40)))
        }
        other => Some(format!("typ is {}, where text is wanted.", described(other))),
    }
}

pub(super) fn of_another_kind(token: &Token, _: Timestamp) -> Option<String> {
    let kind = other_kind(token)?;
    Some(format!("typ is {}: this is {} ({}).", kind.typ, kind.is, kind.source))
}

//! Makes tokens: header and claims as JSON texts, checked while they are typed, and signed byte for byte as they stand
//! (RFC 7515 section 5.1).
//!
//! Pure: "now" is handed in. Imports only `exchange` and the `jwt` module's own files.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;
use thiserror::Error;

use super::decode::{LONGEST, Part, Token};
use super::json::read_object;
use super::keys::{KeyType, SigningKey};
use super::raw::members;
use super::shown;
use super::splice::{with_member, with_values, without_member};
use super::times::{is_time_claim, parse_relative};
use crate::exchange::Secret;

/// What is to be signed: two JSON objects, as text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// The header. `alg` and `kid` are the key's when they are absent.
    pub header: String,
    /// The claims.
    pub claims: String,
}

/// Why a draft cannot be signed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum SignError {
    /// A part is no JSON object.
    #[error("{}", .0.in_words())]
    Json(DraftProblem),
    /// The header's `alg` is not for this key.
    #[error("this key ({kty}) signs {signs}, not {alg}")]
    OtherAlgorithm {
        /// The header's `alg`.
        alg: String,
        /// The key's type.
        kty: KeyType,
        /// What the key signs.
        signs: String,
    },
    /// The payload would have to be signed without being encoded (RFC 7797), which is another token to every reader that
    /// knows of it than to one that does not: the header's `b64`.
    #[error(
        "b64 in the header is {0}: a payload that is not encoded (RFC 7797) is not signed here; take b64 out, and out of crit"
    )]
    Unencoded(String),
    /// `alg` is no text.
    #[error("alg in the header is not a text")]
    AlgNotText,
    /// The draft is longer than a token may be here.
    #[error("the token would be longer than {LONGEST} bytes")]
    TooLong,
    /// The library refused.
    #[error("the signature could not be made with this key")]
    NotSigned,
}

/// Where a part of a draft is no JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftProblem {
    /// Which part.
    pub part: Part,
    /// The line, from 1; 0 when the whole part is meant.
    pub line: usize,
    /// The column, from 1; 0 when the whole part is meant.
    pub column: usize,
    /// What is wrong; safe to show.
    pub message: String,
}

impl DraftProblem {
    /// `line 3, column 7 of the claims: expected …`.
    pub fn in_words(&self) -> String {
        let part = if self.part == Part::Header { "header" } else { "claims" };
        match self.line {
            0 => format!("the {part}: {}", self.message),
            line => format!("the {part}, line {line}, column {}: {}", self.column, self.message),
        }
    }
}

impl Draft {
    /// Claims, to be signed under the usual header.
    pub fn of_claims(claims: impl Into<String>) -> Self {
        Self { header: r#"{"typ":"JWT"}"#.to_owned(), claims: claims.into() }
    }

    /// Header and claims of a signed token, as they stand; none when it has no claims.
    pub fn of_token(token: &Token) -> Option<Self> {
        let text = |part| token.json(part).map(str::to_owned);
        Some(Self { header: text(Part::Header)?, claims: text(Part::Payload)? })
    }

    /// What keeps it from being signed, while it is being written: empty when each part is a JSON object.
    pub fn problems(&self) -> Vec<DraftProblem> {
        [(Part::Header, &self.header), (Part::Payload, &self.claims)]
            .into_iter()
            .filter_map(|(part, text)| problem(part, text))
            .collect()
    }

    /// Sets a claim to a JSON text; what is no JSON is taken as plain text. Where its name stands twice, each one is set;
    /// all else keeps its text.
    pub fn set_claim(&mut self, name: &str, value: &str) -> Result<(), SignError> {
        self.claims = changed(Part::Payload, &self.claims, name, value)?;
        Ok(())
    }

    /// Sets a header parameter likewise.
    pub fn set_header(&mut self, name: &str, value: &str) -> Result<(), SignError> {
        self.header = changed(Part::Header, &self.header, name, value)?;
        Ok(())
    }

    /// Makes `alg` and `kid` in the header those of this key.
    pub fn fit(&mut self, key: &SigningKey) -> Result<(), SignError> {
        self.set_header("alg", &Value::from(key.alg()).to_string())?;
        match key.kid() {
            Some(kid) => self.set_header("kid", &Value::from(kid).to_string()),
            None => {
                self.header = without_member(&self.header, "kid").map_err(|error| json(Part::Header, &error))?;
                Ok(())
            }
        }
    }

    /// Puts instants in place of times that are written relative to now, such as `"exp": "+1h"`, each in its own place.
    pub fn resolve_times(&mut self, now: Timestamp) -> Result<(), SignError> {
        let instant = |name: &str, raw: &str| {
            let text: String = serde_json::from_str(raw).ok().filter(|_| is_time_claim(name))?;
            Some(parse_relative(&text, now)?.as_second().to_string())
        };
        self.claims = with_values(&self.claims, instant).map_err(|error| json(Part::Payload, &error))?;
        Ok(())
    }
}

/// Signs the draft. A header without `alg` gets the key's, one without `kid` the key's, if it has one.
pub fn sign(draft: &Draft, key: &SigningKey) -> Result<Secret, SignError> {
    if let Some(problem) = draft.problems().into_iter().next() {
        return Err(SignError::Json(problem));
    }
    let parameters = members(&draft.header).map_err(|error| json(Part::Header, &error))?;
    if let Some((_, b64)) = parameters.iter().find(|(name, raw)| name == "b64" && raw.get() != "true") {
        return Err(SignError::Unencoded(shown(b64.get(), 40)));
    }
    let mut draft = draft.clone();
    let header = read_object(&draft.header).map(|object| object.members).unwrap_or_default();
    let alg = match header.get("alg") {
        None => key.alg().to_owned(),
        Some(Value::String(alg)) => alg.clone(),
        Some(_) => return Err(SignError::AlgNotText),
    };
    if !key.fits(&alg) {
        let (alg, signs) = (shown(&alg, 40), key.signs());
        return Err(SignError::OtherAlgorithm { alg, kty: key.kty(), signs });
    }
    if header.get("alg").is_none() {
        draft.set_header("alg", &Value::from(alg.as_str()).to_string())?;
    }
    if let Some(kid) = key.kid().filter(|_| header.get("kid").is_none()) {
        draft.set_header("kid", &Value::from(kid).to_string())?;
    }
    let b64 = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let input = format!("{}.{}", b64(&draft.header), b64(&draft.claims));
    let signature = key.signature(&alg, input.as_bytes()).ok_or(SignError::NotSigned)?;
    let token = Secret::new(format!("{input}.{signature}"));
    if token.reveal().len() > LONGEST { Err(SignError::TooLong) } else { Ok(token) }
}

fn problem(part: Part, text: &str) -> Option<DraftProblem> {
    let message = read_object(text).err()?;
    // Where it is wrong, serde_json says by itself; what else is wrong concerns the whole part.
    Some(match serde_json::from_str::<&RawValue>(text) {
        Err(error) => at(part, &error),
        Ok(_) => DraftProblem { part, line: 0, column: 0, message },
    })
}

fn at(part: Part, error: &serde_json::Error) -> DraftProblem {
    let text = error.to_string();
    // The place is told apart from the words.
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(words, _)| words);
    DraftProblem { part, line: error.line(), column: error.column(), message: shown(message, 120) }
}

fn json(part: Part, error: &serde_json::Error) -> SignError {
    SignError::Json(at(part, error))
}

fn changed(part: Part, text: &str, name: &str, value: &str) -> Result<String, SignError> {
    let raw = match serde_json::from_str::<&RawValue>(value) {
        Ok(raw) => raw.get().to_owned(),
        Err(_) => Value::from(value).to_string(),
    };
    with_member(text, name, &raw).map_err(|error| json(part, &error))
}

#[cfg(test)]
mod tests;

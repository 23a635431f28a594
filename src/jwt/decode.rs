//! Any text as a token: a JWS with its parts, a JWE with its header, or an opaque string. Never fails, never panics.
//!
//! Pure: imports only `exchange` and this module's own files.

mod problem;

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

pub use problem::{Part, Problem};

use super::clean::clean;
use super::json::{Object, read_object};
use super::times::NumericDate;
use crate::exchange::{Fingerprint, Secret};

/// Text longer than this (1 MiB) is not taken apart.
pub(super) const LONGEST: usize = 1 << 20;

/// A token, taken apart as far as it can be.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    raw: Secret,
    cleaned: Vec<String>,
    kind: Kind,
    header: Option<Map<String, Value>>,
    header_json: Option<String>,
    claims: Option<Map<String, Value>>,
    /// The claims of a token that was cut off behind them.
    claims_left: Option<String>,
    problems: Vec<Problem>,
}

/// What sort of thing the text is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A signed token in compact form (RFC 7515 section 3.1).
    Jws(Jws),
    /// An encrypted token in compact form (RFC 7516 section 3.1): only its header can be read here.
    Jwe,
    /// Anything else: the server that issued it may know what it means.
    Opaque,
}

/// The parts of a signed token.
#[derive(Clone, PartialEq, Eq)]
pub struct Jws {
    /// The payload's bytes.
    pub payload: Vec<u8>,
    /// The payload, byte for byte as signed, when it is a JSON object.
    pub payload_json: Option<String>,
    /// The signature's bytes; empty when there is none.
    pub signature: zeroize::Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Jws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jws").finish_non_exhaustive()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("fingerprint", &self.fingerprint())
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// How a token stands to time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Begun, not ended.
    Active,
    /// Its `exp` has come.
    Expired,
    /// Its `nbf` has not come.
    NotYetValid,
    /// It names no end that can be read.
    NoExpiry,
    /// A JWE.
    Encrypted,
    /// No JWT.
    Opaque,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::NotYetValid => "not yet valid",
            Self::NoExpiry => "without an end",
            Self::Encrypted => "encrypted",
            Self::Opaque => "opaque",
        })
    }
}

impl Token {
    /// Reads pasted text: takes off white space, `Authorization:`, `Bearer`, quotes and line breaks first.
    pub fn read(text: &str) -> Self {
        let (bare, cleaned) = clean(text);
        Self { cleaned, ..Self::of(&Secret::new(bare.as_str())) }
    }

    /// Reads the token exactly as given.
    pub fn of(secret: &Secret) -> Self {
        let mut token = Self {
            raw: secret.clone(),
            cleaned: Vec::new(),
            kind: Kind::Opaque,
            header: None,
            header_json: None,
            claims: None,
            claims_left: None,
            problems: Vec::new(),
        };
        token.take_apart(secret.reveal());
        token
    }

    fn take_apart(&mut self, text: &str) {
        if text.len() > LONGEST {
            self.problems.push(Problem::TooLong(text.len()));
            return;
        }
        let parts: Vec<&str> = text.split('.').take(6).collect();
        if let &[header] | &[header, _] = parts.as_slice()
            && is_header(header)
        {
            self.read_header(header);
            self.read_what_is_left(parts.get(1).copied().unwrap_or_default());
            self.problems.push(Problem::CutOff);
        }
        let (&[header, ..], 3 | 5) = (parts.as_slice(), parts.len()) else { return };
        if !self.read_header(header) {
            return;
        }
        self.kind = match parts.as_slice() {
            [_, payload, signature] => self.read_jws(payload, signature),
            _ => Kind::Jwe,
        };
    }

    /// Whether the header is a JSON object.
    fn read_header(&mut self, encoded: &str) -> bool {
        let read = self
            .decode_part(Part::Header, encoded)
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned()))
            .and_then(|json| read_object(&json).map(|object| (json, object)));
        match read {
            Ok((json, object)) => {
                self.header = Some(self.note(Part::Header, object));
                self.header_json = Some(json);
            }
            Err(why) => self.problems = vec![Problem::HeaderNotReadable(why)],
        }
        self.header.is_some()
    }

    /// The claims of a token without its signature, when they are whole.
    fn read_what_is_left(&mut self, payload: &str) {
        let json = decode_leniently(payload).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let read = json.and_then(|json| read_object(&json).ok().map(|object| (json, object)));
        if let Some((json, object)) = read {
            self.claims = Some(self.note(Part::Payload, object));
            self.claims_left = Some(json);
        }
    }

    fn read_jws(&mut self, payload: &str, signature: &str) -> Kind {
        let payload = self.decode_part(Part::Payload, payload).unwrap_or_else(|why| {
            self.problems.push(Problem::PayloadNotJson(why));
            Vec::new()
        });
        let read = match std::str::from_utf8(&payload) {
            _ if self.problems.iter().any(|problem| matches!(problem, Problem::PayloadNotJson(_))) => Ok(None),
            Ok(json) => read_object(json).map(|object| Some((json.to_owned(), object))),
            Err(_) => Err("it is not UTF-8".to_owned()),
        };
        let payload_json = match read {
            Ok(Some((json, object))) => {
                self.claims = Some(self.note(Part::Payload, object));
                Some(json)
            }
            Ok(None) => None,
            Err(why) => {
                self.problems.push(Problem::PayloadNotJson(why));
                None
            }
        };
        let signature = self.decode_part(Part::Signature, signature).unwrap_or_else(|_| {
            self.problems.push(Problem::Encoding(Part::Signature, "is not base64url"));
            Vec::new()
        });
        Kind::Jws(Jws { payload, payload_json, signature: signature.into() })
    }

    /// Decodes base64url. Padding, the standard alphabet and stray last bits are let pass and noted.
    fn decode_part(&mut self, part: Part, encoded: &str) -> Result<Vec<u8>, String> {
        if let Ok(bytes) = BASE64_URL_SAFE_NO_PAD.decode(encoded) {
            return Ok(bytes);
        }
        let bytes = decode_leniently(encoded).map_err(|_| "it is not base64url".to_owned())?;
        let what = if encoded.contains('=') {
            "has padding, which base64url in a token has not"
        } else if encoded.contains(['+', '/']) {
            "is written in standard base64, not in base64url"
        } else {
            "ends in bits that mean nothing"
        };
        self.problems.push(Problem::Encoding(part, what));
        Ok(bytes)
    }

    /// The members, what was noticed about them being noted.
    fn note(&mut self, part: Part, object: Object) -> Map<String, Value> {
        self.problems.extend(object.duplicates.into_iter().map(|name| Problem::DuplicateMember(part, name)));
        self.problems.extend(object.odd.into_iter().map(|what| Problem::OddJson(part, what)));
        if object.rounded {
            self.problems.push(Problem::RoundedNumber(part));
        }
        object.members
    }

    /// The token itself.
    pub fn raw(&self) -> &Secret {
        &self.raw
    }

    /// The short name under which the token may be spoken of.
    pub fn fingerprint(&self) -> Fingerprint {
        self.raw.fingerprint()
    }

    /// What [`Token::read`] took off, in words: `the scheme Bearer`.
    pub fn cleaned(&self) -> &[String] {
        &self.cleaned
    }

    /// What sort of thing it is.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// What is wrong with how it is written.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The header of a JWS or JWE, in the order it is written.
    pub fn header(&self) -> Option<&Map<String, Value>> {
        self.header.as_ref()
    }

    /// The claims of a JWS whose payload is a JSON object, in the order they are written; also of one that was cut off
    /// behind them.
    pub fn claims(&self) -> Option<&Map<String, Value>> {
        self.claims.as_ref()
    }

    /// A part as JSON, byte for byte as it is written, when it is a JSON object: the header also of a JWE, and both of a
    /// token that was cut off.
    pub fn json(&self, part: Part) -> Option<&str> {
        match (part, &self.kind) {
            (Part::Header, _) => self.header_json.as_deref(),
            (Part::Payload, Kind::Jws(jws)) => jws.payload_json.as_deref(),
            (Part::Payload, _) => self.claims_left.as_deref(),
            _ => None,
        }
    }

    /// The claim of this name.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.as_ref()?.get(name)
    }

    /// The claim of this name, when it is a string.
    pub fn claim_str(&self, name: &str) -> Option<&str> {
        self.claim(name)?.as_str()
    }

    /// The header's `alg` (RFC 7515 section 4.1.1), as spelt.
    pub fn alg(&self) -> Option<&str> {
        self.header.as_ref()?.get("alg")?.as_str()
    }

    /// The header's `kid` (RFC 7515 section 4.1.4), as spelt: show it through [`shown`](crate::jwt::shown()).
    pub fn kid(&self) -> Option<&str> {
        self.header.as_ref()?.get("kid")?.as_str()
    }

    /// What the signature of a JWS is made over (RFC 7515 section 5.1): header and payload as given.
    pub fn signing_input(&self) -> Option<&str> {
        match self.kind {
            Kind::Jws(_) => self.raw.reveal().rsplit_once('.').map(|(input, _)| input),
            Kind::Jwe | Kind::Opaque => None,
        }
    }

    /// The signature of a JWS as written, in base64url.
    pub fn signature_text(&self) -> Option<&str> {
        match self.kind {
            Kind::Jws(_) => self.raw.reveal().rsplit_once('.').map(|(_, signature)| signature),
            Kind::Jwe | Kind::Opaque => None,
        }
    }

    /// When it ends (`exp`, RFC 7519 section 4.1.4); none when absent or absurd.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.date("exp").instant()
    }

    /// When it was issued (`iat`, RFC 7519 section 4.1.6); none when absent or absurd.
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.date("iat").instant()
    }

    /// When it begins (`nbf`, RFC 7519 section 4.1.5); none when absent or absurd.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.date("nbf").instant()
    }

    /// The claim read as a time.
    pub fn date(&self, claim: &str) -> NumericDate {
        NumericDate::read(self.claim(claim))
    }

    /// How it stands to time, without any leeway.
    pub fn status(&self, now: Timestamp) -> Status {
        match self.kind {
            Kind::Jwe => Status::Encrypted,
            Kind::Opaque => Status::Opaque,
            Kind::Jws(_) => match (self.expires_at(), self.not_before()) {
                (Some(end), _) if end <= now => Status::Expired,
                (_, Some(begin)) if begin > now => Status::NotYetValid,
                (Some(_), _) => Status::Active,
                (None, _) => Status::NoExpiry,
            },
        }
    }
}

/// Whether it is the header of a token: a JSON object with an `alg`, in base64.
fn is_header(encoded: &str) -> bool {
    let json = decode_leniently(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    json.and_then(|json| read_object(&json).ok()).is_some_and(|object| object.members.contains_key("alg"))
}

/// Base64 in either alphabet, with or without padding.
pub(super) fn decode_leniently(encoded: &str) -> Result<Vec<u8>, base64::DecodeError> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    LENIENT.decode(encoded.trim_end_matches('=').replace('+', "-").replace('/', "_"))
}

#[cfg(test)]
mod tests;

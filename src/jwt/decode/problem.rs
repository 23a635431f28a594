//! What can be wrong with how a token is written.
//!
//! Pure: imports only the `jwt` module's own files.

use std::fmt;

use super::LONGEST;
use crate::jwt::shown;

/// A part of a token in compact form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The first.
    Header,
    /// The second.
    Payload,
    /// The third.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// Something that is not as it should be in how the token is written. Its `Display` is safe to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// The text is longer than 1 MiB; this many bytes.
    TooLong(usize),
    /// It has a token's dots, and its first part is no JSON object: why.
    HeaderNotReadable(String),
    /// It has a header and a payload, and not the dot and the signature that follow (RFC 7515 section 3.1).
    CutOff,
    /// The payload is no JSON object, so there are no claims: why.
    PayloadNotJson(String),
    /// The part is not base64url without padding (RFC 7515 section 2): what is wrong with it.
    Encoding(Part, &'static str),
    /// A member of this name stands twice in one object; the last one counts here.
    DuplicateMember(Part, String),
    /// A number has more digits than can be kept; the raw text has them.
    RoundedNumber(Part),
    /// It is JSON by its grammar, but not to every reader: what is odd about it.
    OddJson(Part, &'static str),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(bytes) => write!(f, "it is {bytes} bytes long; more than {LONGEST} are not taken apart"),
            Self::HeaderNotReadable(why) => write!(f, "the header is not readable JSON: {}", shown(why, 120)),
            Self::CutOff => f.write_str(
                "it begins like a JWT and is cut off before its signature; even an unsigned JWT ends with its second dot \
                 (RFC 7519 6.1)",
            ),
            Self::PayloadNotJson(why) => write!(f, "the payload is not readable JSON: {}", shown(why, 120)),
            Self::Encoding(part, what) | Self::OddJson(part, what) => write!(f, "the {part} {what}"),
            Self::DuplicateMember(part, name) => {
                write!(f, "the {part} has the member \"{}\" twice; the last one counts here", shown(name, 40))
            }
            Self::RoundedNumber(part) => write!(f, "the {part} has a number with more digits than most readers keep"),
        }
    }
}

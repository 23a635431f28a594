//! A signed JWT in compact form (RFC 7515 section 7.1), taken apart and checked against keys.
//!
//! The header is not trusted for anything but finding a key: `jwk`, `jku`, `x5u` and `x5c` are
//! never looked at (RFC 8725 section 3.10).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;

use super::{
    key_set::{KeySet, VerifyKey},
    object::{Member, Object},
    refusal::Refusal,
};

/// Longest token that is looked at, in bytes.
const LONGEST_TOKEN: usize = 16 * 1024;
/// Header types of access tokens and of JWTs that do not say what they are.
const ACCESS_TOKEN_TYPES: [&str; 4] = ["jwt", "application/jwt", "at+jwt", "application/at+jwt"];

/// The payload of a token whose signature fits a key, not yet read.
pub(super) fn verified_payload(token: &[u8], keys: &KeySet, accepted: &[Algorithm]) -> Result<Vec<u8>, Refusal> {
    let jws = Jws::split(token)?;
    let not_an_object = Refusal::Malformed("its header is not a JSON object in base64url");
    let header = URL_SAFE_NO_PAD.decode(jws.header).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let header = header.ok_or_else(|| not_an_object.clone())?;
    let header = Object::parse(&header).ok_or(not_an_object)?;
    let algorithm = algorithm(&header, accepted)?;
    if header.get("crit").is_some() {
        return Err(Refusal::Critical);
    }
    check_type(&header)?;
    check_signature(&jws, &header, algorithm, keys)?;
    URL_SAFE_NO_PAD.decode(jws.payload).map_err(|_| Refusal::Malformed("its claims are not a JSON object in base64url"))
}

/// The three parts, still encoded.
struct Jws<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
    /// What was signed: header, dot, payload.
    signed: &'a str,
}

impl<'a> Jws<'a> {
    fn split(token: &'a [u8]) -> Result<Self, Refusal> {
        if token.len() > LONGEST_TOKEN {
            return Err(Refusal::Malformed("it is longer than 16 KiB"));
        }
        // Pure ASCII, so that every slice below is of whole characters.
        let token = std::str::from_utf8(token)
            .ok()
            .filter(|token| token.is_ascii())
            .ok_or(Refusal::Malformed("it has characters outside ASCII"))?;
        // Counted to the end, which the compiler does many bytes at a time.
        let count = |wanted: u8| token.bytes().filter(|byte| *byte == wanted).count();
        if count(b' ') + count(b'\t') > 0 {
            return Err(Refusal::Malformed("something follows the token"));
        }
        match count(b'.') {
            2 => {}
            4 => return Err(Refusal::Encrypted),
            _ => {
                return Err(Refusal::Malformed("it has not three parts with dots between"));
            }
        }
        let three = Refusal::Malformed("it has not three parts with dots between");
        let (signed, signature) = token.rsplit_once('.').ok_or_else(|| three.clone())?;
        let (header, payload) = signed.split_once('.').ok_or(three)?;
        Ok(Self { header, payload, signature, signed })
    }
}

fn algorithm(header: &Object<'_>, accepted: &[Algorithm]) -> Result<Algorithm, Refusal> {
    let named = header.text("alg").ok_or(Refusal::Malformed("its header names no alg"))?;
    let known: Option<Algorithm> = named.parse().ok();
    known.filter(|algorithm| accepted.contains(algorithm)).ok_or_else(|| Refusal::Algorithm {
        named: named.to_owned(),
        accepted: accepted.iter().map(|algorithm| format!("{algorithm:?}")).collect::<Vec<_>>().join(" "),
    })
}

/// A header type that says it is something else than an access token, say a logout token, refuses it.
fn check_type(header: &Object<'_>) -> Result<(), Refusal> {
    match header.get("typ") {
        None => Ok(()),
        Some(Member::Text(kind)) if ACCESS_TOKEN_TYPES.iter().any(|known| kind.eq_ignore_ascii_case(known)) => Ok(()),
        Some(Member::Text(_)) => Err(Refusal::TokenKind("a JWT of another type (header typ)")),
        Some(_) => Err(Refusal::Malformed("its header's typ is not a string")),
    }
}

fn check_signature(jws: &Jws<'_>, header: &Object<'_>, algorithm: Algorithm, keys: &KeySet) -> Result<(), Refusal> {
    let fits = |key: &VerifyKey| key.verifies(jws.signature, jws.signed.as_bytes(), algorithm);
    match header.get("kid") {
        Some(Member::Text(kid)) => {
            let mut of_this_id = keys.with_id(kid).peekable();
            if of_this_id.peek().is_none() {
                return Err(keys.unusable(kid).map_or_else(
                    || Refusal::UnknownKey { kid: kid.clone().into_owned() },
                    |why| Refusal::UnusableKey { kid: kid.clone().into_owned(), why: why.to_owned() },
                ));
            }
            if of_this_id.any(fits) { Ok(()) } else { Err(Refusal::BadSignature { kid: kid.clone().into_owned() }) }
        }
        Some(_) => Err(Refusal::Malformed("its header's kid is not a string")),
        // Without an id each key that could have signed is tried (RFC 7515 section 4.1.4).
        None if keys.all().any(fits) => Ok(()),
        None => Err(Refusal::NoKeyFits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_be_long_but_not_endless() {
        let of_length = |length: usize| {
            let token = format!("a.b.{}", "c".repeat(length - 4));
            Jws::split(token.as_bytes()).map(|jws| jws.signed.to_owned())
        };
        assert_eq!(of_length(LONGEST_TOKEN).as_deref(), Ok("a.b"));
        assert_eq!(of_length(LONGEST_TOKEN + 1), Err(Refusal::Malformed("it is longer than 16 KiB")));
    }
}

//! Who is asking (RFC 6749 section 2.3): a secret in the `Authorization` header or in the form,
//! where the form's values win one by one, as in Keycloak.

use std::borrow::Cow;

use axum::http::{HeaderMap, header};
use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

use super::{error::OAuthError, form::Form};
use crate::realm::{Client, ClientKind, Realm};

/// The one text for all that is wrong with a client, so that it tells nobody which part was.
const NOT_THIS_CLIENT: &str = "Invalid client or Invalid client credentials";

/// Base64 as Java's MIME decoder reads it, together with the filter in `decode`.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Finds and authenticates the client.
pub(super) fn authenticate<'a>(realm: &'a Realm, headers: &HeaderMap, form: &Form) -> Result<&'a Client, OAuthError> {
    let (header_id, header_secret) = match basic_credentials(headers)? {
        Some((id, secret)) => (Some(id), Some(secret)),
        None => (None, None),
    };
    let id = form.get("client_id").or(header_id.as_deref());
    let secret = form.get("client_secret").or(header_secret.as_deref().map(String::as_str));
    let client = id
        .and_then(|id| realm.client(id))
        .filter(|client| client.enabled())
        .ok_or_else(|| OAuthError::unauthorized("invalid_client", NOT_THIS_CLIENT))?;
    let known = client.kind() == ClientKind::Public || secret.is_some_and(|secret| client.secret_matches(secret));
    if !known {
        return Err(OAuthError::unauthorized("unauthorized_client", NOT_THIS_CLIENT));
    }
    if !client.speaks_openid_connect() {
        return Err(OAuthError::bad_request("invalid_client", "Wrong client protocol."));
    }
    if client.kind() == ClientKind::BearerOnly {
        return Err(OAuthError::bad_request("invalid_client", "Bearer-only not allowed"));
    }
    Ok(client)
}

/// Id and secret from `Authorization: Basic`. Another scheme, or what is no pair, counts as none.
fn basic_credentials(headers: &HeaderMap) -> Result<Option<(String, Zeroizing<String>)>, OAuthError> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let encoded = value.and_then(|value| value.trim().split_once([' ', '\t']));
    let Some((_, encoded)) = encoded.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic")) else {
        return Ok(None);
    };
    let Some(pair) = decode(encoded) else {
        return Ok(None);
    };
    let Some((id, secret)) = pair.split_once(':') else {
        return Ok(None);
    };
    let both = form_decoded(id).zip(form_decoded(secret));
    let (id, secret) = both.ok_or_else(|| {
        let text = "Unexpected error when authenticating client";
        OAuthError::bad_request("unauthorized_client", text)
    })?;
    Ok(Some((id, Zeroizing::new(secret))))
}

fn decode(encoded: &str) -> Option<Zeroizing<String>> {
    let of_the_alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    let encoded: Vec<u8> = encoded.bytes().filter(of_the_alphabet).collect();
    let bytes = Zeroizing::new(LENIENT.decode(encoded).ok()?);
    Some(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()))
}

/// One part of the pair, form-decoded (RFC 6749 section 2.3.1); nothing when a `%` leads nowhere.
fn form_decoded(part: &str) -> Option<String> {
    let mut after_percent = part.split('%').skip(1);
    if !after_percent.all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2) {
        return None;
    }
    // The library reads whole forms: an ampersand would end the value.
    let pair = format!("part={}", part.replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| Cow::into_owned(value))
}

#[cfg(test)]
mod tests {
    use super::form_decoded;

    #[test]
    fn parts_are_form_decoded() {
        let cases = [
            ("plain-._~*", Some("plain-._~*")),
            ("a+b", Some("a b")),
            ("a%2Bb%3A%26%3d", Some("a+b:&=")),
            ("a&b=c", Some("a&b=c")),
            ("%", None),
            ("a%2", None),
            ("a%zz", None),
            ("%%20", None),
        ];
        for (part, expected) in cases {
            assert_eq!(form_decoded(part).as_deref(), expected, "{part}");
        }
    }
}

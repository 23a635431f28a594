//! Proof key for code exchange (RFC 7636): texts are Keycloak's.

use aws_lc_rs::{constant_time, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::realm::Client;

/// How the challenge follows from the verifier (RFC 7636 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Plain,
    S256,
}

/// A code challenge, checked for its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    method: Method,
    challenge: String,
}

impl Challenge {
    /// Reads the parameters of an authorization request; the error is its description.
    pub(super) fn read(
        client: &Client,
        challenge: Option<&str>,
        method: Option<&str>,
    ) -> Result<Option<Self>, &'static str> {
        if let Some(needed) = client.grants().challenge_method.as_deref() {
            match method {
                None => return Err("Missing parameter: code_challenge_method"),
                Some(method) if method != needed => {
                    return Err("Invalid parameter: code challenge method is not matching the configured one");
                }
                Some(_) if challenge.is_none() => return Err("Missing parameter: code_challenge"),
                Some(_) => {}
            }
        }
        let Some(challenge) = challenge else {
            return if method.is_some() { Err("Missing parameter: code_challenge") } else { Ok(None) };
        };
        let method = match method {
            None | Some("plain") => Method::Plain,
            Some("S256") => Method::S256,
            Some(_) => return Err("Invalid parameter: code_challenge_method"),
        };
        if !is_well_formed(challenge) {
            return Err("Invalid parameter: code_challenge");
        }
        Ok(Some(Self { method, challenge: challenge.to_owned() }))
    }

    fn fits(&self, verifier: &str) -> bool {
        let made = match self.method {
            Method::Plain => verifier.to_owned(),
            Method::S256 => URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes())),
        };
        constant_time::verify_slices_are_equal(made.as_bytes(), self.challenge.as_bytes()).is_ok()
    }
}

/// Whether the verifier of a token request answers the challenge of the authorization request, if there was one; the error
/// is its description.
pub(super) fn check(challenge: Option<&Challenge>, verifier: Option<&str>) -> Result<(), &'static str> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err("PKCE code verifier specified but challenge not present in authorization"),
        (Some(_), None) => Err("PKCE code verifier not specified"),
        (Some(_), Some(verifier)) if !is_well_formed(verifier) => {
            Err("PKCE verification failed: Invalid code verifier")
        }
        (Some(challenge), Some(verifier)) if challenge.fits(verifier) => Ok(()),
        (Some(_), Some(_)) => Err("PKCE verification failed: Code mismatch"),
    }
}

/// 43 to 128 unreserved characters.
fn is_well_formed(text: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    #[test]
    fn the_example_of_the_rfc_fits() {
        let challenge =
            Challenge { method: Method::S256, challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned() };
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(check(Some(&challenge), Some(verifier)), Ok(()));
        let other = verifier.replace('d', "e");
        assert_eq!(check(Some(&challenge), Some(&other)), Err("PKCE verification failed: Code mismatch"));
    }
}

//! The kinds of JWT that a header's `typ` tells apart (RFC 8725 section 3.11).
//!
//! Pure: imports nothing of this crate.

/// A kind of JWT that is not for an API's `Authorization` header.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct OtherKind {
    /// Its `typ`, in small letters and without `application/`.
    pub(super) typ: &'static str,
    /// What it is, with its article.
    pub(super) is: &'static str,
    /// Who defined it.
    pub(super) source: &'static str,
}

const fn kind(typ: &'static str, is: &'static str, source: &'static str) -> OtherKind {
    OtherKind { typ, is, source }
}

/// Registered media types of JWTs, and those of drafts that are in use.
static OTHER_KINDS: &[OtherKind] = &[
    kind("dpop+jwt", "a DPoP proof, by which the sender of one request shows that it has a key", "RFC 9449 4.2"),
    kind("secevent+jwt", "a security event token, which tells another server what has happened", "RFC 8417 2.3"),
    kind("logout+jwt", "a logout token, which tells a client that a login is over", "OIDC Back-Channel Logout 2.4"),
    kind("token-introspection+jwt", "the answer of an introspection", "RFC 9701 5"),
    kind("oauth-authz-req+jwt", "a request object, with what a client asks the authorization server for", "RFC 9101 4"),
    kind("client-authentication+jwt", "a client's proof of who it is", "RFC 7523bis 4"),
    kind("oauth-client-attestation+jwt", "an attestation of a client", "Attestation-Based Client Authentication"),
    kind(
        "oauth-client-attestation-pop+jwt",
        "a proof that goes with a client's attestation",
        "Attestation-Based Client Authentication",
    ),
    kind("dc+sd-jwt", "a credential with claims that may be shown or not", "SD-JWT VC 3.2.1"),
    kind("vc+sd-jwt", "a credential with claims that may be shown or not, by its former name", "SD-JWT VC 3.2.1"),
    kind("kb+jwt", "a proof that the holder of a credential has its key", "RFC 9901 4.3"),
    kind("vc+jwt", "a credential", "W3C VC-JOSE-COSE 3.1"),
    kind("vp+jwt", "a presentation of credentials", "W3C VC-JOSE-COSE 3.1"),
    kind("openid4vci-proof+jwt", "a wallet's proof that it has a key", "OpenID4VCI"),
    kind("statuslist+jwt", "a list of which tokens still count", "Token Status List 5.1"),
    kind("eat+jwt", "an attestation of a device (EAT)", "RFC 9782"),
    kind("passport", "a PASSporT, which says who calls whom by telephone", "RFC 8225 4.1"),
    kind("entity-statement+jwt", "an entity statement, which says who belongs to a federation", "OpenID Federation 15"),
    kind("jwk-set+jwt", "a signed key set", "OpenID Federation 15"),
    kind("trust-mark+jwt", "a trust mark", "OpenID Federation 15"),
    kind("trust-mark-delegation+jwt", "a leave to issue trust marks", "OpenID Federation 15"),
    kind("trust-mark-status-response+jwt", "the answer whether a trust mark counts", "OpenID Federation 15"),
    kind("resolve-response+jwt", "the answer what a federation knows of a member", "OpenID Federation 15"),
    kind("explicit-registration-response+jwt", "the answer to a client's registration", "OpenID Federation 15"),
];

/// The media type that a `typ` stands for, in small letters and without `application/` (RFC 7515 section 4.1.9).
pub(super) fn media_type(typ: &str) -> String {
    let lower = typ.to_ascii_lowercase();
    lower.strip_prefix("application/").map_or_else(|| lower.clone(), str::to_owned)
}

/// Whether the media type is that of an access token (RFC 9068 section 2.1).
pub(super) fn is_access_token(media_type: &str) -> bool {
    media_type == "at+jwt"
}

/// Whether the media type is some JWT's or JWS's, known here or not.
pub(super) fn is_of_a_jwt(media_type: &str) -> bool {
    matches!(media_type, "jwt" | "jws" | "jose") || is_of_a_kind(media_type)
}

/// Whether the media type is that of one kind of JWT alone, known here or not.
pub(super) fn is_of_a_kind(media_type: &str) -> bool {
    ["+jwt", "sd-jwt"].iter().any(|end| media_type.ends_with(end)) || other_kind(media_type).is_some()
}

/// The kind of JWT that the media type says, when it is none for an API.
pub(super) fn other_kind(media_type: &str) -> Option<&'static OtherKind> {
    OTHER_KINDS.iter().find(|kind| kind.typ == media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_jwt_and_stands_once() {
        for kind in OTHER_KINDS {
            assert!(is_of_a_jwt(kind.typ) && !is_access_token(kind.typ), "{}", kind.typ);
            assert_eq!(other_kind(&media_type(&format!("Application/{}", kind.typ))), Some(kind));
            assert!(!kind.is.is_empty() && !kind.source.is_empty());
        }
    }

    #[test]
    fn the_media_type_is_read_as_the_standard_has_it() {
        for typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
            assert!(is_access_token(&media_type(typ)), "{typ}");
        }
        for typ in ["JWT", "application/jwt", "JOSE", "x+jwt", "sd-jwt", "x+sd-jwt"] {
            assert!(is_of_a_jwt(&media_type(typ)) && other_kind(&media_type(typ)).is_none(), "{typ}");
        }
        for typ in ["Bearer", "access_token", "JWE", ""] {
            assert!(!is_of_a_jwt(&media_type(typ)), "{typ}");
        }
    }
}

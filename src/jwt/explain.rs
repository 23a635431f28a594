//! What claims and header parameters mean: one table of one-line meanings with their sources.
//!
//! Pure: imports only the `jwt` module's own files.

use super::claim_type::ClaimType::{self, List, LooseTime, Object, SpacedText, Text, TextOrTexts, Texts, Time, Truth};
use super::more_claims::{MEMBERS, MORE_CLAIMS, MORE_HEADER};

/// One line of meaning for a claim or header parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Meaning {
    /// The claim or parameter, as spelt.
    pub name: &'static str,
    /// What it says, such as `who issued it`.
    pub meaning: &'static str,
    /// Who defined it, such as `RFC 7519 4.1.1` or `Keycloak`.
    pub source: &'static str,
    /// What JSON type it is there given.
    pub(super) claim_type: ClaimType,
}

impl Meaning {
    /// The same, for a claim of this type.
    pub(super) const fn is(self, claim_type: ClaimType) -> Self {
        Self { claim_type, ..self }
    }
}

/// A row of the tables; of any type, unless [`Meaning::is`] says which.
pub(super) const fn row(name: &'static str, meaning: &'static str, source: &'static str) -> Meaning {
    Meaning { name, meaning, source, claim_type: ClaimType::Any }
}

/// Claims, by who defined them.
static CLAIMS: &[Meaning] = &[
    row("iss", "who issued it", "RFC 7519 4.1.1").is(Text),
    row("sub", "whom it is about", "RFC 7519 4.1.2").is(Text),
    row("aud", "whom it is for", "RFC 7519 4.1.3").is(TextOrTexts),
    row("exp", "when it ends", "RFC 7519 4.1.4").is(Time),
    row("nbf", "when it begins", "RFC 7519 4.1.5").is(Time),
    row("iat", "when it was issued", "RFC 7519 4.1.6").is(Time),
    row("jti", "its own name, unique", "RFC 7519 4.1.7").is(Text),
    row("scope", "what it may do", "RFC 8693 4.2").is(SpacedText),
    row("client_id", "the client it was issued to", "RFC 8693 4.3").is(Text),
    row("act", "who acts for the subject", "RFC 8693 4.1").is(Object),
    row("may_act", "who may act for the subject", "RFC 8693 4.4").is(Object),
    row("cnf", "the key that its bearer must prove to have", "RFC 7800 3.1").is(Object),
    row("authorization_details", "what it may do, in detail", "RFC 9396 9.1").is(List),
    row("roles", "roles of the subject", "RFC 9068 2.2.3.1").is(List),
    row("groups", "groups of the subject", "RFC 9068 2.2.3.1").is(List),
    row("entitlements", "entitlements of the subject", "RFC 9068 2.2.3.1").is(List),
    row("auth_time", "when the person logged in", "OIDC Core 2").is(Time),
    row("nonce", "ties it to one login request", "OIDC Core 2").is(Text),
    row("acr", "how strongly the person was authenticated", "OIDC Core 2").is(Text),
    row("amr", "by what means the person was authenticated", "OIDC Core 2").is(Texts),
    row("azp", "the client it was issued to", "OIDC Core 2").is(Text),
    row("at_hash", "ties it to an access token", "OIDC Core 3.1.3.6").is(Text),
    row("c_hash", "ties it to an authorization code", "OIDC Core 3.3.2.11").is(Text),
    row("sid", "the login session, the same in all its tokens", "OIDC Front-Channel Logout 3").is(Text),
    row("name", "full name", "OIDC Core 5.1").is(Text),
    row("given_name", "given name", "OIDC Core 5.1").is(Text),
    row("family_name", "family name", "OIDC Core 5.1").is(Text),
    row("middle_name", "middle name", "OIDC Core 5.1").is(Text),
    row("nickname", "nickname", "OIDC Core 5.1").is(Text),
    row("preferred_username", "the name the person goes by", "OIDC Core 5.1").is(Text),
    row("profile", "address of the profile page", "OIDC Core 5.1").is(Text),
    row("picture", "address of a picture", "OIDC Core 5.1").is(Text),
    row("website", "address of the person's own page", "OIDC Core 5.1").is(Text),
    row("email", "e-mail address", "OIDC Core 5.1").is(Text),
    row("email_verified", "whether the e-mail address was proven", "OIDC Core 5.1").is(Truth),
    row("gender", "gender", "OIDC Core 5.1").is(Text),
    row("birthdate", "birthday", "OIDC Core 5.1").is(Text),
    row("zoneinfo", "time zone", "OIDC Core 5.1").is(Text),
    row("locale", "language and region", "OIDC Core 5.1").is(Text),
    row("phone_number", "telephone number", "OIDC Core 5.1").is(Text),
    row("phone_number_verified", "whether the telephone number was proven", "OIDC Core 5.1").is(Truth),
    row("address", "postal address", "OIDC Core 5.1.1").is(Object),
    row("updated_at", "when these facts last changed", "OIDC Core 5.1").is(LooseTime),
    row("typ", "what kind of token it is", "Keycloak").is(Text),
    row("realm_access", "roles in the whole realm", "Keycloak"),
    row("resource_access", "roles, client by client", "Keycloak"),
    row("allowed-origins", "web pages whose scripts may use it (CORS)", "Keycloak"),
    row("organization", "organizations that the person belongs to", "Keycloak"),
    row("authorization", "what it may do, as the provider decided (UMA)", "Keycloak"),
    row("session_state", "the login session, before Keycloak 25", "Keycloak"),
    row("clientId", "the client it was issued to; newer versions say client_id", "Keycloak"),
    row("clientHost", "the address the client called from", "Keycloak"),
    row("clientAddress", "the address the client called from", "Keycloak"),
    row("tid", "the tenant", "Entra ID"),
    row("oid", "the subject, the same for every client", "Entra ID"),
    row("scp", "what it may do", "Entra ID, Okta").is(TextOrTexts),
    row("appid", "the client it was issued to", "Entra ID"),
    row("appidacr", "how the client proved itself", "Entra ID"),
    row("idtyp", "whether it is about an app or a person", "Entra ID"),
    row("idp", "who authenticated the person", "Entra ID"),
    row("ver", "version of the token's format", "Entra ID, Okta"),
    row("upn", "the name the person logs in with", "Entra ID"),
    row("unique_name", "a name of the person, for showing only", "Entra ID"),
    row("wids", "directory roles of the person", "Entra ID"),
    row("uti", "its own name, unique", "Entra ID"),
    row("rh", "for the issuer's own use", "Entra ID"),
    row("aio", "for the issuer's own use", "Entra ID"),
    row("gty", "how it was got", "Auth0"),
    row("permissions", "what it may do, when the API uses roles", "Auth0"),
    row("org_id", "the organization", "Auth0"),
    row("cid", "the client it was issued to", "Okta"),
    row("uid", "the person", "Okta"),
    row("token_use", "what kind of token it is", "Amazon Cognito"),
    row("cognito:groups", "groups of the person", "Amazon Cognito"),
    row("authorities", "roles of the subject", "Spring"),
    row("hd", "the person's organization, by its domain", "Google"),
];

/// Header parameters.
static HEADER: &[Meaning] = &[
    row("alg", "how it is signed or encrypted", "RFC 7515 4.1.1"),
    row("jku", "where it says its keys are; never fetched", "RFC 7515 4.1.2"),
    row("jwk", "the key it says it is signed with; never used", "RFC 7515 4.1.3"),
    row("kid", "the key it is signed with", "RFC 7515 4.1.4"),
    row("x5u", "where it says its certificate is; never fetched", "RFC 7515 4.1.5"),
    row("x5c", "the certificate it says it is signed with; never used", "RFC 7515 4.1.6"),
    row("x5t", "SHA-1 of the certificate", "RFC 7515 4.1.7"),
    row("x5t#S256", "SHA-256 of the certificate", "RFC 7515 4.1.8"),
    row("typ", "what kind of token it is", "RFC 7515 4.1.9"),
    row("cty", "what kind of content it holds", "RFC 7515 4.1.10"),
    row("crit", "extensions that must be understood", "RFC 7515 4.1.11"),
    row("enc", "how its content is encrypted", "RFC 7516 4.1.2"),
    row("zip", "how its content was compressed", "RFC 7516 4.1.3"),
    row("epk", "the sender's one-time public key", "RFC 7518 4.6.1.1"),
    row("apu", "about the sender, for the key agreement", "RFC 7518 4.6.1.2"),
    row("apv", "about the recipient, for the key agreement", "RFC 7518 4.6.1.3"),
    row("p2s", "salt of the password", "RFC 7518 4.8.1.1"),
    row("p2c", "rounds over the password", "RFC 7518 4.8.1.2"),
    row("b64", "whether the payload is base64url", "RFC 7797 3"),
    row("nonce", "changes the signature; only its audience can check it", "Entra ID"),
];

/// The meaning of a claim, when it is a known one.
pub fn meaning_of_claim(name: &str) -> Option<&'static Meaning> {
    CLAIMS.iter().chain(MORE_CLAIMS).find(|meaning| meaning.name == name)
}

/// The meaning of a member inside a claim, when it is a known one; its path as [`tree`](super::tree) has it: `cnf.jkt`.
pub fn meaning_of_member(path: &str) -> Option<&'static Meaning> {
    // An actor names in its own act whom it acts for in turn (RFC 8693 section 4.1).
    let mut path = path;
    while let Some(inner) = path.strip_prefix("act.").filter(|inner| inner.starts_with("act.")) {
        path = inner;
    }
    // Keycloak's roles of each client stand under the client's name.
    let client = path.strip_prefix("resource_access.").map(|client| client.rsplit('.').next() == Some("roles"));
    let path = match client {
        Some(true) => "resource_access.*.roles",
        Some(false) => "resource_access.*",
        None => path,
    };
    MEMBERS.iter().find(|meaning| meaning.name == path)
}

/// The meaning of a header parameter, when it is a known one.
pub fn meaning_of_header(name: &str) -> Option<&'static Meaning> {
    HEADER.iter().chain(MORE_HEADER).find(|meaning| meaning.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once_and_has_words() {
        for table in [CLAIMS, HEADER] {
            for (index, meaning) in table.iter().enumerate() {
                assert!(table.iter().skip(index + 1).all(|other| other.name != meaning.name), "{} twice", meaning.name);
                assert!(!meaning.meaning.is_empty() && !meaning.source.is_empty());
                assert!(meaning.meaning.chars().count() <= 60, "{} is too long for a line", meaning.name);
            }
        }
    }

    /// Whatever is removed from the tables, a claim that a standard registers keeps its meaning and its section.
    #[test]
    fn every_claim_of_the_standards_has_a_meaning() {
        let standards: [(&str, &[&str]); 9] = [
            ("RFC 7519 4.1", &["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]),
            ("RFC 9068 2.2", &["iss", "exp", "aud", "sub", "client_id", "iat", "jti"]),
            ("RFC 9068 2.2.1", &["auth_time", "acr", "amr"]),
            ("RFC 9068 2.2.3", &["scope", "roles", "groups", "entitlements"]),
            ("OIDC Core 2", &["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp"]),
            ("OIDC Core 3.1.3.6, 3.3.2.11", &["at_hash", "c_hash"]),
            (
                "OIDC Core 5.1",
                &[
                    "sub",
                    "name",
                    "given_name",
                    "family_name",
                    "middle_name",
                    "nickname",
                    "preferred_username",
                    "profile",
                    "picture",
                    "website",
                    "email",
                    "email_verified",
                    "gender",
                    "birthdate",
                    "zoneinfo",
                    "locale",
                    "phone_number",
                    "phone_number_verified",
                    "address",
                    "updated_at",
                ],
            ),
            ("RFC 8693 4, RFC 7800 3.1", &["act", "may_act", "scope", "client_id", "cnf"]),
            ("Keycloak and Entra ID", &["organization", "authorization", "vnet", "ztdid", "groups:src1"]),
        ];
        for (standard, claims) in standards {
            for claim in claims {
                let meaning = meaning_of_claim(claim);
                assert!(meaning.is_some_and(|meaning| !meaning.source.is_empty()), "{standard} has {claim}");
            }
        }
    }

    /// Which sources are cited, for claims whose definition everybody can look up.
    #[test]
    fn the_sections_are_those_of_the_standards() {
        for (claims, source) in [
            ("iss sub aud exp nbf iat jti", "RFC 7519 4.1."),
            ("scope client_id act may_act", "RFC 8693 4."),
            ("roles groups entitlements", "RFC 9068 2.2.3.1"),
            ("auth_time nonce acr amr azp", "OIDC Core 2"),
            ("name email email_verified address updated_at phone_number_verified", "OIDC Core 5.1"),
        ] {
            for claim in claims.split(' ') {
                let cited = meaning_of_claim(claim).map(|meaning| meaning.source).unwrap_or_default();
                assert!(cited.starts_with(source), "{claim} is cited as {cited}");
            }
        }
        assert_eq!(meaning_of_claim("azd"), None, "nothing that can be looked up defines it");
    }

    #[test]
    fn members_of_claims_have_meanings_too() {
        for (path, source) in [
            ("cnf.jwk", "RFC 7800 3.2"),
            ("cnf.kid", "RFC 7800 3.4"),
            ("cnf.x5t#S256", "RFC 8705 3.1"),
            ("cnf.jkt", "RFC 9449 6.1"),
            ("act.sub", "RFC 8693 4.1"),
            ("act.act", "RFC 8693 4.1"),
            ("act.act.act.sub", "RFC 8693 4.1"),
            ("address.formatted", "OIDC Core 5.1.1"),
            ("address.street_address", "OIDC Core 5.1.1"),
            ("address.locality", "OIDC Core 5.1.1"),
            ("address.region", "OIDC Core 5.1.1"),
            ("address.postal_code", "OIDC Core 5.1.1"),
            ("address.country", "OIDC Core 5.1.1"),
        ] {
            assert_eq!(meaning_of_member(path).map(|meaning| meaning.source), Some(source), "{path}");
        }
        for path in ["cnf", "cnf.x", "jkt", "act.", "x.act.sub"] {
            assert_eq!(meaning_of_member(path), None, "{path}");
        }
        assert_eq!(meaning_of_claim("cnf.jkt"), None);
    }

    #[test]
    fn what_is_shown_as_a_time_is_typed_as_one() {
        for claim in CLAIMS.iter().chain(MORE_CLAIMS) {
            let typed = matches!(claim.claim_type, Time | LooseTime);
            assert_eq!(typed, super::super::times::is_time_claim(claim.name), "{}", claim.name);
        }
    }

    #[test]
    fn meanings_are_found_by_name() {
        assert_eq!(meaning_of_claim("iss").map(|meaning| meaning.meaning), Some("who issued it"));
        assert_eq!(meaning_of_header("kid").map(|meaning| meaning.source), Some("RFC 7515 4.1.4"));
        assert_eq!(meaning_of_claim("x-unknown"), None);
    }
}

//! What claims and header parameters mean: one table of one-line meanings with their sources.
//!
//! Pure: imports only the `jwt` module's own files.

use super::more_claims::{MORE_CLAIMS, MORE_HEADER};

/// One line of meaning for a claim or header parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Meaning {
    /// The claim or parameter, as spelt.
    pub name: &'static str,
    /// What it says, such as `who issued it`.
    pub meaning: &'static str,
    /// Who defined it, such as `RFC 7519 4.1.1` or `Keycloak`.
    pub source: &'static str,
}

const fn row(name: &'static str, meaning: &'static str, source: &'static str) -> Meaning {
    Meaning { name, meaning, source }
}

/// Claims, by who defined them.
static CLAIMS: &[Meaning] = &[
    row("iss", "who issued it", "RFC 7519 4.1.1"),
    row("sub", "whom it is about", "RFC 7519 4.1.2"),
    row("aud", "whom it is for", "RFC 7519 4.1.3"),
    row("exp", "when it ends", "RFC 7519 4.1.4"),
    row("nbf", "when it begins", "RFC 7519 4.1.5"),
    row("iat", "when it was issued", "RFC 7519 4.1.6"),
    row("jti", "its own name, unique", "RFC 7519 4.1.7"),
    row("scope", "what it may do", "RFC 8693 4.2"),
    row("client_id", "the client it was issued to", "RFC 8693 4.3"),
    row("act", "who acts for the subject", "RFC 8693 4.1"),
    row("may_act", "who may act for the subject", "RFC 8693 4.4"),
    row("cnf", "the key that its bearer must prove to have", "RFC 7800 3.1"),
    row("authorization_details", "what it may do, in detail", "RFC 9396 9.1"),
    row("roles", "roles of the subject", "RFC 9068 2.2.3.1"),
    row("groups", "groups of the subject", "RFC 9068 2.2.3.1"),
    row("entitlements", "entitlements of the subject", "RFC 9068 2.2.3.1"),
    row("auth_time", "when the person logged in", "OIDC Core 2"),
    row("nonce", "ties it to one login request", "OIDC Core 2"),
    row("acr", "how strongly the person was authenticated", "OIDC Core 2"),
    row("amr", "by what means the person was authenticated", "OIDC Core 2"),
    row("azp", "the client it was issued to", "OIDC Core 2"),
    row("at_hash", "ties it to an access token", "OIDC Core 3.1.3.6"),
    row("c_hash", "ties it to an authorization code", "OIDC Core 3.3.2.11"),
    row("sid", "the login session, the same in all its tokens", "OIDC Front-Channel Logout 3"),
    row("name", "full name", "OIDC Core 5.1"),
    row("given_name", "given name", "OIDC Core 5.1"),
    row("family_name", "family name", "OIDC Core 5.1"),
    row("middle_name", "middle name", "OIDC Core 5.1"),
    row("nickname", "nickname", "OIDC Core 5.1"),
    row("preferred_username", "the name the person goes by", "OIDC Core 5.1"),
    row("profile", "address of the profile page", "OIDC Core 5.1"),
    row("picture", "address of a picture", "OIDC Core 5.1"),
    row("website", "address of the person's own page", "OIDC Core 5.1"),
    row("email", "e-mail address", "OIDC Core 5.1"),
    row("email_verified", "whether the e-mail address was proven", "OIDC Core 5.1"),
    row("gender", "gender", "OIDC Core 5.1"),
    row("birthdate", "birthday", "OIDC Core 5.1"),
    row("zoneinfo", "time zone", "OIDC Core 5.1"),
    row("locale", "language and region", "OIDC Core 5.1"),
    row("phone_number", "telephone number", "OIDC Core 5.1"),
    row("phone_number_verified", "whether the telephone number was proven", "OIDC Core 5.1"),
    row("address", "postal address", "OIDC Core 5.1.1"),
    row("updated_at", "when these facts last changed", "OIDC Core 5.1"),
    row("typ", "what kind of token it is", "Keycloak"),
    row("realm_access", "roles in the whole realm", "Keycloak"),
    row("resource_access", "roles, client by client", "Keycloak"),
    row("allowed-origins", "web pages whose scripts may use it (CORS)", "Keycloak"),
    row("session_state", "the login session, before Keycloak 25", "Keycloak"),
    row("clientId", "the client it was issued to, before Keycloak 22", "Keycloak"),
    row("clientHost", "the address the client called from", "Keycloak"),
    row("clientAddress", "the address the client called from", "Keycloak"),
    row("tid", "the tenant", "Entra ID"),
    row("oid", "the subject, the same for every client", "Entra ID"),
    row("scp", "what it may do", "Entra ID, Okta"),
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

    #[test]
    fn meanings_are_found_by_name() {
        assert_eq!(meaning_of_claim("iss").map(|meaning| meaning.meaning), Some("who issued it"));
        assert_eq!(meaning_of_header("kid").map(|meaning| meaning.source), Some("RFC 7515 4.1.4"));
        assert_eq!(meaning_of_claim("x-unknown"), None);
    }
}

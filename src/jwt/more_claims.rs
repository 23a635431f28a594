//! More meanings of claims and header parameters: the rarer ones of the standards, and those of Entra ID, Auth0, Okta and
//! Amazon Cognito.
//!
//! Pure: imports only the `jwt` module's own files.

use super::explain::Meaning;

const fn row(name: &'static str, meaning: &'static str, source: &'static str) -> Meaning {
    Meaning { name, meaning, source }
}

/// Claims beside those of `explain`.
pub(super) static MORE_CLAIMS: &[Meaning] = &[
    row("_claim_names", "claims that stand elsewhere", "OIDC Core 5.6.2"),
    row("_claim_sources", "where those other claims stand", "OIDC Core 5.6.2"),
    row("sub_jwk", "the subject's own key", "OIDC Core 7.4"),
    row("events", "what has happened", "RFC 8417 2.2"),
    row("toe", "when it happened", "RFC 8417 2.2"),
    row("txn", "the transaction it belongs to", "RFC 8417 2.2"),
    row("sub_id", "whom it is about, by kind of name", "RFC 9493 4.1"),
    row("vot", "how much the identity can be trusted", "RFC 8485 3"),
    row("vtm", "where that trust is explained", "RFC 8485 3"),
    row("vct", "what kind of credential it is", "SD-JWT VC 3.2.2.1"),
    row("_sd", "hashes of claims that may be shown or not", "RFC 9901 4.2.4.1"),
    row("_sd_alg", "how those hashes are made", "RFC 9901 4.1.1"),
    row("htm", "the method of the request it proves", "RFC 9449 4.2"),
    row("htu", "the address of the request it proves", "RFC 9449 4.2"),
    row("ath", "ties it to an access token", "RFC 9449 4.2"),
    row("s_hash", "ties it to the login's state", "FAPI 1.0 Part 2 5.1"),
    row("status", "where to ask whether it still counts", "Token Status List 6.1"),
    row("token_introspection", "the answer of an introspection", "RFC 9701 5"),
    row("azpacr", "how the client proved itself", "Entra ID"),
    row("acct", "0: a member of the tenant, 1: a guest", "Entra ID"),
    row("acrs", "which step-up rules were met", "Entra ID"),
    row("altsecid", "a name of the person at another provider", "Entra ID"),
    row("app_displayname", "the client's name for people", "Entra ID"),
    row("ctry", "the person's country", "Entra ID"),
    row("deviceid", "the device used", "Entra ID"),
    row("email_ver", "whether the e-mail address was proven", "Entra ID"),
    row("fwd", "the address the person came from", "Entra ID"),
    row("hasgroups", "there are too many groups to list them", "Entra ID"),
    row("in_corp", "the person is inside the company's network", "Entra ID"),
    row("ipaddr", "the address the person logged in from", "Entra ID"),
    row("login_hint", "the name to log in with again", "Entra ID"),
    row("onprem_sid", "the person in the company's own directory", "Entra ID"),
    row("platf", "the platform of the device", "Entra ID"),
    row("puid", "the person, in Microsoft's old counting", "Entra ID"),
    row("pwd_exp", "when the password ends", "Entra ID"),
    row("pwd_url", "where to change the password", "Entra ID"),
    row("signin_state", "how the login was remembered", "Entra ID"),
    row("tenant_ctry", "the tenant's country", "Entra ID"),
    row("tenant_region_scope", "the tenant's region", "Entra ID"),
    row("verified_primary_email", "proven e-mail addresses", "Entra ID"),
    row("verified_secondary_email", "further proven e-mail addresses", "Entra ID"),
    row("xms_cc", "what the client can do", "Entra ID"),
    row("xms_edov", "whether the e-mail's domain was proven", "Entra ID"),
    row("xms_mirid", "the managed identity it was issued to", "Entra ID"),
    row("xms_pl", "the person's language", "Entra ID"),
    row("xms_tcdt", "when the tenant was made", "Entra ID"),
    row("xms_tpl", "the tenant's language", "Entra ID"),
    row("xms_ftd", "for the issuer's own use", "Entra ID"),
    row("xms_idrel", "how the person belongs to the tenant", "Entra ID"),
    row("xms_st", "the subject, as the client knows it", "Entra ID"),
    row("org_name", "the organization's name", "Auth0"),
    row("azd", "whether consent was asked for", "Auth0"),
    row("cognito:username", "the name the person logs in with", "Amazon Cognito"),
    row("cognito:roles", "AWS roles of the person's groups", "Amazon Cognito"),
    row("cognito:preferred_role", "the AWS role that counts", "Amazon Cognito"),
    row("origin_jti", "the login it goes back to", "Amazon Cognito"),
    row("event_id", "the request that it came of", "Amazon Cognito"),
    row("device_key", "the device used", "Amazon Cognito"),
    row("username", "the name the person logs in with", "Amazon Cognito"),
    row("identities", "the person at other providers", "Amazon Cognito"),
];

/// Header parameters beside those of `explain`.
pub(super) static MORE_HEADER: &[Meaning] = &[
    row("iv", "start value of the key's encryption", "RFC 7518 4.7.1.1"),
    row("tag", "check value of the key's encryption", "RFC 7518 4.7.1.2"),
    row("iss", "who issued it, repeated for all to read", "RFC 7519 5.3"),
    row("sub", "whom it is about, repeated for all to read", "RFC 7519 5.3"),
    row("aud", "whom it is for, repeated for all to read", "RFC 7519 5.3"),
    row("url", "the address the request goes to", "RFC 8555 6.4.1"),
    row("ppt", "which extension it follows", "RFC 8225 8.1"),
    row("trust_chain", "who vouches for the key", "OpenID Federation 4.3"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::{meaning_of_claim, meaning_of_header};

    #[test]
    fn every_name_stands_once_in_both_tables_together() {
        for meaning in MORE_CLAIMS {
            assert_eq!(meaning_of_claim(meaning.name), Some(meaning), "{} stands in both tables", meaning.name);
            assert!(meaning.meaning.chars().count() <= 60 && !meaning.source.is_empty());
        }
        for meaning in MORE_HEADER {
            assert_eq!(meaning_of_header(meaning.name), Some(meaning), "{} stands in both tables", meaning.name);
        }
    }
}

//! More meanings of claims and header parameters: the rarer ones of the standards, and those of Entra ID, Auth0, Okta and
//! Amazon Cognito.
//!
//! Pure: imports only the `jwt` module's own files.

use super::claim_type::ClaimType::{Object, Text, Time};
use super::explain::{Meaning, row};

/// Claims beside those of `explain`.
pub(super) static MORE_CLAIMS: &[Meaning] = &[
    row("_claim_names", "claims that stand elsewhere", "OIDC Core 5.6.2").is(Object),
    row("_claim_sources", "where those other claims stand", "OIDC Core 5.6.2").is(Object),
    row("sub_jwk", "the subject's own key", "OIDC Core 7.4").is(Object),
    row("events", "what has happened", "RFC 8417 2.2"),
    row("toe", "when it happened", "RFC 8417 2.2").is(Time),
    row("txn", "the transaction it belongs to", "RFC 8417 2.2"),
    row("sub_id", "whom it is about, by kind of name", "RFC 9493 4.1"),
    row("vot", "how much the identity can be trusted", "RFC 8485 3"),
    row("vtm", "where that trust is explained", "RFC 8485 3"),
    row("vct", "what kind of credential it is", "SD-JWT VC 3.2.2.1").is(Text),
    row("_sd", "hashes of claims that may be shown or not", "RFC 9901 4.2.4.1"),
    row("_sd_alg", "how those hashes are made", "RFC 9901 4.1.1").is(Text),
    row("htm", "the method of the request it proves", "RFC 9449 4.2").is(Text),
    row("htu", "the address of the request it proves", "RFC 9449 4.2").is(Text),
    row("ath", "ties it to an access token", "RFC 9449 4.2").is(Text),
    row("s_hash", "ties it to the login's state", "FAPI 1.0 Part 2 5.1").is(Text),
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
    row("groups:src1", "where the groups stand, too many for the token", "Entra ID"),
    row("vnet", "the virtual network the person came from", "Entra ID"),
    row("ztdid", "the device, as Windows Autopilot knows it", "Entra ID"),
    row("verified_primary_email", "proven e-mail addresses", "Entra ID"),
    row("verified_secondary_email", "further proven e-mail addresses", "Entra ID"),
    row("xms_cc", "what the client can do", "Entra ID"),
    row("xms_edov", "whether the e-mail's domain was proven", "Entra ID"),
    row("xms_mirid", "the managed identity it was issued to", "Entra ID"),
    row("xms_pl", "the person's language", "Entra ID"),
    row("xms_tcdt", "when the tenant was made", "Entra ID").is(Time),
    row("xms_tpl", "the tenant's language", "Entra ID"),
    row("xms_ftd", "for the issuer's own use", "Entra ID"),
    row("xms_idrel", "how the person belongs to the tenant", "Entra ID"),
    row("xms_st", "the subject, as the client knows it", "Entra ID"),
    row("org_name", "the organization's name", "Auth0"),
    row("cognito:username", "the name the person logs in with", "Amazon Cognito"),
    row("cognito:roles", "AWS roles of the person's groups", "Amazon Cognito"),
    row("cognito:preferred_role", "the AWS role that counts", "Amazon Cognito"),
    row("origin_jti", "the login it goes back to", "Amazon Cognito"),
    row("event_id", "the request that it came of", "Amazon Cognito"),
    row("device_key", "the device used", "Amazon Cognito"),
    row("username", "the name the person logs in with", "RFC 7662 2.2"),
    row("identities", "the person at other providers", "Amazon Cognito"),
];

/// Members of claims that are objects, by their path.
pub(super) static MEMBERS: &[Meaning] = &[
    row("cnf.jwk", "the key itself", "RFC 7800 3.2"),
    row("cnf.jwe", "the key, encrypted", "RFC 7800 3.3"),
    row("cnf.kid", "the key's name", "RFC 7800 3.4"),
    row("cnf.jku", "where the key is; never fetched", "RFC 7800 3.5"),
    row("cnf.x5t#S256", "SHA-256 of the client's TLS certificate", "RFC 8705 3.1"),
    row("cnf.jkt", "SHA-256 of the key that DPoP proofs are signed with", "RFC 9449 6.1"),
    row("realm_access.roles", "roles in the whole realm", "Keycloak"),
    row("resource_access.*", "a client, or an API, of the realm", "Keycloak"),
    row("resource_access.*.roles", "roles that this client or API defines", "Keycloak"),
    row("act.sub", "the one that acts", "RFC 8693 4.1"),
    row("act.iss", "who issued the name of the one that acts", "RFC 8693 4.1"),
    row("act.act", "who acted before", "RFC 8693 4.1"),
    row("may_act.sub", "the one that may act", "RFC 8693 4.4"),
    row("may_act.iss", "who issued the name of the one that may act", "RFC 8693 4.4"),
    row("address.formatted", "the whole address, in lines", "OIDC Core 5.1.1"),
    row("address.street_address", "street, number, box", "OIDC Core 5.1.1"),
    row("address.locality", "city", "OIDC Core 5.1.1"),
    row("address.region", "state, province or region", "OIDC Core 5.1.1"),
    row("address.postal_code", "postal code", "OIDC Core 5.1.1"),
    row("address.country", "country", "OIDC Core 5.1.1"),
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
        for (index, meaning) in MEMBERS.iter().enumerate() {
            assert!(MEMBERS.iter().skip(index + 1).all(|other| other.name != meaning.name), "{} twice", meaning.name);
            assert!(meaning.meaning.chars().count() <= 60 && !meaning.source.is_empty());
        }
        for meaning in MORE_HEADER {
            assert_eq!(meaning_of_header(meaning.name), Some(meaning), "{} stands in both tables", meaning.name);
        }
    }
}

//! Every row fires on the words it is for, and says something of its own.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use serde_json::json;

use super::*;
use crate::config;
use crate::exchange::{Completeness, Response};
use crate::oauth::{ClientAuth, read_document};

fn refusal(error: &str, description: &str) -> TokenRefusal {
    TokenRefusal::Refused {
        status: 400,
        error: error.into(),
        description: (!description.is_empty()).then(|| description.into()),
        uri: None,
    }
}

fn tester() -> Profile {
    config::demo().profile("tester").unwrap().clone()
}

/// What is said, as one text.
fn told(error: &str, description: &str) -> String {
    token_advice(&refusal(error, description), &tester()).join(" ")
}

#[test]
fn each_error_of_keycloak_says_what_to_do() {
    let table = [
        ("unauthorized_client", "Public client not allowed to retrieve service account", "public client"),
        ("unauthorized_client", "Client not enabled to retrieve service account", "Service account roles: On"),
        ("unauthorized_client", "Bearer-only client not allowed to retrieve service account", "Service account roles"),
        ("invalid_request", "The associated service account for the client does not exist", "partial import"),
        ("invalid_request", "User 'service-account-x' disabled", "Enabled"),
        ("invalid_scope", "Invalid scopes: a b", "Add client scope"),
        ("invalid_request", "Missing parameter: code", "misses a parameter"),
        ("invalid_grant", "Code not valid", "each works once"),
        ("invalid_grant", "Code is expired", "about a minute"),
        ("invalid_grant", "Incorrect redirect_uri", "Valid redirect URIs"),
        ("invalid_grant", "Auth error: Found different client_id in clientSession", "another client"),
        ("invalid_grant", "Auth error", "another client"),
        ("invalid_grant", "Client not allowed to exchange code", "Standard flow: On"),
        ("invalid_grant", "User session not found", "session is over"),
        ("invalid_grant", "Session not active", "session is over"),
        ("invalid_grant", "User not found", "disabled or deleted"),
        ("invalid_grant", "User disabled", "disabled or deleted"),
        ("invalid_grant", "PKCE code verifier not specified", "lacks its verifier"),
        ("invalid_grant", "PKCE code verifier specified but challenge not present in authorization", "without PKCE"),
        ("invalid_grant", "PKCE verification failed: Invalid code verifier", "does not fit"),
        ("invalid_grant", "PKCE verification failed: Code mismatch", "does not fit"),
        ("invalid_scope", "Client no longer has requested consent from user", "withdrawn"),
        ("invalid_request", "No refresh token", "refresh"),
        ("invalid_grant", "Invalid refresh token", "does not take this refresh token"),
        ("invalid_grant", "Token is not active", "refresh token has ended"),
        ("invalid_grant", "Invalid token issuer. Expected 'http://a'", "KC_HOSTNAME"),
        ("invalid_grant", "Invalid refresh token. Token client and authorized client don't match", "another client's"),
        ("invalid_grant", "Offline user session not found", "offline session"),
        ("invalid_grant", "Offline session not active", "offline session"),
        ("invalid_grant", "Maximum allowed refresh token reuse exceeded", "Revoke Refresh Token"),
        ("invalid_grant", "Stale token", "Revocation"),
        ("unauthorized_client", "Client not allowed for direct access grants", "Direct access grants: On"),
        ("invalid_client", "Client requires user consent", "Consent required: Off"),
        ("invalid_grant", "Invalid user credentials", "The password of the person"),
        ("invalid_grant", "Account disabled", "disabled or deleted"),
        ("invalid_grant", "Account is not fully set up", "Required user actions"),
        ("invalid_request", "Missing parameter: username", "misses a parameter"),
        ("invalid_grant", "Client not allowed OAuth 2.0 Device Authorization Grant", "Device Authorization Grant: On"),
        (
            "invalid_grant",
            "Client not allowed for OAuth 2.0 Device Authorization Grant",
            "Device Authorization Grant: On",
        ),
        ("invalid_grant", "Device code not valid", "each works once"),
        ("expired_token", "Device code is expired", "in time"),
        ("slow_down", "Slow down", "five seconds"),
        ("access_denied", "The end user denied the authorization request", "said no"),
        ("authorization_pending", "The authorization request is still pending", "keep waiting"),
        (
            "invalid_request",
            "Standard token exchange is not enabled for the requested client",
            "Standard Token Exchange",
        ),
        ("invalid_client", "Public client is not allowed to exchange token", "public client"),
        ("unauthorized_client", "Invalid client or Invalid client credentials", "secret of testapiclient1"),
        ("unauthorized_client", "Invalid client secret", "secret of testapiclient1"),
        ("unauthorized_client", "Client secret not provided in request", "secret of testapiclient1"),
        ("invalid_client", "Invalid client or Invalid client credentials", "knows no client testapiclient1"),
        ("invalid_client", "Bearer-only not allowed", "bearer-only"),
        ("invalid_client", "Wrong client protocol.", "SAML"),
        ("invalid_client", "Parameter client_assertion_type is missing", "signed assertion"),
        ("invalid_client", "Invalid token audience", "RFC 7523"),
        ("invalid_client", "Token reuse detected", "RFC 7523"),
        ("unauthorized_client", "Unexpected error when authenticating client", "form-encoded"),
        ("unsupported_grant_type", "Unsupported grant_type", "grant_types_supported"),
        ("invalid_request", "Missing form parameter: grant_type", "dropped the form"),
        ("invalid_request", "duplicated parameter", "sent twice"),
        ("invalid_request", "HTTPS required", "Require SSL"),
        ("access_denied", "Realm not enabled", "disabled"),
        ("invalid_dpop_proof", "DPoP proof is missing", "RFC 9449"),
        ("Realm does not exist", "", "no such realm"),
        ("HTTP 405 Method Not Allowed", "", "no token endpoint"),
        ("unknown_error", "For more on this error consult the server log.", "fault of its own"),
        (
            "unauthorized_client",
            "Client is not allowed to initiate browser login with given response_type. Standard flow is disabled for the client.",
            "Standard flow: On",
        ),
        ("consent_required", "", "agreed"),
        ("login_required", "", "Nobody is logged in"),
        ("invalid_grant", "", "does not take what was sent"),
    ];
    for (error, description, words) in table {
        let told = told(error, description);
        assert!(told.contains(words), "{error} {description}: {told}");
        assert!(!told.contains('{'), "something was not filled in: {told}");
    }
}

#[test]
fn each_error_of_other_providers_says_what_to_do() {
    for (error, description, words) in [
        (
            "invalid_client",
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the client secret value",
            "its value",
        ),
        ("invalid_client", "AADSTS7000222: The provided client secret keys are expired.", "has ended"),
        (
            "invalid_client",
            "AADSTS7000218: The request body must contain client_assertion or client_secret",
            "public client flows",
        ),
        ("unauthorized_client", "AADSTS700016: Application with identifier 'x' was not found", "no application"),
        ("invalid_request", "AADSTS90002: Tenant 'x' not found.", "no such tenant"),
        ("invalid_scope", "AADSTS1002012: The provided value for scope x is not valid.", "/.default"),
        ("invalid_grant", "AADSTS65001: The user or administrator has not consented", "Grant admin consent"),
        ("access_denied", "Unauthorized", "wrong secret"),
        ("access_denied", "Service not enabled within domain: https://api", "Identifier"),
        ("access_denied", "Client is not authorized to access \"https://api\"", "Machine to Machine"),
        ("unauthorized_client", "Grant type 'client_credentials' not allowed for the client.", "Grant Types"),
        ("invalid_scope", "Custom scopes are not allowed for this request.", "/oauth2/default"),
        ("invalid_client", "The client secret supplied for a confidential client is invalid.", "Other providers"),
        ("invalid_request", "client authentication must only be provided using one mechanism", "two ways"),
        ("bad_verification_code", "The code passed is incorrect or expired.", "used before"),
        ("incorrect_client_credentials", "", "GitHub"),
        ("access_denied", "", "add `audience`"),
    ] {
        let told = told(error, description);
        assert!(told.contains(words), "{error} {description}: {told}");
    }
    assert!(told("x_new", "").contains("gave x_new"));
}

#[test]
fn the_causes_of_a_refused_client_are_listed_honestly() {
    // One text from Keycloak, two codes: each hints at another cause, and names the other too.
    let text = "Invalid client or Invalid client credentials";
    let wrong = token_advice(&refusal("unauthorized_client", text), &tester());
    assert!(wrong.first().unwrap().contains("regenerated"), "{wrong:?}");
    assert!(wrong.get(1).unwrap().contains("a hint, no proof"), "{wrong:?}");
    assert!(wrong.iter().any(|line| line.contains("public client")), "{wrong:?}");
    let unknown = token_advice(&refusal("invalid_client", text), &tester());
    assert!(unknown.first().unwrap().contains("disabled"), "{unknown:?}");
    assert!(unknown.get(1).unwrap().contains("secret"), "{unknown:?}");

    let told = |auth: ClientAuth, with_secret: bool| {
        let mut profile = Profile { auth, ..tester() };
        if !with_secret {
            profile.secret = None;
        }
        token_advice(&refusal("unauthorized_client", text), &profile).join(" ")
    };
    assert!(told(ClientAuth::Basic, true).contains("\"basic-raw\""));
    assert!(told(ClientAuth::BasicRaw, true).contains("auth = \"basic\" or \"post\""));
    assert!(told(ClientAuth::Post, true).contains("try auth = \"basic\""));
    assert!(told(ClientAuth::None, false).contains("No secret was sent"));
}

#[test]
fn a_scope_that_the_provider_does_not_list_is_told_apart() {
    let document = |scopes: &[&str]| {
        let body = json!({ "issuer": "i", "scopes_supported": scopes }).to_string().into_bytes();
        let response = Response { status: 200, headers: Vec::new(), body, completeness: Completeness::Whole };
        read_document("u", &response).unwrap()
    };
    let refused = refusal("invalid_scope", "Invalid scopes: test_api_access");
    let told = |metadata: Option<&Metadata>| token_advice_knowing(&refused, &tester(), metadata).join(" ");
    assert!(told(Some(&document(&["openid"]))).contains("likely unknown to the provider"));
    assert!(told(Some(&document(&["test_api_access"]))).contains("likely not assigned to testapiclient1"));
    assert!(told(None).contains("misspelt"));
    let unasked = Profile { scopes: ScopeSet::empty(), ..tester() };
    assert!(token_advice(&refused, &unasked).join(" ").contains("wants a scope to be asked for"));
}

#[test]
fn no_row_hides_behind_another() {
    for table in TABLES {
        for row in table {
            let error = if row.error.is_empty() { "any" } else { row.error };
            assert!(row.says.chars().all(|c| !c.is_uppercase()), "{error}: {} is matched in lower case", row.says);
            let found = super::row(error, row.says).unwrap();
            assert!(std::ptr::eq(found, row), "{error} {:?} is never reached: {:?} comes first", row.says, found.says);
        }
    }
}

//! The client was not taken for who it says it is, or may not do what it asked for: `invalid_client` and
//! `unauthorized_client` (RFC 6749 section 5.2).
//!
//! Keycloak says `unauthorized_client` to a known client with a wrong secret and `invalid_client` to one it does not know
//! or that is disabled, with the same text for both; other providers say `invalid_client` to all of them. So the code is a
//! hint, no proof, and each row names the other causes too.
//!
//! Pure: no network, files, clock or terminal.

use super::{Case, Row, say, tell};
use crate::config::Profile;
use crate::oauth::ClientAuth;

pub(super) static ROWS: &[Row] = &[
    say(
        "unauthorized_client",
        "public client not allowed to retrieve service account",
        &[
            "{client} is a public client, and those have no account of their own. Keycloak: Clients → {client} → Settings → Client authentication: On, Service account roles: On; then put its secret into the profile.",
        ],
    ),
    say(
        "unauthorized_client",
        "service account",
        &[
            "Client credentials are switched off for {client}. Keycloak: Clients → {client} → Settings → Client authentication: On, Service account roles: On.",
        ],
    ),
    say(
        "invalid_request",
        "service account",
        &[
            "{client} has no service-account user, which happens after a partial import. Keycloak: switch Service account roles of {client} off and on again.",
        ],
    ),
    say(
        "invalid_request",
        "user 'service-account",
        &["The service-account user of {client} is disabled. Keycloak: Users → service-account-… → Enabled."],
    ),
    say(
        "unauthorized_client",
        "direct access",
        &[
            "The password grant is switched off for {client}. Keycloak: Clients → {client} → Settings → Direct access grants: On. A browser login or the device grant asks nobody for a password here.",
        ],
    ),
    say("unauthorized_client", "standard flow", &[STANDARD_FLOW]),
    say("unauthorized_client", "browser login", &[STANDARD_FLOW]),
    say("unauthorized_client", "device authorization grant", &[super::grant::DEVICE_OFF]),
    say("unauthorized_client", "bearer-only", &[BEARER_ONLY]),
    say("invalid_client", "bearer-only", &[BEARER_ONLY]),
    say(
        "invalid_client",
        "user consent",
        &[
            "{client} wants the person's consent, which the password grant cannot ask for. Use a browser login, or in Keycloak: Clients → {client} → Settings → Consent required: Off.",
        ],
    ),
    say(
        "invalid_client",
        "client protocol",
        &[
            "{client} is a SAML client in this realm. Create an OpenID Connect one: Keycloak: Clients → Create client → Client type: OpenID Connect.",
        ],
    ),
    say(
        "invalid_client",
        "public client is not allowed to exchange",
        &[
            "{client} is a public client, and token exchange wants one with a secret. Keycloak: Clients → {client} → Settings → Client authentication: On.",
        ],
    ),
    say("invalid_client", "client_assertion", &[ASSERTION_WANTED]),
    say("invalid_client", "signature algorithm", &[ASSERTION_REFUSED]),
    say("invalid_client", "token audience", &[ASSERTION_REFUSED]),
    say("invalid_client", "multiple audiences", &[ASSERTION_REFUSED]),
    say("invalid_client", "claim is required", &[ASSERTION_REFUSED]),
    say("invalid_client", "token is not active", &[ASSERTION_REFUSED]),
    say("invalid_client", "token was issued", &[ASSERTION_REFUSED]),
    say("invalid_client", "token reuse", &[ASSERTION_REFUSED]),
    say(
        "unauthorized_client",
        "unexpected error when authenticating",
        &[
            "The provider could not read the Basic header: a % in the secret needs auth = \"basic\" (form-encoded), not \"basic-raw\".",
        ],
    ),
    tell("unauthorized_client", "grant type", grant_not_allowed),
    tell("unauthorized_client", "credentials", wrong_secret),
    tell("unauthorized_client", "client secret", wrong_secret),
    tell("invalid_client", "", unknown_client),
    tell("unauthorized_client", "", grant_not_allowed),
];

const STANDARD_FLOW: &str = "The browser login is switched off for {client}. Keycloak: Clients → {client} → Settings → Standard flow: On, and the redirect addresses under Valid redirect URIs.";

const BEARER_ONLY: &str = "{client} is a bearer-only client: an API, that gets no tokens of its own. Use another client, or make it confidential.";

const ASSERTION_WANTED: &str = "{client} is set up to authenticate with a signed assertion, not with a secret (Keycloak: Clients → {client} → Credentials → Client Authenticator: Client Id and Secret).";

const ASSERTION_REFUSED: &str = "The provider did not take the client's signed assertion: its aud must be the issuer alone, its exp near, its jti new, its key the registered one, and this machine's clock right (RFC 7523 section 3).";

/// The provider did not take the secret: with Keycloak that speaks for a client it knows.
fn wrong_secret(case: &Case<'_>) -> Vec<String> {
    let client = &case.profile.client_id;
    let mut causes = vec![
        secret_or_none(
            case.profile,
            format!(
                "Most likely the secret of {client} is wrong or was regenerated: compare it with the provider's (Keycloak: Clients → {client} → Credentials)."
            ),
        ),
        format!(
            "Or check client_id and realm: Keycloak says unauthorized_client to a client it knows and invalid_client to one it does not, in the same words, so the code is a hint, no proof. Is {client} meant?"
        ),
    ];
    causes.extend(other_way(case.profile));
    causes
}

/// The provider does not know the client, or, with all but Keycloak, does not take its secret.
fn unknown_client(case: &Case<'_>) -> Vec<String> {
    let client = &case.profile.client_id;
    let mut causes = vec![
        format!(
            "Keycloak says this when it knows no client {client} in this realm, or {client} is disabled: check client_id letter by letter, and the realm in the issuer."
        ),
        secret_or_none(
            case.profile,
            format!(
                "Other providers say it for a wrong, regenerated or expired secret too: compare the secret of {client} with the provider's."
            ),
        ),
    ];
    causes.extend(other_way(case.profile));
    causes
}

/// What is likely when no secret was sent, else the sentence given.
fn secret_or_none(profile: &Profile, otherwise: String) -> String {
    let client = &profile.client_id;
    if profile.auth == ClientAuth::None || profile.secret.is_none() {
        format!(
            "No secret was sent, and {client} is likely confidential: give the profile its client_secret and auth = \"basic\" (Keycloak: Clients → {client} → Credentials; a public client has Client authentication: Off)."
        )
    } else {
        otherwise
    }
}

/// The same secret, sent another way.
fn other_way(profile: &Profile) -> Vec<String> {
    let way = match profile.auth {
        ClientAuth::Basic => {
            "Or the provider wants the secret another way: auth = \"post\", or \"basic-raw\" for one that does not decode Basic (Cognito) and a secret with + / = % or :."
        }
        ClientAuth::BasicRaw => {
            "Or the secret has + / % or : in it, and the provider decodes Basic, as RFC 6749 says and Keycloak does: try auth = \"basic\" or \"post\"."
        }
        ClientAuth::Post => {
            "Or the client may send its secret in the header only (Keycloak 26.6 can pin that): try auth = \"basic\"."
        }
        ClientAuth::None => return Vec::new(),
    };
    let public = format!(
        "Or {} is a public client and must send no secret (Entra says so with AADSTS700025): take client_secret out and set auth = \"none\".",
        profile.client_id
    );
    if profile.secret.is_some() { vec![way.to_owned(), public] } else { vec![way.to_owned()] }
}

/// The client is known, and this grant is not for it.
fn grant_not_allowed(case: &Case<'_>) -> Vec<String> {
    let (client, grant) = (&case.profile.client_id, case.profile.grant.name());
    let mut sentences = vec![format!("{client} may not use the grant {grant}; its administrator can allow it.")];
    sentences.extend(switch(grant).map(|switch| format!("Keycloak: Clients → {client} → Settings → {switch}: On.")));
    sentences.push(
        "Auth0: Applications → its Advanced settings → Grant Types. Okta: the application's General settings → Grant type."
            .to_owned(),
    );
    if case.description.is_empty() {
        sentences
            .push("Without a description it may also be a wrong secret: some providers say it with this code.".into());
    }
    sentences
}

/// The switch of Keycloak's console for a grant, by its name on the wire.
pub(super) fn switch(grant: &str) -> Option<&'static str> {
    Some(match grant {
        "client_credentials" => "Service account roles",
        "authorization_code" => "Standard flow",
        "password" => "Direct access grants",
        "device_code" | "urn:ietf:params:oauth:grant-type:device_code" => "OAuth 2.0 Device Authorization Grant",
        "urn:ietf:params:oauth:grant-type:token-exchange" => "Standard Token Exchange",
        _ => return None,
    })
}

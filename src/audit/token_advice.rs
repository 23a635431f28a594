//! What to do when the token endpoint says no: a table keyed on `error` and `error_description`, never on the status,
//! which differs between providers and versions for the same mistake.
//!
//! Pure: no network, files, clock or terminal.

use crate::config::Profile;
use crate::oauth::{ClientAuth, TokenRefusal};

/// One row: when it applies, and what to say then.
struct Row {
    error: &'static str,
    /// A part of the description in lower case; empty for any.
    says: &'static str,
    advice: fn(&Profile) -> Vec<String>,
}

/// The first row that fits counts, so those that look at the description come before those that do not.
const TABLE: &[Row] = &[
    Row { error: "unauthorized_client", says: "direct access", advice: direct_access },
    Row { error: "invalid_client", says: "consent", advice: password_and_consent },
    Row { error: "invalid_grant", says: "device authorization grant", advice: device_grant },
    Row { error: "invalid_grant", says: "redirect_uri", advice: redirect_uri },
    Row { error: "invalid_grant", says: "pkce", advice: pkce },
    Row { error: "invalid_grant", says: "code", advice: code },
    Row { error: "invalid_grant", says: "user credentials", advice: password },
    Row { error: "invalid_grant", says: "not fully set up", advice: not_set_up },
    Row { error: "invalid_grant", says: "disabled", advice: user_disabled },
    Row { error: "invalid_grant", says: "", advice: grant_ended },
    Row { error: "unauthorized_client", says: "service account", advice: service_account },
    Row { error: "invalid_request", says: "service account", advice: service_account_user },
    Row { error: "unauthorized_client", says: "credentials", advice: credentials },
    Row { error: "unauthorized_client", says: "client secret", advice: credentials },
    Row { error: "unauthorized_client", says: "unexpected error", advice: encoding },
    Row { error: "invalid_client", says: "client_assertion", advice: assertion_wanted },
    Row { error: "invalid_client", says: "", advice: credentials },
    Row { error: "unauthorized_client", says: "", advice: grant_not_allowed },
    Row { error: "invalid_scope", says: "", advice: scope },
    Row { error: "unsupported_grant_type", says: "", advice: grant_unknown },
    Row { error: "invalid_request", says: "https required", advice: https_required },
    Row { error: "access_denied", says: "realm not enabled", advice: realm_off },
    Row { error: "access_denied", says: "", advice: audience_wanted },
];

/// What to do, most likely first. Empty only for errors nobody has met yet.
pub fn token_advice(refusal: &TokenRefusal, profile: &Profile) -> Vec<String> {
    match refusal {
        TokenRefusal::Refused { error, description, .. } => {
            let description = description.as_deref().unwrap_or_default().to_lowercase();
            TABLE
                .iter()
                .find(|row| row.error == error && description.contains(row.says))
                .map_or_else(|| fallback(error), |row| (row.advice)(profile))
        }
        TokenRefusal::Unusable { status: 500.., .. } => {
            vec![
                "The provider has a fault of its own; try again, then ask its operator for the log of this moment."
                    .into(),
            ]
        }
        TokenRefusal::Unusable { .. } => {
            vec![
                "Look at the exchange (x): is this address a token endpoint at all? Check the issuer in profiles.toml."
                    .into(),
            ]
        }
    }
}

fn fallback(error: &str) -> Vec<String> {
    vec![format!(
        "The provider gave {error}, which its own documentation explains; the exchange (x) shows what was sent."
    )]
}

/// Keycloak does not tell these apart, so neither can we.
fn credentials(profile: &Profile) -> Vec<String> {
    let client = &profile.client_id;
    let mut advice = vec![
        format!(
            "The secret of {client} is wrong or was changed: compare it with the provider's (Keycloak: Clients → {client} → Credentials)."
        ),
        format!(
            "Or the provider knows no client {client} in this realm, or it is disabled: check client_id and issuer."
        ),
    ];
    advice.push(match profile.auth {
        ClientAuth::Basic => "Or it wants the credentials another way: try auth = \"post\", or \"basic-raw\" if the secret has special characters.".into(),
        ClientAuth::BasicRaw => "Or it wants the credentials form-encoded: try auth = \"basic\" or \"post\".".into(),
        ClientAuth::Post => "Or it wants the credentials in the header: try auth = \"basic\".".into(),
        ClientAuth::None => "Or the client is confidential: give it a client_secret and auth = \"basic\".".into(),
    });
    advice
}

fn direct_access(profile: &Profile) -> Vec<String> {
    vec![format!(
        "The legacy password grant is switched off for {0}, as it should be: use grant = \"authorization_code\". Keycloak: Clients → {0} → Settings → Direct access grants.",
        profile.client_id
    )]
}

fn password_and_consent(profile: &Profile) -> Vec<String> {
    vec![format!(
        "{} wants the person's consent, which the legacy password grant cannot ask for: use grant = \"authorization_code\".",
        profile.client_id
    )]
}

fn device_grant(profile: &Profile) -> Vec<String> {
    vec![format!(
        "Keycloak: Clients → {} → Settings → OAuth 2.0 Device Authorization Grant: On. Or log in by the browser.",
        profile.client_id
    )]
}

fn redirect_uri(_: &Profile) -> Vec<String> {
    vec![
        "The redirect address of the token request is not that of the login: log in again, from one tokenscope.".into(),
    ]
}

fn pkce(_: &Profile) -> Vec<String> {
    vec![
        "The code belongs to a login of somebody else, or something on the way changed the address: log in again."
            .into(),
    ]
}

fn code(_: &Profile) -> Vec<String> {
    vec![
        "The code was used already or came too late (Keycloak: within 60 s): log in again.".into(),
        "If it happens each time, something else opens the redirect address first, such as a link checker.".into(),
    ]
}

fn password(profile: &Profile) -> Vec<String> {
    let name = profile.username.as_deref().unwrap_or_default();
    vec![format!("Name or password of {name} are wrong: compare username and password in profiles.toml.")]
}

fn not_set_up(profile: &Profile) -> Vec<String> {
    let name = profile.username.as_deref().unwrap_or("the person");
    vec![format!(
        "{name} has something to do first, such as to replace a temporary password: log in by a browser once (Keycloak: Users → Required user actions)."
    )]
}

fn user_disabled(_: &Profile) -> Vec<String> {
    vec!["The person's account is switched off; the provider's administrator can switch it on.".into()]
}

fn grant_ended(profile: &Profile) -> Vec<String> {
    vec![format!(
        "The login behind it has ended or was revoked, or belongs to another client than {}: log in again.",
        profile.client_id
    )]
}

fn encoding(_: &Profile) -> Vec<String> {
    vec!["The provider could not read the Basic header: a % in the secret needs auth = \"basic\" (form-encoded), not \"basic-raw\".".into()]
}

fn assertion_wanted(profile: &Profile) -> Vec<String> {
    vec![format!(
        "{} is set up to authenticate with a signed assertion, not with a secret (Keycloak: Clients → Credentials → Client Authenticator).",
        profile.client_id
    )]
}

fn service_account(profile: &Profile) -> Vec<String> {
    vec![format!(
        "Client credentials are switched off for {0}. Keycloak: Clients → {0} → Settings → Client authentication: On, Service accounts roles: On.",
        profile.client_id
    )]
}

fn service_account_user(profile: &Profile) -> Vec<String> {
    vec![format!(
        "{0} has no service-account user, which happens after a partial import. Keycloak: switch Service accounts roles of {0} off and on again.",
        profile.client_id
    )]
}

pub(super) fn grant_not_allowed(profile: &Profile) -> Vec<String> {
    vec![format!(
        "{} may not use the grant {}; its administrator can allow it.",
        profile.client_id,
        profile.grant.title()
    )]
}

pub(super) fn scope(profile: &Profile) -> Vec<String> {
    if profile.scopes.is_empty() {
        return vec![
            "The provider wants a scope to be asked for: add `scopes` to the profile (key s for this session).".into(),
        ];
    }
    vec![
        format!(
            "Asked for: {}. One of them is misspelt (letter case counts) or is not assigned to {}.",
            profile.scopes, profile.client_id
        ),
        format!(
            "Keycloak: Clients → {} → Client scopes → Add client scope → Optional. For this session, the explorer's action scopes (s) edits what is asked for.",
            profile.client_id
        ),
    ]
}

fn grant_unknown(profile: &Profile) -> Vec<String> {
    vec![format!(
        "This provider does not know the grant {}; its discovery document lists those it knows.",
        profile.grant.name()
    )]
}

fn https_required(_: &Profile) -> Vec<String> {
    vec!["The realm wants HTTPS from this address. Use the https:// issuer, or in Keycloak: Realm settings → Require SSL.".into()]
}

fn realm_off(_: &Profile) -> Vec<String> {
    vec!["The realm is disabled. Keycloak: Realm settings → Enabled.".into()]
}

fn audience_wanted(profile: &Profile) -> Vec<String> {
    vec![match &profile.audience {
        None => "Some providers (Auth0) refuse without an audience: add `audience` to the profile.".into(),
        Some(audience) => format!(
            "{} is not allowed to ask for the audience {audience}; its administrator can allow it.",
            profile.client_id
        ),
    }]
}

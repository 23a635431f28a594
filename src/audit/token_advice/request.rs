//! What was asked for cannot be had: scopes, grant types, parameters, audiences, and addresses that are no token endpoint.
//!
//! Pure: no network, files, clock or terminal.

use super::{Case, Row, say, tell, unlisted};

const NO_TOKEN_ENDPOINT: &str = "There is no token endpoint at this address: check the issuer in profiles.toml (the realm's name; for Keycloak before 17, or one with --http-relative-path=/auth, an /auth before /realms).";

const PROVIDER_FAULT: &str =
    "The provider has a fault of its own; try again, then ask its operator for the log of this moment.";

pub(super) static ROWS: &[Row] = &[
    say(
        "invalid_scope",
        "consent",
        &["The person has withdrawn the consent that {client} had: log in again (t), which asks anew."],
    ),
    tell("invalid_scope", "", scope),
    tell("unsupported_grant_type", "", grant_unknown),
    say(
        "unsupported_response_type",
        "",
        &[
            "This provider has no browser login with a code (response_type=code): its discovery document lists what it has.",
        ],
    ),
    say(
        "invalid_request",
        "grant_type",
        &[
            "The provider found no grant_type: something on the way dropped the form. Look at the exchange (x); an HTTP redirect or a proxy does that.",
        ],
    ),
    say(
        "invalid_request",
        "duplicated parameter",
        &[
            "A parameter was sent twice: take from the profile's params what tokenscope sends itself (grant_type, scope, client_id, …).",
        ],
    ),
    say(
        "invalid_request",
        "one mechanism",
        &[
            "The provider saw two ways of client authentication: take client_id and client_secret out of the profile's params.",
        ],
    ),
    say(
        "invalid_request",
        "properly encoded",
        &["The provider wants the Basic header form-encoded: set auth = \"basic\"."],
    ),
    say(
        "invalid_request",
        "no client authentication",
        &["No client authentication was sent: give the profile a client_secret and auth = \"basic\" or \"post\"."],
    ),
    say(
        "invalid_request",
        "token exchange",
        &[
            "Token exchange is not switched on for {client}, or a parameter of it is missing. Keycloak: Clients → {client} → Settings → Standard Token Exchange: On.",
        ],
    ),
    say(
        "invalid_request",
        "https required",
        &[
            "The realm wants HTTPS from this address. Use the https:// issuer, or in Keycloak: Realm settings → Require SSL.",
        ],
    ),
    say("invalid_request", "disabled", &["The person's account is disabled. Keycloak: Users → … → Enabled."]),
    say(
        "invalid_request",
        "redirect_uri",
        &[
            "The redirect address is not registered. Keycloak: Clients → {client} → Settings → Valid redirect URIs; it must match exactly.",
        ],
    ),
    say("invalid_request", "no refresh token", &["The request had no refresh token: log in again (t)."]),
    say(
        "invalid_request",
        "missing parameter",
        &[
            "The provider misses a parameter, which its description names: add it to the profile's params, or check the grant.",
        ],
    ),
    say(
        "invalid_request",
        "longer than allowed",
        &["A parameter is too long for the provider: shorten the scopes or the profile's params."],
    ),
    say(
        "invalid_request",
        "content-type",
        &["The provider did not get a form: something on the way changed it. Look at the exchange (x)."],
    ),
    tell("invalid_target", "", audience_wanted),
    say(
        "invalid_dpop_proof",
        "",
        &[
            "{client} must prove a key with each request (DPoP, RFC 9449), which tokenscope does not do. Keycloak: Clients → {client} → Settings → Require DPoP bound tokens: Off.",
        ],
    ),
    say("access_denied", "realm not enabled", &["The realm is disabled. Keycloak: Realm settings → Enabled."]),
    tell("access_denied", "", denied),
    say(
        "Realm does not exist",
        "",
        &["There is no such realm: check its name in the issuer, in which capital letters count."],
    ),
    say("HTTP 405 Method Not Allowed", "", &[NO_TOKEN_ENDPOINT]),
    say("HTTP 404 Not Found", "", &[NO_TOKEN_ENDPOINT]),
    say("Unable to find matching target resource method", "", &[NO_TOKEN_ENDPOINT]),
    say("unknown_error", "", &[PROVIDER_FAULT]),
    say("server_error", "", &[PROVIDER_FAULT]),
    say("temporarily_unavailable", "", &["The provider is overloaded or under maintenance: try again in a while."]),
];

/// A scope is refused when it is misspelt, unknown, or not assigned to the client: the three are told apart as far as the
/// provider's own list allows, which may hide some.
fn scope(case: &Case<'_>) -> Vec<String> {
    let (client, asked) = (&case.profile.client_id, &case.profile.scopes);
    if asked.is_empty() {
        return vec![
            "The provider wants a scope to be asked for: add `scopes` to the profile (key s for this session).".into(),
        ];
    }
    let unlisted = unlisted(case);
    let first = if !unlisted.is_empty() {
        let them = if unlisted.len() == 1 { "it" } else { "them" };
        format!(
            "{unlisted} is likely unknown to the provider: its discovery document does not list {them} (some scopes are hidden from that list). Check the spelling, in which letter case counts."
        )
    } else if case.supported.is_some() {
        format!("The provider knows what was asked for ({asked}), so one of them is likely not assigned to {client}.")
    } else {
        format!("Asked for: {asked}. One of them is misspelt (letter case counts) or is not assigned to {client}.")
    };
    let step = if unlisted.is_empty() { "" } else { "Client scopes → Create client scope; then " };
    vec![
        first,
        format!(
            "Keycloak: {step}Clients → {client} → Client scopes → Add client scope → Optional. For this session, the explorer's action scopes (s) edits what is asked for."
        ),
    ]
}

fn grant_unknown(case: &Case<'_>) -> Vec<String> {
    vec![format!(
        "This provider does not know the grant {}; its discovery document lists those it knows (grant_types_supported).",
        case.profile.grant.name()
    )]
}

/// Nothing says who refused.
fn denied(case: &Case<'_>) -> Vec<String> {
    if case.profile.grant.needs_person() {
        return vec![
            "Somebody said no on the login or consent page, or a rule of the provider did. Log in again and agree there."
                .into(),
        ];
    }
    audience_wanted(case)
}

fn audience_wanted(case: &Case<'_>) -> Vec<String> {
    vec![match &case.profile.audience {
        None => "Some providers (Auth0) refuse without an audience: add `audience` to the profile.".into(),
        Some(audience) => format!(
            "{} is not allowed to ask for the audience {audience}; its administrator can allow it.",
            case.profile.client_id
        ),
    }]
}

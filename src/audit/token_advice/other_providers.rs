//! What providers other than Keycloak say in words of their own: Entra's AADSTS numbers, Auth0, Okta, GitHub.
//!
//! Pure: no network, files, clock or terminal.

use super::{Row, say};

pub(super) static ROWS: &[Row] = &[
    // Entra ID: the number is what counts.
    say(
        "",
        "aadsts7000215",
        &[
            "The secret of {client} is wrong. Often it is the secret's ID: Entra wants its value, which is shown only once. App registrations → Certificates & secrets → New client secret.",
        ],
    ),
    say(
        "",
        "aadsts7000222",
        &["The secret of {client} has ended. Entra: App registrations → Certificates & secrets → New client secret."],
    ),
    say(
        "",
        "aadsts7000218",
        &[
            "Entra wants a secret or an assertion from {client}: give the profile its client_secret, or allow public client flows (App registrations → Authentication).",
        ],
    ),
    say(
        "",
        "aadsts700025",
        &["{client} is a public client and must send no secret: take client_secret out and set auth = \"none\"."],
    ),
    say(
        "",
        "aadsts700016",
        &[
            "Entra knows no application {client} in this tenant: check client_id (the application's ID, not its object ID) and the tenant in the issuer.",
        ],
    ),
    say("", "aadsts90002", &["There is no such tenant: check the tenant in the issuer."]),
    say(
        "",
        "aadsts500011",
        &[
            "Entra knows no API of the name in the scope in this tenant: check it, or have an administrator consent to it there.",
        ],
    ),
    say(
        "",
        "aadsts1002012",
        &["Entra wants exactly one scope here: the API's identifier with /.default, such as api://…/.default."],
    ),
    say(
        "",
        "aadsts70011",
        &[
            "Entra does not take these scopes ({asked}): with client credentials it wants one, the API's identifier with /.default.",
        ],
    ),
    say(
        "",
        "aadsts65001",
        &[
            "Nobody has consented to what {client} asks for: an administrator can (App registrations → API permissions → Grant admin consent).",
        ],
    ),
    say("", "aadsts50126", &["User name or password is wrong."]),
    say("", "aadsts50076", &["Entra wants a second factor, which this grant cannot ask for: use a browser login."]),
    say(
        "",
        "aadsts50011",
        &[
            "The redirect address is not registered. Entra: App registrations → Authentication → Redirect URIs; it must match exactly.",
        ],
    ),
    // Auth0 says access_denied for nearly everything.
    say(
        "access_denied",
        "service not enabled",
        &["Auth0 knows no API with this audience: check the profile's `audience` against APIs → … → Identifier."],
    ),
    say(
        "access_denied",
        "service not found",
        &["Auth0 knows no API with this audience: check the profile's `audience` against APIs → … → Identifier."],
    ),
    say(
        "access_denied",
        "not authorized to access",
        &["{client} may not use this API. Auth0: APIs → … → Machine to Machine Applications → authorize it."],
    ),
    say(
        "access_denied",
        "unauthorized",
        &["Auth0 says this for a wrong secret: compare the secret of {client} with Applications → … → Settings."],
    ),
    say("invalid_grant", "wrong email or password", &["User name or password is wrong."]),
    say(
        "invalid_request",
        "audience",
        &["The provider wants an audience: add `audience` to the profile (Auth0: APIs → … → Identifier)."],
    ),
    // Okta.
    say(
        "invalid_scope",
        "custom scopes are not allowed",
        &[
            "Okta's organization server has no scopes of your own: use a custom authorization server as issuer, such as https://…okta.com/oauth2/default.",
        ],
    ),
    say(
        "access_denied",
        "policy evaluation failed",
        &[
            "No access policy of Okta's authorization server lets {client} have this: Security → API → Authorization Servers → Access Policies.",
        ],
    ),
    // GitHub answers 200 and these.
    say("bad_verification_code", "", &["The code was used before or came too late: log in again (t)."]),
    say(
        "incorrect_client_credentials",
        "",
        &["The secret of {client} is wrong, or GitHub knows no such app: compare both with the app's settings."],
    ),
    say(
        "redirect_uri_mismatch",
        "",
        &["The redirect address is not the one registered for {client}: it must match exactly."],
    ),
    say(
        "device_flow_disabled",
        "",
        &["The device grant is switched off for {client}: its app settings → Enable Device Flow."],
    ),
];

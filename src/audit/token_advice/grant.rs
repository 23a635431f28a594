//! What the client holds in its hand was not taken: a code, a refresh token, a password, a device code (`invalid_grant`,
//! RFC 6749 section 5.2, and the codes of RFC 8628 section 3.5), or the person said no.
//!
//! Pure: no network, files, clock or terminal.

use super::{Case, Row, say, tell};

pub(super) const DEVICE_OFF: &str = "The device grant is switched off for {client}. Keycloak: Clients → {client} → Settings → OAuth 2.0 Device Authorization Grant: On.";

const AGAIN: &str = "Log in again (t).";

const SESSION_OVER: &str = "The login session is over: logged out, ended by an administrator, or idle for too long (Keycloak: Realm settings → Sessions). Log in again (t).";

const PERSON_GONE: &str =
    "The person's account was disabled or deleted since the login. Keycloak: Users → … → Enabled.";

const VERIFIER: &str = "The code does not belong to this login attempt (its PKCE verifier does not fit): log in again (t), in one window only.";

pub(super) static ROWS: &[Row] = &[
    // A device code (RFC 8628 section 3.5).
    say("invalid_grant", "device authorization grant", &[DEVICE_OFF]),
    say(
        "invalid_grant",
        "device code not valid",
        &["The device code is unknown or was used: each works once. Begin again (t)."],
    ),
    say("expired_token", "", &["Nobody entered the code in time. Begin again (t) for a new one."]),
    say(
        "slow_down",
        "",
        &[
            "It was asked too often: the waiting time grows by five seconds (RFC 8628 section 3.5), and nothing is lost.",
        ],
    ),
    say("authorization_pending", "", &["Nobody has entered the code yet: keep waiting, or open the address again."]),
    // The code of a browser login (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
    say(
        "invalid_grant",
        "code not valid",
        &[
            "The code was used before, or is none of this provider's: each works once, and using it twice ends the tokens it gave. Log in again (t); do not reload the last page of the login.",
        ],
    ),
    say(
        "invalid_grant",
        "code is expired",
        &[
            "The code was sent too late: it lives about a minute. Log in again (t). When it happens at once, the provider's clock jumped.",
        ],
    ),
    say(
        "invalid_grant",
        "redirect_uri",
        &[
            "The redirect address of the token request is not, letter for letter, the one the login began with: log in again (t), and have the address registered exactly (Keycloak: Clients → {client} → Settings → Valid redirect URIs).",
        ],
    ),
    say(
        "invalid_grant",
        "different client_id",
        &["The code was given to another client than {client}: log in again (t) with this profile."],
    ),
    say(
        "invalid_grant",
        "auth error",
        &["The code was given to another client than {client}: log in again (t) with this profile."],
    ),
    say(
        "invalid_grant",
        "not allowed to exchange code",
        &[
            "The browser login is switched off for {client}. Keycloak: Clients → {client} → Settings → Standard flow: On.",
        ],
    ),
    say(
        "invalid_grant",
        "verifier not specified",
        &["The login began with PKCE and the token request lacks its verifier: log in again (t)."],
    ),
    say(
        "invalid_grant",
        "challenge not present",
        &[
            "The login began without PKCE, so the code is from another login: log in again (t). A proxy that drops code_challenge does this too.",
        ],
    ),
    say("invalid_grant", "code verifier", &[VERIFIER]),
    say("invalid_grant", "pkce", &[VERIFIER]),
    // A refresh token (RFC 6749 section 6).
    say(
        "invalid_grant",
        "token reuse exceeded",
        &[
            "This refresh token was used before: the provider rotates them (Keycloak: Realm settings → Tokens → Revoke Refresh Token). Another program has the newer one, or the answer with it was lost. Log in again (t).",
        ],
    ),
    say(
        "invalid_grant",
        "stale token",
        &[
            "Everything issued before a certain moment was revoked (Keycloak: Sessions → Actions → Revocation), or a newer refresh token is in use. Log in again (t).",
        ],
    ),
    say(
        "invalid_grant",
        "offline",
        &[
            "The offline session is over: revoked by the person or an administrator, or not used for its idle time (Keycloak: Realm settings → Sessions → Offline Session Idle). Log in again (t).",
        ],
    ),
    say(
        "invalid_grant",
        "token issuer",
        &[
            "The refresh token was issued under another name of the provider, which has changed since. Log in again (t); one fixed public name (KC_HOSTNAME) keeps it from happening.",
        ],
    ),
    say(
        "invalid_grant",
        "token client and authorized client",
        &["The refresh token is another client's than {client}: log in again (t) with this profile."],
    ),
    say("invalid_grant", "session not active", &[SESSION_OVER]),
    say("invalid_grant", "session not found", &[SESSION_OVER]),
    say("invalid_grant", "session", &[SESSION_OVER]),
    say(
        "invalid_grant",
        "token is not active",
        &[
            "The refresh token has ended: nobody used it for the session's idle time (Keycloak: Realm settings → Sessions → SSO Session Idle), or the provider's clock jumped. Log in again (t).",
        ],
    ),
    say(
        "invalid_grant",
        "refresh token",
        &[
            "The provider does not take this refresh token: it was revoked, cut, or the provider was restarted with a new key store. Log in again (t).",
        ],
    ),
    // A password (RFC 6749 section 4.3).
    say(
        "invalid_grant",
        "user credentials",
        &[
            "The password of {username} or the name itself is wrong, or the account is locked for a while after too many attempts (Keycloak: Realm settings → Security defenses → Brute force detection; it says the same then).",
        ],
    ),
    say(
        "invalid_grant",
        "not fully set up",
        &[
            "The account has something to do first: a temporary password, an e-mail address to verify, missing names. Log in once in the browser, or in Keycloak: Users → … → Required user actions.",
        ],
    ),
    say("invalid_grant", "account disabled", &[PERSON_GONE]),
    say("invalid_grant", "user disabled", &[PERSON_GONE]),
    say("invalid_grant", "user not found", &[PERSON_GONE]),
    tell("invalid_grant", "", not_taken),
    // The person, or a rule that stands for them (RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6).
    say("access_denied", "denied", &[DENIED]),
    say("access_denied", "cancel", &[DENIED]),
    say("access_denied", "refused", &[DENIED]),
    say(
        "consent_required",
        "",
        &[
            "The person has not agreed to what {client} asks for yet ({asked}): log in in the browser (t), where it can be asked.",
        ],
    ),
    say(
        "login_required",
        "",
        &["Nobody is logged in in this browser: log in (t) without asking for a silent login (prompt = \"none\")."],
    ),
    say(
        "interaction_required",
        "",
        &["The provider wants to ask the person something: log in in the browser (t) without prompt = \"none\"."],
    ),
    say(
        "account_selection_required",
        "",
        &["Several accounts are logged in in this browser: log in (t) and choose one."],
    ),
    say(
        "unmet_authentication_requirements",
        "",
        &[
            "The person cannot log in as strongly as was asked for (acr_values): ask for less, or have them set up a second factor.",
        ],
    ),
];

const DENIED: &str =
    "The person, or a rule of the provider, said no at the login. Nothing was changed; t begins again.";

/// An `invalid_grant` of which nothing more is said.
fn not_taken(case: &Case<'_>) -> Vec<String> {
    let what = match case.profile.grant.name() {
        "authorization_code" => {
            "the code was used before, came too late, or its redirect address or PKCE verifier differs"
        }
        "password" => "user name or password is wrong",
        "device_code" | "urn:ietf:params:oauth:grant-type:device_code" => {
            "the device code was used before or has ended"
        }
        _ => "the code, refresh token or password is wrong, was used before, has ended or was revoked",
    };
    vec![format!("The provider does not take what was sent: {what}. {AGAIN}")]
}

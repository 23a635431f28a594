//! What to do when the authorization endpoint says no: the errors of RFC 6749 section 4.1.2.1 and OpenID Connect Core
//! section 3.1.2.6.
//!
//! Pure: no network, files, clock or terminal.

use super::token_advice::{grant_not_allowed, scope};
use crate::config::Profile;

/// What to do, most likely first.
pub fn login_advice(error: &str, profile: &Profile) -> Vec<String> {
    let client = &profile.client_id;
    let one = |text: String| vec![text];
    match error {
        "access_denied" => one("Somebody said no on the login or consent page. Log in again and agree there.".into()),
        "invalid_scope" => scope(profile),
        "unauthorized_client" | "unsupported_response_type" => {
            let mut advice = grant_not_allowed(profile);
            advice.push(format!("Keycloak: Clients → {client} → Settings → Standard flow: On."));
            advice
        }
        "invalid_request" => one(format!(
            "The provider wants another parameter, or one of `params` is wrong for {client}; its words say which. PKCE by S256 \
             is sent always."
        )),
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            one("The provider was told not to ask the person (prompt = \"none\" in params): leave that out and log in."
                .into())
        }
        "temporarily_unavailable" => one("The provider is busy, or the login took too long there. Try again.".into()),
        "server_error" => {
            one("The provider has a fault of its own; ask its operator for the log of this moment.".into())
        }
        other => one(format!("The provider gave {other}, which its own documentation explains.")),
    }
}

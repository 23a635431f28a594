//! Failures in a few words; their own words and advice are the rows below.

use crate::config::ExpectToken;
use crate::engine::Failure;
use crate::oauth::TokenRefusal;
use crate::tui::state::{Failed, State};
use crate::tui::text::Strip;
use crate::tui::theme::Role;

/// One short word for lists.
pub(super) fn word(failure: &Failure) -> &'static str {
    match failure {
        Failure::TokenRefused { refusal: TokenRefusal::Refused { .. }, .. } => "refused",
        Failure::NoAnswer { .. } => "down",
        Failure::NoSecret { .. } => "secret",
        Failure::LoginNeeded { .. } => "login",
        Failure::Cancelled => "esc",
        _ => "failed",
    }
}

/// The headline of a failed fetch.
pub(super) fn token_headline(empty: &Strip, state: &State, failed: &Failed) -> Strip {
    let expected = state.profile().is_some_and(|profile| profile.expect_token == ExpectToken::Refused);
    let refused = matches!(&failed.failure, Failure::TokenRefused { refusal: TokenRefusal::Refused { .. }, .. });
    if refused && expected {
        let line = empty.clone().text(Role::Good, "REFUSED, as expected");
        return line.gap(3).text(Role::Text, "by the provider").then(status(empty, &failed.failure));
    }
    let (role, words) = words(&failed.failure);
    empty.clone().text(role, words).then(status(empty, &failed.failure))
}

/// The headline of a call that was never sent.
pub(super) fn call_headline(empty: &Strip, failed: &Failed) -> Strip {
    let (role, words) = words(&failed.failure);
    let line = empty.clone().text(role, "NOT SENT");
    match &failed.failure {
        Failure::TokenRefused { .. } | Failure::NoAnswer { .. } | Failure::Discovery { .. } => {
            line.gap(3).text(Role::Text, "no token could be got").gap(3).text(role, words)
        }
        _ => line.gap(3).text(role, words),
    }
}

fn status(empty: &Strip, failure: &Failure) -> Strip {
    let status = failure.exchange().and_then(|exchange| exchange.status());
    status.map_or_else(|| empty.clone(), |status| empty.clone().gap(3).text(Role::Muted, format!("status {status}")))
}

fn words(failure: &Failure) -> (Role, &'static str) {
    match failure {
        Failure::TokenRefused { refusal: TokenRefusal::Refused { .. }, .. } => (Role::Bad, "REFUSED by the provider"),
        Failure::TokenRefused { refusal: TokenRefusal::Unusable { .. }, .. } => {
            (Role::Bad, "NO USABLE ANSWER from the provider")
        }
        Failure::NoAnswer { .. } => (Role::Bad, "NO ANSWER from the provider"),
        Failure::Discovery { .. } | Failure::NotOffered { .. } => (Role::Bad, "DISCOVERY FAILED"),
        Failure::KeySet { .. } => (Role::Bad, "NO KEYS from the provider"),
        Failure::NoSecret { .. } => (Role::Warn, "SECRET MISSING"),
        Failure::LedAway { .. } => (Role::Warn, "LEADS AWAY FROM THIS MACHINE"),
        Failure::SecretWanted { .. } => (Role::Warn, "SECRET WANTED"),
        Failure::PasswordWanted { .. } => (Role::Warn, "PASSWORD WANTED"),
        Failure::LoginNeeded { .. } => (Role::Warn, "LOGIN NEEDED"),
        Failure::LoginFailed { .. } => (Role::Bad, "NO LOGIN"),
        Failure::NotPossible { .. } => (Role::Warn, "NOT POSSIBLE"),
        Failure::NotKept { .. } => (Role::Warn, "LEFT AS IT IS"),
        Failure::Untrusted { .. } => (Role::Warn, "FILE NOT TRUSTED"),
        Failure::Disabled { .. } => (Role::Bad, "MISTAKE IN THE FILE"),
        Failure::Bundled { .. } => (Role::Bad, "BUNDLED SERVER NOT STARTED"),
        Failure::NotRotated { .. } => (Role::Bad, "KEYS NOT ROTATED"),
        Failure::OtherEnvironment { .. } => (Role::Warn, "ANOTHER ENVIRONMENT"),
        Failure::Unsafe { .. } => (Role::Warn, "MAY CHANGE SOMETHING"),
        Failure::UnknownProfile { .. } | Failure::UnknownEndpoint { .. } => (Role::Bad, "NOT FOUND"),
        Failure::Fault { .. } => (Role::Bad, "FAULT IN TOKENSCOPE"),
        Failure::Cancelled => (Role::Muted, "CANCELLED"),
    }
}

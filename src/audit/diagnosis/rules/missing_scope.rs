//! The endpoint wants a scope that the token does not have.

use super::Finding;
use crate::audit::diagnosis::evidence::row;
use crate::audit::diagnosis::{Confidence, Evidence, Relation, Remedy};
use crate::oauth::ScopeSet;

/// RFC 6750 section 3.1: `insufficient_scope`, with the scopes needed when the API is kind.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let token = evidence.token?;
    let has = evidence.token_scopes();
    let told = evidence.error().as_deref() == Some("insufficient_scope");
    let named = evidence.bearer().and_then(|challenge| challenge.scope()).filter(|_| told);
    let from_api = named.is_some();
    let wanted = named.unwrap_or_else(|| evidence.endpoint.wanted_scopes());
    let missing = has.missing(&wanted);
    if missing.is_empty() && !told {
        return None;
    }
    let status = evidence.response()?.status;
    let confidence = match (told, missing.is_empty(), status) {
        (true, false, _) => Confidence::Certain,
        (true, true, _) | (false, _, 403) => Confidence::VeryLikely,
        (false, ..) => Confidence::Possible,
    };
    let held = if has.is_empty() { "no scope".to_owned() } else { has.to_string() };
    let summary = if missing.is_empty() {
        format!("The API says a scope is missing, without naming it; this token has {held}.")
    } else {
        format!("The API wants the scope {missing}; this token has {held}.")
    };
    let asked = evidence.asked.cloned().unwrap_or_default();
    let unasked = asked.missing(&missing);
    let role = token
        .roles()
        .into_iter()
        .find(|group| missing.iter().any(|scope| group.roles.iter().any(|role| role == scope)));
    let advice = match role {
        Some(group) => {
            format!("{missing} is there as a role ({}), not as a scope: the API looks at scopes only.", group.source)
        }
        None => advice(&missing, &unasked, evidence.profile.client_id.as_str()),
    };
    let source = if from_api {
        "the API's challenge".to_owned()
    } else {
        format!("profiles.toml:{} (apis.{})", evidence.endpoint.place.line, evidence.api.name)
    };
    Some(Finding {
        confidence,
        summary,
        advice,
        evidence: vec![
            row("scope", held, Relation::Differs, wanted.to_string(), &source),
            row(
                "asked for",
                shown_or_none(&asked),
                if unasked.is_empty() { Relation::Ok } else { Relation::Differs },
                missing.to_string(),
                "the token request",
            ),
        ],
        remedy: (!unasked.is_empty()).then_some(Remedy::AskForScopes(unasked)),
    })
}

fn shown_or_none(scopes: &ScopeSet) -> String {
    if scopes.is_empty() { "nothing".into() } else { scopes.to_string() }
}

fn advice(missing: &ScopeSet, unasked: &ScopeSet, client: &str) -> String {
    if missing.is_empty() {
        "Ask the API's owner which scope this endpoint wants.".to_owned()
    } else if unasked.is_empty() {
        format!(
            "It was asked for and not granted: the provider's administrator must assign it to {client} (Keycloak: Clients → \
             {client} → Client scopes → Add client scope)."
        )
    } else {
        "It was not asked for: add it to the profile's scopes.".to_owned()
    }
}

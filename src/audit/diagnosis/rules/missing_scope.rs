//! The endpoint wants a scope that the token does not have.

use super::Finding;
use crate::audit::diagnosis::evidence::row;
use crate::audit::diagnosis::{Confidence, Evidence, Relation, Remedy};
use crate::audit::scope_fate::{ScopeCase, scope_fate};
use crate::config::Requirement;
use crate::jwt::{Token, TokenUse};
use crate::oauth::ScopeSet;

/// What the endpoint wants.
struct Wanted {
    scopes: ScopeSet,
    /// One of them is enough.
    any: bool,
    source: String,
}

/// RFC 6750 section 3.1: `insufficient_scope`, with the scopes needed when the API is kind.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let token = evidence.token?;
    let has = evidence.token_scopes();
    let told = evidence.error().as_deref() == Some("insufficient_scope");
    let wanted = wanted(evidence, told);
    let missing = match has.missing(&wanted.scopes) {
        missing if wanted.any && missing.len() < wanted.scopes.len() => ScopeSet::empty(),
        missing => missing,
    };
    if missing.is_empty() && !told {
        return None;
    }
    let status = evidence.response()?.status;
    let confidence = match (told, missing.is_empty(), status) {
        // An ID token or a refresh token has no scopes by nature: that is the cause then.
        _ if matches!(token.token_kind(), TokenUse::Id | TokenUse::Refresh) => Confidence::Possible,
        (true, false, _) => Confidence::Certain,
        (true, true, _) | (false, _, 403) => Confidence::VeryLikely,
        (false, ..) => Confidence::Possible,
    };
    let held = if has.is_empty() { "no scope".to_owned() } else { has.to_string() };
    let summary = if missing.is_empty() {
        format!("The API says a scope is missing, without naming it; this token has {held}.")
    } else {
        let one = if wanted.any { "one of the scopes" } else { "the scope" };
        format!("The API wants {one} {missing}; this token has {held}.")
    };
    let asked = evidence.asked.cloned().unwrap_or_default();
    let unasked = asked.missing(&missing);
    Some(Finding {
        confidence,
        summary,
        advice: advice(evidence, token, &missing, &asked),
        evidence: vec![
            row("scope", held, Relation::Differs, wanted.scopes.to_string(), &wanted.source),
            row(
                "asked for",
                shown_or_none(&asked),
                if unasked.is_empty() { Relation::Ok } else { Relation::Differs },
                missing.to_string(),
                "the token request",
            ),
        ],
        remedy: (!unasked.is_empty()).then(|| {
            // Of several that each would do, one is enough.
            let ask = if wanted.any { unasked.iter().take(1).collect() } else { unasked };
            Remedy::AskForScopes(ask)
        }),
    })
}

fn wanted(evidence: &Evidence<'_>, told: bool) -> Wanted {
    if let Some(scopes) = evidence.bearer().and_then(|challenge| challenge.scope()).filter(|_| told) {
        return Wanted { scopes, any: false, source: "the API's challenge".to_owned() };
    }
    let (scopes, any) = match &evidence.endpoint.requires {
        Some(Requirement::AnyScope(scopes)) => (scopes.clone(), true),
        _ => (evidence.endpoint.wanted_scopes(), false),
    };
    let source = format!("profiles.toml:{} (apis.{})", evidence.endpoint.place.line, evidence.api.name);
    Wanted { scopes, any, source }
}

fn shown_or_none(scopes: &ScopeSet) -> String {
    if scopes.is_empty() { "nothing".into() } else { scopes.to_string() }
}

fn advice(evidence: &Evidence<'_>, token: &Token, missing: &ScopeSet, asked: &ScopeSet) -> String {
    let Some(first) = missing.iter().next() else {
        return "Ask the API's owner which scope this endpoint wants.".to_owned();
    };
    let is_missing = |role: &String| missing.contains(role);
    if let Some(group) = token.roles().into_iter().find(|group| group.roles.iter().any(is_missing)) {
        return format!(
            "{missing} is there as a role ({}), not as a scope: the API looks at scopes only.",
            group.source
        );
    }
    let pinned = evidence.profile.granted.as_ref().map(|granted| granted.contains(first));
    if pinned == Some(false) {
        return "profiles.toml says that the provider does not grant it to this client (`granted`): the refusal is meant."
            .to_owned();
    }
    let supported = evidence.metadata.and_then(|metadata| metadata.scopes_supported.as_deref());
    // What nobody asked for comes first: asking is what helps at once.
    let unasked = asked.missing(missing);
    let fate = scope_fate(unasked.iter().next().unwrap_or(first), asked, supported);
    let holder = token.holder();
    let is_keycloak = evidence.is_keycloak();
    let advice = fate.advice(missing, ScopeCase { client: evidence.client(), holder: holder.as_ref(), is_keycloak });
    if pinned == Some(true) && unasked.is_empty() {
        return format!(
            "profiles.toml says that the provider grants it (`granted`), so something changed there. {advice}"
        );
    }
    advice
}

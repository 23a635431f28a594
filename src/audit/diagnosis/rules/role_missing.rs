//! The API knows who calls and says no: a role is missing, or a rule of its own forbids it.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation};
use crate::config::Requirement;
use crate::jwt::{Holder, Token};

/// What APIs say of it.
const SAYINGS: [&str; 3] = ["role", "authorities", "not a member"];

/// Roles stand under many names, and which of them an API looks at only its owner knows. A 403 without a word is likeliest
/// this (RFC 9110 section 15.5.4).
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let token = evidence.token.filter(|token| token.claims().is_some())?;
    let status = evidence.response()?.status;
    let held: Vec<String> = token.roles().into_iter().flat_map(|group| group.roles).collect();
    let wanted = match &evidence.endpoint.requires {
        Some(Requirement::Roles(roles)) => roles.as_slice(),
        _ => &[],
    };
    let missing: Vec<&str> = wanted.iter().filter(|role| !held.contains(role)).map(String::as_str).collect();
    let reason = evidence.reason();
    let said = SAYINGS.iter().any(|saying| reason.contains(saying));
    let silent = status == 403 && evidence.error().is_none() && !evidence.is_a_page();
    let confidence = match (said, missing.is_empty(), status) {
        (true, ..) => Confidence::Certain,
        (false, false, 403) => Confidence::VeryLikely,
        (false, false, _) => Confidence::Possible,
        (false, true, _) if silent && evidence.lacking_scopes().is_empty() => Confidence::Possible,
        (false, true, _) => return None,
    };
    let has = ones_own(token);
    let summary = match (said, missing.is_empty()) {
        (_, false) => format!("The API wants the role {}; this token has {has}.", missing.join(", ")),
        (true, true) => {
            let text = evidence.description().unwrap_or_default();
            format!("The API says a role is missing: {} This token has {has}.", quoted(&text))
        }
        (false, true) => format!("The API takes the token and says no all the same; the token has {has}."),
    };
    let as_scope = missing.iter().find(|role| evidence.token_scopes().contains(role));
    let advice = match as_scope {
        Some(role) => format!("{role} is there as a scope, not as a role: the API looks at roles only."),
        None => advice(token, &missing, evidence.client()),
    };
    Some(Finding {
        confidence,
        summary,
        advice,
        evidence: vec![row(
            "roles",
            has,
            if missing.is_empty() { Relation::Unknown } else { Relation::Differs },
            if wanted.is_empty() { "not said in profiles.toml".to_owned() } else { wanted.join(" ") },
            &format!("profiles.toml:{} (apis.{})", evidence.endpoint.place.line, evidence.api.name),
        )],
        remedy: None,
    })
}

/// The roles that somebody gave on purpose, with where they stand.
fn ones_own(token: &Token) -> String {
    let own: Vec<String> = token
        .grouped_roles()
        .into_iter()
        .filter_map(|group| {
            let names: Vec<String> =
                group.roles.into_iter().filter(|role| role.note.is_none()).map(|role| role.name).collect();
            (!names.is_empty()).then(|| format!("{} ({})", names.join(" "), group.title))
        })
        .collect();
    match (own.is_empty(), token.roles().is_empty()) {
        (true, true) => "no roles".to_owned(),
        (true, false) => "only the roles that Keycloak gives everybody".to_owned(),
        (false, _) => quoted(&own.join(", ")),
    }
}

fn advice(token: &Token, missing: &[&str], client: &str) -> String {
    let role =
        if missing.is_empty() { "the role it wants (its owner knows which)".to_owned() } else { missing.join(", ") };
    let place = match token.holder() {
        Some(Holder::Person { name, .. }) => {
            format!("Users → {} → Role mapping → Assign role", name.unwrap_or_else(|| "the person".to_owned()))
        }
        _ => format!("Clients → {client} → Service account roles → Assign role"),
    };
    format!(
        "The provider's administrator can give {role} (Keycloak: {place}); then get a new token, for the old one does not \
         change. The client scope roles must be assigned to {client}, or none are in the token."
    )
}

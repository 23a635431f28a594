//! The token is not for this API: its `aud` does not name it.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation};
use crate::jwt::TokenUse;
use crate::jwt::keycloak::audience_steps;

/// What APIs say of it.
const SAYINGS: [&str; 6] = ["audience", " aud ", "aud claim", "claim aud", "'aud'", "not for this api"];

/// RFC 7519 section 4.1.3: whoever is not named in `aud` must refuse the token. The API's own name is known only where
/// profiles.toml says it.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let token = evidence.token.filter(|token| token.claims().is_some())?;
    let audiences = token.audiences();
    let expected = evidence.api.audience.as_deref();
    let reason = evidence.reason();
    let said = SAYINGS.iter().any(|saying| reason.contains(saying));
    let lacks = expected.is_some_and(|expected| audiences.iter().all(|audience| audience != expected));
    let only_account = expected.is_none() && audiences == ["account"] && evidence.is_invalid_token_unexplained();
    let confidence = match (said, lacks) {
        (true, _) => Confidence::Certain,
        (false, true) => Confidence::VeryLikely,
        (false, false) if only_account => Confidence::Possible,
        (false, false) => return None,
    };
    let found = if audiences.is_empty() { "nobody (it has no aud)".to_owned() } else { quoted(&audiences.join(", ")) };
    let wanted = expected.map_or_else(|| "its own name".to_owned(), quoted);
    let summary = match (said, lacks, expected) {
        (true, false, Some(_)) => format!("The API says the token is not for it, though aud has {wanted}."),
        (true, _, None) => format!("The API says the token is not for it; it is for {found}."),
        (false, _, None) => format!("The token is for {found} alone, which is Keycloak's own account API."),
        (_, _, Some(_)) => format!("This token is for {found}; the API wants {wanted}."),
    };
    Some(Finding {
        confidence,
        summary,
        advice: advice(evidence, lacks),
        evidence: vec![row(
            "aud",
            found,
            if lacks || said { Relation::Differs } else { Relation::Unknown },
            wanted,
            &expected.map_or_else(
                || "not said in profiles.toml".to_owned(),
                |_| format!("profiles.toml:{} (apis.{})", evidence.api.place.line, evidence.api.name),
            ),
        )],
        remedy: None,
    })
}

fn advice(evidence: &Evidence<'_>, lacks: bool) -> String {
    let expected = evidence.api.audience.as_deref();
    if evidence.token.is_some_and(|token| token.token_kind() == TokenUse::Id) {
        return "An ID token's aud is the client, never an API: send the access token.".to_owned();
    }
    if expected.is_some() && !lacks {
        return "The API is configured with another name than profiles.toml: ask its owner which one, and mend whichever is \
                wrong."
            .to_owned();
    }
    let steps = audience_steps(&expected.map_or_else(|| "the API's name".to_owned(), quoted), evidence.client());
    format!(
        "The provider's administrator can have it named (Keycloak: {steps}). Auth0 and others take it as a parameter: \
         `audience` in the profile."
    )
}

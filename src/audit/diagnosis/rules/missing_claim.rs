//! The API wants a claim that the token does not have, or has in another form.

use super::Finding;
use crate::audit::diagnosis::evidence::{quoted, row};
use crate::audit::diagnosis::{Confidence, Evidence, Relation};

/// Claims that APIs commonly want.
const COMMON: [&str; 8] = ["sub", "client_id", "jti", "iat", "exp", "iss", "aud", "email"];

/// RFC 9068 section 2.2 lists what an access token must have; providers leave some out.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let token = evidence.token.filter(|token| token.claims().is_some())?;
    let reason = evidence.reason();
    let about_claims = ["claim", "missing", "lacks", "required"].iter().any(|word| reason.contains(word));
    let speaks_of = |claim: &str| reason.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == claim);
    let absent = |claim: &str| token.claim(claim).is_none();
    let named = COMMON.into_iter().find(|claim| about_claims && speaks_of(claim) && absent(claim));
    let type_wanted = reason.contains("at+jwt");
    // Keycloak's change of version 25, which nobody expects.
    let no_subject = absent("sub") && evidence.is_invalid_token_unexplained();
    let (confidence, claim) = match (named, type_wanted, no_subject) {
        (Some(claim), ..) => (Confidence::Certain, claim),
        (None, true, _) => (Confidence::Certain, "typ"),
        (None, false, true) => (Confidence::Possible, "sub"),
        (None, false, false) => return None,
    };
    let said = evidence.description().filter(|_| confidence == Confidence::Certain);
    let said = said.map(|text| format!(" The API said: {}", quoted(&text))).unwrap_or_default();
    let client = evidence.client();
    let (summary, advice, expected) = match claim {
        "typ" => (
            format!("The API wants the header's typ to be at+jwt.{said}"),
            format!(
                "Keycloak writes JWT unless told otherwise: Clients → {client} → Advanced → Use \"at+jwt\" as access token \
                 header type: On. Or the API's owner lets JWT pass."
            ),
            "at+jwt",
        ),
        "sub" => (
            format!("The token has no sub, and many APIs want one.{said}"),
            format!(
                "Since Keycloak 25 the client scope basic writes it: Clients → {client} → Client scopes → Add client scope → \
                 basic → Default; then get a new token."
            ),
            "a sub",
        ),
        "email" => (
            format!("The token has no email.{said}"),
            "Ask for the scope email, and look whether the account has an address.".to_owned(),
            "an email",
        ),
        other => (
            format!("The token has no {other}.{said}"),
            format!(
                "The provider's administrator can add it (Keycloak: Clients → {client} → Client scopes → {client}-dedicated → \
                 Add mapper), or the API's owner does without."
            ),
            "there",
        ),
    };
    let found = if claim == "typ" { header_type(evidence) } else { "absent".to_owned() };
    let source = if confidence == Confidence::Certain { "the API's answer" } else { "RFC 9068" };
    Some(Finding {
        confidence,
        summary,
        advice,
        evidence: vec![row(claim, found, Relation::Differs, expected, source)],
        remedy: None,
    })
}

fn header_type(evidence: &Evidence<'_>) -> String {
    let header = evidence.token.and_then(|token| token.header());
    header.and_then(|header| header.get("typ")?.as_str()).map_or_else(|| "absent".to_owned(), quoted)
}

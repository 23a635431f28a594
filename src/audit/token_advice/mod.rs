//! What to do when the provider says no: a table keyed on `error` and `error_description`, never on the status, which
//! differs between providers and versions for the same mistake. It serves the token endpoint, the device endpoint and
//! what comes back from the browser alike.
//!
//! Pure: no network, files, clock or terminal.

mod client;
mod grant;
mod other_providers;
mod request;
#[cfg(test)]
mod tests;

use crate::config::Profile;
use crate::jwt::shown;
use crate::oauth::{Metadata, ScopeSet, TokenRefusal};

/// One row: when it applies, and what to say then.
struct Row {
    /// The `error`, letter for letter; empty for any.
    error: &'static str,
    /// A part of the description in lower case; empty for any.
    says: &'static str,
    advice: Advice,
}

/// What a row has to say.
enum Advice {
    /// These sentences, with `{client}`, `{grant}`, `{asked}` and `{username}` filled in.
    Say(&'static [&'static str]),
    /// Sentences that depend on more of the case.
    Tell(fn(&Case<'_>) -> Vec<String>),
}

/// What was refused, and what is known of the one who refused.
struct Case<'a> {
    profile: &'a Profile,
    /// What the provider lists under `scopes_supported`, when it is known.
    supported: Option<&'a [String]>,
    /// The description as it came; empty when there was none.
    description: &'a str,
}

impl Case<'_> {
    fn fill(&self, sentence: &str) -> String {
        let asked = &self.profile.scopes;
        let asked = if asked.is_empty() { "no scope".to_owned() } else { asked.to_string() };
        sentence
            .replace("{grant}", self.profile.grant.name())
            .replace("{asked}", &asked)
            .replace("{username}", self.profile.username.as_deref().unwrap_or("the person"))
            .replace("{client}", self.profile.client_id.as_str())
    }
}

const fn say(error: &'static str, says: &'static str, sentences: &'static [&'static str]) -> Row {
    Row { error, says, advice: Advice::Say(sentences) }
}

const fn tell(error: &'static str, says: &'static str, sentences: fn(&Case<'_>) -> Vec<String>) -> Row {
    Row { error, says, advice: Advice::Tell(sentences) }
}

/// The tables in the order they are looked through: those that know a provider's own words before those that do not.
static TABLES: [&[Row]; 4] = [other_providers::ROWS, client::ROWS, grant::ROWS, request::ROWS];

/// What to do, most likely first. Empty only for errors nobody has met yet.
pub fn token_advice(refusal: &TokenRefusal, profile: &Profile) -> Vec<String> {
    token_advice_knowing(refusal, profile, None)
}

/// The same, with what the provider says about itself, when that is at hand: a scope that it does not list is told apart.
pub fn token_advice_knowing(refusal: &TokenRefusal, profile: &Profile, metadata: Option<&Metadata>) -> Vec<String> {
    match refusal {
        TokenRefusal::Refused { error, description, .. } => {
            let supported = metadata.and_then(|metadata| metadata.scopes_supported.as_deref());
            let case = Case { profile, supported, description: description.as_deref().unwrap_or_default() };
            match row(error, case.description).map(|row| &row.advice) {
                Some(Advice::Say(sentences)) => sentences.iter().map(|sentence| case.fill(sentence)).collect(),
                Some(Advice::Tell(sentences)) => sentences(&case),
                None => fallback(error),
            }
        }
        TokenRefusal::Unusable { status: 500.., .. } => {
            vec![
                "The provider has a fault of its own; try again, then ask its operator for the log of this moment."
                    .into(),
            ]
        }
        TokenRefusal::Unusable { .. } => {
            vec![
                "Look at the exchange (x): is this address a token endpoint at all? Check the issuer in profiles.toml."
                    .into(),
            ]
        }
    }
}

/// The first row that fits counts, so those that look at the description stand before those that do not.
fn row(error: &str, description: &str) -> Option<&'static Row> {
    let description = description.to_lowercase();
    TABLES
        .iter()
        .flat_map(|table| table.iter())
        .find(|row| (row.error.is_empty() || row.error == error) && description.contains(row.says))
}

fn fallback(error: &str) -> Vec<String> {
    vec![format!(
        "The provider gave {}, which its own documentation explains; the exchange (x) shows what was sent.",
        shown(error, 100)
    )]
}

/// Those of the scopes asked for that the provider does not list; none when its list is unknown.
fn unlisted(case: &Case<'_>) -> ScopeSet {
    let Some(supported) = case.supported else { return ScopeSet::empty() };
    case.profile.scopes.iter().filter(|scope| supported.iter().all(|listed| listed != scope)).collect()
}

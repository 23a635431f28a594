//! What a token was asked for with, held against what was granted.
//!
//! Pure. Imports siblings, `config`, `jwt` and `oauth` of this crate.

use serde_json::{Map, Value};

use super::HeldToken;
use crate::config::{Profile, Profiles};
use crate::jwt::{Difference, diff_members};
use crate::oauth::ScopeSet;

/// The members that a request decides: what was asked for on the left, what came on the right. None for a profile that is
/// not known any more.
pub fn asked_and_granted(held: &HeldToken, profiles: &Profiles) -> Option<Vec<Difference>> {
    let profile = profiles.profile(&held.profile)?.with(&held.changes);
    let issuer = profiles.provider(&profile.provider)?.issuer.as_str();
    let (mut asked, mut granted) = (Map::new(), Map::new());
    // Of a token that cannot be read only the scopes are known: the answer told them.
    if held.token.claims().is_some() {
        let wanted = [
            ("iss", Some(issuer)),
            (held.token.client_claim().unwrap_or("azp"), Some(profile.client_id.as_str())),
            ("aud", audience(&profile)),
            ("preferred_username", profile.username.as_deref()),
        ];
        for (name, value) in wanted {
            let Some(value) = value else { continue };
            asked.insert(name.to_owned(), value.into());
            granted.extend(held.token.claim(name).map(|value| (name.to_owned(), value.clone())));
        }
    }
    asked.extend(scope(&held.asked));
    granted.extend(scope(&held.scopes()));
    Some(diff_members(&asked, &granted))
}

/// As `audience`, or by RFC 8707 as `resource`.
fn audience(profile: &Profile) -> Option<&str> {
    let resource = || profile.params.iter().find(|(name, _)| name == "resource").map(|(_, value)| value.as_str());
    profile.audience.as_deref().or_else(resource)
}

fn scope(scopes: &ScopeSet) -> Option<(String, Value)> {
    (!scopes.is_empty()).then(|| ("scope".to_owned(), scopes.to_string().into()))
}

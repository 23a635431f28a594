//! Endpoint names that mean two things to one profile, because two of its APIs use them.
//!
//! Pure. Imports siblings only.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::names::shown;
use super::notes::{Finding, Notes};
use super::{Profile, Profiles, Severity};

/// Disables every profile that sees two endpoints of one name. Each pair is reported once, at the first such profile;
/// `spans` are where the profiles' names stand.
pub(super) fn check(profiles: &mut Profiles, notes: &mut Notes<'_>, spans: impl Iterator<Item = Range<usize>>) {
    let mut verdicts: HashMap<(String, Option<Vec<String>>), Option<String>> = HashMap::new();
    let mut reported = HashSet::new();
    let mut found = Vec::new();
    for (at, (profile, span)) in profiles.profiles.iter().zip(spans).enumerate() {
        if profile.disabled.is_some() {
            continue;
        }
        let key = (profile.provider.clone(), profile.apis.clone());
        let verdict = verdicts.entry(key).or_insert_with(|| clash(profiles, profile));
        let Some(what) = verdict.clone() else { continue };
        if reported.insert(what.clone()) {
            let subject = Some(format!("profiles.{}", shown(&profile.name)));
            let hint = Some("rename one of them, or narrow the profile with apis = [..]".to_owned());
            notes.add(&span, Finding { severity: Severity::Error, what: what.clone(), hint, subject });
        }
        found.push((at, what));
    }
    for (at, what) in found {
        if let Some(profile) = profiles.profiles.get_mut(at) {
            profile.disabled = Some(what);
        }
    }
}

/// The first endpoint name that two APIs of the profile share.
fn clash(profiles: &Profiles, profile: &Profile) -> Option<String> {
    let mut taken = HashMap::new();
    for (api, endpoint) in profiles.endpoints_of(profile) {
        if let Some(other) = taken.insert(endpoint.name.as_str(), api) {
            let (name, first, second) = (&endpoint.name, &other.name, &api.name);
            return Some(format!(
                "the endpoint name `{name}` means two things: it is in [apis.{first}] and [apis.{second}]"
            ));
        }
    }
    None
}

//! Whether a text with edits in it says what was wished, and all else what it said before.
//!
//! Pure. Imports siblings only.

use super::{Edit, EditError};
use crate::config::layers::Layers;
use crate::config::{Parsed, Place, Problem, Profiles, Severity, parse_layers};

/// Compares the new text with the old one that the wishes are laid over.
pub(super) fn check(before: &str, after: &str, local: Option<&[u8]>, edits: &[Edit]) -> Result<(), EditError> {
    let added: Vec<_> = edits
        .iter()
        .filter_map(|edit| match edit {
            Edit::Add(addition) => Some(addition.text()),
            Edit::Change { .. } => None,
        })
        .collect();
    let session = added.join("\n");
    // A file beside it that cannot be read is not what this is about.
    let local = local.filter(|local| parse_layers(&Layers { shared: local, ..Layers::default() }, None).readable);
    let layers = |shared: &'_ str| parse_layers(&Layers { shared: shared.as_bytes(), local, session: None }, None);
    let (old, new) = (layers(before), layers(after));
    let wished = parse_layers(&Layers { shared: before.as_bytes(), local, session: Some(&session) }, None);
    if let Some(problem) = first_new_error(&old, &new) {
        return Err(EditError::NotSound { what: problem.what.clone() });
    }
    let mut wished = wished.profiles;
    for edit in edits {
        if let Edit::Change { profile, changes } = edit {
            for held in wished.profiles.iter_mut().filter(|held| held.name == *profile) {
                *held = held.with(changes);
            }
        }
    }
    if new.readable && bare(wished) == bare(new.profiles) { Ok(()) } else { Err(EditError::Unwritable) }
}

/// The first error that was not there before.
fn first_new_error<'p>(old: &Parsed, new: &'p Parsed) -> Option<&'p Problem> {
    let mut known: Vec<&str> = old.problems.iter().map(|problem| problem.what.as_str()).collect();
    new.problems.iter().filter(|problem| problem.severity == Severity::Error).find(|problem| {
        let at = known.iter().position(|what| *what == problem.what);
        at.map(|at| known.swap_remove(at)).is_none()
    })
}

/// The model without what an edit may change besides: places, the order of parameters, and why a profile could not be
/// used before.
fn bare(mut profiles: Profiles) -> Profiles {
    profiles.environments.iter_mut().for_each(|environment| environment.place = Place::default());
    profiles.providers.iter_mut().for_each(|provider| provider.place = Place::default());
    for api in &mut profiles.apis {
        api.place = Place::default();
        api.endpoints.iter_mut().for_each(|endpoint| endpoint.place = Place::default());
    }
    for profile in &mut profiles.profiles {
        profile.place = Place::default();
        profile.disabled = None;
        profile.params.sort();
    }
    profiles
}

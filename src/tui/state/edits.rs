//! What this session changed in profiles, step by step, so that it can be undone and done again.
//!
//! Values only.

use crate::config::Changes;

/// More steps back than this are not kept.
const LONGEST: usize = 1_000;

/// One step: a profile's changes before and after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The profile.
    pub profile: String,
    /// What was changed in it before.
    pub before: Changes,
    /// What is changed in it since.
    pub after: Changes,
}

/// The steps, and those taken back.
#[derive(Clone, Debug, Default)]
pub struct Edits {
    done: Vec<Edit>,
    undone: Vec<Edit>,
}

impl Edits {
    /// Takes a step. What was taken back before can no longer be done again.
    pub fn push(&mut self, edit: Edit) {
        if self.done.len() == LONGEST {
            self.done.remove(0);
        }
        self.done.push(edit);
        self.undone.clear();
    }

    /// Takes the last step back.
    pub fn undo(&mut self) -> Option<Edit> {
        let edit = self.done.pop()?;
        self.undone.push(edit.clone());
        Some(edit)
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) -> Option<Edit> {
        let edit = self.undone.pop()?;
        self.done.push(edit.clone());
        Some(edit)
    }

    /// Whether there is a step to take back.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is one to do again.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Forgets the steps in profiles that are gone.
    pub fn keep(&mut self, is_there: impl Fn(&str) -> bool) {
        self.done.retain(|edit| is_there(&edit.profile));
        self.undone.retain(|edit| is_there(&edit.profile));
    }

    /// Takes audience and parameters out of the steps in this profile, and forgets those that nothing is left of. Says
    /// whether there were any.
    pub fn leave_behind(&mut self, profile: &str) -> bool {
        let mut found = false;
        for edits in [&mut self.done, &mut self.undone] {
            for edit in edits.iter_mut().filter(|edit| edit.profile == profile) {
                for changes in [&mut edit.before, &mut edit.after] {
                    let (audience, params) = (changes.audience.take(), changes.params.take());
                    found |= audience.is_some() || params.is_some();
                }
            }
            edits.retain(|edit| edit.before != edit.after);
        }
        found
    }

    /// Forgets every step, as when they have been saved.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

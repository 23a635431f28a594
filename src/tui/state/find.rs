//! What is looked for in a pane.
//!
//! Values only.

use tui_input::Input;

use super::Pane;

/// A search within one pane.
#[derive(Clone, Debug)]
pub struct Find {
    /// The pane that is searched.
    pub pane: Pane,
    /// What is looked for, as typed. Capitals in it make the search tell capitals apart.
    pub input: Input,
    /// Whether the field is still being typed in.
    pub typing: bool,
    /// The row the search began at: where the cursor goes back to when nothing is found.
    pub from: usize,
}

impl Find {
    /// Whether the text holds what is looked for; never when nothing is.
    pub fn hits(&self, text: &str) -> bool {
        let wanted = self.input.value();
        if wanted.is_empty() {
            return false;
        }
        if wanted.chars().any(char::is_uppercase) {
            text.contains(wanted)
        } else {
            text.to_lowercase().contains(wanted)
        }
    }
}

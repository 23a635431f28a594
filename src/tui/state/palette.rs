//! What is found by typing: the palette's actions, profiles and endpoints, and the picker's profiles.
//!
//! Values only.

use tui_input::Input;

use super::List;
use crate::tui::action::Action;

/// So many things that were chosen are remembered.
const RECENT: usize = 12;

/// The palette or the picker: what was typed, and what it finds.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    /// What was typed.
    pub input: Input,
    /// What fits, the best first.
    pub hits: Vec<Found>,
    /// Where one stands in `hits`.
    pub list: List,
}

impl Palette {
    /// What is under the cursor.
    pub fn chosen(&self) -> Option<&Hit> {
        self.hits.get(self.list.cursor).map(|found| &found.hit)
    }
}

/// Something that fits what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub hit: Hit,
    /// Which letters of its name and of what stands beside it were typed, counted by what is seen as one letter; the
    /// blank between both counts.
    pub marks: Vec<u32>,
}

/// Something the palette can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hit {
    /// Runs an action.
    Action(Action),
    /// Selects the profile at this place.
    Profile(usize),
    /// Sends the endpoint at this place.
    Endpoint(usize),
    /// Goes to the environment at this place.
    Environment(usize),
}

/// What was chosen in the palette, by name, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Recent(Vec<String>);

impl Recent {
    /// This was chosen.
    pub fn note(&mut self, name: String) {
        self.0.retain(|other| *other != name);
        self.0.insert(0, name);
        self.0.truncate(RECENT);
    }

    /// How long ago it was chosen, in choices; none when it is not remembered.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|other| other == name)
    }
}

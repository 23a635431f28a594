//! The popups of the Inspect screen.
//!
//! Values only.

use super::{Against, Maker};
use crate::engine::{KeysFrom, PolicyAsk};
use crate::tui::state::List;

/// A popup of this screen.
#[derive(Clone, Debug)]
pub enum InspectPopup {
    /// May this host be asked for keys?
    Consent(Consent),
    /// What to compare with.
    Compare(Menu<Against>),
    /// The profile whose provider is asked about the token.
    Introspect(Menu<String>),
    /// A token in the making.
    Maker(Box<Maker>),
}

/// Things to choose from.
#[derive(Clone, Debug)]
pub struct Menu<T> {
    /// Where one stands in `choices`.
    pub list: List,
    /// In words, and what is chosen.
    pub choices: Vec<(String, T)>,
}

impl<T> Menu<T> {
    /// With the first one under the cursor.
    pub fn new(choices: Vec<(String, T)>) -> Self {
        Self { list: List::default(), choices }
    }

    /// The one under the cursor.
    pub fn chosen(self) -> Option<T> {
        self.choices.into_iter().nth(self.list.cursor).map(|(_, choice)| choice)
    }
}

/// A question before a host is asked that nothing vouches for: a token must not cause a request by itself.
#[derive(Clone, Debug)]
pub struct Consent {
    /// The host and port.
    pub host: String,
    /// The address, as far as it is known.
    pub url: String,
    /// What is fetched on a yes.
    pub wanted: Wanted,
}

/// What a host is to be asked for.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Keys, to hold the token against, and what else is checked.
    Keys(KeysFrom, PolicyAsk),
    /// Its discovery document and its keys, to look at.
    Page(KeysFrom),
}

impl InspectPopup {
    /// Where one stands in it, when it has rows.
    pub fn list_mut(&mut self) -> Option<&mut List> {
        match self {
            Self::Compare(menu) => Some(&mut menu.list),
            Self::Introspect(menu) => Some(&mut menu.list),
            Self::Consent(_) | Self::Maker(_) => None,
        }
    }

    /// Whether printable keys are text in it.
    pub fn is_text_field(&self) -> bool {
        matches!(self, Self::Maker(_))
    }
}

//! The popups of the Inspect screen.
//!
//! Values only.

use super::{Maker, Subject};
use crate::engine::{KeysFrom, PolicyAsk};
use crate::tui::state::List;

/// A popup of this screen.
#[derive(Clone, Debug)]
pub enum InspectPopup {
    /// May this host be asked for keys?
    Consent(Consent),
    /// The tokens to compare with.
    Compare(Compare),
    /// A token in the making.
    Maker(Box<Maker>),
}

/// What there is to compare with.
#[derive(Clone, Debug)]
pub struct Compare {
    /// Where one stands in `choices`.
    pub list: List,
    /// In words, and the token.
    pub choices: Vec<(String, Subject)>,
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
            Self::Compare(compare) => Some(&mut compare.list),
            Self::Consent(_) | Self::Maker(_) => None,
        }
    }

    /// Whether printable keys are text in it.
    pub fn is_text_field(&self) -> bool {
        matches!(self, Self::Maker(_))
    }
}

//! The popups of the Inspect screen.
//!
//! Values only.

use crate::engine::{KeysFrom, PolicyAsk};

/// A popup of this screen.
#[derive(Clone, Debug)]
pub enum InspectPopup {
    /// May this host be asked for keys?
    Consent(Consent),
}

/// A question before a host is asked that nothing vouches for: a token must not cause a request by itself.
#[derive(Clone, Debug)]
pub struct Consent {
    /// The host and port.
    pub host: String,
    /// The address, as far as it is known.
    pub url: String,
    /// What is fetched on a yes.
    pub from: KeysFrom,
    /// What else is checked.
    pub ask: PolicyAsk,
}

impl InspectPopup {
    /// Whether printable keys are text in it.
    pub fn is_text_field(&self) -> bool {
        false
    }
}

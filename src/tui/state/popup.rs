//! What lies over the panes: help, palette, menus, questions and fields.
//!
//! Values only.

use std::sync::Arc;

use tui_input::Input;

use super::{ActView, Form, InspectPopup, Login, Palette, Question};
use crate::config::trust::Facts;
use crate::engine::{EndpointId, HeldToken, SavePlan, SendAs};
use crate::exchange::{Exchange, Fingerprint};
use crate::tui::body::Body;

/// A popup. The topmost has the keys.
#[derive(Debug)]
pub enum Popup {
    /// Help for this screen, made from the table of actions. Rows: `rows::help`.
    Help(List),
    /// Every action, profile and endpoint, found by typing.
    Palette(Palette),
    /// The profiles, to choose from.
    Profiles(Palette),
    /// What can be copied; one key each, see the table of actions.
    Copy,
    /// What the selected endpoint can be sent with.
    SendAs {
        /// Where one stands in `choices`.
        list: List,
        /// What there is to send.
        choices: Vec<Choice>,
    },
    /// The scopes asked for, this session, as text.
    Scopes(Input),
    /// Fields to fill in.
    Form(Form),
    /// The environments, to choose from.
    Environments(List),
    /// May this be sent into a protected environment?
    Protected(Question),
    /// What an untrusted file would do, to be looked at. Rows: `rows::facts`.
    Review(ReviewView),
    /// What saving would write. Rows: `rows::changes`.
    Save(SaveView),
    /// May this be sent? For methods that may change something.
    Confirm {
        /// The method.
        method: String,
        /// The address.
        url: String,
        /// The host and port it goes to.
        host: String,
        /// What is sent on Enter.
        endpoint: EndpointId,
        /// With what.
        send_as: SendAs,
    },
    /// A login that waits for a person.
    Login(Box<Login>),
    /// Something done with a token at its provider. Rows: `rows::popup`.
    Act(Box<ActView>),
    /// May this token be sent, though it is not for an API?
    Mistaken {
        /// Why it is a mistake.
        warning: &'static str,
        /// What is sent on Enter.
        endpoint: EndpointId,
        /// The token.
        token: Arc<HeldToken>,
    },
    /// What the thing under the cursor means. Its lines are rows.
    Explain(Explanation),
    /// What happened so far, the newest first. Rows: `rows::messages`.
    Messages(List),
    /// The token in hand against the one before.
    Diff {
        /// What differs.
        diff: TokenDiff,
        /// Where one stands in it.
        list: List,
    },
    /// One of the Inspect screen.
    Inspect(InspectPopup),
    /// A call in full, secrets masked. Rows: `rows::exchange`.
    Exchange {
        /// The call.
        exchange: Arc<Exchange>,
        /// Its response's body, when it is prepared already.
        body: Option<Arc<Body>>,
        /// Where one stands in it.
        list: List,
    },
}

impl Popup {
    /// Whether printable keys are text in it.
    pub fn is_text_field(&self) -> bool {
        match self {
            Self::Login(login) => login.typing,
            Self::Inspect(popup) => popup.is_text_field(),
            other => matches!(other, Self::Palette(_) | Self::Profiles(_) | Self::Scopes(_) | Self::Form(_)),
        }
    }

    /// Where one stands in it, when it has rows.
    pub fn list_mut(&mut self) -> Option<&mut List> {
        match self {
            Self::Help(list)
            | Self::Messages(list)
            | Self::SendAs { list, .. }
            | Self::Environments(list)
            | Self::Review(ReviewView { list, .. })
            | Self::Save(SaveView { list, .. })
            | Self::Diff { list, .. }
            | Self::Exchange { list, .. } => Some(list),
            Self::Palette(palette) | Self::Profiles(palette) => Some(&mut palette.list),
            Self::Explain(explanation) => Some(&mut explanation.list),
            Self::Login(login) => Some(&mut login.list),
            Self::Act(act) => Some(&mut act.list),
            Self::Copy
            | Self::Scopes(_)
            | Self::Form(_)
            | Self::Protected(_)
            | Self::Confirm { .. }
            | Self::Mistaken { .. } => None,
            Self::Inspect(popup) => popup.list_mut(),
        }
    }
}

/// What an untrusted file would do.
#[derive(Clone, Debug)]
pub struct ReviewView {
    /// All of it.
    pub facts: Facts,
    /// Where one stands in it.
    pub list: List,
}

/// What saving would write.
#[derive(Clone, Debug)]
pub struct SaveView {
    /// The plan: what is seen is exactly what is written.
    pub plan: SavePlan,
    /// Whether the file changed since: then Enter plans anew instead of writing.
    pub outdated: bool,
    /// Where one stands in its diff.
    pub list: List,
}

/// Where one stands in a popup's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The row under the cursor.
    pub cursor: usize,
}

/// One thing an endpoint can be sent with.
#[derive(Clone, Debug)]
pub struct Choice {
    /// In words.
    pub label: String,
    /// What is sent.
    pub send_as: SendAs,
}

/// What something means, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What is explained.
    pub title: String,
    /// The explanation, a paragraph each.
    pub lines: Vec<String>,
    /// Where one stands in it, when it is long.
    pub list: List,
}

/// The token in hand against the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenDiff {
    /// The one before.
    pub before: Fingerprint,
    /// The one in hand.
    pub after: Fingerprint,
    /// What differs: claims and scopes, those of the token in hand first.
    pub rows: Vec<DiffRow>,
}

/// One difference: added when there is no `before`, removed when there is no `after`, else changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffRow {
    /// The claim's name, or `scope NAME`.
    pub name: String,
    /// As it was.
    pub before: Option<String>,
    /// As it is.
    pub after: Option<String>,
}

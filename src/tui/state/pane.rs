//! The panes of the Explore screen, their tabs, and where one stands in them.
//!
//! Values only.

use std::collections::HashSet;

use super::InspectPane;

/// A part of the screen that can have the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Pane {
    /// The clients of profiles.toml.
    #[default]
    Profiles,
    /// The endpoints the selected profile sees.
    Endpoints,
    /// The selected profile's token.
    Token,
    /// The selected endpoint's last answer to the selected profile.
    Answer,
    /// One of the Inspect screen.
    Inspect(InspectPane),
}

impl Pane {
    /// Those of the Explore screen, in the order of Tab.
    pub const ALL: [Self; 4] = [Self::Profiles, Self::Endpoints, Self::Token, Self::Answer];

    /// The next one, or the one before, round the end.
    #[must_use]
    pub fn step(self, forward: bool) -> Self {
        match self {
            Self::Inspect(pane) => Self::Inspect(step(&InspectPane::ALL, pane, forward, true)),
            own => step(&Self::ALL, own, forward, true),
        }
    }
}

/// A tab of the token pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum TokenTab {
    /// The claims, each explained.
    #[default]
    Claims,
    /// Asked, granted and wanted scopes.
    Scopes,
    /// Roles, from whatever claim.
    Roles,
    /// The JOSE header.
    Header,
    /// The token itself, its signature masked.
    Raw,
    /// The call that got it.
    Exchange,
}

impl TokenTab {
    /// In the order of the screen.
    pub const ALL: [Self; 6] = [Self::Claims, Self::Scopes, Self::Roles, Self::Header, Self::Raw, Self::Exchange];

    /// What stands on it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Claims => "Claims",
            Self::Scopes => "Scopes",
            Self::Roles => "Roles",
            Self::Header => "Header",
            Self::Raw => "Raw",
            Self::Exchange => "Exchange",
        }
    }

    /// The one beside it; at the end, itself.
    #[must_use]
    pub fn step(self, forward: bool) -> Self {
        step(&Self::ALL, self, forward, false)
    }
}

/// A tab of the answer pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum AnswerTab {
    /// Why it was refused, or what was expected.
    #[default]
    Why,
    /// The response body.
    Body,
    /// The response headers.
    Headers,
    /// The request as it went out, secrets masked.
    Request,
    /// How long what took.
    Timing,
}

impl AnswerTab {
    /// In the order of the screen.
    pub const ALL: [Self; 5] = [Self::Why, Self::Body, Self::Headers, Self::Request, Self::Timing];

    /// What stands on it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Why => "Why",
            Self::Body => "Body",
            Self::Headers => "Headers",
            Self::Request => "Request",
            Self::Timing => "Timing",
        }
    }

    /// The one beside it; at the end, itself.
    #[must_use]
    pub fn step(self, forward: bool) -> Self {
        step(&Self::ALL, self, forward, false)
    }
}

/// The one beside this one in the list; beyond its ends, round or the same.
pub(super) fn step<T: Copy + PartialEq>(all: &[T], from: T, forward: bool, round: bool) -> T {
    let at = all.iter().position(|one| *one == from).unwrap_or(0);
    let to = match (forward, at) {
        (true, at) if at + 1 < all.len() => at + 1,
        (true, at) => {
            if round {
                0
            } else {
                at
            }
        }
        (false, 0) => {
            if round {
                all.len() - 1
            } else {
                0
            }
        }
        (false, at) => at - 1,
    };
    all.get(to).copied().unwrap_or(from)
}

/// Where one stands in a pane of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaneView {
    /// The row under the cursor, an index into the pane's rows.
    pub cursor: usize,
    /// The first row to show. Drawing moves on from here as far as the cursor needs to be seen.
    pub top: usize,
    /// The rows that are shown in full, by index.
    pub unfolded: HashSet<usize>,
}

impl PaneView {
    /// Back to the first row, everything folded.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

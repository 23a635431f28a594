//! The screens, and the panes and tabs of Inspect.
//!
//! Values only.

use crate::tui::action::Action;

/// A screen of the explorer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Screen {
    /// Profiles, endpoints, token and answer.
    #[default]
    Explore,
    /// One token, whatever it comes from.
    Inspect,
}

impl Screen {
    /// In the order of the top line.
    pub const ALL: [Self; 2] = [Self::Explore, Self::Inspect];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Explore => "Explore",
            Self::Inspect => "Inspect",
        }
    }

    /// The action that goes there.
    pub fn action(self) -> Action {
        match self {
            Self::Explore => Action::Explore,
            Self::Inspect => Action::Inspect,
        }
    }
}

/// A pane of the Inspect screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum InspectPane {
    /// The token as it travels, in its parts.
    Encoded,
    /// What is in it.
    #[default]
    Content,
    /// Whether to believe it.
    Trust,
}

impl InspectPane {
    /// In the order of Tab.
    pub const ALL: [Self; 3] = [Self::Encoded, Self::Content, Self::Trust];
}

/// A tab of the pane that shows what is in the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum ContentTab {
    /// Header and claims as one tree, each explained.
    #[default]
    Claims,
    /// The JSON exactly as signed.
    Json,
    /// Kind, sizes, thumbprints, where it came from.
    Facts,
    /// Against another token.
    Difference,
}

impl ContentTab {
    /// In the order of the screen.
    pub const ALL: [Self; 4] = [Self::Claims, Self::Json, Self::Facts, Self::Difference];

    /// What stands on it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Claims => "Claims",
            Self::Json => "JSON",
            Self::Facts => "Facts",
            Self::Difference => "Difference",
        }
    }
}

/// A tab of the pane that says whether to believe the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum TrustTab {
    /// Every check, a line each.
    #[default]
    Verdict,
    /// What the linter found.
    Findings,
    /// The keys it was held against.
    Keys,
    /// What its issuer says about itself.
    Provider,
}

impl TrustTab {
    /// In the order of the screen.
    pub const ALL: [Self; 4] = [Self::Verdict, Self::Findings, Self::Keys, Self::Provider];

    /// What stands on it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Verdict => "Verdict",
            Self::Findings => "Findings",
            Self::Keys => "Keys",
            Self::Provider => "Provider",
        }
    }
}

/// How times in a token are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Times {
    /// As a clock here shows them, and how far away they are.
    #[default]
    Both,
    /// How far away they are.
    Relative,
    /// In UTC.
    Utc,
    /// In this machine's time zone.
    Local,
    /// As they stand there, in seconds.
    Seconds,
}

impl Times {
    /// In the order of the key.
    pub const ALL: [Self; 5] = [Self::Both, Self::Relative, Self::Utc, Self::Local, Self::Seconds];

    /// In words, behind "Times are shown".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Both => "as a clock here shows them, with how far away they are",
            Self::Relative => "by how far away they are",
            Self::Utc => "in UTC",
            Self::Local => "in this machine's time zone",
            Self::Seconds => "as they stand in the token, in seconds since 1970",
        }
    }
}

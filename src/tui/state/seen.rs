//! What the last frame showed where: for the mouse, and for where the next frame begins.
//!
//! Values only: drawing makes it, the loop hands it over, `update` reads it.

use ratatui::layout::{Position, Rect};

use super::Pane;
use crate::engine::Which;
use crate::tui::action::Action;

/// Something that can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A pane, anywhere in it.
    Pane(Pane),
    /// The row of a pane with this index.
    Row(Pane, usize),
    /// The tab of a pane at this place.
    Tab(Pane, usize),
    /// One of the tokens that came together, in the token pane's title.
    Which(Which),
    /// The field of the open form at this place.
    Field(usize),
    /// A popup, anywhere in it.
    Popup,
    /// The row of the open popup with this index.
    PopupRow(usize),
    /// The name of a key, in a popup's frame.
    Key(&'static str),
    /// An action's key or words.
    Action(Action),
    /// The marks of the top line.
    Marks,
}

/// What a frame showed where.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    targets: Vec<(Rect, Target)>,
    /// The first row that each pane of rows showed.
    pub tops: Vec<(Pane, usize)>,
    /// The first row that the popup showed.
    pub popup_top: usize,
    /// How many lines of rows each pane has, and the popup: a page.
    pub heights: Vec<(Option<Pane>, usize)>,
}

impl Seen {
    /// Notes that this stands there, over what was noted before.
    pub fn note(&mut self, area: Rect, target: Target) {
        self.targets.push((area, target));
    }

    /// What stands at this place of the screen.
    pub fn at(&self, column: u16, row: u16) -> Option<Target> {
        let place = Position::new(column, row);
        self.targets.iter().rev().find(|(area, _)| area.contains(place)).map(|(_, target)| *target)
    }

    /// The first row that the pane showed.
    pub fn top(&self, pane: Pane) -> usize {
        self.tops.iter().find(|(one, _)| *one == pane).map_or(0, |(_, top)| *top)
    }

    /// Lines of rows in the pane, or in the popup; at least one.
    pub fn height(&self, pane: Option<Pane>) -> usize {
        self.heights.iter().find(|(one, _)| *one == pane).map_or(10, |(_, height)| (*height).max(1))
    }

    /// Everything that can be pointed at.
    pub fn targets(&self) -> impl Iterator<Item = Target> {
        self.targets.iter().filter(|(area, _)| !area.is_empty()).map(|(_, target)| *target)
    }

    /// Where this stands, when it was shown.
    pub fn area(&self, target: Target) -> Option<Rect> {
        self.targets.iter().find(|(_, one)| *one == target).map(|(area, _)| *area)
    }
}

impl Target {
    /// The pane it belongs to, when it is part of one.
    pub fn pane(self) -> Option<Pane> {
        match self {
            Self::Pane(pane) | Self::Row(pane, _) | Self::Tab(pane, _) => Some(pane),
            Self::Which(_) => Some(Pane::Token),
            _ => None,
        }
    }
}

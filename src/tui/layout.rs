//! Where everything stands: from the size of the terminal and a few facts to the panes' rectangles.
//!
//! Pure: a function from values to values, used by drawing and by the mouse alike.

mod inspect;

use ratatui::layout::Rect;

use super::state::{InspectPane, Pane, Screen};

/// The smallest terminal that shows the screen.
pub const SMALLEST: (u16, u16) = (60, 16);

/// From this width on there are two columns.
pub const TWO_COLUMNS: u16 = 86;

/// What the layout needs to know besides the size.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    /// The screen that is seen.
    pub screen: Screen,
    /// The pane that has the whole screen.
    pub zoom: Option<Pane>,
    /// Columns of the longest name in the two lists.
    pub longest_name: usize,
    /// Inspect: whether a provider is looked at, without a token.
    pub provider_alone: bool,
}

/// How the Explore screen is divided. A pane that is not there has an empty rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Panes {
    /// How it is arranged.
    pub arrangement: Arrangement,
    /// The line that says where and who.
    pub top: Rect,
    /// The profile list.
    pub profiles: Rect,
    /// The endpoint list; one line in a narrow terminal.
    pub endpoints: Rect,
    /// What is in the token.
    pub token: Rect,
    /// What the API answered.
    pub answer: Rect,
    /// Inspect: the token as it travels; one line in a narrow terminal.
    pub encoded: Rect,
    /// Inspect: what is in the token.
    pub content: Rect,
    /// Inspect: whether to believe it.
    pub trust: Rect,
    /// The line of keys and the last result.
    pub bottom: Rect,
    /// The row of the upper rule, which carries the titles of profiles and token.
    pub upper_rule: Option<u16>,
    /// The row of the lower rule, which carries the titles of endpoints and answer.
    pub lower_rule: Option<u16>,
    /// The column of the divider.
    pub divider: Option<u16>,
}

/// How the panes are arranged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrangement {
    /// Nothing fits.
    #[default]
    TooSmall,
    /// Lists on the left, token and answer on the right.
    TwoColumns,
    /// Profiles in the top line, endpoints in one strip, token above answer.
    OneColumn,
    /// One pane has it all.
    Zoomed(Pane),
}

impl Panes {
    /// The pane's rectangle.
    pub fn area(&self, pane: Pane) -> Rect {
        match pane {
            Pane::Profiles => self.profiles,
            Pane::Endpoints => self.endpoints,
            Pane::Token => self.token,
            Pane::Answer => self.answer,
            Pane::Inspect(InspectPane::Encoded) => self.encoded,
            Pane::Inspect(InspectPane::Content) => self.content,
            Pane::Inspect(InspectPane::Trust) => self.trust,
        }
    }

    /// The pane at this place of the screen.
    pub fn at(&self, column: u16, row: u16) -> Option<Pane> {
        let all = Pane::ALL.into_iter().chain(InspectPane::ALL.map(Pane::Inspect));
        all.into_iter().find(|pane| self.area(*pane).contains((column, row).into()))
    }
}

/// Divides the screen.
pub fn layout(screen: Rect, facts: Facts) -> Panes {
    if screen.width < SMALLEST.0 || screen.height < SMALLEST.1 {
        return Panes::default();
    }
    let row = |y: u16| Rect { y: screen.y + y, height: 1, ..screen };
    let bare = Panes { top: row(0), bottom: row(screen.height - 1), ..Panes::default() };
    match facts.zoom {
        Some(pane) => zoomed(screen, bare, pane),
        None if facts.screen == Screen::Inspect => inspect::layout(screen, bare, facts.provider_alone),
        None if screen.width >= TWO_COLUMNS => two_columns(screen, bare, facts),
        None => one_column(screen, bare),
    }
}

fn zoomed(screen: Rect, bare: Panes, pane: Pane) -> Panes {
    let area = Rect { y: screen.y + 2, height: screen.height - 3, ..screen };
    let mut panes = Panes { arrangement: Arrangement::Zoomed(pane), upper_rule: Some(screen.y + 1), ..bare };
    match pane {
        Pane::Profiles => panes.profiles = area,
        Pane::Endpoints => panes.endpoints = area,
        Pane::Token => panes.token = area,
        Pane::Answer => panes.answer = area,
        Pane::Inspect(InspectPane::Encoded) => panes.encoded = area,
        Pane::Inspect(InspectPane::Content) => panes.content = area,
        Pane::Inspect(InspectPane::Trust) => panes.trust = area,
    }
    panes
}

/// Top line, rule, token, rule, answer, bottom line; the lists take the left of the divider.
fn two_columns(screen: Rect, bare: Panes, facts: Facts) -> Panes {
    let left = left_width(screen.width, facts.longest_name);
    let rows = screen.height - 4;
    let upper = upper_rows(rows);
    let (upper_rule, lower_rule) = (screen.y + 1, screen.y + 2 + upper);
    let column = |x: u16, width: u16, y: u16, height: u16| Rect { x: screen.x + x, y, width, height };
    let (right, right_width) = (left + 1, screen.width - left - 1);
    Panes {
        arrangement: Arrangement::TwoColumns,
        profiles: column(0, left, upper_rule + 1, upper),
        endpoints: column(0, left, lower_rule + 1, rows - upper),
        token: column(right, right_width, upper_rule + 1, upper),
        answer: column(right, right_width, lower_rule + 1, rows - upper),
        upper_rule: Some(upper_rule),
        lower_rule: Some(lower_rule),
        divider: Some(screen.x + left),
        ..bare
    }
}

/// Top line, endpoint strip, rule, token, rule, answer, bottom line.
fn one_column(screen: Rect, bare: Panes) -> Panes {
    let rows = screen.height - 5;
    let upper = upper_rows(rows);
    let full = |y: u16, height: u16| Rect { y: screen.y + y, height, ..screen };
    Panes {
        arrangement: Arrangement::OneColumn,
        endpoints: full(1, 1),
        token: full(3, upper),
        answer: full(4 + upper, rows - upper),
        upper_rule: Some(screen.y + 2),
        lower_rule: Some(screen.y + 3 + upper),
        ..bare
    }
}

/// The left column: as wide as its names want it, 23 columns at least, 27 or a quarter of the screen at most.
fn left_width(screen: u16, longest_name: usize) -> u16 {
    // Marker, name, and a token's time left with its symbol: "▸ name  ● 4:02  ".
    let spare = if screen >= 140 { 16 } else { 12 };
    let wanted = u16::try_from(longest_name + spare).unwrap_or(u16::MAX);
    wanted.clamp(23, (screen / 4).clamp(27, 40))
}

/// The answer gets the odd row: it has the more to say.
fn upper_rows(rows: u16) -> u16 {
    rows / 2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts() -> Facts {
        Facts { longest_name: 15, ..Facts::default() }
    }

    #[test]
    fn the_picture_at_120_by_36() {
        let panes = layout(Rect::new(0, 0, 120, 36), facts());
        assert_eq!(panes.arrangement, Arrangement::TwoColumns);
        assert_eq!(panes.divider, Some(27));
        assert_eq!((panes.upper_rule, panes.lower_rule), (Some(1), Some(18)));
        assert_eq!(panes.token, Rect::new(28, 2, 92, 16));
        assert_eq!(panes.answer, Rect::new(28, 19, 92, 16));
    }

    #[test]
    fn one_column_below_86() {
        assert_eq!(layout(Rect::new(0, 0, 86, 24), facts()).arrangement, Arrangement::TwoColumns);
        let panes = layout(Rect::new(0, 0, 85, 24), facts());
        assert_eq!(panes.arrangement, Arrangement::OneColumn);
        assert_eq!(panes.profiles, Rect::ZERO);
        assert_eq!(panes.endpoints.height, 1);
    }

    #[test]
    fn a_pane_is_found_under_the_mouse() {
        let panes = layout(Rect::new(0, 0, 120, 36), facts());
        assert_eq!(panes.at(3, 4), Some(Pane::Profiles));
        assert_eq!(panes.at(60, 30), Some(Pane::Answer));
        assert_eq!(panes.at(60, 0), None);
    }

    fn zooms() -> impl Strategy<Value = Option<Pane>> {
        let inspect = InspectPane::ALL.map(|pane| Some(Pane::Inspect(pane)));
        let explore = [None, Some(Pane::Token), Some(Pane::Answer), Some(Pane::Profiles)];
        prop::sample::select([inspect.as_slice(), &explore].concat())
    }

    proptest! {
        #[test]
        fn nothing_overlaps_and_nothing_leaves_the_screen(
            width in 1_u16..=300, height in 1_u16..=90, zoom in zooms(), longest_name in 0_usize..400,
            screen_seen in prop::sample::select(Screen::ALL.to_vec()),
        ) {
            let screen = Rect::new(0, 0, width, height);
            let panes = layout(screen, Facts { screen: screen_seen, zoom, longest_name, provider_alone: longest_name % 2 == 0 });
            let lists = [panes.top, panes.profiles, panes.endpoints, panes.token, panes.answer];
            let inspect = [panes.encoded, panes.content, panes.trust, panes.bottom];
            let areas = [lists.as_slice(), &inspect].concat();
            for (index, area) in areas.iter().enumerate() {
                prop_assert_eq!(area.intersection(screen), *area, "{:?} leaves the screen", area);
                for other in areas.iter().skip(index + 1) {
                    prop_assert!(area.is_empty() || other.is_empty() || !area.intersects(*other));
                }
                for rule in [panes.upper_rule, panes.lower_rule].into_iter().flatten() {
                    prop_assert!(area.is_empty() || !(area.top()..area.bottom()).contains(&rule));
                }
            }
        }
    }
}

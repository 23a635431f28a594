//! The style of every role: in the terminal's own sixteen colours, which work on any background, and in more where the
//! terminal has them and its background is known.
//!
//! Pure.

use ratatui::style::{Color, Modifier, Style};

use super::Role;

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The sixteen that its user chose.
    Sixteen,
    /// Those and a cube.
    Many,
    /// Red, green and blue, eight bits each.
    True,
}

/// What the terminal's background is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// Nothing.
    Unknown,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

/// How one role looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint {
    /// Of the letters; the terminal's own when none.
    pub colour: Option<Color>,
    /// Behind them; the terminal's own when none.
    pub behind: Option<Color>,
    /// Bold, dim, underlined, reversed.
    pub modifiers: Modifier,
}

impl Paint {
    const fn new(colour: Option<Color>, modifiers: Modifier) -> Self {
        Self { colour, behind: None, modifiers }
    }

    /// As ratatui has it; without colour the modifiers alone.
    pub fn style(self, colour: bool) -> Style {
        let style = Style::new().add_modifier(self.modifiers);
        if !colour {
            return style;
        }
        let style = self.colour.map_or(style, |colour| style.fg(colour));
        self.behind.map_or(style, |behind| style.bg(behind))
    }
}

/// The roles with their names in `config.toml`, in the order of [`Styles`].
pub const ROLES: [(Role, &str); 22] = [
    (Role::Text, "text"),
    (Role::Title, "title"),
    (Role::TitleFocused, "title-focused"),
    (Role::Muted, "muted"),
    (Role::Name, "name"),
    (Role::Good, "good"),
    (Role::Calm, "calm"),
    (Role::Bad, "bad"),
    (Role::Warn, "warn"),
    (Role::Accent, "accent"),
    (Role::Selected, "selected"),
    (Role::Hit, "hit"),
    (Role::TabActive, "tab-active"),
    (Role::Tab, "tab"),
    (Role::Mark, "mark"),
    (Role::MarkBad, "mark-bad"),
    (Role::JsonName, "json-name"),
    (Role::JsonString, "json-string"),
    (Role::JsonOther, "json-other"),
    (Role::TokenHeader, "token-header"),
    (Role::TokenClaims, "token-claims"),
    (Role::TokenSignature, "token-signature"),
];

const NONE: Modifier = Modifier::empty();
const BOLD: Modifier = Modifier::BOLD;
const FOCUSED: Modifier = BOLD.union(Modifier::UNDERLINED);

/// The style of every role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Styles([Paint; ROLES.len()]);

impl Styles {
    /// In the terminal's own sixteen colours.
    pub const OWN: Self = Self([
        Paint::new(None, NONE),
        Paint::new(None, BOLD),
        Paint::new(Some(Color::Cyan), FOCUSED),
        Paint::new(None, Modifier::DIM),
        Paint::new(Some(Color::Cyan), NONE),
        Paint::new(Some(Color::Green), BOLD),
        Paint::new(Some(Color::Green), NONE),
        Paint::new(Some(Color::Red), BOLD),
        Paint::new(Some(Color::Yellow), BOLD),
        Paint::new(Some(Color::Cyan), BOLD),
        Paint::new(None, Modifier::REVERSED),
        Paint::new(None, FOCUSED),
        Paint::new(Some(Color::Cyan), FOCUSED),
        Paint::new(None, Modifier::DIM),
        Paint::new(Some(Color::Yellow), BOLD),
        Paint::new(Some(Color::Red), BOLD.union(Modifier::REVERSED)),
        Paint::new(Some(Color::Cyan), NONE),
        Paint::new(Some(Color::Green), NONE),
        Paint::new(Some(Color::Magenta), NONE),
        Paint::new(Some(Color::Red), NONE),
        Paint::new(Some(Color::Magenta), NONE),
        Paint::new(Some(Color::Blue), Modifier::DIM),
    ]);

    /// For this terminal. What is unknown gets colours that work on dark and light alike.
    pub fn of(depth: Depth, background: Background) -> Self {
        let own = Self::OWN;
        match (depth, background) {
            (Depth::Sixteen, Background::Light) => own.on_light_with_sixteen(),
            (Depth::Sixteen, _) => own,
            (_, Background::Unknown) => own.muted(Color::Indexed(244)),
            (Depth::Many, Background::Dark) => own.on_dark(Color::Indexed(245), Color::Indexed(238)),
            (Depth::True, Background::Dark) => own.on_dark(Color::Rgb(0x8b, 0x91, 0x9b), Color::Rgb(0x2f, 0x38, 0x46)),
            (Depth::Many, Background::Light) => own.on_light(Color::Indexed(242), Color::Indexed(253)),
            (Depth::True, Background::Light) => {
                own.on_light(Color::Rgb(0x66, 0x6c, 0x75), Color::Rgb(0xdb, 0xe4, 0xf0))
            }
        }
    }

    /// How a role looks.
    pub fn paint(&self, role: Role) -> Paint {
        self.0.get(role as usize).copied().unwrap_or(Paint::new(None, NONE))
    }

    /// The same with one role's look replaced.
    #[must_use]
    pub fn with(mut self, role: Role, paint: Paint) -> Self {
        if let Some(place) = self.0.get_mut(role as usize) {
            *place = paint;
        }
        self
    }

    /// Kept for as long as the program runs: it is made once, at the start, and every piece of every line points to it.
    pub fn keep(self) -> &'static Self {
        Box::leak(Box::new(self))
    }

    fn coloured(self, roles: &[Role], colour: Color) -> Self {
        roles.iter().fold(self, |styles, role| {
            let paint = Paint { colour: Some(colour), ..styles.paint(*role) };
            styles.with(*role, paint)
        })
    }

    /// A grey that can be read, where terminals differ in what they make of "dim".
    fn muted(self, grey: Color) -> Self {
        [Role::Muted, Role::Tab].into_iter().fold(self, |styles, role| styles.with(role, Paint::new(Some(grey), NONE)))
    }

    fn on_dark(self, grey: Color, bar: Color) -> Self {
        let bar = Paint { behind: Some(bar), ..Paint::new(None, BOLD) };
        let signature = Paint::new(Some(Color::Indexed(75)), NONE);
        self.muted(grey).with(Role::Selected, bar).with(Role::TokenSignature, signature)
    }

    /// Yellow and cyan are hard to read on white.
    fn on_light(self, grey: Color, bar: Color) -> Self {
        use Role as R;
        let bar = Paint { behind: Some(bar), ..Paint::new(None, BOLD) };
        self.muted(grey)
            .with(R::Selected, bar)
            .with(R::TokenSignature, Paint::new(None, NONE))
            .coloured(&[R::TitleFocused, R::Name, R::Accent, R::TabActive, R::JsonName, R::TokenSignature], BLUE)
            .coloured(&[R::Good, R::Calm, R::JsonString], Color::Indexed(28))
            .coloured(&[R::Bad, R::MarkBad, R::TokenHeader], Color::Indexed(160))
            .coloured(&[R::Warn, R::Mark], Color::Indexed(130))
            .coloured(&[R::JsonOther, R::TokenClaims], Color::Indexed(90))
    }

    fn on_light_with_sixteen(self) -> Self {
        use Role as R;
        self.coloured(&[R::TitleFocused, R::Name, R::Accent, R::TabActive, R::JsonName], Color::Blue)
            .coloured(&[R::Warn, R::Mark], Color::Magenta)
    }
}

const BLUE: Color = Color::Indexed(25);

/// The depth of a terminal that calls itself so: `$COLORTERM` and `$TERM`.
pub fn depth_of(colorterm: Option<&str>, term: Option<&str>) -> Depth {
    match (colorterm, term) {
        (Some("truecolor" | "24bit"), _) => Depth::True,
        (_, Some(term)) if term.contains("direct") || term.contains("truecolor") => Depth::True,
        (_, Some(term)) if term.contains("256color") || term.contains("kitty") || term.contains("ghostty") => {
            Depth::Many
        }
        _ => Depth::Sixteen,
    }
}

/// The background that `$COLORFGBG` speaks of: `15;0` is white on black.
pub fn background_of(colorfgbg: Option<&str>) -> Background {
    let last = colorfgbg.and_then(|value| value.rsplit(';').next()).and_then(|last| last.trim().parse::<u8>().ok());
    match last {
        Some(0..=6 | 8) => Background::Dark,
        Some(7 | 9..=15) => Background::Light,
        _ => Background::Unknown,
    }
}

/// The nearest colour that a terminal of this depth has.
pub fn at_depth(colour: Color, depth: Depth) -> Color {
    match (colour, depth) {
        (Color::Rgb(red, green, blue), Depth::Many) => Color::Indexed(in_cube(red, green, blue)),
        (Color::Rgb(red, green, blue), Depth::Sixteen) => nearest_of_sixteen(red, green, blue),
        (Color::Indexed(index @ 16..), Depth::Sixteen) => {
            let (red, green, blue) = rgb_of(index);
            nearest_of_sixteen(red, green, blue)
        }
        (colour, _) => colour,
    }
}

/// The steps of the cube of 6 x 6 x 6 colours.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn distance(one: (u8, u8, u8), other: (u8, u8, u8)) -> u32 {
    let square = |one: u8, other: u8| u32::from(one.abs_diff(other)).pow(2);
    square(one.0, other.0) + square(one.1, other.1) + square(one.2, other.2)
}

fn rgb_of(index: u8) -> (u8, u8, u8) {
    if let Some(grey) = index.checked_sub(232) {
        let level = 8 + 10 * grey;
        return (level, level, level);
    }
    let cube = usize::from(index.saturating_sub(16));
    let step = |place: usize| STEPS.get(place % 6).copied().unwrap_or(0);
    (step(cube / 36), step(cube / 6), step(cube))
}

fn in_cube(red: u8, green: u8, blue: u8) -> u8 {
    (16..=255).min_by_key(|index| distance(rgb_of(*index), (red, green, blue))).unwrap_or(15)
}

fn nearest_of_sixteen(red: u8, green: u8, blue: u8) -> Color {
    // The colours as xterm has them; whatever the user made of them, their names stay true.
    let known = [
        (Color::Black, (0, 0, 0)),
        (Color::Red, (205, 0, 0)),
        (Color::Green, (0, 205, 0)),
        (Color::Yellow, (205, 205, 0)),
        (Color::Blue, (0, 0, 238)),
        (Color::Magenta, (205, 0, 205)),
        (Color::Cyan, (0, 205, 205)),
        (Color::Gray, (229, 229, 229)),
        (Color::DarkGray, (127, 127, 127)),
        (Color::LightRed, (255, 0, 0)),
        (Color::LightGreen, (0, 255, 0)),
        (Color::LightYellow, (255, 255, 0)),
        (Color::LightBlue, (92, 92, 255)),
        (Color::LightMagenta, (255, 0, 255)),
        (Color::LightCyan, (0, 255, 255)),
        (Color::White, (255, 255, 255)),
    ];
    let nearest = known.into_iter().min_by_key(|(_, rgb)| distance(*rgb, (red, green, blue)));
    nearest.map_or(Color::Reset, |(colour, _)| colour)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn every_role_has_one_place_and_one_name() {
        for (place, (role, name)) in ROLES.iter().enumerate() {
            assert_eq!(*role as usize, place, "{name} stands elsewhere");
            assert!(!ROLES[..place].iter().any(|(_, other)| other == name), "{name} twice");
        }
        assert_eq!(ROLES.len(), Role::TokenSignature as usize + 1, "a role is missing");
    }

    #[test]
    fn an_unknown_background_gets_no_colour_that_needs_one() {
        for depth in [Depth::Sixteen, Depth::Many, Depth::True] {
            let styles = Styles::of(depth, Background::Unknown);
            for (role, name) in ROLES {
                assert_eq!(styles.paint(role).behind, None, "{name}");
                let grey = styles.paint(role).colour == Some(Color::Indexed(244));
                assert!(grey || styles.paint(role) == Styles::OWN.paint(role), "{name}");
            }
        }
    }

    #[test]
    fn on_light_nothing_is_yellow_or_cyan() {
        for depth in [Depth::Sixteen, Depth::Many, Depth::True] {
            let styles = Styles::of(depth, Background::Light);
            for (role, name) in ROLES {
                assert!(!matches!(styles.paint(role).colour, Some(Color::Yellow | Color::Cyan)), "{name} at {depth:?}");
            }
        }
    }

    #[test]
    fn sixteen_colours_stay_sixteen() {
        for background in [Background::Unknown, Background::Dark, Background::Light] {
            let styles = Styles::of(Depth::Sixteen, background);
            for (role, name) in ROLES {
                let paint = styles.paint(role);
                assert!(!matches!(paint.colour, Some(Color::Indexed(_) | Color::Rgb(..))), "{name}");
                assert_eq!(paint.behind, None, "{name}");
            }
        }
    }

    #[test]
    fn terminals_say_what_they_are() {
        assert_eq!(depth_of(Some("truecolor"), Some("xterm-256color")), Depth::True);
        assert_eq!(depth_of(None, Some("screen-256color")), Depth::Many);
        assert_eq!(depth_of(Some(""), Some("linux")), Depth::Sixteen);
        assert_eq!(background_of(Some("15;0")), Background::Dark);
        assert_eq!(background_of(Some("0;default;15")), Background::Light);
        assert_eq!(background_of(Some("nonsense")), Background::Unknown);
        assert_eq!(background_of(None), Background::Unknown);
    }

    #[test]
    fn colours_come_as_near_as_the_terminal_can() {
        assert_eq!(at_depth(Color::Rgb(255, 135, 0), Depth::Many), Color::Indexed(208));
        assert_eq!(at_depth(Color::Rgb(250, 10, 10), Depth::Sixteen), Color::LightRed);
        assert_eq!(at_depth(Color::Indexed(244), Depth::Sixteen), Color::DarkGray);
        assert_eq!(at_depth(Color::Indexed(5), Depth::Sixteen), Color::Indexed(5));
        assert_eq!(at_depth(Color::Rgb(1, 2, 3), Depth::True), Color::Rgb(1, 2, 3));
    }
}

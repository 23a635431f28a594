//! Everything the explorer knows and shows: plain values, changed by `update`, read by `draw`.
//!
//! Never imports a runtime, a clock or terminal output: the time is handed in, in [`State::now`].

mod act;
mod add;
mod edits;
mod endpoints;
mod find;
mod form;
mod inspect;
mod log;
mod login;
mod marks;
mod masked;
mod origin;
mod palette;
mod pane;
mod popup;
mod profile;
mod question;
mod seen;
mod shown;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::action::Action;
use super::keymap::KeyMap;
use super::theme::Styles;
use crate::config::{Profile, Profiles};
use crate::engine::{EndpointId, Which};

pub use act::{ActOutcome, ActView, name as name_of};
pub use add::{Joined, Joining, Meeting, Shelf};
pub use edits::{Edit, Edits};
pub use endpoints::{EndpointView, host_of};
pub use find::Find;
pub use form::{Field, Form, Purpose, Value};
pub use inspect::{
    Against, Consent, ContentTab, Inspect, InspectForm, InspectPane, InspectPopup, Judged, Judgement, KeysAt,
    MAKER_LONGEST, Maker, Member, Menu, Screen, Section, Signed, Subject, Times, Together, TreeLine, TrustTab, Wanted,
    Whence,
};
pub use log::{Entry, Level, Log};
pub use login::Login;
pub use masked::Masked;
pub use origin::Origin;
pub use palette::{Found, Hit, Palette, Recent};
pub use pane::{AnswerTab, Pane, PaneView, TokenTab};
pub use popup::{Choice, DiffRow, Explanation, List, Popup, ReviewView, SaveView, TokenDiff};
pub use profile::{Call, CallResult, Failed, ProfileView, Running, Slot, TokenSlot, Waiting};
pub use question::{Asked, Cleared, Question, Then};
pub use seen::{Seen, Target};

/// The number of one effect. A result whose number is no longer waited for is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// What was known in an environment that another one took the place of: it is there again when that comes back.
#[derive(Debug)]
pub struct Parked {
    /// What was known of each profile.
    pub views: Vec<ProfileView>,
    /// The profiles as they were then.
    pub profiles: Arc<Profiles>,
}

/// How the screen is drawn, as asked for on the command line, by the environment and in `config.toml`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Only ASCII characters.
    pub ascii: bool,
    /// Colours; off with `NO_COLOR`.
    pub colour: bool,
    /// Which.
    pub styles: &'static Styles,
}

impl Default for Look {
    fn default() -> Self {
        Self { ascii: false, colour: true, styles: &Styles::OWN }
    }
}

/// The terminal's size in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// The four steps for newcomers that an empty answer pane shows; each ticks itself off when it was done.
#[allow(clippy::struct_excessive_bools, reason = "four steps, each done or not, in any order")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Coach {
    /// `t`: a token came.
    pub token: bool,
    /// `2`: an endpoint that wants a token answered.
    pub call: bool,
    /// `]` then `3`: another profile was refused.
    pub refusal: bool,
    /// `f`: a remedy led to an answer that lets through.
    pub fix: bool,
}

/// The whole state of the explorer.
#[derive(Debug)]
pub struct State {
    /// What profiles.toml says.
    pub profiles: Arc<Profiles>,
    /// Where it comes from.
    pub origin: Origin,
    /// How it is drawn.
    pub look: Look,
    /// The time, set before every message and every frame.
    pub now: Timestamp,
    /// The time zone that times are shown in.
    pub zone: TimeZone,
    /// The terminal's size.
    pub size: Size,
    /// What is known of each profile, in the order of the file.
    pub views: Vec<ProfileView>,
    /// The selected profile, an index into `views`; 0 when there is none.
    pub selected: usize,
    /// The selected endpoint, an index into [`State::endpoints`].
    pub endpoint: usize,
    /// The screen that is seen.
    pub screen: Screen,
    /// The pane that the keys go to.
    pub focus: Pane,
    /// The pane that had the keys on the other screen.
    pub elsewhere: Pane,
    /// The token under inspection.
    pub inspect: Inspect,
    /// Whether the focused pane has the whole screen.
    pub zoomed: bool,
    /// Which of the tokens that came together the token pane shows, when there is such a one: see [`State::which`].
    pub which: Which,
    /// The token pane's tab.
    pub token_tab: TokenTab,
    /// The answer pane's tab.
    pub answer_tab: AnswerTab,
    /// Cursor, scroll and unfolded rows of the token pane.
    pub token_view: PaneView,
    /// Cursor, scroll and unfolded rows of the answer pane.
    pub answer_view: PaneView,
    /// What is looked for in the focused pane.
    pub find: Option<Find>,
    /// Whether this machine has a keyring; none before that was looked at.
    pub keyring: Option<bool>,
    /// Open popups, the topmost last.
    pub popups: Vec<Popup>,
    /// Masked things are shown in clear until then.
    pub revealed_until: Option<Timestamp>,
    /// What happened, for the bottom line and the messages popup.
    pub log: Log,
    /// What this session changed in profiles.
    pub edits: Edits,
    /// What was known in other environments, by name.
    pub parked: HashMap<Option<String>, Parked>,
    /// What may be sent into which protected environment without asking again.
    pub cleared: HashSet<(String, Cleared)>,
    /// Which of the engine's standings this is: an older one is not taken in.
    pub turn: u64,
    /// The steps for newcomers.
    pub coach: Coach,
    /// Which key does what.
    pub keys: KeyMap,
    /// The first key of a sequence that was begun, `g`.
    pub prefix: Option<String>,
    /// The endpoint that was sent last, for `.`.
    pub last_sent: Option<EndpointId>,
    /// What was chosen in the palette before.
    pub recent: Recent,
    /// What the last frame showed where.
    pub seen: Seen,
    /// A list that the wheel has moved away from its selection, and its first row.
    pub scrolled: Option<(Pane, usize)>,
    /// What was clicked last, and when: the second click on it in a moment is Enter.
    pub clicked: Option<(Target, Timestamp)>,
    /// Whether the mouse is captured.
    pub mouse: bool,
    /// The program ends after this message.
    pub quitting: bool,
    next_run: u64,
}

impl State {
    /// The explorer as it opens: the default profile selected, nothing fetched.
    pub fn new(profiles: Arc<Profiles>, origin: Origin, look: Look, now: Timestamp, size: Size) -> Self {
        let views = profiles.profiles.iter().map(|profile| ProfileView::new(&profile.name)).collect::<Vec<_>>();
        let first = profiles.first().map(|profile| profile.name.clone());
        let selected = views.iter().position(|view| Some(&view.name) == first.as_ref()).unwrap_or(0);
        Self {
            profiles,
            origin,
            look,
            now,
            zone: TimeZone::UTC,
            size,
            views,
            selected,
            endpoint: 0,
            screen: Screen::Explore,
            focus: Pane::Profiles,
            elsewhere: Pane::Inspect(InspectPane::Content),
            inspect: Inspect::default(),
            zoomed: false,
            which: Which::Access,
            token_tab: TokenTab::Claims,
            answer_tab: AnswerTab::Why,
            token_view: PaneView::default(),
            answer_view: PaneView::default(),
            find: None,
            keyring: None,
            popups: Vec::new(),
            revealed_until: None,
            log: Log::default(),
            edits: Edits::default(),
            parked: HashMap::new(),
            cleared: HashSet::new(),
            turn: 0,
            coach: Coach::default(),
            keys: KeyMap::default(),
            prefix: None,
            last_sent: None,
            recent: Recent::default(),
            seen: Seen::default(),
            scrolled: None,
            clicked: None,
            mouse: true,
            quitting: false,
            next_run: 1,
        }
    }

    /// Takes in what a frame showed where: the next one begins at the same rows.
    pub fn saw(&mut self, seen: Seen) {
        for (pane, top) in &seen.tops {
            if let Some(view) = self.pane_view_mut(*pane) {
                view.top = *top;
            }
        }
        self.seen = seen;
    }

    /// The key of an action, for messages that name it.
    pub fn key(&self, action: Action) -> String {
        self.keys.key(action)
    }

    /// A number no effect had before.
    pub fn new_run(&mut self) -> RunId {
        let run = RunId(self.next_run);
        self.next_run += 1;
        run
    }

    /// The selected profile as the file has it.
    pub fn profile(&self) -> Option<&Profile> {
        self.profiles.profiles.get(self.selected)
    }

    /// What is known of the selected profile.
    pub fn view(&self) -> Option<&ProfileView> {
        self.views.get(self.selected)
    }

    /// The same, to be changed.
    pub fn view_mut(&mut self) -> Option<&mut ProfileView> {
        self.views.get_mut(self.selected)
    }

    /// What is known of the profile of this name.
    pub fn view_of(&mut self, name: &str) -> Option<&mut ProfileView> {
        self.views.iter_mut().find(|view| view.name == name)
    }

    /// Whether masked things are shown in clear at the moment.
    pub fn is_revealed(&self) -> bool {
        self.revealed_until.is_some_and(|until| self.now < until)
    }

    /// Cursor and scroll of the token or the answer pane; none for the lists, whose cursor is the selection.
    pub fn pane_view(&self, pane: Pane) -> Option<&PaneView> {
        match pane {
            Pane::Token => Some(&self.token_view),
            Pane::Answer => Some(&self.answer_view),
            Pane::Inspect(pane) => Some(self.inspect.view(pane)),
            Pane::Profiles | Pane::Endpoints => None,
        }
    }

    /// The same, to be changed.
    pub fn pane_view_mut(&mut self, pane: Pane) -> Option<&mut PaneView> {
        match pane {
            Pane::Token => Some(&mut self.token_view),
            Pane::Answer => Some(&mut self.answer_view),
            Pane::Inspect(pane) => Some(self.inspect.view_mut(pane)),
            Pane::Profiles | Pane::Endpoints => None,
        }
    }

    /// How many effects are under way.
    pub fn running(&self) -> usize {
        self.inspect.running() + self.views.iter().map(ProfileView::running).sum::<usize>()
    }

    /// Whether the user is typing text: then every printable key is text.
    pub fn is_typing(&self) -> bool {
        match self.popups.last() {
            Some(popup) => popup.is_text_field(),
            None => self.find.as_ref().is_some_and(|find| find.typing),
        }
    }
}

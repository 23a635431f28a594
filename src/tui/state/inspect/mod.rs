//! What the Inspect screen knows: the token under inspection, where it came from, and what is thought of it.
//!
//! Values only.

mod forms;
mod judged;
mod maker;
mod places;
mod popups;
mod tree;

use std::collections::HashSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Form, PaneView, RunId, State};
use crate::engine::ProviderPage;
use crate::exchange::Secret;
use crate::jwt::{Difference, Finding, FoundToken, KeySet, SigningKey, Token, diff, lint};

pub use forms::InspectForm;
pub use judged::{Judged, Judgement, KeysAt};
pub use maker::{LONGEST as MAKER_LONGEST, Maker};
pub use places::{ContentTab, InspectPane, Screen, Times, TrustTab};
pub use popups::{Consent, InspectPopup, Menu, Wanted};
pub use tree::{Member, Section, TreeLine};

/// The Inspect screen.
#[derive(Debug, Default)]
pub struct Inspect {
    /// The token under inspection.
    pub subject: Option<Subject>,
    /// The one before it.
    pub before: Option<Subject>,
    /// The tokens that came in one paste with it, when there were several.
    pub together: Together,
    /// What it is compared with, when that is not the one before.
    pub against: Option<Against>,
    /// The content pane's tab.
    pub content_tab: ContentTab,
    /// The trust pane's tab.
    pub trust_tab: TrustTab,
    /// Cursor, scroll and unfolded rows of the panes, in the order of [`InspectPane::ALL`].
    pub views: [PaneView; 3],
    /// How the token differs from that.
    pub difference: Option<Vec<Difference>>,
    /// How times are shown.
    pub times: Times,
    /// The keys the token was held against.
    pub set: Option<Arc<KeySet>>,
    /// What the issuer says of itself.
    pub page: Option<Arc<ProviderPage>>,
    /// Why the page that was asked for last could not be had.
    pub no_page: Option<String>,
    /// The fetch of keys that is under way, and since when.
    pub verifying: Option<(RunId, Timestamp)>,
    /// The form that was submitted, until it is known whether what it names could be read.
    pub asked: Option<Form>,
    /// What was being edited when the popup was closed.
    pub draft: Option<Maker>,
    /// The signing that is under way.
    pub signing: Option<RunId>,
    /// The key that was signed with last.
    pub signer: Option<Arc<SigningKey>>,
    /// The tokens that were made here, the newest first: they are marked wherever they appear.
    pub made: Vec<Secret>,
    /// Hosts that may be asked in this session, since the person said so.
    pub agreed: HashSet<String>,
}

/// What the token under inspection is compared with.
#[derive(Clone, Debug)]
pub enum Against {
    /// Another token.
    Token(Box<Subject>),
    /// What its profile asked for.
    Asked {
        /// The profile.
        profile: String,
        /// Asked for on the left, granted on the right.
        differences: Vec<Difference>,
    },
}

/// Several tokens that came in one paste.
#[derive(Clone, Debug, Default)]
pub struct Together {
    /// All of them.
    pub tokens: Vec<FoundToken>,
    /// Which of them is looked at.
    pub at: usize,
}

/// A token under inspection.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The token.
    pub token: Arc<Token>,
    /// Where it came from.
    pub whence: Whence,
    /// When it was taken in.
    pub taken: Timestamp,
    /// Header and claims, line by line.
    pub tree: Arc<Vec<TreeLine>>,
    /// What the linter found.
    pub findings: Vec<Finding>,
    /// Whether to believe it.
    pub judged: Judged,
}

/// A token that was made here.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The token.
    pub token: Secret,
    /// What it was signed with.
    pub key: Arc<SigningKey>,
}

/// Where a token came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whence {
    /// It was pasted or typed.
    Pasted,
    /// It was read from this file.
    File(String),
    /// It is the token of this profile.
    Profile(String),
    /// It was made here: nobody else stands behind it.
    Made,
}

impl Whence {
    /// In words, behind the token's name.
    pub fn in_words(&self) -> String {
        match self {
            Self::Pasted => "pasted".to_owned(),
            Self::File(path) => format!("from {path}"),
            Self::Profile(name) => format!("of {name}"),
            Self::Made => "MADE HERE".to_owned(),
        }
    }
}

impl Subject {
    /// A token that nothing was checked of yet.
    pub fn new(token: Token, whence: Whence, now: Timestamp) -> Self {
        let findings = lint(&token, now);
        let judged = Judged::unchecked(&token, now);
        let tree = Arc::new(tree::lines(&token));
        Self { token: Arc::new(token), whence, taken: now, tree, findings, judged }
    }
}

impl Inspect {
    /// Takes another token in; the one there becomes the one before.
    pub fn take(&mut self, subject: Subject) {
        self.before = self.subject.replace(subject);
        self.against = None;
        self.together = Together::default();
        self.set = None;
        (self.page, self.no_page) = (None, None);
        self.verifying = None;
        self.views = Default::default();
        self.compare();
    }

    /// Finds out anew how the token differs from what it is compared with: what was chosen, else the one before.
    pub fn compare(&mut self) {
        let with = |other: &Subject| Some(diff(&other.token, &self.subject.as_ref()?.token));
        self.difference = match &self.against {
            Some(Against::Asked { differences, .. }) => Some(differences.clone()),
            Some(Against::Token(other)) => with(other),
            None => self.before.as_ref().and_then(with),
        };
    }

    /// What the two sides of the difference are called.
    pub fn sides(&self) -> Option<[String; 2]> {
        let named = |side: &Subject| format!("{} {}", side.token.fingerprint(), side.whence.in_words());
        let subject = self.subject.as_ref()?;
        Some(match &self.against {
            Some(Against::Asked { profile, .. }) => {
                [format!("asked for by {profile}"), format!("granted as {}", subject.token.fingerprint())]
            }
            Some(Against::Token(other)) => [named(other), named(subject)],
            None => [named(self.before.as_ref()?), named(subject)],
        })
    }

    /// Cursor and scroll of this pane.
    pub fn view(&self, pane: InspectPane) -> &PaneView {
        let [encoded, content, trust] = &self.views;
        match pane {
            InspectPane::Encoded => encoded,
            InspectPane::Content => content,
            InspectPane::Trust => trust,
        }
    }

    /// The same, to be changed.
    pub fn view_mut(&mut self, pane: InspectPane) -> &mut PaneView {
        let [encoded, content, trust] = &mut self.views;
        match pane {
            InspectPane::Encoded => encoded,
            InspectPane::Content => content,
            InspectPane::Trust => trust,
        }
    }

    /// How many effects are under way here.
    pub fn running(&self) -> usize {
        usize::from(self.verifying.is_some())
    }

    /// Whether something on the screen counts seconds: a token that ends, or ended, within a day, or the age of a page.
    pub fn counts(&self, now: Timestamp) -> bool {
        if self.page.is_some() && self.trust_tab == TrustTab::Provider {
            return true;
        }
        let near = |at: Timestamp| at.duration_since(now).abs() < SignedDuration::from_hours(24);
        let token = self.subject.as_ref().map(|subject| &subject.token);
        self.verifying.is_some() || token.and_then(|token| token.expires_at()).is_some_and(near)
    }
}

impl Together {
    /// Which of how many it is, from 1, and the name it stood under; none when it came alone.
    pub fn place(&self) -> Option<(usize, usize, &'static str)> {
        let this = self.tokens.get(self.at).filter(|_| self.tokens.len() > 1)?;
        Some((self.at + 1, self.tokens.len(), this.name.unwrap_or("token")))
    }
}

impl State {
    /// Whether the Inspect screen is the one that is seen.
    pub fn inspects(&self) -> bool {
        self.screen == Screen::Inspect
    }

    /// Whether something is there to be looked at: a token, or what a provider says of itself.
    pub fn has_something_to_inspect(&self) -> bool {
        let Inspect { subject, page, no_page, .. } = &self.inspect;
        self.inspects() && (subject.is_some() || page.is_some() || no_page.is_some())
    }

    /// Whether the token that is seen is the one that the selected profile has in hand.
    pub fn is_in_hand(&self) -> bool {
        !self.inspects()
            || self
                .subject()
                .is_some_and(|subject| self.shown_token().is_some_and(|held| held.token.raw() == subject.token.raw()))
    }

    /// The token under inspection, when that screen is seen.
    pub fn subject(&self) -> Option<&Subject> {
        self.inspect.subject.as_ref().filter(|_| self.inspects())
    }
}

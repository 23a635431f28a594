//! A login that waits for a person, as its popup shows it.
//!
//! Values only.

use jiff::Timestamp;

use super::{List, Masked, RunId};
use crate::engine::{LoginStep, LoginWay};

/// So many remarks are kept; more than a few lines of them nobody reads.
const REMARKS: usize = 20;

/// A login that waits.
#[derive(Debug)]
pub struct Login {
    /// Its number: the fetch of the profile's token slot.
    pub run: RunId,
    /// The profile.
    pub profile: String,
    /// Since when.
    pub since: Timestamp,
    /// What was told last; none before the first word.
    pub step: Option<LoginStep>,
    /// What came besides, the newest last.
    pub remarks: Vec<String>,
    /// The address the browser was sent back to, pasted or typed by hand. It holds a code, so it is never shown.
    pub pasted: Masked,
    /// What is wrong with what was pasted.
    pub error: Option<String>,
    /// Whether printable keys are text of that field.
    pub typing: bool,
    /// Whether a code was asked for in place of the browser that was waited for before: then one can go back.
    pub instead: bool,
    /// Where one stands in its text, when it is longer than the popup.
    pub list: List,
}

impl Login {
    /// One of which nothing was told yet.
    pub fn new(run: RunId, profile: String, since: Timestamp) -> Self {
        Self {
            run,
            profile,
            since,
            step: None,
            remarks: Vec::new(),
            pasted: Masked::default(),
            error: None,
            typing: false,
            instead: false,
            list: List::default(),
        }
    }

    /// Takes in what is told.
    pub fn told(&mut self, step: LoginStep) {
        match step {
            LoginStep::Remark(words) => {
                self.remarks.push(words);
                if self.remarks.len() > REMARKS {
                    self.remarks.remove(0);
                }
            }
            step => {
                if let (Some(LoginStep::Device { interval: before, .. }), LoginStep::Device { interval, .. }) =
                    (&self.step, &step)
                    && interval > before
                {
                    let words = format!("The provider said slow_down: it is asked every {interval} s from now on.");
                    self.remarks.push(words);
                }
                self.typing &= matches!(step, LoginStep::Browser { .. });
                self.step = Some(step);
            }
        }
    }

    /// Which way it goes, once that is known.
    pub fn way(&self) -> Option<LoginWay> {
        match self.step {
            Some(LoginStep::Browser { .. }) => Some(LoginWay::Browser),
            Some(LoginStep::Device { .. }) => Some(LoginWay::Device),
            _ => None,
        }
    }

    /// The address to open and to copy: with the code in it, when the provider gave such a one.
    pub fn address(&self) -> Option<&str> {
        match &self.step {
            Some(LoginStep::Browser { url, .. }) => Some(url),
            Some(LoginStep::Device { verification_uri, complete, .. }) => {
                Some(complete.as_deref().unwrap_or(verification_uri))
            }
            _ => None,
        }
    }

    /// When waiting ends.
    pub fn ends(&self) -> Option<Timestamp> {
        match &self.step {
            Some(LoginStep::Browser { ends, .. } | LoginStep::Device { ends, .. }) => Some(*ends),
            _ => None,
        }
    }

    /// Whether a code on another device is offered in place of the browser.
    pub fn offers_device(&self) -> bool {
        matches!(self.step, Some(LoginStep::Browser { device_offered: true, .. }))
    }
}

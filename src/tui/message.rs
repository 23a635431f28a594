//! Everything that can happen to the explorer.
//!
//! Values only.

use std::sync::Arc;

use crossterm::event::{KeyEvent, MouseEvent};

use super::body::Body;
use super::state::{Judgement, Level, RunId, Signed};
use crate::engine::{
    Acted, AdditionError, Answer, Failure, HeldToken, Introduction, LoggedOut, LoginStep, Notice, ProviderPage,
    Reloaded, SaveError, SavePlan, Saved, SourceError, Standing, TrustError, Unmet,
};
use crate::exchange::Secret;

/// Something happened.
#[derive(Debug)]
pub enum Message {
    /// A key.
    Key(KeyEvent),
    /// The mouse.
    Mouse(MouseEvent),
    /// Text was pasted, in one piece.
    Paste(String),
    /// The terminal has another size: columns, rows.
    Resize(u16, u16),
    /// A fetch ended.
    Token {
        /// Its number.
        run: RunId,
        /// What it came to.
        result: Result<Arc<HeldToken>, Failure>,
    },
    /// A login has something to show.
    Login {
        /// Its number.
        run: RunId,
        /// What.
        step: LoginStep,
    },
    /// Something was to be done with a token at its provider.
    Acted {
        /// Its number.
        run: RunId,
        /// What came of it.
        result: Result<Acted, Failure>,
    },
    /// A login was to be ended.
    LoggedOut {
        /// Its number.
        run: RunId,
        /// What came of it.
        result: Result<LoggedOut, Failure>,
    },
    /// A call ended.
    Answer {
        /// Its number.
        run: RunId,
        /// What it came to, with the body ready to be shown.
        result: Result<(Arc<Answer>, Arc<Body>), Failure>,
    },
    /// A token was held against keys.
    Judged {
        /// Its number.
        run: RunId,
        /// What it came to, or why it could not even begin.
        result: Result<Judgement, String>,
    },
    /// An issuer said what it is.
    ProviderPage {
        /// Its number.
        run: RunId,
        /// What it said, or why nothing came.
        result: Result<Arc<ProviderPage>, String>,
    },
    /// A draft was signed.
    Signed {
        /// Its number.
        run: RunId,
        /// What it came to.
        result: Result<Signed, String>,
    },
    /// The editor was closed, with this text in it.
    Edited(Secret),
    /// A file with a token was read.
    TokenRead {
        /// The file.
        path: String,
        /// What is in it, or why it could not be read.
        text: Result<Secret, String>,
    },
    /// The engine did something by itself.
    Notice {
        /// What.
        notice: Notice,
        /// What holds now: addresses change when the bundled server had to move.
        standing: Box<Standing>,
    },
    /// The files were read again, because they changed or because what they may do was reviewed.
    Reloaded(Reloaded),
    /// Another environment was asked for.
    Environment(Result<Box<Standing>, SourceError>),
    /// A person's yes to a file was to be kept.
    Trusted(Result<Reloaded, TrustError>),
    /// What saving would write.
    Planned(Result<SavePlan, SaveError>),
    /// It was to be written.
    Saved(Result<Saved, SaveError>),
    /// A search for an authorization server asks this address now.
    Asking {
        /// Its number.
        run: RunId,
        /// The address.
        url: String,
    },
    /// A search for an authorization server ended.
    Introduced {
        /// Its number.
        run: RunId,
        /// What it came to.
        result: Result<Box<Introduction>, Unmet>,
    },
    /// Something was to be added to this session.
    Added {
        /// The new profile's name, when there is one.
        profile: Option<String>,
        /// Whether it is to be saved too.
        save: bool,
        /// What holds now.
        result: Result<Box<Standing>, AdditionError>,
    },
    /// Whether this machine has a keyring.
    Keyring(bool),
    /// The outcome of an effect that ends in a line of words.
    Said(Level, String),
    /// A countdown or the end of something shown is due: only the time has changed.
    Wake,
}

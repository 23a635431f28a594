//! From what is and what happened to what is next: `update` is pure and synchronous, and asks for everything else by
//! returning effects.
//!
//! Never imports a runtime, a clock, files or terminal output.

mod actions;
mod acts;
mod add;
mod calls;
mod cancel;
mod copy;
mod edits;
mod environments;
mod explain;
mod find;
mod form;
mod inspect;
mod join;
mod keys;
mod login;
mod menus;
mod mouse;
mod moves;
mod palette;
mod popups;
mod prompt;
mod protected;
mod reload;
mod results;
mod review;
mod save;
#[cfg(test)]
pub(crate) mod tests;

use super::effect::Effect;
use super::message::Message;
use super::state::{Level, Size, State};
use crate::engine::Notice;

/// Takes one message in. [`State::now`] has been set to the moment it came.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let effects = match message {
        Message::Key(key) => keys::key(state, &key),
        Message::Mouse(event) => mouse::mouse(state, event),
        Message::Paste(text) => keys::paste(state, &text),
        Message::Resize(width, height) => {
            state.size = Size { width, height };
            Vec::new()
        }
        Message::Token { run, result } => results::token_came(state, run, result),
        Message::Login { run, step } => {
            login::told(state, run, step);
            Vec::new()
        }
        Message::Acted { run, result } => {
            acts::came(state, run, result);
            Vec::new()
        }
        Message::LoggedOut { run, result } => acts::logged_out(state, run, result),
        Message::Answer { run, result } => results::answer_came(state, run, result),
        Message::Judged { run, result } => {
            inspect::judged(state, run, result);
            Vec::new()
        }
        Message::ProviderPage { run, result } => {
            inspect::page_came(state, run, result);
            Vec::new()
        }
        Message::Signed { run, result } => {
            inspect::signed(state, run, result);
            Vec::new()
        }
        Message::Edited(text) => {
            inspect::edited(state, text.reveal());
            Vec::new()
        }
        Message::TokenRead { path, text } => {
            inspect::read(state, &path, text);
            Vec::new()
        }
        Message::Notice { notice, standing } => {
            let effects = reload::take(state, &standing);
            let (level, text) = match notice {
                Notice::BundledMoved { what } => (Level::Warning, what),
                Notice::BundledStarted { what } | Notice::Remark(what) => (Level::Info, what),
            };
            state.say(level, text);
            effects
        }
        Message::Reloaded(reloaded) => reload::reloaded(state, reloaded),
        Message::Environment(chosen) => environments::chosen(state, chosen),
        Message::Trusted(outcome) => review::kept(state, outcome),
        Message::Planned(plan) => {
            save::planned(state, plan);
            Vec::new()
        }
        Message::Saved(outcome) => save::saved(state, outcome),
        Message::Asking { run, url } => {
            add::asking(state, run, &url);
            Vec::new()
        }
        Message::Introduced { run, result } => {
            add::introduced(state, run, result);
            Vec::new()
        }
        Message::Added { profile, save, result } => add::added(state, profile.as_deref(), save, result),
        Message::Keyring(there) => {
            state.keyring = Some(there);
            Vec::new()
        }
        Message::Said(level, text) => {
            state.say(level, text);
            Vec::new()
        }
        Message::Wake => Vec::new(),
    };
    moves::settle(state);
    effects
}

impl State {
    /// Puts a line into the log, and so on the bottom line.
    pub(super) fn say(&mut self, level: Level, text: impl Into<String>) {
        self.log.say(self.now, level, text);
    }
}

//! The explorer: a state machine, a screen that only reads it, and a loop around both.
//!
//! - [`state`] is all that is known; [`message`] what can happen; [`effect`] what can be asked for; [`update`] goes from
//!   one to the next, purely; [`action`] is the one table of what keys do; [`rows`] is what stands in panes and popups;
//! - `run`, `runner` and `terminal` are the only files that touch a runtime, a clock or the terminal.
//!
//! Imports the engine and what stands below it; never `cli`.

pub mod action;
mod alarm;
pub mod body;
mod clipboard;
pub mod draw;
mod editor;
pub mod effect;
mod input;
mod inspecting;
pub mod keymap;
pub mod layout;
pub mod message;
mod new_file;
pub mod rows;
mod run;
mod runner;
pub mod settings;
mod signals;
pub mod state;
mod terminal;
pub mod text;
pub mod theme;
pub mod update;
mod wake;
pub mod widgets;

pub use run::{Ended, Error, Options, run};

//! A form: fields to fill in, one below the other. What becomes of it when it is submitted follows from its purpose.
//!
//! Values only.

use tui_input::Input;

use super::{InspectForm, Joining, Level, Masked, Meeting};
use crate::exchange::Secret;

/// Longer text is not taken into a field.
const LONGEST: usize = 32 * 1024;

/// What a form is for; `update/form.rs` does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The client secret of this profile, which is asked for once a run of the program.
    Secret {
        /// The profile.
        profile: String,
    },
    /// The password of this profile's person, likewise.
    Password {
        /// The profile.
        profile: String,
    },
    /// Scopes, audience and parameters of this profile's next token.
    TokenOptions {
        /// The profile.
        profile: String,
    },
    /// The first step of `+`: an address.
    Meet(Meeting),
    /// The second: a client and an API.
    Join(Box<Joining>),
    /// Something of the Inspect screen.
    Inspect(InspectForm),
}

/// Fields to fill in.
#[derive(Debug)]
pub struct Form {
    /// What it is for.
    pub purpose: Purpose,
    /// What stands above it.
    pub title: String,
    /// Lines above the fields, each meant so.
    pub about: Vec<(Level, String)>,
    /// The fields, in the order of Tab.
    pub fields: Vec<Field>,
    /// The field that has the keys, an index into `fields`.
    pub focus: usize,
    /// What Enter does, in words: `gets a token`.
    pub enter: String,
    /// What Ctrl-S does, in words, when it does something.
    pub save: Option<String>,
    /// What is under way because of it: until that is over nothing but Esc does anything.
    pub busy: Option<String>,
}

/// One field of a form.
#[derive(Debug)]
pub struct Field {
    /// Its name, for who reads the form.
    pub name: &'static str,
    /// What stands before it.
    pub label: String,
    /// What it is for, shown while it has the keys.
    pub hint: String,
    /// What is wrong with what is in it.
    pub error: Option<String>,
    /// Whether it is shown at all: some fields make sense only with some choices.
    pub visible: bool,
    /// What is in it.
    pub value: Value,
}

/// What is in a field.
#[derive(Debug)]
pub enum Value {
    /// Text.
    Text(Input),
    /// Text that is never shown.
    Masked(Masked),
    /// One of a few.
    Choice {
        /// In words.
        options: Vec<String>,
        /// Which, an index into `options`.
        chosen: usize,
    },
    /// Yes or no.
    Toggle(bool),
}

impl Field {
    fn new(name: &'static str, label: &str, value: Value) -> Self {
        Self { name, label: label.to_owned(), hint: String::new(), error: None, visible: true, value }
    }

    /// A field of text, with this in it and the cursor behind it.
    pub fn text(name: &'static str, label: &str, text: impl Into<String>) -> Self {
        Self::new(name, label, Value::Text(Input::new(text.into())))
    }

    /// An empty field for a secret.
    pub fn masked(name: &'static str, label: &str) -> Self {
        Self::new(name, label, Value::Masked(Masked::default()))
    }

    /// A choice among a few.
    pub fn choice(name: &'static str, label: &str, options: &[&str], chosen: usize) -> Self {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        Self::new(name, label, Value::Choice { options, chosen })
    }

    /// Yes or no.
    pub fn toggle(name: &'static str, label: &str, on: bool) -> Self {
        Self::new(name, label, Value::Toggle(on))
    }

    /// The same with a line that says what it is for.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same, shown only when this holds.
    #[must_use]
    pub fn only_if(mut self, visible: bool) -> Self {
        self.visible = visible;
        self
    }

    /// Puts text in at the cursor, in one piece; says whether there was room for it.
    pub fn insert(&mut self, text: &str) -> bool {
        match &mut self.value {
            Value::Text(input) => {
                if input.value().len() + text.len() > LONGEST {
                    return false;
                }
                let cursor = input.cursor();
                let before: String = input.value().chars().take(cursor).collect();
                let after: String = input.value().chars().skip(cursor).collect();
                let to = cursor + text.chars().count();
                *input = Input::new(format!("{before}{text}{after}")).with_cursor(to);
                true
            }
            Value::Masked(masked) => masked.insert(text),
            Value::Choice { .. } | Value::Toggle(_) => true,
        }
    }
}

impl Form {
    /// A form without fields yet. `enter` says what Enter does: `gets a token`.
    pub fn new(purpose: Purpose, title: impl Into<String>, enter: &str) -> Self {
        Self {
            purpose,
            title: title.into(),
            about: Vec::new(),
            fields: Vec::new(),
            focus: 0,
            enter: enter.to_owned(),
            save: None,
            busy: None,
        }
    }

    /// The same with one more line above the fields.
    #[must_use]
    pub fn about(mut self, level: Level, text: impl Into<String>) -> Self {
        self.about.push((level, text.into()));
        self
    }

    /// The same with one more field.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// The same where Ctrl-S does something too.
    #[must_use]
    pub fn save(mut self, does: &str) -> Self {
        self.save = Some(does.to_owned());
        self
    }

    /// The field of this name.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.name == name)
    }

    /// The text of a field, without the blanks around it; empty when there is no such field.
    pub fn text(&self, name: &str) -> &str {
        match self.get(name).map(|field| &field.value) {
            Some(Value::Text(input)) => input.value().trim(),
            _ => "",
        }
    }

    /// The secret in a masked field; none when it is empty.
    pub fn secret(&self, name: &str) -> Option<Secret> {
        match self.get(name).map(|field| &field.value) {
            Some(Value::Masked(masked)) if !masked.is_empty() => Some(masked.secret()),
            _ => None,
        }
    }

    /// Which option of a choice is chosen.
    pub fn chosen(&self, name: &str) -> usize {
        match self.get(name).map(|field| &field.value) {
            Some(Value::Choice { chosen, .. }) => *chosen,
            _ => 0,
        }
    }

    /// Whether a toggle says yes.
    pub fn is_on(&self, name: &str) -> bool {
        matches!(self.get(name).map(|field| &field.value), Some(Value::Toggle(true)))
    }

    /// Says what is wrong with a field, and gives the first such field the keys.
    pub fn fail(&mut self, name: &str, error: impl Into<String>) {
        let first = self.fields.iter().all(|field| field.error.is_none());
        let Some(place) = self.fields.iter().position(|field| field.name == name) else { return };
        if let Some(field) = self.fields.get_mut(place) {
            field.error = Some(error.into());
        }
        if first {
            self.focus = place;
        }
    }

    /// Whether something is wrong with a field.
    pub fn has_errors(&self) -> bool {
        self.fields.iter().any(|field| field.error.is_some())
    }

    /// Forgets what was wrong.
    pub fn clear_errors(&mut self) {
        for field in &mut self.fields {
            field.error = None;
        }
    }

    /// The field that has the keys.
    pub fn focused(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.focus)
    }

    /// Gives the next visible field the keys, or the one before, round the end.
    pub fn step(&mut self, forward: bool) {
        let count = self.fields.len().max(1);
        let step = if forward { 1 } else { count - 1 };
        for _ in 0..count {
            self.focus = (self.focus + step) % count;
            if self.fields.get(self.focus).is_some_and(|field| field.visible) {
                return;
            }
        }
    }

    /// The keys go to a field that is there and seen.
    pub fn settle(&mut self) {
        self.focus = self.focus.min(self.fields.len().saturating_sub(1));
        if self.fields.get(self.focus).is_some_and(|field| !field.visible) {
            self.step(true);
        }
    }
}

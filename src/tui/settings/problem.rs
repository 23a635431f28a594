//! One thing that is wrong with `config.toml`, with its place.
//!
//! Pure.

use std::fmt;
use std::ops::Range;

use toml::de::DeValue;

use crate::tui::text::{cut, visible};

/// More problems than this are not kept: one more says so.
const MOST: usize = 100;

/// Something wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, naming the text concerned. May hold foreign text: [`Problem::render`] makes it safe.
    pub what: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem of the file as a whole.
    pub fn of_file(what: String) -> Self {
        Self { line: 0, column: 0, what, hint: None }
    }

    /// With its place: `config.toml:3:5: ..`, and what to do in the same line.
    pub fn render(&self, file: &str) -> String {
        let place = if self.line == 0 { String::new() } else { format!(":{}:{}", self.line, self.column) };
        visible(&format!("{file}{place}: {self}")).into_owned()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&cut(&visible(&self.what), 160))?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// The problems found so far.
pub(super) struct Notes<'a> {
    text: &'a str,
    found: Vec<(usize, Problem)>,
}

impl<'a> Notes<'a> {
    pub(super) fn on(text: &'a str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// Notes a problem at this place of the text.
    pub(super) fn add(&mut self, span: Range<usize>, what: String, hint: Option<String>) {
        if self.found.len() >= MOST {
            return;
        }
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.found.push((span.start, Problem { line, column, what, hint }));
    }

    /// All of them, in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|(place, _)| *place);
        self.found.into_iter().map(|(_, problem)| problem).collect()
    }
}

/// What kind of value this is, with its article.
pub(super) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

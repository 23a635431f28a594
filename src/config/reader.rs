//! Typed access to one table of the file: each wrong value, unknown key and missing key becomes a problem with its place.
//!
//! Pure. Imports siblings and the scopes of `oauth`.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::notes::{Finding, Notes};
use super::words::{self, Standing, Table};
use super::{Severity, names};
use names::shown;

/// How many entries a list may have.
const LONGEST_LIST: usize = 1_000;

/// A value and where it stands.
pub(super) type Value<'v> = Spanned<DeValue<'v>>;
/// A text and where it stands.
pub(super) type Text<'v> = (&'v str, Range<usize>);

/// One table of the file while it is being read. The first error in it is its failure.
pub(super) struct Section<'n, 't, 'v> {
    pub(super) notes: &'n mut Notes<'t>,
    table: &'v DeTable<'v>,
    /// Where something that is missing is reported.
    span: Range<usize>,
    /// How messages call it: `[profiles.tester]`.
    label: String,
    /// What cannot be used when something in it is wrong: `profiles.tester`.
    subject: Option<String>,
    failure: Option<String>,
    /// Keys that were probably meant by those that are not known: they are not missing as well.
    meant: Vec<&'static str>,
}

impl<'n, 't, 'v> Section<'n, 't, 'v> {
    /// Begins to read a table: keys that are not known, or not yet supported, are reported here.
    pub(super) fn open(
        notes: &'n mut Notes<'t>,
        kind: Table,
        table: &'v DeTable<'v>,
        (span, label, subject): (Range<usize>, String, Option<String>),
    ) -> Self {
        let mut section = Self { notes, table, span, label, subject, failure: None, meant: Vec::new() };
        for key in table.keys() {
            section.check_key(kind, key.get_ref(), &key.span());
        }
        section
    }

    fn check_key(&mut self, kind: Table, key: &str, span: &Range<usize>) {
        let label = self.label.clone();
        let Some(word) = words::find(kind, key) else {
            let near = names::nearest(key, words::keys(kind));
            self.meant.extend(near);
            let hint = near
                .map(|near| format!("did you mean `{near}`?"))
                .or_else(|| words::elsewhere(kind, key).next().map(|other| format!("it belongs in {}", other.name())));
            return self.error(span, format!("unknown key `{}` in {label}", shown(key)), hint);
        };
        match word.standing {
            Standing::Built => {}
            Standing::Later => {
                self.error(span, format!("`{key}` in {label} is not supported by this version yet"), None);
            }
        }
    }

    /// Writes down an error: what this table describes cannot be used.
    pub(super) fn error(&mut self, span: &Range<usize>, what: String, hint: Option<String>) {
        self.failure.get_or_insert_with(|| what.clone());
        let subject = self.subject.clone();
        self.notes.add(span, Finding { severity: Severity::Error, what, hint, subject });
    }

    /// Writes down a warning.
    pub(super) fn warn(&mut self, span: &Range<usize>, what: String, hint: Option<String>) {
        self.notes.add(span, Finding { severity: Severity::Warning, what, hint, subject: None });
    }

    /// Writes down that the value of this key is wrong.
    pub(super) fn wrong(&mut self, key: &str, span: &Range<usize>, what: &str, hint: Option<String>) {
        let what = format!("`{}` in {}: {what}", shown(key), self.label);
        self.error(span, what, hint);
    }

    /// Writes down that the value of this key has the wrong type, or is of a kind not yet supported.
    pub(super) fn mistyped(&mut self, key: &str, value: &Value<'v>, expected: &str) {
        self.mistyped_with(key, value, expected, None);
    }

    fn mistyped_with(&mut self, key: &str, value: &Value<'v>, expected: &str, hint: Option<String>) {
        if self.is_unresolved(key, value) {
            return;
        }
        let found = type_name(value.get_ref());
        self.wrong(key, &value.span(), &format!("expected {expected}, found {found}"), hint);
    }

    /// Whether the value depends on the environment and could not be resolved; writes down why.
    pub(super) fn is_unresolved(&mut self, key: &str, value: &Value<'v>) -> bool {
        let Some(fault) = self.notes.fault(value.span().start) else { return false };
        self.wrong(key, &fault.span, &fault.what, fault.hint);
        true
    }

    /// The value of a key, when it is there.
    pub(super) fn value(&self, key: &str) -> Option<&'v Value<'v>> {
        self.table.get(key)
    }

    /// Where the value of a key stands; the table's own place when the key is not there.
    pub(super) fn span_of(&self, key: &str) -> Range<usize> {
        self.value(key).map_or_else(|| self.span.clone(), Spanned::span)
    }

    /// How messages call this table.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// A text that is not empty, when the key is there.
    pub(super) fn text(&mut self, key: &str) -> Option<Text<'v>> {
        let value = self.value(key)?;
        self.as_text(key, value)
    }

    /// The same for a key that must be there.
    pub(super) fn needed(&mut self, key: &str, example: &str) -> Option<Text<'v>> {
        if self.is_missing(key) {
            let what = format!("{} has no `{key}`", self.label);
            self.error(&self.span.clone(), what, Some(format!("add {key} = {example}")));
        }
        self.text(key)
    }

    /// Whether the key is not there, not even misspelt.
    pub(super) fn is_missing(&self, key: &str) -> bool {
        self.value(key).is_none() && !self.meant.contains(&key)
    }

    /// The value as a text that is not empty and holds no control character.
    pub(super) fn as_text(&mut self, key: &str, value: &'v Value<'v>) -> Option<Text<'v>> {
        let span = value.span();
        if self.is_unresolved(key, value) {
            return None;
        }
        let DeValue::String(text) = value.get_ref() else {
            self.mistyped(key, value, "a string");
            return None;
        };
        if text.trim().is_empty() {
            self.wrong(key, &span, "the value is empty", None);
            return None;
        }
        if text.contains(char::is_control) {
            self.wrong(key, &span, "the value holds a control character", None);
            return None;
        }
        Some((text, span))
    }

    /// `true` or `false`; false when the key is not there.
    pub(super) fn flag(&mut self, key: &str) -> bool {
        let Some(value) = self.value(key) else { return false };
        if let DeValue::Boolean(flag) = value.get_ref() {
            return *flag;
        }
        self.mistyped(key, value, "true or false");
        false
    }

    /// A whole number within the range, when the key is there.
    pub(super) fn number(&mut self, key: &str, range: RangeInclusive<u16>, unit: &str) -> Option<u16> {
        let value = self.value(key)?;
        self.as_number(key, value, range, unit)
    }

    /// The value as a whole number within the range.
    pub(super) fn as_number(
        &mut self,
        key: &str,
        value: &'v Value<'v>,
        range: RangeInclusive<u16>,
        unit: &str,
    ) -> Option<u16> {
        let DeValue::Integer(integer) = value.get_ref() else {
            self.mistyped(key, value, "an integer");
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.and_then(|number| u16::try_from(number).ok()).filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start(), range.end());
            let what = format!("{} is not {unit} from {least} to {most}", shown(&integer.to_string()));
            self.wrong(key, &value.span(), &what, None);
        }
        number
    }

    /// The entries of a list, when the key is there.
    fn list(&mut self, key: &str, hint: impl FnOnce(&str) -> Option<String>) -> Option<&'v DeArray<'v>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Array(list) if list.len() > LONGEST_LIST => {
                let what = format!("the list has {} entries; {LONGEST_LIST} are the most", list.len());
                self.wrong(key, &value.span(), &what, None);
                None
            }
            DeValue::Array(list) => Some(list),
            other => {
                self.mistyped_with(key, value, "a list", other.as_str().and_then(hint));
                None
            }
        }
    }

    /// A list of texts, when the key is there.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<Text<'v>>> {
        let as_list = |text: &str| Some(format!("write a list: {key} = {}", list_of(text)));
        let list = self.list(key, as_list)?;
        Some(list.iter().filter_map(|value| self.as_text(key, value)).collect())
    }

    /// A list of status codes; empty when the key is not there.
    pub(super) fn statuses(&mut self, key: &str) -> Vec<u16> {
        let list = self.list(key, |_| None);
        let values = list.into_iter().flat_map(|list| list.iter());
        values.filter_map(|value| self.as_number(key, value, 100..=599, "a status code")).collect()
    }

    /// The names and values of a table that has names of its own; nothing when the key is not there.
    pub(super) fn entries(&mut self, key: &str) -> Vec<(Text<'v>, &'v Value<'v>)> {
        let Some(value) = self.value(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Table(table) if !table.contains_key("by_env") => {
                table.iter().map(|(name, value)| ((name.get_ref().as_ref(), name.span()), value)).collect()
            }
            _ => {
                self.mistyped(key, value, "a table");
                Vec::new()
            }
        }
    }

    /// The first error in it, when there was one.
    pub(super) fn finish(self) -> Option<String> {
        self.failure
    }

    /// Takes over the first error of a part.
    pub(super) fn fail_with(&mut self, failure: Option<String>) {
        if self.failure.is_none() {
            self.failure = failure;
        }
    }

    /// Whether there was an error so far.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// What cannot be used when something in it is wrong.
    pub(super) fn subject(&self) -> Option<String> {
        self.subject.clone()
    }
}

/// What a value is, with its article.
pub(super) fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The words of a text as a list in the file would have them.
fn list_of(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().map(|word| format!("\"{}\"", shown(word))).collect();
    format!("[{}]", words.join(", "))
}

//! The token against another one: side by side, or one below the other where the screen is narrow.
//!
//! Pure.

use serde_json::Value;

use super::{Row, time_as};
use crate::jwt::times::{NumericDate, is_time_claim};
use crate::jwt::{Change, Difference, Part, counted, says_the_same};
use crate::tui::action::Action;
use crate::tui::layout::TWO_COLUMNS;
use crate::tui::rows::Tone;
use crate::tui::rows::token::in_one_line;
use crate::tui::state::State;

pub(super) fn rows(state: &State) -> Vec<Row> {
    let key = state.key(Action::CompareWith);
    let (Some([left, right]), Some(differences)) = (state.inspect.sides(), &state.inspect.difference) else {
        let words = format!("There is nothing to compare with yet: {key} chooses another token.");
        return vec![Row::text(words).tone(Tone::Quiet)];
    };
    let stacked = state.size.width < TWO_COLUMNS;
    let mut rows = vec![if stacked {
        Row::text(format!("- {left}   + {right}")).tone(Tone::Heading)
    } else {
        Row::new(["", &left, &right]).tone(Tone::Heading)
    }];
    if says_the_same(differences) {
        rows.push(Row::text("They say the same.").tone(Tone::Good));
    }
    let (changed, same): (Vec<_>, Vec<_>) = differences.iter().partition(|row| row.change != Change::Same);
    rows.extend(changed.iter().flat_map(|row| if stacked { below(row) } else { vec![beside(state, row)] }));
    if !same.is_empty() {
        rows.push(
            Row::text(format!("{} the same in both:", counted(same.len(), "member is", "members are")))
                .tone(Tone::Quiet),
        );
        rows.extend(same.iter().map(|row| {
            let value = cell(state, row, row.left.as_ref());
            Row::new([name(row), value.clone(), if stacked { String::new() } else { value }]).tone(Tone::Quiet)
        }));
    }
    rows
}

fn beside(state: &State, row: &Difference) -> Row {
    // Of a set and of a time the difference says more than the other value.
    let right = match row.change {
        Change::Set { .. } | Change::Time { .. } => row.to_string(),
        _ => cell(state, row, row.right.as_ref()),
    };
    Row::new([name(row), cell(state, row, row.left.as_ref()), right]).tone(tone(&row.change))
}

fn below(row: &Difference) -> Vec<Row> {
    let mut rows = vec![Row::new([name(row), row.to_string()]).tone(tone(&row.change))];
    rows.extend(row.left.as_ref().map(|value| Row::new(["-".to_owned(), in_one_line(value)])));
    rows.extend(row.right.as_ref().map(|value| Row::new(["+".to_owned(), in_one_line(value)])));
    rows
}

/// A claim by its name; of the header, that it is.
fn name(row: &Difference) -> String {
    if row.part == Part::Header { format!("header {}", row.name) } else { row.name.clone() }
}

/// The value; a time as chosen.
fn cell(state: &State, row: &Difference, value: Option<&Value>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match NumericDate::read(Some(value)) {
        NumericDate::At(at) if is_time_claim(&row.name) => {
            time_as(state.inspect.times, at, state.now, &state.zone, &in_one_line(value))
        }
        _ => in_one_line(value),
    }
}

fn tone(change: &Change) -> Tone {
    match change {
        Change::Added => Tone::Good,
        Change::Removed => Tone::Bad,
        Change::Changed | Change::Set { .. } => Tone::Warning,
        Change::Same | Change::Form | Change::Time { .. } => Tone::Plain,
    }
}

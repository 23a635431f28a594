//! The rows of popups.
//!
//! Pure.

use super::{Row, Tone, session};
use crate::tui::action::{Group, TABLE};
use crate::tui::state::{Hit, Level, Popup, State, TokenDiff};

/// The rows of a popup: what its cursor moves among. Empty for fields, menus by key and questions.
pub fn popup(state: &State, popup: &Popup) -> Vec<Row> {
    match popup {
        Popup::Help(_) => help(state),
        Popup::Palette(palette) => palette.hits.iter().map(|hit| self::hit(state, hit)).collect(),
        Popup::Profiles(_) => {
            state.profiles.profiles.iter().map(|profile| Row::new([&profile.name, &profile.title])).collect()
        }
        Popup::SendAs { choices, .. } => choices.iter().map(|choice| Row::text(choice.label.as_str())).collect(),
        Popup::Messages(_) => messages(state),
        Popup::Diff { diff, .. } => self::diff(diff),
        Popup::Exchange { exchange, body, .. } => super::exchange(exchange, body.as_deref()),
        Popup::Explain(explanation) => explanation.lines.iter().map(|line| Row::text(line.as_str())).collect(),
        Popup::Environments(_) => session::environments(state),
        Popup::Review(review) => session::facts(&review.facts),
        Popup::Save(save) => session::changes(&save.plan),
        Popup::Copy | Popup::Scopes(_) | Popup::Form(_) | Popup::Protected(_) | Popup::Confirm { .. } => Vec::new(),
    }
}

/// Every key of this screen: keys and sentence, under a heading a group.
pub fn help(state: &State) -> Vec<Row> {
    let mut rows = Vec::new();
    for group in Group::ALL {
        rows.push(Row::text(group.title()).tone(Tone::Heading));
        let of_group = TABLE.iter().filter(|row| row.group == group);
        rows.extend(of_group.map(|row| Row::new([state.keys.in_words(row), row.help.to_owned()])));
    }
    rows
}

/// What happened, the newest first: time and text; what to do about it under it.
pub fn messages(state: &State) -> Vec<Row> {
    let mut rows = Vec::new();
    for entry in state.log.entries().rev() {
        let at = entry.at.to_zoned_datetime(state.zone.clone()).strftime("%H:%M:%S").to_string();
        let tone = match entry.level {
            Level::Info => Tone::Plain,
            Level::Done => Tone::Good,
            Level::Warning => Tone::Warning,
            Level::Error => Tone::Bad,
        };
        rows.push(Row::new([at, entry.text.clone()]).tone(tone));
        rows.extend(entry.advice.iter().map(|line| Row::new(["", line]).tone(Tone::Quiet)));
    }
    rows
}

/// What differs: name, before, after.
pub fn diff(diff: &TokenDiff) -> Vec<Row> {
    if diff.rows.is_empty() {
        return vec![Row::text("Nothing differs: it is the same token.").tone(Tone::Quiet)];
    }
    let mut rows = vec![
        Row::new([String::new(), format!("before {}", diff.before), format!("now {}", diff.after)]).tone(Tone::Heading),
    ];
    rows.extend(diff.rows.iter().map(|row| {
        let tone = match (&row.before, &row.after) {
            (None, _) => Tone::Good,
            (_, None) => Tone::Bad,
            _ => Tone::Plain,
        };
        let cell = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        Row::new([row.name.clone(), cell(&row.before), cell(&row.after)]).tone(tone)
    }));
    rows
}

/// A palette entry: what it is, what it does, its keys.
fn hit(state: &State, hit: &Hit) -> Row {
    match hit {
        Hit::Action(action) => match action.row() {
            Some(row) => Row::new([row.name.to_owned(), row.help.to_owned(), state.keys.in_words(row)]),
            None => Row::text(""),
        },
        Hit::Profile(place) => {
            let name = state.views.get(*place).map_or("", |view| view.name.as_str());
            Row::new([format!("profile {name}"), "select this profile".to_owned(), String::new()])
        }
        Hit::Endpoint(place) => match state.endpoint_at(*place) {
            Some(view) => Row::new([
                format!("send {}", view.endpoint.name),
                format!("{} {}", view.endpoint.method, view.url()),
                if *place < 9 { (place + 1).to_string() } else { String::new() },
            ]),
            None => Row::text(""),
        },
    }
}

//! The rows of popups.
//!
//! Pure.

use super::{Row, Tone, act, login, session};
use crate::tui::action::{Action, Group, TABLE};
use crate::tui::state::{Hit, Level, Popup, State, TokenDiff};
use crate::tui::text::visible;

/// The rows of a popup: what its cursor moves among. Empty for fields, menus by key and questions.
pub fn popup(state: &State, popup: &Popup) -> Vec<Row> {
    match popup {
        Popup::Help(_) => help(state),
        Popup::Palette(palette) | Popup::Profiles(palette) => {
            palette.hits.iter().map(|found| Row::new(<[String; 2]>::from(self::found(state, &found.hit)))).collect()
        }
        Popup::SendAs { choices, .. } => choices.iter().map(|choice| Row::text(choice.label.as_str())).collect(),
        Popup::Messages(_) => messages(state),
        Popup::Diff { diff, .. } => self::diff(diff),
        Popup::Exchange { exchange, body, .. } => super::exchange(exchange, body.as_deref(), state.is_revealed()),
        Popup::Explain(explanation) => explanation.lines.iter().map(|line| Row::text(line.as_str())).collect(),
        Popup::Environments(_) => session::environments(state),
        Popup::Review(review) => session::facts(&review.facts),
        Popup::Save(save) => session::changes(&save.plan),
        Popup::Login(view) => login::rows(state, view),
        Popup::Act(view) => act::rows(state, view),
        Popup::Copy
        | Popup::Scopes(_)
        | Popup::Form(_)
        | Popup::Protected(_)
        | Popup::Confirm { .. }
        | Popup::Mistaken { .. } => Vec::new(),
        Popup::Inspect(popup) => super::inspect::popup(popup),
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

/// How many rows a popup has.
pub fn count_in(state: &State, popup: &Popup) -> usize {
    match popup {
        // There may be thousands, and this is asked with every key.
        Popup::Palette(palette) | Popup::Profiles(palette) => palette.hits.len(),
        other => self::popup(state, other).len(),
    }
}

/// What the palette finds something by and shows of it: its name, and what stands beside it. Without anything a terminal
/// must not see, so that letters count alike in both.
pub fn found(state: &State, hit: &Hit) -> (String, String) {
    let (name, beside) = match hit {
        Hit::Action(action) => {
            action.row().map_or_else(Default::default, |row| (row.name.to_owned(), row.help.to_owned()))
        }
        Hit::Profile(place) => match (state.popups.last(), state.profiles.profiles.get(*place)) {
            (Some(Popup::Profiles(_)), Some(profile)) => {
                (profile.name.clone(), format!("{} · {}", profile.title, profile.provider))
            }
            (_, Some(profile)) => (format!("profile {}", profile.name), profile.title.clone()),
            (_, None) => Default::default(),
        },
        Hit::Endpoint(place) => state.endpoint_at(*place).map_or_else(Default::default, |view| {
            (format!("send {}", view.endpoint.name), format!("{} {}", view.endpoint.method, view.url()))
        }),
        Hit::Environment(place) => {
            state.profiles.environments.get(*place).map_or_else(Default::default, |environment| {
                let protected = if environment.protected { ", which is protected" } else { "" };
                (format!("environment {}", environment.name), format!("go to this environment{protected}"))
            })
        }
    };
    (visible(&name).into_owned(), visible(&beside).into_owned())
}

/// The keys of what the palette found.
pub fn keys_of(state: &State, hit: &Hit) -> String {
    match hit {
        Hit::Action(action) => action.row().map_or_else(String::new, |row| state.keys.in_words(row)),
        Hit::Endpoint(place) => state.keys.keys(Action::Send).get(*place).map(ToString::to_string).unwrap_or_default(),
        Hit::Profile(_) | Hit::Environment(_) => String::new(),
    }
}

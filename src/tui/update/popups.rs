//! Keys while a popup is open, and what holds of popups after every message.

use crossterm::event::KeyEvent;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::{actions, add, calls, edits, environments, form, keys, moves, protected, review};
use crate::tui::action::{Action, Context, TABLE};
use crate::tui::effect::Effect;
use crate::tui::keymap::Pressed;
use crate::tui::rows;
use crate::tui::state::{Hit, Popup, State};

/// The keys that move among the palette's hits; all others are text or editing.
const MOVES: [&str; 8] = ["Up", "Down", "PageUp", "PageDown", "Enter", "Tab", "Shift-Tab", "Ctrl-P"];

/// A key while a popup is open. `name` is empty for keys that only a field may know.
pub(super) fn key(state: &mut State, key: &KeyEvent, name: &str) -> Vec<Effect> {
    let Some(popup) = state.popups.last_mut() else { return Vec::new() };
    if name == "Esc" {
        // A search ends first; then the form is closed.
        if let Some(run) = add::stop(popup) {
            return vec![Effect::Cancel(run)];
        }
        if let Some(Popup::Form(form)) = state.popups.pop() {
            form::closed(state, &form);
        }
        return Vec::new();
    }
    match popup {
        Popup::Review(_) if name == "y" => return enter(state),
        Popup::Copy => return copy(state, name),
        Popup::Form(_) => return form::key(state, key, name),
        Popup::Scopes(input) => {
            if name == "Enter" {
                let text = input.value().to_owned();
                state.popups.pop();
                return edits::set_scopes(state, &text);
            }
            keys::edit(input, key);
            return Vec::new();
        }
        Popup::Palette(palette) if !MOVES.contains(&name) => {
            if keys::edit(&mut palette.input, key) {
                refresh_palette(state);
            }
            return Vec::new();
        }
        _ => {}
    }
    list(state, name)
}

/// Keys of popups that are lists or texts.
fn list(state: &mut State, name: &str) -> Vec<Effect> {
    let prefix = state.prefix.take();
    let action = match state.keys.action(Context::Screen, prefix.as_deref(), name) {
        Pressed::Action(action, _) => action,
        Pressed::Prefix(first) => {
            state.prefix = Some(first);
            return Vec::new();
        }
        Pressed::Nothing => return Vec::new(),
    };
    let typing = state.popups.last().is_some_and(Popup::is_text_field);
    match action {
        Action::Open => return enter(state),
        Action::Up | Action::PreviousPane => by(state, -1),
        Action::Palette if typing => by(state, -1),
        Action::Down | Action::NextPane => by(state, 1),
        Action::PageUp => by(state, -10),
        Action::PageDown => by(state, 10),
        Action::Top => by(state, isize::MIN),
        Action::End => by(state, isize::MAX),
        Action::Close => _ = state.popups.pop(),
        _ if state.popups.last().is_some_and(|popup| opens(action, popup)) => _ = state.popups.pop(),
        _ => {}
    }
    Vec::new()
}

/// Whether the action is the one that opened the popup: then its key closes it too.
fn opens(action: Action, popup: &Popup) -> bool {
    matches!(
        (action, popup),
        (Action::Help, Popup::Help(_))
            | (Action::Messages, Popup::Messages(_))
            | (Action::Diff, Popup::Diff { .. })
            | (Action::ShowExchange, Popup::Exchange { .. })
            | (Action::PickProfile, Popup::Profiles(_))
            | (Action::Environment, Popup::Environments(_))
            | (Action::SendAs, Popup::SendAs { .. })
            | (Action::Explain, Popup::Explain(_))
    )
}

pub(super) fn by(state: &mut State, rows: isize) {
    if let Some(list) = state.popups.last_mut().and_then(Popup::list_mut) {
        list.cursor = list.cursor.saturating_add_signed(rows);
    }
}

/// Enter: what the row under the cursor, or the question, is about.
fn enter(state: &mut State) -> Vec<Effect> {
    match state.popups.pop() {
        Some(Popup::Profiles(list)) => moves::select_profile(state, list.cursor),
        Some(Popup::SendAs { list, choices }) => {
            let chosen = choices.into_iter().nth(list.cursor).map(|choice| choice.send_as);
            if let (Some(send_as), Some(id)) = (chosen, state.selected_endpoint().map(|view| view.id())) {
                return calls::ask_or_send(state, &id, send_as);
            }
        }
        Some(Popup::Environments(list)) => return environments::choose(state, list.cursor),
        Some(Popup::Protected(question)) => return protected::answered(state, question),
        Some(Popup::Review(review)) => return review::trusted(&review),
        Some(Popup::Save(save)) => return vec![Effect::Save(save.plan)],
        Some(Popup::Confirm { endpoint, send_as, .. }) => {
            protected::clear(state, &endpoint);
            return calls::send(state, &endpoint, send_as, true);
        }
        Some(Popup::Palette(palette)) => {
            return match palette.hits.get(palette.list.cursor) {
                Some(Hit::Action(action)) => actions::perform(state, *action, 0),
                Some(Hit::Profile(place)) => {
                    moves::select_profile(state, *place);
                    Vec::new()
                }
                Some(Hit::Endpoint(place)) => calls::by_number(state, *place),
                None => Vec::new(),
            };
        }
        // Nothing to choose there: it stays open, but for the explanation, which has been read.
        Some(Popup::Explain(_)) | None => {}
        Some(other) => state.popups.push(other),
    }
    Vec::new()
}

fn copy(state: &mut State, name: &str) -> Vec<Effect> {
    match state.keys.action(Context::Copy, None, name) {
        Pressed::Action(action, nth) => {
            state.popups.pop();
            actions::perform(state, action, nth)
        }
        _ => {
            if name == "q" || name == "y" {
                state.popups.pop();
            }
            Vec::new()
        }
    }
}

/// Finds anew what fits what was typed in the palette, the best first.
pub(super) fn refresh_palette(state: &mut State) {
    let Some(Popup::Palette(palette)) = state.popups.last() else { return };
    let typed = palette.input.value().to_owned();
    let hits = matching(&candidates(state), &typed);
    if let Some(Popup::Palette(palette)) = state.popups.last_mut() {
        palette.hits = hits;
        palette.list.cursor = 0;
    }
}

/// All there is to find: actions that can do something now, profiles, endpoints; each with the text it is found by.
fn candidates(state: &State) -> Vec<(Hit, String)> {
    let pointless = |action: Action| matches!(action, Action::Send | Action::Palette | Action::Cancel);
    let mut all: Vec<_> = TABLE
        .iter()
        .filter(|row| !pointless(row.action) && (row.applies)(state))
        .map(|row| (Hit::Action(row.action), format!("{} {}", row.name, row.help)))
        .collect();
    all.extend(
        state
            .profiles
            .profiles
            .iter()
            .enumerate()
            .map(|(place, profile)| (Hit::Profile(place), format!("profile {} {}", profile.name, profile.title))),
    );
    all.extend(state.endpoints().iter().enumerate().map(|(place, view)| {
        let endpoint = view.endpoint;
        (Hit::Endpoint(place), format!("send {} {} {}", endpoint.name, endpoint.method, endpoint.path))
    }));
    all
}

fn matching(candidates: &[(Hit, String)], typed: &str) -> Vec<Hit> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Smart, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, &Hit)> = candidates
        .iter()
        .filter_map(|(hit, text)| Some((pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher)?, hit)))
        .collect();
    // Equal ones stay in the order of the table.
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, hit)| hit.clone()).collect()
}

/// Cursors of popups stay in range.
pub(super) fn settle(state: &mut State) {
    let Some(popup) = state.popups.last() else { return };
    let count = rows::popup(state, popup).len();
    if let Some(list) = state.popups.last_mut().and_then(Popup::list_mut) {
        list.cursor = list.cursor.min(count.saturating_sub(1));
    }
}

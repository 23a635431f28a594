//! The top line: where and who, the token, and the marks that stay.

use ratatui::layout::Rect;

use super::lists::{edited, token_state};
use crate::config::Provider;
use crate::tui::action::{Action, is_demo};
use crate::tui::layout::{Arrangement, Panes};
use crate::tui::state::{Pane, Slot, State, Target};
use crate::tui::text::Strip;
use crate::tui::theme::Role;
use crate::tui::widgets::Canvas;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, panes: &Panes) {
    let columns = usize::from(panes.top.width);
    let compact = panes.arrangement == Arrangement::OneColumn;
    let palette = state.keys.palette().replace("Ctrl-", "^");
    let keys = canvas.strip().text(Role::Accent, palette).text(Role::Muted, " find  ");
    let find = keys.width();
    let keys = keys.text(Role::Accent, state.key(Action::Help)).text(Role::Muted, " help").gap(1);
    let mut line = canvas.strip().gap(1);
    let environment = environment(state, &canvas.strip());
    let marks = marks(state, &canvas.strip())
        .into_iter()
        .fold(canvas.strip(), |line, mark| line.text(Role::Muted, " │ ").then(mark));
    // Whatever has no room, the marks stay.
    let room = columns.saturating_sub(keys.width() + 1);
    let (room, keys) = if marks.width() > room / 2 { (columns, canvas.strip()) } else { (room, keys) };
    let room = room.saturating_sub(marks.width());
    let pieces = [
        (demo(state, &canvas.strip()), Target::Marks),
        (environment, Target::Action(Action::Environment)),
        (Some(who(state, &canvas.strip(), compact)), Target::Action(Action::PickProfile)),
        (token(canvas, state), Target::Pane(Pane::Token)),
    ];
    for (piece, target) in pieces {
        let Some(piece) = piece else { continue };
        if line.width() > 1 {
            line = line.text(Role::Muted, " │ ");
        }
        note(canvas, panes.top, line.width(), (line.width() + piece.width()).min(room), target);
        line = line.then(piece);
    }
    let line = line.cut(room);
    note(canvas, panes.top, line.width(), line.width() + marks.width(), Target::Marks);
    if keys.width() > 0 {
        let right = columns.saturating_sub(keys.width());
        note(canvas, panes.top, right, right + find, Target::Action(Action::Palette));
        note(canvas, panes.top, right + find, columns, Target::Action(Action::Help));
    }
    let line = line.then(marks).flush_right(keys, columns);
    canvas.put(panes.top, 0, line);
}

fn note(canvas: &mut Canvas<'_>, area: Rect, from: usize, to: usize, target: Target) {
    let [from, to] = [from, to].map(|column| u16::try_from(column).unwrap_or(u16::MAX));
    let place = Rect { x: area.x.saturating_add(from), width: to.saturating_sub(from), ..area };
    canvas.seen.note(place.intersection(area), target);
}

fn demo(state: &State, empty: &Strip) -> Option<Strip> {
    is_demo(state).then(|| empty.clone().text(Role::Mark, "DEMO"))
}

/// The environment; a protected one in words that cannot be missed.
fn environment(state: &State, empty: &Strip) -> Option<Strip> {
    let now = state.profiles.current_environment()?;
    Some(if now.protected {
        empty.clone().text(Role::MarkBad, format!("PRODUCTION {}", now.name))
    } else {
        empty.clone().text(Role::Mark, &now.name)
    })
}

/// The profile and the realm or provider; in one column, where no list shows it, with its place in the list.
fn who(state: &State, empty: &Strip, compact: bool) -> Strip {
    let Some(profile) = state.profile() else {
        return empty.clone().text(Role::Warn, "no profiles");
    };
    let shown = edited(state, state.selected, &profile.name);
    if compact {
        // Without a list to show it, the name says whether the keys go to the profiles.
        let name = if state.focus == Pane::Profiles { Role::TitleFocused } else { Role::Title };
        let line = empty.clone().text(Role::Muted, "‹").text(name, shown).text(Role::Muted, "›");
        return line.text(Role::Muted, format!(" {}/{}", state.selected + 1, state.views.len()));
    }
    let realm = state.profiles.provider(&profile.provider).map_or(profile.provider.as_str(), realm);
    empty.clone().text(Role::Title, shown).text(Role::Muted, " @ ").text(Role::Text, realm)
}

/// What people call the provider: its realm when the issuer names one, else its name in the file.
fn realm(provider: &Provider) -> &str {
    let realm = provider.issuer.as_str().split_once("/realms/").map(|(_, realm)| realm.trim_end_matches('/'));
    realm.filter(|realm| !realm.is_empty() && !realm.contains('/')).unwrap_or(&provider.name)
}

fn token(canvas: &Canvas<'_>, state: &State) -> Option<Strip> {
    let slot = &state.view()?.token;
    let (role, words) = token_state(state, state.selected, slot, canvas.now);
    let line = canvas.strip();
    let line = match (&slot.held, slot.glance()) {
        (Some(held), _) => {
            let line = line.text(Role::Muted, "token ").text(Role::Title, held.token.fingerprint().to_string());
            line.gap(1)
        }
        (None, Slot::Nothing) if state.needs_person(state.selected) => line,
        (None, Slot::Nothing) => return Some(line.text(Role::Muted, "no token")),
        (None, _) => line.text(Role::Muted, "token "),
    };
    Some(line.text(role, words))
}

/// What must not be forgotten while the screen is up.
fn marks(state: &State, empty: &Strip) -> Vec<Strip> {
    let mut marks = Vec::new();
    if state.origin.untrusted.is_some() {
        marks.push("UNTRUSTED FILE".to_owned());
    }
    marks.extend(state.marks().into_iter().map(str::to_owned));
    marks.extend(state.clock_off());
    let mut marks: Vec<Strip> = marks.into_iter().map(|mark| empty.clone().text(Role::MarkBad, mark)).collect();
    match state.origin.problems.len() {
        0 => {}
        1 => marks.push(empty.clone().text(Role::Warn, "1 mistake in the file")),
        many => marks.push(empty.clone().text(Role::Warn, format!("{many} mistakes in the file"))),
    }
    marks
}

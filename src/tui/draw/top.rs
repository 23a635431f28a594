//! The top line: where and who, the token, and the marks that stay.

mod right;

use ratatui::layout::Rect;

use super::lists::{edited, token_state};
use crate::config::Provider;
use crate::tui::action::{Action, is_demo};
use crate::tui::layout::{Arrangement, Panes};
use crate::tui::state::{Pane, Slot, State, Target, Whence};
use crate::tui::text::Strip;
use crate::tui::theme::Role;
use crate::tui::widgets::Canvas;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, panes: &Panes) {
    let columns = usize::from(panes.top.width);
    let compact = panes.arrangement == Arrangement::OneColumn;
    let mut line = canvas.strip().gap(1);
    let environment = environment(state, &canvas.strip());
    let marks = marks(state, &canvas.strip())
        .into_iter()
        .fold(canvas.strip(), |line, mark| line.text(Role::Muted, " │ ").then(mark));
    let pieces = [
        (demo(state, &canvas.strip()), Target::Marks),
        (environment, Target::Action(Action::Environment)),
        (Some(who_or_subject(canvas, state, compact)), Target::Action(Action::PickProfile)),
        (token(canvas, state).filter(|_| !state.inspects()), Target::Pane(Pane::Token)),
    ];
    let mut places = Vec::new();
    for (piece, target) in pieces {
        let Some(piece) = piece else { continue };
        if line.width() > 1 {
            line = line.text(Role::Muted, " │ ");
        }
        places.push((line.width(), line.width() + piece.width(), target));
        line = line.then(piece);
    }
    let right = right::choose(canvas, state, columns, line.width() + marks.width());
    // Whatever has no room, the marks stay.
    let room = columns.saturating_sub(right.strip.width() + 1);
    let (room, right) = if marks.width() > room / 2 { (columns, right::Right::none(canvas)) } else { (room, right) };
    let room = room.saturating_sub(marks.width());
    for (from, to, target) in places {
        note(canvas, panes.top, from, to.min(room), target);
    }
    let line = line.cut(room);
    note(canvas, panes.top, line.width(), line.width() + marks.width(), Target::Marks);
    let start = columns.saturating_sub(right.strip.width());
    for (from, to, action) in right.places {
        note(canvas, panes.top, start + from, start + to, Target::Action(action));
    }
    let line = line.then(marks).flush_right(right.strip, columns);
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

/// On Explore the profile, on Inspect the token under inspection.
fn who_or_subject(canvas: &Canvas<'_>, state: &State, compact: bool) -> Strip {
    if !state.inspects() {
        return who(state, &canvas.strip(), compact);
    }
    let Some(subject) = &state.inspect.subject else { return canvas.strip().text(Role::Muted, "no token") };
    let name = subject.token.fingerprint().to_string();
    let line = canvas.strip().text(Role::Muted, "token ").text(Role::Title, name).gap(1);
    let role = if subject.whence == Whence::Made { Role::MarkBad } else { Role::Muted };
    line.text(role, subject.whence.in_words())
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

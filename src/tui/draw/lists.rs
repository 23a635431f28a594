//! The lists: profiles with their tokens, endpoints with their last answers; and endpoints on one strip.

use std::ops::Range;

use jiff::Timestamp;
use ratatui::layout::Rect;

use super::words::age;
use crate::config::Layer;
use crate::jwt::times::countdown;
use crate::tui::rows;
use crate::tui::state::{Call, CallResult, EndpointView, Pane, Slot, State, Target, TokenSlot};
use crate::tui::text::{Strip, visible, width};
use crate::tui::theme::Role;
use crate::tui::widgets::{Canvas, visible_rows};

/// From this many columns on a list says more than it must.
const ROOMY: usize = 60;

/// A token slot as a list shows it: a symbol, and the time left where there is one.
fn token_mark(state: &State, place: usize, slot: &TokenSlot, now: Timestamp) -> (Role, String) {
    let (role, words) = token_state(state, place, slot, now);
    match slot.glance() {
        Slot::Nothing if state.needs_person(place) => (role, words),
        Slot::Nothing | Slot::Failed(_) => (role, words.chars().take(1).collect()),
        _ => (role, words),
    }
}

/// A token slot in a symbol and a word, with how it is meant.
pub(super) fn token_state(state: &State, place: usize, slot: &TokenSlot, now: Timestamp) -> (Role, String) {
    let held = match slot.glance() {
        // It may take minutes: a growing number would push the names about.
        Slot::Fetching(running) if state.login().is_some_and(|login| login.run == running.run) => {
            return (Role::Accent, "… login".to_owned());
        }
        Slot::Fetching(running) => return (Role::Accent, format!("… {}", age(running.since, now))),
        Slot::Failed(failed) => return (Role::Bad, format!("✖ {}", super::failure::word(&failed.failure))),
        Slot::Nothing if state.needs_person(place) => return (Role::Muted, "○ login".to_owned()),
        Slot::Nothing => return (Role::Muted, "○ none".to_owned()),
        Slot::Held(held) if slot.is_revoked(held) => return (Role::Bad, "✖ revoked".to_owned()),
        Slot::Held(held) => held,
    };
    match held.seconds_left(now) {
        None => (Role::Calm, "● no end".to_owned()),
        Some(left) if left <= 0 => (Role::Warn, "○ ended".to_owned()),
        Some(left) if held.is_due(now) => (Role::Warn, format!("◐ {}", countdown(left))),
        Some(left) => (Role::Calm, format!("● {}", countdown(left))),
    }
}

/// The rows of a list that are seen: those where the last frame began, so that the selected one is among them; or those
/// that the wheel went to.
fn seen_rows(canvas: &mut Canvas<'_>, state: &State, pane: Pane, count: usize, area: Rect) -> Range<usize> {
    let height = usize::from(area.height);
    let shown = match state.scrolled {
        Some((scrolled, top)) if scrolled == pane => {
            let top = top.min(count.saturating_sub(height));
            top..(top + height).min(count)
        }
        _ => visible_rows(count, state.seen.top(pane), rows::cursor(state, pane), height, |_| 1),
    };
    canvas.seen.tops.push((pane, shown.start));
    canvas.seen.heights.push((Some(pane), height));
    shown
}

pub(super) fn profiles(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let columns = usize::from(area.width);
    let marks = state.views.iter().enumerate().map(|(place, view)| token_mark(state, place, &view.token, canvas.now));
    let states: Vec<(Role, String)> = marks.collect();
    let widest = states.iter().map(|(_, words)| width(words)).max().unwrap_or(0).max(6);
    let longest = state.profiles.profiles.iter().map(|profile| width(&visible(&profile.name))).max().unwrap_or(0);
    let names = columns.saturating_sub(2 + 1 + widest + 2).min(longest + 6);
    let shown = seen_rows(canvas, state, Pane::Profiles, state.views.len(), area);
    let rows = state.profiles.profiles.iter().zip(&states).enumerate().skip(shown.start).take(shown.len());
    for (line, (index, (profile, (role, words)))) in rows.enumerate() {
        let here = index == state.selected;
        let name = name_role(here, profile.disabled.is_some());
        let strip = marker(canvas, here, state.focus == Pane::Profiles)
            .cell(name, edited(state, index, &profile.name), names)
            .gap(1);
        let strip = if profile.disabled.is_some() { strip.text(Role::Bad, "✖") } else { strip.text(*role, words) };
        // With the whole screen to itself, the list says more.
        let strip = if columns < ROOMY {
            strip
        } else {
            let strip = strip.to(names + widest + 6).text(Role::Text, &profile.title);
            strip.to(names + widest + 34).text(Role::Muted, profile.client_id.as_str())
        };
        canvas.put(area, line, strip);
        canvas.note(area, line, 1, Target::Row(Pane::Profiles, index));
    }
    if state.views.is_empty() {
        let strip = canvas.strip().gap(2).text(Role::Muted, "none in the file");
        canvas.put(area, 0, strip);
    }
}

/// `Profiles ─ 3/1000`: where one is, when the list is longer than its pane.
pub(super) fn profiles_title(empty: &Strip, state: &State, role: Role, seen: bool) -> Strip {
    let title = empty.clone().text(role, "Profiles");
    if seen {
        return title;
    }
    title.text(Role::Muted, " ─ ").text(Role::Text, format!("{}/{}", state.selected + 1, state.views.len()))
}

/// The profile's name, with a star when it asks for something else than its own, this session.
pub(super) fn edited(state: &State, index: usize, name: &str) -> String {
    let added = state.profiles.profiles.get(index).is_some_and(|profile| profile.place.layer == Layer::Session);
    let edited = added || state.views.get(index).is_some_and(|view| !view.changes.is_empty());
    if edited { format!("{name}*") } else { name.to_owned() }
}

fn name_role(here: bool, disabled: bool) -> Role {
    match (here, disabled) {
        (_, true) => Role::Muted,
        (true, false) => Role::Title,
        (false, false) => Role::Text,
    }
}

/// The two columns before a row: where one is; brighter where the keys go.
fn marker(canvas: &Canvas<'_>, here: bool, focused: bool) -> Strip {
    let role = if focused { Role::Accent } else { Role::Muted };
    canvas.strip().text(role, if here { "▸ " } else { "  " })
}

/// `Endpoints ─ demo :50100`: the APIs' names, and the address when there is one.
pub(super) fn endpoints_title(empty: &Strip, state: &State, role: Role) -> (Strip, Option<Strip>) {
    let title = empty.clone().text(role, "Endpoints");
    let Some(profile) = state.profile() else { return (title, None) };
    let mut apis = state.profiles.apis_of(profile);
    let (Some(api), more) = (apis.next(), apis.count()) else { return (title, None) };
    let port = url::Url::parse(&api.base_url).ok().and_then(|url| url.port());
    let place = port.map_or_else(String::new, |port| format!(" :{port}"));
    let words = if more == 0 { format!("{}{place}", api.name) } else { format!("{} APIs", more + 1) };
    (title.text(Role::Muted, " ─ ").text(Role::Text, words), None)
}

/// What an endpoint's last call came to: the status or a word, and whether that was as expected.
fn last(call: Option<&Call>) -> (Role, String, &'static str) {
    let Some(call) = call else { return (Role::Muted, String::new(), "") };
    if call.running.is_some() {
        return (Role::Accent, "…".to_owned(), "");
    }
    match &call.result {
        None => (Role::Muted, String::new(), ""),
        Some(CallResult::Cancelled { .. }) => (Role::Muted, "esc".to_owned(), ""),
        Some(CallResult::Failed(_)) => (Role::Bad, "✖".to_owned(), ""),
        Some(CallResult::Answered { answer, .. }) => {
            let Some(status) = answer.exchange.status() else { return (Role::Bad, "✖".to_owned(), "") };
            match answer.judgement.as_expected {
                Some(true) => (Role::Calm, status.to_string(), "✔"),
                Some(false) => (Role::Bad, status.to_string(), "✖"),
                None => (Role::Text, status.to_string(), ""),
            }
        }
    }
}

fn last_of<'a>(state: &'a State, endpoint: &EndpointView<'_>) -> Option<&'a Call> {
    state.view()?.call(&endpoint.id())
}

pub(super) fn endpoints(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let columns = usize::from(area.width);
    let endpoints = state.endpoints();
    let method = endpoints.iter().map(|view| width(&visible(&view.endpoint.method))).max().unwrap_or(3).min(7);
    // Marker, number, method, status, mark, and a blank before the divider.
    let fixed = 2 + 2 + method + 1 + 1 + 3 + 1 + 1 + 1;
    let longest = endpoints.iter().map(|view| width(&visible(&view.endpoint.name))).max().unwrap_or(0);
    let names = columns.saturating_sub(fixed).min(longest + 6);
    let shown = seen_rows(canvas, state, Pane::Endpoints, endpoints.len(), area);
    let rows = endpoints.iter().enumerate().skip(shown.start).take(shown.len());
    for (line, (index, view)) in rows.enumerate() {
        let here = index == state.endpoint;
        let (role, words, mark) = last(last_of(state, view));
        let number = if index < 9 { (index + 1).to_string() } else { String::new() };
        let strip = marker(canvas, here, state.focus == Pane::Endpoints)
            .cell(Role::Accent, number, 2)
            .cell(Role::Muted, &view.endpoint.method, method)
            .gap(1)
            .cell(name_role(here, false), &view.endpoint.name, names)
            .gap(1)
            .right(role, words, 3)
            .gap(1)
            .text(role, mark);
        let url = if columns < ROOMY { String::new() } else { view.url() };
        let strip = if url.is_empty() { strip } else { strip.to(fixed + names + 3).text(Role::Muted, url) };
        canvas.put(area, line, strip);
        canvas.note(area, line, 1, Target::Row(Pane::Endpoints, index));
    }
    if endpoints.is_empty() {
        let strip = canvas.strip().gap(2).text(Role::Muted, "none in the file");
        canvas.put(area, 0, strip);
    }
}

/// The endpoints on one line: `1 public 200  2 private 200 ▸3 private-sco… 403`.
pub(super) fn strip(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let endpoints = state.endpoints();
    let pieces: Vec<Strip> =
        endpoints.iter().enumerate().map(|(index, view)| piece(canvas, state, index, view)).collect();
    let columns = usize::from(area.width);
    // Begin so that the selected one is seen.
    let mut first = 0;
    let wide = |from: usize| {
        pieces.iter().skip(from).take(state.endpoint + 1 - from.min(state.endpoint)).map(Strip::width).sum::<usize>()
    };
    while first < state.endpoint && wide(first) > columns {
        first += 1;
    }
    let mut line = canvas.strip();
    for (index, piece) in pieces.into_iter().enumerate().skip(first) {
        let [from, wide] = [line.width(), piece.width()].map(|columns| u16::try_from(columns).unwrap_or(u16::MAX));
        let place = Rect { x: area.x.saturating_add(from), width: wide, ..area }.intersection(area);
        canvas.seen.note(place, Target::Row(Pane::Endpoints, index));
        line = line.then(piece);
    }
    canvas.put(area, 0, line);
}

fn piece(canvas: &Canvas<'_>, state: &State, index: usize, view: &EndpointView<'_>) -> Strip {
    let here = index == state.endpoint;
    let (role, words, mark) = last(last_of(state, view));
    let name = visible(&view.endpoint.name).into_owned();
    let name = crate::tui::text::cut(&name, 16).into_owned();
    let focused = if state.focus == Pane::Endpoints { Role::Accent } else { Role::Muted };
    let strip = canvas.strip().text(focused, if here { "▸" } else { " " });
    let strip = strip.text(Role::Accent, (index + 1).to_string()).gap(1).text(name_role(here, false), name);
    let strip = if words.is_empty() { strip } else { strip.gap(1).text(role, words) };
    let strip = if mark.is_empty() { strip } else { strip.gap(1).text(role, mark) };
    strip.gap(2)
}

//! The Explore screen, drawn from the state. Reads only; the time is handed in.
//!
//! Never imports a runtime, a clock or terminal output. Text reaches the screen through [`super::text`] alone.

mod answer;
mod bottom;
mod coach;
mod failure;
mod inspect;
mod lists;
mod pane;
mod popups;
mod token;
mod top;
mod verdict;
mod words;

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;

use super::layout::{Arrangement, Facts, Panes, SMALLEST, layout};
use super::state::{Pane, Screen, Seen, State, Target};
use super::text::{Strip, visible, width};
use super::theme::{Role, Theme};
use super::widgets::{Canvas, rule};

/// Draws the whole screen.
pub fn draw(state: &State, now: Timestamp, frame: &mut Frame<'_>) {
    _ = paint(state, now, frame);
}

/// Draws the whole screen, and says what stands where.
pub fn paint(state: &State, now: Timestamp, frame: &mut Frame<'_>) -> Seen {
    let screen = frame.area();
    let theme = Theme { colour: state.look.colour, ascii: state.look.ascii, styles: state.look.styles };
    let mut canvas = Canvas::new(frame.buffer_mut(), theme, now);
    let panes = panes(state, screen);
    let mut cursor = None;
    if panes.arrangement == Arrangement::TooSmall {
        too_small(&mut canvas, screen);
    } else {
        match state.screen {
            Screen::Explore => explore(&mut canvas, state, &panes),
            Screen::Inspect => inspect::draw(&mut canvas, state, &panes),
        }
        cursor = bottom::draw(&mut canvas, state, panes.bottom);
        if let Some(popup) = state.popups.last() {
            cursor = popups::draw(&mut canvas, state, screen, popup);
        }
    }
    let seen = std::mem::take(&mut canvas.seen);
    theme.finish(frame.buffer_mut());
    if let Some(position) = cursor {
        frame.set_cursor_position(position);
    }
    seen
}

/// Where the panes stand on a screen of this size.
pub fn panes(state: &State, screen: Rect) -> Panes {
    let names = state.profiles.profiles.iter().map(|profile| profile.name.as_str());
    let endpoints = state.endpoints();
    let names = names.chain(endpoints.iter().map(|view| view.endpoint.name.as_str()));
    let longest_name = names.map(|name| width(&visible(name))).max().unwrap_or(0);
    let zoom = state.zoomed.then_some(state.focus);
    let provider_alone = state.inspect.subject.is_none() && state.inspect.page.is_some();
    layout(screen, Facts { screen: state.screen, zoom, longest_name, provider_alone })
}

fn too_small(canvas: &mut Canvas<'_>, screen: Rect) {
    let (columns, rows) = SMALLEST;
    let halves = [format!("needs {columns} x {rows},"), format!("this is {} x {}", screen.width, screen.height)];
    let whole = halves.join(" ");
    let room = usize::from(screen.width);
    let lines: Vec<String> = if width(&whole) <= room {
        vec![whole]
    } else {
        halves.iter().flat_map(|half| super::text::wrap(half, room)).collect()
    };
    let from = usize::from(screen.height).saturating_sub(lines.len()) / 2;
    for (line, text) in lines.into_iter().enumerate() {
        let gap = usize::from(screen.width).saturating_sub(width(&text)) / 2;
        let strip = canvas.strip().gap(gap).text(Role::Text, text);
        canvas.put(screen, from + line, strip);
    }
}

fn explore(canvas: &mut Canvas<'_>, state: &State, panes: &Panes) {
    for pane in Pane::ALL {
        canvas.seen.note(panes.area(pane), Target::Pane(pane));
    }
    top::draw(canvas, state, panes);
    rules(canvas, state, panes);
    match panes.arrangement {
        Arrangement::OneColumn => lists::strip(canvas, state, panes.endpoints),
        _ => {
            lists::profiles(canvas, state, panes.profiles);
            lists::endpoints(canvas, state, panes.endpoints);
        }
    }
    token::draw(canvas, state, panes.token);
    answer::draw(canvas, state, panes.answer);
}

/// The rules with the panes' titles, and the divider with its junctions.
fn rules(canvas: &mut Canvas<'_>, state: &State, panes: &Panes) {
    let whole = Rect { height: 1, ..panes.top };
    let at = |y: u16| Rect { y, ..whole };
    let (Some(upper), lower) = (panes.upper_rule, panes.lower_rule) else { return };
    match (panes.arrangement, panes.divider, lower) {
        (Arrangement::TwoColumns, Some(divider), Some(lower)) => {
            let left = Rect { width: divider - whole.x, ..whole };
            let right = Rect { x: divider + 1, width: whole.right().saturating_sub(divider + 1), ..whole };
            for (y, junction, names) in
                [(upper, "┬", (Pane::Profiles, Pane::Token)), (lower, "┼", (Pane::Endpoints, Pane::Answer))]
            {
                one_rule(canvas, state, Rect { y, ..left }, names.0, panes);
                put_at(canvas, divider, y, junction);
                one_rule(canvas, state, Rect { y, ..right }, names.1, panes);
            }
            for y in (upper + 1..panes.bottom.y).filter(|y| *y != lower) {
                put_at(canvas, divider, y, "│");
            }
        }
        (Arrangement::OneColumn, _, Some(lower)) => {
            one_rule(canvas, state, at(upper), Pane::Token, panes);
            one_rule(canvas, state, at(lower), Pane::Answer, panes);
        }
        (Arrangement::Zoomed(pane), ..) => one_rule(canvas, state, at(upper), pane, panes),
        _ => {}
    }
}

fn put_at(canvas: &mut Canvas<'_>, x: u16, y: u16, symbol: &str) {
    let strip = canvas.strip().text(Role::Muted, symbol);
    canvas.put(Rect { x, y, width: 1, height: 1 }, 0, strip);
}

fn one_rule(canvas: &mut Canvas<'_>, state: &State, area: Rect, pane: Pane, panes: &Panes) {
    let rows = usize::from(panes.area(pane).height);
    // The title is the pane too.
    canvas.seen.note(area, Target::Pane(pane));
    let role = if state.focus == pane { Role::TitleFocused } else { Role::Title };
    let empty = canvas.strip();
    let (title, remark) = match pane {
        Pane::Profiles => (lists::profiles_title(&empty, state, role, state.views.len() <= rows), None),
        Pane::Endpoints => lists::endpoints_title(&empty, state, role),
        Pane::Token => (token::title(canvas, state, area, role), token::remark(&empty, state)),
        Pane::Answer => answer::title(&empty, state, canvas.now, role, usize::from(area.width)),
        Pane::Inspect(pane) => inspect::title(&empty, state, pane, role),
    };
    let line = rule(&empty, title, remark, usize::from(area.width));
    canvas.put(area, 0, line);
}

/// `key  what it does`, for hints within panes.
fn hint(empty: &Strip, key: &str, does: &str) -> Strip {
    empty.clone().text(Role::Accent, key).gap(2).text(Role::Text, does)
}

#[cfg(test)]
pub(crate) use tests::page as test_page;

#[cfg(test)]
mod tests;

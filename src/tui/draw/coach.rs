//! What an empty answer pane shows: four steps for newcomers, each ticked off once done; after them, what sends.

use ratatui::layout::Rect;

use super::hint;
use crate::tui::action::{self, Action};
use crate::tui::state::State;
use crate::tui::theme::Role;
use crate::tui::widgets::Canvas;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let coach = &state.coach;
    let number = |nth: usize| state.keys.keys(Action::Send).get(nth).map_or("Enter", |key| key.as_ref());
    let next = format!("{}  {}", state.key(Action::NextProfile), number(2));
    let steps = [
        (coach.token, state.key(Action::NewToken), "get a token, and look inside it above"),
        (coach.call, number(1).to_owned(), "call an endpoint that wants one"),
        (coach.refusal, next, "the next profile calls one it may not; see why"),
        (coach.fix, state.key(Action::Fix), "mend that, and send again"),
    ];
    // The steps tell of the demo's own profiles and endpoints.
    let elsewhere = !action::is_demo(state);
    if elsewhere || steps.iter().all(|(done, ..)| *done) || state.endpoints().is_empty() {
        nothing_sent(canvas, state, area);
        return;
    }
    let next = steps.iter().position(|(done, ..)| !done);
    let title = canvas.strip().gap(1).text(Role::Title, "Four keys to begin with");
    let gap = usize::from(area.height > 9);
    canvas.put(area, gap, title);
    for (index, (done, key, does)) in steps.into_iter().enumerate() {
        let (mark, role) = if done { ("✔", Role::Good) } else { ("○", Role::Muted) };
        let text = if done { Role::Muted } else { Role::Text };
        let here = if next == Some(index) { "▸" } else { " " };
        let strip = canvas.strip().gap(1).text(Role::Accent, here).gap(1).text(role, mark).gap(2);
        canvas.put(area, gap + 2 + index, strip.cell(Role::Accent, key, 6).text(text, does));
    }
    let rest = canvas.strip().gap(1).then(hint(&canvas.strip(), &state.key(Action::Help), "every key")).gap(3);
    canvas.put(area, gap + 7, rest.then(hint(&canvas.strip(), &state.keys.palette(), "find an action by its name")));
}

fn nothing_sent(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let Some(view) = state.selected_endpoint() else {
        let strip = canvas.strip().gap(1).text(Role::Muted, "This profile sees no endpoint; profiles.toml names them.");
        canvas.put(area, 0, strip);
        return;
    };
    let key = state.keys.keys(Action::Send).get(state.endpoint).map_or("Enter", |key| key.as_ref());
    let strip = canvas.strip().gap(1).text(Role::Title, "NOT SENT YET").gap(3);
    let does = format!("{} {} as this profile", view.endpoint.method, view.endpoint.path);
    canvas.put(area, 0, strip.then(hint(&canvas.strip(), key, &does)));
}

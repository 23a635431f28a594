//! The bottom line: the keys that apply now, and the last result in words; or the field of a search.

use ratatui::layout::{Position, Rect};

use crate::tui::action::{self, Action};
use crate::tui::rows;
use crate::tui::state::{Level, State, Target};
use crate::tui::text::{Strip, visible, width};
use crate::tui::theme::Role;
use crate::tui::widgets::Canvas;

/// Blanks between keys.
const GAP: usize = 3;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Option<Position> {
    let columns = usize::from(area.width);
    if let Some(find) = &state.find {
        let field = canvas.strip().gap(1).text(Role::Accent, "/").text(Role::Text, find.input.value());
        let before: String = find.input.value().chars().take(find.input.cursor()).collect();
        let column = 2 + width(&visible(&before));
        let hint = canvas.strip().text(Role::Muted, finding(state)).gap(1);
        canvas.put(area, 0, field.flush_right(hint, columns));
        let x = u16::try_from(column).ok().filter(|x| *x < area.width && find.typing);
        return x.map(|x| Position::new(area.x + x, area.y));
    }
    // A message goes before the keys, which help lists as well.
    let result = whole_or_more(canvas, state, result(canvas, state), columns);
    let said = u16::try_from(result.width()).unwrap_or(0);
    let room = columns.saturating_sub(result.width() + if result.width() > 0 { 3 } else { 1 });
    let keys = keys(canvas, state, area, room);
    // Where no key found room, nor does the blank before them.
    let keys = if keys.width() > 1 { keys } else { canvas.strip() };
    canvas.put(area, 0, keys.flush_right(result, columns));
    let right = Rect { x: area.right().saturating_sub(said), width: said, ..area };
    canvas.seen.note(right, Target::Action(Action::Messages));
    None
}

/// The message, which may take the whole line; of one that is longer still the start, and the key that shows all of it.
fn whole_or_more(canvas: &Canvas<'_>, state: &State, message: Strip, columns: usize) -> Strip {
    if message.width() < columns {
        return message;
    }
    let key = state.key(Action::Messages);
    let room = columns.saturating_sub(width(&key) + 4);
    let start = canvas.strip().gap(1).then(message.cut(room));
    start.gap(1).text(Role::Accent, &key).gap(1)
}

/// As many keys as there is room for, the most useful first.
fn keys(canvas: &mut Canvas<'_>, state: &State, area: Rect, room: usize) -> Strip {
    if let Some(prefix) = &state.prefix {
        return canvas
            .strip()
            .gap(1)
            .text(Role::Accent, prefix)
            .text(Role::Muted, " …then the next key; Esc forgets it");
    }
    // A popup names its own keys, and those of the screen below do nothing meanwhile.
    if !state.popups.is_empty() {
        return canvas.strip();
    }
    let mut line = canvas.strip().gap(1);
    for (key, row) in action::footer(state) {
        let gap = if line.width() > 1 { GAP } else { 0 };
        if line.width() + gap + width(&key) + 1 + width(row.label) > room {
            continue;
        }
        let from = line.width() + gap;
        line = line.gap(gap).text(Role::Accent, &key).gap(1).text(Role::Text, row.label);
        note(canvas, area, from, line.width(), row.action);
        if row.action == Action::PreviousProfile {
            // Both keys stand there; the second one is the other way.
            let first = key.split(' ').next().map_or(0, width) + 1;
            note(canvas, area, from + first, line.width(), Action::NextProfile);
        }
    }
    line
}

fn note(canvas: &mut Canvas<'_>, area: Rect, from: usize, to: usize, action: Action) {
    let [from, to] = [from, to].map(|column| u16::try_from(column).unwrap_or(u16::MAX));
    let place = Rect { x: area.x.saturating_add(from), width: to.saturating_sub(from), ..area };
    canvas.seen.note(place.intersection(area), Target::Action(action));
}

fn result(canvas: &Canvas<'_>, state: &State) -> Strip {
    let Some(entry) = state.log.current(canvas.now) else { return canvas.strip() };
    let role = match entry.level {
        Level::Info => Role::Text,
        Level::Done => Role::Good,
        Level::Warning => Role::Warn,
        Level::Error => Role::Bad,
    };
    canvas.strip().text(role, &entry.text).gap(1)
}

/// What the search has come to.
fn finding(state: &State) -> String {
    let Some(find) = &state.find else { return String::new() };
    if find.input.value().is_empty() {
        return "type what to find in this pane; Esc ends it".to_owned();
    }
    let hit = rows::current(state, find.pane).is_some_and(|row| find.hits(&row.cells.join(" ")));
    let count = rows::hits(state, find).map_or_else(String::new, |(place, all)| format!("{place}/{all}   "));
    match (hit, find.typing) {
        (true, true) => format!("{count}Enter keeps it   Esc ends it"),
        (true, false) => {
            let [next, before] = [Action::FindNext, Action::FindPrevious].map(|action| state.key(action));
            format!("{count}{next} next   {before} before   Esc ends it")
        }
        (false, _) => "not found   Esc ends it".to_owned(),
    }
}

//! The palette and the picker: a field, and what it finds, with the letters that were typed marked.

use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use unicode_segmentation::UnicodeSegmentation as _;

use super::fields::field;
use super::lists::hidden;
use crate::tui::draw::lists::token_state;
use crate::tui::rows;
use crate::tui::state::{Found, Hit, Palette, State, Target};
use crate::tui::text::{Strip, cut, width};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Canvas, visible_rows};

/// Names are never wider than this.
const NAME: usize = 32;
/// Blanks between columns.
const GAP: usize = 2;

/// What the popup is about, besides what it finds.
pub(super) struct Look {
    /// Its title.
    pub title: &'static str,
    /// What Enter does.
    pub enter: &'static str,
    /// Columns it would like.
    pub columns: usize,
    /// Whether it is about profiles alone.
    pub profiles: bool,
}

pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    state: &State,
    screen: Rect,
    palette: &Palette,
    look: &Look,
) -> Option<Position> {
    let lines = usize::from(screen.height).saturating_sub(8).min(18);
    let lines = if look.profiles { lines.min(state.views.len() + 2).max(6) } else { lines };
    let title = match (look.profiles, palette.input.value().trim().is_empty()) {
        (true, false) => format!("{}, {} of {}", look.title, palette.hits.len(), state.views.len()),
        (true, true) => format!("{}, {}", look.title, state.views.len()),
        _ => look.title.to_owned(),
    };
    let wants = widgets::Popup { title: &title, keys: look.enter, columns: look.columns, lines };
    let area = widgets::popup(canvas, screen, wants);
    if palette.hits.is_empty() {
        let strip = canvas.strip().text(Role::Muted, "Nothing has such a name.");
        canvas.put(area, 2, strip);
    }
    list(canvas, state, area, palette);
    field(canvas, area, &palette.input)
}

/// The rows that are seen; only they are laid out, however many there are.
fn list(canvas: &mut Canvas<'_>, state: &State, area: Rect, palette: &Palette) {
    let from = 2;
    let height = usize::from(area.height).saturating_sub(from);
    let count = palette.hits.len();
    let cursor = palette.list.cursor.min(count.saturating_sub(1));
    let shown = visible_rows(count, state.seen.popup_top, cursor, height, |_| 1);
    canvas.seen.popup_top = shown.start;
    canvas.seen.heights.push((None, height));
    let found: Vec<(&Found, String, String)> = palette
        .hits
        .get(shown.clone())
        .unwrap_or_default()
        .iter()
        .map(|found| {
            let (name, beside) = rows::found(state, &found.hit);
            (found, name, beside)
        })
        .collect();
    let names = found.iter().map(|(_, name, _)| width(name)).max().unwrap_or(0).clamp(20, NAME);
    let room = usize::from(area.width).saturating_sub(2);
    for (line, (found, name, beside)) in found.into_iter().enumerate() {
        let index = shown.start + line;
        let row = Row { here: index == cursor, found, name: &name, beside: &beside };
        let strip = row.strip(canvas, state, names, room);
        canvas.put(area, from + line, strip);
        canvas.note(area, from + line, 1, Target::PopupRow(index));
    }
    hidden(canvas, area, count - shown.end);
}

/// One thing that was found.
struct Row<'a> {
    here: bool,
    found: &'a Found,
    name: &'a str,
    beside: &'a str,
}

impl Row<'_> {
    fn strip(&self, canvas: &Canvas<'_>, state: &State, names: usize, room: usize) -> Strip {
        let (role, right) = right(canvas, state, &self.found.hit);
        let names = names.min(room / 2);
        let beside = room.saturating_sub(names + GAP);
        let beside = beside.saturating_sub(if right.is_empty() { 0 } else { width(&right) + GAP });
        let letters = self.name.graphemes(true).count();
        let strip = canvas.strip().text(self.role(Role::Accent), if self.here { "▸ " } else { "  " });
        let strip = self.marked(strip, Role::Text, self.name, 0, names);
        let strip = self.blanks(strip, GAP);
        let strip = self.marked(strip, Role::Muted, self.beside, letters + 1, beside);
        let gap = (room + 2).saturating_sub(strip.width() + width(&right));
        self.blanks(strip, gap).text(self.role(role), right)
    }

    /// One look for the whole line under the cursor: a bar of several colours is hard to read.
    fn role(&self, role: Role) -> Role {
        if self.here { Role::Selected } else { role }
    }

    fn blanks(&self, strip: Strip, columns: usize) -> Strip {
        if self.here { strip.text(Role::Selected, " ".repeat(columns)) } else { strip.gap(columns) }
    }

    /// The text in exactly so many columns, with the letters that were typed marked; `from` is the number of its first.
    fn marked(&self, strip: Strip, role: Role, text: &str, from: usize, columns: usize) -> Strip {
        let theme = strip.theme();
        let plain = theme.style(self.role(role));
        let hit = if self.here { plain.add_modifier(Modifier::UNDERLINED) } else { theme.style(Role::Hit) };
        let text = cut(text, columns);
        let mut strip = strip;
        for (place, letter) in text.graphemes(true).enumerate() {
            let typed = u32::try_from(from + place).is_ok_and(|place| self.found.marks.binary_search(&place).is_ok());
            strip = strip.styled(if typed { hit } else { plain }, letter);
        }
        self.blanks(strip, columns - width(&text))
    }
}

/// What stands at the right: the keys of an action, the token of a profile.
fn right(canvas: &Canvas<'_>, state: &State, hit: &Hit) -> (Role, String) {
    match hit {
        Hit::Profile(place) => match state.views.get(*place) {
            Some(view) => token_state(state, *place, &view.token, canvas.now),
            None => (Role::Muted, String::new()),
        },
        other => (Role::Accent, rows::keys_of(state, other)),
    }
}

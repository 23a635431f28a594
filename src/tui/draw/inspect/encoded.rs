//! The token as it travels, its three parts in the three colours that people know, each under its name.

use ratatui::layout::Rect;

use crate::jwt::{Kind, Part};
use crate::tui::body::size;
use crate::tui::draw::pane;
use crate::tui::rows;
use crate::tui::rows::inspect::part_of;
use crate::tui::state::{InspectPane, Pane, State, Subject};
use crate::tui::text::{Strip, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::Canvas;

const PANE: Pane = Pane::Inspect(InspectPane::Encoded);

/// The size.
pub(super) fn remark(empty: &Strip, state: &State) -> Option<Strip> {
    let subject = state.inspect.subject.as_ref()?;
    Some(empty.clone().text(Role::Muted, size(subject.token.raw().reveal().len())))
}

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let Some(subject) = state.inspect.subject.as_ref().filter(|_| !area.is_empty()) else { return };
    let rows = rows::rows(state, PANE, 0..rows::count(state, PANE));
    let room = usize::from(area.width).saturating_sub(2);
    let empty = canvas.strip();
    pane::scrolled(canvas, state, PANE, area, 0, rows.len(), |index, _| {
        let text = rows.get(index).and_then(|row| row.cells.first()).cloned().unwrap_or_default();
        let role = role_of(subject, index);
        let line = |text: String| match index % 2 {
            0 => name(&empty, role, &text),
            _ => empty.clone().text(role, text),
        };
        (wrap(&text, room).into_iter().map(line).collect(), text)
    });
}

/// `header · 113 B`: the name stands out, the size does not.
fn name(empty: &Strip, role: Role, text: &str) -> Strip {
    let (name, rest) = text.split_once(" · ").unwrap_or((text, ""));
    let strip = empty.clone().styled(empty.theme().style(role).patch(empty.theme().style(Role::Title)), name);
    if rest.is_empty() { strip } else { strip.text(Role::Muted, format!(" · {rest}")) }
}

/// The colour of a row.
fn role_of(subject: &Subject, index: usize) -> Role {
    match (subject.token.kind(), part_of(index)) {
        (Kind::Opaque, _) => Role::Text,
        (_, Part::Header) => Role::TokenHeader,
        (_, Part::Payload) => Role::TokenClaims,
        (_, Part::Signature) => Role::TokenSignature,
    }
}

/// The same on one line: the start of each part.
pub(super) fn strip(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let Some(subject) = &state.inspect.subject else { return };
    let line = canvas.strip().gap(1).text(Role::Title, subject.token.fingerprint().to_string()).gap(2);
    let room = usize::from(area.width).saturating_sub(line.width() + 4) / 3;
    let rows = rows::rows(state, PANE, 0..rows::count(state, PANE));
    let parts = rows.iter().enumerate().filter(|(index, _)| index % 2 == 1).take(3);
    let line = parts.fold(line, |line, (index, row)| {
        let text = row.cells.first().map(String::as_str).unwrap_or_default();
        let part = canvas.strip().text(role_of(subject, index), text).cut(room);
        let line = if index > 1 { line.text(Role::Muted, ".") } else { line };
        line.then(part)
    });
    canvas.put(area, 0, line);
}

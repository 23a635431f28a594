//! A token in the making: header above claims, what is wrong with each below it, as much of both as there is room for.

use ratatui::layout::{Position, Rect};
use ratatui_textarea::TextArea;

use crate::jwt::Part;
use crate::tui::state::Maker;
use crate::tui::text::{visible, width};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Canvas};

pub(super) fn draw(canvas: &mut Canvas<'_>, screen: Rect, maker: &Maker) -> Option<Position> {
    let wants = widgets::Popup {
        title: "Make a token: it will be marked MADE HERE",
        keys: "Ctrl-S signs   Tab header, claims   Ctrl-O $EDITOR   Esc closes, keeps it",
        columns: 100,
        lines: usize::from(screen.height),
    };
    let area = widgets::popup(canvas, screen, wants);
    // The header has few members; the claims have the rest.
    let header = u16::try_from(maker.header.lines().len()).unwrap_or(u16::MAX).clamp(3, (area.height / 3).max(1));
    let upper = Rect { height: (header + 2).min(area.height), ..area };
    let lower = Rect { y: area.y + upper.height, height: area.height - upper.height, ..area };
    let first = part(canvas, upper, maker, Part::Header);
    let second = part(canvas, lower, maker, Part::Payload);
    first.or(second)
}

/// Name, text, and what is wrong with it; the cursor where it has the keys.
fn part(canvas: &mut Canvas<'_>, area: Rect, maker: &Maker, part: Part) -> Option<Position> {
    let header = part == Part::Header;
    let (name, text) = if header { ("header", &maker.header) } else { ("claims", &maker.claims) };
    let here = header == maker.in_header;
    let role = if here { Role::TitleFocused } else { Role::Title };
    let line = canvas.strip().text(role, name);
    let line = match maker.problem(part) {
        Some(problem) => line.gap(3).text(Role::Bad, format!("✖ {}", problem.in_words())),
        None if header => line,
        None => line.gap(3).text(Role::Muted, "times may be relative: \"exp\": \"+1h\", \"iat\": \"now\""),
    };
    canvas.put(area, 0, line);
    let inside = Rect { y: area.y + 1, height: area.height.saturating_sub(if header { 2 } else { 1 }), ..area };
    let colour = if header { Role::TokenHeader } else { Role::TokenClaims };
    let cursor = lines(canvas, inside, text, maker.problem(part).map_or(0, |problem| problem.line), colour);
    cursor.filter(|_| here)
}

/// The lines around the cursor, and where on the screen it stands.
fn lines(canvas: &mut Canvas<'_>, area: Rect, text: &TextArea<'_>, wrong: usize, role: Role) -> Option<Position> {
    let cursor = text.cursor();
    let (row, column) = (cursor.0, cursor.1);
    let (height, room) = (usize::from(area.height), usize::from(area.width));
    let top = (row + 1).saturating_sub(height);
    let shown = |line: &str, letters: usize| {
        let start: String = line.chars().take(letters).collect();
        width(&visible(&start))
    };
    let at = text.lines().get(row).map_or(0, |line| shown(line, column));
    let left = (at + 2).saturating_sub(room);
    for (line, content) in text.lines().iter().enumerate().skip(top).take(height) {
        let safe = visible(content);
        let (_, seen) = crate::tui::text::split_at_width(&safe, left);
        let role = if line + 1 == wrong { Role::Bad } else { role };
        let strip = canvas.strip().text(role, seen);
        canvas.put(area, line - top, strip);
    }
    let x = u16::try_from(at.saturating_sub(left)).ok()?;
    let y = u16::try_from(row.saturating_sub(top)).ok()?;
    (y < area.height && x < area.width).then(|| Position::new(area.x + x, area.y + y))
}

//! A popup: a framed area over the panes, with a title and a line of keys.

use ratatui::layout::Rect;

use super::Canvas;
use crate::tui::state::Target;
use crate::tui::text::{Strip, width};
use crate::tui::theme::Role;

/// What a popup looks like, before its content.
#[derive(Clone, Copy, Debug)]
pub struct Popup<'a> {
    /// What it is.
    pub title: &'a str,
    /// The keys that apply in it, in words.
    pub keys: &'a str,
    /// Columns its content would like.
    pub columns: usize,
    /// Lines its content would like.
    pub lines: usize,
}

/// Draws the frame in the middle of the screen, as large as its content wants and the screen allows, and returns the
/// area within. On a tiny screen that area is empty.
pub fn popup(canvas: &mut Canvas<'_>, screen: Rect, wants: Popup<'_>) -> Rect {
    let size = |wanted: usize, most: u16| u16::try_from(wanted).unwrap_or(u16::MAX).min(most);
    let columns = wants.columns.max(width(wants.title) + 2).max(width(wants.keys) + 2);
    let wide = size(columns + 4, screen.width.saturating_sub(2));
    let high = size(wants.lines + 2, screen.height.saturating_sub(2));
    if wide < 6 || high < 3 {
        return Rect::ZERO;
    }
    let area = Rect {
        x: screen.x + (screen.width - wide) / 2,
        // A little above the middle looks like the middle.
        y: screen.y + (screen.height - high) * 2 / 5,
        width: wide,
        height: high,
    };
    canvas.over(screen, Role::Muted);
    // A column of air on either side keeps what lies behind from running into the frame.
    let air = Rect { x: area.x.saturating_sub(1), width: area.width.saturating_add(2), ..area };
    canvas.clear(air.intersection(screen));
    let inner = usize::from(wide) - 2;
    let edge = |canvas: &Canvas<'_>, left: &str, text: Strip, right: &str| {
        let text = text.cut(inner.saturating_sub(3));
        let rest = inner.saturating_sub(text.width() + 1);
        let line = canvas.strip().text(Role::Muted, format!("{left}─"));
        line.then(text).text(Role::Muted, format!("{}{right}", "─".repeat(rest)))
    };
    let title = canvas.strip().text(Role::Title, format!(" {} ", wants.title));
    let keys = canvas.strip().text(Role::Muted, format!(" {} ", wants.keys));
    canvas.seen.note(area, Target::Popup);
    canvas.put(area, 0, edge(canvas, "┌", title, "┐"));
    for line in 1..usize::from(high) - 1 {
        canvas.put(area, line, canvas.strip().text(Role::Muted, "│").gap(inner).text(Role::Muted, "│"));
    }
    let keys = if wants.keys.is_empty() { canvas.strip() } else { keys };
    canvas.put(area, usize::from(high) - 1, edge(canvas, "└", keys, "┘"));
    note_keys(canvas, area, wants.keys);
    Rect { x: area.x + 2, y: area.y + 1, width: wide - 4, height: high - 2 }
}

/// The keys that a frame may name.
const KEYS: [&str; 14] = ["Enter", "Esc", "Ctrl-S", "Ctrl-O", "Tab", "t", "w", "y", "n", "d", "o", "c", "b", "x"];

/// Each key in the frame, with what it does, can be clicked.
fn note_keys(canvas: &mut Canvas<'_>, area: Rect, keys: &str) {
    let mut x = area.x.saturating_add(3);
    for words in keys.split("   ") {
        let wide = u16::try_from(width(words)).unwrap_or(0);
        let first = words.split(' ').next().unwrap_or_default();
        if let Some(key) = KEYS.iter().find(|key| **key == first) {
            let place = Rect { x, y: area.bottom().saturating_sub(1), width: wide, height: 1 }.intersection(area);
            canvas.seen.note(place, Target::Key(key));
        }
        x = x.saturating_add(wide).saturating_add(3);
    }
}

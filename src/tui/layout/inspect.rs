//! How the Inspect screen is divided: the token as it travels beside what is in it, and whether to believe it below, as
//! wide as the screen. In a narrow terminal the token is one line.

use ratatui::layout::Rect;

use super::{Arrangement, Panes, TWO_COLUMNS};

/// Rows the lower pane has at most: a verdict in full.
const TRUST: u16 = 16;

/// Rows that the words on how a token gets here need, while a provider alone is looked at.
const WORDS: u16 = 9;

pub(super) fn layout(screen: Rect, bare: Panes, provider_alone: bool) -> Panes {
    let lower = |rows: u16| {
        let usual = (rows * 2 / 5).min(TRUST);
        if provider_alone { rows.saturating_sub(WORDS).max(usual) } else { usual }
    };
    if screen.width >= TWO_COLUMNS { two_columns(screen, bare, lower) } else { one_column(screen, bare, lower) }
}

/// Top line, rule, token and content, rule, trust, bottom line.
fn two_columns(screen: Rect, bare: Panes, lower: impl Fn(u16) -> u16) -> Panes {
    let left = (screen.width * 27 / 100).clamp(26, 60);
    let rows = screen.height - 4;
    let lower = lower(rows);
    let upper = rows - lower;
    let y = screen.y + 2;
    Panes {
        arrangement: Arrangement::TwoColumns,
        encoded: Rect { x: screen.x, y, width: left, height: upper },
        content: Rect { x: screen.x + left + 1, y, width: screen.width - left - 1, height: upper },
        trust: Rect { y: y + upper + 1, height: lower, ..screen },
        upper_rule: Some(screen.y + 1),
        lower_rule: Some(y + upper),
        divider: Some(screen.x + left),
        ..bare
    }
}

/// Top line, token, rule, content, rule, trust, bottom line.
fn one_column(screen: Rect, bare: Panes, lower: impl Fn(u16) -> u16) -> Panes {
    let rows = screen.height - 5;
    let lower = lower(rows);
    let full = |y: u16, height: u16| Rect { y: screen.y + y, height, ..screen };
    Panes {
        arrangement: Arrangement::OneColumn,
        encoded: full(1, 1),
        content: full(3, rows - lower),
        trust: full(4 + rows - lower, lower),
        upper_rule: Some(screen.y + 2),
        lower_rule: Some(screen.y + 3 + rows - lower),
        ..bare
    }
}

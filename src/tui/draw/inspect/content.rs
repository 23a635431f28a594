//! What is in the token: its tabs, its life, and the rows.

use ratatui::layout::Rect;

use super::nothing;
use crate::jwt::times::countdown;
use crate::jwt::{Kind, TokenUse};
use crate::tui::draw::pane;
use crate::tui::layout::TWO_COLUMNS;
use crate::tui::state::{ContentTab, InspectPane, Pane, State, Subject, Whence};
use crate::tui::text::{Strip, width};
use crate::tui::theme::Role;
use crate::tui::widgets::{Canvas, Column, Table, life_bar, tabs};

const PANE: Pane = Pane::Inspect(InspectPane::Content);

const CLAIMS: &[Column] = &[
    Column::new(Role::Name, 26),
    Column::new(Role::Muted, 4).from(56),
    Column::new(Role::Text, 4_000),
    Column::new(Role::Text, 44).from(80),
    Column::new(Role::Muted, 20).from(110),
];
const DIFFERENCE: &[Column] =
    &[Column::new(Role::Name, 26), Column::new(Role::Text, 4_000), Column::new(Role::Text, 60)];
const PAIRS: &[Column] = &[Column::new(Role::Name, 28), Column::new(Role::Text, 4_000)];

/// What it is: kind, algorithm, whence.
pub(super) fn remark(empty: &Strip, state: &State) -> Option<Strip> {
    let subject = state.inspect.subject.as_ref()?;
    let token = &subject.token;
    let mut words = vec![match token.kind() {
        Kind::Jws(_) if token.token_kind() == TokenUse::Unknown => "signed token".to_owned(),
        Kind::Jws(_) => token.token_kind().to_string(),
        Kind::Jwe => "encrypted token".to_owned(),
        Kind::Opaque => "opaque".to_owned(),
    }];
    words.extend(token.alg().map(str::to_owned));
    words.extend(state.inspect.together.place().map(|(at, count, name)| format!("{at} of {count}, {name}")));
    let made = subject.whence == Whence::Made;
    if !made {
        words.push(subject.whence.in_words());
    }
    let line = empty.clone().text(Role::Muted, words.join(" · "));
    Some(if made { line.text(Role::Muted, " · ").text(Role::Warn, subject.whence.in_words()) } else { line })
}

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    if area.is_empty() {
        return;
    }
    let Some(subject) = &state.inspect.subject else {
        nothing(canvas, state, area);
        return;
    };
    let columns = usize::from(area.width).saturating_sub(2);
    let titles = ContentTab::ALL.map(|tab| (tab.title().to_owned(), tab == state.inspect.content_tab));
    let line = tab_line(canvas, subject, &titles, columns);
    canvas.put(area, 0, line);
    canvas.note_tabs(area, 0, PANE, titles.iter().map(|(title, _)| width(title)));
    let tab = state.inspect.content_tab;
    let wrapped = matches!(tab, ContentTab::Json | ContentTab::Facts);
    pane::table(canvas, state, PANE, area, 1, table(tab, state.size.width >= TWO_COLUMNS), wrapped);
}

fn table(tab: ContentTab, beside: bool) -> Table<'static> {
    match tab {
        ContentTab::Claims => Table { toned: 3, ..Table::of(CLAIMS, 2) },
        ContentTab::Difference if beside => Table { toned: 2, ..Table::of(DIFFERENCE, 1) },
        _ => Table::of(PAIRS, 1),
    }
}

/// The tabs, and on the right how long it lives yet.
fn tab_line(canvas: &Canvas<'_>, subject: &Subject, titles: &[(String, bool)], columns: usize) -> Strip {
    let titles = titles.iter().map(|(title, open)| (title, *open));
    let line = canvas.strip().gap(1).then(tabs(&canvas.strip(), titles));
    let token = &subject.token;
    let Some(end) = token.expires_at() else { return line };
    let left = end.duration_since(canvas.now).as_secs();
    let words = if left > 0 { countdown(left) } else { "ended".to_owned() };
    let role = if left > 0 { Role::Calm } else { Role::Warn };
    let start = token.issued_at().or(token.not_before()).unwrap_or(subject.taken);
    let whole = end.duration_since(start).as_secs();
    let room = columns.saturating_sub(line.width() + words.len() + 4);
    let bar = if room >= 4 { life_bar(&canvas.strip(), left, whole, room.min(18)).gap(1) } else { canvas.strip() };
    line.flush_right(bar.text(role, words), columns + 1)
}

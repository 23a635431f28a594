//! Whether to believe the token: the verdict in a word, and tab by tab what it rests on.

use ratatui::layout::Rect;

use crate::jwt::times::in_words;
use crate::tui::action::Action;
use crate::tui::draw::{hint, pane, words};
use crate::tui::rows::Tone;
use crate::tui::rows::inspect::{headline, origin};
use crate::tui::state::{InspectPane, KeysAt, Pane, State, Subject, TrustTab};
use crate::tui::text::{Strip, width};
use crate::tui::theme::Role;
use crate::tui::widgets::{Canvas, Column, Table, tabs};

pub(super) const TITLE: &str = "Verification";
const PANE: Pane = Pane::Inspect(InspectPane::Trust);

const CHECKS: &[Column] = &[Column::new(Role::Muted, 9), Column::new(Role::Name, 9), Column::new(Role::Text, 4_000)];
const FINDINGS: &[Column] = &[Column::new(Role::Text, 9), Column::new(Role::Text, 4_000)];
const KEYS: &[Column] = &[
    Column::new(Role::Text, 4_000),
    Column::new(Role::Text, 12),
    Column::new(Role::Text, 6),
    Column::new(Role::Muted, 4).from(80),
    Column::new(Role::Muted, 10).from(90),
    Column::new(Role::Text, 10),
    Column::new(Role::Muted, 44).from(110),
];
const PAIRS: &[Column] = &[Column::new(Role::Name, 28), Column::new(Role::Text, 4_000)];

/// Whether the rule has nothing to say at this column: then the divider may end in it.
pub(super) fn leaves_free(state: &State, column: u16) -> bool {
    let said = if state.has_something_to_inspect() { 60 } else { 0 };
    usize::from(column) > width(TITLE) + 4 && column + said < state.size.width
}

/// The leeway, and when the verdict changes.
pub(super) fn remark(empty: &Strip, state: &State) -> Option<Strip> {
    let judged = &state.inspect.subject.as_ref()?.judged;
    let mut words = vec![format!("leeway {} s", judged.policy.leeway)];
    words.extend(judged.verdict.changes_at.map(|at| format!("changes {}", in_words(state.now, at))));
    Some(empty.clone().text(Role::Muted, words.join(" · ")))
}

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let (subject, fetches) = (state.inspect.subject.as_ref(), state.inspect.verifying.is_some());
    if area.is_empty() || !(state.has_something_to_inspect() || fetches) {
        return;
    }
    let columns = usize::from(area.width).saturating_sub(2);
    let head = head(canvas, state, subject, columns);
    canvas.put(area, 0, head);
    if !state.has_something_to_inspect() {
        return;
    }
    let titles = titles(state, subject);
    let line = canvas.strip().gap(1).then(tabs(&canvas.strip(), titles.iter().map(|(title, open)| (title, *open))));
    canvas.put(area, 1, line);
    canvas.note_tabs(area, 1, PANE, titles.iter().map(|(title, _)| width(title)));
    let tab = state.inspect.trust_tab;
    let wrapped = matches!(tab, TrustTab::Verdict | TrustTab::Findings | TrustTab::Provider);
    pane::table(canvas, state, PANE, area, 2, table(tab), wrapped);
}

/// The word, and beside it what the keys were.
fn head(canvas: &Canvas<'_>, state: &State, subject: Option<&Subject>, columns: usize) -> Strip {
    let empty = canvas.strip().gap(1);
    if let Some((_, since)) = state.inspect.verifying {
        let line = empty.text(
            Role::Accent,
            format!(
                "{}… {}",
                if state.inspect.trust_tab == TrustTab::Provider { "asking the provider" } else { "fetching keys" },
                words::age(since, canvas.now)
            ),
        );
        return line.gap(3).then(hint(&canvas.strip(), "Esc", "cancels"));
    }
    let Some(subject) = subject else {
        let issuer = state.inspect.page.as_ref().map(|page| page.asked.to_string()).unwrap_or_default();
        return empty
            .text(Role::Title, issuer)
            .gap(3)
            .text(Role::Muted, "no token here, the provider alone")
            .cut(columns);
    };
    let (word, tone, more) = headline(state, subject);
    let role = match tone {
        Tone::Good => Role::Good,
        Tone::Bad => Role::Bad,
        _ => Role::Warn,
    };
    let line = empty.text(role, word);
    let keys = &subject.judged.keys;
    let more = match keys {
        KeysAt::Fetched { .. } | KeysAt::Here(_) if more.is_empty() => format!("with {}", origin(keys, canvas.now)),
        _ => more,
    };
    let line = line.gap(3).text(Role::Text, more);
    let other = hint(&canvas.strip(), &state.key(Action::VerifyWith), "verifies with other keys");
    let named = !matches!(keys, KeysAt::Nowhere);
    if named && line.width() + other.width() + 3 <= columns { line.flush_right(other, columns + 1) } else { line }
}

fn titles(state: &State, subject: Option<&Subject>) -> [(String, bool); 4] {
    TrustTab::ALL.map(|tab| {
        let count = match tab {
            TrustTab::Findings => subject.map_or(0, |subject| subject.findings.len()),
            TrustTab::Keys => match (&state.inspect.page, &state.inspect.set) {
                (Some(page), _) => page.keys.as_ref().map_or(0, |keys| keys.rows.len()),
                (None, set) => set.as_ref().map_or(0, |set| set.len()),
            },
            _ => 0,
        };
        let title = if count == 0 { tab.title().to_owned() } else { format!("{} {count}", tab.title()) };
        (title, tab == state.inspect.trust_tab)
    })
}

fn table(tab: TrustTab) -> Table<'static> {
    match tab {
        TrustTab::Verdict => Table { toned: 0, ..Table::of(CHECKS, 2) },
        TrustTab::Findings => Table { toned: 0, ..Table::of(FINDINGS, 1) },
        TrustTab::Keys => Table { toned: 5, ..Table::of(KEYS, 0) },
        TrustTab::Provider => Table { toned: 0, ..Table::of(PAIRS, 1) },
    }
}

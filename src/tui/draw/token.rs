//! The token pane: what is known of its truth, its tabs, its life, and what is in it.

use ratatui::layout::Rect;

use super::{failure, hint, pane, verdict, words};
use crate::config::{ExpectToken, Profile};
use crate::engine::{Gained, HeldToken, Which};
use crate::jwt::times::countdown;
use crate::tui::action::Action;
use crate::tui::rows::Row;
use crate::tui::state::{Pane, Slot, State, Target, TokenTab};
use crate::tui::text::{Strip, width};
use crate::tui::theme::Role;
use crate::tui::widgets::{Canvas, Column, Table, life_bar, tabs};

/// From this many columns of the pane on, meanings stand beside values.
const MEANINGS: usize = 84;

/// Columns before the title's first switch: a column of rule, a blank, the name, and a rule between blanks.
const BEFORE_SWITCH: usize = 1 + 1 + 5 + 3;

/// The pane's name, and which of the tokens that came together is shown, when several did: a switch of its own.
pub(super) fn title(canvas: &mut Canvas<'_>, state: &State, area: Rect, role: Role) -> Strip {
    let title = canvas.strip().text(role, "Token");
    let (kinds, shown) = (state.kinds(), state.which());
    if kinds.len() < 2 {
        return title;
    }
    let mut x = BEFORE_SWITCH;
    for which in &kinds {
        let [from, wide] = [x, short(*which).len()].map(|number| u16::try_from(number).unwrap_or(u16::MAX));
        let place = Rect { x: area.x.saturating_add(from), width: wide, ..area }.intersection(area);
        canvas.seen.note(place, Target::Which(*which));
        x += short(*which).len() + 2;
    }
    let switch = tabs(&canvas.strip(), kinds.iter().map(|which| (short(*which), *which == shown)));
    let key = canvas.strip().gap(2).text(Role::Accent, state.key(Action::NextWhich));
    title.text(Role::Muted, " ─ ").then(switch).then(key)
}

fn short(which: Which) -> &'static str {
    match which {
        Which::Access => "access",
        Which::Id => "ID",
        Which::Refresh => "refresh",
    }
}

/// What the rule says on the right: kind of token, algorithm, that it was renewed, which token it replaced.
pub(super) fn remark(empty: &Strip, state: &State) -> Option<Strip> {
    let held = state.shown_token()?;
    // Where there is a switch, it says the kind.
    let kind = (state.kinds().len() < 2).then(|| held.token.token_kind().to_string());
    let mut words: Vec<String> = kind.into_iter().collect();
    words.extend(held.token.alg().map(str::to_owned));
    words.extend(matches!(held.gained, Gained::Renewed { .. }).then(|| "renewed".to_owned()));
    words.extend(held.before.map(|before| format!("before {before}")));
    Some(empty.clone().text(Role::Muted, words.join(" · ")))
}

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let Some(view) = state.view().filter(|_| !area.is_empty()) else { return };
    let columns = usize::from(area.width).saturating_sub(2);
    let mut head = Vec::new();
    match view.token.glance() {
        Slot::Fetching(running) => {
            let logs_in = state.login().is_some_and(|login| login.run == running.run);
            let what = if logs_in { "waiting for a login" } else { "fetching" };
            head.push(fetching(canvas, what, &words::age(running.since, canvas.now)));
        }
        Slot::Failed(failed) => head.push(failure::token_headline(&canvas.strip(), state, failed)),
        Slot::Nothing | Slot::Held(_) => {}
    }
    let refusal_due = state.profile().is_some_and(|profile| profile.expect_token == ExpectToken::Refused);
    let shown = state.shown_token();
    if let Some(held) = &shown {
        if view.token.is_revoked(held) {
            let line = canvas.strip().text(Role::Bad, "REVOKED").gap(3);
            let words = "by you; an API that checks it offline cannot know, try it";
            head.push(line.text(Role::Text, words));
        }
        if refusal_due {
            let line = canvas.strip().text(Role::Bad, "GRANTED, should be refused");
            head.push(line.gap(3).text(Role::Muted, "expect_token = \"refused\""));
        }
        head.extend(verdict::lines(&canvas.strip(), held, canvas.now, columns));
    } else if head.is_empty() {
        head.push(nothing(canvas, state));
    }
    let most = usize::from(area.height).saturating_sub(2).clamp(1, 3);
    let head = head.into_iter().take(most).map(|line| canvas.strip().gap(1).then(line)).collect::<Vec<_>>();
    let line = canvas.put_all(area, 0, head);
    let tab_line = tab_line(canvas, state, shown.as_deref(), columns);
    canvas.put(area, line, tab_line);
    let widths = titles(state, shown.as_deref()).map(|(title, _)| width(&title));
    canvas.note_tabs(area, line, Pane::Token, widths);
    if view.token.held.is_none() && view.token.failed.is_none() && state.token_tab != TokenTab::Exchange {
        facts(canvas, state, area, line + 1);
    } else {
        let there = view.token.held.is_some();
        let words = !there && state.token_tab != TokenTab::Exchange;
        let line = line + 1 + usize::from(words);
        let whole = words || state.token_tab == TokenTab::Raw;
        pane::table(canvas, state, Pane::Token, area, line, table(state.token_tab, there), whole);
    }
}

fn fetching(canvas: &Canvas<'_>, what: &str, age: &str) -> Strip {
    let line = canvas.strip().text(Role::Accent, format!("{what}… {age}"));
    line.gap(3).then(hint(&canvas.strip(), "Esc", "cancels"))
}

fn nothing(canvas: &Canvas<'_>, state: &State) -> Strip {
    let line = canvas.strip().text(Role::Title, "NO TOKEN YET").gap(3);
    match state.profile().and_then(|profile| profile.disabled.as_ref()) {
        Some(reason) => canvas.strip().text(Role::Bad, "MISTAKE IN THE FILE ").text(Role::Text, reason),
        None => {
            let does = if state.needs_person(state.selected) { "log in" } else { "get one" };
            line.then(hint(&canvas.strip(), &state.key(Action::NewToken), does))
        }
    }
}

/// The tabs' titles, with how many there are of what they show, and which is open.
fn titles(state: &State, held: Option<&HeldToken>) -> [(String, bool); 6] {
    TokenTab::ALL.map(|tab| {
        let count = match (tab, held) {
            (TokenTab::Scopes, Some(held)) if held.which != Which::Id => held.scopes().len(),
            (TokenTab::Roles, Some(held)) => held.token.roles().iter().map(|group| group.roles.len()).sum(),
            _ => 0,
        };
        let title = if count == 0 { tab.title().to_owned() } else { format!("{} {count}", tab.title()) };
        (title, tab == state.token_tab)
    })
}

/// The tabs, and on the right the token's life.
fn tab_line(canvas: &Canvas<'_>, state: &State, held: Option<&HeldToken>, columns: usize) -> Strip {
    let line = tabs(&canvas.strip(), titles(state, held));
    let Some(held) = held else { return canvas.strip().gap(1).then(line) };
    // What the answer says of the access token's life says nothing of the others.
    let told = held.which == Which::Access || held.token.expires_at().is_some();
    let left = held.seconds_left(canvas.now).filter(|_| told);
    let (Some(left), Some(whole)) = (left, held.lifetime()) else {
        let no_end = canvas.strip().text(Role::Muted, "no end known");
        return canvas.strip().gap(1).then(line.flush_right(no_end, columns));
    };
    let words = if left > 0 { countdown(left) } else { "ended".to_owned() };
    let room = columns.saturating_sub(line.width() + words.len() + 4);
    let due = held.which == Which::Access && held.is_due(canvas.now);
    let role = if left <= 0 || due { Role::Warn } else { Role::Calm };
    let bar = if room >= 4 { life_bar(&canvas.strip(), left, whole, room.min(18)).gap(1) } else { canvas.strip() };
    canvas.strip().gap(1).then(line.flush_right(bar.text(role, words), columns))
}

const CLAIMS: &[Column] =
    &[Column::new(Role::Name, 20), Column::new(Role::Text, 400), Column::new(Role::Muted, 40).from(MEANINGS)];
const SCOPES: &[Column] = &[
    Column::new(Role::Text, 40),
    Column::new(Role::Text, 12),
    Column::new(Role::Text, 12),
    Column::new(Role::Text, 16),
];
const ROLES: &[Column] = &[Column::new(Role::Text, 60), Column::new(Role::Muted, 60)];
const PAIRS: &[Column] = &[Column::new(Role::Name, 28), Column::new(Role::Text, 4_000)];

/// The three parts of a token, each in its colour.
const PARTS: &[(&str, Role)] =
    &[("header", Role::TokenHeader), ("payload", Role::TokenClaims), ("signature", Role::TokenSignature)];

fn table(tab: TokenTab, held: bool) -> Table<'static> {
    let pairs = Table::of(PAIRS, 1);
    match tab {
        _ if !held => pairs,
        TokenTab::Claims | TokenTab::Header => Table { columns: CLAIMS, toned: 2, ..pairs },
        TokenTab::Scopes => Table { columns: SCOPES, wide: 0, toned: 2, ..pairs },
        TokenTab::Roles => Table { columns: ROLES, wide: 0, ..pairs },
        TokenTab::Raw => Table { by_name: PARTS, ..pairs },
        TokenTab::Exchange => pairs,
    }
}

/// What would be sent: something to look at before the first token.
fn facts(canvas: &mut Canvas<'_>, state: &State, area: Rect, from: usize) {
    let Some(profile) = state.profile() else { return };
    let rows = asked(state, profile);
    let room = usize::from(area.width).saturating_sub(2);
    let measured = table(TokenTab::Exchange, false).measure(&rows, room, canvas.theme);
    let strips: Vec<Strip> = rows.iter().map(|row| canvas.strip().gap(1).then(measured.folded(row))).collect();
    canvas.put_all(area, from + 1, strips);
}

fn asked(state: &State, profile: &Profile) -> Vec<Row> {
    let scopes = state.view().and_then(|view| view.changes.scopes.as_ref()).unwrap_or(&profile.scopes);
    let scopes = if scopes.is_empty() { "none asked for".to_owned() } else { scopes.to_string() };
    let issuer = state.profiles.provider(&profile.provider).map(|provider| provider.issuer.to_string());
    let mut rows = vec![Row::new(["profile", profile.title.as_str()])];
    rows.extend(issuer.map(|issuer| Row::new(["issuer".to_owned(), issuer])));
    rows.push(Row::new(["client".to_owned(), profile.client_id.to_string()]));
    rows.push(Row::new(["grant".to_owned(), format!("{}, auth {}", profile.grant.title(), profile.auth.name())]));
    rows.push(Row::new(["scopes".to_owned(), scopes]));
    rows.extend(profile.audience.as_ref().map(|audience| Row::new(["audience", audience])));
    rows
}

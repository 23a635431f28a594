//! What lies over the panes: help, palette, menus, questions and fields.

mod fields;
mod form;
mod found;
mod lists;
mod login;

use ratatui::layout::{Position, Rect};

use crate::tui::action::copy_menu;
use crate::tui::state::{InspectPopup, Popup, Question, State, Target};
use crate::tui::text::{visible, width, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Canvas};

const PALETTE: found::Look =
    found::Look { title: "Find an action", enter: "Enter does it   Esc closes", columns: 92, profiles: false };
const PROFILES: found::Look =
    found::Look { title: "Profiles", enter: "Enter selects   Esc closes", columns: 76, profiles: true };

/// Draws the popup; returns where the terminal's cursor belongs when it is a field.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, screen: Rect, popup: &Popup) -> Option<Position> {
    match popup {
        Popup::Palette(palette) => return found::draw(canvas, state, screen, palette, &PALETTE),
        Popup::Profiles(picker) => return found::draw(canvas, state, screen, picker, &PROFILES),
        Popup::Scopes(input) => return fields::scopes(canvas, state, screen, input),
        Popup::Form(form) => return form::draw(canvas, screen, form),
        Popup::Login(_) => return login::draw(canvas, state, screen, popup),
        Popup::Mistaken { .. } => login::mistaken(canvas, screen, popup),
        Popup::Copy => copy(canvas, state, screen),
        Popup::Confirm { method, url, host, .. } => confirm(canvas, state, screen, (method, url, host)),
        Popup::Protected(question) => protected(canvas, screen, question),
        Popup::Inspect(InspectPopup::Compare(_) | InspectPopup::Introspect(_)) => {
            lists::draw(canvas, state, screen, popup);
        }
        Popup::Inspect(popup) => return super::inspect::popup(canvas, state, screen, popup),
        list => lists::draw(canvas, state, screen, list),
    }
    None
}

/// One key each; what cannot be copied now is said, not hidden.
fn copy(canvas: &mut Canvas<'_>, state: &State, screen: Rect) {
    let rows: Vec<_> = copy_menu(state).collect();
    let wants = widgets::Popup { title: "Copy", keys: "Esc closes", columns: 76, lines: rows.len() };
    let area = widgets::popup(canvas, screen, wants);
    for (line, row) in rows.into_iter().enumerate() {
        let applies = (row.applies)(state);
        let (key, text) = if applies { (Role::Accent, Role::Text) } else { (Role::Muted, Role::Muted) };
        let strip = canvas.strip().cell(key, state.keys.in_words(row), 3).cell(text, row.label, 18);
        let strip =
            strip.text(Role::Muted, if applies { row.help.trim_start_matches("Inspect: ") } else { "none here" });
        canvas.put(area, line, strip);
        if applies {
            canvas.note(area, line, 1, Target::PopupRow(line));
        }
    }
}

/// What would go into a protected environment for the first time: its name, and each call's method and host.
fn protected(canvas: &mut Canvas<'_>, screen: Rect, question: &Question) {
    let columns = 64.min(usize::from(screen.width).saturating_sub(6));
    let strip = || canvas.strip();
    let mut lines = vec![
        strip().text(Role::MarkBad, format!(" PRODUCTION {} ", question.environment)),
        strip().text(Role::Text, "is protected. For the first time this would be sent there:"),
        strip(),
    ];
    let method = question.calls.iter().map(|call| width(&visible(&call.method))).max().unwrap_or(0);
    let host = question.calls.iter().map(|call| width(&visible(&call.host))).max().unwrap_or(0).min(columns / 2);
    lines.extend(question.calls.iter().map(|call| {
        let line = strip().cell(Role::Warn, &call.method, method).gap(2).cell(Role::Title, &call.host, host).gap(2);
        line.text(Role::Text, &call.words).cut(columns)
    }));
    let title = "Send it into production?";
    let wants = widgets::Popup { title, keys: "Enter sends   Esc does not", columns, lines: lines.len() };
    let area = widgets::popup(canvas, screen, wants);
    // What has no room is counted: nothing is agreed to unseen.
    let height = usize::from(area.height);
    let hidden = (lines.len() + 1).saturating_sub(height).min(lines.len());
    if lines.len() > height && height > 0 {
        lines.truncate(height - 1);
        lines.push(canvas.strip().text(Role::Warn, format!("and {hidden} more")));
    }
    canvas.put_all(area, 0, lines);
}

fn confirm(canvas: &mut Canvas<'_>, state: &State, screen: Rect, (method, url, host): (&str, &str, &str)) {
    let columns = 64.min(usize::from(screen.width).saturating_sub(6));
    let mut lines = vec![
        canvas
            .strip()
            .text(Role::Warn, method)
            .gap(1)
            .text(Role::Text, "may change something at")
            .gap(1)
            .text(Role::Title, host),
        canvas.strip(),
    ];
    if let Some(environment) = state.protected() {
        lines.insert(0, canvas.strip().text(Role::MarkBad, format!(" PRODUCTION {environment} ")));
    }
    lines.extend(wrap(url, columns).into_iter().map(|line| canvas.strip().text(Role::Text, line)));
    let wants = widgets::Popup { title: "Send it?", keys: "Enter sends   Esc does not", columns, lines: lines.len() };
    let area = widgets::popup(canvas, screen, wants);
    canvas.put_all(area, 0, lines);
}

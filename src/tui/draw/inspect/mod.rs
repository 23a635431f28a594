//! The Inspect screen: the token as it travels beside what is in it, and whether to believe it below.

mod consent;
mod content;
mod encoded;
mod maker;
mod trust;

use ratatui::layout::{Position, Rect};

use super::{hint, one_rule, put_at, top};
use crate::tui::action::Action;
use crate::tui::layout::{Arrangement, Panes};
use crate::tui::state::{InspectPane, InspectPopup, Pane, State, Target};
use crate::tui::text::Strip;
use crate::tui::theme::Role;
use crate::tui::widgets::Canvas;

pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, panes: &Panes) {
    for pane in InspectPane::ALL.map(Pane::Inspect) {
        canvas.seen.note(panes.area(pane), Target::Pane(pane));
    }
    top::draw(canvas, state, panes);
    rules(canvas, state, panes);
    match panes.arrangement {
        Arrangement::OneColumn => encoded::strip(canvas, state, panes.encoded),
        _ => encoded::draw(canvas, state, panes.encoded),
    }
    content::draw(canvas, state, panes.content);
    trust::draw(canvas, state, panes.trust);
}

/// The rules with the panes' titles, and the divider between them.
fn rules(canvas: &mut Canvas<'_>, state: &State, panes: &Panes) {
    let whole = Rect { height: 1, ..panes.top };
    let rule = |canvas: &mut Canvas<'_>, area: Rect, pane| one_rule(canvas, state, area, Pane::Inspect(pane), panes);
    let Some(upper) = panes.upper_rule else { return };
    match (panes.arrangement, panes.divider, panes.lower_rule) {
        (Arrangement::TwoColumns, Some(divider), Some(lower)) => {
            let right = whole.right().saturating_sub(divider + 1);
            rule(canvas, Rect { y: upper, width: divider - whole.x, ..whole }, InspectPane::Encoded);
            put_at(canvas, divider, upper, "┬");
            rule(canvas, Rect { y: upper, x: divider + 1, width: right, ..whole }, InspectPane::Content);
            (upper + 1..lower).for_each(|y| put_at(canvas, divider, y, "│"));
            rule(canvas, Rect { y: lower, ..whole }, InspectPane::Trust);
            if trust::leaves_free(state, divider - whole.x) {
                put_at(canvas, divider, lower, "┴");
            }
        }
        (Arrangement::OneColumn, _, Some(lower)) => {
            rule(canvas, Rect { y: upper, ..whole }, InspectPane::Content);
            rule(canvas, Rect { y: lower, ..whole }, InspectPane::Trust);
        }
        (Arrangement::Zoomed(Pane::Inspect(pane)), ..) => rule(canvas, Rect { y: upper, ..whole }, pane),
        _ => {}
    }
}

/// What the rule says on the left and on the right.
pub(super) fn title(empty: &Strip, state: &State, pane: InspectPane, role: Role) -> (Strip, Option<Strip>) {
    match pane {
        InspectPane::Encoded => (empty.clone().text(role, "Encoded"), encoded::remark(empty, state)),
        InspectPane::Content => (empty.clone().text(role, "Decoded"), content::remark(empty, state)),
        InspectPane::Trust => (empty.clone().text(role, trust::TITLE), trust::remark(empty, state)),
    }
}

/// A popup of this screen.
pub(super) fn popup(canvas: &mut Canvas<'_>, _state: &State, screen: Rect, popup: &InspectPopup) -> Option<Position> {
    match popup {
        InspectPopup::Consent(consent) => consent::draw(canvas, screen, consent),
        InspectPopup::Compare(_) | InspectPopup::Introspect(_) => {}
        InspectPopup::Maker(maker) => return maker::draw(canvas, screen, maker),
    }
    None
}

/// What there is to do while no token is here.
fn nothing(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let empty = canvas.strip();
    let key = |action| state.key(action);
    let lines = [
        empty.clone().text(Role::Title, "NO TOKEN HERE YET"),
        empty.clone(),
        empty
            .clone()
            .text(Role::Text, "Paste one: with Bearer, quotes, line breaks or a whole curl command around it."),
        hint(&empty, &key(Action::PutIn), "types one, or reads @FILE"),
        hint(&empty, &key(Action::InspectToken), "takes the selected profile's"),
        hint(&empty, &key(Action::AboutProvider), "looks at its provider: document and keys"),
        empty.clone(),
        empty.clone().text(Role::Muted, "Nothing leaves this machine: keys are fetched only when you ask for it."),
    ];
    // Where there is little room, air is what is given up.
    let short = usize::from(area.height) < lines.len();
    let lines = lines.into_iter().filter(|line| !short || line.width() > 0);
    let lines = lines.map(|line| canvas.strip().gap(1).then(line)).collect::<Vec<_>>();
    canvas.put_all(area, 0, lines);
}

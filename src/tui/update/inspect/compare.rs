//! What the token is compared with: the one before, and the tokens of the profiles.

use std::sync::Arc;

use super::take::of_hand;
use crate::engine::HeldToken;
use crate::tui::state::{Compare, ContentTab, InspectPane, InspectPopup, Level, List, Pane, Popup, State, Subject};

/// `=`: the tokens there are.
pub(in crate::tui::update) fn choose(state: &mut State) {
    let Some(subject) = &state.inspect.subject else { return };
    let mut choices: Vec<(String, Subject)> = Vec::new();
    let mut offer = |words: String, other: Subject| {
        let known = choices.iter().any(|(_, known)| known.token.raw() == other.token.raw());
        if other.token.raw() != subject.token.raw() && !known {
            choices.push((format!("{}  {words}", other.token.fingerprint()), other));
        }
    };
    if let Some(before) = &state.inspect.before {
        offer(format!("the one before, {}", before.whence.in_words()), before.clone());
    }
    for view in &state.views {
        let tokens: [(Option<&Arc<HeldToken>>, &str); 2] =
            [(view.token.held.as_ref(), "the token of"), (view.token.previous.as_ref(), "the one before of")];
        for (held, words) in tokens.into_iter().filter_map(|(held, words)| Some((held?, words))) {
            offer(format!("{words} {}", view.name), of_hand(state, held));
        }
    }
    if choices.is_empty() {
        let words = "There is no other token: paste another one, or get one on the Explore screen.";
        state.say(Level::Info, words);
        return;
    }
    state.popups.push(Popup::Inspect(InspectPopup::Compare(Compare { list: List::default(), choices })));
}

/// Enter: this one it is.
pub(super) fn chosen(state: &mut State, compare: Compare) {
    let Some((_, other)) = compare.choices.into_iter().nth(compare.list.cursor) else { return };
    state.inspect.other = Some(other);
    state.inspect.compare();
    state.inspect.content_tab = ContentTab::Difference;
    state.inspect.view_mut(InspectPane::Content).reset();
    state.focus = Pane::Inspect(InspectPane::Content);
}

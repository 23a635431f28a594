//! What the token is compared with: the one before, those that came with it, the tokens of the profiles, and what its
//! profile asked for.

use std::sync::Arc;

use super::take::of_hand;
use crate::engine::{HeldToken, asked_and_granted};
use crate::jwt::Token;
use crate::tui::state::{
    Against, ContentTab, InspectPane, InspectPopup, Level, Menu, Pane, Popup, State, Subject, Whence,
};

/// `=`: the tokens there are.
pub(in crate::tui::update) fn choose(state: &mut State) {
    let Some(subject) = &state.inspect.subject else { return };
    let mut choices: Vec<(String, Against)> = Vec::new();
    let mut known = vec![subject.token.raw().clone()];
    let mut offer = |words: String, other: Subject| {
        if !known.contains(other.token.raw()) {
            known.push(other.token.raw().clone());
            choices.push((format!("{}  {words}", other.token.fingerprint()), Against::Token(Box::new(other))));
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
    for found in &state.inspect.together.tokens {
        let words = format!("pasted with it as {}", found.name.unwrap_or("token"));
        offer(words, Subject::new(Token::of(&found.token), Whence::Pasted, state.now));
    }
    choices.extend(asked(state, subject));
    if choices.is_empty() {
        let words = "There is no other token: paste another one, or get one on the Explore screen.";
        state.say(Level::Info, words);
        return;
    }
    state.popups.push(Popup::Inspect(InspectPopup::Compare(Menu::new(choices))));
}

/// What its profile asked for, when the token is the one that a profile has in hand.
fn asked(state: &State, subject: &Subject) -> Option<(String, Against)> {
    let mut held = state.views.iter().filter_map(|view| view.token.held.as_ref());
    let held = held.find(|held| held.token.raw() == subject.token.raw())?;
    let differences = asked_and_granted(held, &state.profiles)?;
    Some((format!("what {} asked for", held.profile), Against::Asked { profile: held.profile.clone(), differences }))
}

/// Enter: this one it is.
pub(super) fn chosen(state: &mut State, menu: Menu<Against>) {
    let Some(against) = menu.chosen() else { return };
    state.inspect.against = Some(against);
    state.inspect.compare();
    state.inspect.content_tab = ContentTab::Difference;
    state.inspect.view_mut(InspectPane::Content).reset();
    state.focus = Pane::Inspect(InspectPane::Content);
}

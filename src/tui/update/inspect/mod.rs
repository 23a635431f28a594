//! The Inspect screen: getting there, taking tokens in, looking at them, holding them against keys.

mod compare;
mod copy;
mod explain;
mod introspect;
mod make;
mod provider;
mod take;
mod verify;

use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{
    ContentTab, Form, InspectForm, InspectPane, InspectPopup, Level, Pane, Popup, Purpose, Screen, State, Times,
    TrustTab,
};

pub(super) use compare::choose as compare_with;
pub(super) use copy::copy;
pub(super) use explain::explain;
pub(super) use introspect::{ask as introspect, choose as introspect_by};
pub(super) use make::{closed as draft_closed, edited, key as maker_key, open as make, paste as paste_into, signed};
pub(super) use provider::{ask as about_provider, came as page_came};
pub(super) use take::{next as next_together, pasted, put_in, read, take_in_hand};
pub(super) use verify::{choose_keys, judged};

/// Goes to this screen. Each keeps the pane that had the keys.
pub(super) fn go_to(state: &mut State, screen: Screen) {
    state.zoomed = false;
    if state.screen == screen {
        return;
    }
    state.screen = screen;
    std::mem::swap(&mut state.focus, &mut state.elsewhere);
    (state.find, state.revealed_until, state.scrolled) = (None, None, None);
}

/// The tab beside the pane's open one.
pub(super) fn tab(state: &mut State, pane: InspectPane, forward: bool) {
    let step = |place: usize, count: usize| if forward { (place + 1).min(count - 1) } else { place.saturating_sub(1) };
    let place = match pane {
        InspectPane::Encoded => return,
        InspectPane::Content => {
            let at = ContentTab::ALL.iter().position(|tab| *tab == state.inspect.content_tab);
            step(at.unwrap_or(0), ContentTab::ALL.len())
        }
        InspectPane::Trust => {
            let at = TrustTab::ALL.iter().position(|tab| *tab == state.inspect.trust_tab);
            step(at.unwrap_or(0), TrustTab::ALL.len())
        }
    };
    tab_at(state, pane, place);
}

/// The pane's tab at this place.
pub(super) fn tab_at(state: &mut State, pane: InspectPane, place: usize) {
    match pane {
        InspectPane::Encoded => return,
        InspectPane::Content => match ContentTab::ALL.get(place) {
            Some(tab) if *tab != state.inspect.content_tab => state.inspect.content_tab = *tab,
            _ => return,
        },
        InspectPane::Trust => match TrustTab::ALL.get(place) {
            Some(tab) if *tab != state.inspect.trust_tab => state.inspect.trust_tab = *tab,
            _ => return,
        },
    }
    state.inspect.view_mut(pane).reset();
}

/// `C`: times in the next form.
pub(super) fn next_times(state: &mut State) {
    let at = Times::ALL.iter().position(|times| *times == state.inspect.times).unwrap_or(0);
    let next = Times::ALL.get((at + 1) % Times::ALL.len()).copied().unwrap_or_default();
    state.inspect.times = next;
    state.say(Level::Info, format!("Times are shown {}.", next.in_words()));
}

/// What holds after every message: the verdict goes with the time.
pub(super) fn settle(state: &mut State) {
    if state.inspects()
        && let Some(subject) = &mut state.inspect.subject
    {
        subject.judged.refresh(&subject.token, state.now);
    }
}

/// Esc: the fetch that is under way.
pub(super) fn cancel(state: &mut State) -> Vec<Effect> {
    let Some((run, _)) = state.inspect.verifying.take() else { return Vec::new() };
    state.say(Level::Info, "Cancelled; the verdict is as it was.");
    vec![Effect::Cancel(run)]
}

/// Drops the fetch that is under way, and says nothing.
pub(super) fn cancel_quietly(state: &mut State) -> Vec<Effect> {
    state.inspect.verifying.take().map(|(run, _)| Effect::Cancel(run)).into_iter().collect()
}

/// Enter in a popup of this screen.
pub(super) fn enter(state: &mut State, popup: InspectPopup) -> Vec<Effect> {
    match popup {
        InspectPopup::Consent(consent) => verify::agreed(state, consent),
        // Enter is text there.
        InspectPopup::Maker(maker) => {
            state.popups.push(Popup::Inspect(InspectPopup::Maker(maker)));
            Vec::new()
        }
        InspectPopup::Compare(menu) => {
            compare::chosen(state, menu);
            Vec::new()
        }
        InspectPopup::Introspect(menu) => menu.chosen().map_or_else(Vec::new, |profile| introspect(state, profile)),
    }
}

/// A form of this screen was submitted.
pub(super) fn submitted(state: &mut State, form: Form, which: &InspectForm) -> Vec<Effect> {
    match which {
        InspectForm::PutIn => take::submitted(state, form),
        InspectForm::Keys => verify::submitted(state, form),
        InspectForm::Sign => make::submitted(state, form),
    }
}

/// What the form named could not be read: it comes back with what was typed, and why.
pub(super) fn failed(state: &mut State, why: String) {
    state.say(Level::Error, why.clone());
    let Some(mut form) = state.inspect.asked.take() else { return };
    let field = match form.purpose {
        Purpose::Inspect(InspectForm::Keys) => verify::FIELDS.get(form.chosen("source")).copied(),
        Purpose::Inspect(InspectForm::Sign) => make::FIELDS.get(form.chosen("source")).copied(),
        _ => Some("token"),
    };
    form.fail(field.unwrap_or("source"), why);
    // Something else was begun meanwhile: then the form would be in the way.
    if matches!(state.popups.last(), None | Some(Popup::Inspect(InspectPopup::Maker(_)))) {
        state.popups.push(Popup::Form(form));
    }
}

/// Fields that depend on others follow them.
pub(super) fn after_edit(form: &mut Form) {
    match form.purpose {
        Purpose::Inspect(InspectForm::Keys) => verify::after_edit(form),
        Purpose::Inspect(InspectForm::Sign) => make::after_edit(form),
        _ => {}
    }
}

/// Why the action does nothing on this screen; none when that needs no words.
pub(super) fn why_not(state: &State, action: Action) -> Option<String> {
    let key = |action| state.key(action);
    Some(match action {
        Action::Up | Action::Down | Action::Left | Action::Right | Action::Cancel => return None,
        Action::InspectToken => format!(
            "{} has no token yet: {} goes to Explore, {} gets one.",
            state.view().map_or("The profile", |view| view.name.as_str()),
            key(Action::Explore),
            key(Action::NewToken)
        ),
        Action::Undo | Action::Redo | Action::Save | Action::Environment => "There is nothing of that here.".to_owned(),
        Action::FindNext | Action::FindPrevious if state.subject().is_some() => {
            format!("Nothing is looked for: {} finds text.", key(Action::Find))
        }
        Action::Reveal
        | Action::Copy
        | Action::CopyToken
        | Action::CopyHeader
        | Action::CopyClaims
        | Action::CopyFile
        | Action::Find
        | Action::FindNext
        | Action::FindPrevious
        | Action::Explain
        | Action::Open
        | Action::Times
        | Action::CompareWith
        | Action::CopyPem
        | Action::CopyJwk
        | Action::CopySigner
        | Action::WriteSigner
        | Action::Introspect
        | Action::VerifyWith
            if state.subject().is_none() =>
        {
            format!("There is no token here yet: paste one, or {} puts one in.", key(Action::PutIn))
        }
        Action::CopySigner | Action::WriteSigner => {
            format!("Nothing was signed here yet: {} makes a token.", key(Action::MakeToken))
        }
        Action::CopyPem | Action::CopyJwk => {
            "There is no public key under the cursor, and none that the token was held against.".to_owned()
        }
        Action::NextWhich => "One token came alone.".to_owned(),
        Action::Revoke | Action::UserInfo => {
            "That is for the token of a profile, the one that is in hand there.".to_owned()
        }
        Action::AboutProvider => {
            "There is neither a token here nor a profile whose provider could be asked.".to_owned()
        }
        _ => format!("That is done on the Explore screen: {} goes there.", key(Action::Explore)),
    })
}

/// Where the keys go on this screen.
pub(super) fn pane(state: &State) -> Option<InspectPane> {
    match state.focus {
        Pane::Inspect(pane) => Some(pane),
        _ => None,
    }
}

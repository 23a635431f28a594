//! Tokens come in: pasted, typed, out of a file, or the one in hand. None of this causes a request.

use super::provider;
use crate::engine::HeldToken;
use crate::exchange::Secret;
use crate::jwt::{Kind, Token, not_a_token, tokens_in};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{
    Field, Form, InspectForm, Judged, KeysAt, Level, Popup, Purpose, Screen, State, Subject, Together, TrustTab, Whence,
};

/// `P`: a field for a token or a file.
pub(in crate::tui::update) fn put_in(state: &mut State) {
    let form =
        Form::new(Purpose::Inspect(InspectForm::PutIn), "Another token", "looks into it")
            .field(Field::text("token", "Token", "").hint(
            "A token with whatever stands around it, or @FILE; or an issuer's address, to see its document and keys.",
        ));
    state.popups.push(Popup::Form(form));
}

/// The field was submitted.
pub(super) fn submitted(state: &mut State, mut form: Form) -> Vec<Effect> {
    let text = form.text("token").to_owned();
    if text.is_empty() {
        form.fail("token", "There is nothing in it yet.");
        state.popups.push(Popup::Form(form));
        return Vec::new();
    }
    match text.strip_prefix('@') {
        Some(path) => {
            let path = path.trim().into();
            state.inspect.asked = Some(form);
            vec![Effect::ReadToken { path }]
        }
        None => match provider::address_in(&text) {
            Some(issuer) => provider::of_issuer(state, issuer),
            None => {
                take(state, &text, Whence::Pasted);
                Vec::new()
            }
        },
    }
}

/// A file was read.
pub(in crate::tui::update) fn read(state: &mut State, path: &str, text: Result<Secret, String>) {
    match text {
        Ok(text) => {
            state.inspect.asked = None;
            take(state, text.reveal(), Whence::File(path.to_owned()));
        }
        Err(why) => super::failed(state, format!("{path} could not be read: {why}.")),
    }
}

/// Text was pasted onto the screen. An address asks before it is asked: a paste causes no request.
pub(in crate::tui::update) fn pasted(state: &mut State, text: &str) {
    match provider::address_in(text) {
        Some(issuer) => provider::consent(state, issuer),
        None => take(state, text, Whence::Pasted),
    }
}

/// Takes text in as a token, and says what it is and what was taken off.
fn take(state: &mut State, text: &str, whence: Whence) {
    // What is no token does not take the place of one, and is not offered to be sent anywhere.
    if let Some(what) = not_a_token(text) {
        state.say(Level::Warning, format!("That is {what}: the token here stays as it was."));
        return;
    }
    let token = Token::read(text);
    if token.raw().is_empty() {
        state.say(Level::Info, "There is nothing in it that could be a token.");
        return;
    }
    let whence = if state.inspect.made.contains(token.raw()) { Whence::Made } else { whence };
    let (kind, level) = match token.kind() {
        Kind::Jws(_) => ("a signed token", Level::Done),
        Kind::Jwe => ("an encrypted token", Level::Warning),
        Kind::Opaque => ("no JWT", Level::Warning),
    };
    // That there are others is said by itself.
    let alone = |what: &String| what.split_once("; ").map_or(what.as_str(), |(what, _)| what).to_owned();
    let off = match token.cleaned() {
        [] => String::new(),
        some => format!("; taken off: {}", some.iter().map(alone).collect::<Vec<_>>().join(", ")),
    };
    let from = match &whence {
        Whence::File(path) => format!(" from {path}"),
        _ => String::new(),
    };
    let made = if whence == Whence::Made { ", MADE HERE" } else { "" };
    let together = Together { tokens: tokens_in(text), at: 0 };
    let first = together.place().map_or_else(String::new, |(_, count, _)| {
        format!(", the first of {count} ({} shows the next)", state.key(Action::NextWhich))
    });
    let words = format!("{}{from} is {kind}{made}{first}{off}.", token.fingerprint());
    let subject = Subject::new(token, whence, state.now);
    put(state, subject);
    state.inspect.together = together;
    state.say(level, words);
}

/// `w`: the next of several tokens that came together.
pub(in crate::tui::update) fn next(state: &mut State) {
    let Together { tokens, at } = std::mem::take(&mut state.inspect.together);
    let at = (at + 1) % tokens.len().max(1);
    let Some(found) = tokens.get(at) else { return };
    let token = Token::of(&found.token);
    let whence = if state.inspect.made.contains(token.raw()) { Whence::Made } else { Whence::Pasted };
    put(state, Subject::new(token, whence, state.now));
    state.inspect.together = Together { tokens, at };
}

/// Puts the token under inspection.
pub(super) fn put(state: &mut State, subject: Subject) {
    state.inspect.take(subject);
    state.revealed_until = None;
    if matches!(state.inspect.trust_tab, TrustTab::Keys | TrustTab::Provider) {
        state.inspect.trust_tab = TrustTab::Verdict;
    }
}

/// `J`: the token in hand, with the verdict it has already.
pub(in crate::tui::update) fn take_in_hand(state: &mut State) {
    let Some(held) = state.shown_token() else { return };
    super::go_to(state, Screen::Inspect);
    let same = state.inspect.subject.as_ref().is_some_and(|subject| subject.token.raw() == held.token.raw());
    if same {
        return;
    }
    let subject = of_hand(state, &held);
    put(state, subject);
    let words = format!("{}, the token of {}.", held.token.fingerprint(), held.profile);
    state.say(Level::Done, words);
}

/// The token in hand as a subject: its provider's keys have judged it when it came.
pub(super) fn of_hand(state: &State, held: &HeldToken) -> Subject {
    let token = held.token.clone();
    let mut subject = Subject::new(token, Whence::Profile(held.profile.clone()), state.now);
    if let Some(at) = held.keys_fetched {
        let keys = KeysAt::Fetched { from: format!("the keys of {}", held.provider), at };
        let policy = policy_of(state, held);
        subject.judged = Judged::of(held.verdict.clone(), keys, policy, held.received);
        subject.judged.refresh(&subject.token, state.now);
    }
    subject
}

/// What the token in hand was held against when it came.
fn policy_of(state: &State, held: &HeldToken) -> crate::jwt::Policy {
    let issuer = state.profiles.provider(&held.provider).map(|provider| provider.issuer.to_string());
    let profile = state.profiles.profile(&held.profile);
    let audience = profile.and_then(|profile| state.profiles.apis_of(profile).find_map(|api| api.audience.clone()));
    crate::jwt::Policy { issuer, audience, ..Default::default() }
}

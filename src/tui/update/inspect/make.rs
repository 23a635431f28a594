//! Making a token: header and claims are edited, a key is chosen, and what comes out is marked as made here.

use std::sync::Arc;

use crossterm::event::KeyEvent;

use super::take;
use crate::engine::SignWith;
use crate::exchange::Secret;
use crate::jwt::{Draft, KeySource, Policy, SigningKey, SigningKeyError, Token, algorithms, lint_keys, verify};
use crate::tui::effect::{Effect, SignBy};
use crate::tui::state::{
    Field, Form, InspectForm, InspectPopup, Judged, KeysAt, Level, MAKER_LONGEST, Maker, Popup, Purpose, RunId, Screen,
    Signed, State, Subject, Whence,
};

/// What can sign, in the order of the form.
const SIGNERS: [&str; 4] = ["new key", "key file", "secret", "the last key"];
/// The field of each; the last has none.
pub(super) const FIELDS: [&str; 3] = ["alg", "file", "secret"];

/// `S`: header and claims of the token under inspection, to be changed; what was being edited goes on.
pub(in crate::tui::update) fn open(state: &mut State) {
    let of_token = || state.inspect.subject.as_ref().and_then(|subject| Draft::of_token(&subject.token));
    let maker =
        state.inspect.draft.take().unwrap_or_else(|| of_token().map_or_else(Maker::fresh, |draft| Maker::of(&draft)));
    state.popups.push(Popup::Inspect(InspectPopup::Maker(Box::new(maker))));
}

/// A key while it is edited. Esc keeps the draft for the next time.
pub(in crate::tui::update) fn key(state: &mut State, key: &KeyEvent, name: &str) -> Vec<Effect> {
    let Some(Popup::Inspect(InspectPopup::Maker(maker))) = state.popups.last_mut() else { return Vec::new() };
    match name {
        "Ctrl-S" if maker.problems.is_empty() => choose_key(state),
        "Ctrl-S" => {
            let words = maker.problems.first().map(crate::jwt::DraftProblem::in_words).unwrap_or_default();
            state.say(Level::Warning, format!("It cannot be signed yet: {words}."));
        }
        "Ctrl-O" => {
            let text = Secret::new(maker.area().lines().join("\n"));
            return vec![Effect::EditText { text }];
        }
        "Tab" | "Shift-Tab" => maker.in_header = !maker.in_header,
        _ => {
            let full = maker.area().lines().iter().map(String::len).sum::<usize>() >= MAKER_LONGEST;
            if !full || matches!(name, "Backspace" | "Delete") || name.len() > 1 && !name.starts_with("Enter") {
                maker.area().input(*key);
                maker.look();
            }
        }
    }
    Vec::new()
}

/// The popup was closed: the draft stays for the next time.
pub(in crate::tui::update) fn closed(state: &mut State, maker: Maker) {
    state.inspect.draft = Some(maker);
}

/// Pasted text goes in at the cursor, with its lines.
pub(in crate::tui::update) fn paste(maker: &mut Maker, text: &str) {
    let held = maker.area().lines().iter().map(String::len).sum::<usize>();
    if held + text.len() <= MAKER_LONGEST {
        let text: String = text.replace("\r\n", "\n").replace('\r', "\n");
        maker.area().insert_str(text.chars().filter(|c| *c == '\n' || !c.is_control()).collect::<String>());
        maker.look();
    }
}

/// The editor was closed.
pub(in crate::tui::update) fn edited(state: &mut State, text: &str) {
    if let Some(Popup::Inspect(InspectPopup::Maker(maker))) = state.popups.last_mut() {
        maker.replace(text);
    }
}

/// What to sign with.
fn choose_key(state: &mut State) {
    let names: Vec<&str> = algorithms().collect();
    let Some(Popup::Inspect(InspectPopup::Maker(maker))) = state.popups.last() else { return };
    let header: Option<serde_json::Value> = serde_json::from_str(&maker.draft().header).ok();
    let wanted = header.as_ref().and_then(|header| header.get("alg")?.as_str());
    let at = |wanted: &str| names.iter().position(|name| *name == wanted);
    let chosen = wanted.and_then(at).or_else(|| at("ES256")).unwrap_or(0);
    let again = state.inspect.signer.is_some();
    let signers = if again { SIGNERS.as_slice() } else { SIGNERS.get(..3).unwrap_or(&SIGNERS) };
    let form = Form::new(Purpose::Inspect(InspectForm::Sign), "Sign with", "signs")
        .field(Field::choice("source", "Key", signers, if again { 3 } else { 0 }).hint("Left and right choose."))
        .field(
            Field::choice("alg", "Algorithm", &names, chosen).hint("The header's alg and kid become those of the key."),
        )
        .field(Field::text("file", "File", "").hint("A private key: PEM, or a JWK; the file it is in, or pasted."))
        .field(Field::masked("secret", "Secret").hint("For HS256, HS384, HS512; b64:…, hex:…, or @FILE."));
    let mut form = form;
    after_edit(&mut form);
    state.popups.push(Popup::Form(form));
}

/// Only the chosen signer's field is there.
pub(super) fn after_edit(form: &mut Form) {
    let chosen = form.chosen("source");
    for (place, name) in FIELDS.into_iter().enumerate() {
        if let Some(field) = form.get_mut(name) {
            field.visible = place == chosen;
        }
    }
}

/// The form was submitted.
pub(super) fn submitted(state: &mut State, mut form: Form) -> Vec<Effect> {
    let empty = "There is nothing in it yet.";
    let alg = algorithms().nth(form.chosen("alg")).unwrap_or("ES256").to_owned();
    let by = match form.chosen("source") {
        0 => Ok(SignBy::With(SignWith::New(alg))),
        1 if form.text("file").is_empty() => Err("file"),
        1 => match pasted_key(form.text("file")) {
            None => Ok(SignBy::With(SignWith::Key(form.text("file").trim_start_matches('@').into()))),
            Some(Ok(key)) => Ok(SignBy::Again(Arc::new(key))),
            Some(Err(error)) => {
                form.fail("file", format!("{error}."));
                state.popups.push(Popup::Form(form));
                return Vec::new();
            }
        },
        2 => form.secret("secret").map(by_secret).ok_or("secret"),
        _ => state.inspect.signer.clone().map(SignBy::Again).ok_or("source"),
    };
    let by = match by {
        Ok(by) => by,
        Err(field) => {
            form.fail(field, empty);
            state.popups.push(Popup::Form(form));
            return Vec::new();
        }
    };
    let Some(Popup::Inspect(InspectPopup::Maker(maker))) = state.popups.last() else { return Vec::new() };
    let draft = maker.to_sign();
    state.inspect.asked = Some(form);
    let run = state.new_run();
    state.inspect.signing = Some(run);
    vec![Effect::Sign { run, draft, by }]
}

/// A key that was pasted where its file could have been named.
fn pasted_key(text: &str) -> Option<Result<SigningKey, SigningKeyError>> {
    let is_key = text.contains("-----BEGIN") || text.trim_start().starts_with('{');
    is_key.then(|| SigningKey::from_contents(text.as_bytes()))
}

/// A secret that was typed, or is in the file behind `@`.
fn by_secret(secret: Secret) -> SignBy {
    match secret.reveal().strip_prefix('@') {
        Some(path) => SignBy::With(SignWith::SecretFile(path.into())),
        None => SignBy::Secret(secret),
    }
}

/// It was signed, or not.
pub(in crate::tui::update) fn signed(state: &mut State, run: RunId, result: Result<Signed, String>) {
    if state.inspect.signing.take_if(|waiting| *waiting == run).is_none() {
        return;
    }
    let Signed { token, key } = match result {
        Ok(signed) => signed,
        Err(why) => {
            super::failed(state, format!("It was not signed: {why}"));
            return;
        }
    };
    state.inspect.asked = None;
    if matches!(state.popups.last(), Some(Popup::Inspect(InspectPopup::Maker(_)))) {
        state.popups.pop();
    }
    state.inspect.made.insert(0, token.clone());
    state.inspect.made.truncate(200);
    state.inspect.signer = Some(Arc::clone(&key));
    super::go_to(state, Screen::Inspect);
    let subject = judged(Token::of(&token), &key, state);
    let words = format!(
        "{} was MADE HERE and signed with {}: no authorization server stands behind it.",
        subject.token.fingerprint(),
        key.alg()
    );
    take::put(state, subject);
    state.inspect.set = Some(Arc::new(key.verifying_set()));
    state.say(Level::Done, words);
}

fn judged(token: Token, key: &SigningKey, state: &State) -> Subject {
    let (policy, keys) = (Policy::default(), key.verifying_set());
    let verdict = verify(&token, KeySource::Keys(&keys), &policy, state.now);
    let of_key = lint_keys(&token, &keys, state.now);
    let mut subject = Subject::new(token, Whence::Made, state.now);
    subject.findings.extend(of_key);
    subject.judged = Judged::of(verdict, KeysAt::Here("the key it was made with".to_owned()), policy, state.now);
    subject
}

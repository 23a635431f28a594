//! A person logs in: the popup that waits for them. One login at a time, and it stays on the screen: closing it cancels.

use crossterm::event::KeyEvent;

use super::{cancel, form, prompt, protected};
use crate::engine::{LoginAsk, LoginInput, LoginStep, LoginWay};
use crate::exchange::Secret;
use crate::oauth::pasted_query;
use crate::tui::action::{Action, Context};
use crate::tui::effect::Effect;
use crate::tui::keymap::Pressed;
use crate::tui::state::{Level, Login, Masked, Popup, RunId, Running, State, Then};

/// `L`, `D`: a person logs in anew, whatever token there is.
pub(super) fn anew(state: &mut State, way: Option<LoginWay>) -> Vec<Effect> {
    if protected::asks(state, true, &[], Then::LogIn(way)) {
        return Vec::new();
    }
    if let Some(view) = state.view_mut() {
        view.token.wanted = true;
    }
    begin(state, state.selected, way)
}

/// A fetch found that a person has to log in. Opens the login where nobody is busy with something else, and says what to
/// do where somebody is. What waits for the token goes on waiting meanwhile.
pub(super) fn needed(state: &mut State, profile: &str, why: Option<String>) -> Vec<Effect> {
    let here = state.view().is_some_and(|view| view.name == profile) && state.popups.is_empty() && !state.is_typing();
    if !here {
        let key = state.key(Action::NewToken);
        let text = match state.login() {
            Some(login) => {
                format!("{profile} needs a login too: first that of {}, then select it and press {key}.", login.profile)
            }
            None => format!("{profile} needs a person to log in: select it and press {key}."),
        };
        state.say(Level::Warning, text);
        prompt::release(state, profile);
        return Vec::new();
    }
    let effects = begin(state, state.selected, None);
    if let (Some(login), Some(why)) = (state.login_mut(), why) {
        login.remarks.push(format!("The login before has ended: {why}"));
    }
    effects
}

/// Begins a login of the profile at this place, in place of a fetch or a login under way.
fn begin(state: &mut State, place: usize, way: Option<LoginWay>) -> Vec<Effect> {
    let (run, now) = (state.new_run(), state.now);
    let environment = state.profiles.environment.clone();
    let Some(view) = state.views.get_mut(place) else { return Vec::new() };
    let replaced = view.token.fetching.replace(Running { run, since: now });
    let (profile, changes) = (view.name.clone(), view.changes.clone());
    if let Some(running) = replaced {
        ended(state, running.run);
    }
    state.popups.push(Popup::Login(Box::new(Login::new(run, profile.clone(), now))));
    let ask = LoginAsk { profile, environment, changes, way, open_browser: true };
    replaced.map(|running| Effect::Cancel(running.run)).into_iter().chain([Effect::Login { run, ask }]).collect()
}

/// The other way, in place of the one that was waited for.
fn other_way(state: &mut State, way: LoginWay) -> Vec<Effect> {
    let Some(profile) = state.login().map(|login| login.profile.clone()) else { return Vec::new() };
    let Some(place) = state.views.iter().position(|view| view.name == profile) else { return Vec::new() };
    let effects = begin(state, place, Some(way));
    if let Some(login) = state.login_mut() {
        login.instead = way == LoginWay::Device;
    }
    effects
}

/// A login tells something. What an earlier one still had to say is dropped.
pub(super) fn told(state: &mut State, run: RunId, step: LoginStep) {
    if let Some(login) = state.login_mut().filter(|login| login.run == run) {
        login.told(step);
    }
}

/// The fetch of this number is over: its popup, if it has one, is closed. Says whether it had.
pub(super) fn ended(state: &mut State, run: RunId) -> bool {
    let before = state.popups.len();
    state.popups.retain(|popup| !matches!(popup, Popup::Login(login) if login.run == run));
    state.popups.len() != before
}

/// Esc: nobody is waited for any more.
fn cancel(state: &mut State) -> Vec<Effect> {
    let Some(profile) = state.login().map(|login| login.profile.clone()) else { return Vec::new() };
    let Some(place) = state.views.iter().position(|view| view.name == profile) else { return Vec::new() };
    let effects = cancel::fetch(state, place);
    let key = state.key(Action::NewToken);
    state.say(Level::Info, format!("The login of {profile} was cancelled, so it gets no token; {key} begins again."));
    effects
}

/// A key while a login waits.
pub(super) fn key(state: &mut State, key: &KeyEvent, name: &str) -> Vec<Effect> {
    let Some(login) = state.login_mut() else { return Vec::new() };
    if login.typing {
        match name {
            "Esc" | "Tab" | "Shift-Tab" => login.typing = false,
            "Enter" => return submit(state),
            _ => {
                if form::edit_masked(&mut login.pasted, key) {
                    login.error = None;
                }
            }
        }
        return Vec::new();
    }
    match name {
        "Esc" | "q" => return cancel(state),
        "o" => return open_again(state),
        "y" => return copy_address(state),
        "c" => return copy_code(state),
        "d" if login.offers_device() => return other_way(state, LoginWay::Device),
        "b" if login.instead => return other_way(state, LoginWay::Browser),
        "Tab" => login.typing = login.way() == Some(LoginWay::Browser),
        _ => scroll(state, name),
    }
    Vec::new()
}

fn scroll(state: &mut State, name: &str) {
    let Pressed::Action(action, _) = state.keys.action(Context::Screen, None, name) else { return };
    let page = isize::try_from(state.seen.height(None)).unwrap_or(10);
    let rows = match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -page,
        Action::PageDown => page,
        Action::Top => isize::MIN,
        Action::End => isize::MAX,
        _ => return,
    };
    super::popups::by(state, rows);
}

/// A click on the field gives it the keys.
pub(super) fn click(state: &mut State) {
    if let Some(login) = state.login_mut() {
        login.typing = login.way() == Some(LoginWay::Browser);
    }
}

fn open_again(state: &mut State) -> Vec<Effect> {
    match state.login() {
        Some(login) if login.address().is_some() => {
            vec![Effect::LoginInput { run: login.run, input: LoginInput::OpenAgain }]
        }
        _ => Vec::new(),
    }
}

fn copy_address(state: &State) -> Vec<Effect> {
    let address = state.login().and_then(|login| Some((login.way()?, login.address()?)));
    let effect = address.map(|(way, address)| {
        let what = if way == LoginWay::Device { "the address for the code" } else { "the address of the login" };
        Effect::Copy { what: what.to_owned(), text: Secret::new(address) }
    });
    effect.into_iter().collect()
}

fn copy_code(state: &State) -> Vec<Effect> {
    match state.login().and_then(|login| login.step.as_ref()) {
        Some(LoginStep::Device { user_code, .. }) => {
            vec![Effect::Copy { what: "the code".to_owned(), text: Secret::new(user_code.as_str()) }]
        }
        _ => Vec::new(),
    }
}

/// Pasted text goes straight into the field, and what can be the address that the browser ended at goes on to the login.
pub(super) fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    let Some(login) = state.login_mut() else { return Vec::new() };
    if login.way() != Some(LoginWay::Browser) {
        state.say(Level::Info, "There is nothing to paste here: the code is typed in a browser.");
        return Vec::new();
    }
    // An Enter that came with the end of a paste is no text; an address may come in several lines.
    let line: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    if line.is_empty() {
        return Vec::new();
    }
    login.pasted = Masked::default();
    if !login.pasted.insert(&line) {
        login.error = Some("This is too long for an address, so nothing of it was taken.".to_owned());
        return Vec::new();
    }
    submit(state)
}

/// Hands the field's address to the login that waits, when it can be one.
fn submit(state: &mut State) -> Vec<Effect> {
    let Some(login) = state.login_mut() else { return Vec::new() };
    let Some(LoginStep::Browser { redirect_uri, .. }) = &login.step else { return Vec::new() };
    let address = std::mem::take(&mut login.pasted).secret();
    login.error = fault(address.reveal(), redirect_uri);
    if login.error.is_some() {
        return Vec::new();
    }
    login.typing = false;
    vec![Effect::LoginInput { run: login.run, input: LoginInput::Pasted(address) }]
}

/// Why this cannot be the address that the browser was sent back to. Repeats nothing of it: it may hold a code.
fn fault(text: &str, redirect_uri: &str) -> Option<String> {
    let wanted = format!("The one it ended at begins with {redirect_uri}?");
    if text.is_empty() {
        return Some(format!("There is nothing in the field. {wanted}"));
    }
    let query = pasted_query(text);
    let has = |wanted: &str| form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == wanted);
    if has("code") || has("error") {
        return None;
    }
    Some(if has("response_type") {
        format!("That is where the login begins. {wanted}")
    } else if has("state") {
        format!("There is no code in that address. {wanted}")
    } else {
        format!("That is no such address. {wanted}")
    })
}

impl State {
    /// The login that waits for a person, when one does.
    pub fn login(&self) -> Option<&Login> {
        self.popups.iter().rev().find_map(|popup| match popup {
            Popup::Login(login) => Some(&**login),
            _ => None,
        })
    }

    fn login_mut(&mut self) -> Option<&mut Login> {
        self.popups.iter_mut().rev().find_map(|popup| match popup {
            Popup::Login(login) => Some(&mut **login),
            _ => None,
        })
    }
}

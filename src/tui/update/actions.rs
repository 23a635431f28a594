//! What each action of the table does.

use super::{
    acts, add, calls, cancel, copy, edits, environments, explain, find, inspect, login, menus, moves, palette, review,
    save,
};
use crate::engine::{LoginWay, SendAs, TokenAct};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{Level, List, Pane, Popup, Screen, State};

/// How long masked things stay readable, in seconds.
const REVEALED: i64 = 30;

/// Does the action; `nth` is which of its keys was pressed, from 0.
pub(super) fn perform(state: &mut State, action: Action, nth: usize) -> Vec<Effect> {
    if !action.applies(state) {
        return does_not_apply(state, action);
    }
    match action {
        Action::Send => return calls::by_number(state, nth),
        Action::NewToken => return calls::new_token(state),
        Action::LogIn => return login::anew(state, None),
        Action::LogInByCode => return login::anew(state, Some(LoginWay::Device)),
        Action::LogOut => return acts::ask(state, TokenAct::EndSession),
        // Any token can be asked about; the one in hand by the profile that got it.
        Action::Introspect if !state.is_in_hand() => inspect::introspect_by(state),
        Action::Introspect => return acts::ask(state, TokenAct::Introspect),
        Action::Revoke => return acts::ask(state, TokenAct::Revoke),
        Action::UserInfo => return acts::ask(state, TokenAct::UserInfo),
        Action::Again => return calls::again(state),
        Action::SendAll => return calls::all(state),
        Action::Fix => return calls::fix(state),
        Action::Undo => return edits::undo(state),
        Action::Redo => return edits::redo(state),
        Action::Add => return add::open(state),
        Action::Save => return save::plan(state),
        Action::Open => return open(state),
        Action::Cancel => return cancel(state),
        Action::Close => return close(state),
        Action::Stop => return stop(state),
        Action::EditFile => return edit_file(state),
        Action::Suspend => return vec![Effect::Suspend],
        Action::RotateKeys => return vec![Effect::RotateKeys],
        Action::Mouse => return mouse(state),
        Action::SendAs => menus::send_as(state),
        Action::EditScopes => menus::scopes(state),
        Action::TokenOptions if state.origin.untrusted.is_some() => review::open(state),
        Action::TokenOptions => edits::options(state),
        Action::Environment => environments::open(state),
        Action::PickProfile => palette::pick_profile(state),
        Action::ShowExchange => menus::exchange(state),
        Action::Diff => menus::diff(state),
        Action::Palette => palette::open(state),
        Action::Help => state.popups.push(Popup::Help(List::default())),
        Action::Messages => state.popups.push(Popup::Messages(List::default())),
        Action::Copy => state.popups.push(Popup::Copy),
        Action::Explain => explain::explain(state),
        Action::PutBack => calls::put_back(state),
        Action::Reveal => reveal(state),
        Action::NextWhich if state.inspects() => inspect::next_together(state),
        Action::NextWhich => moves::next_which(state),
        Action::PreviousProfile => moves::step_profile(state, false),
        Action::NextProfile => moves::step_profile(state, true),
        Action::Find => find::open(state),
        Action::FindNext => find::next(state, true),
        Action::FindPrevious => find::next(state, false),
        Action::Up => moves::by(state, -1),
        Action::Down => moves::by(state, 1),
        Action::PageUp => moves::page(state, false),
        Action::PageDown => moves::page(state, true),
        Action::Top => moves::to(state, 0),
        Action::End => moves::to(state, usize::MAX),
        Action::Left => moves::tab(state, false),
        Action::Right => moves::tab(state, true),
        Action::NextPane => moves::step_pane(state, true),
        Action::PreviousPane => moves::step_pane(state, false),
        Action::Zoom => state.zoomed = !state.zoomed,
        Action::Explore => inspect::go_to(state, Screen::Explore),
        Action::Inspect => inspect::go_to(state, Screen::Inspect),
        Action::InspectToken => inspect::take_in_hand(state),
        Action::PutIn => inspect::put_in(state),
        Action::Times => inspect::next_times(state),
        Action::VerifyWith => inspect::choose_keys(state),
        Action::CompareWith => inspect::compare_with(state),
        Action::MakeToken => inspect::make(state),
        Action::AboutProvider => return inspect::about_provider(state),
        Action::CopyToken
        | Action::CopyHeader
        | Action::CopyCurl
        | Action::CopyClaims
        | Action::CopyBody
        | Action::CopyReport
        | Action::CopyFile
        | Action::CopyJose
        | Action::CopyValue
        | Action::CopyPem
        | Action::CopyJwk
        | Action::CopySigner
        | Action::WriteSigner => return copy::copy(state, action),
    }
    Vec::new()
}

/// Says why nothing happens, for actions one would expect something of.
fn does_not_apply(state: &mut State, action: Action) -> Vec<Effect> {
    // The menu opens all the same: the next key is meant for it and must do nothing else.
    if action == Action::Copy {
        state.popups.push(Popup::Copy);
        return Vec::new();
    }
    let token = state.key(Action::NewToken);
    let why = match action {
        _ if state.inspects() => match inspect::why_not(state, action) {
            Some(why) => why,
            None => return Vec::new(),
        },
        Action::Send | Action::SendAll | Action::SendAs => {
            "There is no endpoint: profiles.toml gives this profile none.".to_owned()
        }
        Action::Environment => "There are no environments: [environments.NAME] in profiles.toml makes one.".to_owned(),
        Action::Undo => "There is nothing to take back.".to_owned(),
        Action::Redo => "There is nothing to do again.".to_owned(),
        Action::Save => "There is nothing to save: nothing was changed in this session.".to_owned(),
        Action::NewToken | Action::EditScopes | Action::TokenOptions | Action::AboutProvider => {
            "There is no profile: profiles.toml has none that can be used.".to_owned()
        }
        Action::Again => "Nothing was sent yet: a number key sends an endpoint.".to_owned(),
        Action::Fix => format!("There is nothing to fix here: {} does what a diagnosis proposes.", state.key(action)),
        Action::ShowExchange => format!("There is no call yet: {token} gets a token, a number key sends."),
        Action::Diff | Action::PutBack => format!("There is no token before this one: {token} gets a new token."),
        Action::NextWhich => "One token came alone: with the scope openid an ID token comes with it.".to_owned(),
        Action::LogIn | Action::LogInByCode | Action::LogOut => {
            "Nobody logs in here: this profile gets its tokens without a person.".to_owned()
        }
        Action::Introspect
        | Action::Revoke
        | Action::UserInfo
        | Action::Copy
        | Action::Reveal
        | Action::CopyToken
        | Action::CopyHeader
        | Action::CopyClaims => {
            format!("There is no token yet: {token} gets one.")
        }
        Action::CopyBody | Action::CopyReport | Action::CopyCurl | Action::CopyFile => {
            "There is no answer yet: a number key sends.".to_owned()
        }
        Action::InspectToken => format!("There is no token yet: {token} gets one."),
        Action::CopyJose
        | Action::CopyValue
        | Action::CopyPem
        | Action::CopyJwk
        | Action::CopySigner
        | Action::WriteSigner => {
            format!("That is for the Inspect screen: {} goes there.", state.key(Action::Inspect))
        }
        Action::PutIn | Action::Times | Action::VerifyWith | Action::CompareWith | Action::MakeToken => {
            format!("That is done on the Inspect screen: {} goes there.", state.key(Action::Inspect))
        }
        Action::FindNext | Action::FindPrevious => {
            format!("Nothing is looked for: {} finds text.", state.key(Action::Find))
        }
        _ => return Vec::new(),
    };
    state.say(Level::Info, why);
    Vec::new()
}

/// Enter, by pane.
fn open(state: &mut State) -> Vec<Effect> {
    match state.focus {
        Pane::Profiles => state.focus = Pane::Endpoints,
        Pane::Endpoints => {
            return match state.selected_endpoint().map(|view| view.id()) {
                Some(id) => calls::ask_or_send(state, &id, SendAs::Profile),
                None => Vec::new(),
            };
        }
        Pane::Token | Pane::Answer | Pane::Inspect(_) => {
            if let Some(view) = state.pane_view_mut(state.focus)
                && !view.unfolded.remove(&view.cursor)
            {
                view.unfolded.insert(view.cursor);
            }
        }
    }
    Vec::new()
}

/// Esc: closes what is open, else cancels what this pane waits for, else nothing.
fn cancel(state: &mut State) -> Vec<Effect> {
    if state.popups.pop().is_some() || state.find.take().is_some() {
        return Vec::new();
    }
    cancel::pane(state)
}

fn close(state: &mut State) -> Vec<Effect> {
    if state.popups.pop().is_some() || state.find.take().is_some() {
        return Vec::new();
    }
    quit(state)
}

fn stop(state: &mut State) -> Vec<Effect> {
    if let Some(run) = state.popups.last_mut().and_then(add::stop) {
        return vec![Effect::Cancel(run)];
    }
    if state.running() == 0 && !state.is_acting() { quit(state) } else { cancel::all(state) }
}

fn quit(state: &mut State) -> Vec<Effect> {
    state.quitting = true;
    vec![Effect::Quit]
}

fn mouse(state: &mut State) -> Vec<Effect> {
    state.mouse = !state.mouse;
    let key = state.key(Action::Mouse);
    let words = if state.mouse {
        format!("The mouse is ours: click and scroll. {key} leaves it to the terminal.")
    } else {
        format!("The mouse is the terminal's: select text with it. {key} takes it back.")
    };
    state.say(Level::Info, words);
    vec![Effect::Mouse(state.mouse)]
}

fn reveal(state: &mut State) {
    if state.is_revealed() {
        state.revealed_until = None;
    } else {
        state.revealed_until = state.now.checked_add(jiff::SignedDuration::from_secs(REVEALED)).ok();
        let key = state.key(Action::Reveal);
        state.say(Level::Warning, format!("Shown in clear for 30 seconds; {key} masks it again."));
    }
}

fn edit_file(state: &mut State) -> Vec<Effect> {
    let Some(path) = state.origin.path.clone() else {
        state.say(
            Level::Info,
            "These profiles are built into the program. For your own, write a profiles.toml and start with --profiles FILE.",
        );
        return Vec::new();
    };
    let line = state.profile().map_or(1, |profile| profile.place.line.max(1));
    vec![Effect::Edit { path, line }]
}

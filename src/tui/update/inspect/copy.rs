//! What each entry of the copy menu hands over on the Inspect screen.

use serde_json::Value;

use crate::exchange::Secret;
use crate::jwt::Kind;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::rows;
use crate::tui::rows::inspect::{Node, node_at, part_of};
use crate::tui::state::{ContentTab, InspectPane, Pane, State, Subject};

pub(in crate::tui::update) fn copy(state: &State, action: Action) -> Option<Effect> {
    let subject = state.subject()?;
    let token = &subject.token;
    let name = token.fingerprint();
    let (what, text) = match action {
        Action::CopyToken => (format!("the token {name}"), token.raw().clone()),
        Action::CopyHeader => {
            let line = format!("Authorization: Bearer {}", token.raw().reveal());
            (format!("the header with the token {name}"), Secret::new(line))
        }
        Action::CopyClaims => (format!("the claims of {name}"), claims(subject)?),
        Action::CopyJose => (format!("the header of {name} as JSON"), header(subject)?),
        Action::CopyValue => under_cursor(state, subject)?,
        Action::CopyFile => {
            let text = token.raw().clone();
            return Some(Effect::Write { what: format!("the token {name}"), name: "token.jwt".to_owned(), text });
        }
        _ => return None,
    };
    Some(Effect::Copy { what, text })
}

/// The payload exactly as signed.
fn claims(subject: &Subject) -> Option<Secret> {
    let Kind::Jws(jws) = subject.token.kind() else { return None };
    let text = jws.payload_json.clone().unwrap_or_else(|| String::from_utf8_lossy(&jws.payload).into_owned());
    Some(Secret::new(text))
}

/// The header exactly as signed.
fn header(subject: &Subject) -> Option<Secret> {
    match subject.token.kind() {
        Kind::Jws(jws) => Some(Secret::new(jws.header_json.clone())),
        _ => Some(Secret::new(Value::Object(subject.token.header()?.clone()).to_string())),
    }
}

/// The claim, the part or the row under the cursor.
fn under_cursor(state: &State, subject: &Subject) -> Option<(String, Secret)> {
    let pane = super::pane(state)?;
    let line = rows::cursor(state, Pane::Inspect(pane));
    match pane {
        InspectPane::Encoded => {
            let place = line / 2;
            let part = subject.token.raw().reveal().split('.').nth(place)?;
            Some((format!("the {} as it travels", part_of(line)), Secret::new(part)))
        }
        InspectPane::Content if state.inspect.content_tab == ContentTab::Claims => {
            let Some(Node::Member { name, value, .. }) = node_at(&subject.token, line) else {
                return row(state, pane);
            };
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some((format!("the value of {}", crate::jwt::shown(&name, 40)), Secret::new(text)))
        }
        _ => row(state, pane),
    }
}

fn row(state: &State, pane: InspectPane) -> Option<(String, Secret)> {
    let row = rows::current(state, Pane::Inspect(pane))?;
    Some(("the row under the cursor".to_owned(), Secret::new(row.cells.join("  ").trim())))
}

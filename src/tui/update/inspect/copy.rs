//! What each entry of the copy menu hands over on the Inspect screen.

use serde_json::Value;

use crate::exchange::Secret;
use crate::jwt::{Key, Kind};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::rows;
use crate::tui::rows::inspect::{key_at, part_of};
use crate::tui::state::{ContentTab, InspectPane, Member, Pane, Section, State, Subject, TreeLine, TrustTab};

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
        Action::CopyPem => ("the public key as PEM".to_owned(), pem(state, subject)?),
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
            let Some(TreeLine::Member(member)) = subject.tree.get(line) else {
                return row(state, pane);
            };
            let value = if member.open.is_some() { value_at(subject, line)? } else { member.value.clone() };
            Some((format!("the value of {}", crate::jwt::shown(&member.name, 40)), Secret::new(value)))
        }
        InspectPane::Trust if state.inspect.trust_tab == TrustTab::Keys => match key(state) {
            Some(key) => Some(("the key as a JWK".to_owned(), Secret::new(key.jwk()?.to_string()))),
            None => row(state, pane),
        },
        _ => row(state, pane),
    }
}

/// The key under the cursor of the keys tab.
fn key(state: &State) -> Option<&Key> {
    key_at(&state.inspect, rows::cursor(state, Pane::Inspect(InspectPane::Trust)))
}

/// The key under the cursor as PEM; without one there, the key that the token was held against.
fn pem(state: &State, subject: &Subject) -> Option<Secret> {
    let used = subject.judged.verdict.key.as_ref();
    let keys = state.inspect.set.as_ref().map(|set| set.keys.as_slice()).unwrap_or_default();
    let at_cursor = key(state).filter(|_| state.inspect.trust_tab == TrustTab::Keys);
    let judged = || keys.iter().find(|key| used.is_some_and(|used| used.thumbprint == key.thumbprint));
    at_cursor.or_else(judged)?.pem().map(Secret::new)
}

/// An object or a long list as JSON: found by the names on the way to it.
fn value_at(subject: &Subject, line: usize) -> Option<String> {
    let lines = subject.tree.get(..=line)?;
    let mut path: Vec<&Member> = Vec::new();
    for line in lines.iter().rev() {
        let TreeLine::Member(member) = line else { break };
        if path.last().is_none_or(|below| member.depth + 1 == below.depth) {
            path.push(member);
        }
    }
    let section = path.first()?.section;
    let members = if section == Section::Header { subject.token.header() } else { subject.token.claims() };
    let mut names = path.iter().rev().map(|member| member.name.as_str());
    let mut value = members?.get(names.next()?)?;
    for name in names {
        value = match value {
            Value::Array(items) => items.get(name.trim_matches(['[', ']']).parse::<usize>().ok()?)?,
            other => other.get(name)?,
        };
    }
    Some(value.to_string())
}

fn row(state: &State, pane: InspectPane) -> Option<(String, Secret)> {
    let row = rows::current(state, Pane::Inspect(pane))?;
    Some(("the row under the cursor".to_owned(), Secret::new(row.cells.join("  ").trim())))
}

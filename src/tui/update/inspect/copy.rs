//! What each entry of the copy menu hands over on the Inspect screen.

use serde_json::Value;

use crate::exchange::Secret;
use crate::jwt::{Key, KeyType, Kind, Part, SigningKey};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::rows;
use crate::tui::rows::inspect::{key_at, part_of};
use crate::tui::state::{ContentTab, InspectPane, Member, Pane, Section, State, Subject, TreeLine, TrustTab};

pub(in crate::tui::update) fn copy(state: &State, action: Action) -> Option<Effect> {
    let (what, text) = match action {
        Action::CopyPem => ("the public key as PEM".to_owned(), Secret::new(state.public_key()?.pem()?)),
        Action::CopyJwk => ("the public key as a JWK".to_owned(), Secret::new(state.public_key()?.jwk()?.to_string())),
        Action::CopySigner => {
            let key = state.inspect.signer.as_ref()?;
            (format!("the signing key, {} (whoever has it can sign)", kind(key)), key.saved().clone())
        }
        Action::WriteSigner => return Some(signer_file(state.inspect.signer.as_ref()?)),
        Action::CopyValue => under_cursor(state)?,
        _ => return of_token(state.subject()?, action),
    };
    Some(Effect::Copy { what, text })
}

fn kind(key: &SigningKey) -> &'static str {
    if key.kty() == KeyType::Secret { "a shared secret" } else { "PEM" }
}

fn signer_file(key: &SigningKey) -> Effect {
    let ending = if key.kty() == KeyType::Secret { "txt" } else { "pem" };
    let (what, name) = (format!("the signing key, {},", kind(key)), format!("signing-key.{ending}"));
    Effect::Write { what, name, text: key.saved().clone() }
}

/// The token, or a part of it.
fn of_token(subject: &Subject, action: Action) -> Option<Effect> {
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
    subject.token.json(Part::Header).map(Secret::new)
}

/// The claim, the part or the row under the cursor.
fn under_cursor(state: &State) -> Option<(String, Secret)> {
    let pane = super::pane(state)?;
    let line = rows::cursor(state, Pane::Inspect(pane));
    match pane {
        InspectPane::Encoded => {
            let place = line / 2;
            let part = state.subject()?.token.raw().reveal().split('.').nth(place)?;
            Some((format!("the {} as it travels", part_of(line)), Secret::new(part)))
        }
        InspectPane::Content if state.inspect.content_tab == ContentTab::Claims => {
            let subject = state.subject()?;
            let Some(TreeLine::Member(member)) = subject.tree.get(line) else {
                return row(state, pane);
            };
            let value = if member.open.is_some() { value_at(subject, line)? } else { member.value.clone() };
            Some((format!("the value of {}", crate::jwt::shown(&member.name, 40)), Secret::new(value)))
        }
        InspectPane::Trust if state.inspect.trust_tab == TrustTab::Keys => match state.key_under_cursor() {
            Some(key) => Some(("the key as a JWK".to_owned(), Secret::new(key.jwk()?.to_string()))),
            None => row(state, pane),
        },
        _ => row(state, pane),
    }
}

impl State {
    /// The key under the cursor of the keys tab.
    fn key_under_cursor(&self) -> Option<&Key> {
        let here = self.inspect.trust_tab == TrustTab::Keys;
        here.then(|| key_at(&self.inspect, rows::cursor(self, Pane::Inspect(InspectPane::Trust))))?
    }

    /// That key when it is public; without one there, the public key that the token was held against.
    pub fn public_key(&self) -> Option<&Key> {
        let used = self.inspect.subject.as_ref().and_then(|subject| subject.judged.verdict.key.as_ref());
        let keys = self.inspect.set.as_ref().map(|set| set.keys.as_slice()).unwrap_or_default();
        let published = self.inspect.page.as_ref().and_then(|page| page.keys.as_ref().ok());
        let published = published.into_iter().flat_map(|keys| keys.rows.iter().filter_map(|row| row.key.as_ref()));
        let mut all = keys.iter().chain(published);
        let judged = || all.find(|key| used.is_some_and(|used| used.thumbprint == key.thumbprint));
        self.key_under_cursor().or_else(judged).filter(|key| key.kty != KeyType::Secret)
    }
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

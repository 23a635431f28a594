//! `i`: what the thing under the cursor means.

use crate::audit::{Cause, ScopeCase, scope_fate};
use crate::config::Requirement;
use crate::engine::HeldToken;
use crate::jwt::times::{NumericDate, in_words, is_time_claim};
use crate::jwt::{Meaning, Token, advice_on_claim, meaning_of_claim, meaning_of_header, note_on_claim};
use crate::oauth::ScopeSet;
use crate::tui::action::{Action, is_demo};
use crate::tui::rows::{self, Tone};
use crate::tui::state::{AnswerTab, Explanation, Level, List, Pane, Popup, State, TokenTab};
use crate::tui::text::wrap;

/// Columns of an explanation.
const COLUMNS: usize = 68;

pub(super) fn explain(state: &mut State) {
    let explanation = match state.focus {
        Pane::Profiles => profile(state),
        Pane::Endpoints => endpoint(state),
        Pane::Token => token(state),
        Pane::Answer if state.answer_tab == AnswerTab::Why => cause(state).or_else(|| row(state)),
        Pane::Answer if state.answer_tab == AnswerTab::Headers => header(state),
        Pane::Answer => row(state),
        Pane::Inspect(pane) => super::inspect::explain(state, pane),
    };
    match explanation.or_else(|| row(state)).filter(|(_, lines)| !lines.is_empty()) {
        Some((title, lines)) => show(state, title, &lines),
        None => state.say(Level::Info, "There is nothing to explain here."),
    }
}

/// What the marks of the top line mean.
pub(super) fn marks(state: &mut State) {
    let lines = about_marks(state);
    if !lines.is_empty() {
        show(state, "The marks of the top line".to_owned(), &lines);
    }
}

fn show(state: &mut State, title: String, paragraphs: &[String]) {
    let columns = COLUMNS.min(usize::from(state.size.width).saturating_sub(6));
    let lines = paragraphs.iter().flat_map(|text| wrap(text, columns)).collect();
    state.popups.push(Popup::Explain(Explanation { title, lines, list: List::default() }));
}

/// A sentence for each mark that stands there now.
fn about_marks(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    if is_demo(state) {
        lines.push(
            "DEMO: authorization server and API are the bundled ones, on this machine; nothing leaves it.".to_owned(),
        );
    }
    if let Some(environment) = state.protected() {
        lines.push(format!(
            "PRODUCTION {environment}: this environment is protected. Each endpoint is asked about before it is first sent to."
        ));
    }
    if state.origin.untrusted.is_some() {
        let (label, key) = (&state.origin.label, state.key(Action::TokenOptions));
        lines.push(format!(
            "UNTRUSTED FILE: {label} came with this folder. No secret of it is read and nothing is sent before you have \
             looked at what it would do: {key} shows that."
        ));
    }
    lines.extend(state.marks().into_iter().map(|mark| {
        match mark {
            "PLAIN TEXT" => {
                "PLAIN TEXT: secrets and tokens go over http:// and can be read on the way; `plaintext = true` in \
                         profiles.toml allows it."
                    .to_owned()
            }
            "INSECURE TLS" => {
                "INSECURE TLS: certificates are not checked, so nobody knows who answers; `insecure = true` in \
                           profiles.toml says so."
                    .to_owned()
            }
            other => other.to_owned(),
        }
    }));
    if let Some(off) = state.clock_off() {
        lines.push(format!(
            "{off}: this machine's clock and the server's differ, so tokens may seem ended or not yet valid."
        ));
    }
    if !state.origin.problems.is_empty() {
        lines.push(format!("Mistakes in the file: {} shows each with its place.", state.key(Action::Messages)));
    }
    lines
}

fn profile(state: &State) -> Option<(String, Vec<String>)> {
    let profile = state.profile()?;
    let issuer = state.profiles.provider(&profile.provider).map_or("?", |provider| provider.issuer.as_str());
    let asked = state.scopes_of(state.selected);
    let mut lines = vec![
        format!("{} is a client of {issuer}: it gets tokens there as {}.", profile.title, profile.client_id),
        format!("Grant: {}. Client authentication: {}.", profile.grant.title(), profile.auth.name()),
        if asked.is_empty() { "It asks for no scope.".to_owned() } else { format!("It asks for the scopes {asked}.") },
    ];
    lines.extend(profile.disabled.iter().map(|why| format!("It cannot be used: {why}")));
    lines.extend(about_marks(state));
    Some((format!("profile {}", profile.name), lines))
}

fn endpoint(state: &State) -> Option<(String, Vec<String>)> {
    let view = state.selected_endpoint()?;
    let wants = match &view.endpoint.requires {
        None => {
            "profiles.toml does not say what it wants of a caller, so nothing is expected of its answers.".to_owned()
        }
        Some(Requirement::Nothing) => "It is called without a token.".to_owned(),
        Some(Requirement::Token) => "It wants any valid token.".to_owned(),
        Some(Requirement::Scopes(scopes)) => format!("It wants a token with all of these scopes: {scopes}."),
        Some(Requirement::AnyScope(scopes)) => format!("It wants a token with one of these scopes: {scopes}."),
        Some(Requirement::Roles(roles)) => format!("It wants a token with all of these roles: {}.", roles.join(" ")),
    };
    let mut lines = vec![format!("{} {}", view.endpoint.method, view.url()), wants];
    if !view.endpoint.is_safe() {
        lines.push("Its method may change something: it is sent by Enter alone, after asking.".to_owned());
    }
    Some((format!("endpoint {}", view.endpoint.name), lines))
}

fn token(state: &State) -> Option<(String, Vec<String>)> {
    let held = state.shown_token()?;
    let row = rows::current(state, Pane::Token)?;
    let name = row.cells.first()?.clone();
    let value = row.cells.get(1).cloned().unwrap_or_default();
    let told = |meaning: Option<&'static Meaning>| {
        meaning.map_or_else(
            || "No standard that is known here defines it: ask whoever runs the provider.".to_owned(),
            |meaning| format!("{} ({})", meaning.meaning, meaning.source),
        )
    };
    match state.token_tab {
        TokenTab::Claims => {
            let claim = held.token.claim(&name)?;
            let mut lines = vec![told(meaning_of_claim(&name))];
            if is_time_claim(&name)
                && let NumericDate::At(at) = NumericDate::read(Some(claim))
            {
                let local = at.to_zoned_datetime(state.zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z");
                lines.push(format!("{local} = {at} = {claim}, {}", in_words(state.now, at)));
            } else {
                lines.push(value);
            }
            lines.extend(note_on_claim(&held.token, &name));
            lines.extend(advice_on_claim(&held.token, &name, expected_audience(state).as_deref()));
            Some((format!("claim {name}"), lines))
        }
        TokenTab::Header => {
            held.token.header()?.get(&name)?;
            Some((format!("header {name}"), vec![told(meaning_of_header(&name)), value]))
        }
        TokenTab::Scopes => {
            let [asked, granted, wanted] = [1, 2, 3].map(|at| row.cells.get(at).map_or("", String::as_str));
            let has = |cell: &str, yes: &str, no: &str| if cell == "✔" { yes.to_owned() } else { no.to_owned() };
            let lines = vec![
                has(asked, "The token request asked for it.", "The token request did not ask for it."),
                has(granted, "The provider granted it: it is in the token.", "It is not in the token."),
                has(wanted, "The selected endpoint wants it.", "The selected endpoint does not want it."),
                "A scope says what the client may do for whoever the token is about (RFC 6749 section 3.3).".to_owned(),
            ];
            let lines = lines.into_iter().chain(why_not(state, &held, &name).filter(|_| granted != "✔")).collect();
            (row.tone != Tone::Heading && row.cells.len() == 4).then(|| (format!("scope {name}"), lines))
        }
        TokenTab::Roles if row.tone != Tone::Heading => role(&held.token, &name),
        TokenTab::Raw if row.cells.len() == 2 => raw(&name).map(|line| (name, vec![line.to_owned()])),
        _ => None,
    }
}

/// The `aud` that the APIs of this profile want, when one says so.
fn expected_audience(state: &State) -> Option<String> {
    state.profiles.apis_of(state.profile()?).find_map(|api| api.audience.clone())
}

/// Why the token likely lacks the scope.
fn why_not(state: &State, held: &HeldToken, scope: &str) -> Option<String> {
    let provider = state.profiles.provider(&state.profile()?.provider)?;
    let holder = held.token.holder();
    let case = ScopeCase {
        client: held.token.client().unwrap_or("the client"),
        holder: holder.as_ref(),
        is_keycloak: provider.issuer.as_str().contains("/realms/"),
    };
    let scopes: ScopeSet = [scope].into_iter().collect();
    Some(scope_fate(scope, &held.asked, None).advice(&scopes, case))
}

/// Where a role stands and whose it is.
fn role(token: &Token, name: &str) -> Option<(String, Vec<String>)> {
    let mut lines = Vec::new();
    for group in token.grouped_roles() {
        for role in group.roles.iter().filter(|role| role.name == name) {
            let whose = match role.note {
                Some(note) => format!(" It is {note}: given by the default roles, or about Keycloak itself."),
                None => " What it allows, the API decides.".to_owned(),
            };
            lines.push(format!("A role that stands in the token under {} ({}).{whose}", group.claim, group.title));
        }
    }
    (!lines.is_empty()).then(|| (format!("role {name}"), lines))
}

/// What the parts of a signed token are (RFC 7515 section 3.1).
fn raw(name: &str) -> Option<&'static str> {
    Some(match name {
        "header" => "Says how it is signed and with which key: JSON, base64url encoded (RFC 7515 section 4).",
        "payload" => "The claims: JSON, base64url encoded. Everybody who has the token can read them.",
        "signature" => "Made over header and payload with the provider's key; whoever has it has the whole token.",
        _ => return None,
    })
}

/// What a header of a response is for.
fn header(state: &State) -> Option<(String, Vec<String>)> {
    let row = rows::current(state, Pane::Answer).filter(|row| row.cells.len() == 2)?;
    let (name, value) = (row.cells.first()?, row.cells.get(1)?);
    let meaning = match name.to_ascii_lowercase().as_str() {
        "www-authenticate" => {
            "Why it was refused, and what would be accepted (RFC 9110 section 11.6.1, RFC 6750 section 3)."
        }
        "content-type" => "What kind of text the body is (RFC 9110 section 8.3).",
        "content-length" => "How many bytes the body has (RFC 9110 section 8.6).",
        "content-encoding" => "How the body was packed on the way (RFC 9110 section 8.4).",
        "date" => {
            "The server's clock when it answered (RFC 9110 section 6.6.1): tokens are judged by it, not by this machine's."
        }
        "cache-control" => "Who may keep the answer, and for how long (RFC 9111 section 5.2).",
        "retry-after" => "When to try again (RFC 9110 section 10.2.3).",
        "location" => "Where to go instead (RFC 9110 section 10.2.2); a call with a token is not sent there by itself.",
        "server" => "What the server calls itself (RFC 9110 section 10.2.4).",
        _ => return None,
    };
    Some((format!("header {name}"), vec![meaning.to_owned(), value.clone()]))
}

fn cause(state: &State) -> Option<(String, Vec<String>)> {
    let diagnosis = state.shown_diagnosis()?;
    let line = Cause::TABLE.iter().find(|(cause, ..)| *cause == diagnosis.cause).map(|(_, _, line)| *line)?;
    let lines = vec![format!("{}: {line}.", diagnosis.cause), diagnosis.summary.clone(), diagnosis.advice.clone()];
    Some((format!("{} · {}", diagnosis.cause, diagnosis.confidence), lines))
}

/// The row itself, in full.
fn row(state: &State) -> Option<(String, Vec<String>)> {
    let row = rows::current(state, state.focus).filter(|row| row.tone != Tone::Heading)?;
    let mut cells = row.cells.into_iter().filter(|cell| !cell.is_empty());
    let (first, rest): (String, Vec<String>) = (cells.next()?, cells.collect());
    // A row of one text is its own explanation.
    Some(if rest.is_empty() { ("In full".to_owned(), vec![first]) } else { (first, rest) })
}

//! What each entry of the copy menu hands to the clipboard or a file.

use crate::engine::{Answer, Which};
use crate::exchange::{Secret, redact_text};
use crate::jwt::Token;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::rows::text_of;
use crate::tui::state::{Pane, State, TokenTab, name_of};

pub(super) fn copy(state: &State, action: Action) -> Vec<Effect> {
    let effect = match action {
        _ if state.inspects() => super::inspect::copy(state, action),
        Action::CopyToken => token(state).map(|(what, text)| Effect::Copy { what, text }),
        Action::CopyHeader => header(state),
        Action::CopyCurl => state.exchange_behind().map(|call| Effect::Copy {
            what: "a curl command, with variables for secrets,".to_owned(),
            text: Secret::new(call.request.to_curl()),
        }),
        Action::CopyClaims => claims(state),
        Action::CopyBody => body(state).map(|text| Effect::Copy { what: "the response body".to_owned(), text }),
        Action::CopyReport => state
            .shown_answer()
            .map(|answer| Effect::Copy { what: "a report".to_owned(), text: Secret::new(report(answer)) }),
        Action::CopyFile => file(state),
        _ => None,
    };
    effect.into_iter().collect()
}

fn token(state: &State) -> Option<(String, Secret)> {
    let held = state.shown_token()?;
    let name = if held.which == Which::Access { "token" } else { name_of(held.which) };
    let what = format!("the {name} {} (whoever has it can use it)", held.token.fingerprint());
    Some((what, text_of(&held)?.clone()))
}

/// The header is for APIs, so it has the access token, whatever is looked at.
fn header(state: &State) -> Option<Effect> {
    let held = state.view()?.token.held.as_ref()?;
    let text = Secret::new(format!("Authorization: Bearer {}", held.granted.access_token.reveal()));
    let what = format!("the header with the token {} (whoever has it can use it)", held.token.fingerprint());
    Some(Effect::Copy { what, text })
}

/// The claims; of a tab that shows a part of them, that part as text.
fn claims(state: &State) -> Option<Effect> {
    let held = state.shown_token()?;
    let of = |what: &str, text: String| {
        let what = format!("the {what} of {}", held.token.fingerprint());
        Some(Effect::Copy { what, text: Secret::new(text) })
    };
    match state.token_tab {
        TokenTab::Roles if state.focus == Pane::Token && !held.token.roles().is_empty() => {
            return of("roles", roles(&held.token));
        }
        TokenTab::Scopes if state.focus == Pane::Token && !held.scopes().is_empty() => {
            return of("scopes", held.scopes().to_string());
        }
        _ => {}
    }
    of("claims", serde_json::to_string_pretty(held.token.claims()?).ok()?)
}

/// A group a line: `realm: buyer shipper`.
fn roles(token: &Token) -> String {
    let groups = token.grouped_roles().into_iter().map(|group| {
        let names: Vec<String> = group.roles.into_iter().map(|role| role.name).collect();
        format!("{}: {}", group.title, names.join(" "))
    });
    groups.collect::<Vec<_>>().join("\n")
}

fn body(state: &State) -> Option<Secret> {
    let response = state.shown_response().filter(|response| !response.body.is_empty())?;
    Some(Secret::new(String::from_utf8_lossy(&response.body).into_owned()))
}

/// The body when the answer is looked at and has one, else the token.
fn file(state: &State) -> Option<Effect> {
    let at_answer = matches!(state.focus, Pane::Answer | Pane::Endpoints);
    let profile = plain(&state.view()?.name);
    let of_body = || {
        let endpoint = plain(&state.selected_endpoint()?.endpoint.name);
        let json = state.shown_response()?.media_type().is_some_and(|media| media.contains("json"));
        let name = format!("{profile}-{endpoint}.{}", if json { "json" } else { "body" });
        Some(Effect::Write { what: "the response body".to_owned(), name, text: body(state)? })
    };
    let of_token = || {
        let (what, text) = token(state)?;
        let kind = match state.which() {
            Which::Access => "",
            Which::Id => "-id",
            Which::Refresh => "-refresh",
        };
        Some(Effect::Write { what, name: format!("{profile}{kind}.jwt"), text })
    };
    if at_answer { of_body().or_else(of_token) } else { of_token().or_else(of_body) }
}

/// A name that is safe as a file's name.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' }).take(60).collect()
}

/// Call, answer and diagnosis as text to pass on: no token, no secret.
pub fn report(answer: &Answer) -> String {
    let call = &answer.exchange;
    let sent = answer.token.as_ref().map_or_else(
        || "without a token".to_owned(),
        |held| format!("with token {} of {}", held.token.fingerprint(), held.profile),
    );
    let mut lines = vec![
        format!("{} {}", call.request.method, redact_text(&call.request.url)),
        format!("sent {} as {}, {sent}", call.started.strftime("%Y-%m-%d %H:%M:%S UTC"), answer.profile),
    ];
    match &call.outcome {
        Ok(response) => {
            lines.push(super::results::in_words(answer));
            let told = ["www-authenticate", "content-type", "date"];
            lines.extend(
                response
                    .headers
                    .iter()
                    .filter(|(name, _)| told.iter().any(|wanted| name.eq_ignore_ascii_case(wanted)))
                    .map(|(name, value)| format!("{name}: {}", redact_text(value))),
            );
        }
        Err(error) => lines.extend([format!("no answer: {error}"), error.advice()]),
    }
    if let Some(diagnosis) = &answer.diagnosis {
        lines.push(String::new());
        lines.push(format!("cause: {}, {}", diagnosis.cause, diagnosis.confidence));
        lines.extend([diagnosis.summary.clone(), diagnosis.advice.clone()]);
        lines.extend(
            diagnosis
                .evidence
                .iter()
                .map(|row| format!("  {}: token {}, expected {} ({})", row.item, row.token, row.expected, row.source)),
        );
        lines.extend(diagnosis.said.iter().map(|said| format!("the API said: {}", redact_text(said))));
    }
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_copied_group_by_group() {
        let claims = r#"{"realm_access":{"roles":["shipper","offline_access","buyer"]},"groups":["/staff"]}"#;
        let part = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, text);
        let token = Token::read(&format!("{}.{}.x", part(r#"{"alg":"RS256"}"#), part(claims)));
        assert_eq!(roles(&token), "realm: buyer shipper offline_access\ngroups: /staff");
    }
}

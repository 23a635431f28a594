//! An authorization request (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1): checks in Keycloak's order,
//! with its texts.
//!
//! Whatever is wrong with the client or the redirect address is told the person and nobody else: nothing is sent to an
//! address that is not registered.

use super::{
    form::Form,
    pkce::Challenge,
    response::{Answer, ResponseMode},
    scope,
};
use crate::realm::{Client, ClientKind, Realm};

/// A request that can be answered.
#[derive(Debug, Clone)]
pub(super) struct AuthorizationRequest {
    pub client: String,
    pub answer: Answer,
    pub scope: Option<String>,
    pub nonce: Option<String>,
    pub challenge: Option<Challenge>,
    pub login_hint: Option<String>,
    pub max_age: Option<u64>,
    pub prompt: Prompt,
}

/// What the client wants the person to see or not (OpenID Connect Core section 3.1.2.1).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Prompt {
    /// Nothing at all.
    pub none: bool,
    pub login: bool,
    pub consent: bool,
}

/// Why a request is not taken.
pub(super) enum Refused {
    /// The text for the person.
    Page(&'static str),
    /// What the client is told.
    Redirect { answer: Answer, error: &'static str, description: Option<String> },
}

/// Judges the parameters.
pub(super) fn read(realm: &Realm, form: &Form) -> Result<AuthorizationRequest, Refused> {
    let client = client(realm, form)?;
    let redirect_uri = form.get("redirect_uri").filter(|_| !form.is_twice("redirect_uri"));
    let redirect_uri = redirect_uri.filter(|address| client.may_redirect_to(address));
    let redirect_uri = redirect_uri.ok_or(Refused::Page("Invalid parameter: redirect_uri"))?;
    // Request objects would change what was just judged (RFC 9101).
    if form.get("request").is_some() || form.get("request_uri").is_some() {
        return Err(Refused::Page("Invalid Request"));
    }
    let mode = ResponseMode::named(form.get("response_mode"));
    let answer = Answer {
        redirect_uri: redirect_uri.to_owned(),
        mode: mode.unwrap_or_default(),
        state: form.get("state").map(str::to_owned),
    };
    let refused = |error, description: Option<&str>| Refused::Redirect {
        answer: answer.clone(),
        error,
        description: description.map(str::to_owned),
    };
    response_type(client, form, &answer)?;
    if mode.is_none() {
        return Err(refused("invalid_request", Some("Invalid parameter: response_mode")));
    }
    if form.has_duplicates() {
        return Err(refused("invalid_request", Some("duplicated parameter")));
    }
    let requested = form.get("scope");
    if scope::check(client, requested).is_err() {
        let text = format!("Invalid scopes: {}", requested.unwrap_or_default());
        return Err(refused("invalid_scope", Some(&text)));
    }
    let challenge = Challenge::read(client, form.get("code_challenge"), form.get("code_challenge_method"));
    let challenge = challenge.map_err(|text| refused("invalid_request", Some(text)))?;
    Ok(AuthorizationRequest {
        client: client.id().to_owned(),
        scope: requested.map(str::to_owned),
        nonce: form.get("nonce").map(str::to_owned),
        challenge,
        login_hint: form.get("login_hint").map(str::to_owned),
        max_age: form.get("max_age").and_then(|seconds| seconds.parse().ok()),
        prompt: prompt(form.get("prompt")),
        answer,
    })
}

fn client<'a>(realm: &'a Realm, form: &Form) -> Result<&'a Client, Refused> {
    let id = form.filled("client_id").filter(|_| !form.is_twice("client_id"));
    let client = realm.client(id.ok_or(Refused::Page("Invalid Request"))?);
    let client = client.ok_or(Refused::Page("Client not found."))?;
    if !client.enabled() {
        return Err(Refused::Page("Client disabled."));
    }
    if client.kind() == ClientKind::BearerOnly {
        return Err(Refused::Page("Bearer-only applications are not allowed to initiate browser login."));
    }
    if !client.speaks_openid_connect() {
        return Err(Refused::Page("Wrong client protocol."));
    }
    Ok(client)
}

fn response_type(client: &Client, form: &Form, answer: &Answer) -> Result<(), Refused> {
    const NOT_ALLOWED: &str = "Client is not allowed to initiate browser login with given response_type.";
    let refused =
        |error, description: Option<String>| Err(Refused::Redirect { answer: answer.clone(), error, description });
    let Some(response_type) = form.get("response_type") else {
        return refused("invalid_request", Some("Missing parameter: response_type".to_owned()));
    };
    let mut names: Vec<&str> = response_type.split(' ').collect();
    names.sort_unstable();
    match names.as_slice() {
        ["code"] if client.grants().code => Ok(()),
        ["code"] => {
            refused("unauthorized_client", Some(format!("{NOT_ALLOWED} Standard flow is disabled for the client.")))
        }
        // What carries tokens in addresses is not built here (RFC 9700 section 2.1.2).
        names if names.iter().all(|name| ["code", "id_token", "token"].contains(name)) => {
            // Such an answer comes in the fragment unless something else was asked for.
            let mode = if form.get("response_mode").is_some() { answer.mode } else { ResponseMode::Fragment };
            let description = Some(format!("{NOT_ALLOWED} Implicit flow is disabled for the client."));
            let answer = Answer { mode, ..answer.clone() };
            Err(Refused::Redirect { answer, error: "unauthorized_client", description })
        }
        _ => refused("unsupported_response_type", None),
    }
}

/// Values that nobody knows are ignored.
fn prompt(value: Option<&str>) -> Prompt {
    let has = |name: &str| value.is_some_and(|value| value.split(' ').any(|one| one == name));
    Prompt { none: has("none"), login: has("login"), consent: has("consent") }
}

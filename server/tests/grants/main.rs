//! The grants in which a person takes part, over real HTTP: what they bring, and every refusal. Statuses and texts were
//! seen at a real Keycloak.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod code;
mod device;
mod password;
mod refresh;
#[path = "../support/mod.rs"]
mod support;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use support::{
    Answer, Authorization,
    browser::{REDIRECT_URI, VERIFIER, encoded},
    part,
};
use tokenscope_server::realm::Realm;

const WEB: [(&str, &str); 2] = [("client_id", "demo-web"), ("client_secret", "demo-web-secret")];
const LOGIN: [(&str, &str); 1] = [("client_id", "demo-login")];
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The built-in realm with some members of its export changed.
fn realm(changes: &[(&str, Value)]) -> Realm {
    let mut export: Value = serde_json::from_str(include_str!("../../realm.json")).unwrap();
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        export.pointer_mut(parent).unwrap()[key] = value.clone();
    }
    Realm::from_json(&export.to_string()).unwrap()
}

/// Where a client or user stands in the export.
fn place(list: &str, key: &str, name: &str) -> String {
    let export: Value = serde_json::from_str(include_str!("../../realm.json")).unwrap();
    let index = export[list].as_array().unwrap().iter().position(|one| one[key] == name).unwrap();
    format!("/{list}/{index}")
}

/// Form parameters.
type Sent<'a> = &'a [(&'a str, &'a str)];

/// What is wrong, the client, further parameters, and the description.
type Row<'a> = (&'a str, Sent<'a>, Vec<(&'a str, &'a str)>, &'a str);

async fn ask(server: &Authorization, grant: &str, parameters: &[&[(&str, &str)]]) -> Answer {
    let mut all = vec![("grant_type", grant)];
    all.extend(parameters.iter().flat_map(|some| some.iter()));
    server.token_request(&[], &encoded(&all)).await
}

fn assert_refused(answer: &Answer, status: u16, error: &str, description: &str, what: &str) {
    let body = json!({ "error": error, "error_description": description });
    assert_eq!((answer.status, answer.json()), (status, body), "{what}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
}

/// The claims of one of the answer's tokens, without what is different each time.
fn claims(answer: &Value, token: &str) -> Value {
    let mut claims = part(answer[token].as_str().unwrap(), 1);
    for varying in ["exp", "iat", "auth_time", "jti", "sid", "at_hash", "reuse_id"] {
        claims.as_object_mut().unwrap().shift_remove(varying);
    }
    claims
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

async fn with_code(server: &Authorization, code: &str) -> Answer {
    let parameters = [("code", code), ("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];
    ask(server, "authorization_code", &[&LOGIN, &parameters]).await
}

async fn refresh(server: &Authorization, client: &[(&str, &str)], token: &str) -> Answer {
    ask(server, "refresh_token", &[client, &[("refresh_token", token)]]).await
}

async fn password(server: &Authorization, more: &[(&str, &str)]) -> Answer {
    ask(server, "password", &[&WEB, &[("username", "alice"), ("password", "alice")], more]).await
}

//! A JSON document: keycloak.json, a discovery document, a Postman environment or collection, Google's client file.
//!
//! Pure. Imports the siblings above it and `exchange`, `oauth` of this crate.

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::curl::take_client;
use super::{NotUnderstood, Pasted, Reading, address};
use crate::oauth::{ClientAuth, ScopeSet};

/// How many members of a document are looked at.
const MEMBERS: usize = 10_000;

/// Reads a JSON document.
pub(super) fn read(text: &str) -> Result<Pasted, NotUnderstood> {
    let Ok(Value::Object(document)) = serde_json::from_str::<Value>(text) else {
        return Err(NotUnderstood::other("this looks like JSON, and is not: it may have been cut when copied"));
    };
    if document.contains_key("auth-server-url") {
        return keycloak_json(&document);
    }
    if document.get("issuer").is_some_and(Value::is_string) {
        return discovery(&document);
    }
    if let Some(client) = ["web", "installed"].iter().find_map(|kind| document.get(*kind)?.as_object()) {
        return google(client);
    }
    postman(&Value::Object(document))
}

/// The text members of a JSON object; none when it is none.
pub(super) fn members(text: &str) -> Vec<(String, Zeroizing<String>)> {
    let Ok(Value::Object(members)) = serde_json::from_str(text) else { return Vec::new() };
    let text = |(name, value): (String, Value)| match value {
        Value::String(text) => Some((name, Zeroizing::new(text))),
        _ => None,
    };
    members.into_iter().filter_map(text).collect()
}

fn keycloak_json(document: &Map<String, Value>) -> Result<Pasted, NotUnderstood> {
    let text = |name: &str| document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let is = |name: &str| document.get(name).and_then(Value::as_bool) == Some(true);
    let Some(realm) = text("realm") else {
        return Err(NotUnderstood::other("this keycloak.json names no realm"));
    };
    let server = text("auth-server-url").unwrap_or_default().trim_end_matches('/');
    if server.is_empty() || server.starts_with('/') {
        return Err(NotUnderstood::other("the auth-server-url of this keycloak.json is no whole address"));
    }
    let mut pasted = address::read(&format!("{server}/realms/{}", realm.replace(' ', "%20")))?;
    "a keycloak.json".clone_into(&mut pasted.what);
    let resource = text("resource").unwrap_or_default();
    if is("bearer-only") {
        pasted.audience = None;
        pasted.remark(format!(
            "It is of an API ({}), which gets no tokens itself: give a client that calls it.",
            super::super::names::shown(resource)
        ));
        return Ok(pasted);
    }
    let secret = document.get("credentials").and_then(|all| all.get("secret")).and_then(Value::as_str);
    take_client(&mut pasted, resource, secret.map(|secret| Zeroizing::new(secret.to_owned())).as_ref());
    if is("public-client") {
        pasted.auth = Some(ClientAuth::None);
        pasted.remark("It is of a public client, which gets no token by client credentials.");
    } else if document.get("credentials").and_then(|all| all.get("jwt")).is_some() {
        pasted.remark("Its client signs assertions, which this version cannot do.");
    }
    Ok(pasted)
}

fn discovery(document: &Map<String, Value>) -> Result<Pasted, NotUnderstood> {
    let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
    let issuer = text("issuer");
    let found = address::read(issuer)?;
    let mut pasted = Pasted { what: "a discovery document".to_owned(), keycloak: found.keycloak, ..Pasted::default() };
    // Its own spelling, letter for letter.
    pasted.candidate(issuer, Reading::AsGiven);
    pasted.token_endpoint = Some(text("token_endpoint").to_owned()).filter(|text| !text.is_empty());
    pasted.remark("The document is fetched anew: what was pasted may be old.");
    Ok(pasted)
}

fn google(client: &Map<String, Value>) -> Result<Pasted, NotUnderstood> {
    let text = |name: &str| client.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut pasted = address::read(text("auth_uri"))?;
    "a client file of Google's".clone_into(&mut pasted.what);
    take_client(&mut pasted, text("client_id"), Some(&Zeroizing::new(text("client_secret").to_owned())));
    Ok(pasted)
}

/// A Postman environment (`values`), or the first `oauth2` block of a collection.
fn postman(document: &Value) -> Result<Pasted, NotUnderstood> {
    let block = find_block(document).ok_or_else(|| {
        NotUnderstood::other(
            "this JSON is neither a keycloak.json, a discovery document nor a Postman file with OAuth 2.0",
        )
    })?;
    let entry = |names: &[&str]| {
        block.iter().find_map(|pair| {
            let key = pair.get("key")?.as_str()?.to_ascii_lowercase().replace(['_', '-', '.', ' '], "");
            let text = pair.get("value")?.as_str().filter(|text| !text.is_empty())?;
            names.contains(&key.as_str()).then(|| Zeroizing::new(text.to_owned()))
        })
    };
    let server = entry(&[
        "issuer",
        "issueruri",
        "issuerurl",
        "authority",
        "accesstokenurl",
        "tokenurl",
        "tokenendpoint",
        "authurl",
    ]);
    let Some(server) = server else {
        return Err(NotUnderstood::other("this Postman file names no issuer and no token address"));
    };
    let mut pasted = address::read(&server)?;
    "a Postman file".clone_into(&mut pasted.what);
    let id = entry(&["clientid"]).unwrap_or_default();
    take_client(&mut pasted, &id, entry(&["clientsecret"]).as_ref());
    if let Some(scope) = entry(&["scope", "scopes"]) {
        pasted.scopes = ScopeSet::parse(&scope);
    }
    pasted.audience = entry(&["audience"]).map(|text| text.to_string());
    if pasted.secret.is_some() && entry(&["clientauthentication"]).is_some_and(|way| way.as_str() == "body") {
        pasted.auth = Some(ClientAuth::Post);
    }
    Ok(pasted)
}

/// The first list of keys and values that is an `oauth2` block, else an environment's `values`.
fn find_block(document: &Value) -> Option<&Vec<Value>> {
    let mut waiting = vec![document];
    let mut looked = 0;
    while let Some(value) = waiting.pop() {
        looked += 1;
        if looked > MEMBERS {
            return None;
        }
        match value {
            Value::Object(members) => {
                if let Some(Value::Array(block)) = members.get("oauth2") {
                    return Some(block);
                }
                waiting.extend(members.values().rev());
            }
            Value::Array(items) => waiting.extend(items.iter().rev()),
            _ => {}
        }
    }
    document.get("values")?.as_array()
}

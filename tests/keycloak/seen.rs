//! What is compared of an answer: member by member, as text, with what must differ between two servers masked.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::http::Answer;

/// Members of an answer and what they say: `status`, `header cache-control`, `body.error`, `access_token.claims.aud`.
pub type Seen = BTreeMap<String, String>;

/// Fields that belong to one message or one connection, and cookies, which are a server's own business.
const NOT_COMPARED: [&str; 7] =
    ["content-length", "date", "connection", "transfer-encoding", "set-cookie", "keep-alive", "content-language"];

/// An answer of the server at `origin`.
pub fn seen(answer: &Answer, origin: &str) -> Seen {
    let mut seen = Seen::from([("status".into(), answer.status.to_string())]);
    for (name, value) in answer.headers.iter().filter(|(name, _)| !NOT_COMPARED.contains(&name.as_str())) {
        match name.as_str() {
            "location" => location(&mut seen, value, origin),
            _ => drop(seen.insert(format!("header {name}"), masked_text(value, origin))),
        }
    }
    match answer.json() {
        Some(Value::Object(members)) => {
            for token in ["access_token", "id_token", "refresh_token"] {
                let held = members.get(token).and_then(Value::as_str).and_then(parts);
                if let Some((header, claims)) = held {
                    object(&mut seen, &format!("{token}.header"), &header, origin);
                    object(&mut seen, &format!("{token}.claims"), &claims, origin);
                }
            }
            object(&mut seen, "body", &members, origin);
        }
        Some(other) => drop(seen.insert("body".into(), other.to_string())),
        None if answer.body.is_empty() => drop(seen.insert("body".into(), "an empty body".into())),
        None if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) => {
            seen.insert("body".into(), "a page".into());
        }
        None => drop(seen.insert("body".into(), answer.body.clone())),
    }
    seen
}

/// Header and claims of a JWT, unchecked.
pub fn parts(token: &str) -> Option<(Map<String, Value>, Map<String, Value>)> {
    let mut parts = token.split('.').map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok());
    Some((parts.next()??, parts.next()??))
}

/// Where a redirect leads, and each parameter that goes with it.
fn location(seen: &mut Seen, value: &str, origin: &str) {
    let end = value.find(['?', '#']).unwrap_or(value.len());
    let (place, parameters) = value.split_at(end);
    seen.insert("location".into(), masked_text(place, origin));
    for (name, value) in form_urlencoded::parse(parameters.trim_start_matches(['?', '#']).as_bytes()) {
        let value = if name == "code" { "a code".to_owned() } else { masked(&name, &value, origin) };
        seen.insert(format!("location.{name}"), value);
    }
}

fn object(seen: &mut Seen, path: &str, members: &Map<String, Value>, origin: &str) {
    for (name, value) in members {
        let path = format!("{path}.{name}");
        match value {
            Value::Object(inner) => object(seen, &path, inner, origin),
            Value::Array(items) if items.iter().any(Value::is_object) => array(seen, &path, items, origin),
            Value::Array(items) => drop(seen.insert(path, list(name, items, origin))),
            Value::Number(number) => drop(seen.insert(path, time(name, number.as_i64(), members, value))),
            Value::String(text) => drop(seen.insert(path, format!("{:?}", masked(name, text, origin)))),
            other => drop(seen.insert(path, other.to_string())),
        }
    }
}

/// Objects in a list stand under what they are for: a key under its algorithm.
fn array(seen: &mut Seen, path: &str, items: &[Value], origin: &str) {
    for item in items {
        let name = item.get("alg").and_then(Value::as_str).unwrap_or("?");
        if let Value::Object(members) = item {
            object(seen, &format!("{path}.{name}"), members, origin);
        }
    }
}

/// The order of names in a list means nothing anywhere here.
fn list(name: &str, items: &[Value], origin: &str) -> String {
    let text = |item: &Value| match item {
        Value::String(text) => format!("{:?}", masked(name, text, origin)),
        other => other.to_string(),
    };
    let mut items: Vec<String> = items.iter().map(text).collect();
    items.sort();
    format!("[{}]", items.join(", "))
}

/// A second may pass between the making of a token and the answer.
fn by_tens(seconds: i64) -> i64 {
    (seconds + 9) / 10 * 10
}

/// Points in time are told by their distance.
fn time(name: &str, number: Option<i64>, members: &Map<String, Value>, value: &Value) -> String {
    let issued = members.get("iat").and_then(Value::as_i64);
    match (name, number, issued) {
        ("exp", Some(number), Some(issued)) => format!("iat + {}", by_tens(number - issued)),
        ("iat" | "auth_time", Some(number), Some(issued)) if (number - issued).abs() < 60 => "a time".into(),
        ("expires_in" | "refresh_expires_in", Some(number), _) if number > 0 => {
            format!("about {}", by_tens(number))
        }
        _ => value.to_string(),
    }
}

/// A text whose name says that it is made anew for each answer is told by its shape.
fn masked(name: &str, text: &str, origin: &str) -> String {
    let shape = || text.chars().map(|c| if c.is_ascii_alphanumeric() { 'X' } else { c }).collect::<String>();
    match name {
        "scope" => {
            let mut names: Vec<&str> = text.split(' ').collect();
            names.sort_unstable();
            names.join(" ")
        }
        "jti" => match text.split_once(':') {
            Some((kind, _)) => format!("{kind}: and an id"),
            None => "an id".into(),
        },
        "access_token" | "refresh_token" | "id_token" => "a token".into(),
        "kid" | "sid" | "session_state" | "reuse_id" | "at_hash" | "n" | "x5t" | "x5t#S256" | "device_code" => {
            "an id".into()
        }
        "x5c" => "a certificate".into(),
        "user_code" => shape(),
        "verification_uri_complete" => {
            let (place, code) = text.split_once('=').unwrap_or((text, ""));
            format!(
                "{}={}",
                masked_text(place, origin),
                code.chars().map(|c| if c == '-' { c } else { 'X' }).collect::<String>()
            )
        }
        _ => masked_text(text, origin),
    }
}

fn masked_text(text: &str, origin: &str) -> String {
    text.replace(origin, "http://server")
}

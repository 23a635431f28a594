//! Notes on the values of claims that people trip over: what this value means in this token.
//!
//! Pure: imports only the `jwt` module's own files.

use serde_json::Value;

use super::claims::TokenUse;
use super::decode::Token;
use super::explain::meaning_of_member;
use super::holder::Holder;
use super::keycloak::{ACCOUNT, audience_steps, jti_in_words};
use super::shown;
use super::times::{NumericDate, is_time_claim, span_in_words};

/// A note, and whether it warns of something or only says what the value means.
struct Note {
    text: String,
    warns: bool,
}

#[allow(clippy::unnecessary_wraps, reason = "an arm of a match that has no note says None")]
fn fact(text: impl Into<String>) -> Option<Note> {
    Some(Note { text: text.into(), warns: false })
}

#[allow(clippy::unnecessary_wraps, reason = "an arm of a match that has no note says None")]
fn warning(text: impl Into<String>) -> Option<Note> {
    Some(Note { text: text.into(), warns: true })
}

/// What to know about this claim's value in this token; safe to show.
pub fn note_on_claim(token: &Token, name: &str) -> Option<String> {
    note(token, name).map(|note| note.text)
}

/// Whether the note on this claim only says what its value means, and warns of nothing.
pub fn is_plain_note(token: &Token, name: &str) -> bool {
    note(token, name).is_some_and(|note| !note.warns)
}

fn note(token: &Token, name: &str) -> Option<Note> {
    let value = token.claim(name)?;
    match name {
        "aud" => audience(token, value),
        "typ" => kind(value),
        "scope" | "scp" => scope(token, name, value),
        name if is_time_claim(name) => time(token, name),
        "azp" | "preferred_username" | "sub" | "gty" | "idtyp" | "client_id" => subject(token, name, value),
        "acr" => strength(token, value),
        "cnf" => key_to_prove(value),
        "act" => fact(format!("{}, for the subject", shown(value.get("sub")?.as_str()?, 60))),
        "jti" => fact(jti_in_words(value.as_str()?)?),
        "allowed-origins" => origins(value),
        "session_state" => match token.claim("sid") {
            Some(sid) if sid == value => fact("the same as sid"),
            _ => None,
        },
        "nonce" if token.token_kind() == TokenUse::Access => fact("from the login; no API looks at it"),
        "clientHost" | "clientAddress" if is_loopback(value.as_str()?) => fact("the provider's machine or a proxy"),
        _ => None,
    }
}

fn audience(token: &Token, value: &Value) -> Option<Note> {
    if token.audiences() == [ACCOUNT] {
        warning("Keycloak's own account API")
    } else if token.token_kind() == TokenUse::Id {
        warning("for the client: this is an ID token")
    } else if value.as_str() == Some("00000003-0000-0000-c000-000000000000") {
        warning("Microsoft Graph: only Graph itself can check this token")
    } else {
        None
    }
}

fn kind(value: &Value) -> Option<Note> {
    match value.as_str()? {
        "Bearer" | "bearer" => fact("an access token"),
        "DPoP" => fact("an access token bound to a key"),
        "ID" => warning("an ID token: for the client, not for an API"),
        "Refresh" => warning("a refresh token: for the authorization server alone"),
        "Offline" => warning("a refresh token that outlives the login"),
        "Logout" => warning("a logout token: tells a client that a login is over"),
        _ => None,
    }
}

fn scope(token: &Token, name: &str, value: &Value) -> Option<Note> {
    match value {
        Value::String(text) if text.trim().is_empty() => warning("no scope was granted"),
        _ if name == "scp" && token.scope_claim() == Some("scope") => warning("not read: scope is there, too"),
        Value::Array(_) if name == "scope" => warning("a list; RFC 8693 has a string with spaces"),
        Value::String(_) | Value::Array(_) => None,
        _ => warning("neither text nor a list: no scope"),
    }
}

/// A time that is none, or a login that is older than the token.
fn time(token: &Token, name: &str) -> Option<Note> {
    match token.date(name) {
        NumericDate::Absurd(why) => warning(why),
        NumericDate::At(login) if name == "auth_time" => {
            let before = token.issued_at()?.duration_since(login).as_secs();
            let before = u64::try_from(before).ok().filter(|seconds| *seconds >= 60)?;
            fact(format!("{} before this token: no new login", span_in_words(before)))
        }
        _ => None,
    }
}

/// Claims that tell whose token it is.
fn subject(token: &Token, name: &str, value: &Value) -> Option<Note> {
    let holder = token.holder()?;
    match (name, &holder) {
        ("preferred_username", Holder::Client(_)) if text_starts(value, "service-account-") => {
            fact("no person: the client's own account")
        }
        ("sub", Holder::Client(_)) if value == token.claim("client_id").or_else(|| token.claim("azp"))? => {
            fact("no person: the client itself")
        }
        ("gty", _) if value.as_str() == Some("client-credentials") => fact("no person: the client itself"),
        ("idtyp", _) if value.as_str() == Some("app") => fact("no person: the client itself"),
        ("azp", Holder::Client(_)) => fact("the client, asking for itself"),
        ("azp", Holder::Person { name: Some(person), .. }) => fact(format!("the client that {person} uses")),
        _ => None,
    }
}

/// `cnf`: by what the key is told (RFC 7800 section 3, RFC 8705 section 3.1, RFC 9449 section 6.1).
fn key_to_prove(value: &Value) -> Option<Note> {
    let told: Vec<String> = value
        .as_object()?
        .keys()
        .filter_map(|name| meaning_of_member(&format!("cnf.{name}")))
        .map(|member| format!("{}, {}", member.name.trim_start_matches("cnf."), member.meaning))
        .collect();
    if told.is_empty() { None } else { fact(told.join("; ")) }
}

/// `acr`: 0 and 1 are Keycloak's when nothing else is set up (OpenID Connect Core section 2 gives 0 its meaning).
fn strength(token: &Token, value: &Value) -> Option<Note> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.as_str() {
        "0" => fact("by cookie, without a new login"),
        "1" if matches!(token.holder(), Some(Holder::Client(_))) => fact("usual level; nobody logged in"),
        "1" => fact("usual level: a login"),
        number if number.parse::<u32>().is_ok() => {
            fact(format!("level {}: a step up, set in the realm", shown(number, 10)))
        }
        urn if urn.contains(':') => fact("a named level, agreed with the API"),
        _ => None,
    }
}

/// `allowed-origins`: what browsers' scripts are let in from; every other caller is not concerned.
fn origins(value: &Value) -> Option<Note> {
    let origins: Vec<&str> = value.as_array()?.iter().filter_map(Value::as_str).collect();
    if origins.contains(&"*") {
        warning("any web page (browsers' CORS)")
    } else if origins.contains(&"/*") {
        warning("/* is no origin: lets none in")
    } else if origins.is_empty() {
        fact("no web page (browsers' CORS)")
    } else {
        fact("browsers' CORS; limits no other")
    }
}

/// What to do about this claim's value, each in a sentence; `expected` is the `aud` that the API wants, when it is known.
/// Safe to show.
pub fn advice_on_claim(token: &Token, name: &str, expected: Option<&str>) -> Vec<String> {
    if name != "aud" || token.audiences() != [ACCOUNT] || expected == Some(ACCOUNT) {
        return Vec::new();
    }
    let client = token.client().map_or_else(|| "the client".to_owned(), |client| shown(client, 80));
    let api = expected.map_or_else(|| "the API's name".to_owned(), |expected| shown(expected, 80));
    vec![
        "It stands here because of the default roles: the mapper \"audience resolve\" (client scope roles) names every client \
         of which the token has roles, and everybody has roles of account. It says nothing of your API."
            .to_owned(),
        format!("For an API that checks aud, in Keycloak's console: {}.", audience_steps(&api, &client)),
    ]
}

fn is_loopback(address: &str) -> bool {
    matches!(address, "127.0.0.1" | "localhost" | "::1" | "0:0:0:0:0:0:0:1")
}

fn text_starts(value: &Value, start: &str) -> bool {
    value.as_str().is_some_and(|text| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::testing::unsigned;

    #[test]
    fn notes_on_values() {
        for (claims, name, note) in [
            (r#"{"aud":"account","typ":"Bearer"}"#, "aud", Some("Keycloak's own account API")),
            (r#"{"aud":["account","orders"],"typ":"Bearer"}"#, "aud", None),
            (r#"{"typ":"ID"}"#, "typ", Some("an ID token: for the client, not for an API")),
            (r#"{"typ":"Logout"}"#, "typ", Some("a logout token: tells a client that a login is over")),
            (r#"{"typ":7}"#, "typ", None),
            (r#"{"scope":""}"#, "scope", Some("no scope was granted")),
            (r#"{"exp":"soon"}"#, "exp", Some("is a string, \"soon\", where a number of seconds is wanted")),
            (r#"{"exp":1800000000}"#, "exp", None),
            (r#"{"sub":"c1","client_id":"c1"}"#, "sub", Some("no person: the client itself")),
            (r#"{"sub":"someone","client_id":"c1"}"#, "sub", None),
            (r#"{"azp":"c1","jti":"trrtcc:1"}"#, "azp", Some("the client, asking for itself")),
            (r#"{"azp":"spa","preferred_username":"alice"}"#, "azp", Some("the client that alice uses")),
            (r#"{"azp":"spa"}"#, "azp", None),
            (r#"{"jti":"onrtac:1"}"#, "jti", Some("browser login, online session")),
            (r#"{"jti":"7f"}"#, "jti", None),
            (r#"{"cnf":{"jkt":"x"}}"#, "cnf", Some("jkt, SHA-256 of the key that DPoP proofs are signed with")),
            (r#"{"cnf":{"x5t#S256":"x"}}"#, "cnf", Some("x5t#S256, SHA-256 of the client's TLS certificate")),
            (r#"{"cnf":{"other":1}}"#, "cnf", None),
            (r#"{"cnf":"x"}"#, "cnf", None),
            (r#"{"act":{"sub":"agent"}}"#, "act", Some("agent, for the subject")),
            (r#"{"acr":"0","sid":"s"}"#, "acr", Some("by cookie, without a new login")),
            (r#"{"acr":"1","sid":"s"}"#, "acr", Some("usual level: a login")),
            (r#"{"acr":"1","jti":"trrtcc:1"}"#, "acr", Some("usual level; nobody logged in")),
            (r#"{"acr":"3"}"#, "acr", Some("level 3: a step up, set in the realm")),
            (r#"{"acr":"urn:a:silver"}"#, "acr", Some("a named level, agreed with the API")),
            (r#"{"allowed-origins":["*"]}"#, "allowed-origins", Some("any web page (browsers' CORS)")),
            (r#"{"allowed-origins":["/*"]}"#, "allowed-origins", Some("/* is no origin: lets none in")),
            (r#"{"allowed-origins":["http://a"]}"#, "allowed-origins", Some("browsers' CORS; limits no other")),
            (r#"{"session_state":"s","sid":"s"}"#, "session_state", Some("the same as sid")),
            (r#"{"nonce":"n","typ":"Bearer"}"#, "nonce", Some("from the login; no API looks at it")),
            (r#"{"nonce":"n","typ":"ID"}"#, "nonce", None),
            (r#"{"clientHost":"127.0.0.1"}"#, "clientHost", Some("the provider's machine or a proxy")),
            (r#"{"clientHost":"10.0.0.1"}"#, "clientHost", None),
            (r#"{"auth_time":1000,"iat":4600}"#, "auth_time", Some("1 h before this token: no new login")),
            (r#"{"auth_time":1000,"iat":1002}"#, "auth_time", None),
        ] {
            assert_eq!(note_on_claim(&unsigned(claims), name).as_deref(), note, "{claims}");
        }
    }

    #[test]
    fn what_warns_is_told_from_what_only_explains() {
        for (claims, name, plain) in [
            (r#"{"aud":"account","typ":"Bearer"}"#, "aud", false),
            (r#"{"typ":"ID"}"#, "typ", false),
            (r#"{"typ":"Bearer"}"#, "typ", true),
            (r#"{"jti":"trrtcc:1"}"#, "jti", true),
            (r#"{"allowed-origins":["*"]}"#, "allowed-origins", false),
            (r#"{"scope":""}"#, "scope", false),
            (r#"{"exp":1800000000}"#, "exp", false),
        ] {
            assert_eq!(is_plain_note(&unsigned(claims), name), plain, "{claims}");
        }
    }

    #[test]
    fn account_is_called_what_it_is_and_the_steps_name_the_api() {
        let token = unsigned(r#"{"aud":"account","azp":"c1","typ":"Bearer"}"#);
        let advice = advice_on_claim(&token, "aud", Some("orders-api")).join(" ");
        assert!(
            advice.contains("audience resolve") && advice.contains("Included Custom Audience: orders-api"),
            "{advice}"
        );
        assert!(advice.contains("Clients → c1 → Client scopes"), "{advice}");
        assert!(advice_on_claim(&token, "aud", None).join(" ").contains("the API's name"));
        assert_eq!(advice_on_claim(&token, "azp", None), Vec::<String>::new());
        assert_eq!(advice_on_claim(&token, "aud", Some("account")), Vec::<String>::new());
        assert_eq!(advice_on_claim(&unsigned(r#"{"aud":["account","x"]}"#), "aud", None), Vec::<String>::new());
    }
}

//! `+`: the two steps, what goes wrong in each, and that no secret stays where it could be seen.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::{Explorer, exchange};
use crate::config::NewSecret;
use crate::engine::{Introduction, Proposal, Remark, Unmet};
use crate::exchange::Request;
use crate::oauth::{ClientAuth, Grant, Issuer, read_document};
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{Form, Popup, Purpose, RunId};

/// What a Keycloak's realm says of itself.
pub(crate) fn met(issuer: &str, remarks: &[(bool, &str)], now: Timestamp) -> Introduction {
    let document = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/protocol/openid-connect/token"),
        "jwks_uri": format!("{issuer}/protocol/openid-connect/certs"),
        "userinfo_endpoint": format!("{issuer}/protocol/openid-connect/userinfo"),
        "grant_types_supported": ["client_credentials", "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        "id_token_signing_alg_values_supported": ["PS384", "ES256", "RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic", "client_secret_post"],
        "scopes_supported": ["openid", "profile", "email", "orders:read", "orders:write", "offline_access", "roles", "acr"],
    });
    let url = format!("{issuer}/.well-known/openid-configuration");
    let exchange = exchange(Request::new("GET", &url), 200, &document.to_string(), now);
    let metadata = read_document(&url, exchange.response().unwrap()).unwrap();
    Introduction {
        issuer: Issuer::new(issuer),
        token_endpoint: None,
        jwks_uri: None,
        metadata,
        remarks: remarks.iter().map(|(warning, text)| Remark { warning: *warning, text: (*text).to_owned() }).collect(),
        exchange: Arc::new(exchange),
    }
}

fn form(explorer: &Explorer) -> &Form {
    match explorer.popup() {
        Some(Popup::Form(form)) => form,
        other => panic!("no form: {other:?}"),
    }
}

/// Types the address and presses Enter; the number of the search.
fn look_up(explorer: &mut Explorer, address: &str) -> RunId {
    explorer.press("+");
    explorer.type_text(address);
    run_of(&explorer.press("Enter"))
}

fn run_of(effects: &[Effect]) -> RunId {
    match effects {
        [Effect::Introduce { run, .. }] => *run,
        other => panic!("nothing is looked up: {other:?}"),
    }
}

fn joined(explorer: &mut Explorer) {
    let run = look_up(explorer, "https://kc.example.com/realms/shop");
    let met = met("https://kc.example.com/realms/shop", &[], explorer.state.now);
    explorer.send(Message::Introduced { run, result: Ok(Box::new(met)) });
}

#[test]
fn an_address_becomes_a_client_that_is_used_at_once() {
    let mut explorer = Explorer::demo();
    joined(&mut explorer);
    assert!(form(&explorer).title.contains("Keycloak realm shop"), "{}", form(&explorer).title);
    explorer.type_text("web");
    explorer.press("Tab");
    explorer.type_text("s3cret");
    let effects = explorer.press("Enter");
    let [Effect::Add { addition, secret, save: false }] = effects.as_slice() else { panic!("{effects:?}") };
    let profile = addition.profile.as_ref().unwrap();
    assert_eq!((profile.name.as_str(), &profile.secret), ("web", &Some(NewSecret::Prompt)));
    assert_eq!(secret.as_ref().unwrap().reveal(), "s3cret");
    assert_eq!(addition.provider.as_ref().unwrap().issuer.as_str(), "https://kc.example.com/realms/shop");
    assert!(addition.api.is_none());
    assert!(!format!("{effects:?}").contains("s3cret"));
}

#[test]
fn a_client_that_people_log_in_with_needs_no_secret() {
    let mut explorer = Explorer::demo();
    joined(&mut explorer);
    explorer.type_text("web");
    let login = form(&explorer).fields.iter().filter(|field| field.visible).position(|field| field.name == "login");
    for _ in 0..login.unwrap() {
        explorer.press("Tab");
    }
    explorer.press("Right");
    let effects = explorer.press("Enter");
    let [Effect::Add { addition, secret: None, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let profile = addition.profile.as_ref().unwrap();
    assert_eq!((profile.grant, profile.auth, &profile.secret), (Grant::AuthorizationCode, ClientAuth::None, &None));
}

#[test]
fn ctrl_s_saves_what_enter_would_use() {
    let mut explorer = Explorer::demo();
    explorer.send(Message::Keyring(true));
    joined(&mut explorer);
    explorer.type_text("web");
    explorer.press("Tab");
    explorer.type_text("s3cret");
    let effects = explorer.press("Ctrl-S");
    let [Effect::Add { addition, save: true, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(addition.profile.as_ref().unwrap().secret, Some(NewSecret::Keyring("web".into())));
}

#[test]
fn mistakes_stand_at_their_fields_and_nothing_is_added() {
    let mut explorer = Explorer::demo();
    joined(&mut explorer);
    explorer.press("Up");
    explorer.type_text("not a name");
    assert!(explorer.press("Enter").is_empty());
    let wrong: Vec<_> =
        form(&explorer).fields.iter().filter(|field| field.error.is_some()).map(|field| field.name).collect();
    assert_eq!(wrong, ["client_id", "name"]);
}

#[test]
fn what_is_no_address_is_said_at_the_field() {
    let mut explorer = Explorer::demo();
    explorer.press("+");
    explorer.type_text("what is this");
    assert!(explorer.press("Enter").is_empty());
    assert!(form(&explorer).get("address").unwrap().error.is_some());
    explorer.press("Esc");
    assert!(explorer.popup().is_none());
}

#[test]
fn esc_ends_the_search_and_then_the_form_and_a_late_answer_is_dropped() {
    let mut explorer = Explorer::demo();
    let run = look_up(&mut explorer, "https://kc.example.com/realms/shop");
    explorer.send(Message::Asking { run, url: "https://kc.example.com/x".into() });
    assert!(form(&explorer).busy.as_ref().unwrap().contains("asking https://kc.example.com/x"));
    let effects = explorer.press("Esc");
    assert!(matches!(effects.as_slice(), [Effect::Cancel(cancelled)] if *cancelled == run), "{effects:?}");
    assert!(form(&explorer).busy.is_none());
    let late = met("https://kc.example.com/realms/shop", &[], explorer.state.now);
    explorer.send(Message::Introduced { run, result: Ok(Box::new(late)) });
    assert!(matches!(form(&explorer).purpose, Purpose::Meet(_)));
    let again = run_of(&explorer.press("Enter"));
    let effects = explorer.press("Ctrl-C");
    assert!(matches!(effects.as_slice(), [Effect::Cancel(cancelled)] if *cancelled == again), "{effects:?}");
    assert!(!explorer.state.quitting);
}

#[test]
fn what_was_not_found_helps_with_the_next_try() {
    for (proposal, address, tls) in [
        (Proposal::Start("https://kc.example.com/realms/".into()), "https://kc.example.com/realms/", false),
        (Proposal::Address("https://kc.example.com".into()), "https://kc.example.com", false),
        // Another host is not put into the field: Enter would ask it.
        (Proposal::Address("https://evil.example".into()), "http://kc.example.com", false),
        (Proposal::Certificates, "http://kc.example.com", true),
    ] {
        let mut explorer = Explorer::demo();
        let run = look_up(&mut explorer, "http://kc.example.com");
        let unmet = Unmet { what: "it is not so".into(), advice: vec!["Do this.".into()], proposal: Some(proposal) };
        explorer.send(Message::Introduced { run, result: Err(unmet) });
        let form = form(&explorer);
        assert_eq!((form.text("address"), form.get("ca").unwrap().visible), (address, tls));
        assert_eq!(form.get("address").unwrap().error.as_deref(), Some("It is not so. Do this."));
    }
}

#[test]
fn a_pasted_command_is_read_at_once_and_its_secret_never_stands_in_a_field() {
    let mut explorer = Explorer::demo();
    explorer.press("+");
    let curl = "curl -u 'web:s3cret' \\\n -d grant_type=client_credentials -d scope=a https://kc.example.com/realms/shop/protocol/openid-connect/token";
    explorer.send(Message::Paste(curl.into()));
    assert!(!format!("{:?}", explorer.state.popups).contains("s3cret"));
    assert_eq!(form(&explorer).text("address"), "https://kc.example.com/realms/shop");
    let run = run_of(&explorer.press("Enter"));
    let found = met("https://kc.example.com/realms/shop", &[], explorer.state.now);
    explorer.send(Message::Introduced { run, result: Ok(Box::new(found)) });
    let effects = explorer.press("Enter");
    let [Effect::Add { addition, secret, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(secret.as_ref().unwrap().reveal(), "s3cret");
    assert_eq!(addition.profile.as_ref().unwrap().scopes.to_string(), "a");
}

#[test]
fn an_api_call_first_and_its_provider_then() {
    let mut explorer = Explorer::demo();
    explorer.press("+");
    explorer.send(Message::Paste(
        "curl -H 'Authorization: Bearer eyJh.eyJz.c2ln' https://api.example.com/v1/orders".into(),
    ));
    assert_eq!(form(&explorer).text("address"), "");
    explorer.type_text("https://kc.example.com/realms/shop");
    let run = run_of(&explorer.press("Enter"));
    let found = met("https://kc.example.com/realms/shop", &[], explorer.state.now);
    explorer.send(Message::Introduced { run, result: Ok(Box::new(found)) });
    assert_eq!((form(&explorer).text("api"), form(&explorer).text("path")), ("https://api.example.com", "/v1/orders"));
}

#[test]
fn another_client_and_an_api_of_what_is_there_need_no_address() {
    let mut explorer = Explorer::demo();
    explorer.press("+ Up Right");
    explorer.press("Enter");
    assert_eq!(form(&explorer).title, "Another client of demo");
    explorer.press("Esc");
    explorer.press("+ Up Right Right Enter");
    assert_eq!(form(&explorer).title, "An API of demo");
    explorer.type_text("http://localhost:9000/things");
    let effects = explorer.press("Enter");
    let [Effect::Add { addition, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(addition.profile.is_none() && addition.provider.is_none());
    assert_eq!(addition.api.as_ref().unwrap().endpoints.first().unwrap().path, "/things");
}

#[test]
fn plain_text_to_another_machine_wants_a_yes() {
    let mut explorer = Explorer::demo();
    let run = look_up(&mut explorer, "http://kc.example.com/realms/shop");
    let found = met("http://kc.example.com/realms/shop", &[], explorer.state.now);
    explorer.send(Message::Introduced { run, result: Ok(Box::new(found)) });
    explorer.type_text("web");
    assert!(explorer.press("Enter").is_empty());
    let focused = form(&explorer).fields.get(form(&explorer).focus).unwrap();
    assert!(focused.name == "plaintext" && focused.error.is_some(), "{focused:?}");
    explorer.press("Right");
    let effects = explorer.press("Enter");
    let [Effect::Add { addition, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(addition.provider.as_ref().unwrap().plaintext);
}

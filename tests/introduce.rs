//! Making an authorization server known: real servers over HTTP, as they should be and as they should not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{any, get};
use serde_json::{Value, json};
use support::odd::Odd;
use support::{Place, free_ports};
use tokenscope::config::Connection;
use tokenscope::config::pasted;
use tokenscope::engine::{Choice, Engine, Introduction, Places, Proposal, Source, Unmet};

/// What became of it, and every address that was asked.
async fn introduce(text: &str) -> (Result<Introduction, Unmet>, Vec<String>) {
    let engine = Engine::new(Source::demo());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    let connection = Connection { timeout: Some(2), ..Connection::default() };
    let result = engine
        .introduce(&pasted::read(text).unwrap(), &connection, move |url| heard.lock().unwrap().push(url.to_owned()))
        .await;
    let asked = asked.lock().unwrap().clone();
    (result, asked)
}

async fn met(text: &str) -> Introduction {
    introduce(text).await.0.unwrap_or_else(|unmet| panic!("{text}: {unmet} {:?}", unmet.advice))
}

async fn unmet(text: &str) -> Unmet {
    introduce(text).await.0.map(|met| met.headline()).unwrap_err()
}

fn warnings(met: &Introduction) -> String {
    met.remarks.iter().filter(|remark| remark.warning).map(|remark| remark.text.clone()).collect::<Vec<_>>().join("\n")
}

fn remarks(met: &Introduction) -> String {
    met.remarks.iter().map(|remark| remark.text.clone()).collect::<Vec<_>>().join("\n")
}

fn document(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    })
}

fn json_at(router: Router, path: &str, body: &Value) -> Router {
    let body = body.to_string();
    router.route(path, get(move || async move { ([(header::CONTENT_TYPE, "application/json")], body) }))
}

/// A server whose document at this path names this issuer; `{}` in it stands for the server's own address.
async fn server(path: &str, issuer: &str) -> (Odd, String) {
    let [port] = free_ports();
    let own = format!("http://127.0.0.1:{port}");
    let issuer = issuer.replace("{}", &own);
    let router = json_at(Router::new(), path, &document(&issuer));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Odd::at(port), own)
}

const USUAL: &str = "/.well-known/openid-configuration";

#[tokio::test]
async fn the_bundled_server_is_known_by_every_address_of_it() {
    let place = Place::demo();
    let source = Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap();
    let engine = Engine::new(source);
    engine.warm_up().await.unwrap();
    let issuer = engine.profiles().providers[0].issuer.to_string();
    let base = issuer.strip_suffix("/realms/myorg").unwrap().to_owned();
    for text in [
        issuer.clone(),
        issuer.replace("http://", ""),
        format!("{base}/admin/master/console/#/myorg/clients"),
        format!("{issuer}/protocol/openid-connect/token"),
        format!("curl -u a:b -d grant_type=client_credentials {issuer}/protocol/openid-connect/token"),
        format!(r#"{{"realm":"myorg","auth-server-url":"{base}/","resource":"a"}}"#),
    ] {
        let met = met(&text).await;
        assert_eq!(met.issuer.as_str(), issuer, "{text}");
        assert_eq!(met.headline(), format!("Keycloak realm myorg at {}", base.strip_prefix("http://").unwrap()));
        assert!(met.offers()[0].contains("client credentials"), "{:?}", met.offers());
        assert!(met.token_endpoint.is_none() && warnings(&met).is_empty(), "{text}: {}", remarks(&met));
        assert!(!met.needs_plaintext());
    }
    let old = met(&format!("{base}/auth/realms/myorg")).await;
    assert_eq!(old.issuer.as_str(), issuer);
    assert!(remarks(&old).contains("/auth before /realms is superfluous"), "{}", remarks(&old));
    engine.shut_down().await;
}

#[tokio::test]
async fn the_old_auth_is_found_where_it_is_missing() {
    let (_server, own) = server("/auth/realms/shop/.well-known/openid-configuration", "{}/auth/realms/shop").await;
    let met = met(&format!("{own}/realms/shop")).await;
    assert_eq!(met.issuer.as_str(), format!("{own}/auth/realms/shop"));
    assert!(remarks(&met).contains("/auth before /realms was missing"), "{}", remarks(&met));
}

#[tokio::test]
async fn metadata_in_the_places_of_rfc_8414_is_found() {
    for path in ["/.well-known/oauth-authorization-server/a/b", "/a/b/.well-known/oauth-authorization-server"] {
        let (_server, own) = server(path, "{}/a/b").await;
        assert_eq!(met(&format!("{own}/a/b")).await.issuer.as_str(), format!("{own}/a/b"), "{path}");
    }
}

#[tokio::test]
async fn a_slash_at_the_end_is_the_servers_own_business() {
    let (_server, own) = server(USUAL, "{}/").await;
    let met = met(&own).await;
    assert_eq!(met.issuer.as_str(), format!("{own}/"));
    assert!(remarks(&met).contains("with a slash at the end"), "{}", remarks(&met));
    assert_eq!(met.ways_to_authenticate(), [tokenscope::oauth::ClientAuth::Post]);
}

#[tokio::test]
async fn a_server_that_calls_itself_otherwise_on_its_own_host_is_taken_at_its_word() {
    let [port] = free_ports();
    let own = format!("http://127.0.0.1:{port}");
    let router =
        json_at(Router::new(), "/common/.well-known/openid-configuration", &document(&format!("{own}/tenant-7")));
    let router = json_at(router, "/tenant-7/.well-known/openid-configuration", &document(&format!("{own}/tenant-7")));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let met = met(&format!("{own}/common")).await;
    assert_eq!((met.issuer.as_str(), &met.token_endpoint), (format!("{own}/tenant-7").as_str(), &None));
    assert!(remarks(&met).contains("calls itself"), "{}", remarks(&met));
}

#[tokio::test]
async fn the_name_that_containers_see_is_warned_of_and_never_asked() {
    let (_server, own) =
        server("/realms/shop/.well-known/openid-configuration", "http://keycloak:8080/realms/shop").await;
    let (result, asked) = introduce(&format!("{own}/realms/shop")).await;
    let met = result.unwrap();
    assert_eq!(met.issuer.as_str(), "http://keycloak:8080/realms/shop");
    assert_eq!(met.token_endpoint.as_deref(), Some(format!("{own}/realms/shop/token").as_str()));
    assert_eq!(met.jwks_uri.as_deref(), Some(format!("{own}/realms/shop/keys").as_str()));
    assert!(warnings(&met).contains("containers"), "{}", warnings(&met));
    assert!(warnings(&met).contains("KC_HOSTNAME"), "{}", warnings(&met));
    assert!(asked.iter().all(|url| url.starts_with(&own)), "{asked:?}");
}

#[tokio::test]
async fn a_token_endpoint_on_another_host_is_said() {
    let mut body = document("http://127.0.0.1:1");
    let [port] = free_ports();
    let own = format!("http://127.0.0.1:{port}");
    body["issuer"] = json!(own);
    body["token_endpoint"] = json!("https://tokens.example.com/token");
    let router = json_at(Router::new(), USUAL, &body);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let met = met(&own).await;
    assert!(warnings(&met).contains("tokens.example.com"), "{}", warnings(&met));
}

#[tokio::test]
async fn a_missing_realm_is_said_with_the_address_to_complete() {
    for prefix in ["", "/auth"] {
        let (_server, own) = server(
            &format!("{prefix}/realms/master/.well-known/openid-configuration"),
            &format!("{{}}{prefix}/realms/master"),
        )
        .await;
        for text in [own.clone(), format!("{own}/realms/"), format!("{own}/admin/master/console/")] {
            let unmet = unmet(&text).await;
            assert!(unmet.to_string().contains("no realm was named"), "{text}: {unmet}");
            assert_eq!(unmet.proposal, Some(Proposal::Start(format!("{own}{prefix}/realms/"))), "{text}");
        }
    }
}

#[tokio::test]
async fn a_misspelt_realm_is_told_from_a_server_that_is_none() {
    let missing = any(|| async { (StatusCode::NOT_FOUND, r#"{"error":"Realm does not exist"}"#) });
    let server = Odd::serve(Router::new().route("/realms/{*rest}", missing)).await;
    let unmet = unmet(&format!("{}/realms/shpo", server.url())).await;
    assert!(unmet.to_string().contains("has no realm shpo"), "{unmet}");
}

#[tokio::test]
async fn a_web_page_is_called_one() {
    let page = "<!doctype html><html><head><title>\n Grafana \u{1b}[31m</title></head></html>";
    let server = Odd::serve(Router::new().fallback(any(move || async move { Html(page) }))).await;
    let unmet = unmet(&server.url()).await;
    assert!(unmet.to_string().contains("web page with the title \u{201c}Grafana"), "{unmet}");
    assert!(!unmet.to_string().contains('\u{1b}'), "{unmet:?}");
}

#[tokio::test]
async fn a_redirect_is_said_and_not_followed() {
    let elsewhere = Odd::serve(Router::new().fallback(any(|| async { "should not be asked" }))).await;
    let target = format!("{}/realms/shop/.well-known/openid-configuration", elsewhere.url());
    let answer = any(move || async move { Redirect::temporary(&target).into_response() });
    let server = Odd::serve(Router::new().fallback(answer)).await;
    let (result, asked) = introduce(&format!("{}/realms/shop", server.url())).await;
    let unmet = result.map(|met| met.headline()).unwrap_err();
    assert!(unmet.to_string().contains("not followed"), "{unmet}");
    assert_eq!(unmet.proposal, Some(Proposal::Address(format!("{}/realms/shop", elsewhere.url()))));
    assert!(asked.iter().all(|url| url.starts_with(&server.url())), "{asked:?}");
}

#[tokio::test]
async fn metadata_without_a_token_endpoint_is_of_no_use() {
    let body = json!({ "issuer": "http://127.0.0.1:1", "authorization_endpoint": "http://127.0.0.1:1/auth" });
    let server = Odd::serve(json_at(Router::new(), USUAL, &body)).await;
    let unmet = unmet(&server.url()).await;
    assert!(unmet.to_string().contains("names no token endpoint"), "{unmet}");
}

#[tokio::test]
async fn a_server_that_is_down_is_asked_once() {
    let [port] = free_ports();
    let (result, asked) = introduce(&format!("http://127.0.0.1:{port}/realms/shop")).await;
    let unmet = result.map(|met| met.headline()).unwrap_err();
    assert!(unmet.to_string().contains("nothing listens at"), "{unmet}");
    assert_eq!(asked.len(), 1, "{asked:?}");
}

#[tokio::test]
async fn nothing_there_says_so() {
    let server = Odd::serve(Router::new()).await;
    let unmet = unmet(&format!("{}/realms/shop", server.url())).await;
    assert!(unmet.to_string().contains("no discovery document"), "{unmet}");
    assert!(!unmet.advice.is_empty());
}

#[tokio::test]
async fn a_host_alone_is_told_of_the_path_it_lacks() {
    let server = Odd::serve(Router::new()).await;
    let (result, asked) = introduce(&server.url()).await;
    let unmet = result.map(|met| met.headline()).unwrap_err();
    let more = format!("nor at {} more places it could stand", asked.len() - 1);
    assert!(unmet.to_string().contains(&more), "{unmet} {asked:?}");
    assert!(unmet.advice[0].contains(&format!("{}/realms/NAME", server.url())), "{:?}", unmet.advice);
}

#[tokio::test]
async fn an_issuer_for_all_tenants_is_no_issuer() {
    let (_server, own) = server("/common/v2.0/.well-known/openid-configuration", "{}/{tenantid}/v2.0").await;
    let unmet = unmet(&format!("{own}/common/v2.0")).await;
    assert!(unmet.to_string().contains("all tenants"), "{unmet}");
}

#[tokio::test]
async fn an_address_on_a_host_that_was_not_typed_is_proposed_and_not_asked() {
    let (result, asked) = introduce("https://oauth2.googleapis.com/token").await;
    assert_eq!(result.unwrap_err().proposal, Some(Proposal::Address("https://accounts.google.com".into())));
    assert!(asked.is_empty(), "{asked:?}");
}

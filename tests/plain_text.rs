//! Secrets and tokens over plain HTTP: to this machine only, unless the file allows it, whoever names the address.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use axum::http::{HeaderMap, header};
use axum::routing::any;
use serde_json::json;
use support::Place;
use support::odd::{Odd, profiles};
use support::proxies::{Manner, Proxy};
use tokenscope::config::{Changes, Profiles, Proxy as Setting, Severity};
use tokenscope::engine::{Choice, EndpointId, Engine, Failure, LoginAsk, Places, ProbeAsk, SendAs, Source, TokenAsk};
use tokenscope::exchange::{Exchange, NoAnswer, Secret, Text};

fn engine(text: &str, change: impl Fn(&mut Profiles)) -> Engine {
    let place = Place::with(text);
    let mut source = Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap();
    let errors = source.problems.iter().filter(|problem| problem.severity == Severity::Error);
    assert_eq!(errors.count(), 0, "{:?}", source.problems);
    change(&mut source.profiles);
    Engine::new(source)
}

async fn token(engine: &Engine) -> Failure {
    let ask = TokenAsk { profile: "odd".into(), environment: None, changes: Changes::default(), fresh: false };
    engine.token(ask).await.unwrap_err()
}

async fn probe(engine: &Engine) -> Exchange {
    let ask = ProbeAsk {
        profile: "odd".into(),
        environment: None,
        changes: Changes::default(),
        endpoint: EndpointId { api: "odd".into(), endpoint: "open".into() },
        send_as: SendAs::Profile,
        unsafe_allowed: false,
    };
    engine.probe(ask).await.unwrap().exchange.as_ref().clone()
}

/// A provider whose discovery document names this token endpoint.
async fn provider_naming(endpoint: &'static str) -> Odd {
    let discovery = any(move |headers: HeaderMap| async move {
        let issuer = format!("http://{}", headers.get(header::HOST).unwrap().to_str().unwrap());
        let document = json!({ "issuer": issuer, "token_endpoint": endpoint, "jwks_uri": endpoint });
        ([(header::CONTENT_TYPE, "application/json")], document.to_string())
    });
    Odd::serve(axum::Router::new().fallback(discovery)).await
}

#[tokio::test]
async fn a_discovery_document_that_names_a_plain_address_elsewhere_gets_no_secret_sent_there() {
    // The address is reserved for documentation (RFC 5737): nothing is ever sent there.
    let odd = provider_naming("http://192.0.2.1/token").await;
    let failure = token(&engine(&profiles(&odd.url(), "http://127.0.0.1:9"), |_| {})).await;
    assert!(failure.to_string().contains("http://192.0.2.1/token is plain http to another machine"), "{failure}");
    assert!(failure.advice()[0].contains("plaintext = true"), "{:?}", failure.advice());
}

#[tokio::test]
async fn a_document_that_came_in_clear_names_no_place_for_a_secret() {
    let odd = provider_naming("https://192.0.2.1/token").await;
    let text = profiles(&format!("http://idp.example.test:{}", odd.port), "http://127.0.0.1:9");
    let proxy = Proxy::http(Manner::Opens).await;
    let by_proxy = format!("http://127.0.0.1:{}", proxy.port);
    let change = |allowed: bool| {
        let by_proxy = by_proxy.clone();
        move |profiles: &mut Profiles| {
            profiles.providers[0].connection.proxy = Some(Setting::Through(Secret::new(by_proxy.as_str())));
            profiles.providers[0].connection.plaintext = allowed;
        }
    };
    let failure = token(&engine(&text, change(false))).await;
    assert!(failure.to_string().contains("is plain http to another machine"), "{failure}");
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
    // Allowed, it is fetched, and what it names is asked.
    let _ = token(&engine(&text, change(true))).await;
    let asked = proxy.asked();
    assert!(asked[0].ends_with("/.well-known/openid-configuration"), "{asked:?}");
    assert_eq!(asked[1], "CONNECT 192.0.2.1:443");
}

#[tokio::test]
async fn nobody_is_led_to_log_in_over_plain_http_elsewhere() {
    let odd = provider_naming("https://192.0.2.1/token").await;
    for (grant, endpoint) in
        [("authorization_code", "authorization_endpoint"), ("device_code", "device_authorization_endpoint")]
    {
        let by_hand = format!("timeout = 1\n{endpoint} = \"http://192.0.2.1/login\"");
        let text = profiles(&odd.url(), "http://127.0.0.1:9")
            .replace("timeout = 1", &by_hand)
            .replace("client_id =", &format!("grant = \"{grant}\"\nclient_id ="));
        assert!(text.contains(grant) && text.contains(endpoint), "{text}");
        let engine = engine(&text, |_| {});
        let (told, mut steps) = tokio::sync::mpsc::unbounded_channel();
        let (_person, input) = tokio::sync::mpsc::unbounded_channel();
        let ask = LoginAsk {
            profile: "odd".into(),
            environment: None,
            changes: Changes::default(),
            way: None,
            open_browser: false,
        };
        let failure = engine.login(ask, told, input).await.unwrap_err();
        assert!(failure.to_string().contains("http://192.0.2.1/login is plain http"), "{grant}: {failure}");
        assert!(steps.try_recv().is_err(), "nobody was asked to log in");
    }
}

#[tokio::test]
async fn a_credential_among_the_headers_of_the_file_counts_and_is_masked() {
    let text = profiles("http://127.0.0.1:9", "http://192.0.2.1");
    let with = |name: &str, base: &str| {
        text.replace("http://192.0.2.1", base)
            .replace("timeout = 2", &format!("timeout = 2\nheaders = {{ {name} = \"hunter2\" }}"))
    };
    for name in ["X-Api-Key", "Cookie", "x-auth-token"] {
        let exchange = probe(&engine(&with(name, "http://192.0.2.1"), |_| {})).await;
        assert!(matches!(exchange.outcome, Err(NoAnswer::PlainText { .. })), "{name}: {:?}", exchange.outcome);
        assert!(!format!("{exchange:?}").contains("hunter2"), "{exchange:?}");
    }
    let echo = any(|headers: HeaderMap| async move { headers["x-api-key"].to_str().unwrap().to_owned() });
    let api = Odd::serve(axum::Router::new().fallback(echo)).await;
    let exchange = probe(&engine(&with("X-Api-Key", &api.url()), |_| {})).await;
    assert_eq!(exchange.response().unwrap().body, b"hunter2");
    assert_eq!(exchange.request.values("x-api-key").map(Text::shown).collect::<Vec<_>>(), ["‹***›"]);
}

#[tokio::test]
async fn what_is_no_credential_may_go_in_clear() {
    let api = Odd::api(200, "text/plain", "hello").await;
    let proxy = Proxy::http(Manner::Opens).await;
    let text = profiles("http://127.0.0.1:9", &format!("http://api.example.test:{}", api.port))
        .replace("timeout = 2", "timeout = 2\nheaders = { X-Tenant = \"shop\" }");
    let exchange = probe(&engine(&text, |profiles| {
        profiles.apis[0].connection.proxy =
            Some(Setting::Through(Secret::new(format!("http://127.0.0.1:{}", proxy.port))));
    }))
    .await;
    assert_eq!(exchange.status(), Some(200), "{:?}", exchange.outcome);
}

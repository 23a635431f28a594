//! Providers and APIs that do what they should not: each gives a plain message, at once, and nothing is lost.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::any;
use support::odd::{Odd, profiles};
use support::{Ended, Place};
use tokenscope::config::Changes;
use tokenscope::engine::{
    Answer, BODY_BOUND, Choice, EndpointId, Engine, Failure, HeldToken, Places, ProbeAsk, SendAs, Source, TokenAct,
    TokenAsk, Which,
};
use tokenscope::exchange::Completeness;
use tokenscope::jwt::Kind;

fn engine(text: &str) -> (Engine, Place) {
    let place = Place::with(text);
    let source = Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap();
    assert!(source.problems.is_empty(), "{:?}", source.problems);
    (Engine::new(source), place)
}

async fn token(issuer: &str) -> Result<Arc<HeldToken>, Failure> {
    let (engine, _place) = engine(&profiles(issuer, "http://127.0.0.1:9"));
    engine.token(TokenAsk { profile: "odd".into(), environment: None, changes: Changes::default(), fresh: false }).await
}

async fn probe(base_url: &str) -> Answer {
    let (engine, _place) = engine(&profiles("http://127.0.0.1:9", base_url));
    let endpoint = EndpointId { api: "odd".into(), endpoint: "open".into() };
    let ask = ProbeAsk {
        profile: "odd".into(),
        environment: None,
        changes: Changes::default(),
        endpoint,
        send_as: SendAs::Profile,
        unsafe_allowed: false,
    };
    engine.probe(ask).await.unwrap()
}

#[tokio::test]
async fn a_provider_that_is_down() {
    let failure = token("http://127.0.0.1:9").await.unwrap_err();
    assert!(failure.to_string().contains("nothing listens at 127.0.0.1:9"), "{failure}");
    assert!(failure.advice()[0].contains("127.0.0.1:9"));
}

#[tokio::test]
async fn a_silent_provider_meets_the_deadline() {
    let odd = Odd::silent().await;
    let began = Instant::now();
    let failure = token(&odd.url()).await.unwrap_err();
    assert!(failure.to_string().contains("did not answer within 1 s"), "{failure}");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_redirecting_provider_gets_no_credentials_a_second_time() {
    let redirecting =
        Odd::provider_with(any(|| async { Redirect::temporary("http://127.0.0.1:9/steal") }), "{}".into(), None);
    let failure = token(&redirecting.await.url()).await.unwrap_err();
    assert!(failure.to_string().contains("redirects to http://127.0.0.1:9/steal"), "{failure}");

    let everywhere =
        Odd::serve(axum::Router::new().fallback(any(|| async { Redirect::permanent("/elsewhere") }))).await;
    let failure = token(&everywhere.url()).await.unwrap_err();
    assert!(failure.to_string().contains("discovery follows no redirect"), "{failure}");
}

#[tokio::test]
async fn token_answers_that_are_no_tokens() {
    for (status, media, body, words) in [
        (200, "text/html", "<html>log in</html>", "200 with text/html"),
        (502, "text/html", "<html>bad gateway</html>", "502 with text/html"),
        (200, "application/json", r#"{"token_type":"Bearer"}"#, "without an access_token"),
        (500, "application/json", "{}", "500 without an OAuth error"),
        (200, "application/json", r#"{"error":"bad_verification_code"}"#, "bad_verification_code"),
    ] {
        let odd = Odd::provider(status, media, body).await;
        let failure = token(&odd.url()).await.unwrap_err();
        assert!(failure.to_string().contains(words), "{failure} should say {words}");
        let exchange = failure.exchange().expect("the exchange is kept");
        assert_eq!(exchange.response().unwrap().body, body.as_bytes());
        assert!(!failure.advice().is_empty());
    }
}

#[tokio::test]
async fn a_secret_that_is_sent_back_is_shown_nowhere() {
    let pair = "Y2xpZW50Om9kZC1zZWNyZXQ=";
    for body in [
        r#"{"error":"invalid_client","error_description":"no: odd-secret"}"#.to_owned(),
        format!(r#"{{"error":"{pair}","error_uri":"http://127.0.0.1/?odd-secret"}}"#),
        "<p>odd-secret</p>".to_owned(),
    ] {
        let odd = Odd::provider(401, "application/json", body).await;
        let failure = token(&odd.url()).await.unwrap_err();
        let shown = format!("{failure} {failure:?} {:?}", failure.advice());
        let body = String::from_utf8_lossy(&failure.exchange().unwrap().response().unwrap().body).into_owned();
        for text in [shown, body] {
            assert!(!text.contains("odd-secret") && !text.contains(pair), "{text}");
        }
    }
}

#[tokio::test]
async fn a_token_that_is_sent_back_by_what_is_asked_about_it_is_shown_nowhere() {
    let answer = r#"{"access_token":"opaque-access","refresh_token":"opaque-refresh","expires_in":3600}"#;
    let odd = Odd::provider(200, "application/json", answer).await;
    let echo = any(|headers: HeaderMap, body: String| async move {
        let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let said = serde_json::json!({ "error": "invalid_request", "error_description": format!("no: {sent} {body}") });
        (StatusCode::BAD_REQUEST, said.to_string())
    });
    let other = Odd::serve(axum::Router::new().fallback(echo)).await;
    let endpoints = ["introspection_endpoint", "revocation_endpoint", "userinfo_endpoint", "end_session_endpoint"]
        .map(|name| format!("{name} = \"{}/x\"\n", other.url()))
        .concat();
    let text =
        profiles(&odd.url(), "http://127.0.0.1:9").replacen("timeout = 1", &format!("{endpoints}timeout = 1"), 1);
    let (engine, _place) = engine(&text);
    let ask = TokenAsk { profile: "odd".into(), environment: None, changes: Changes::default(), fresh: false };
    let held = engine.token(ask).await.unwrap();
    for (act, which) in [
        (TokenAct::Introspect, Which::Access),
        (TokenAct::Revoke, Which::Refresh),
        (TokenAct::UserInfo, Which::Access),
        (TokenAct::EndSession, Which::Refresh),
    ] {
        let acted = engine.act(act, which, Arc::clone(&held)).await.unwrap();
        let body = String::from_utf8_lossy(&acted.exchange.response().unwrap().body).into_owned();
        let shown = format!("{} {:?} {body}", acted.summary, acted.remarks);
        assert!(shown.contains("no: ") && !shown.contains("opaque-"), "{act:?}: {shown}");
    }
}

#[tokio::test]
async fn an_opaque_token_and_a_lifetime_as_a_string_are_taken() {
    let odd =
        Odd::provider(200, "application/json", r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","expires_in":"3600"}"#)
            .await;
    let held = token(&odd.url()).await.unwrap();
    assert!(matches!(held.token.kind(), Kind::Opaque));
    assert_eq!(held.verdict.valid, None);
    assert_eq!(held.granted.expires_in, Some(3600));
    assert!(held.ends_at().is_some());
    assert!(held.granted.remarks.iter().any(|remark| remark.contains("expires_in is a string")));
}

#[tokio::test]
async fn an_issuer_that_is_not_the_one_asked_for() {
    let odd = Odd::provider_with(any(|| async { "" }), "{}".into(), Some("http://keycloak:8080/realms/x")).await;
    let failure = token(&odd.url()).await.unwrap_err();
    assert!(failure.to_string().contains("names the issuer http://keycloak:8080/realms/x"), "{failure}");
}

#[tokio::test]
async fn a_broken_key_beside_a_good_one_does_no_harm() {
    // RFC 7515 appendix A.2: a token signed with RS256, and its key.
    let token_text = include_str!("support/rfc7515_a2.jwt").trim();
    let key = include_str!("support/rfc7515_a2.jwk");
    let keys = format!(r#"{{"keys":[{{"kty":"RSA","n":"!!","e":"AQAB"}},{{"kty":"AKP","alg":"ML-DSA-44"}},7,{key}]}}"#);
    let body = format!(r#"{{"access_token":"{token_text}","token_type":"Bearer"}}"#);
    let answer = any(move || {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], body) }
    });
    let odd = Odd::provider_with(answer, keys, None).await;
    let held = token(&odd.url()).await.unwrap();
    let signature = held.verdict.checks.iter().find(|check| check.name.to_string() == "signature").unwrap();
    assert_eq!(signature.outcome, tokenscope::jwt::Outcome::Pass, "{}", signature.detail);
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_said_and_the_token_is_shown_all_the_same() {
    let token_text = include_str!("support/rfc7515_a2.jwt").trim();
    let body = format!(r#"{{"access_token":"{token_text}","token_type":"Bearer"}}"#);
    let answer = any(move || {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], body) }
    });
    let odd = Odd::provider_with(answer, "<html>".into(), None).await;
    let held = token(&odd.url()).await.unwrap();
    assert_eq!(held.verdict.valid, None);
    assert_eq!(held.token.claim_str("iss"), Some("joe"));
}

#[tokio::test]
async fn an_api_that_is_down_is_an_answer_to_be_judged() {
    let answer = probe("http://127.0.0.1:9").await;
    assert!(answer.exchange.outcome.is_err());
    assert_eq!(answer.judgement.as_expected, Some(false));
}

#[tokio::test]
async fn a_body_of_fifty_megabytes_and_one_that_never_ends_are_cut_at_the_bound() {
    let large = Odd::api(200, "application/octet-stream", vec![0xff; 50 * 1024 * 1024]).await;
    let endless = Odd::endless().await;
    for odd in [large, endless] {
        let answer = probe(&odd.url()).await;
        let response = answer.exchange.response().unwrap();
        assert_eq!(response.body.len(), BODY_BOUND);
        assert_eq!(response.completeness, Completeness::CutAtBound);
    }
}

#[test]
fn escape_sequences_never_reach_the_terminal() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let hostile = "\x1b]52;c;aGFja2Vk\x07\x1b[2Jred\u{9b}31m\u{202e}";
    let odd = runtime.block_on(Odd::api(403, "text/plain", hostile));
    let place = Place::with(&profiles("http://127.0.0.1:9", &odd.url()));
    let ended = place.run(&["probe", "odd", "open"]);
    assert!(ended.out.contains("red"), "{}", ended.out);
    for text in [&ended.out, &ended.err] {
        assert!(!text.contains(['\x1b', '\x07', '\u{9b}', '\u{202e}']), "{text:?}");
    }
    runtime.shutdown_background();
}

#[test]
fn a_machine_without_root_certificates_and_with_a_proxy_runs_the_demo() {
    let place = Place::demo();
    let mut command = place.command(&["probe", "tester", "private-scoped"]);
    command.env("SSL_CERT_FILE", "/nonexistent").env("SSL_CERT_DIR", "/nonexistent");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env(name, "http://127.0.0.1:9");
    }
    Ended::of(&command.output().unwrap()).code(0).says("ALLOWED");
}

#[test]
fn a_taken_port_moves_the_demo_and_says_so() {
    let place = Place::demo();
    let api = std::net::TcpListener::bind(("127.0.0.1", place.api_port)).unwrap();
    place.run(&["probe", "tester", "private-scoped"]).code(0).says("is taken by something else; the demo API is at");
    drop(api);
    let _auth = std::net::TcpListener::bind(("127.0.0.1", place.auth_port)).unwrap();
    let ended = place.run(&["probe", "tester", "private-scoped"]).code(0);
    ended.says("is taken by something else; the demo's issuer is");
}

#[test]
fn two_at_once_share_one_server() {
    let place = Place::demo();
    let children: Vec<_> = (0..4)
        .map(|_| {
            let mut command = place.command(&["matrix"]);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let ended = Ended::of(&child.wait_with_output().unwrap()).code(0);
        assert!(!ended.err.contains("taken"), "{}", ended.err);
    }
}

#[tokio::test]
async fn every_name_under_localhost_is_this_machine_whatever_a_resolver_would_say() {
    let odd = Odd::api(204, "text/plain", "").await;
    for name in ["localhost", "api.localhost", "no.such.host.localhost"] {
        let answer = probe(&format!("http://{name}:{}", odd.port)).await;
        assert_eq!(answer.exchange.status(), Some(204), "{name}: {:?}", answer.exchange.outcome);
    }
}

#[tokio::test]
async fn a_secret_goes_over_plain_http_to_this_machine_only() {
    // The address is reserved for documentation (RFC 5737): nothing is ever sent there.
    let failure = token_by_hand("http://192.0.2.1/token").await;
    assert!(failure.to_string().contains("plain http to another machine"), "{failure}");
    assert!(failure.advice()[0].contains("plaintext = true"));
}

async fn token_by_hand(endpoint: &str) -> Failure {
    let text = profiles("http://127.0.0.1:9", "http://127.0.0.1:9");
    let text = text.replace("timeout = 1\n", &format!("timeout = 1\ntoken_endpoint = \"{endpoint}\"\n"));
    let place = Place::with(&text);
    let source = Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap();
    let engine = Engine::new(source);
    engine
        .token(TokenAsk { profile: "odd".into(), environment: None, changes: Changes::default(), fresh: false })
        .await
        .unwrap_err()
}

#[tokio::test]
async fn the_token_goes_into_one_header_and_its_profile_is_the_one_chosen() {
    let echo = any(|headers: HeaderMap| async move {
        let count = headers.get_all(header::AUTHORIZATION).iter().count();
        (StatusCode::OK, count.to_string()).into_response()
    });
    let api = Odd::serve(axum::Router::new().fallback(echo)).await;
    let provider = Odd::provider(200, "application/json", r#"{"access_token":"opaque","expires_in":60}"#).await;
    let (engine, _place) = engine(&profiles(&provider.url(), &api.url()));
    for (name, count) in [("open", "0"), ("guarded", "1")] {
        let endpoint = EndpointId { api: "odd".into(), endpoint: name.into() };
        let ask = ProbeAsk {
            profile: "odd".into(),
            environment: None,
            changes: Changes::default(),
            endpoint,
            send_as: SendAs::Profile,
            unsafe_allowed: false,
        };
        let answer = engine.probe(ask).await.unwrap();
        assert_eq!(answer.exchange.response().unwrap().body, count.as_bytes(), "{name}");
    }
}

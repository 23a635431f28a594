//! No bytes in a request make the servers fail: every answer is of the 2xx or 4xx kind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::prelude::*;
use support::{Answer, Authorization, mint::Mint};
use tokenscope_server::resource::{KeySet, Policy, RequireAuth, ValidatorOptions, decide};

/// Values of an `Authorization` header: noise, noise after the scheme, and noise in the place of
/// each part of a token.
fn authorization() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop::collection::vec(any::<u8>(), 0..200);
    let json = prop_oneof![
        "\\PC{0,60}",
        Just(r#"{"alg":"RS256"}"#.to_owned()),
        Just(r#"{"alg":"HS256","kid":null}"#.to_owned()),
        Just(r#"{"alg":"ES256","kid":"","crit":7}"#.to_owned()),
        Just(r#"{"exp":1e308,"iss":[],"scope":{}}"#.to_owned()),
    ];
    let part = prop_oneof![json.prop_map(|text| URL_SAFE_NO_PAD.encode(text)), "[A-Za-z0-9_-]{0,80}"];
    let token = prop::collection::vec(part, 0..6).prop_map(|parts| format!("Bearer {}", parts.join(".")).into_bytes());
    let after_scheme = noise.clone().prop_map(|noise| [b"Bearer ".as_slice(), &noise].concat());
    prop_oneof![noise, after_scheme, token]
}

fn key_set() -> KeySet {
    static KEYS: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    let document = KEYS.get_or_init(|| {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("keys.json");
        tokenscope_server::realm::KeyFile::at(&path).load_or_create().unwrap();
        let jwk = Mint::new(&path, "http://i", "", 0).jwk();
        serde_json::json!({ "keys": [jwk] }).to_string().into_bytes()
    });
    KeySet::parse(document).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_decision_refuses_noise(value in authorization()) {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            headers.insert(header::AUTHORIZATION, value);
        }
        let refusal = decide(&headers, &RequireAuth::any(), &key_set(), &Policy::new("http://i"), 1_000_000_000)
            .expect_err("noise is no token");
        prop_assert_eq!(refusal.status().as_u16(), 401);
        let text = refusal.description();
        prop_assert!(text.chars().all(|c| matches!(c, ' '..='!' | '#'..='[' | ']'..='~')), "{}", text);
    }

    #[test]
    fn any_document_is_a_key_set_or_an_error(document in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = KeySet::parse(&document);
    }
}

fn is_no_fault_of_ours(answer: Option<&Answer>) -> bool {
    answer.is_none_or(|answer| answer.status < 500)
}

/// Over real sockets, so that what the HTTP layer lets through is what arrives.
#[test]
fn the_servers_answer_noise() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (server, api) = runtime.block_on(async {
        let server = Authorization::start().await;
        let api = support::api(ValidatorOptions::new(&server.issuer)).await;
        (server, api)
    });
    let form = prop::collection::vec(any::<u8>(), 0..200);
    let path = prop::collection::vec(any::<u8>().prop_filter("of the line", |b| !b.is_ascii_whitespace()), 0..60);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 200, ..ProptestConfig::default() });
    let checked = runner.run(&(authorization(), form, path), |(authorization, form, path)| {
        let head = |line: &[u8], length: usize| {
            let after = format!(
                " HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\nauthorization: "
            );
            [line, after.as_bytes(), &authorization, b"\r\n\r\n"].concat()
        };
        let token = b"POST /realms/myorg/protocol/openid-connect/token";
        let grant = [b"grant_type=client_credentials&".as_slice(), &form].concat();
        for (address, bytes) in [
            (api.address(), head(b"GET /api/private-scoped", 0)),
            (api.address(), head(&[b"GET /api/".as_slice(), &path].concat(), 0)),
            (server.served.address(), [head(token, form.len()), form.clone()].concat()),
            (server.served.address(), [head(token, grant.len()), grant.clone()].concat()),
            (server.served.address(), head(&[b"GET /realms/".as_slice(), &path].concat(), 0)),
        ] {
            let answer = runtime.block_on(support::exchange(address, bytes));
            prop_assert!(is_no_fault_of_ours(answer.as_ref()), "{:?}", answer);
        }
        Ok(())
    });
    checked.unwrap();
    let still_there = runtime.block_on(server.token("testapiclient1", "demo-secret", "profile"));
    let answer = runtime.block_on(support::get(api.address(), "/api/private", &still_there));
    assert_eq!(answer.status, 200, "after all that");
}

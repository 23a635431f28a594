//! A tour through the whole explorer, after which no secret and no token stands anywhere it should not: in no file that
//! was written, nowhere in what the terminal was ever sent, in no process list.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::any;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use support::Place;
use support::odd::Odd;
use support::pty::Pty;

/// The client's secret; it is in no file.
const SECRET: &str = "tour-secret+/%&:é";
/// The secret of a client of which profiles.toml says that it is asked for.
const ASKED: &str = "tour-asked-secret";
/// The secret of a client that is added on the way.
const TYPED: &str = "tour-typed-secret";
/// A refresh token nobody asked for.
const REFRESH: &str = "tour-refresh-token";
/// What an API may send back without being asked: a token in a body.
const ECHOED: &str = "tour-echoed-token";

/// The parts of a token that let somebody use it: without its signature it is worth nothing.
fn signature(number: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("tour-signature-{number}-of-a-token-that-nobody-may-see"))
}

fn token(number: usize) -> String {
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(json!({ "alg": "RS256", "kid": "tour", "typ": "JWT" }));
    let claims = part(json!({ "iss": "https://tour", "sub": "tour", "exp": 4_000_000_000_u64, "scope": "tour" }));
    format!("{header}.{claims}.{}", signature(number))
}

/// An authorization server that counts its tokens.
async fn provider() -> Odd {
    let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let endpoint = any(move || {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        async move {
            let body = json!({
                "access_token": token(number), "token_type": "Bearer", "expires_in": 300, "scope": "tour",
                "refresh_token": REFRESH, "id_token": token(number),
            });
            ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
        }
    });
    Odd::provider_with(endpoint, r#"{"keys":[]}"#.into(), None).await
}

/// Everything that must stand nowhere, with its name.
fn forbidden() -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    words.insert("the client secret".into(), SECRET.to_owned());
    let form: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    words.insert("the client secret, form-encoded".into(), form.clone());
    words.insert("the basic credentials".into(), STANDARD.encode(format!("client:{form}")));
    words.insert("the secret that was asked for".into(), ASKED.to_owned());
    words.insert("its basic credentials".into(), STANDARD.encode(format!("asked:{ASKED}")));
    words.insert("the secret of the added client".into(), TYPED.to_owned());
    words.insert("the refresh token".into(), REFRESH.to_owned());
    words.insert("the token in a body".into(), ECHOED.to_owned());
    for number in 0..12 {
        words.insert(format!("the signature of token {number}"), signature(number));
    }
    words
}

#[track_caller]
fn assert_absent(place: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for (name, word) in forbidden() {
        assert!(!text.contains(&word), "{name} stands in {place}");
    }
}

fn search_files(folder: &Path) -> usize {
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            seen += search_files(&path);
        } else if path.is_file() {
            assert_absent(&path.display().to_string(), &fs::read(&path).unwrap());
            seen += 1;
        }
    }
    seen
}

/// The argument lists of every process of this machine that we may see.
fn search_processes() -> usize {
    let mut seen = 0;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        if let Ok(line) = fs::read(entry.path().join("cmdline")) {
            assert_absent(&format!("the arguments of {}", entry.path().display()), &line);
            seen += 1;
        }
    }
    seen
}

/// Keys, and the words that stand on the screen when they have been taken in; after a `!` words that no longer do.
const TOUR: [(&str, &str); 37] = [
    ("t", "FAILED issuer"),
    ("\t\t", "Claims"),
    ("l", "granted"),
    ("l", "roles"),
    ("l", "kid"),
    ("l", "eyJ"),
    ("l", "Basic ‹client:***›"),
    ("x", "Esc closes"),
    ("G", "expires_in"),
    ("\x1b", "!Esc closes"),
    ("1", "200"),
    ("2", "401"),
    ("\t", "Why"),
    ("l", "access_token"),
    ("l", "content-type"),
    ("l", "Bearer ‹token"),
    ("l", "until the response head"),
    ("x", "Esc closes"),
    ("\x1b", "!Esc closes"),
    ("i", "Esc closes"),
    ("\x1b", "!Esc closes"),
    ("t", "before #"),
    ("d", "Esc closes"),
    ("\x1b", "!Esc closes"),
    ("o", "Esc closes"),
    ("\x1b", "!Esc closes"),
    ("m", "Esc closes"),
    ("\x1b", "!Esc closes"),
    (":tok", "Esc closes"),
    ("\x1b", "!Esc closes"),
    ("?", "Tokens and calls"),
    ("\x1b", "!Tokens and calls"),
    ("yc", "Sent a curl command"),
    ("yr", "Sent a report"),
    ("s", "Scopes to ask for"),
    ("more\r", "!Scopes to ask for"),
    ("2", "before #"),
];

/// As a terminal says that text was pasted.
fn pasted(text: &str) -> String {
    format!("\x1b[200~{text}\x1b[201~")
}

/// A secret that is asked for, a provider that is added, and the file that is written in the end.
fn second_tour(address: &str) -> Vec<(String, &'static str)> {
    let own = |keys: &str, words| (keys.to_owned(), words);
    vec![
        own("]", "asked @ odd"),
        own("t", "Client secret"),
        (pasted(ASKED), "17 characters"),
        own("\r", "FAILED issuer"),
        own("+", "Address"),
        (pasted(address), "http://"),
        own("\r", "Client id"),
        (pasted("added"), "added"),
        own("\t", "As the provider"),
        (pasted(TYPED), "17 characters"),
        own("\r", "added* @"),
        own("x", "Esc closes"),
        own("\x1b", "!Esc closes"),
        own("\x13", "Enter writes it"),
        own("\r", "!Enter writes it"),
        own("m", "Esc closes"),
        own("\x1b", "!Esc closes"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_tour_no_secret_stands_anywhere() {
    let provider = provider().await;
    let refusal = json!({ "access_token": ECHOED, "why": "no" }).to_string();
    let api = Odd::serve(axum::Router::new().fallback(any(move |uri: axum::http::Uri| {
        let refusal = refusal.clone();
        async move {
            let status = if uri.path() == "/open" { 200 } else { 401 };
            let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
            (axum::http::StatusCode::from_u16(status).unwrap(), challenge, refusal).into_response()
        }
    })))
    .await;
    let text = support::odd::profiles(&provider.url(), &api.url());
    let asked = "[profiles.asked]\nprovider = \"odd\"\nclient_id = \"asked\"\nclient_secret = { prompt = true }\n";
    let place = Place::with(&(text.replace("\"odd-secret\"", "{ command = [\"printenv\", \"TOUR_SECRET\"] }") + asked));
    let own = self::provider().await;
    let mut command = place.command(&[]);
    for name in
        ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "TMPDIR"]
    {
        let folder = place.path().join(name.to_lowercase());
        fs::create_dir_all(&folder).unwrap();
        command.env(name, folder);
    }
    command.env("TOUR_SECRET", SECRET);
    let tour = tokio::task::spawn_blocking(move || {
        let mut pty = Pty::start(&command, 120, 36);
        pty.wait_for_text("NO TOKEN YET");
        let first = TOUR.map(|(keys, words)| (keys.to_owned(), words));
        for (keys, words) in first.into_iter().chain(second_tour(&own.url())) {
            pty.press(&keys);
            pty.wait_for(words, |screen| match words.strip_prefix('!') {
                Some(gone) => !screen.contents().contains(gone),
                None => screen.contents().contains(words),
            });
            assert_absent(&format!("the screen after {keys:?}"), pty.text().replace('\n', "").as_bytes());
        }
        assert!(search_processes() > 1, "no process was seen: does this test still look at anything?");
        pty.press("q");
        assert_eq!(pty.wait(), 0);
        assert_absent("what was left on the terminal", pty.assert_given_back().as_bytes());
        assert_absent("what the terminal was sent", &pty.sent());
    });
    tour.await.unwrap();
    assert!(search_files(place.path()) > 0, "no file was seen: does this test still look at anything?");
}

//! Renewal and ID tokens against a provider that rotates every refresh token, whose clock is off, or whose ID tokens are
//! not for this client.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::hmac;
use axum::Router;
use axum::extract::RawForm;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::any;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use support::Place;
use support::odd::Odd;
use tokenscope::config::Changes;
use tokenscope::engine::{Choice, Engine, Failure, Gained, HeldToken, LoginAsk, Places, Source, TokenAsk};
use tokenscope::jwt::CheckName;
use tokio::sync::{Semaphore, mpsc};

const SECRET: &str = "the-client-secret";

/// A provider with a device grant: a person agrees at once, its tokens have ended when they come, and each refresh token
/// is good for one use.
#[derive(Clone)]
struct Provider {
    refresh: Arc<Mutex<usize>>,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    /// Whether it is out of order.
    down: Arc<AtomicBool>,
    /// Requests wait here before they are looked at.
    gate: Arc<Semaphore>,
    /// Seconds by which its clock is ahead.
    ahead: i64,
    /// The audience of its ID tokens.
    audience: &'static str,
}

impl Provider {
    fn new(ahead: i64, audience: &'static str) -> Self {
        let (now, most) = (Arc::default(), Arc::default());
        let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        Self { refresh: Arc::default(), now, most, down: Arc::default(), gate, ahead, audience }
    }

    async fn serve(&self) -> Odd {
        let token = self.clone();
        let device =
            || async { r#"{"device_code":"d","user_code":"A-B","verification_uri":"http://x/","interval":1}"# };
        let answer = move |RawForm(form): RawForm| {
            let token = token.clone();
            async move {
                let at_once = token.now.fetch_add(1, Ordering::SeqCst) + 1;
                token.most.fetch_max(at_once, Ordering::SeqCst);
                // Long enough for another to come meanwhile.
                tokio::time::sleep(Duration::from_millis(20)).await;
                let _passed = token.gate.acquire().await.unwrap();
                token.now.fetch_sub(1, Ordering::SeqCst);
                token.answer(&form)
            }
        };
        let router = Router::new().route("/device", any(device)).route("/token", any(answer));
        Odd::serve(router).await
    }

    fn answer(&self, form: &[u8]) -> axum::response::Response {
        let sent = |name: &str| {
            let mut fields = url::form_urlencoded::parse(form);
            fields.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        if self.down.load(Ordering::SeqCst) {
            return (StatusCode::SERVICE_UNAVAILABLE, "<html>").into_response();
        }
        let mut refresh = self.refresh.lock().unwrap();
        let (status, body) = match sent("grant_type").as_deref() {
            Some("refresh_token") if sent("refresh_token") != Some(format!("refresh-{refresh}")) => {
                (400, json!({"error": "invalid_grant", "error_description": "Stale token"}))
            }
            _ => {
                *refresh += 1;
                let body = json!({
                    "access_token": format!("opaque-{refresh}"), "token_type": "Bearer", "expires_in": 0,
                    "refresh_token": format!("refresh-{refresh}"), "id_token": self.id_token(),
                });
                (200, body)
            }
        };
        let date = self.time().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::DATE, date)];
        (StatusCode::from_u16(status).unwrap(), headers, body.to_string()).into_response()
    }

    fn time(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.ahead)
    }

    fn id_token(&self) -> String {
        let now = self.time().as_second();
        let claims =
            json!({"iss": "http://127.0.0.1:9", "sub": "1", "aud": self.audience, "iat": now, "exp": now + 60});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({"alg": "HS256"})), part(&claims));
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes())))
    }
}

fn engine(odd: &Odd) -> (Place, Engine) {
    engine_with(odd, SECRET)
}

fn engine_with(odd: &Odd, secret: &str) -> (Place, Engine) {
    let url = odd.url();
    let place = Place::with(&format!(
        "[providers.p]\nissuer = \"http://127.0.0.1:9\"\ntoken_endpoint = \"{url}/token\"\n\
         device_authorization_endpoint = \"{url}/device\"\n[profiles.p]\nprovider = \"p\"\nclient_id = \"web\"\n\
         client_secret = \"{secret}\"\ngrant = \"device_code\"\nscopes = [\"openid\"]\n"
    ));
    let source = Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap();
    (place, Engine::new(source))
}

async fn log_in(engine: &Engine) -> Result<Arc<HeldToken>, Failure> {
    let changes = Changes::default();
    let ask = LoginAsk { profile: "p".into(), environment: None, changes, way: None, open_browser: false };
    engine.login(ask, mpsc::unbounded_channel().0, mpsc::unbounded_channel().1).await
}

fn ask() -> TokenAsk {
    TokenAsk { profile: "p".into(), environment: None, changes: Changes::default(), fresh: false }
}

#[tokio::test]
async fn rotated_refresh_tokens_are_used_once_each_and_never_two_at_once() {
    let provider = Provider::new(0, "web");
    let odd = provider.serve().await;
    let (_place, engine) = engine(&odd);
    log_in(&engine).await.unwrap();
    let (one, two, three) = tokio::join!(engine.token(ask()), engine.token(ask()), engine.token(ask()));
    let tokens = [one, two, three].map(Result::unwrap);
    assert!(tokens.iter().all(|held| held.gained == Gained::Renewed { rotated: true }), "{tokens:?}");
    assert_eq!(provider.most.load(Ordering::SeqCst), 1);
    // Somebody else has used the refresh token: the provider's words, and a login.
    *provider.refresh.lock().unwrap() += 1;
    let failure = engine.token(ask()).await.unwrap_err();
    assert!(
        matches!(&failure, Failure::LoginNeeded { why: Some(why), .. } if why.contains("Stale token")),
        "{failure:?}"
    );
    assert_eq!(log_in(&engine).await.unwrap().gained, Gained::Device);
}

#[tokio::test]
async fn a_renewal_that_is_cancelled_on_the_way_loses_no_refresh_token() {
    let provider = Provider::new(0, "web");
    let odd = provider.serve().await;
    let (_place, engine) = engine(&odd);
    log_in(&engine).await.unwrap();
    let closed = provider.gate.acquire_many(u32::MAX).await.unwrap();
    provider.gate.forget_permits(Semaphore::MAX_PERMITS);
    let renewal = tokio::spawn({
        let engine = engine.clone();
        async move { engine.token(ask()).await }
    });
    until(|| provider.now.load(Ordering::SeqCst) == 1).await;
    renewal.abort();
    assert!(renewal.await.unwrap_err().is_cancelled());
    // Only now the provider takes the refresh token and gives another one, with nobody waiting.
    drop(closed);
    until(|| *provider.refresh.lock().unwrap() == 2).await;
    let held = engine.token(ask()).await.unwrap();
    assert_eq!((held.gained, *provider.refresh.lock().unwrap()), (Gained::Renewed { rotated: true }, 2), "{held:?}");
    let notes = &held.exchange.as_ref().unwrap().notes;
    assert!(notes.iter().any(|note| note.contains("picked up later")), "{notes:?}");
    engine.token(ask()).await.unwrap();
    assert_eq!(*provider.refresh.lock().unwrap(), 3);
}

/// Waits for this to hold, with a deadline.
async fn until(is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_is_out_of_order_costs_no_login() {
    let provider = Provider::new(0, "web");
    let odd = provider.serve().await;
    let (_place, engine) = engine(&odd);
    log_in(&engine).await.unwrap();
    provider.down.store(true, Ordering::SeqCst);
    let failure = engine.token(ask()).await.unwrap_err();
    assert!(matches!(&failure, Failure::TokenRefused { .. }) && failure.to_string().contains("503"), "{failure:?}");
    provider.down.store(false, Ordering::SeqCst);
    assert!(matches!(engine.token(ask()).await.unwrap().gained, Gained::Renewed { .. }));
}

#[tokio::test]
async fn a_clock_that_is_off_by_ten_minutes_is_told_and_costs_no_login() {
    for (ahead, words) in [(-600, "10 min ahead of"), (600, "10 min behind")] {
        let odd = Provider::new(ahead, "web").serve().await;
        let (_place, engine) = engine(&odd);
        let held = log_in(&engine).await.unwrap();
        let remarks = held.granted.remarks.join(" ");
        assert!(remarks.contains("This machine's clock is") && remarks.contains(words), "{remarks}");
        assert_eq!(held.id_token.as_ref().unwrap().verdict.valid, Some(true));
    }
}

#[tokio::test]
async fn an_id_token_for_another_client_ends_the_login_and_nothing_of_it_is_kept() {
    let odd = Provider::new(0, "other").serve().await;
    let (_place, engine) = engine(&odd);
    let failure = log_in(&engine).await.unwrap_err();
    let Failure::LoginFailed { reason, exchange: Some(_), .. } = &failure else { panic!("{failure:?}") };
    assert!(reason.contains(CheckName::Aud.as_str()) && reason.contains("expected web"), "{reason}");
    let none = engine.token(ask()).await.unwrap_err();
    assert!(matches!(none, Failure::LoginNeeded { why: None, .. }), "{none:?}");
}

#[tokio::test]
async fn an_id_token_whose_key_cannot_be_read_ends_the_login_too() {
    let odd = Provider::new(0, "web").serve().await;
    let (_place, engine) = engine_with(&odd, "b64:!!!");
    let failure = log_in(&engine).await.unwrap_err();
    assert!(matches!(&failure, Failure::LoginFailed { reason, .. } if reason.contains("signature")), "{failure:?}");
}

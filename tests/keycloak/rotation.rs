//! Keys change at Keycloak while the bundled API behind it is being called: nobody with a good token is turned away.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::admin::Keys;
use crate::bundled::Bundled;
use crate::http::{Request, Server};
use crate::seen::parts;

const CALLERS: usize = 4;
const ROTATIONS: usize = 3;
/// The API looks for unknown keys at most every five seconds, so keys change no faster here.
const BETWEEN: Duration = Duration::from_secs(6);

#[derive(Default)]
struct Tally {
    enough: AtomicBool,
    calls: AtomicU64,
    refused: AtomicU64,
    a_refusal: OnceLock<String>,
}

pub async fn under_load(keycloak: &Server) -> Result<String, String> {
    let bundled = Bundled::api_behind(keycloak.issuer.as_str()).await;
    let api = Server::at(&bundled.api);
    let before = token(keycloak).await;
    let tally = Arc::new(Tally::default());
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        callers.spawn(call(keycloak.clone(), api.clone(), before.clone(), Arc::clone(&tally)));
    }
    let mut keys = Keys::of(keycloak);
    for _ in 0..ROTATIONS {
        keys.rotate().await;
        let (began, calls) = (Instant::now(), tally.calls.load(SeqCst));
        while began.elapsed() < BETWEEN || tally.calls.load(SeqCst) < calls + 50 {
            assert!(began.elapsed() < Duration::from_mins(1), "the callers make no progress");
            token(keycloak).await;
        }
    }
    tally.enough.store(true, SeqCst);
    let mut signed_with = BTreeSet::new();
    while let Some(seen) = callers.join_next().await {
        signed_with.extend(seen.unwrap());
    }
    keys.put_back().await;
    let (calls, refused) = (tally.calls.load(SeqCst), tally.refused.load(SeqCst));
    if refused > 0 {
        let how = tally.a_refusal.get().map_or("", String::as_str);
        return Err(format!("{refused} of {calls} calls with good tokens were refused, the first so: {how}"));
    }
    if signed_with.len() <= ROTATIONS {
        return Err(format!("only {} keys signed tokens, where {ROTATIONS} were added", signed_with.len()));
    }
    Ok(format!(
        "{calls} calls with tokens of {} keys while {ROTATIONS} keys were added, none refused",
        signed_with.len()
    ))
}

/// Calls with a new token and with one from before everything, until told that it is enough. The keys of the tokens.
async fn call(keycloak: Server, api: Server, before: String, tally: Arc<Tally>) -> BTreeSet<String> {
    let mut signed_with = BTreeSet::new();
    while !tally.enough.load(SeqCst) {
        let new = token(&keycloak).await;
        let (header, _) = parts(&new).expect("a JWT");
        signed_with.insert(header["kid"].to_string());
        for token in [&new, &before] {
            let request = Request::get("/api/private-scoped").header("authorization", &format!("Bearer {token}"));
            let answer = api.send(&request).await;
            tally.calls.fetch_add(1, SeqCst);
            if answer.status != 200 {
                tally.refused.fetch_add(1, SeqCst);
                let _ = tally.a_refusal.set(format!("{} {}", answer.status, answer.body));
            }
        }
    }
    signed_with
}

async fn token(keycloak: &Server) -> String {
    let form = "grant_type=client_credentials&client_id=testapiclient1&client_secret=demo-secret&scope=test_api_access";
    let request = Request::form(&format!("{}/protocol/openid-connect/token", keycloak.issuer.path()), form.into());
    let answer = keycloak.send(&request).await;
    answer.text("access_token").unwrap_or_else(|| panic!("no token: {} {}", answer.status, answer.body))
}

//! What the Inspect screen asks of the engine and of files, each in one call.

use std::path::Path;
use std::sync::Arc;

use super::effect::SignBy;
use super::message::Message;
use super::state::{Judgement, KeysAt, Signed};
use crate::engine::{self, Engine, KeyOrigin, KeysFrom, PolicyAsk, read_bounded, signing_key};
use crate::exchange::Secret;
use crate::jwt::{Draft, SigningKey, Token};

/// A file longer than this holds no token.
const BOUND: u64 = 4 * 1024 * 1024;

/// Holds the token against keys from there. The error is a sentence about a file or a profile.
pub(super) async fn judge(
    engine: &Engine,
    token: &Token,
    from: &KeysFrom,
    ask: &PolicyAsk,
) -> Result<Judgement, String> {
    let found = engine.verify(token, from, ask).await.map_err(|error| format!("{error}."))?;
    let keys = match found.origin {
        KeyOrigin::Fetched { url, at } => KeysAt::Fetched { from: url, at },
        KeyOrigin::Local(place) => KeysAt::Here(place),
        KeyOrigin::Unreachable(failure) => KeysAt::Unreachable(failure.to_string()),
    };
    Ok(Judgement { verdict: found.verdict, keys, set: found.keys, policy: found.policy, findings: found.findings })
}

/// Reads a token out of a file.
pub(super) fn read(path: &Path) -> Message {
    let bytes = read_bounded(path, BOUND);
    let text = bytes.map(|bytes| Secret::new(String::from_utf8_lossy(&bytes).into_owned()));
    Message::TokenRead { path: path.display().to_string(), text }
}

/// Signs the draft, its relative times made instants.
pub(super) fn sign(engine: &Engine, mut draft: Draft, by: SignBy) -> Result<Signed, String> {
    let key = match by {
        SignBy::With(with) => Arc::new(signing_key(&with).map_err(|error| format!("{error}."))?),
        SignBy::Secret(secret) => Arc::new(SigningKey::from_secret(&secret).map_err(|error| format!("{error}."))?),
        SignBy::Again(key) => key,
    };
    let said = |error: crate::jwt::SignError| format!("{error}.");
    draft.resolve_times(engine::now()).map_err(said)?;
    draft.fit(&key).map_err(said)?;
    let token = engine.sign(&draft, &key).map_err(said)?;
    Ok(Signed { token, key })
}

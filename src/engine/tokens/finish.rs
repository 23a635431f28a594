//! Decodes and verifies what came: the access token, and the ID token with it, which must hold before any of it counts
//! (OpenID Connect Core 3.1.3.7).

use std::sync::Arc;

use jiff::Timestamp;

use super::{Got, Wanted};
use crate::engine::http::Http;
use crate::engine::provider::{Directory, FetchedKeys};
use crate::engine::{Failure, Gained, HeldToken, IdToken, Weight, Which};
use crate::exchange::{Exchange, Secret};
use crate::jwt::{self, CheckName, KeySet, KeySource, Kind, Outcome, Policy, Token, Verdict, shown};
use crate::oauth::{Granted, IdExpected, check_id_token};

/// Seconds by which two clocks may differ before it is said.
const APART: i64 = 60;

/// Decodes and verifies it.
pub async fn finish(
    http: &Http,
    directory: &Directory,
    wanted: &Wanted<'_>,
    mut got: Got,
) -> Result<HeldToken, Failure> {
    let Wanted { profile, provider, .. } = wanted;
    let token = Token::of(&got.granted.access_token);
    let keys = if wanted.purpose.passed_on { Ok(None) } else { keys_for(http, directory, wanted, &token).await };
    let policy =
        Policy { issuer: Some(provider.issuer.to_string()), audience: wanted.audience.clone(), ..Policy::default() };
    let verdict = verify(&token, &keys, &policy, Timestamp::now());
    let id_token = id_token(http, directory, wanted, &mut got).await?;
    Ok(HeldToken {
        profile: profile.name.clone(),
        provider: provider.name.clone(),
        environment: wanted.environment.map(str::to_owned),
        token,
        granted: got.granted,
        asked: profile.scopes.clone(),
        changes: wanted.changes.clone(),
        received: got.received,
        exchange: got.exchange,
        verdict,
        keys_fetched: keys.ok().flatten().map(|keys| keys.fetched),
        before: None,
        which: Which::Access,
        gained: got.gained,
        id_token,
    })
}

/// Why an ID token does not hold is cut to this many characters.
const LONGEST_REASON: usize = 600;

/// The ID token that came, when it holds; that of the token before when a renewal brought none; or why it counts nothing.
async fn id_token(
    http: &Http,
    directory: &Directory,
    wanted: &Wanted<'_>,
    got: &mut Got,
) -> Result<Option<IdToken>, Failure> {
    let before = got.renewed.as_ref().and_then(|held| held.id_token.as_ref());
    let Some(raw) = &got.granted.id_token else {
        if wanted.profile.scopes.contains("openid") && matches!(got.gained, Gained::Browser | Gained::Device) {
            got.granted.remarks.push("openid was asked for, but no ID token came.".to_owned());
        }
        return Ok(before.cloned());
    };
    let token = Token::of(raw);
    let renewed = matches!(got.gained, Gained::Renewed { .. });
    let keys = match own_secret(wanted, &token).await? {
        Some(keys) => Ok(Some(keys)),
        None if renewed && wanted.purpose.passed_on => Ok(None),
        None => keys_for(http, directory, wanted, &token).await,
    };
    let mut required = vec![CheckName::Exp, CheckName::Iss, CheckName::Aud];
    // Where there are keys, one that cannot be read is no excuse.
    if matches!(keys, Ok(Some(_))) && jwt::algorithms().any(|alg| token.alg() == Some(alg)) {
        required.push(CheckName::Signature);
    }
    let policy = Policy {
        issuer: Some(wanted.provider.issuer.to_string()),
        audience: Some(wanted.profile.client_id.to_string()),
        required,
        ..Policy::default()
    };
    // With this machine's clock off, a token that just came would seem to have ended: the provider's clock counts then.
    let ahead = got.exchange.as_deref().and_then(Exchange::ahead_of_server).filter(|ahead| ahead.abs() > APART);
    let now = Timestamp::now();
    let judged_at = now.checked_sub(jiff::SignedDuration::from_secs(ahead.unwrap_or(0))).unwrap_or(now);
    let verdict = verify(&token, &keys, &policy, judged_at);
    let expected = IdExpected {
        client_id: &wanted.profile.client_id,
        nonce: got.nonce.as_deref(),
        access_token: &got.granted.access_token,
        sub: before.and_then(|before| before.token.claim_str("sub")),
    };
    let also = check_id_token(&token, &expected);
    let mut failed: Vec<String> = verdict
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Fail)
        .map(|check| format!("{}: {}", check.name, check.detail))
        .collect();
    failed.extend(
        also.iter().filter(|one| one.outcome == Outcome::Fail).map(|one| format!("{}: {}", one.check, one.detail)),
    );
    if !failed.is_empty() {
        // Where nobody logged in, nothing depends on who the ID token says did.
        if !matches!(got.gained, Gained::Browser | Gained::Device | Gained::Renewed { .. }) {
            let words = shown(&failed.join("; "), LONGEST_REASON);
            got.granted.remarks.push(format!("The ID token that came too does not hold: {words}."));
            return Ok(Some(IdToken { token, verdict, also }));
        }
        return Err(refused(&failed, got.exchange.clone()));
    }
    remark(&mut got.granted, ahead, &keys);
    Ok(Some(IdToken { token, verdict, also }))
}

fn remark(granted: &mut Granted, ahead: Option<i64>, keys: &Result<Option<FetchedKeys>, String>) {
    if let Some(ahead) = ahead {
        let (by, side) =
            (jwt::times::span_in_words(ahead.unsigned_abs()), if ahead > 0 { "ahead of" } else { "behind" });
        granted.remarks.push(format!(
            "This machine's clock is {by} {side} the provider's: the ID token was judged by the provider's. Set the clock."
        ));
    }
    if let Err(reason) = keys {
        granted.remarks.push(format!(
            "The ID token's signature was not checked ({reason}); it came straight from the token endpoint."
        ));
    }
}

fn refused(failed: &[String], exchange: Option<Arc<Exchange>>) -> Failure {
    Failure::LoginFailed {
        reason: format!("the ID token does not hold, so none of the tokens counts: {}", shown(&failed.join("; "), LONGEST_REASON)),
        advice: vec![
            "Compare the issuer and client_id in profiles.toml with the provider's, and this machine's clock with the time."
                .into(),
        ],
        weight: Weight::NoAnswer,
        exchange,
    }
}

/// The client secret as the key, for an ID token that is signed by it (OpenID Connect Core 3.1.3.7, point 8).
async fn own_secret(wanted: &Wanted<'_>, token: &Token) -> Result<Option<FetchedKeys>, Failure> {
    if !token.alg().is_some_and(|alg| alg.starts_with("HS")) {
        return Ok(None);
    }
    let secret: Option<Secret> = wanted.desk.resolve(wanted.profile).await?;
    Ok(secret.map(|secret| FetchedKeys::local(KeySet::from_secret(&secret))))
}

/// A token of which only the refresh token is known: what an earlier run remembered.
pub fn by_refresh(wanted: &Wanted<'_>, refresh: Secret) -> Arc<HeldToken> {
    not_got(wanted, Granted { refresh_token: Some(refresh), ..Granted::of(Secret::new("")) })
}

/// Tokens that were not got in this run, with nothing known of how.
pub fn not_got(wanted: &Wanted<'_>, granted: Granted) -> Arc<HeldToken> {
    let token = Token::of(&granted.access_token);
    Arc::new(HeldToken {
        profile: wanted.profile.name.clone(),
        provider: wanted.provider.name.clone(),
        environment: wanted.environment.map(str::to_owned),
        verdict: verify(&token, &Ok(None), &Policy::default(), Timestamp::UNIX_EPOCH),
        token,
        granted,
        asked: wanted.profile.scopes.clone(),
        changes: wanted.changes.clone(),
        received: Timestamp::UNIX_EPOCH,
        exchange: None,
        keys_fetched: None,
        before: None,
        which: Which::Access,
        gained: Gained::Kept,
        id_token: None,
    })
}

/// The keys for this token; nothing to fetch for one that no public key can verify.
async fn keys_for(
    http: &Http,
    directory: &Directory,
    wanted: &Wanted<'_>,
    token: &Token,
) -> Result<Option<FetchedKeys>, String> {
    if !matches!(token.kind(), Kind::Jws(_)) {
        return Ok(None);
    }
    match directory.keys(http, wanted.provider, wanted.reach, token.kid()).await {
        Ok(keys) => Ok(Some(keys)),
        Err(failure) => Err(failure.to_string()),
    }
}

fn verify(token: &Token, keys: &Result<Option<FetchedKeys>, String>, policy: &Policy, now: Timestamp) -> Verdict {
    let source = match keys {
        Ok(Some(fetched)) => KeySource::Keys(&fetched.keys),
        Ok(None) => KeySource::None,
        Err(reason) => KeySource::Unreachable(reason.clone()),
    };
    jwt::verify(token, source, policy, now)
}

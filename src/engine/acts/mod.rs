//! What can be done with a token in hand at its provider: introspection, revocation, userinfo, the end of the session.
//!
//! Imports siblings, `config`, `oauth`, `jwt` and `exchange` of this crate.

mod words;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::tokens::{Purpose, Wanted, not_got, send_as_client, send_with_token};
use super::{Bench, Engine, Failure, HeldToken, TokenAct, Which};
use crate::config::Changes;
use crate::exchange::{Exchange, Secret};
use crate::jwt::{Token, TokenUse};
use crate::oauth::{
    Client, Granted, ServerEndpoint, SessionHint, end_session_request, introspection_request, read_end_session,
    read_introspection, read_revocation, read_userinfo, revocation_request, userinfo_request,
};
use words::{of_introspection, of_revocation, of_session_end, of_userinfo};

/// What came of something done with a token.
#[derive(Clone, Debug)]
pub struct Acted {
    /// What was done.
    pub act: TokenAct,
    /// With which of the tokens.
    pub which: Which,
    /// The call.
    pub exchange: Arc<Exchange>,
    /// Whether it is as one would wish: the token is active, it is ended, the person is named, the session is over.
    pub ok: bool,
    /// What came of it, in one sentence.
    pub summary: String,
    /// What else there is to know: why it was refused, what it means, what to do.
    pub remarks: Vec<String>,
    /// What the provider told, for introspection and userinfo.
    pub claims: Option<Map<String, Value>>,
}

/// What the end of a login came to.
#[derive(Clone, Debug, Default)]
pub struct LoggedOut {
    /// The profile.
    pub profile: String,
    /// Whether there was anything to end or to forget at all.
    pub was_in: bool,
    /// What was done at the provider, in this order.
    pub acts: Vec<Acted>,
    /// Whether a remembered refresh token was removed from the keyring.
    pub forgotten: bool,
    /// What went wrong on the way; what could be forgotten was forgotten all the same.
    pub failures: Vec<Failure>,
}

impl Engine {
    /// Does something with a token in hand at its provider. A refusal is no failure: it is told and explained.
    pub async fn act(&self, act: TokenAct, which: Which, held: Arc<HeldToken>) -> Result<Acted, Failure> {
        let standing = self.ready_for(&held.profile, held.environment.as_deref()).await?;
        let (profile, provider) = standing.usable(&held.profile, held.environment.as_deref())?;
        let profile = &profile.with(&held.changes);
        let bench = Bench::of(&standing, profile);
        let wanted = &self.wanted(&bench, &standing, (profile, provider), &held.changes, false, Purpose::default());
        self.act_with(act, which, &held, wanted).await
    }

    /// Asks the profile's provider, as the profile's client, what a token from anywhere means and whether it holds
    /// (RFC 7662). The provider sees the token.
    pub async fn introspect(&self, profile: &str, environment: Option<&str>, token: &Token) -> Result<Acted, Failure> {
        let standing = self.ready_for(profile, environment).await?;
        let (profile, provider) = standing.usable(profile, environment)?;
        let (bench, changes) = (Bench::of(&standing, profile), Changes::default());
        let wanted = &self.wanted(&bench, &standing, (profile, provider), &changes, false, Purpose::default());
        let (which, granted) = (kind_of(token), by_kind(token));
        self.act_with(TokenAct::Introspect, which, &not_got(wanted, granted), wanted).await
    }

    async fn act_with(
        &self,
        act: TokenAct,
        which: Which,
        held: &Arc<HeldToken>,
        wanted: &Wanted<'_>,
    ) -> Result<Acted, Failure> {
        let http = &self.inner.http;
        let endpoint =
            async |endpoint| self.inner.directory.endpoint(http, wanted.provider, wanted.reach, endpoint).await;
        match act {
            TokenAct::Introspect => {
                let (url, token) = (endpoint(ServerEndpoint::Introspection).await?, of_kind(held, which)?);
                let request = |client: Client<'_>| introspection_request(&url, client, token, hint(which));
                let (exchange, read) = send_as_client(http, wanted, Some(token), request, read_introspection).await?;
                Ok(of_introspection(which, held, (wanted.profile, wanted.provider), exchange, read))
            }
            TokenAct::Revoke => {
                let (url, token) = (endpoint(ServerEndpoint::Revocation).await?, of_kind(held, which)?);
                let request = |client: Client<'_>| revocation_request(&url, client, token, hint(which));
                let (exchange, read) = send_as_client(http, wanted, Some(token), request, read_revocation).await?;
                Ok(of_revocation(which, exchange, read))
            }
            TokenAct::UserInfo => {
                let url = endpoint(ServerEndpoint::UserInfo).await?;
                let token = of_kind(held, Which::Access)?;
                let request = userinfo_request(&url, token);
                let (exchange, read) = send_with_token(http, wanted, token, request, read_userinfo).await?;
                Ok(of_userinfo(held, wanted.profile, exchange, read))
            }
            TokenAct::EndSession => {
                let url = endpoint(ServerEndpoint::EndSession).await?;
                let (which, hint) = match (&held.granted.refresh_token, &held.granted.id_token) {
                    (Some(token), _) => (Which::Refresh, SessionHint::RefreshToken(token)),
                    (None, Some(token)) => (Which::Id, SessionHint::IdToken(token)),
                    (None, None) => {
                        return Err(Failure::NotPossible {
                            reason: "neither a refresh token nor an ID token says which session is to end".to_owned(),
                            advice: "Revoke the access token, or log in with the scope openid.".to_owned(),
                        });
                    }
                };
                let (SessionHint::RefreshToken(token) | SessionHint::IdToken(token)) = hint;
                let request = |client: Client<'_>| end_session_request(&url, client, hint);
                let (exchange, read) = send_as_client(http, wanted, Some(token), request, read_end_session).await?;
                Ok(of_session_end(which, exchange, read))
            }
        }
    }

    /// Ends the profile's login: the session at the provider, its tokens here, and what `remember` kept. What the provider
    /// says no to is forgotten here all the same.
    pub async fn logout(&self, profile: &str) -> Result<LoggedOut, Failure> {
        // What is here is forgotten also when the provider cannot be reached.
        let standing = match self.ready_for(profile, None).await {
            Ok(standing) => standing,
            Err(_) => self.standing(),
        };
        let (profile, provider) = standing.usable(profile, None)?;
        let changes = Changes::default();
        let bench = Bench::of(&standing, profile);
        let wanted = self.wanted(&bench, &standing, (profile, provider), &changes, false, Purpose::default());
        let (held, removed) = self.inner.tokens.forget(&wanted).await;
        let mut done = LoggedOut { profile: profile.name.clone(), was_in: held.is_some(), ..LoggedOut::default() };
        match removed {
            Ok(removed) => done.forgotten = removed,
            Err(reason) => done.failures.push(Failure::NotKept {
                profile: profile.name.clone(),
                reason: format!("the remembered login could not be removed: {reason}"),
                advice: "Remove the entries refresh-… of the service tokenscope from the keyring.".to_owned(),
            }),
        }
        if let Some(held) = held {
            self.end_at_provider(&held, &mut done).await;
        }
        Ok(done)
    }

    /// Ends the session where the provider does that for a refresh token; else, or for a client's own token, what can be
    /// revoked.
    async fn end_at_provider(&self, held: &Arc<HeldToken>, done: &mut LoggedOut) {
        let refresh = held.granted.refresh_token.is_some();
        if refresh {
            match self.act(TokenAct::EndSession, Which::Refresh, Arc::clone(held)).await {
                Ok(acted) => {
                    let over = acted.ok;
                    done.acts.push(acted);
                    if over {
                        return;
                    }
                }
                // Not every provider can; revocation is next.
                Err(Failure::NotOffered { .. }) => {}
                Err(failure) => return done.failures.push(failure),
            }
        }
        for which in [Which::Refresh, Which::Access] {
            let there = match which {
                Which::Refresh => refresh,
                _ => !held.granted.access_token.is_empty(),
            };
            if there {
                match self.act(TokenAct::Revoke, which, Arc::clone(held)).await {
                    Ok(acted) => done.acts.push(acted),
                    Err(failure) => return done.failures.push(failure),
                }
            }
        }
    }
}

/// A token from anywhere, in the place that its kind has in an answer of the token endpoint.
fn by_kind(token: &Token) -> Granted {
    let (raw, nothing) = (token.raw().clone(), Granted::of(Secret::new("")));
    match kind_of(token) {
        Which::Refresh => Granted { refresh_token: Some(raw), ..nothing },
        Which::Id => Granted { id_token: Some(raw), ..nothing },
        Which::Access => Granted::of(raw),
    }
}

/// What a token from anywhere is taken for: an access token, when it does not say.
pub fn kind_of(token: &Token) -> Which {
    match token.token_kind() {
        TokenUse::Refresh => Which::Refresh,
        TokenUse::Id => Which::Id,
        TokenUse::Access | TokenUse::Unknown => Which::Access,
    }
}

/// The token of this kind.
fn of_kind(held: &HeldToken, which: Which) -> Result<&Secret, Failure> {
    let found = match which {
        Which::Access => Some(&held.granted.access_token).filter(|token| !token.is_empty()),
        Which::Refresh => held.granted.refresh_token.as_ref(),
        Which::Id => held.granted.id_token.as_ref().or(held.id_token.as_ref().map(|id| id.token.raw())),
    };
    found.ok_or_else(|| Failure::NotPossible {
        reason: format!("{} came with no {}", held.profile, name(which)),
        advice: match which {
            Which::Id => "An ID token comes with the scope openid.".to_owned(),
            Which::Refresh => "Whether a refresh token comes is the provider's to say.".to_owned(),
            Which::Access => "Get a new one first.".to_owned(),
        },
    })
}

/// `token_type_hint` (RFC 7009 section 2.1); an ID token has none, and what is wrong with that the answer tells.
fn hint(which: Which) -> &'static str {
    match which {
        Which::Refresh => "refresh_token",
        Which::Access | Which::Id => "access_token",
    }
}

fn name(which: Which) -> &'static str {
    match which {
        Which::Access => "access token",
        Which::Refresh => "refresh token",
        Which::Id => "ID token",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The explorer carries these out in tasks of its own.
    #[test]
    fn what_is_done_may_go_from_thread_to_thread() {
        fn sends(_: &impl Send) {}
        let engine = Engine::new(super::super::Source::demo());
        sends(&engine.logout("alice"));
        let act = |held| engine.act(TokenAct::UserInfo, Which::Access, held);
        let _ = |held: Arc<HeldToken>| sends(&act(held));
        let ask = super::super::LoginAsk {
            profile: "alice".into(),
            environment: None,
            changes: Changes::default(),
            way: None,
            open_browser: false,
        };
        let (told, input) = (tokio::sync::mpsc::unbounded_channel().0, tokio::sync::mpsc::unbounded_channel().1);
        sends(&engine.login(ask, told, input));
    }
}

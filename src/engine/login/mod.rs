//! A login: gets a token in whose grant a person takes part, by a browser that comes back to this machine or by a code
//! that is typed on another device. What follows from what is decided in `oauth`; here it is carried out.
//!
//! Everything happens within one future: dropping it closes the listener and leaves nothing behind.
//!
//! Imports siblings, `audit`, `config`, `oauth` and `exchange` of this crate.

mod browser;
mod connection;
mod device;
mod listener;
mod open;
mod page;
mod values;

use std::sync::Arc;

use tokio::sync::mpsc;

pub use values::{LoginAsk, LoginInput, LoginStep, LoginWay, TokenAct, Which};

use super::http::Http;
use super::provider::Directory;
use super::tokens::{Got, Purpose, Wanted};
use super::{Bench, Engine, Failure, HeldToken};
use crate::oauth::{Grant, RANDOM};

/// What a login works with.
struct Login<'a> {
    http: &'a Arc<Http>,
    directory: &'a Directory,
    wanted: &'a Wanted<'a>,
    told: &'a mpsc::UnboundedSender<LoginStep>,
    open_browser: bool,
}

impl Login<'_> {
    /// Tells the face; it may have gone.
    fn tell(&self, step: LoginStep) {
        let _ = self.told.send(step);
    }
}

impl Engine {
    /// Gets a token in whose grant a person takes part. What is to be shown meanwhile is told; what the person does is
    /// taken in. Cancel by dropping the future: then nothing listens any more and nothing is left.
    pub async fn login(
        &self,
        ask: LoginAsk,
        told: mpsc::UnboundedSender<LoginStep>,
        mut input: mpsc::UnboundedReceiver<LoginInput>,
    ) -> Result<Arc<HeldToken>, Failure> {
        let standing = self.ready_for(&ask.profile, ask.environment.as_deref()).await?;
        let (profile, provider) = standing.usable(&ask.profile, ask.environment.as_deref())?;
        let profile = &profile.with(&ask.changes);
        let way = match (profile.grant, ask.way) {
            (Grant::AuthorizationCode | Grant::DeviceCode, Some(way)) => way,
            (Grant::AuthorizationCode, None) => LoginWay::Browser,
            (Grant::DeviceCode, None) => LoginWay::Device,
            (other, _) => return Err(nobody_needed(&profile.name, other)),
        };
        let bench = Bench::of(&standing, profile);
        let wanted = &self.wanted(&bench, &standing, (profile, provider), &ask.changes, true, Purpose::default());
        let (http, directory) = (&self.inner.http, &self.inner.directory);
        let login = Login { http, directory, wanted, told: &told, open_browser: ask.open_browser };
        let got: Got = match way {
            LoginWay::Browser => login.by_browser(&mut input).await?,
            LoginWay::Device => login.by_device(&mut input).await?,
        };
        self.inner.tokens.put(http, directory, wanted, got).await
    }
}

fn nobody_needed(profile: &str, grant: Grant) -> Failure {
    Failure::NotPossible {
        reason: format!("nobody can log in with {profile}: its grant is {}", grant.title()),
        advice: "For a login: grant = \"authorization_code\" or \"device_code\" in profiles.toml.".to_owned(),
    }
}

/// Randomness for what nobody must guess.
fn random() -> Result<[u8; RANDOM], Failure> {
    let mut bytes = [0; RANDOM];
    let filled = aws_lc_rs::rand::fill(&mut bytes);
    filled.map(|()| bytes).map_err(|_| Failure::Fault { message: "the system gives no randomness".to_owned() })
}

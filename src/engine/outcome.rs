//! What the engine's work comes to: a token in hand, an API's answer, or a failure that says what to do.
//!
//! Values only; the faces show them.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use super::HeldToken;
use crate::audit::{Diagnosis, Judgement};
use crate::config::{Changes, ExpectToken, Profile};
use crate::exchange::{Exchange, NoAnswer};
use crate::oauth::{MetadataError, TokenRefusal};

/// Which endpoint: the API's and the endpoint's name in profiles.toml.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EndpointId {
    /// The API's name.
    pub api: String,
    /// The endpoint's name.
    pub endpoint: String,
}

/// An API's answer to one call, judged.
#[derive(Debug)]
pub struct Answer {
    /// The profile it was sent as.
    pub profile: String,
    /// The environment it was sent in, when there is one.
    pub environment: Option<String>,
    /// What was called.
    pub endpoint: EndpointId,
    /// The call. Its outcome may be "no answer": that is judged too.
    pub exchange: Arc<Exchange>,
    /// The token that was sent; none when it was sent without one.
    pub token: Option<Arc<HeldToken>>,
    /// Held against what was expected.
    pub judgement: Judgement,
    /// Why it was refused; for every refusal, also an expected one.
    pub diagnosis: Option<Diagnosis>,
    /// When the answer was in.
    pub at: Timestamp,
}

/// The engine could not do what was asked. An API's refusal is no failure, it is an [`Answer`].
#[derive(Clone, Debug, Error)]
pub enum Failure {
    /// No profile of this name.
    #[error("there is no profile {name} in {file}")]
    UnknownProfile {
        /// As typed.
        name: String,
        /// Where profiles come from.
        file: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
    /// The profile sees no endpoint of this name.
    #[error("the profile {profile} sees no endpoint {name}")]
    UnknownEndpoint {
        /// The profile.
        profile: String,
        /// As typed.
        name: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
    /// The profile has a mistake in profiles.toml.
    #[error("the profile {profile} cannot be used: {reason}")]
    Disabled {
        /// The profile.
        profile: String,
        /// What is wrong.
        reason: String,
    },
    /// The file comes from the folder one stands in and reaches beyond this machine.
    #[error("{file} comes with this folder and is not trusted yet, so no secret is resolved and nothing is sent")]
    Untrusted {
        /// The file.
        file: String,
        /// What it would do.
        reasons: Vec<String>,
    },
    /// It was asked for in one environment, and another one holds by now.
    #[error("this was to go to {asked}, but {now} is chosen by now, so nothing was sent")]
    OtherEnvironment {
        /// The environment it was meant for.
        asked: String,
        /// The one that holds, in words.
        now: String,
    },
    /// The client secret is not there.
    #[error("the secret of the profile {profile} is not there: {reason}")]
    NoSecret {
        /// The profile.
        profile: String,
        /// What is missing.
        reason: String,
        /// How to supply it.
        advice: String,
    },
    /// The client secret is to be asked for: give it with `Engine::give_secret` and try again.
    #[error("the secret of the profile {profile} is asked for in each run, and was not given yet")]
    SecretWanted {
        /// The profile.
        profile: String,
    },
    /// The person's password is to be asked for: give it with `Engine::give_password` and try again.
    #[error("the password of {username} is asked for in each run, and was not given yet")]
    PasswordWanted {
        /// The profile.
        profile: String,
        /// Whose password.
        username: String,
    },
    /// The client secret is not one that this program keeps or removes.
    #[error("the secret of the profile {profile} was left as it is: {reason}")]
    NotKept {
        /// The profile.
        profile: String,
        /// Why not.
        reason: String,
        /// What to do instead.
        advice: String,
    },
    /// The bundled server could not be started.
    #[error("the bundled server did not start: {reason}")]
    Bundled {
        /// What happened.
        reason: String,
        /// What to do.
        advice: String,
    },
    /// The discovery document cannot be used.
    #[error("{error}")]
    Discovery {
        /// The call.
        exchange: Arc<Exchange>,
        /// What is wrong with the answer.
        error: MetadataError,
    },
    /// Discovery worked, and names no such endpoint.
    #[error("the discovery document of {issuer} names no {what}")]
    NotOffered {
        /// The issuer.
        issuer: String,
        /// Which address is missing.
        what: &'static str,
    },
    /// Discovery names an address that is not on this machine, for profiles that nobody reviewed because all they name
    /// is on it.
    #[error("the discovery document of {issuer} leads away from this machine: {what} {url}")]
    LedAway {
        /// The issuer.
        issuer: String,
        /// Which address.
        what: &'static str,
        /// Where to.
        url: String,
    },
    /// The key set cannot be used.
    #[error("no keys: {reason}")]
    KeySet {
        /// The call.
        exchange: Arc<Exchange>,
        /// What is wrong with the answer.
        reason: String,
    },
    /// The authorization server did not answer.
    #[error("{error}")]
    NoAnswer {
        /// The call.
        exchange: Arc<Exchange>,
        /// Why not.
        error: NoAnswer,
    },
    /// The token endpoint gave no token.
    #[error("{refusal}")]
    TokenRefused {
        /// The call.
        exchange: Arc<Exchange>,
        /// What it said.
        refusal: TokenRefusal,
        /// What to do, most likely first.
        advice: Vec<String>,
    },
    /// A person has to log in before there is a token, or again: `Engine::login`.
    #[error("{profile} needs a person to log in{}", why.as_ref().map(|why| format!(": {why}")).unwrap_or_default())]
    LoginNeeded {
        /// The profile.
        profile: String,
        /// What ended the login before, in the provider's words where there are such; none when nobody logged in yet.
        why: Option<String>,
        /// The call that failed, when there was one.
        exchange: Option<Arc<Exchange>>,
    },
    /// A login came to nothing: it was denied, nobody came, or what came cannot be used.
    #[error("{reason}")]
    LoginFailed {
        /// What happened.
        reason: String,
        /// What to do, most likely first.
        advice: Vec<String>,
        /// How it counts for an exit code.
        weight: Weight,
        /// The call that failed, when there was one.
        exchange: Option<Arc<Exchange>>,
    },
    /// There is nothing that could be done with this token at the provider.
    #[error("{reason}")]
    NotPossible {
        /// What is missing.
        reason: String,
        /// What to do instead.
        advice: String,
    },
    /// The method may change something and nobody said it may be sent.
    #[error("{method} {url} may change something, so it was not sent")]
    Unsafe {
        /// The method.
        method: String,
        /// The address.
        url: String,
    },
    /// The bundled server goes on with the key it has.
    #[error("keys were not rotated: {reason}")]
    NotRotated {
        /// Why not.
        reason: String,
        /// What to do.
        advice: String,
    },
    /// A fault of this program.
    #[error("a fault in tokenscope itself: {message}")]
    Fault {
        /// What the panic said.
        message: String,
    },
    /// The person cancelled it.
    #[error("cancelled")]
    Cancelled,
}

impl Failure {
    /// What to do, most likely first.
    pub fn advice(&self) -> Vec<String> {
        let near = |nearest: &Option<String>| nearest.iter().map(|name| format!("Did you mean {name}?")).collect();
        match self {
            Self::UnknownProfile { nearest, .. } | Self::UnknownEndpoint { nearest, .. } => near(nearest),
            Self::Disabled { .. } => {
                vec!["Mend it in profiles.toml; `tokenscope check` lists every mistake with its place.".into()]
            }
            Self::Untrusted { file, reasons } => {
                let mut advice = vec![format!(
                    "In the explorer: T, look at what it would do and trust it. Headless: `tokenscope trust {file}`, or --trust \
                     for one run."
                )];
                advice.extend(reasons.iter().cloned());
                advice
            }
            Self::NoSecret { advice, .. }
            | Self::Bundled { advice, .. }
            | Self::NotRotated { advice, .. }
            | Self::NotPossible { advice, .. }
            | Self::NotKept { advice, .. } => {
                Some(advice.clone()).filter(|advice| !advice.is_empty()).into_iter().collect()
            }
            Self::SecretWanted { .. } => vec![
                "Without a terminal to ask on: client_secret = { env = \"NAME\" }, { file = \"PATH\" } or { command = [..] }."
                    .into(),
            ],
            Self::PasswordWanted { .. } => vec![
                "Without a terminal to ask on: password = { env = \"NAME\" }, { file = \"PATH\" } or { command = [..] }."
                    .into(),
            ],
            Self::Discovery { error, .. } => vec![error.advice()],
            Self::NotOffered { what, .. } => vec![format!("Give {what} by hand under the provider in profiles.toml.")],
            Self::LedAway { .. } => vec![
                "Nothing was sent. profiles.toml came with this folder and was not reviewed, since all it names is on this \
                 machine. To go on, name the file yourself: --profiles FILE, or --trust."
                    .into(),
            ],
            Self::KeySet { .. } => {
                vec!["Check jwks_uri: it must answer 200 with a JSON object that has `keys`.".into()]
            }
            Self::NoAnswer { error, .. } => vec![error.advice()],
            Self::TokenRefused { advice, .. } | Self::LoginFailed { advice, .. } => advice.clone(),
            Self::LoginNeeded { profile, .. } => vec![format!(
                "In the explorer: t. Headless: `tokenscope token {profile}`, with --device for a code that is typed on \
                 another device. With remember = true in the profile a login lasts beyond this run."
            )],
            Self::OtherEnvironment { asked, .. } => vec![format!("Choose {asked} again, then send.")],
            Self::Unsafe { .. } => vec!["Headless it is sent only with --unsafe. In the explorer: select it and press Enter.".into()],
            Self::Fault { .. } => vec!["Please report it; the rest of the program goes on.".into()],
            Self::Cancelled => Vec::new(),
        }
    }

    /// How it counts for an exit code.
    pub fn weight(&self) -> Weight {
        match self {
            Self::UnknownProfile { .. }
            | Self::UnknownEndpoint { .. }
            | Self::Disabled { .. }
            | Self::Untrusted { .. }
            | Self::OtherEnvironment { .. }
            | Self::NoSecret { .. }
            | Self::SecretWanted { .. }
            | Self::PasswordWanted { .. }
            | Self::NotKept { .. }
            | Self::LedAway { .. }
            | Self::LoginNeeded { .. }
            | Self::NotPossible { .. }
            | Self::Unsafe { .. } => Weight::Configuration,
            Self::LoginFailed { weight, .. } => *weight,
            Self::TokenRefused { refusal: TokenRefusal::Refused { status, .. }, .. } if *status < 500 => Weight::No,
            _ => Weight::NoAnswer,
        }
    }

    /// Whether it is the refusal that the profile says it should meet: `expect_token = "refused"`. A provider that is
    /// out of order refuses nobody.
    pub fn is_meant_for(&self, profile: &Profile) -> bool {
        profile.expect_token == ExpectToken::Refused && self.weight() == Weight::No
    }

    /// The call behind it, when there was one.
    pub fn exchange(&self) -> Option<&Arc<Exchange>> {
        match self {
            Self::Discovery { exchange, .. }
            | Self::NoAnswer { exchange, .. }
            | Self::TokenRefused { exchange, .. } => Some(exchange),
            Self::LoginNeeded { exchange, .. } | Self::LoginFailed { exchange, .. } => exchange.as_ref(),
            _ => None,
        }
    }
}

/// How a failure counts: the answer was no, the configuration is wrong, or there was no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The provider said no.
    No,
    /// Wrong usage or configuration.
    Configuration,
    /// No usable answer.
    NoAnswer,
}

/// What an API call is sent with.
#[derive(Clone, Debug, Default)]
pub enum SendAs {
    /// The profile's token, a new one when there is none or it is due. Public endpoints are called without.
    #[default]
    Profile,
    /// Exactly this token, also when it has ended or belongs to another profile.
    Token(Arc<HeldToken>),
    /// No token at all.
    Nothing,
}

/// Asks the engine for a token.
#[derive(Clone, Debug)]
pub struct TokenAsk {
    /// The profile.
    pub profile: String,
    /// The environment it is meant for; none: whichever holds. In another one nothing is sent.
    pub environment: Option<String>,
    /// What this session asks for in place of what the profile says.
    pub changes: Changes,
    /// Get a new one even if the one in hand is good.
    pub fresh: bool,
}

/// Asks the engine to call an endpoint.
#[derive(Clone, Debug)]
pub struct ProbeAsk {
    /// The profile.
    pub profile: String,
    /// The environment it is meant for; none: whichever holds. In another one nothing is sent.
    pub environment: Option<String>,
    /// What this session asks for in place of what the profile says.
    pub changes: Changes,
    /// What to call.
    pub endpoint: EndpointId,
    /// What to send.
    pub send_as: SendAs,
    /// Whether a method that may change something may be sent.
    pub unsafe_allowed: bool,
}

/// Something the engine did by itself and people should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The bundled server was started here.
    BundledStarted {
        /// What is served, in words.
        what: String,
    },
    /// The bundled server could not have its port and moved.
    BundledMoved {
        /// From where to where, in words.
        what: String,
    },
    /// Something else worth a line.
    Remark(String),
}

/// How long ago, for titles.
pub fn age(since: Timestamp, now: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(now.as_second() - since.as_second()).unwrap_or(0))
}

//! What is known while somebody adds a provider, a client or an API: the purposes of the two forms.
//!
//! Values only.

use super::RunId;
use crate::config::pasted::Pasted;
use crate::config::{DraftProvider, Keep, NewProvider};
use crate::oauth::ClientAuth;

/// The first step: an address, or whatever was pasted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meeting {
    /// The search under way.
    pub run: Option<RunId>,
    /// What was learnt from what was pasted or typed so far.
    pub known: Box<Pasted>,
    /// The provider that another client or API may be added to.
    pub provider: Option<String>,
}

/// The second step: the client, its secret, an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joining {
    /// The authorization server.
    pub provider: Joined,
    /// The ways of authentication to choose from, in the order of the choice; none when no client is added.
    pub ways: Vec<ClientAuth>,
    /// The places for the secret, likewise.
    pub places: Vec<Shelf>,
    /// The method of the API's call, when the text told one.
    pub method: String,
}

/// The authorization server of the second step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// One that was just found.
    New {
        /// As it is to stand in the file.
        provider: Box<NewProvider>,
        /// Where tokens are got.
        tokens_from: String,
    },
    /// One that is there already.
    Known(String),
}

/// A place for a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// The system's keyring.
    Keyring,
    /// An environment variable.
    Variable,
    /// None: it is asked for.
    Ask,
    /// profiles.toml itself.
    InFile,
}

impl Shelf {
    /// The places that this machine has, the best first.
    pub fn on_this_machine(keyring: bool) -> Vec<Self> {
        let keyring = keyring.then_some(Self::Keyring);
        keyring.into_iter().chain([Self::Ask, Self::Variable, Self::InFile]).collect()
    }

    /// In words, for the choice.
    pub fn words(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Variable => "a variable",
            Self::Ask => "ask each run",
            Self::InFile => "in the file",
        }
    }

    /// As a draft has it.
    pub fn keep(self, variable: &str) -> Keep {
        match self {
            Self::Keyring => Keep::Keyring,
            Self::Variable => Keep::Variable(variable.to_owned()),
            Self::Ask => Keep::Ask,
            Self::InFile => Keep::InFile,
        }
    }
}

impl Joined {
    /// As a draft has it.
    pub fn of_draft(&self) -> DraftProvider {
        match self {
            Self::New { provider, tokens_from } => {
                DraftProvider::New { provider: (**provider).clone(), tokens_from: tokens_from.clone() }
            }
            Self::Known(name) => DraftProvider::Known(name.clone()),
        }
    }
}

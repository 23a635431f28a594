//! All profiles against all endpoints.

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use super::{Answer, EndpointId, Engine, Failure, HeldToken, Notice, ProbeAsk, SendAs, TokenAsk};
use crate::config::{Changes, Profile};

/// How many calls are under way at once.
const AT_ONCE: usize = 32;

/// What asking for a token came to.
type Got = Result<Arc<HeldToken>, Failure>;

/// One profile at one endpoint.
#[derive(Debug)]
pub struct Cell {
    /// The profile.
    pub profile: String,
    /// The environment, when there is one.
    pub environment: Option<String>,
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Its method.
    pub method: String,
    /// Its address.
    pub url: String,
    /// What came of it.
    pub outcome: Result<Answer, Failure>,
    /// The provider refused the token, as the profile says it should: then no call is due, and all is well.
    pub refused_as_meant: bool,
}

impl Engine {
    /// Calls every safe endpoint with every profile named, or with all of them when none is named. A method that may
    /// change something is left out. The cells come profile by profile in the order of the file.
    pub async fn matrix(&self, names: &[String]) -> Result<Vec<Cell>, Failure> {
        for name in names {
            self.standing().usable(name, None)?;
        }
        let profiles = self.profiles();
        let environment = &profiles.environment.clone();
        let chosen: Vec<Profile> = profiles
            .profiles
            .iter()
            .filter(|profile| names.is_empty() || names.contains(&profile.name))
            .cloned()
            .collect();
        // One token a profile, also when it is refused: its endpoints share the answer.
        let tokens: Vec<_> = stream::iter(&chosen)
            .map(|profile| {
                self.token(TokenAsk {
                    profile: profile.name.clone(),
                    environment: environment.clone(),
                    changes: Changes::default(),
                    fresh: false,
                })
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let (chosen, tokens) = self.without_those_that_need_a_person(chosen, tokens, names)?;
        // Read anew: the bundled server may have moved when the first token was got.
        let profiles = self.profiles();
        let cells = chosen.iter().zip(&tokens).flat_map(|(profile, token)| {
            profiles.endpoints_of(profile).filter(|(_, endpoint)| endpoint.is_safe()).map(move |(api, endpoint)| {
                let cell = Cell {
                    profile: profile.name.clone(),
                    environment: environment.clone(),
                    endpoint: EndpointId { api: api.name.clone(), endpoint: endpoint.name.clone() },
                    method: endpoint.method.clone(),
                    url: format!("{}{}", api.base_url, endpoint.path),
                    outcome: Err(Failure::Cancelled),
                    refused_as_meant: false,
                };
                (cell, profile, token, endpoint.is_public())
            })
        });
        Ok(stream::iter(cells)
            .map(|(cell, profile, token, public)| self.fill(cell, profile, token, public))
            .buffered(AT_ONCE)
            .collect()
            .await)
    }

    /// Leaves out those that a person would have to log in for, and names them; one that was asked for by name is a
    /// failure.
    fn without_those_that_need_a_person(
        &self,
        chosen: Vec<Profile>,
        tokens: Vec<Got>,
        names: &[String],
    ) -> Result<(Vec<Profile>, Vec<Got>), Failure> {
        let mut kept = (Vec::new(), Vec::new());
        for (profile, token) in chosen.into_iter().zip(tokens) {
            match token {
                Err(failure @ Failure::LoginNeeded { .. }) if names.contains(&profile.name) => return Err(failure),
                Err(Failure::LoginNeeded { .. }) => {
                    let said = format!("{} is left out: a person has to log in for it", profile.name);
                    // Nobody may be listening.
                    let _ = self.inner.notices.send(Notice::Remark(said));
                }
                token => {
                    kept.0.push(profile);
                    kept.1.push(token);
                }
            }
        }
        Ok(kept)
    }

    async fn fill(&self, cell: Cell, profile: &Profile, token: &Result<Arc<HeldToken>, Failure>, public: bool) -> Cell {
        let send_as = match token {
            _ if public => SendAs::Nothing,
            Ok(held) => SendAs::Token(Arc::clone(held)),
            Err(failure) => {
                let refused_as_meant = failure.is_meant_for(profile);
                return Cell { outcome: Err(failure.clone()), refused_as_meant, ..cell };
            }
        };
        let ask = ProbeAsk {
            profile: cell.profile.clone(),
            environment: cell.environment.clone(),
            changes: Changes::default(),
            endpoint: cell.endpoint.clone(),
            send_as,
            unsafe_allowed: false,
        };
        Cell { outcome: self.probe(ask).await, ..cell }
    }
}

//! What holds at one moment: the source, and the profiles as they are used. Both change together, so that nothing is
//! ever resolved or sent by profiles that were not looked at.

use std::sync::Arc;

use super::{Failure, Source, nearest};
use crate::config::{Profile, Profiles, Provider};

/// A source and the profiles made from it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Grows with every change: of two, the one with the higher number is the newer one.
    pub turn: u64,
    /// Where the profiles come from.
    pub source: Arc<Source>,
    /// As in the source, but with the addresses of a bundled server that had to move.
    pub profiles: Arc<Profiles>,
}

impl Standing {
    /// The profile and its provider, if they may be used at all, and in this environment when one is named.
    pub fn usable(&self, name: &str, environment: Option<&str>) -> Result<(&Profile, &Provider), Failure> {
        let now = self.profiles.environment.as_deref();
        if let Some(asked) = environment.filter(|asked| Some(*asked) != now) {
            let now = now.map_or_else(|| "no environment".to_owned(), str::to_owned);
            return Err(Failure::OtherEnvironment { asked: asked.to_owned(), now });
        }
        let profile = self.profiles.profile(name).ok_or_else(|| self.unknown(name))?;
        if let Some(reason) = &profile.disabled {
            return Err(Failure::Disabled { profile: profile.name.clone(), reason: reason.clone() });
        }
        if let Some(facts) = self.source.trust.unreviewed() {
            let reasons = facts.iter().map(ToString::to_string).collect();
            return Err(Failure::Untrusted { file: self.source.label.clone(), reasons });
        }
        let provider = self.profiles.provider(&profile.provider).ok_or_else(|| self.unknown(name))?;
        Ok((profile, provider))
    }

    /// There is no profile of this name.
    pub fn unknown(&self, name: &str) -> Failure {
        Failure::UnknownProfile {
            name: name.to_owned(),
            file: self.source.label.clone(),
            nearest: nearest(name, self.profiles.profiles.iter().map(|profile| profile.name.as_str())),
        }
    }
}

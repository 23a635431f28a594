//! What holds at one moment: the source, and the profiles as they are used. Both change together, so that nothing is
//! ever resolved or sent by profiles that were not looked at.

use std::sync::Arc;

use super::places::Found;
use super::provider::Reach;
use super::{Failure, Source, Trust, nearest};
use crate::config::{Layer, Profile, Profiles, Provider, is_loopback};

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

    /// How far discovery may lead from this provider. A review names hosts elsewhere; of a server on this machine it does
    /// not say where that leads, so it must not lead away, or a file could send a secret anywhere by way of loopback.
    pub(super) fn reach(&self, provider: &Provider) -> Reach {
        let is_own = match self.source.trust {
            Trust::BuiltIn | Trust::ConfigurationFolder => true,
            // Nobody named what is laid over a named file, and it may say where on this machine the issuer is.
            Trust::Named => self.source.local.is_none() || self.source.found == Found::VouchedFor,
            Trust::LocalOnly | Trust::Reviewed | Trust::Unreviewed(_) => false,
        };
        // What the person added in this session is their own as well.
        if is_own || provider.place.layer == Layer::Session || !is_loopback(provider.issuer.as_str()) {
            Reach::Anywhere
        } else {
            Reach::ThisMachine
        }
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

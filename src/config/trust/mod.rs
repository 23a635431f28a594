//! Whether a profiles.toml that merely lay in the folder may be acted on without a look.
//!
//! Pure. Imports siblings only.

mod facts;

use std::fmt;

pub use facts::{Fact, FactKind, Facts, facts};

use crate::config::address::is_loopback;
use crate::config::names::shown;
use crate::config::{Profiles, SecretSource};

/// Why the file must be reviewed by a person first; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons(Vec<String>);

impl Reasons {
    /// One sentence for each fact, in the order of the file.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// One on a line.
impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

/// Why the file must be reviewed before a secret is resolved or anything is sent; none when it stays on this machine:
/// every issuer, endpoint given by hand and base URL is loopback, and its profiles hold only literal secrets.
pub fn needs_review(profiles: &Profiles) -> Option<Reasons> {
    let mut reasons = Vec::new();
    for provider in &profiles.providers {
        let addresses = [
            ("issuer", Some(provider.issuer.as_str())),
            ("token_endpoint", provider.token_endpoint.as_deref()),
            ("jwks_uri", provider.jwks_uri.as_deref()),
        ];
        for (key, address) in addresses {
            reasons.extend(address.and_then(|address| abroad("providers", &provider.name, key, address)));
        }
    }
    for api in &profiles.apis {
        reasons.extend(abroad("apis", &api.name, "base_url", &api.base_url));
    }
    for profile in &profiles.profiles {
        let source = match &profile.secret {
            None | Some(SecretSource::Literal(_)) => continue,
            Some(SecretSource::Env(variable)) => format!("reads the variable {}", shown(variable)),
            Some(SecretSource::File(path)) => format!("reads the file {}", shown(path)),
            Some(SecretSource::Command(words)) => format!("runs the command {}", shown(&words.join(" "))),
            Some(SecretSource::Keyring(name)) => format!("reads the keyring's entry {}", shown(name)),
            Some(SecretSource::Prompt) => continue,
        };
        reasons.push(format!("profiles.{}: client_secret {source}", profile.name));
    }
    (!reasons.is_empty()).then_some(Reasons(reasons))
}

/// What to say of an address that leads off this machine.
fn abroad(group: &str, name: &str, key: &str, address: &str) -> Option<String> {
    (!is_loopback(address)).then(|| format!("{group}.{name}: {key} {} is not on this machine", shown(address)))
}

//! Resolves where a client secret comes from into the secret itself.

use super::Failure;
use crate::config::{Profile, SecretSource};
use crate::exchange::Secret;

/// The profile's client secret; none for a public client.
pub fn resolve(profile: &Profile) -> Result<Option<Secret>, Failure> {
    let missing =
        |reason: String, advice: String| Err(Failure::NoSecret { profile: profile.name.clone(), reason, advice });
    match &profile.secret {
        None => Ok(None),
        Some(SecretSource::Literal(secret)) => Ok(Some(secret.clone())),
        Some(SecretSource::Env(name)) => match std::env::var(name) {
            Ok(value) if !value.is_empty() => Ok(Some(Secret::new(value))),
            Ok(_) => missing(
                format!("the environment variable {name} is empty"),
                format!("Give it a value and start again: export {name}=…"),
            ),
            Err(std::env::VarError::NotPresent) => missing(
                format!("the environment variable {name} is not set"),
                format!("Set it and start again: export {name}=…"),
            ),
            Err(std::env::VarError::NotUnicode(_)) => missing(
                format!("the environment variable {name} is not UTF-8"),
                format!("Set {name} to the secret as plain text."),
            ),
        },
        Some(_) => missing(
            "secrets of this kind are not supported by this version".into(),
            "Use a plain string or { env = \"NAME\" } for now.".into(),
        ),
    }
}

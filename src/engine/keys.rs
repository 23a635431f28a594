//! Keys to verify a token with, from wherever the person points: a profile's provider, an issuer, a key set, a file.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::provider::{Reach, read_keys};
use super::{Engine, Failure};
use crate::config::{Connection, Layer, Place, Provider};
use crate::exchange::{Request, Secret};
use crate::jwt::{self, CheckName, Finding, KeySet, KeySource, Policy, Token, Verdict, shown};
use crate::oauth::Issuer;

/// A key file or key set longer than this is something else.
const BOUND: u64 = 16 * 1024 * 1024;

/// How much of a file's name or of what is wrong with it is told.
const MOST_SHOWN: usize = 1_000;

/// Where the keys come from.
#[derive(Clone, Debug)]
pub enum KeysFrom {
    /// The provider of this profile, by discovery; its issuer and audience are checked as well.
    Profile(String),
    /// This issuer, by discovery; it is checked as well.
    Issuer(String),
    /// A key set: an address, or a file.
    Jwks(String),
    /// A key in a file: PEM, DER or JWK.
    Key(PathBuf),
    /// A shared secret from this environment variable.
    SecretEnv(String),
    /// A shared secret from this file.
    SecretFile(PathBuf),
}

/// What else to check.
#[derive(Clone, Debug, Default)]
pub struct PolicyAsk {
    /// The `iss` to be found; that of the keys' issuer unless given.
    pub issuer: Option<String>,
    /// The `aud` to be found.
    pub audience: Option<String>,
    /// Seconds of grace for `exp` and `nbf`.
    pub leeway: u64,
    /// The time to judge by; now unless given.
    pub at: Option<Timestamp>,
    /// Checks that must pass, not merely not fail.
    pub required: Vec<CheckName>,
}

/// A verdict and what it rests on.
#[derive(Debug)]
pub struct Verification {
    /// The checks.
    pub verdict: Verdict,
    /// Where the keys came from, in words.
    pub origin: KeyOrigin,
    /// The keys, when they could be had.
    pub keys: Option<Arc<KeySet>>,
    /// What the claims were held against.
    pub policy: Policy,
    /// What the rules find in the token and in the keys, such as a secret that is too short.
    pub findings: Vec<Finding>,
    /// The time it was judged by.
    pub at: Timestamp,
}

/// Where keys came from.
#[derive(Clone, Debug)]
pub enum KeyOrigin {
    /// Fetched from this address at this time.
    Fetched {
        /// The address of the key set.
        url: String,
        /// When.
        at: Timestamp,
    },
    /// Read from this file or variable.
    Local(String),
    /// They could not be had.
    Unreachable(Failure),
}

/// A key file cannot be used. Safe to show, whatever the file is called.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", shown(.place, MOST_SHOWN), shown(.reason, MOST_SHOWN))]
pub struct KeyFileError {
    /// The file or variable, as spelt.
    pub place: String,
    /// What is wrong with it.
    pub reason: String,
}

/// The keys and the policy that follow from where they came.
struct Material {
    keys: Result<Arc<KeySet>, Failure>,
    origin: KeyOrigin,
    policy: Policy,
}

impl Engine {
    /// Verifies a token with the keys from there. Keys that cannot be fetched make a verdict that says so; a file that
    /// cannot be read is an error.
    pub async fn verify(&self, token: &Token, from: &KeysFrom, ask: &PolicyAsk) -> Result<Verification, VerifyError> {
        let material = match from {
            KeysFrom::Profile(name) => self.of_profile(name, token).await?,
            KeysFrom::Issuer(issuer) => self.of_issuer(issuer, token).await,
            KeysFrom::Jwks(place) if place.starts_with("http://") || place.starts_with("https://") => {
                self.of_address(place).await
            }
            KeysFrom::Jwks(place) => keys_of_file(Path::new(place))?,
            KeysFrom::Key(path) => keys_of_file(path)?,
            KeysFrom::SecretFile(path) => {
                local(path.display().to_string(), KeySet::from_secret(&secret_of_file(path)?))
            }
            KeysFrom::SecretEnv(name) => local(format!("${name}"), KeySet::from_secret(&secret_of_variable(name)?)),
        };
        let policy = Policy {
            issuer: ask.issuer.clone().or(material.policy.issuer),
            audience: ask.audience.clone().or(material.policy.audience),
            leeway: ask.leeway,
            required: ask.required.clone(),
        };
        let source = match &material.keys {
            Ok(keys) => KeySource::Keys(keys),
            Err(failure) => KeySource::Unreachable(failure.to_string()),
        };
        let now = ask.at.unwrap_or_else(Timestamp::now);
        let mut findings = jwt::lint(token, now);
        findings.extend(material.keys.iter().flat_map(|keys| jwt::lint_keys(token, keys, now)));
        let verdict = jwt::verify(token, source, &policy, now);
        let keys = material.keys.ok();
        Ok(Verification { verdict, origin: material.origin, keys, policy, findings, at: now })
    }

    async fn of_profile(&self, name: &str, token: &Token) -> Result<Material, VerifyError> {
        let standing = self.ready_for(name, None).await?;
        let (profile, provider) = standing.usable(name, None)?;
        let audience = standing.profiles.apis_of(profile).find_map(|api| api.audience.clone());
        Ok(self.of_provider(provider, standing.reach(provider), audience, token).await)
    }

    async fn of_issuer(&self, issuer: &str, token: &Token) -> Material {
        let profiles = self.profiles();
        let known = profiles.providers.iter().find(|provider| provider.issuer.as_str() == issuer);
        if let Some(embedded) = known.filter(|provider| provider.embedded)
            && let Err(failure) = self.ready(&embedded.name).await
        {
            return unreachable(failure, Policy { issuer: Some(issuer.to_owned()), ..Policy::default() });
        }
        let given = named_by_a_person(issuer);
        // The person named it, not a file.
        self.of_provider(&given, Reach::Anywhere, None, token).await
    }

    async fn of_provider(
        &self,
        provider: &Provider,
        reach: Reach,
        audience: Option<String>,
        token: &Token,
    ) -> Material {
        let policy = Policy { issuer: Some(provider.issuer.to_string()), audience, ..Policy::default() };
        match self.inner.directory.keys(&self.inner.http, provider, reach, token.kid()).await {
            Ok(fetched) => {
                let origin = KeyOrigin::Fetched { url: fetched.url, at: fetched.fetched };
                Material { keys: Ok(fetched.keys), origin, policy }
            }
            Err(failure) => unreachable(failure, policy),
        }
    }

    async fn of_address(&self, url: &str) -> Material {
        let request = Request::new("GET", url).header("Accept", "application/json");
        let exchange = Arc::new(self.inner.http.send(request, &Connection::default()).await);
        match read_keys(exchange, url.to_owned()) {
            Ok(fetched) => {
                let origin = KeyOrigin::Fetched { url: fetched.url, at: fetched.fetched };
                Material { keys: Ok(fetched.keys), origin, policy: Policy::default() }
            }
            Err(failure) => unreachable(failure, Policy::default()),
        }
    }
}

/// A provider of which nothing is known but its issuer.
pub(super) fn named_by_a_person(issuer: &str) -> Provider {
    Provider {
        name: issuer.to_owned(),
        issuer: Issuer::new(issuer),
        embedded: false,
        token_endpoint: None,
        jwks_uri: None,
        endpoints: Vec::new(),
        connection: Connection::default(),
        place: Place { layer: Layer::Session, ..Place::default() },
    }
}

/// Verification could not even begin.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file or variable.
    #[error(transparent)]
    Local(#[from] KeyFileError),
    /// The profile.
    #[error(transparent)]
    Failure(#[from] Failure),
}

fn unreachable(failure: Failure, policy: Policy) -> Material {
    Material { keys: Err(failure.clone()), origin: KeyOrigin::Unreachable(failure), policy }
}

/// Keys that lie here.
fn local(place: String, keys: KeySet) -> Material {
    Material { keys: Ok(Arc::new(keys)), origin: KeyOrigin::Local(place), policy: Policy::default() }
}

/// A key set, a JWK, PEM or DER in a file.
fn keys_of_file(path: &Path) -> Result<Material, KeyFileError> {
    let place = path.display().to_string();
    match KeySet::from_file_contents(&read(path)?) {
        Ok(keys) => Ok(local(place, keys)),
        Err(error) => Err(KeyFileError { place, reason: error.to_string() }),
    }
}

/// A shared secret's file usually ends with a line break that is not part of it.
pub(super) fn secret_of_file(path: &Path) -> Result<Secret, KeyFileError> {
    let bytes = Zeroizing::new(read(path)?);
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Secret::new(text.trim_end_matches(['\r', '\n']))),
        Err(_) => {
            let reason = "it is not text; write bytes as b64: or hex: and their base64 or hexadecimal".to_owned();
            Err(KeyFileError { place: path.display().to_string(), reason })
        }
    }
}

pub(super) fn secret_of_variable(name: &str) -> Result<Secret, KeyFileError> {
    let missing = |_| KeyFileError { place: format!("${name}"), reason: "the variable is not set to text".into() };
    std::env::var(name).map(Secret::new).map_err(missing)
}

/// A key file's bytes.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, KeyFileError> {
    read_bounded(path, BOUND).map_err(|reason| KeyFileError { place: path.display().to_string(), reason })
}

/// A file's bytes, up to the bound.
pub fn read_bounded(path: &Path, bound: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(bound + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > bound {
        return Err(format!("it is longer than {} MiB", bound / 1024 / 1024));
    }
    Ok(bytes)
}

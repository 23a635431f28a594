//! The command line of `tokenscope-server` and of `tokenscope serve`: one definition for both.

use std::{fs, path::PathBuf};

use clap::Args;

use crate::{
    realm::{KeyFile, Realm},
    run::{ServeError, ServeOptions},
};

/// The bundled authorization server and the protected API.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Clients, scopes and lifetimes in Keycloak's realm export format [default: the built-in demo realm]
    #[arg(long, value_name = "FILE")]
    pub realm: Option<PathBuf>,

    /// The issuer that the API trusts; another than the bundled server's own serves the API alone
    #[arg(long, value_name = "URL", value_parser = http_url)]
    pub issuer: Option<String>,

    /// Where the issuer's key set is [default: where its discovery document says]
    #[arg(long, value_name = "URL", value_parser = http_url)]
    pub jwks: Option<String>,

    /// What a token's aud must have in it [default: not looked at]
    #[arg(long, value_name = "A", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub audience: Option<String>,

    /// By how many seconds exp and nbf may be missed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub leeway: u64,

    /// Where the signing keys are kept [default: $TOKENSCOPE_KEYS, else the platform's data folder]
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,

    /// Port of the authorization server; 0 lets the system choose
    #[arg(long, value_name = "N", default_value_t = ServeOptions::AUTH_PORT)]
    pub auth_port: u16,

    /// Port of the API; 0 lets the system choose
    #[arg(long, value_name = "N", default_value_t = ServeOptions::API_PORT)]
    pub api_port: u16,
}

impl ServeArgs {
    /// Reads the files that the arguments name.
    ///
    /// # Errors
    /// [`ServeError`] when the realm file cannot be read or is refused, or there is no place for keys.
    pub fn into_options(self) -> Result<ServeOptions, ServeError> {
        let realm = match &self.realm {
            None => None,
            Some(path) => {
                let text =
                    fs::read_to_string(path).map_err(|source| ServeError::RealmFile { path: path.clone(), source })?;
                let refused = |source| ServeError::Realm { path: path.clone(), source };
                Some(Realm::from_json(&text).map_err(refused)?)
            }
        };
        Ok(ServeOptions {
            realm,
            issuer: self.issuer,
            jwks: self.jwks,
            audience: self.audience,
            leeway: self.leeway,
            keys: self.keys.map(KeyFile::at),
            auth_port: self.auth_port,
            api_port: self.api_port,
        })
    }
}

/// An address as it was spelt, once it is known to be one.
fn http_url(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("it must begin with http:// or https:// and name a host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must not have a user name or a password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it must not have a query or a fragment".to_owned());
    }
    Ok(text.to_owned())
}

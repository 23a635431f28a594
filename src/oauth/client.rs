//! How a client authenticates and which grant it uses.
//!
//! Pure: no network, files, clock or terminal.

/// Client authentication at the token endpoint (RFC 6749 section 2.3.1, RFC 7591 section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ClientAuth {
    /// HTTP Basic, both parts form-encoded first, as RFC 6749 says.
    #[default]
    Basic,
    /// HTTP Basic with both parts as they are, which some providers want.
    BasicRaw,
    /// `client_id` and `client_secret` in the form body.
    Post,
    /// A public client: `client_id` in the form body, no secret.
    None,
}

impl ClientAuth {
    /// All of them, with the name each has in profiles.toml.
    pub const NAMES: [(&'static str, Self); 4] =
        [("basic", Self::Basic), ("basic-raw", Self::BasicRaw), ("post", Self::Post), ("none", Self::None)];

    /// The name in profiles.toml.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, method)| *method == self).map_or("basic", |(name, _)| name)
    }
}

/// How a token is got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Grant {
    /// Client credentials (RFC 6749 section 4.4).
    #[default]
    ClientCredentials,
}

impl Grant {
    /// All that this version can do, with the name each has in profiles.toml and on the wire.
    pub const NAMES: [(&'static str, Self); 1] = [("client_credentials", Self::ClientCredentials)];

    /// The name in profiles.toml, which is also the `grant_type`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client_credentials",
        }
    }
}

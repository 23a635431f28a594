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
    /// A login in the browser: authorization code with PKCE (RFC 6749 section 4.1, RFC 7636, RFC 8252).
    AuthorizationCode,
    /// A code that is typed on another device (RFC 8628).
    DeviceCode,
    /// A person's name and password, given to the client itself: legacy (RFC 6749 section 4.3, RFC 9700 section 2.4).
    Password,
}

impl Grant {
    /// All that this version can do, with the name each has in profiles.toml.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("client_credentials", Self::ClientCredentials),
        ("authorization_code", Self::AuthorizationCode),
        ("device_code", Self::DeviceCode),
        ("password", Self::Password),
    ];

    /// The name in profiles.toml.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, grant)| *grant == self).map_or("client_credentials", |(name, _)| name)
    }

    /// The `grant_type` on the wire.
    pub fn wire(self) -> &'static str {
        match self {
            Self::DeviceCode => DEVICE_CODE,
            other => other.name(),
        }
    }

    /// The name for people: the password grant is legacy wherever it is named.
    pub fn title(self) -> &'static str {
        match self {
            Self::Password => "password (legacy)",
            other => other.name(),
        }
    }

    /// Whether a person takes part, so that nothing can be had where nobody is.
    pub fn needs_person(self) -> bool {
        matches!(self, Self::AuthorizationCode | Self::DeviceCode)
    }

    /// Whether the token is a person's and not the client's own.
    pub fn is_of_a_person(self) -> bool {
        self != Self::ClientCredentials
    }
}

/// The `grant_type` of the device grant (RFC 8628 section 3.4).
pub const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

//! How a client authenticates and which grant it uses.
//!
//! Pure: no network, files, clock or terminal.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ClientId;
use crate::exchange::{Request, Secret, Text};

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

/// A client as it makes itself known to an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Client<'a> {
    /// Who it is.
    pub id: &'a ClientId,
    /// Its secret; none for a public client.
    pub secret: Option<&'a Secret>,
    /// How it authenticates.
    pub auth: ClientAuth,
}

impl Client<'_> {
    /// A form for this endpoint with the client's authentication. One way only, never two (RFC 6749 section 2.3).
    pub(super) fn post(&self, endpoint: &str, mut form: Vec<(String, Text)>) -> Request {
        let mut request = Request::new("POST", endpoint)
            .header("Accept", "application/json")
            .header("Content-Type", "application/x-www-form-urlencoded");
        match (self.auth, self.secret) {
            (ClientAuth::Basic, Some(secret)) => {
                request = request.header("Authorization", basic(self.id, secret, form_encoded));
            }
            (ClientAuth::BasicRaw, Some(secret)) => {
                request = request.header("Authorization", basic(self.id, secret, str::to_owned));
            }
            (ClientAuth::Post, Some(secret)) => {
                form.push(("client_id".into(), self.id.as_str().into()));
                form.push(("client_secret".into(), Text::secret(secret.clone())));
            }
            (ClientAuth::None, _) | (_, None) => form.push(("client_id".into(), self.id.as_str().into())),
        }
        request.form = Some(form);
        request
    }
}

/// The Basic credentials, each part spelt by `encode` (RFC 7617; RFC 6749 section 2.3.1 wants form encoding).
fn basic(client: &ClientId, secret: &Secret, encode: fn(&str) -> String) -> Text {
    let pair = Secret::new(format!("{}:{}", encode(client.as_str()), encode(secret.reveal())));
    Text::masked("Basic ", Secret::new(STANDARD.encode(pair.reveal())), format!("{client}:***"))
}

fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A token in a form, shown by its fingerprint.
pub(super) fn token_field(token: &Secret) -> Text {
    Text::masked("", token.clone(), format!("token {}", token.fingerprint()))
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

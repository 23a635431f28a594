//! What profiles.toml says, as values: authorization servers, resource servers and clients.
//!
//! Pure: no network, files, clock or terminal.

use crate::exchange::Secret;
use crate::oauth::{ClientAuth, ClientId, Grant, Issuer, ScopeSet, ServerEndpoint};

/// A whole profiles.toml, checked. What could not be used is in the problems that came with it, not here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profiles {
    /// The profile that is selected first, when the file names one.
    pub default_profile: Option<String>,
    /// The environments there are, in the order of the file.
    pub environments: Vec<Environment>,
    /// The one the values below were read for; none when the file has none.
    pub environment: Option<String>,
    /// Authorization servers, in the order of the file.
    pub providers: Vec<Provider>,
    /// Resource servers, in the order of the file.
    pub apis: Vec<Api>,
    /// Clients, in the order of the file.
    pub profiles: Vec<Profile>,
}

impl Profiles {
    /// The profile of this name, letter for letter.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// The provider of this name, letter for letter.
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name == name)
    }

    /// The APIs that a profile sees: those of its provider, narrowed by its `apis`.
    pub fn apis_of<'a>(&'a self, profile: &'a Profile) -> impl Iterator<Item = &'a Api> {
        self.apis.iter().filter(move |api| {
            api.provider == profile.provider && profile.apis.as_ref().is_none_or(|names| names.contains(&api.name))
        })
    }

    /// The endpoints that a profile sees, each with its API, in the order of the number keys.
    pub fn endpoints_of<'a>(&'a self, profile: &'a Profile) -> impl Iterator<Item = (&'a Api, &'a Endpoint)> {
        self.apis_of(profile).flat_map(|api| api.endpoints.iter().map(move |endpoint| (api, endpoint)))
    }

    /// The environment in which everything is sent, when there is one.
    pub fn current_environment(&self) -> Option<&Environment> {
        let name = self.environment.as_deref()?;
        self.environments.iter().find(|environment| environment.name == name)
    }

    /// The profile to begin with: the default one, else the first.
    pub fn first(&self) -> Option<&Profile> {
        self.default_profile.as_deref().and_then(|name| self.profile(name)).or(self.profiles.first())
    }
}

/// A set of values to choose by name: `[environments.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The name in the file and on the command line.
    pub name: String,
    /// `protected = true`: production. Asked before every send the first time an endpoint, never started in by default.
    pub protected: bool,
    /// Where the file says so.
    pub place: Place,
}

/// An authorization server: `[providers.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The name in the file.
    pub name: String,
    /// Its issuer identifier, as spelt.
    pub issuer: Issuer,
    /// Whether the bundled server plays this part when nothing else answers there.
    pub embedded: bool,
    /// The token endpoint, when given by hand instead of found by discovery.
    pub token_endpoint: Option<String>,
    /// The key set's address, when given by hand instead of found by discovery.
    pub jwks_uri: Option<String>,
    /// Its further endpoints, as far as they are given by hand.
    pub endpoints: Vec<(ServerEndpoint, String)>,
    /// How to connect.
    pub connection: Connection,
    /// Where the file says so.
    pub place: Place,
}

/// A resource server: `[apis.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// The name in the file.
    pub name: String,
    /// The one provider whose tokens it takes.
    pub provider: String,
    /// What the endpoints' paths are appended to; without a slash at the end.
    pub base_url: String,
    /// Whether the bundled server plays this part when nothing else answers there.
    pub embedded: bool,
    /// The `aud` that it expects, when it does.
    pub audience: Option<String>,
    /// In the order of the file, which is that of the number keys.
    pub endpoints: Vec<Endpoint>,
    /// How to connect.
    pub connection: Connection,
    /// Where the file says so.
    pub place: Place,
}

impl Provider {
    /// This endpoint, when it is given by hand.
    pub fn by_hand(&self, which: ServerEndpoint) -> Option<&str> {
        self.endpoints.iter().find(|(other, _)| *other == which).map(|(_, url)| url.as_str())
    }
}

/// How to connect to a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// `plaintext = true`: secrets and tokens may go over plain HTTP beyond loopback.
    pub plaintext: bool,
    /// Seconds until a silent server is given up; 10 unless given.
    pub timeout: Option<u64>,
    /// Headers sent with every request to it.
    pub headers: Vec<(String, String)>,
    /// `ca`: a PEM file, or a folder of them, whose certificates are trusted besides the system's. Relative to the file
    /// that says so.
    pub ca: Option<String>,
    /// `insecure = true`: no certificate is checked. The mark stays on the screen.
    pub insecure: bool,
    /// `proxy`: how to get there; what the environment says unless given.
    pub proxy: Option<Proxy>,
}

/// How to get to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// `proxy = "none"`: straight, whatever the environment says.
    Direct,
    /// `http://`, `https://`, `socks5://` or `socks5h://`; a secret, since it may hold a password.
    Through(Secret),
}

/// One endpoint of an API: `[[apis.NAME.endpoints]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name, a slug, for the command line.
    pub name: String,
    /// `GET` unless given; in capitals.
    pub method: String,
    /// Begins with a slash.
    pub path: String,
    /// What it wants of a caller; none when the file does not say.
    pub requires: Option<Requirement>,
    /// `expect = { PROFILE = "allow" | "deny" | STATUS }`.
    pub expect: Vec<(String, Expect)>,
    /// Further status codes that count as allowed.
    pub allow: Vec<u16>,
    /// Further status codes that count as denied.
    pub deny: Vec<u16>,
    /// Where the file says so.
    pub place: Place,
}

impl Endpoint {
    /// Whether calling it changes nothing (RFC 9110 section 9.2.1), so that one key may send it.
    pub fn is_safe(&self) -> bool {
        is_safe(&self.method)
    }

    /// Whether it is called without a token.
    pub fn is_public(&self) -> bool {
        self.requires == Some(Requirement::Nothing)
    }

    /// The scopes that it wants all of; empty when it wants none or says it otherwise.
    pub fn wanted_scopes(&self) -> ScopeSet {
        match &self.requires {
            Some(Requirement::Scopes(scopes)) => scopes.clone(),
            _ => ScopeSet::empty(),
        }
    }
}

/// Whether a method changes nothing (RFC 9110 section 9.2.1).
pub fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS")
}

/// What an endpoint wants of a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// `"none"`: called without a token.
    Nothing,
    /// `"token"`: any valid token.
    Token,
    /// `[..]`: all of these scopes.
    Scopes(ScopeSet),
    /// `{ any_scope = [..] }`: one of these scopes.
    AnyScope(ScopeSet),
    /// `{ roles = [..] }`: all of these roles.
    Roles(Vec<String>),
}

/// What a call is expected to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// 2xx.
    Allow,
    /// 401 or 403.
    Deny,
    /// Exactly this status.
    Status(u16),
}

/// A client: `[profiles.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name in the file and on the command line.
    pub name: String,
    /// What the screen shows; the name unless given.
    pub title: String,
    /// The authorization server's name in the file.
    pub provider: String,
    /// The client identifier.
    pub client_id: ClientId,
    /// Where the client secret comes from, when there is one.
    pub secret: Option<SecretSource>,
    /// How the client gets a token.
    pub grant: Grant,
    /// How the client authenticates.
    pub auth: ClientAuth,
    /// What it asks for.
    pub scopes: ScopeSet,
    /// The `audience` parameter of the token request.
    pub audience: Option<String>,
    /// Further parameters of the request that says what is asked for: of a login that to the authorization endpoint,
    /// else the token request.
    pub params: Vec<(String, String)>,
    /// Where the browser comes back to after a login, when it is not one of the program's own addresses on loopback.
    pub redirect_uri: Option<String>,
    /// The person's name, for the legacy password grant.
    pub username: Option<String>,
    /// Where the person's password comes from, for the legacy password grant.
    pub password: Option<SecretSource>,
    /// Whether the refresh token is kept in the keyring, so that a login lasts beyond this run.
    pub remember: bool,
    /// Narrows the APIs it sees.
    pub apis: Option<Vec<String>>,
    /// Whether the provider should grant it a token.
    pub expect_token: ExpectToken,
    /// Where its tokens are kept between two runs of the program.
    pub token_cache: TokenCache,
    /// The scopes the provider may grant, when pinned.
    pub granted: Option<ScopeSet>,
    /// Where the file says so.
    pub place: Place,
    /// Why it cannot be used, when it cannot: the first problem within it. It is listed all the same.
    pub disabled: Option<String>,
}

/// Whether a profile should get a token at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ExpectToken {
    /// Yes, the ordinary case.
    #[default]
    Granted,
    /// `expect_token = "refused"`: the provider should say no.
    Refused,
}

impl Profile {
    /// The profile as this session wants it.
    #[must_use]
    pub fn with(&self, changes: &Changes) -> Self {
        let mut asked = self.clone();
        if let Some(scopes) = &changes.scopes {
            asked.scopes = scopes.clone();
        }
        if let Some(audience) = &changes.audience {
            asked.audience.clone_from(audience);
        }
        if let Some(params) = &changes.params {
            asked.params.clone_from(params);
        }
        asked
    }
}

/// What this session asks for in place of what a profile says; none: as the profile says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Other scopes.
    pub scopes: Option<ScopeSet>,
    /// Another audience, or expressly none.
    pub audience: Option<Option<String>>,
    /// Other further parameters.
    pub params: Option<Vec<(String, String)>>,
}

impl Changes {
    /// Whether everything is as the profile says.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Where tokens are kept between two runs of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TokenCache {
    /// Nowhere: they end with the program.
    #[default]
    Off,
    /// In the system's keyring.
    Keyring,
    /// In files of mode 0600 in the runtime folder, which ends with the login session.
    Runtime,
}

impl TokenCache {
    /// How the file spells each.
    pub const NAMES: [(&'static str, Self); 3] =
        [("off", Self::Off), ("keyring", Self::Keyring), ("runtime", Self::Runtime)];
}

/// Where a client secret comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// It stands in the file.
    Literal(Secret),
    /// `{ env = NAME }`: an environment variable.
    Env(String),
    /// `{ file = PATH }`: the content of a file, without the newline at its end. Relative to the file that says so.
    File(String),
    /// `{ command = [PROGRAM, ARGUMENT, ..] }`: the first line a program prints. No shell is involved.
    Command(Vec<String>),
    /// `{ keyring = NAME }`: an entry of the system's keyring, under the service `tokenscope`.
    Keyring(String),
    /// `{ prompt = true }`: the person is asked, once a run of the program.
    Prompt,
}

/// A place in profiles.toml, for messages: both count from 1; zero means the place is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Place {
    /// In which of the files.
    pub layer: Layer,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Which file something stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub enum Layer {
    /// profiles.toml.
    #[default]
    Shared,
    /// profiles.local.toml beside it, laid over it.
    Local,
    /// What was added in this session and is not saved, laid over both.
    Session,
}

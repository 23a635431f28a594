//! What a person says of a new client or API, as typed, and the addition it comes to: every mistake is told with the
//! field it is in.
//!
//! Pure. Imports siblings, `oauth` and `exchange` of this crate.

use url::Url;

use super::address::{Query, fault};
use super::names::{SLUG_RULE, free_name, is_slug, shown};
use super::pasted::{self, suggested_name};
use super::{
    Addition, Api, NewApi, NewEndpoint, NewProfile, NewProvider, NewSecret, Profiles, Provider, Requirement,
    is_loopback,
};
use crate::exchange::Secret;
use crate::oauth::{ClientAuth, ClientId, Grant, ScopeSet};

/// A client, an API, or both, as typed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The authorization server.
    pub provider: DraftProvider,
    /// The client; none when only an API is added.
    pub client: Option<DraftClient>,
    /// The API's address; empty for none.
    pub api: String,
    /// One path of it.
    pub path: String,
    /// The method it is called with.
    pub method: String,
    /// Whether it is called with a token.
    pub with_token: bool,
    /// Whether secrets and tokens may go over plain HTTP to another machine.
    pub plaintext: bool,
}

/// The authorization server of a draft.
#[derive(Clone, Debug)]
pub enum DraftProvider {
    /// One that is not in the file.
    New {
        /// As it is to stand there; its name is a wish.
        provider: NewProvider,
        /// Where tokens are got.
        tokens_from: String,
    },
    /// One that is.
    Known(String),
}

/// The client of a draft.
#[derive(Clone, Debug)]
pub struct DraftClient {
    /// Its identifier.
    pub id: String,
    /// Its secret, when it was given.
    pub secret: Option<Secret>,
    /// Where the secret is kept.
    pub keep: Keep,
    /// How it gets a token.
    pub grant: Grant,
    /// How it authenticates.
    pub auth: ClientAuth,
    /// Its scopes, separated by blanks.
    pub scopes: String,
    /// Its audience; empty for none.
    pub audience: String,
    /// The profile's name; empty for one of our own.
    pub name: String,
}

/// Where the secret of a new client is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Nowhere: it is asked for, once a run.
    Ask,
    /// In this environment variable.
    Variable(String),
    /// In the system's keyring.
    Keyring,
    /// In profiles.toml itself.
    InFile,
}

/// A mistake, and the field it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `client_id`, `secret`, `variable`, `api`, `path`, `name` or `plaintext`.
    pub field: &'static str,
    /// What is wrong, in words.
    pub what: String,
}

impl Draft {
    /// The addition that the draft comes to.
    pub fn addition(&self, profiles: &Profiles) -> Result<Addition, Vec<Fault>> {
        let mut faults = Vec::new();
        let (provider, known) = match &self.provider {
            DraftProvider::Known(name) => (None, name.clone()),
            DraftProvider::New { provider, tokens_from } => {
                if beyond(tokens_from) && !self.plaintext {
                    faults.push(plain("plaintext", tokens_from, "the secret"));
                }
                let name = free_name(profiles, &provider.name);
                let plaintext = self.plaintext && (beyond(tokens_from) || beyond(provider.issuer.as_str()));
                (Some(NewProvider { name: name.clone(), plaintext, ..provider.clone() }), name)
            }
        };
        let profile = self.client.as_ref().map(|client| client.profile(profiles, &known, &mut faults));
        let api = self.api(profiles, &known, &mut faults);
        if self.client.is_none() && api.is_none() && faults.is_empty() {
            faults.push(Fault { field: "api", what: "It is there already, with this path.".to_owned() });
        }
        if faults.is_empty() { Ok(Addition { provider, api, profile }) } else { Err(faults) }
    }

    /// The API, unless there is none or it is known with this path already.
    fn api(&self, profiles: &Profiles, provider: &str, faults: &mut Vec<Fault>) -> Option<NewApi> {
        let typed = self.api.trim();
        if typed.is_empty() {
            if self.client.is_none() {
                faults.push(Fault { field: "api", what: "Its address is missing.".to_owned() });
            }
            return None;
        }
        if let Some(what) = fault(typed, Query::Allowed) {
            faults.push(Fault { field: "api", what });
            return None;
        }
        if beyond(typed) && !self.plaintext && self.with_token {
            faults.push(plain("plaintext", typed, "the token"));
        }
        let (base_url, path) = self.base_and_path(typed);
        if path.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#') {
            faults.push(Fault { field: "path", what: "A path has no blanks and no #.".to_owned() });
            return None;
        }
        let known = |api: &&Api| api.provider == provider && api.base_url == base_url;
        let has_path = |api: &Api| api.endpoints.iter().any(|endpoint| endpoint.path == path);
        if profiles.apis.iter().filter(known).any(has_path) {
            return None;
        }
        let requires = if self.with_token { Requirement::Token } else { Requirement::Nothing };
        let method = if self.method.is_empty() { "GET".to_owned() } else { self.method.to_ascii_uppercase() };
        let endpoint = NewEndpoint { name: endpoint_name(&path), method, path, requires: Some(requires) };
        let plaintext = self.plaintext && beyond(&base_url);
        let name = free_name(profiles, &format!("{provider}-api"));
        let provider = provider.to_owned();
        Some(NewApi { name, provider, base_url, audience: None, plaintext, endpoints: vec![endpoint] })
    }

    /// Where the address ends and the path begins: as typed in two fields, or an address with its path in one.
    fn base_and_path(&self, typed: &str) -> (String, String) {
        let path = self.path.trim();
        let (address, query) = typed.split_once('?').map_or((typed, None), |(address, query)| (address, Some(query)));
        let slash = |path: &str| if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        if !path.is_empty() {
            return (address.trim_end_matches('/').to_owned(), slash(path));
        }
        let begins = address.find("://").map_or(0, |at| at + 3);
        let ends = address.get(begins..).and_then(|rest| rest.find('/')).map_or(address.len(), |at| begins + at);
        let (base, own) = address.split_at(ends);
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        (base.to_owned(), format!("{}{query}", slash(own)))
    }
}

impl DraftClient {
    fn profile(&self, profiles: &Profiles, provider: &str, faults: &mut Vec<Fault>) -> NewProfile {
        let mut wrong = |field, what: String| faults.push(Fault { field, what });
        let id = self.id.trim();
        if id.is_empty() {
            wrong("client_id", "The client's id is missing.".to_owned());
        } else if id.contains(char::is_control) {
            wrong("client_id", "A client's id has no control characters.".to_owned());
        }
        let typed = self.name.trim();
        let name = if typed.is_empty() { free_name(profiles, id) } else { typed.to_owned() };
        if !is_slug(&name) {
            wrong("name", format!("`{}` cannot be a name: {SLUG_RULE}.", shown(&name)));
        } else if profiles.profile(&name).is_some() {
            let other = free_name(profiles, &name);
            wrong("name", format!("There is a profile {name} already; {other} is free."));
        }
        let secret = match (self.auth, &self.keep) {
            (ClientAuth::None, _) => None,
            (_, Keep::Ask) => Some(NewSecret::Prompt),
            (_, Keep::Variable(variable)) => {
                if !pasted::is_variable_name(variable.trim()) {
                    wrong(
                        "variable",
                        "A variable's name is letters, digits and _, and begins with no digit.".to_owned(),
                    );
                }
                Some(NewSecret::Env(variable.trim().to_owned()))
            }
            (_, Keep::Keyring) => Some(NewSecret::Keyring(name.clone())),
            (_, Keep::InFile) => self.secret.clone().map(NewSecret::Literal),
        };
        let needs = matches!(self.keep, Keep::Keyring | Keep::InFile) && self.auth != ClientAuth::None;
        if needs && self.secret.is_none() {
            wrong("secret", "The secret is missing; with none, choose the authentication none.".to_owned());
        }
        NewProfile {
            name,
            title: None,
            provider: provider.to_owned(),
            client_id: ClientId::new(id),
            secret,
            grant: self.grant,
            auth: self.auth,
            scopes: ScopeSet::parse(&self.scopes),
            audience: Some(self.audience.trim().to_owned()).filter(|text| !text.is_empty()),
        }
    }
}

impl Profiles {
    /// The provider that has this issuer already.
    pub fn provider_of_issuer(&self, issuer: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.issuer.as_str() == issuer)
    }
}

impl NewProvider {
    /// A provider as discovery found it, with a name of its own.
    pub fn found(issuer: &crate::oauth::Issuer) -> Self {
        Self {
            name: suggested_name(issuer),
            issuer: issuer.clone(),
            plaintext: false,
            insecure: false,
            ca: None,
            token_endpoint: None,
            jwks_uri: None,
        }
    }
}

/// Whether the address is plain http to another machine.
fn beyond(url: &str) -> bool {
    url.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://")) && !is_loopback(url)
}

fn plain(field: &'static str, url: &str, what: &str) -> Fault {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    Fault { field, what: format!("{what} would go to {host} in plain text: say yes here, or use https.") }
}

/// A name for an endpoint, from its path: the last part that tells something.
fn endpoint_name(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts = path.rsplit('/').filter(|part| part.chars().any(|c| c.is_ascii_alphabetic()) && !part.starts_with('{'));
    let slug = |part: &str| {
        let text: String =
            part.chars().map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' }).collect();
        text.trim_matches(|c: char| !c.is_ascii_alphanumeric()).chars().take(40).collect::<String>()
    };
    parts.map(slug).find(|name| is_slug(name)).unwrap_or_else(|| "root".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::config::demo;
    use crate::oauth::Issuer;

    fn draft() -> Draft {
        let provider = NewProvider::found(&Issuer::new("https://kc.example.com/realms/shop"));
        let tokens_from = "https://kc.example.com/realms/shop/protocol/openid-connect/token".to_owned();
        Draft {
            provider: DraftProvider::New { provider, tokens_from },
            client: Some(DraftClient {
                id: "web".into(),
                secret: Some(Secret::new("s3cret")),
                keep: Keep::Keyring,
                grant: Grant::default(),
                auth: ClientAuth::Basic,
                scopes: " a  b ".into(),
                audience: String::new(),
                name: String::new(),
            }),
            api: "https://api.example.com/v1/orders/7?x=1".into(),
            path: String::new(),
            method: String::new(),
            with_token: true,
            plaintext: false,
        }
    }

    #[test]
    fn a_draft_becomes_a_provider_an_api_and_a_profile() {
        let addition = draft().addition(&demo()).unwrap();
        let (provider, api, profile) = (addition.provider.unwrap(), addition.api.unwrap(), addition.profile.unwrap());
        assert_eq!(
            (provider.name.as_str(), profile.provider.as_str(), api.provider.as_str()),
            ("shop", "shop", "shop")
        );
        assert_eq!((profile.name.as_str(), profile.secret), ("web", Some(NewSecret::Keyring("web".into()))));
        assert_eq!((api.base_url.as_str(), api.name.as_str()), ("https://api.example.com", "shop-api"));
        let endpoint = api.endpoints.first().unwrap();
        assert_eq!((endpoint.name.as_str(), endpoint.path.as_str()), ("orders", "/v1/orders/7?x=1"));
        assert_eq!(endpoint.requires, Some(Requirement::Token));
    }

    #[test]
    fn address_and_path_may_stand_in_one_field_or_in_two() {
        for (api, path, base, own) in [
            ("http://localhost:1/", "api/x", "http://localhost:1", "/api/x"),
            ("http://localhost:1/base/", "/x", "http://localhost:1/base", "/x"),
            ("http://localhost:1/base", "", "http://localhost:1", "/base"),
            ("http://localhost:1", "", "http://localhost:1", "/"),
        ] {
            let draft = Draft { api: api.into(), path: path.into(), ..draft() };
            assert_eq!(draft.base_and_path(api), (base.to_owned(), own.to_owned()));
        }
    }

    #[test]
    fn each_mistake_is_told_at_its_field() {
        let fields = |change: fn(&mut Draft)| {
            let mut draft = draft();
            change(&mut draft);
            let faults = draft.addition(&demo()).err().unwrap_or_default();
            faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>()
        };
        assert_eq!(fields(|draft| draft.api = "api.example.com".into()), ["api"]);
        assert_eq!(fields(|draft| draft.api = "http://me:x@h/".into()), ["api"]);
        assert_eq!(fields(|draft| draft.path = "a b".into()), ["path"]);
        assert_eq!(fields(|draft| draft.api = "http://api.example.com".into()), ["plaintext"]);
        assert_eq!(fields(|draft| draft.client.as_mut().unwrap().id = " ".into()), ["client_id"]);
        assert_eq!(fields(|draft| draft.client.as_mut().unwrap().name = "a b".into()), ["name"]);
        assert_eq!(fields(|draft| draft.client.as_mut().unwrap().name = "tester".into()), ["name"]);
        assert_eq!(fields(|draft| draft.client.as_mut().unwrap().secret = None), ["secret"]);
        assert_eq!(fields(|draft| draft.client.as_mut().unwrap().keep = Keep::Variable("1".into())), ["variable"]);
        let both: fn(&mut Draft) = |draft| {
            draft.client = None;
            draft.api = String::new();
        };
        assert_eq!(fields(both), ["api"]);
        assert_eq!(fields(|draft| draft.api = String::new()), [] as [&str; 0]);
    }

    #[test]
    fn plain_text_beyond_this_machine_is_marked_only_where_it_is() {
        let mut draft = draft();
        draft.api = "http://api.example.com/x".into();
        draft.plaintext = true;
        let addition = draft.addition(&demo()).unwrap();
        assert_eq!((addition.provider.unwrap().plaintext, addition.api.unwrap().plaintext), (false, true));
    }

    #[test]
    fn a_client_that_people_log_in_with_needs_no_secret() {
        let mut draft = draft();
        let client = draft.client.as_mut().unwrap();
        (client.grant, client.auth, client.secret) = (Grant::AuthorizationCode, ClientAuth::None, None);
        let text = draft.addition(&demo()).unwrap().text();
        assert!(text.contains("grant     = \"authorization_code\"") && !text.contains("auth "), "{text}");
        let parsed = crate::config::parse(&text);
        let profile = parsed.profiles.profile("web").unwrap();
        assert_eq!(
            (profile.grant, profile.auth, &parsed.problems[..]),
            (Grant::AuthorizationCode, ClientAuth::None, &[][..])
        );
    }

    #[test]
    fn no_secret_is_shown() {
        assert!(!format!("{:?} {:?}", draft(), draft().addition(&demo())).contains("s3cret"));
    }
}

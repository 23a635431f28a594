//! The claims of a token: the core ones, and what the mappers of its scopes put in.

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::{scope::Granted, stores::Kind};
use crate::{
    random,
    realm::{ClaimShape, Client, KeyError, Mapper, Rule, User},
};

/// Claims in the order in which Keycloak writes them; all others follow.
const ORDER: [&str; 28] = [
    "exp",
    "iat",
    "auth_time",
    "jti",
    "iss",
    "aud",
    "sub",
    "typ",
    "azp",
    "nonce",
    "sid",
    "at_hash",
    "acr",
    "allowed-origins",
    "realm_access",
    "resource_access",
    "scope",
    "upn",
    "email_verified",
    "clientHost",
    "name",
    "groups",
    "preferred_username",
    "given_name",
    "family_name",
    "email",
    "clientAddress",
    "client_id",
];

/// What kind of token the claims are for.
pub(super) enum TokenKind {
    Access,
    Id { access_token_hash: String },
}

/// The login that a token comes from.
#[derive(Debug, Clone)]
pub(super) struct Login {
    /// The session's id.
    pub session: String,
    pub kind: Kind,
    pub auth_time: Option<u64>,
    /// Whether the person was already signed in when the client asked.
    pub was_signed_in: bool,
    /// Only for the ID token.
    pub nonce: Option<String>,
}

/// Everything a token is made of.
pub(super) struct Issue<'a> {
    pub issuer: &'a str,
    pub client: &'a Client,
    pub account: &'a User,
    pub granted: &'a Granted,
    /// Seconds since 1970.
    pub now: u64,
    /// When the tokens end.
    pub ends: u64,
    /// Nothing where a client asks for itself.
    pub login: Option<&'a Login>,
    /// Two letters for the grant, as Keycloak puts them before a token's id.
    pub grant: &'static str,
    /// Who asked.
    pub peer: Option<IpAddr>,
}

impl Issue<'_> {
    /// The claims of one token, with an id of its own.
    pub(super) fn claims(&self, kind: TokenKind) -> Result<Value, KeyError> {
        let id = random::uuid().map_err(|_| KeyError::Library("give random bytes"))?;
        let mut claims = Map::new();
        let mut audience = Vec::new();
        for mapper in self.mappers(&kind) {
            self.apply(&mapper.rule, &mut claims, &mut audience);
        }
        claims.insert("exp".into(), json!(self.ends));
        claims.insert("iat".into(), json!(self.now));
        claims.insert("iss".into(), json!(self.issuer));
        claims.insert("azp".into(), json!(self.client.id()));
        if let Some(login) = self.login {
            claims.insert("sid".into(), json!(login.session));
        }
        match kind {
            TokenKind::Access => {
                let session = match self.login.map(|login| login.kind) {
                    None => "tr",
                    Some(Kind::Online) => "on",
                    Some(Kind::Offline) => "of",
                };
                // "rt": a regular token, not a lightweight one.
                claims.insert("jti".into(), json!(format!("{session}rt{}:{id}", self.grant)));
                claims.insert("typ".into(), json!("Bearer"));
                claims.insert("scope".into(), json!(self.granted.text()));
                // A person's id is the business of the scope `basic`, a client's own is always there.
                if self.login.is_none() {
                    claims.insert("sub".into(), json!(self.account.id));
                }
            }
            TokenKind::Id { access_token_hash } => {
                claims.insert("jti".into(), json!(id));
                claims.insert("typ".into(), json!("ID"));
                claims.insert("at_hash".into(), json!(access_token_hash));
                claims.insert("sub".into(), json!(self.account.id));
                if let Some(nonce) = self.login.and_then(|login| login.nonce.as_ref()) {
                    claims.insert("nonce".into(), json!(nonce));
                }
                audience = vec![self.client.id().to_owned()];
            }
        }
        put_audience(&mut claims, &audience);
        Ok(Value::Object(in_order(claims)))
    }

    /// What introspection says of a token that is no access token: its own core claims, and those of its grant's mappers.
    pub(super) fn introspection(&self, token: &Map<String, Value>) -> Map<String, Value> {
        const CORE: [&str; 10] = ["exp", "iat", "auth_time", "jti", "iss", "sub", "typ", "azp", "sid", "scope"];
        let mut claims = Map::new();
        let mut audience: Vec<String> =
            token.get("aud").and_then(Value::as_str).map(str::to_owned).into_iter().collect();
        for mapper in self.mappers(&TokenKind::Access) {
            self.apply(&mapper.rule, &mut claims, &mut audience);
        }
        for (name, value) in CORE.iter().filter_map(|name| Some((*name, token.get(*name)?))) {
            claims.insert(name.to_owned(), value.clone());
        }
        put_audience(&mut claims, &audience);
        in_order(claims)
    }

    /// What the userinfo endpoint says (OpenID Connect Core section 5.3.2).
    pub(super) fn userinfo(&self) -> Value {
        let mut claims = Map::new();
        let of_scopes = self.granted.scopes.iter().flat_map(|scope| &scope.mappers);
        for mapper in of_scopes.chain(self.client.mappers()).filter(|mapper| mapper.in_userinfo) {
            self.apply(&mapper.rule, &mut claims, &mut Vec::new());
        }
        claims.insert("sub".into(), json!(self.account.id));
        Value::Object(in_order(claims))
    }

    /// The mappers of the client and its scopes that write into this kind of token.
    fn mappers(&self, kind: &TokenKind) -> impl Iterator<Item = &Mapper> {
        let for_access = matches!(kind, TokenKind::Access);
        let of_scopes = self.granted.scopes.iter().flat_map(|scope| &scope.mappers);
        of_scopes
            .chain(self.client.mappers())
            .filter(move |mapper| if for_access { mapper.in_access_token } else { mapper.in_id_token })
    }

    fn apply(&self, rule: &Rule, claims: &mut Map<String, Value>, audience: &mut Vec<String>) {
        let account = self.account;
        match rule {
            Rule::Subject => {
                claims.insert("sub".into(), json!(account.id));
            }
            Rule::OrganizationMembership => {}
            Rule::SessionNote { note, claim } => {
                put_texts(claims, claim, self.session_note(note));
            }
            Rule::UserAttribute { attribute, claim } => {
                put_texts(claims, claim, attribute_of(account, attribute));
            }
            Rule::UserProperty { property, claim } => {
                put_texts(claims, claim, property_of(account, property));
            }
            Rule::FullName => {
                let name = account.full_name();
                if !name.is_empty() {
                    claims.insert("name".into(), json!(name));
                }
            }
            Rule::Address => {
                claims.insert("address".into(), json!({}));
            }
            Rule::AudienceResolve => {
                let others = account.roles.client.keys().filter(|id| *id != self.client.id());
                others.for_each(|id| add(audience, id));
            }
            Rule::Audience(name) => add(audience, name),
            Rule::RealmRoles { claim } => put_texts(claims, claim, &account.roles.realm),
            Rule::ClientRoles { client, claim } => {
                let wanted = |id: &str| client.as_ref().is_none_or(|client| client == id);
                for (id, roles) in account.roles.client.iter().filter(|(id, _)| wanted(id)) {
                    // A dot in the id is part of the name and leads nowhere.
                    let name = claim.name.replace("${client_id}", &id.replace('.', "\\."));
                    put_texts(claims, &ClaimShape { name, ..claim.clone() }, roles);
                }
            }
            Rule::AllowedOrigins => {
                let origins = self.client.web_origins();
                if !origins.is_empty() {
                    claims.insert("allowed-origins".into(), json!(origins));
                }
            }
            Rule::AuthenticationClass => {
                // "0": nobody typed a password for this client.
                let was_signed_in = self.login.is_some_and(|login| login.was_signed_in);
                claims.insert("acr".into(), json!(if was_signed_in { "0" } else { "1" }));
            }
            Rule::Hardcoded { value, claim } => put_texts(claims, claim, [value]),
        }
    }

    /// What a session knows about itself: a client's own about the client, a person's about the login.
    fn session_note(&self, note: &str) -> Option<String> {
        if let Some(login) = self.login {
            return login.auth_time.filter(|_| note == "AUTH_TIME").map(|time| time.to_string());
        }
        match note {
            "client_id" => Some(self.client.id().to_owned()),
            "clientHost" | "clientAddress" => self.peer.map(|address| address.to_string()),
            _ => None,
        }
    }
}

fn attribute_of(account: &User, name: &str) -> Vec<String> {
    match name {
        "username" => vec![account.username.clone()],
        "email" => account.email.iter().cloned().collect(),
        "firstName" => account.first_name.iter().cloned().collect(),
        "lastName" => account.last_name.iter().cloned().collect(),
        other => account.attributes.get(other).cloned().unwrap_or_default(),
    }
}

fn property_of(account: &User, name: &str) -> Vec<String> {
    match name {
        "emailVerified" => vec![account.email_verified.to_string()],
        "enabled" => vec![account.enabled.to_string()],
        "id" => vec![account.id.clone()],
        other => attribute_of(account, other),
    }
}

fn add(audience: &mut Vec<String>, name: &str) {
    if !audience.iter().any(|other| other == name) {
        audience.push(name.to_owned());
    }
}

/// Puts texts where the claim says: as an array, or the first one alone; nothing when there is none.
fn put_texts<T: AsRef<str>>(claims: &mut Map<String, Value>, claim: &ClaimShape, texts: impl IntoIterator<Item = T>) {
    let mut values = texts.into_iter().filter_map(|text| claim.json_type.value(text.as_ref()));
    let value = if claim.multivalued {
        let all: Vec<Value> = values.collect();
        (!all.is_empty()).then(|| Value::from(all))
    } else {
        values.next()
    };
    if let Some(value) = value {
        put(claims, &path(&claim.name), value);
    }
}

/// A claim name's steps: split at dots, where `\.` is a dot of the name.
fn path(name: &str) -> Vec<String> {
    let hidden = name.replace("\\.", "\u{0}");
    hidden.split('.').map(|step| step.replace('\u{0}', ".")).collect()
}

fn put(claims: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [] => {}
        [name] => {
            claims.insert(name.clone(), value);
        }
        [first, rest @ ..] => {
            if let Value::Object(inner) = claims.entry(first.clone()).or_insert_with(|| json!({})) {
                put(inner, rest, value);
            }
        }
    }
}

/// One name stands alone, several in a list (RFC 7519 section 4.1.3).
fn put_audience(claims: &mut Map<String, Value>, audience: &[String]) {
    match audience {
        [] => {}
        [one] => drop(claims.insert("aud".into(), json!(one))),
        several => drop(claims.insert("aud".into(), json!(several))),
    }
}

fn in_order(mut claims: Map<String, Value>) -> Map<String, Value> {
    let mut ordered = Map::new();
    for name in ORDER {
        if let Some(value) = claims.shift_remove(name) {
            ordered.insert(name.to_owned(), value);
        }
    }
    ordered.append(&mut claims);
    ordered
}

//! `[profiles.NAME]`: a client. One that cannot be used is listed all the same and says why.
//!
//! Pure. Imports siblings, `oauth` and `exchange`.

use std::ops::Range;

use super::address::{self, Query};
use super::known::Known;
use super::names::{self, shown};
use super::reader::Section;
use super::words::{LATER_AUTH, LATER_GRANTS};
use super::{ExpectToken, Place, Profile, SecretSource, TokenCache, client_secret, scopes};
use crate::oauth::{ClientAuth, ClientId, DEVICE_CODE, Grant, ScopeSet};

/// Parameters of the token request that have keys of their own, with those keys (RFC 6749 section 3.2: none may be sent
/// twice).
const OWN_PARAMETERS: [(&str, &str); 5] = [
    ("grant_type", "grant"),
    ("client_id", "client_id"),
    ("client_secret", "client_secret"),
    ("scope", "scopes"),
    ("audience", "audience"),
];

/// The same for logins and the password grant.
const OWN_PARAMETERS_OF_A_PERSON: [(&str, &str); 3] =
    [("redirect_uri", "redirect_uri"), ("username", "username"), ("password", "password")];

/// Parameters of a login that are made by the program.
const MADE: [&str; 9] = [
    "response_type",
    "state",
    "nonce",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "refresh_token",
];

/// A profile of which only the name can be known, and why.
pub(super) fn unreadable(name: &str, place: Place, why: String) -> Profile {
    Profile {
        name: shown(name),
        title: shown(name),
        provider: String::new(),
        client_id: ClientId::new(""),
        secret: None,
        grant: Grant::default(),
        auth: ClientAuth::default(),
        scopes: ScopeSet::empty(),
        audience: None,
        params: Vec::new(),
        redirect_uri: None,
        username: None,
        password: None,
        remember: false,
        apis: None,
        expect_token: ExpectToken::default(),
        token_cache: TokenCache::default(),
        granted: None,
        place,
        disabled: Some(why),
    }
}

/// Reads one profile.
pub(super) fn read(name: &str, at: &Range<usize>, mut section: Section<'_, '_, '_>, known: &Known<'_>) -> Profile {
    let title = section.text("title").map(|(title, _)| shown(title));
    let provider = section.needed("provider", "\"NAME\"");
    if let Some((provider, span)) = &provider {
        known.check_provider(&mut section, provider, span);
    }
    let client_id = section.needed("client_id", "\"...\"").map(|(client_id, _)| client_id);
    let grant = grant(&mut section);
    let auth = auth(&mut section, grant.unwrap_or_default());
    let secret = client_secret::read(&mut section, "client_secret");
    if let (Some(_), Some(auth)) = (grant, auth) {
        client_secret::check_presence(&mut section, auth);
    }
    let scopes = scopes::read(&mut section, "scopes").unwrap_or_default();
    let granted = scopes::read(&mut section, "granted");
    let audience = section.text("audience").map(|(audience, _)| audience.to_owned());
    let params = params(&mut section, grant.unwrap_or_default());
    let person = person(&mut section, grant);
    let apis = apis(&mut section, provider.as_ref().map(|(name, _)| *name), known);
    let expect_token = expect_token(&mut section);
    let token_cache = choice(&mut section, "token_cache", &TokenCache::NAMES, &[], "keep tokens").unwrap_or_default();
    let place = section.notes.place(at.start);
    let provider = provider.map(|(name, _)| name).unwrap_or_default();
    let disabled = section.finish().or_else(|| known.why_not(provider));
    Profile {
        name: shown(name),
        title: title.unwrap_or_else(|| shown(name)),
        provider: provider.to_owned(),
        client_id: ClientId::new(client_id.unwrap_or_default()),
        secret,
        grant: grant.unwrap_or_default(),
        auth: auth.unwrap_or_default(),
        scopes,
        audience,
        params,
        redirect_uri: person.redirect_uri,
        username: person.username,
        password: person.password,
        remember: person.remember,
        apis,
        expect_token,
        token_cache,
        granted,
        place,
        disabled,
    }
}

/// The grant: the usual one when it is not said, none when what is said cannot be done.
fn grant(section: &mut Section<'_, '_, '_>) -> Option<Grant> {
    if let Some((DEVICE_CODE, _)) = section.value("grant").and_then(|_| section.text("grant")) {
        return Some(Grant::DeviceCode);
    }
    choice(section, "grant", &Grant::NAMES, &LATER_GRANTS, "get a token by")
}

/// How the client authenticates: a client that people log in with has no secret unless one is given.
fn auth(section: &mut Section<'_, '_, '_>, grant: Grant) -> Option<ClientAuth> {
    if grant.is_of_a_person() && section.is_missing("auth") && section.is_missing("client_secret") {
        return Some(ClientAuth::None);
    }
    choice(section, "auth", &ClientAuth::NAMES, &LATER_AUTH, "authenticate a client by")
}

/// One of the names, or the default; words that a later version will know are told from nonsense.
fn choice<T: Copy + Default>(
    section: &mut Section<'_, '_, '_>,
    key: &str,
    now: &[(&'static str, T)],
    later: &[&str],
    doing: &str,
) -> Option<T> {
    if section.value(key).is_none() {
        return Some(T::default());
    }
    let (word, span) = section.text(key)?;
    if let Some((_, value)) = now.iter().find(|(name, _)| *name == word) {
        return Some(*value);
    }
    let (what, hint) = if later.contains(&word) {
        (format!("this version cannot {doing} `{word}` yet"), None)
    } else {
        (format!("unknown value `{}`", shown(word)), names::meant(word, now.iter().map(|(name, _)| *name)))
    };
    section.wrong(key, &span, &what, hint);
    None
}

fn params(section: &mut Section<'_, '_, '_>, grant: Grant) -> Vec<(String, String)> {
    let mut params = Vec::new();
    let of_a_person = OWN_PARAMETERS_OF_A_PERSON.iter().filter(|_| grant.is_of_a_person());
    let own: Vec<_> = OWN_PARAMETERS.iter().chain(of_a_person).collect();
    for ((name, span), value) in section.entries("params") {
        if grant.is_of_a_person() && MADE.contains(&name) {
            section.wrong("params", &span, &format!("`{name}` is made by tokenscope for each login"), None);
        }
        if let Some((_, key)) = own.iter().find(|(parameter, _)| *parameter == name) {
            let what = format!("`{name}` has a key of its own");
            section.wrong("params", &span, &what, Some(format!("say it as `{key}`")));
        }
        if let Some((value, _)) = section.as_text("params", value) {
            params.push((name.to_owned(), value.to_owned()));
        }
    }
    params
}

/// What the grants say in which a person takes part.
#[derive(Default)]
struct Person {
    redirect_uri: Option<String>,
    username: Option<String>,
    password: Option<SecretSource>,
    remember: bool,
}

fn person(section: &mut Section<'_, '_, '_>, grant: Option<Grant>) -> Person {
    let redirect_uri = section.text("redirect_uri");
    if let Some((uri, span)) = &redirect_uri
        && let Some(fault) = redirect_fault(uri)
    {
        let hint = "such as http://127.0.0.1:17801/callback, as it is registered with the provider".to_owned();
        section.wrong("redirect_uri", span, &fault, Some(hint));
    }
    let username = section.text("username").map(|(name, _)| name.to_owned());
    let password = client_secret::read(section, "password");
    let remember = section.flag("remember");
    // A grant that cannot be read was reported already.
    let Some(grant) = grant else { return Person::default() };
    for (key, of_password) in [("username", true), ("password", true), ("redirect_uri", false), ("remember", false)] {
        let is_used = if of_password { grant == Grant::Password } else { grant.is_of_a_person() };
        if section.value(key).is_some() && !is_used {
            let what = format!("`{key}` in {} is not used by the grant {}", section.label(), grant.name());
            section.warn(&section.span_of(key), what, None);
        }
    }
    if grant == Grant::Password {
        for (key, hint) in [("username", "add username = \"...\""), ("password", "add password = { prompt = true }")] {
            if section.is_missing(key) {
                let what = format!("{} has no `{key}`, which the legacy grant password needs", section.label());
                section.error(&section.span_of(key), what, Some(hint.to_owned()));
            }
        }
    }
    Person { redirect_uri: redirect_uri.map(|(uri, _)| uri.to_owned()), username, password, remember }
}

/// What is wrong with a redirect address (RFC 6749 section 3.1.2).
fn redirect_fault(uri: &str) -> Option<String> {
    if uri.contains('#') {
        return Some("a redirect address has no fragment".to_owned());
    }
    // Apps may have a scheme of their own (RFC 8252 section 7.1); what comes back there can be pasted.
    if uri.starts_with("http") { address::fault(uri, Query::Allowed) } else { None }
}

/// The APIs that the profile is narrowed to.
fn apis(section: &mut Section<'_, '_, '_>, provider: Option<&str>, known: &Known<'_>) -> Option<Vec<String>> {
    let names = section.texts("apis")?;
    for (name, span) in &names {
        known.check_api(section, name, span, provider);
    }
    Some(names.into_iter().map(|(name, _)| name.to_owned()).collect())
}

fn expect_token(section: &mut Section<'_, '_, '_>) -> ExpectToken {
    match section.text("expect_token") {
        None | Some(("granted", _)) => ExpectToken::Granted,
        Some(("refused", _)) => ExpectToken::Refused,
        Some((other, span)) => {
            let what = format!("`{}` is neither \"granted\" nor \"refused\"", shown(other));
            let hint = names::nearest(other, ["granted", "refused"]).map(|near| format!("did you mean `{near}`?"));
            section.wrong("expect_token", &span, &what, hint);
            ExpectToken::Granted
        }
    }
}

//! `[profiles.NAME]`: a client. One that cannot be used is listed all the same and says why.
//!
//! Pure. Imports siblings, `oauth` and `exchange`.

use std::ops::Range;

use super::known::Known;
use super::names::{self, shown};
use super::reader::Section;
use super::words::{LATER_AUTH, LATER_GRANTS};
use super::{ExpectToken, Place, Profile, TokenCache, client_secret, scopes};
use crate::oauth::{ClientAuth, ClientId, Grant, ScopeSet};

/// Parameters of the token request that have keys of their own, with those keys (RFC 6749 section 3.2: none may be sent
/// twice).
const OWN_PARAMETERS: [(&str, &str); 5] = [
    ("grant_type", "grant"),
    ("client_id", "client_id"),
    ("client_secret", "client_secret"),
    ("scope", "scopes"),
    ("audience", "audience"),
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
    let (grant, auth) = (grant(&mut section), auth(&mut section));
    let secret = client_secret::read(&mut section);
    if let (Some(_), Some(auth)) = (grant, auth) {
        client_secret::check_presence(&mut section, auth);
    }
    let scopes = scopes::read(&mut section, "scopes").unwrap_or_default();
    let granted = scopes::read(&mut section, "granted");
    let audience = section.text("audience").map(|(audience, _)| audience.to_owned());
    let params = params(&mut section);
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
    choice(section, "grant", &Grant::NAMES, &LATER_GRANTS, "get a token by")
}

fn auth(section: &mut Section<'_, '_, '_>) -> Option<ClientAuth> {
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

fn params(section: &mut Section<'_, '_, '_>) -> Vec<(String, String)> {
    let mut params = Vec::new();
    for ((name, span), value) in section.entries("params") {
        if let Some((_, key)) = OWN_PARAMETERS.iter().find(|(parameter, _)| *parameter == name) {
            let what = format!("`{name}` has a key of its own");
            section.wrong("params", &span, &what, Some(format!("say it as `{key}`")));
        }
        if let Some((value, _)) = section.as_text("params", value) {
            params.push((name.to_owned(), value.to_owned()));
        }
    }
    params
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

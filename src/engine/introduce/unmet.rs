//! Why no authorization server was found, in words, with what to do.

use thiserror::Error;

use super::{Introduction, Tried, words};
use crate::config::pasted::{Pasted, Reading};
use crate::engine::Failure;
use crate::exchange::{NoAnswer, Response};
use crate::jwt::{counted, shown};
use crate::oauth::{Metadata, MetadataError};

/// How much of a foreign text is shown.
const NAME: usize = 200;
/// How much of a page is searched for its title.
const PAGE: usize = 64 * 1024;

/// No authorization server was found.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{what}")]
pub struct Unmet {
    /// What was found instead.
    pub what: String,
    /// What to do, most likely first.
    pub advice: Vec<String>,
    /// What to try next.
    pub proposal: Option<Proposal>,
}

/// What to try next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// Another address.
    Address(String),
    /// An address of which the end is missing.
    Start(String),
    /// A CA file, or no check of certificates.
    Certificates,
}

/// A fault of the program itself on the way.
impl From<Failure> for Unmet {
    fn from(failure: Failure) -> Self {
        Self { what: failure.to_string(), advice: failure.advice(), proposal: None }
    }
}

impl Unmet {
    fn new(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what: what.into(), advice: vec![advice.into()], proposal: None }
    }

    fn proposing(self, proposal: Proposal) -> Self {
        Self { proposal: Some(proposal), ..self }
    }
}

pub(super) fn without_token_endpoint(met: &Introduction) -> Unmet {
    Unmet::new(
        format!("{} describes itself, and names no token endpoint", shown(met.issuer.as_str(), NAME)),
        "If it is the right one, give token_endpoint by hand in profiles.toml; a server for login alone has none.",
    )
}

pub(super) fn without_realm(base: &str) -> Unmet {
    Unmet::new(
        format!("Keycloak answers at {base}, but no realm was named"),
        format!("Add it: {base}/realms/NAME. The admin console shows the name; Keycloak itself lists none."),
    )
    .proposing(Proposal::Start(format!("{base}/realms/")))
}

pub(super) fn without_tenant(metadata: &Metadata) -> Unmet {
    Unmet::new(
        format!("the document is of all tenants at once: its issuer is {}", shown(metadata.issuer.as_str(), NAME)),
        "Give the address with the id or name of your tenant in place of common, organizations or consumers.",
    )
}

/// The most telling of what was tried, `sent` requests in all.
pub(super) fn of(pasted: &Pasted, tried: &[Tried], sent: usize) -> Unmet {
    if let Some(instead) = &pasted.instead {
        return Unmet::new(
            format!("this is {}; its issuer stands on another host, which was not asked", pasted.what),
            format!("Give {instead}"),
        )
        .proposing(Proposal::Address(instead.clone()));
    }
    let answered: Vec<_> = tried.iter().filter_map(|one| Some((one, one.error.as_ref()?))).collect();
    if answered.is_empty() {
        return match tried.first().map(|one| (&one.exchange.request.url, &one.exchange.outcome)) {
            Some((url, Err(error))) => silent(url, error),
            _ => Unmet::new(
                format!("{} names no authorization server", if pasted.what.is_empty() { "this" } else { &pasted.what }),
                pasted.remarks.first().cloned().unwrap_or_else(|| "Give the issuer's address.".to_owned()),
            ),
        };
    }
    let body = |one: &Tried| one.exchange.response().map(text).unwrap_or_default();
    for (one, error) in &answered {
        if let MetadataError::Redirect { url, target } = error
            && !matches!(one.reading, Reading::HostAlone)
        {
            return redirect(url, target);
        }
    }
    if let Some((one, _)) = answered.iter().find(|(one, _)| body(one).contains("Realm does not exist")) {
        return without_this_realm(&one.exchange.request.url);
    }
    let page = answered.iter().find(|(one, _)| one.exchange.status() == Some(200));
    if let Some((one, _)) = page.or(answered.first()).filter(|(one, _)| is_page(one)) {
        let host = words::host(&one.exchange.request.url);
        let title =
            title(&body(one)).map(|title| format!(" with the title \u{201c}{title}\u{201d}")).unwrap_or_default();
        let status = one.exchange.status().unwrap_or_default();
        return Unmet::new(
            format!("{host} is no authorization server as far as it says: it answered {status} with a web page{title}"),
            "Give the issuer's own address: Keycloak's has /realms/NAME in it, other providers show it in their console.",
        );
    }
    if let Some((_, error)) = answered.iter().find(|(_, error)| matches!(error, MetadataError::NotADocument { .. })) {
        return Unmet::new(
            error.to_string(),
            "Check the address, or give token_endpoint and jwks_uri by hand in profiles.toml.",
        );
    }
    let first = answered.first().map(|(one, _)| &one.exchange);
    let url = first.map(|exchange| exchange.request.url.as_str()).unwrap_or_default();
    let status = first.and_then(|exchange| exchange.status()).unwrap_or_default();
    let more = match sent.saturating_sub(1) {
        0 => String::new(),
        more => format!(", nor at {} it could stand", counted(more, "more place", "more places")),
    };
    let advice = match pasted.candidates.first().and_then(|first| without_path(first.issuer.as_str())) {
        Some(base) => format!("Give the whole issuer; a Keycloak realm is {base}/realms/NAME."),
        None => "Check the path: the realm's or tenant's name counts letter for letter.".to_owned(),
    };
    Unmet::new(format!("there is no discovery document at {url} ({status}){more}"), advice)
}

/// The address without the slash at its end, when it is a host and nothing more.
fn without_path(issuer: &str) -> Option<&str> {
    let url = url::Url::parse(issuer).ok()?;
    (url.path().trim_matches('/').is_empty() && url.query().is_none()).then(|| issuer.trim_end_matches('/'))
}

fn silent(url: &str, error: &NoAnswer) -> Unmet {
    let unmet = Unmet::new(error.to_string(), error.advice());
    match error {
        NoAnswer::Tls { .. } => unmet.proposing(Proposal::Certificates),
        _ if url.starts_with("http://") && error.to_string().contains("speaks TLS") => {
            unmet.proposing(Proposal::Address(format!("https://{}", words::host(url))))
        }
        _ => unmet,
    }
}

fn redirect(url: &str, target: &str) -> Unmet {
    let target = url::Url::parse(url).ok().and_then(|url| url.join(target).ok()).map(|url| url.to_string());
    let target = target.map_or_else(|| "an address it does not name".to_owned(), |target| shown(&target, NAME));
    let mut unmet = Unmet::new(
        format!("{url} redirects to {target}; that was not followed, since it may be somebody else's"),
        "If that is yours, give it as the address.",
    );
    let issuer = target.split("/.well-known/").next().filter(|issuer| issuer.len() < target.len());
    if let Some(issuer) = issuer {
        unmet.proposal = Some(Proposal::Address(issuer.to_owned()));
    }
    unmet
}

fn without_this_realm(url: &str) -> Unmet {
    let base = url.split("/realms/").next().unwrap_or(url);
    let realm = url.split("/realms/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    Unmet::new(
        format!("Keycloak answers at {base}, and has no realm {}", shown(realm, NAME)),
        "Check the realm's name: capitals count, and it is not the display name. The admin console shows it.",
    )
    .proposing(Proposal::Start(format!("{base}/realms/")))
}

fn text(response: &Response) -> String {
    String::from_utf8_lossy(response.body.get(..PAGE).unwrap_or(&response.body)).into_owned()
}

fn is_page(tried: &Tried) -> bool {
    let response = tried.exchange.response();
    response.is_some_and(|response| {
        response.media_type().is_some_and(|media| media.contains("html"))
            || text(response).trim_start().starts_with('<')
    })
}

/// The title of an HTML page, cleaned.
fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let from = lower.find("<title")?;
    let begins = from + lower.get(from..)?.find('>')? + 1;
    let length = lower.get(begins..)?.find("</title")?;
    let title = page.get(begins..begins + length)?.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(shown(&title, 60)).filter(|title| !title.is_empty())
}

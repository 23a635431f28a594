//! An address of an authorization server in any of its forms: issuer, realm, admin or account console, discovery
//! document, endpoint, bare host.
//!
//! Pure. Imports the siblings above it.

use url::{Host, Url};

use super::super::names::shown;
use super::{NotUnderstood, Pasted, Reading, is_loopback, known, value};
use crate::oauth::{ClientId, ScopeSet};

/// The documents that stand under `.well-known`.
const DOCUMENTS: [&str; 3] = ["openid-configuration", "oauth-authorization-server", "uma2-configuration"];

/// Pages of Keycloak's old console that stand where a realm's name would.
const NO_REALM: [&str; 5] = ["server-info", "create", "forbidden", "notfound", "realms"];

/// Reads an address.
pub(super) fn read(text: &str) -> Result<Pasted, NotUnderstood> {
    let text = the_address_in(text);
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(NotUnderstood::other(
            "this is neither an address nor a curl command nor a document that is known here",
        ));
    }
    if text.contains("://$") || text.starts_with(['$', '%']) || text.contains("{{") {
        let reason = format!("`{}` has a variable in it; paste the address with its value", shown(hide_user(text)));
        return Err(NotUnderstood::other(reason));
    }
    let (spelt, schemes) = with_scheme(text);
    let url = Url::parse(&spelt).ok().filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    let Some(url) = url else {
        return Err(NotUnderstood::other(format!("`{}` is no http or https address", shown(hide_user(text)))));
    };
    let mut pasted = Pasted::default();
    if !url.username().is_empty() || url.password().is_some() {
        pasted.remark("The user and password in the address were left out.");
    }
    of_query(&url, &mut pasted);
    for (scheme, reading) in schemes {
        find(&Parts::of(&url, scheme), reading, &mut pasted);
    }
    Ok(pasted)
}

/// The one address in a line such as `issuer = "https://…"`; else the text itself, out of its quotes.
fn the_address_in(text: &str) -> &str {
    let begins = ["https://", "http://"].iter().filter_map(|scheme| text.find(scheme)).min();
    let text = begins.and_then(|at| text.get(at..)).unwrap_or(text);
    let text = text.trim_matches(|c: char| c.is_whitespace() || "\"'<>`,".contains(c));
    match begins {
        Some(_) => text.split(|c: char| c.is_whitespace() || "\"'<>`".contains(c)).next().unwrap_or(text),
        None => text,
    }
}

fn hide_user(text: &str) -> &str {
    text.rsplit_once('@').map_or(text, |(_, host)| host)
}

/// The text with a scheme, and the schemes to try, each with what that means for how the text was read.
fn with_scheme(text: &str) -> (String, Vec<(&'static str, Option<Reading>)>) {
    let Some((scheme, _)) = text.split_once("://") else {
        let spelt = format!("https://{}", text.trim_start_matches('/'));
        // A machine of one's own speaks http more often than not.
        let schemes =
            if is_near(&spelt) { vec![("http", None), ("https", Some(Reading::Https))] } else { vec![("https", None)] };
        return (spelt, schemes);
    };
    let usual_port = Url::parse(text).ok().is_some_and(|url| matches!(url.port(), None | Some(443 | 8443 | 9443)));
    let schemes = match scheme.to_ascii_lowercase().as_str() {
        "http" if usual_port => vec![("http", None), ("https", Some(Reading::Https))],
        "http" => vec![("http", None)],
        // Never down to http on a machine that is not this one.
        _ if is_loopback(text) => vec![("https", None), ("http", Some(Reading::Http))],
        _ => vec![("https", None)],
    };
    (text.to_owned(), schemes)
}

/// Whether the host is this machine, a private address, or a name without a dot, as containers have.
fn is_near(url: &str) -> bool {
    if is_loopback(url) {
        return true;
    }
    match Url::parse(url).ok().as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => !name.contains('.'),
        Some(Host::Ipv4(address)) => address.is_private() || address.is_link_local(),
        Some(Host::Ipv6(address)) => address.is_unique_local(),
        None => false,
    }
}

/// What the query of a login address tells.
fn of_query(url: &Url, pasted: &mut Pasted) {
    for (name, content) in url.query_pairs() {
        let value::Value::Plain(content) = value::meaning(&content) else { continue };
        match name.as_ref() {
            "client_id" => pasted.client_id = Some(ClientId::new(content)),
            "scope" => pasted.scopes = ScopeSet::parse(content),
            "audience" => pasted.audience = Some(content.to_owned()),
            _ => {}
        }
    }
}

/// An address taken apart.
struct Parts {
    origin: String,
    host: String,
    segments: Vec<String>,
    fragment: Vec<String>,
    slash: bool,
}

impl Parts {
    fn of(url: &Url, scheme: &str) -> Self {
        let host = url.host_str().unwrap_or_default().to_owned();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let parts = |text: &str| text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let fragment = url.fragment().unwrap_or_default();
        Self {
            origin: format!("{scheme}://{host}{port}"),
            host,
            segments: parts(url.path()),
            fragment: parts(fragment.split('?').next().unwrap_or_default()),
            slash: url.path().len() > 1 && url.path().ends_with('/'),
        }
    }

    fn at<'a>(&self, path: impl IntoIterator<Item = &'a String>) -> String {
        path.into_iter().fold(self.origin.clone(), |address, part| format!("{address}/{part}"))
    }
}

/// Adds the candidates of this address. `over` says that the scheme is not the one in the text.
fn find(parts: &Parts, over: Option<Reading>, pasted: &mut Pasted) {
    let of = |reading: Reading| over.unwrap_or(reading);
    let what = |pasted: &mut Pasted, text: &str| {
        if pasted.what.is_empty() {
            text.clone_into(&mut pasted.what);
        }
    };
    let (segments, from_document) = without_document(&parts.segments);
    if let Some((context, realm, page)) = keycloak(&segments, &parts.fragment) {
        what(pasted, page);
        match realm {
            Some(realm) => realms(parts, &context, &realm, !page.ends_with("a realm") && !from_document, over, pasted),
            None => {
                let (with, without) = both(&context);
                let mut bases = vec![parts.at(&context)];
                bases.extend(
                    [parts.at(&with), parts.at(&without)]
                        .into_iter()
                        .filter(|base| !bases.contains(base))
                        .collect::<Vec<_>>(),
                );
                pasted.keycloak.extend(bases);
            }
        }
        return;
    }
    if let Some(known) = known::provider(&parts.host, &parts.origin, &segments) {
        what(pasted, known.what);
        if known::is_endpoint(&segments) && segments.last().is_some_and(|last| last.starts_with("token")) {
            pasted.token_endpoint = Some(parts.at(&segments));
        }
        for issuer in known.issuers {
            let given = issuer.trim_end_matches('/') == parts.at(&segments).trim_end_matches('/');
            pasted.candidate(issuer, of(if given { Reading::AsGiven } else { Reading::Within }));
        }
        pasted.instead = known.instead.map(str::to_owned);
        if let Some(remark) = known.remark {
            pasted.remark(remark);
        }
        return;
    }
    if from_document {
        what(pasted, "the address of a discovery document");
        pasted.candidate(parts.at(&segments), of(Reading::Within));
        return;
    }
    if known::is_endpoint(&segments) {
        let is_token = segments.last().is_some_and(|last| last.starts_with("token"));
        what(pasted, if is_token { "the address of a token endpoint" } else { "the address of an endpoint" });
        if is_token && over.is_none() {
            pasted.token_endpoint = Some(parts.at(&segments));
        }
        for path in known::paths_before(&segments) {
            pasted.candidate(parts.at(path), of(if path.is_empty() { Reading::HostAlone } else { Reading::Within }));
        }
        return;
    }
    let slash = if parts.slash { "/" } else { "" };
    what(pasted, if segments.is_empty() { "a host" } else { "an issuer's address" });
    pasted.candidate(format!("{}{slash}", parts.at(&segments)), of(Reading::AsGiven));
    if !segments.is_empty() {
        pasted.candidate(&parts.origin, of(Reading::HostAlone));
    }
    let mut bases = vec![parts.at(&segments)];
    let auth = if segments.last().is_some_and(|last| last == "auth") {
        parts.origin.clone()
    } else {
        format!("{}/auth", parts.at(&segments))
    };
    bases.push(auth);
    pasted.keycloak.extend(bases);
}

/// The candidates of a realm: where the text says, then with the other spelling of `/auth`.
fn realms(parts: &Parts, context: &[String], realm: &str, within: bool, over: Option<Reading>, pasted: &mut Pasted) {
    let address = |context: &[String]| format!("{}/realms/{realm}", parts.at(context));
    let given = if parts.slash && !within { format!("{}/", address(context)) } else { address(context) };
    pasted.candidate(given, over.unwrap_or(if within { Reading::Within } else { Reading::AsGiven }));
    let has = context.last().is_some_and(|last| last == "auth");
    let (with, without) = both(context);
    let (other, reading) = if has { (without, Reading::AuthDropped) } else { (with, Reading::AuthAdded) };
    pasted.candidate(address(&other), over.unwrap_or(reading));
    let is_token = parts.segments.last().is_some_and(|last| last == "token");
    if is_token && over.is_none() {
        pasted.token_endpoint = Some(parts.at(&parts.segments));
    }
}

/// The path before `/realms` with `/auth` at its end, and without.
fn both(context: &[String]) -> (Vec<String>, Vec<String>) {
    let mut without = context.to_vec();
    if without.last().is_some_and(|last| last == "auth") {
        without.pop();
    }
    let mut with = without.clone();
    with.push("auth".to_owned());
    (with, without)
}

/// Takes the discovery document's own part out of a path, in front (RFC 8414) or at the end (OpenID Connect).
fn without_document(segments: &[String]) -> (Vec<String>, bool) {
    let at = segments.windows(2).position(
        |pair| matches!(pair, [folder, document] if folder == ".well-known" && DOCUMENTS.contains(&document.as_str())),
    );
    match at {
        Some(at) => {
            let rest = segments.iter().enumerate().filter(|(place, _)| *place != at && *place != at + 1);
            (rest.map(|(_, part)| part.clone()).collect(), true)
        }
        None => (segments.to_vec(), false),
    }
}

/// Keycloak's own paths: what stands before `/realms` or `/admin`, the realm when one is named, and what page it is.
fn keycloak(segments: &[String], fragment: &[String]) -> Option<(Vec<String>, Option<String>, &'static str)> {
    let place = |word: &str| segments.iter().position(|part| part == word);
    let after = |at: usize, more: usize| segments.get(at + more);
    let context = |at: usize| segments.get(..at).unwrap_or_default().to_vec();
    // The console first: its path may have `realms` behind `admin`.
    if let Some(at) = place("admin").filter(|at| *at <= 2) {
        if after(at, 1).is_some_and(|part| part == "realms") {
            return Some((context(at), after(at, 2).cloned(), "an address of Keycloak's admin interface"));
        }
        let page = "a Keycloak admin-console address";
        if after(at, 2).is_some_and(|part| part == "console") {
            let old = fragment.first().is_some_and(|first| first == "realms");
            let named = fragment.get(usize::from(old)).filter(|name| !NO_REALM.contains(&name.as_str())).cloned();
            let own = after(at, 1).filter(|realm| *realm != "master").cloned();
            return Some((context(at), named.or(own), page));
        }
        if after(at, 1).is_none() {
            return Some((context(at), None, page));
        }
    }
    let at = place("realms")?;
    let page = match (after(at, 1), after(at, 2).map(String::as_str)) {
        (None, _) => "a Keycloak address without a realm",
        (_, None) => "the address of a realm",
        (_, Some("account")) => "a Keycloak account-console address",
        (_, Some("protocol")) => "an endpoint of a Keycloak realm",
        (_, Some(_)) => "an address within a realm",
    };
    Some((context(at), after(at, 1).cloned(), page))
}
